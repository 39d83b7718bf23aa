/* end.c - what is known only when it is over: what was cut off, and what was
 * never answered.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "imap.h"

static struct span idle_end(const struct imap *im, enum end why)
{
    if (im->idle.done)
        return SPAN("unanswered");
    switch (why) {
    case END_FIN:
        return SPAN("fin");
    case END_RESET:
        return SPAN("reset");
    case END_TIMEOUT:
    case END_OF_CAPTURE:
        break;
    }
    return SPAN("open");
}

static struct span stage(const struct imap *im, const struct imap_pending *p)
{
    if (!im->greeted)
        return SPAN("greeting");
    switch (p->verb->what) {
    case IMAP_STARTTLS:
        return SPAN("tls");
    case IMAP_LOGIN:
    case IMAP_AUTHENTICATE:
        return SPAN("login");
    case IMAP_LOGOUT:
        return SPAN("close");
    case IMAP_FETCH:
    case IMAP_APPEND:
        return SPAN("transfer");
    case IMAP_SELECT:
    case IMAP_IDLE:
    case IMAP_ID:
    case IMAP_COMPRESS:
    case IMAP_OTHER:
    case IMAP_UNKNOWN:
        break;
    }
    return im->logged_in ? SPAN("mailbox") : SPAN("login");
}

/* A literal of which not all bytes came. */
static void tell_literal(const struct imap *im, enum dir dir, struct facts *out)
{
    const struct imap_lines *lines = &im->lines[dir];
    const struct imap_pending *p = NULL;
    if (lines->literal == 0 || lines->unsure)
        return;
    if (im->pending_n) /* the server answers the first, the client's is last */
        p = &im->pending[dir == C2S ? im->pending_n - 1 : 0];
    TELL(out, imap_literal, .by = dir == C2S ? SPAN("client") : SPAN("server"),
         .command = p ? mail_kept(&p->name) : SPAN(""),
         .announced = lines->announced,
         .received = lines->announced - lines->literal);
    if (dir == S2C && im->body)
        TELL(out, mail_message, .protocol = SPAN("imap"),
             .direction = SPAN("received"), .result = SPAN("incomplete"),
             .bytes = lines->announced,
             .what = SPAN("a message was fetched, but its end did not come"));
}

static void tell_append(const struct imap_pending *p, struct facts *out)
{
    TELL(out, mail_message, .protocol = SPAN("imap"),
         .direction = SPAN("stored"),
         .result = p->complete ? SPAN("unknown") : SPAN("incomplete"),
         .bytes = p->bytes,
         .what = p->complete ? SPAN("whether a message was stored is not known")
                             : SPAN("storing a message was broken off"));
}

static void tell_unanswered(struct imap *im, struct imap_pending *p,
                            enum end why, struct facts *out)
{
    if (p->verb->what == IMAP_APPEND)
        tell_append(p, out);
    if (p->verb->what == IMAP_IDLE && im->idle.invited) {
        if (im->idle.on) /* otherwise BYE ended it */
            imap_idle_tell(im, idle_end(im, why), out);
        return;
    }
    if (!p->complete && !p->waits)
        return; /* the client did not say all of it */
    if (p->verb->what == IMAP_STARTTLS)
        TELL(out, starttls, .protocol = SPAN("imap"),
             .command = mail_kept(&p->name), .result = SPAN("unanswered"),
             .offered = im->offers_starttls);
    TELL(out, mail_unanswered, .protocol = SPAN("imap"),
         .command = mail_kept(&p->name),
         .waited = mail_waited(im->context, why, out, p->time),
         .end = mail_end(why), .stage = stage(im, p));
}

void imap_end(void *self, enum end why, struct facts *out)
{
    struct imap *im = self;
    if (mail_held_ended(&im->held, why))
        imap_held_settle(im, out);
    imap_bye_settle(im, SPAN(""), out);
    imap_login_report(im, false, out);
    for (size_t i = 0; i < im->pending_n; i++)
        imap_request_tell_part(im, &im->pending[i], out);
    tell_literal(im, C2S, out);
    tell_literal(im, S2C, out);
    if (im->foreign[S2C].on || im->deflate)
        return; /* no answer was to be expected, or to be seen */
    for (size_t i = 0; i < im->pending_n; i++)
        tell_unanswered(im, &im->pending[i], why, out);
}

/* request.c - a command of the client.
 *
 *   tag SP command [SP arguments]
 *
 * A command waits from its first line on: a server may refuse an APPEND before
 * its literal was sent.  It is told when its last line came, or when its reply
 * came first.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/text.h"
#include "imap.h"

/* "a1 LOGIN b***@example.org ********": user name and secrets masked. */
static struct span show(const struct imap *im, const struct imap_pending *p,
                        struct span line, struct facts *out, struct text *shown)
{
    struct span arguments = line;
    if (!p->verb->hidden)
        return line;
    mail_word(&arguments);
    imap_verb_cut(&arguments);
    text_add(shown, mail_kept(&p->tag));
    text_adds(shown, " ");
    text_add(shown, mail_kept(&p->name));
    if (p->verb->what == IMAP_AUTHENTICATE) {
        text_adds(shown, " ");
        text_add(shown, mail_kept(&p->mechanism));
        mail_word(&arguments);
    }
    if (p->verb->what == IMAP_LOGIN && im->login.user_known) {
        text_adds(shown, " ");
        text_add(shown, facts_user(out, mail_kept(&im->login.user)));
    }
    if (arguments.n) {
        text_adds(shown, " ");
        text_add(shown, MAIL_HIDDEN);
    }
    return text_span(shown);
}

static void tell(struct imap *im, struct imap_pending *p, struct span line,
                 struct facts *out)
{
    struct text made = {0};
    struct span shown = show(im, p, line, out, &made);
    TELL(out, imap_request, .tag = mail_kept(&p->tag),
         .command = mail_kept(&p->name), .folder = mail_kept(&p->folder),
         .mechanism = mail_kept(&p->mechanism), .line = shown,
         .over_tls = im->over_tls, .known = p->verb->what != IMAP_UNKNOWN);
    text_free(&made);
    p->told = true;
}

void imap_request_tell_part(struct imap *im, struct imap_pending *p,
                            struct facts *out)
{
    struct text line = {0};
    if (p->told)
        return;
    text_add(&line, mail_kept(&p->tag));
    text_adds(&line, " ");
    text_add(&line, mail_kept(&p->name));
    text_adds(&line, " ");
    text_add(&line, mail_kept(&p->folder));
    tell(im, p, span_trim(text_span(&line)), out);
    text_free(&line);
}

/* What the arguments say, as far as they have come. */
static void read_arguments(struct imap *im, struct imap_pending *p,
                           struct span arguments)
{
    struct span rest = arguments;
    for (unsigned i = 1; i < p->verb->folder; i++)
        mail_word(&rest); /* the set of messages */
    if (p->verb->folder) {
        struct imap_token token = imap_token(&rest);
        if (token.kind == IMAP_ATOM || token.kind == IMAP_QUOTED)
            imap_token_keep(&p->folder, token);
    }
    if (p->verb->what == IMAP_LOGIN || p->verb->what == IMAP_AUTHENTICATE)
        imap_login_begin(im, p, arguments);
}

static void announced(const struct imap *im, struct imap_pending *p)
{
    p->bytes += im->lines[C2S].announced;
    p->waits = im->lines[C2S].waits;
}

void imap_login_is_past(struct imap *im, bool shown, struct facts *out)
{
    imap_logged_in_unseen(im, shown, SPAN(""), out);
    for (size_t i = im->pending_n; i > 0; i--) {
        enum imap_what what = im->pending[i - 1].verb->what;
        if (what == IMAP_LOGIN || what == IMAP_AUTHENTICATE)
            imap_pending_drop(im, &im->pending[i - 1]);
    }
}

/* The command's last line has come.  Nothing may be done with p after this. */
static void complete(struct imap *im, struct imap_pending *p, struct span line,
                     struct span arguments, struct facts *out)
{
    bool any_state = p->verb->any_state;
    p->complete = true;
    p->waits = false;
    tell(im, p, line, out);
    switch (p->verb->what) {
    case IMAP_LOGOUT:
        im->logout = true;
        mail_client_leaves(im->context, !im->greeted && im->pending_n == 1,
                           mail_kept(&p->name), out);
        break;
    case IMAP_ID:
        imap_id(SPAN("client"), arguments, out);
        break;
    case IMAP_IDLE:
        im->idle.on = true;
        im->idle.done = im->idle.invited = false;
        im->idle.since = facts_time(out);
        break;
    case IMAP_LOGIN:
    case IMAP_AUTHENTICATE:
    case IMAP_STARTTLS:
    case IMAP_SELECT:
    case IMAP_FETCH:
    case IMAP_APPEND:
    case IMAP_COMPRESS:
    case IMAP_OTHER:
    case IMAP_UNKNOWN:
        break;
    }
    if (im->login.answer_lost && !im->logged_in && !any_state)
        imap_login_is_past(im, false, out);
}

/* Not a command, or one that IMAP does not have.  Such a line may be a secret
 * or a message that got out of step, so little of it is shown: of a command
 * that looks like one, its name. */
static const struct imap_verb *odd_line(struct imap *im, struct span tag,
                                        struct span name, struct facts *out)
{
    if (im->lines[C2S].unsure || tag.n == 0)
        return NULL;
    if (mail_has_digit(tag) && mail_is_word(tag) && mail_is_word(name))
        return &imap_verb_unknown;
    TELL(out, imap_malformed, .side = SPAN("client"),
         .why = SPAN("not a command"), .line = MAIL_HIDDEN);
    mail_secret(&im->secrets, im->mem, tag);
    return NULL;
}

static void command(struct imap *im, struct span line, bool whole,
                    struct facts *out)
{
    struct span rest = line;
    struct span tag = mail_word(&rest);
    struct span name = imap_verb_cut(&rest);
    const struct imap_verb *verb = imap_verb_find(name);
    if (verb)
        im->lines[C2S].unsure = false;
    else
        verb = odd_line(im, tag, name, out);
    if (!verb)
        return;
    struct imap_pending *p = imap_pending_add(im, out);
    p->verb = verb;
    p->time = facts_time(out);
    mail_keep(&p->tag, tag);
    mail_keep_upper(&p->name, name);
    read_arguments(im, p, rest);
    if (whole)
        complete(im, p, line, rest, out);
    else
        announced(im, p);
}

/* More of a command whose beginning came before. */
static void command_more(struct imap *im, struct imap_pending *p,
                         struct span line, bool whole, struct facts *out)
{
    struct span rest = line;
    mail_word(&rest);
    imap_verb_cut(&rest);
    p->time = facts_time(out);
    read_arguments(im, p, rest);
    if (whole)
        complete(im, p, line, rest, out);
    else
        announced(im, p);
}

static struct imap_pending *incomplete(struct imap *im)
{
    struct imap_pending *last =
        im->pending_n ? &im->pending[im->pending_n - 1] : NULL;
    return last && !last->complete ? last : NULL;
}

void imap_client_line(struct imap *im, struct span line, bool whole,
                      struct facts *out)
{
    bool first = !im->in_command;
    im->held.followed = true;
    im->in_command = !whole;
    if (!first) {
        struct imap_pending *p = incomplete(im);
        if (p) /* otherwise its beginning was no command */
            command_more(im, p, line, whole, out);
    } else if (imap_login_takes(im, line)) {
        imap_login_says(im, line, out);
    } else if (im->idle.on && !im->idle.done && span_is(line, SPAN("DONE"))) {
        im->idle.done = true;
        im->idle.until = facts_time(out);
    } else if (line.n) { /* some send an empty line after a literal */
        command(im, line, whole, out);
    }
}

/* end.c - what is known only when it is over: what was cut off, what was never
 * answered, what was to be deleted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pop3.h"

static struct span stage(const struct pop3 *pop, enum pop3_what what)
{
    if (!pop->greeted)
        return SPAN("greeting");
    switch (what) {
    case POP3_STLS:
        return SPAN("tls");
    case POP3_USER:
    case POP3_PASS:
    case POP3_APOP:
    case POP3_AUTH:
        return SPAN("login");
    case POP3_QUIT:
        return SPAN("close");
    case POP3_RETR:
    case POP3_TOP:
        return SPAN("transfer");
    case POP3_CAPA:
    case POP3_STAT:
    case POP3_LIST:
    case POP3_DELE:
    case POP3_RSET:
    case POP3_OTHER:
    case POP3_EXTRA:
    case POP3_UNKNOWN:
        break;
    }
    return pop->logged_in ? SPAN("mailbox") : SPAN("login");
}

static void tell_unanswered(const struct pop3 *pop,
                            const struct pop3_pending *p, enum end why,
                            struct facts *out)
{
    if (p->verb->what == POP3_STLS)
        TELL(out, starttls, .protocol = SPAN("pop3"), .command = SPAN("STLS"),
             .result = SPAN("unanswered"), .offered = pop->offers_stls);
    TELL(out, mail_unanswered, .protocol = SPAN("pop3"),
         .command = mail_kept(&p->name),
         .waited = mail_waited(pop->context, why, out, p->time),
         .end = mail_end(why), .stage = stage(pop, p->verb->what));
}

void pop3_end(void *self, enum end why, struct facts *out)
{
    struct pop3 *pop = self;
    if (mail_held_ended(&pop->held, why))
        pop3_held_settle(pop, out);
    if (pop->context->closed_by_known && pop->context->closed_by == S2C)
        pop3_early_settle(pop, out);
    pop3_login_report(pop, false, out);
    pop3_refusal_settle(pop, true, out);
    if (pop->content.on)
        pop3_content_cut_off(pop, out);
    for (size_t i = 0; i < pop->pending_n && !pop->foreign[S2C].on; i++)
        tell_unanswered(pop, &pop->pending[i], why, out);
    if (pop->deleted)
        TELL(out, pop_deletions, .count = pop->deleted, .quit = pop->quit,
             .retrieved = pop->retrieved);
}

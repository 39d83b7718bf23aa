/* request.c - a command of the client.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"
#include "pop3.h"

static const struct pop3_verb verbs[] = {
    {SPAN_INIT("USER"),   POP3_USER,  false},
    {SPAN_INIT("PASS"),   POP3_PASS,  false},
    {SPAN_INIT("APOP"),   POP3_APOP,  false},
    {SPAN_INIT("AUTH"),   POP3_AUTH,  false},
    {SPAN_INIT("STLS"),   POP3_STLS,  false},
    {SPAN_INIT("CAPA"),   POP3_CAPA,  false},
    {SPAN_INIT("STAT"),   POP3_STAT,  true },
    {SPAN_INIT("LIST"),   POP3_LIST,  true },
    {SPAN_INIT("UIDL"),   POP3_LIST,  true },
    {SPAN_INIT("RETR"),   POP3_RETR,  true },
    {SPAN_INIT("TOP"),    POP3_TOP,   true },
    {SPAN_INIT("DELE"),   POP3_DELE,  true },
    {SPAN_INIT("RSET"),   POP3_RSET,  false},
    {SPAN_INIT("QUIT"),   POP3_QUIT,  false},
    {SPAN_INIT("NOOP"),   POP3_OTHER, false},
    {SPAN_INIT("LAST"),   POP3_OTHER, false},
    {SPAN_INIT("UTF8"),   POP3_OTHER, false},
    {SPAN_INIT("LANG"),   POP3_LIST,  false},
    {SPAN_INIT("XTND"),   POP3_EXTRA, false},
    {SPAN_INIT("EXPIRE"), POP3_OTHER, false},
};
static const struct pop3_verb unknown = {.what = POP3_UNKNOWN};

static const struct pop3_verb *verb_find(struct span name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (span_is(verbs[i].name, name))
            return &verbs[i];
    }
    return NULL;
}

bool pop3_is_command(struct span line)
{
    return verb_find(mail_word(&line)) != NULL;
}

/* A line that is no command of POP3 may be a secret that got out of step
 * (base64, a password).  A word of letters of one case is hardly one. */
static bool may_be_shown(struct span name)
{
    enum { NAME_MAX_SHOWN = 12 };
    bool lower = false;
    bool upper = false;
    for (size_t i = 0; i < name.n; i++) {
        bool is_lower = name.p[i] >= 'a' && name.p[i] <= 'z';
        bool is_upper = name.p[i] >= 'A' && name.p[i] <= 'Z';
        if (!is_lower && !is_upper)
            return false;
        lower |= is_lower;
        upper |= is_upper;
    }
    return name.n > 0 && name.n <= NAME_MAX_SHOWN && lower != upper;
}

/* "USER b***@example.org", "PASS ********".  What has to be put together is
 * put into *shown. */
static struct span show(const struct pop3 *pop, const struct pop3_pending *p,
                        struct span arguments, struct facts *out,
                        struct text *shown)
{
    if (arguments.n == 0)
        return mail_kept(&p->name);
    text_add(shown, mail_kept(&p->name));
    if (p->mechanism.n) {
        text_adds(shown, " ");
        text_add(shown, mail_kept(&p->mechanism));
        mail_word(&arguments);
    }
    if ((p->verb->what == POP3_USER || p->verb->what == POP3_APOP) &&
        pop->login.user_known) {
        text_adds(shown, " ");
        text_add(shown, facts_user(out, mail_kept(&pop->login.user)));
        mail_word(&arguments);
        if (p->verb->what == POP3_USER)
            return text_span(shown);
    }
    if (arguments.n == 0)
        return text_span(shown);
    text_adds(shown, " ");
    switch (p->verb->what) {
    case POP3_USER:
    case POP3_PASS:
    case POP3_APOP:
    case POP3_AUTH:
    case POP3_UNKNOWN:
        text_add(shown, MAIL_HIDDEN);
        break;
    case POP3_STLS:
    case POP3_CAPA:
    case POP3_STAT:
    case POP3_LIST:
    case POP3_RETR:
    case POP3_TOP:
    case POP3_DELE:
    case POP3_RSET:
    case POP3_QUIT:
    case POP3_OTHER:
    case POP3_EXTRA:
        text_add(shown, arguments);
        break;
    }
    return text_span(shown);
}

static void command(struct pop3 *pop, struct span line, struct facts *out)
{
    struct span arguments = line;
    struct span name = mail_word(&arguments);
    const struct pop3_verb *verb = verb_find(name);
    if (!verb)
        verb = &unknown;
    if (verb->what == POP3_UNKNOWN && !may_be_shown(name)) {
        TELL(out, pop_malformed, .side = SPAN("client"),
             .why = SPAN("not a command"), .line = MAIL_HIDDEN);
        mail_secret(&pop->secrets, pop->mem, line);
        name = MAIL_HIDDEN; /* it gets an answer all the same */
    }
    pop3_refusal_settle(pop, verb->what != POP3_PASS, out);
    struct pop3_pending *p = pop3_pending_add(pop, out);
    struct text made = {0};
    p->verb = verb;
    p->arguments = arguments.n > 0;
    p->time = facts_time(out);
    mail_keep_upper(&p->name, name);
    pop3_login_begin(pop, p, arguments);
    struct span shown = show(pop, p, arguments, out, &made);
    TELL(out, pop_request, .command = mail_kept(&p->name), .line = shown,
         .over_tls = pop->over_tls, .known = verb->what != POP3_UNKNOWN);
    text_free(&made);
    if (verb->what == POP3_QUIT) {
        pop->quit = true;
        mail_client_leaves(pop->context, !pop->greeted && pop->pending_n == 1,
                           SPAN("QUIT"), out);
    }
}

void pop3_client_line(struct pop3 *pop, struct span line, struct facts *out)
{
    pop->held.followed = true;
    if (pop3_login_takes(pop, line))
        pop3_login_says(pop, line, out);
    else if (line.n)
        command(pop, line, out);
}

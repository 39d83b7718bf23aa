/* login.c - USER and PASS, APOP, AUTH (RFC 1939, 5034), and what became of
 * them.
 *
 *   C: USER bob          S: +OK
 *   C: PASS secret       S: -ERR [AUTH] no
 *
 *   C: AUTH PLAIN        S: +             (or the message in the same line)
 *   C: <base64>          S: +OK
 *
 * Only the user name is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pop3.h"

/* One message of the client, base64. */
static void take_message(struct pop3 *pop, const struct pop3_pending *p,
                         struct span base64)
{
    struct pop3_login *login = &pop->login;
    if (mail_secret_message(&pop->secrets, pop->mem, mail_kept(&p->mechanism),
                            login->step++, base64, &login->user))
        login->user_known = true;
}

static void sasl_begin(struct pop3 *pop, struct pop3_pending *p,
                       struct span arguments)
{
    struct pop3_login *login = &pop->login;
    struct span mechanism = mail_word(&arguments);
    if (mechanism.n == 0)
        return; /* asks which mechanisms there are, as clients did before CAPA */
    mail_keep_upper(&p->mechanism,
                    mail_is_word(mechanism) ? mechanism : MAIL_HIDDEN);
    login->sasl = true;
    login->user_known = login->cancelled = false;
    login->step = 0;
    if (arguments.n)
        take_message(pop, p, arguments);
}

void pop3_login_begin(struct pop3 *pop, struct pop3_pending *p,
                      struct span arguments)
{
    struct pop3_login *login = &pop->login;
    login->open = p->verb->what != POP3_USER;
    if (p->verb->what == POP3_AUTH) {
        sasl_begin(pop, p, arguments);
    } else if (p->verb->what == POP3_USER) {
        login->user_known = arguments.n > 0; /* it may hold spaces */
        mail_keep(&login->user, arguments);
        mail_secret_user(&pop->secrets, pop->mem, arguments);
    } else if (p->verb->what == POP3_PASS) {
        mail_secret(&pop->secrets, pop->mem, arguments);
    } else if (p->verb->what == POP3_APOP) {
        struct span user = mail_word(&arguments);
        login->user_known = user.n > 0 && arguments.n > 0;
        mail_keep(&login->user, user);
        mail_secret_user(&pop->secrets, pop->mem, user);
        mail_secret(&pop->secrets, pop->mem, arguments);
    }
}

/* QUIT is base64 as well, but of three bytes that no mechanism sends. */
bool pop3_login_takes(const struct pop3 *pop, struct span line)
{
    return pop->login.sasl && span_find(line, ' ') == line.n &&
           !span_is(line, SPAN("QUIT"));
}

void pop3_login_says(struct pop3 *pop, struct span line, struct facts *out)
{
    struct pop3_login *login = &pop->login;
    struct pop3_pending *p = pop3_pending_what(pop, POP3_AUTH);
    pop3_login_report(pop, true, out);
    if (!p)
        return;
    p->time = facts_time(out);
    if (span_same(line, SPAN("*"))) {
        login->cancelled = true;
        return;
    }
    take_message(pop, p, line);
}

void pop3_login_challenge(struct pop3 *pop, struct span text, struct facts *out)
{
    struct pop3_login *login = &pop->login;
    if (!login->sasl || !mail_oauth_error(text, &login->error))
        return;
    login->report = true;
    login->report_seen = facts_now(out);
}

void pop3_login_report(struct pop3 *pop, bool answered, struct facts *out)
{
    struct pop3_login *login = &pop->login;
    if (!login->report)
        return;
    login->report = false;
    struct stamp now = facts_swap_stamp(out, login->report_seen);
    TELL(out, pop_sasl_challenge, .status = mail_kept(&login->error.status),
         .schemes = mail_kept(&login->error.schemes),
         .scope = mail_kept(&login->error.scope), .answered = answered);
    facts_swap_stamp(out, now);
}

static void refusal_hold(struct pop3 *pop, const struct pop3_pending *p,
                         const struct pop3_reply *reply, struct facts *out)
{
    struct pop3_refusal *refusal = &pop->refusal;
    refusal->held = true;
    refusal->seen = facts_now(out);
    refusal->latency = mail_since(out, p->time);
    refusal->code = reply->code;
    mail_keep(&refusal->text, reply->text);
    mail_keep(&refusal->line, reply->line);
}

static void tell(struct pop3 *pop, const struct fact_mail_login *told,
                 struct facts *out)
{
    struct pop3_login *login = &pop->login;
    struct fact_mail_login fact = *told;
    struct span user = mail_kept(&login->user);
    fact.protocol = SPAN("pop3");
    fact.user_known = login->user_known;
    fact.user_has_at = login->user_known && mail_has_at(user);
    fact.user = login->user_known ? facts_user(out, user) : SPAN("");
    fact.account = login->user_known ? mail_account(user) : 0;
    fact.over_tls = pop->over_tls;
    fact.attempt = ++login->attempts;
    facts_add(out, FACT_KIND_mail_login, &fact);
}

void pop3_refusal_settle(struct pop3 *pop, bool ends_attempt, struct facts *out)
{
    const struct pop3_refusal *refusal = &pop->refusal;
    if (refusal->held && ends_attempt) {
        struct fact_mail_login fact = {.command = SPAN("USER"),
                                       .result = SPAN("refused"),
                                       .code = mail_kept(&refusal->code),
                                       .text = mail_kept(&refusal->text),
                                       .line = mail_kept(&refusal->line),
                                       .latency = refusal->latency};
        struct stamp now = facts_swap_stamp(out, refusal->seen);
        tell(pop, &fact, out);
        facts_swap_stamp(out, now);
    }
    pop->refusal.held = false;
}

void pop3_logged_in_unseen(struct pop3 *pop, const struct pop3_reply *reply,
                           struct facts *out)
{
    const struct fact_mail_login fact = {.result = SPAN("ok"),
                                         .line = reply->line};
    if (pop->login.attempts > 0 || pop->login.open)
        tell(pop, &fact, out);
    pop->logged_in = true;
    pop->login.open = false;
}

void pop3_login_answered(struct pop3 *pop, const struct pop3_pending *p,
                         const struct pop3_reply *reply, struct facts *out)
{
    struct pop3_login *login = &pop->login;
    bool ok = span_same(reply->indicator, SPAN("+OK"));
    if (p->verb->what == POP3_USER) {
        if (!ok && !pop3_pending_what(pop, POP3_PASS))
            refusal_hold(pop, p, reply, out);
        return;
    }
    pop3_login_report(pop, false, out);
    struct fact_mail_login fact = {.command = mail_kept(&p->name),
                                   .mechanism = mail_kept(&p->mechanism),
                                   .result = ok ? SPAN("ok")
                                             : login->cancelled
                                                 ? SPAN("cancelled")
                                                 : SPAN("refused"),
                                   .code = mail_kept(&reply->code),
                                   .text = reply->text,
                                   .line = reply->line,
                                   .latency = mail_since(out, p->time)};
    tell(pop, &fact, out);
    login->sasl = login->cancelled = login->open = false;
    if (ok)
        pop->logged_in = true;
}

/* login.c - AUTH (RFC 4954): who, how, and whether it worked.
 *
 *   C: AUTH LOGIN                C: AUTH XOAUTH2 dXNlcj1...
 *   S: 334 VXNlcm5hbWU6          S: 334 eyJzdGF0dXMiOiI0MDAi...   an error!
 *   C: amFuZQ==                  C:                               so be it
 *   S: 334 UGFzc3dvcmQ6          S: 535 5.7.8 not accepted
 *   C: c2VjcmV0
 *   S: 235 2.7.0 welcome
 *
 * What the client sends is looked at for the user's name and forgotten.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

/* One message of the client, base64. */
static void take_message(struct smtp *s, struct span base64)
{
    struct smtp_auth *auth = &s->auth;
    if (mail_secret_message(&s->secrets, s->mem, mail_kept(&auth->mechanism),
                            auth->said++, base64, &auth->user))
        auth->user_known = true;
}

void smtp_login_begin(struct smtp *s, struct span arguments, struct facts *out)
{
    uint64_t attempts = s->auth.attempts;
    smtp_login_close(s, out); /* a report of an earlier one, if it is open */
    s->auth = (struct smtp_auth){.open = true, .attempts = attempts + 1};
    struct span mechanism = mail_word(&arguments);
    if (mail_is_word(mechanism))
        mail_keep_upper(&s->auth.mechanism, span_first(mechanism, 20));
    arguments = span_trim(arguments);
    if (arguments.n == 0)
        return;
    s->auth.prompts++; /* an initial response answers an unsaid challenge */
    take_message(s, arguments);
}

/* The AUTH that is under way. */
static struct smtp_pending *find_pending(struct smtp *s)
{
    struct smtp_pending *p;
    for (size_t i = 0; (p = smtp_pending_at(s, i)); i++) {
        if (p->verb->id == SMTP_AUTH)
            return p;
    }
    return NULL;
}

static void tell_report(struct smtp *s, bool answered, struct facts *out)
{
    struct smtp_auth *auth = &s->auth;
    if (!auth->reported)
        return;
    auth->reported = false;
    struct stamp now = facts_swap_stamp(out, auth->report_seen);
    TELL(out, smtp_sasl_challenge, .status = mail_kept(&auth->report.status),
         .schemes = mail_kept(&auth->report.schemes),
         .scope = mail_kept(&auth->report.scope), .answered = answered);
    facts_swap_stamp(out, now);
}

bool smtp_login_line(struct smtp *s, struct span line, struct facts *out)
{
    struct smtp_auth *auth = &s->auth;
    struct smtp_pending *p = find_pending(s);
    /* Some send all their answers at once, or commands behind AUTH PLAIN;
     * neither waits for the server. */
    if (auth->prompts <= auth->said && smtp_command_is_sure(line))
        return false;
    if (p)
        p->time = facts_time(out);
    if (span_same(line, SPAN("*")))
        auth->cancelled = true;
    take_message(s, line);
    tell_report(s, true, out);
    return true;
}

static void on_challenge(struct smtp *s, struct facts *out)
{
    struct smtp_auth *auth = &s->auth;
    struct span mechanism = mail_kept(&auth->mechanism);
    auth->prompts++;
    if (!span_is(mechanism, SPAN("XOAUTH2")) &&
        !span_is(mechanism, SPAN("OAUTHBEARER")))
        return;
    auth->reported =
        mail_oauth_error(span_skip(s->reply.line, 4), &auth->report);
    auth->report_seen = facts_now(out);
}

static struct span result(const struct smtp *s)
{
    if (s->reply.code < 300)
        return SPAN("ok");
    return s->auth.cancelled ? SPAN("cancelled") : SPAN("refused");
}

void smtp_login_answer(struct smtp *s, const struct smtp_pending *p,
                       struct facts *out)
{
    struct smtp_auth *auth = &s->auth;
    struct smtp_shown text;
    struct smtp_shown line;
    struct span user = mail_kept(&auth->user);
    if (s->reply.code == 334) {
        on_challenge(s, out);
        return;
    }
    tell_report(s, false, out);
    smtp_reply_text(s, &text, out);
    smtp_reply_line(s, &line, out);
    TELL(out, mail_login, .protocol = SPAN("smtp"),
         .command = p->verb ? p->verb->name : SPAN("AUTH"),
         .mechanism = mail_kept(&auth->mechanism), .result = result(s),
         .user = facts_user(out, user), .account = mail_account(user),
         .user_known = auth->user_known, .user_has_at = mail_has_at(user),
         .code = smtp_reply_enhanced(s), .reply = s->reply.code,
         .text = smtp_shown_span(&text), .line = smtp_shown_span(&line),
         .latency = mail_since(out, p->time), .over_tls = s->over_tls,
         .attempt = auth->attempts);
    s->logged_in = s->logged_in || s->reply.code < 300;
    auth->open = false;
}

void smtp_login_unasked(struct smtp *s, struct facts *out)
{
    const struct smtp_pending none = {.verb = NULL};
    if ((s->client_heard && !s->missed) ||
        (s->reply.code != 235 && s->reply.code != 535))
        return;
    s->auth.attempts++;
    smtp_login_answer(s, &none, out);
}

bool smtp_login_waits_for_client(const struct smtp *s)
{
    return s->auth.prompts > s->auth.said;
}

void smtp_login_close(struct smtp *s, struct facts *out)
{
    tell_report(s, false, out);
}

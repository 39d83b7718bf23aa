/* login.c - LOGIN, AUTHENTICATE, and what became of them.
 *
 *   C: a1 AUTHENTICATE XOAUTH2 <base64>     or after "+", on a line of its own
 *   S: + <base64: {"status":"400",...}>     a report; the client must answer
 *   C: <empty line, or AQ==>                (RFC 7628 section 3.2.3)
 *   S: a1 NO [AUTHENTICATIONFAILED] ...
 *
 * Only the user name is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "imap.h"

/* One SASL message of the client, base64. */
static void take_message(struct imap *im, const struct imap_pending *p,
                         struct span base64)
{
    struct imap_login *login = &im->login;
    if (mail_secret_message(&im->secrets, im->mem, mail_kept(&p->mechanism),
                            login->step++, base64, &login->user))
        login->user_known = true;
}

/* Servers repeat a LOGIN that they do not understand. */
static void keep_secrets(struct imap *im, struct imap_token user,
                         struct imap_token password)
{
    struct mail_kept kept;
    if (user.kind != IMAP_ATOM && user.kind != IMAP_QUOTED)
        return;
    imap_token_keep(&kept, user);
    mail_secret_user(&im->secrets, im->mem, mail_kept(&kept));
    if (password.kind != IMAP_ATOM && password.kind != IMAP_QUOTED)
        return;
    imap_token_keep(&kept, password);
    mail_secret(&im->secrets, im->mem, mail_kept(&kept));
}

void imap_login_begin(struct imap *im, struct imap_pending *p,
                      struct span arguments)
{
    struct imap_login *login = &im->login;
    login->user_known = login->cancelled = login->report = false;
    login->open = true;
    login->step = 0;
    if (p->verb->what == IMAP_LOGIN) {
        struct imap_token user = imap_token(&arguments);
        login->user_known = user.kind == IMAP_ATOM || user.kind == IMAP_QUOTED;
        if (login->user_known)
            imap_token_keep(&login->user, user);
        keep_secrets(im, user, imap_token(&arguments));
        return;
    }
    struct imap_token mechanism = imap_token(&arguments);
    if (mail_is_word(mechanism.text))
        mail_keep_upper(&p->mechanism, mechanism.text);
    login->sasl = true;
    struct imap_token initial = imap_token(&arguments); /* RFC 4959 */
    if (initial.kind == IMAP_ATOM)
        take_message(im, p, initial.text);
}

/* SASL messages are base64, "*" or nothing.  A command instead is the client's
 * mistake, or the end of the exchange was not captured. */
bool imap_login_takes(const struct imap *im, struct span line)
{
    if (!im->login.sasl)
        return false;
    mail_word(&line);
    struct span name = imap_verb_cut(&line);
    return !imap_verb_find(name);
}

void imap_login_says(struct imap *im, struct span line, struct facts *out)
{
    struct imap_login *login = &im->login;
    struct imap_pending *p = imap_pending_what(im, IMAP_AUTHENTICATE);
    imap_login_report(im, true, out);
    if (!p)
        return;
    p->time = facts_time(out);
    if (span_same(line, SPAN("*"))) {
        login->cancelled = true;
        return;
    }
    take_message(im, p, line);
}

void imap_login_challenge(struct imap *im, struct span text, struct facts *out)
{
    struct imap_login *login = &im->login;
    if (!mail_oauth_error(text, &login->error))
        return;
    login->report = true;
    login->report_seen = facts_now(out);
}

void imap_login_report(struct imap *im, bool answered, struct facts *out)
{
    struct imap_login *login = &im->login;
    if (!login->report)
        return;
    login->report = false;
    struct stamp now = facts_swap_stamp(out, login->report_seen);
    TELL(out, imap_sasl_challenge, .status = mail_kept(&login->error.status),
         .schemes = mail_kept(&login->error.schemes),
         .scope = mail_kept(&login->error.scope), .answered = answered);
    facts_swap_stamp(out, now);
}

void imap_login_answered(struct imap *im, const struct imap_pending *p,
                         const struct imap_reply *reply, struct facts *out)
{
    struct imap_login *login = &im->login;
    bool ok = span_is(reply->status, SPAN("OK"));
    bool known = login->user_known;
    struct span user = mail_kept(&login->user);
    imap_login_report(im, false, out);
    login->sasl = login->answer_lost = login->open = login->presumed = false;
    if (im->logged_in && !ok)
        return; /* too late (RFC 9051 section 6.3), whoever the user is */
    TELL(out, mail_login, .protocol = SPAN("imap"),
         .command = mail_kept(&p->name), .mechanism = mail_kept(&p->mechanism),
         .result = ok                 ? SPAN("ok")
                   : login->cancelled ? SPAN("cancelled")
                                      : SPAN("refused"),
         .user = known ? facts_user(out, user) : SPAN(""), .user_known = known,
         .account = known ? mail_account(user) : 0,
         .user_has_at = known && mail_has_at(user),
         .code = mail_kept(&reply->code), .text = reply->text,
         .line = reply->line, .latency = mail_since(out, p->time),
         .over_tls = im->over_tls, .attempt = ++login->attempts);
    if (ok)
        im->logged_in = true;
}

bool imap_login_is_unproved(const struct imap *im)
{
    return !im->logged_in || im->login.presumed;
}

void imap_logged_in_unseen(struct imap *im, bool shown, struct span line,
                           struct facts *out)
{
    struct imap_login *login = &im->login;
    bool known = login->open && login->user_known;
    struct span user = mail_kept(&login->user);
    bool told = login->attempts > 0 || (shown && login->open);
    im->logged_in = true;
    login->presumed = !told && !shown;
    if (!told)
        return;
    login->open = login->sasl = false;
    TELL(out, mail_login, .protocol = SPAN("imap"), .result = SPAN("ok"),
         .user = known ? facts_user(out, user) : SPAN(""), .user_known = known,
         .account = known ? mail_account(user) : 0,
         .user_has_at = known && mail_has_at(user), .line = line,
         .over_tls = im->over_tls, .attempt = ++login->attempts);
}

/* response.c - what the server of ManageSieve says.
 *
 *   S: "IMPLEMENTATION" "Example1"       capabilities, one a line,
 *   S: "SASL" "PLAIN"
 *   S: "STARTTLS"
 *   S: OK "ready"                        and OK: the greeting
 *   S: NO (QUOTA/MAXSIZE) "too big"      status, code, text
 *   S: "cmVhbG0="                        a challenge within AUTHENTICATE
 *   S: "vacation" ACTIVE                 data of other commands: passed over
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "sieve/sieve.h"

/* A status line taken apart. */
struct status {
    struct span word; /* OK, NO, BYE */
    struct span text, line;
    struct mail_kept code;
};

static bool is_status(struct span word)
{
    return span_is(word, SPAN("OK")) || span_is(word, SPAN("NO")) ||
           span_is(word, SPAN("BYE"));
}

bool sieve_response_needs_literal(struct span line)
{
    return is_status(mail_word(&line));
}

static struct status status_parse(struct span line, struct span literal)
{
    struct status status = {.line = line};
    status.word = mail_word(&line);
    if (line.n && line.p[0] == '(') {
        size_t end = span_find(line, ')');
        struct span code = span_skip(span_first(line, end), 1);
        mail_keep_upper(&status.code, mail_word(&code));
        line = span_skip(line, end + 1);
    }
    line = span_trim(line);
    status.text = line.n && line.p[0] == '{' ? span_trim(literal)
                                             : sieve_string(&line);
    return status;
}

/* ---- capabilities ---- */

static void list_add(struct sieve_offer *offer, struct span word)
{
    struct mail_kept upper;
    mail_keep_upper(&upper, word);
    word = span_first(mail_kept(&upper), sizeof offer->list - offer->n);
    memcpy(offer->list + offer->n, word.p, word.n);
    offer->n += word.n;
}

static void on_capability(struct sieve_offer *offer, struct span line)
{
    struct span name = sieve_string(&line);
    struct span value = sieve_string(&line);
    offer->any = true;
    if (offer->n)
        list_add(offer, SPAN(" "));
    list_add(offer, name);
    if (span_is(name, SPAN("IMPLEMENTATION")))
        mail_keep(&offer->implementation, value);
    if (span_is(name, SPAN("SASL")))
        mail_keep_upper(&offer->mechanisms, value);
    if (span_is(name, SPAN("STARTTLS")))
        offer->starttls = true;
}

static void tell_offer(struct sieve *s, struct facts *out)
{
    struct sieve_offer *offer = &s->offer;
    if (!offer->any)
        return;
    TELL(out, sieve_capability, .list = {offer->list, offer->n},
         .implementation = mail_kept(&offer->implementation),
         .mechanisms = mail_kept(&offer->mechanisms),
         .starttls = offer->starttls, .over_tls = s->over_tls);
    s->offers_starttls = offer->starttls;
    *offer = (struct sieve_offer){0};
}

/* ---- status lines ---- */

static void tell_greeting(const struct status *status, struct facts *out)
{
    bool ok = span_is(status->word, SPAN("OK"));
    TELL(out, mail_greeting, .protocol = SPAN("sieve"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .code = mail_kept(&status->code), .text = status->text,
         .line = status->line);
}

static void tell_login(struct sieve *s, const struct status *status,
                       const struct sieve_pending *p, struct facts *out)
{
    struct sieve_auth *auth = &s->auth;
    struct span user = mail_kept(&auth->user);
    bool ok = span_is(status->word, SPAN("OK"));
    struct span failed =
        auth->cancelled ? SPAN("cancelled") : SPAN("refused");
    TELL(out, mail_login, .protocol = SPAN("sieve"),
         .command = SPAN("AUTHENTICATE"),
         .mechanism = mail_kept(&auth->mechanism),
         .result = ok ? SPAN("ok") : failed, .user = facts_user(out, user),
         .account = mail_account(user), .user_known = auth->user_known,
         .user_has_at = mail_has_at(user), .code = mail_kept(&status->code),
         .text = status->text, .line = status->line,
         .latency = mail_since(out, p->time), .over_tls = s->over_tls,
         .attempt = auth->attempts);
    s->logged_in = s->logged_in || ok;
    auth->open = false;
}

static bool on_starttls(struct sieve *s, const struct status *status,
                        uint64_t extra, struct facts *out)
{
    bool ok = span_is(status->word, SPAN("OK"));
    TELL(out, starttls, .protocol = SPAN("sieve"),
         .command = SPAN("STARTTLS"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .offered = s->offers_starttls, .text = status->text,
         .line = status->line, .extra_bytes = ok ? extra : 0);
    if (ok) {
        s->over_tls = s->anew = true;
        s->pending_n = 0;
        memset(s->half, 0, sizeof s->half);
    }
    return ok;
}

static bool on_answer(struct sieve *s, const struct status *status,
                      uint64_t extra, struct facts *out)
{
    struct sieve_pending *p = s->pending_n ? &s->pending[0] : NULL;
    struct span command = p ? p->verb->name : SPAN("");
    struct mail_kept word;
    mail_keep_upper(&word, status->word);
    TELL(out, sieve_response, .command = command, .status = mail_kept(&word),
         .code = mail_kept(&status->code), .text = status->text,
         .line = status->line, .latency = p ? mail_since(out, p->time) : 0,
         .over_tls = s->over_tls, .logged_in = s->logged_in);
    if (span_is(command, SPAN("AUTHENTICATE")))
        tell_login(s, status, p, out);
    if (p)
        sieve_pending_drop(s);
    return span_is(command, SPAN("STARTTLS")) &&
           on_starttls(s, status, extra, out);
}

static bool on_status(struct sieve *s, const struct status *status,
                      uint64_t extra, struct facts *out)
{
    bool offered = s->offer.any;
    bool bye = span_is(status->word, SPAN("BYE"));
    bool tls = false;
    tell_offer(s, out);
    if (!s->greeted)
        tell_greeting(status, out);
    else if (!s->anew || !offered)
        tls = on_answer(s, status, extra, out);
    s->anew = tls;
    s->greeted = true;
    if (bye) {
        s->server_left = true;
        TELL(out, mail_close, .by = SPAN("server"), .line = status->line);
    }
    return tls;
}

/* Lines of capabilities come in the greeting, after TLS began, in answer to
 * CAPABILITY, and after a login that brought a security layer. */
static bool is_capability(const struct sieve *s, struct span line)
{
    struct span name = sieve_string(&line);
    bool asked = s->pending_n &&
                 span_is(s->pending[0].verb->name, SPAN("CAPABILITY"));
    return !s->greeted || s->anew || asked ||
           (s->pending_n == 0 && span_is(name, SPAN("IMPLEMENTATION"))) ||
           (s->pending_n == 0 && s->offer.any);
}

bool sieve_response(struct sieve *s, struct span line, struct span literal,
                    uint64_t extra, struct facts *out)
{
    struct span rest = line;
    if (is_status(mail_word(&rest))) {
        line = mail_without_secrets(s->secrets, line, out);
        struct status status = status_parse(line, literal);
        return on_status(s, &status, extra, out);
    }
    if (line.n == 0 || (line.p[0] != '"' && line.p[0] != '{'))
        return false;
    if (line.p[0] == '"' && is_capability(s, line))
        on_capability(&s->offer, line);
    else if (s->auth.open)
        s->auth.prompts++;
    return false;
}

/* ---- the end ---- */

void sieve_unanswered(struct sieve *s, enum end why, struct facts *out)
{
    bool clients_turn = s->auth.open && s->auth.prompts > s->auth.said;
    for (size_t i = 0; i < s->pending_n && !s->server_left; i++) {
        const struct sieve_pending *p = &s->pending[i];
        double waited = mail_waited(s->context, why, out, p->time);
        if (clients_turn && span_is(p->verb->name, SPAN("AUTHENTICATE")))
            continue;
        struct stamp now =
            facts_swap_stamp(out, (struct stamp){p->frame, p->time, C2S});
        TELL(out, mail_unanswered, .protocol = SPAN("sieve"),
             .command = p->verb->name, .waited = waited, .end = mail_end(why),
             .stage = p->verb->stage);
        if (span_is(p->verb->name, SPAN("STARTTLS")))
            TELL(out, starttls, .protocol = SPAN("sieve"),
                 .command = SPAN("STARTTLS"), .result = SPAN("unanswered"),
                 .offered = s->offers_starttls);
        facts_swap_stamp(out, now);
    }
}

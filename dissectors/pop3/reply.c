/* reply.c - a line of the server, and the command it answers.
 *
 *   S: +OK POP3 ready <1896.697@example.org>     the greeting, once
 *   S: -ERR [IN-USE] the maildrop is locked      a reply
 *   S: + <base64>                                AUTH: go on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pop3.h"

static bool is_ok(const struct pop3_reply *reply)
{
    return span_same(reply->indicator, SPAN("+OK"));
}

/* <process.clock@host>, RFC 1939 section 7. */
static bool has_timestamp(struct span text)
{
    text = span_skip(text, span_find(text, '<'));
    size_t end = span_find(text, '>');
    return end < text.n && span_find(text, '@') < end;
}

static void greeting(struct pop3 *pop, const struct pop3_reply *reply,
                     struct facts *out)
{
    bool ok = is_ok(reply);
    pop->greeted = true;
    TELL(out, pop_greeting, .indicator = reply->indicator,
         .code = mail_kept(&reply->code), .text = reply->text,
         .apop = has_timestamp(reply->text), .line = reply->line);
    TELL(out, mail_greeting, .protocol = SPAN("pop3"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .code = mail_kept(&reply->code), .text = reply->text,
         .line = reply->line);
    if (!ok)
        TELL(out, mail_close, .by = SPAN("server"), .line = reply->line);
}

static void tell_reply(const struct pop3 *pop, const struct pop3_pending *p,
                       const struct pop3_reply *reply, struct facts *out)
{
    TELL(out, pop_response, .command = p ? mail_kept(&p->name) : SPAN(""),
         .indicator = reply->indicator, .code = mail_kept(&reply->code),
         .text = reply->text, .line = reply->line,
         .latency = p ? mail_since(out, p->time) : 0, .over_tls = pop->over_tls,
         .logged_in = pop->logged_in);
}

void pop3_early_settle(struct pop3 *pop, struct facts *out)
{
    struct stamp now;
    struct span line = mail_held_take(&pop->early, out, &now);
    if (line.n == 0)
        return;
    TELL(out, mail_close, .by = SPAN("server"), .line = line);
    facts_swap_stamp(out, now);
}

/* The client's side was not captured: that a message or a list follows, the
 * server's words or the next line tell. */
static void content_unasked(struct pop3 *pop, const struct pop3_reply *reply,
                            bool bare)
{
    if (pop->client_heard || !is_ok(reply))
        return;
    pop->list_may_follow = true;
    if (pop3_announced(reply->text))
        pop3_content_begin(pop, POP3_RETR, SPAN("RETR"), reply->text, bare);
}

/* A reply to nothing.  Servers say -ERR before they hang up; +OK comes when the
 * command was not captured. */
static void unasked(struct pop3 *pop, const struct pop3_reply *reply,
                    struct facts *out)
{
    tell_reply(pop, NULL, reply, out);
    bool goodbye = !is_ok(reply) && !pop->unsure;
    if (goodbye && pop->client_heard)
        TELL(out, mail_close, .by = SPAN("server"), .line = reply->line);
    else if (goodbye)
        mail_hold(&pop->early, pop->mem, reply->line, out);
    /* RFC 3206 section 4: what nothing but a login is answered with. */
    bool lost = !pop->client_heard || pop->client_missed;
    if (lost && !is_ok(reply) &&
        span_same(mail_kept(&reply->code), SPAN("AUTH")))
        TELL(out, mail_login, .protocol = SPAN("pop3"),
             .result = SPAN("refused"), .code = mail_kept(&reply->code),
             .text = reply->text, .line = reply->line,
             .over_tls = pop->over_tls, .attempt = ++pop->login.attempts);
    if (!lost || pop->logged_in || !is_ok(reply) ||
        !span_starts(reply->text, SPAN("Logged in")))
        return;
    pop->logged_in = true;
    TELL(out, mail_login, .protocol = SPAN("pop3"), .command = SPAN("PASS"),
         .result = SPAN("ok"), .text = reply->text, .line = reply->line,
         .over_tls = pop->over_tls, .attempt = ++pop->login.attempts);
}

static void maildrop(const struct pop3_reply *reply, struct facts *out)
{
    struct span text = reply->text;
    uint64_t messages;
    uint64_t octets;
    if (span_uint(mail_word(&text), &messages) &&
        span_uint(mail_word(&text), &octets))
        TELL(out, pop_maildrop, .messages = messages, .octets = octets);
}

static void stls_answered(const struct pop3 *pop,
                          const struct pop3_reply *reply, struct span after,
                          struct facts *out)
{
    bool ok = is_ok(reply);
    bool tls = after.n && (after.p[0] == 0x15 || after.p[0] == 0x16);
    TELL(out, starttls, .protocol = SPAN("pop3"), .command = SPAN("STLS"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .offered = pop->offers_stls, .text = reply->text, .line = reply->line,
         .extra_bytes = ok && !tls ? after.n : 0);
}

/* A +OK to this command is followed by lines and a dot. */
static bool has_content(const struct pop3_pending *p)
{
    switch (p->verb->what) {
    case POP3_CAPA:
    case POP3_RETR:
    case POP3_TOP:
        return true;
    case POP3_LIST:
    case POP3_AUTH:
        return !p->arguments;
    case POP3_USER:
    case POP3_PASS:
    case POP3_APOP:
    case POP3_STLS:
    case POP3_STAT:
    case POP3_DELE:
    case POP3_RSET:
    case POP3_QUIT:
    case POP3_OTHER:
    case POP3_EXTRA:
    case POP3_UNKNOWN:
        break;
    }
    return false;
}

static bool content_may_follow(const struct pop3_pending *p)
{
    return p->verb->what == POP3_EXTRA || p->verb->what == POP3_UNKNOWN;
}

/* What a reply means beyond itself. */
static void answered(struct pop3 *pop, const struct pop3_pending *p,
                     const struct pop3_reply *reply, struct facts *out)
{
    bool ok = is_ok(reply);
    if (ok && !pop->logged_in && p->verb->of_maildrop)
        pop3_logged_in_unseen(pop, reply, out);
    switch (p->verb->what) {
    case POP3_AUTH:
        if (!p->arguments)
            break; /* it asked for a list, it was no login */
        pop3_login_answered(pop, p, reply, out);
        break;
    case POP3_USER:
    case POP3_PASS:
    case POP3_APOP:
        pop3_login_answered(pop, p, reply, out);
        break;
    case POP3_STAT:
        if (ok)
            maildrop(reply, out);
        break;
    case POP3_DELE:
        pop->deleted += ok;
        break;
    case POP3_RSET:
        pop->deleted = ok ? 0 : pop->deleted;
        break;
    case POP3_STLS:
    case POP3_CAPA:
    case POP3_LIST:
    case POP3_RETR:
    case POP3_TOP:
    case POP3_QUIT:
    case POP3_OTHER:
    case POP3_EXTRA:
    case POP3_UNKNOWN:
        break;
    }
}

static bool reply_to_first(struct pop3 *pop, const struct pop3_reply *reply,
                           bool bare, struct span after, struct facts *out)
{
    struct pop3_pending p = pop->pending[0];
    bool tls = p.verb->what == POP3_STLS && is_ok(reply);
    tell_reply(pop, &p, reply, out);
    pop3_pending_drop_first(pop);
    answered(pop, &p, reply, out);
    if (p.verb->what == POP3_STLS)
        stls_answered(pop, reply, after, out);
    if (is_ok(reply) && has_content(&p))
        pop3_content_begin(pop, p.verb->what, mail_kept(&p.name), reply->text,
                           bare);
    pop->list_may_follow = is_ok(reply) && content_may_follow(&p);
    return tls;
}

/* Not a reply.  After a message it may be the rest of that message, if a dot
 * in it was not doubled: that is not shown. */
static void malformed(struct pop3 *pop, struct span line, struct facts *out)
{
    if (pop->unsure || !pop->client_heard ||
        pop->malformed++ >= POP3_MALFORMED_MAX)
        return;
    TELL(out, pop_malformed, .side = SPAN("server"),
         .why = pop->after_message ? SPAN("lines follow the end of a message")
                                   : SPAN("neither +OK nor -ERR"),
         .line = pop->after_message ? MAIL_HIDDEN : line);
}

void pop3_held_settle(struct pop3 *pop, struct facts *out)
{
    struct stamp now;
    struct span line = mail_held_take(&pop->held, out, &now);
    if (line.n == 0)
        return;
    struct pop3_reply reply = pop3_reply_read(line);
    reply.text = mail_without_users(pop->secrets, reply.text, out);
    unasked(pop, &reply, out);
    facts_swap_stamp(out, now);
}

/* Neither +OK nor -ERR. */
static void no_reply(struct pop3 *pop, struct span line, bool bare,
                     struct facts *out)
{
    struct span text = line;
    pop->held.n = 0; /* it was content, as this is */
    if (span_same(mail_word(&text), SPAN("+")) && pop->login.sasl)
        pop3_login_challenge(pop, text, out);
    else if (pop->list_may_follow && !span_same(line, SPAN(".")))
        pop3_content_begin(pop, POP3_LIST, SPAN(""), SPAN(""), bare);
    else
        malformed(pop, line, out);
    pop->list_may_follow = false;
}

bool pop3_server_line(struct pop3 *pop, struct span line, bool bare,
                      struct span after, struct facts *out)
{
    if (pop->held.followed)
        pop3_held_settle(pop, out);
    line = mail_without_secrets(pop->secrets, line, out);
    struct pop3_reply reply = pop3_reply_read(line);
    reply.text = mail_without_users(pop->secrets, reply.text, out);
    if (reply.indicator.n == 0) {
        no_reply(pop, line, bare, out);
        return false;
    }
    pop->malformed = 0;
    pop->after_message = pop->list_may_follow = false;
    pop->greeted |= mail_greeting_missed(pop->context, pop->pending_n);
    if (!pop->greeted) {
        greeting(pop, &reply, out);
        return false;
    }
    if (pop->pending_n == 0 && pop->unsure) {
        mail_hold(&pop->held, pop->mem, line, out);
        return false;
    }
    if (pop->pending_n == 0) {
        unasked(pop, &reply, out);
        content_unasked(pop, &reply, bare);
        return false;
    }
    pop->unsure = false;
    return reply_to_first(pop, &reply, bare, after, out);
}

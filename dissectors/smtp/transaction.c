/* transaction.c - what became of each message, told when it is known.
 *
 *   MAIL FROM:<a>   250     a transaction begins
 *   RCPT TO:<b>     550     not to b
 *   RCPT TO:<c>     250     but to c
 *   DATA            354
 *   .               250     accepted: now it is the server's
 *
 * A refusal on the way is no failure if the client then does it right: MAIL
 * before EHLO, without AUTH or STARTTLS, a greylisted recipient tried again.
 * So a message refused before DATA is held back until another message is
 * decided or the session ends, and forgotten if it was the same one (same
 * sender, same recipients).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

#include <string.h>

#include "base/hash.h"

static void keep(uint8_t *to, size_t *to_n, struct span text)
{
    memcpy(to, text.p, text.n);
    *to_n = text.n;
}

void smtp_quote_reply(const struct smtp *s, struct smtp_quote *quote,
                      struct facts *out)
{
    struct smtp_shown shown;
    quote->seen = facts_now(out);
    quote->code = s->reply.code;
    smtp_reply_text(s, &shown, out);
    keep(quote->text, &quote->text_n, smtp_shown_span(&shown));
    smtp_reply_line(s, &shown, out);
    keep(quote->line, &quote->line_n, smtp_shown_span(&shown));
}

static struct span phase_name(enum smtp_phase phase)
{
    static const struct span names[] = {
        SPAN_INIT("mail"), SPAN_INIT("rcpt"), SPAN_INIT("data")};
    return names[phase];
}

static void show_number(struct smtp_shown *shown, uint64_t n)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + n % 10);
        n /= 10;
    } while (n);
    smtp_show(shown, (struct span){digits + at, sizeof digits - at});
}

/* "message to 2 recipients accepted: 2.0.0 Ok: queued as 4XyZ9"; "message
 * accepted: ..." where none of its recipients was captured */
static void describe(struct smtp_shown *what, const struct smtp_transaction *t,
                     struct span result, struct span text)
{
    what->n = 0;
    smtp_show(what, SPAN("message "));
    if (t->recipients) {
        smtp_show(what, SPAN("to "));
        show_number(what, t->recipients);
        smtp_show(what, t->recipients == 1 ? SPAN(" recipient ")
                                           : SPAN(" recipients "));
    }
    smtp_show(what, result);
    if (text.n)
        smtp_show(what, SPAN(": "));
    smtp_show(what, text);
}

struct outcome {
    struct span result;  /* of smtp.transaction */
    struct span message; /* of mail.message; empty: nothing to say there */
};

static const struct outcome accepted = {SPAN_INIT("accepted"),
                                        SPAN_INIT("ok")};
static const struct outcome refused = {SPAN_INIT("refused"),
                                       SPAN_INIT("refused")};
static const struct outcome deferred = {SPAN_INIT("deferred"),
                                        SPAN_INIT("deferred")};
static const struct outcome abandoned = {SPAN_INIT("abandoned"), {NULL, 0}};
static const struct outcome unfinished = {SPAN_INIT("abandoned"),
                                          SPAN_INIT("incomplete")};
static const struct outcome cut_off = {SPAN_INIT("unknown"),
                                       SPAN_INIT("incomplete")};
static const struct outcome unknown = {SPAN_INIT("unknown"),
                                       SPAN_INIT("unknown")};

static void tell(struct smtp_transaction *t, struct outcome outcome,
                 const struct smtp_quote *quote, struct facts *out)
{
    struct span line = {quote ? quote->line : NULL, quote ? quote->line_n : 0};
    struct span text = {quote ? quote->text : NULL, quote ? quote->text_n : 0};
    struct smtp_shown what;
    struct stamp now = facts_now(out);
    if (quote)
        facts_swap_stamp(out, quote->seen);
    TELL(out, smtp_transaction, .result = outcome.result,
         .recipients = t->recipients, .accepted = t->accepted,
         .refused = t->refused, .deferred = t->deferred, .bytes = t->bytes,
         .phase = phase_name(t->phase), .line = line,
         .logged_in = t->logged_in);
    if (outcome.message.n) {
        describe(&what, t, outcome.result, text);
        TELL(out, mail_message, .protocol = SPAN("smtp"),
             .direction = SPAN("sent"), .result = outcome.message,
             .bytes = t->bytes ? t->bytes : t->size,
             .recipients = t->accepted, .what = smtp_shown_span(&what),
             .line = line);
    }
    facts_swap_stamp(out, now);
}

static struct outcome by_code(unsigned code)
{
    if (code < 400)
        return accepted;
    return code < 500 ? deferred : refused;
}

/* It is known now that the message held back was not sent otherwise. */
static void tell_held(struct smtp *s, struct facts *out)
{
    if (s->held.open)
        tell(&s->held, by_code(s->held.decisive.code), &s->held.decisive, out);
    s->held.open = false;
}

static bool same_message(const struct smtp_transaction *held,
                         const struct smtp_transaction *t)
{
    return held->sender == t->sender && (held->to == 0 || held->to == t->to);
}

static void decide(struct smtp *s, struct outcome outcome,
                   const struct smtp_quote *quote, struct facts *out)
{
    if (s->held.open && same_message(&s->held, &s->now))
        s->held.open = false;
    tell_held(s, out);
    tell(&s->now, outcome, quote, out);
    s->now.open = false;
}

static void hold(struct smtp *s, const struct smtp_transaction *t,
                 struct facts *out)
{
    if (!s->held.open || !same_message(&s->held, t))
        tell_held(s, out);
    s->held = *t;
    s->held.open = true;
}

/* The client, or the end of the session, put an end to it before DATA was
 * done. */
static void leave(struct smtp *s, bool gone, struct facts *out)
{
    struct smtp_transaction *t = &s->now;
    if (!t->open)
        return;
    t->open = false;
    if (t->accepted == 0 && t->refused + t->deferred > 0)
        hold(s, t, out);
    else if (s->content.doubtful && t->phase == SMTP_PHASE_DATA)
        decide(s, unknown, NULL, out); /* the end may have been sent */
    else if (gone || t->doubtful)
        decide(s, t->phase == SMTP_PHASE_DATA ? cut_off : unknown, NULL, out);
    else
        decide(s, t->phase == SMTP_PHASE_DATA ? unfinished : abandoned, NULL,
               out);
}

/* A second MAIL was refused because of a first one. */
static bool is_nested(const struct smtp *s)
{
    struct span text = {s->reply.texts, s->reply.n};
    return s->reply.code == 503 &&
           (span_search(text, SPAN("nested")) < text.n ||
            span_search(text, SPAN("already")) < text.n);
}

static void on_mail(struct smtp *s, const struct smtp_pending *p,
                    unsigned code, struct facts *out)
{
    struct smtp_transaction fresh = {
        .open = true,
        .doubtful = code == 0,
        .sender = p->address,
        .size = p->size,
        .logged_in = s->logged_in,
    };
    if (code < 400) {
        leave(s, false, out);
        s->now = fresh;
    } else if (s->now.open) { /* 503, nested MAIL: no harm done */
        return;
    } else if (is_nested(s)) { /* the capture does not have the first one */
        fresh.doubtful = true;
        s->now = fresh;
    } else {
        smtp_quote_reply(s, &fresh.decisive, out);
        hold(s, &fresh, out);
    }
}

static void on_rcpt(struct smtp *s, const struct smtp_pending *p,
                    unsigned code, struct facts *out)
{
    struct smtp_transaction *t = &s->now;
    if (!t->open)
        return;
    t->phase = SMTP_PHASE_RCPT;
    t->recipients++;
    t->to += p->address;
    if (code == 0) {
        t->doubtful = true;
        return;
    }
    t->accepted += code < 400;
    t->deferred += code >= 400 && code < 500;
    t->refused += code >= 500;
    if (code >= 400)
        smtp_quote_reply(s, &t->decisive, out);
}

/* DATA, or a chunk of BDAT, was refused. */
static void on_data_refused(struct smtp *s, unsigned code, struct facts *out)
{
    struct smtp_transaction *t = &s->now;
    struct smtp_quote quote;
    smtp_quote_reply(s, &quote, out);
    if (!t->open || (t->recipients == 0 && code == 503))
        return; /* out of order: it can still be done right */
    if (t->accepted == 0 && t->refused + t->deferred > 0) {
        leave(s, false, out); /* of course: there were no recipients */
        return;
    }
    t->phase = SMTP_PHASE_DATA;
    decide(s, by_code(code), &quote, out);
}

/* LMTP answers once for each recipient it accepted (RFC 2033 section 4.2). */
static void on_end(struct smtp *s, const struct smtp_pending *p, unsigned code,
                   struct facts *out)
{
    struct smtp_transaction *t = &s->now;
    struct smtp_quote quote;
    if (!t->open && p->verb->id == SMTP_BDAT_LAST && (code == 0 || code >= 400))
        return; /* of course: an earlier chunk was refused */
    if (!t->open) /* the capture has no MAIL */
        *t = (struct smtp_transaction){.open = true,
                                       .logged_in = s->logged_in};
    t->phase = SMTP_PHASE_DATA;
    if (p->replies == 0)
        t->bytes += p->bytes;
    if (code == 0) {
        decide(s, unknown, NULL, out);
        return;
    }
    smtp_quote_reply(s, &quote, out);
    bool taken = t->decisive.code && t->decisive.code < 400;
    if (code < 400 || !taken)
        t->decisive = quote; /* one recipient who got it is enough */
    if (code >= 400 && s->lmtp && t->accepted > 0) {
        t->accepted--;
        t->deferred += code < 500;
        t->refused += code >= 500;
    }
    if (p->replies > 0)
        return;
    decide(s, by_code(t->decisive.code), &t->decisive, out);
}

uint64_t smtp_transaction_envelope(const struct smtp *s,
                                   const struct smtp_pending *p)
{
    if (!p || p->verb->id != SMTP_RCPT || !s->now.open)
        return 0;
    struct span recipient = {(const uint8_t *)&p->address, sizeof p->address};
    return hash_bytes(recipient, s->now.sender);
}

void smtp_transaction_answer(struct smtp *s, const struct smtp_pending *p,
                             unsigned code, struct facts *out)
{
    switch ((int)p->verb->id) {
    case SMTP_MAIL:
        on_mail(s, p, code, out);
        break;
    case SMTP_RCPT:
        on_rcpt(s, p, code, out);
        break;
    case SMTP_DATA:
        if (code >= 400)
            on_data_refused(s, code, out);
        else if (s->now.open)
            s->now.phase = SMTP_PHASE_DATA;
        break;
    case SMTP_BDAT:
        if (code >= 400)
            on_data_refused(s, code, out);
        else
            s->now.phase = SMTP_PHASE_DATA;
        s->now.bytes += p->bytes;
        break;
    case SMTP_BDAT_LAST:
    case SMTP_DATA_END:
        on_end(s, p, code, out);
        break;
    case SMTP_HELO:
    case SMTP_RSET:
    case SMTP_QUIT:
    case SMTP_STARTTLS:
        if (code < 400)
            leave(s, false, out);
        break;
    default:
        break;
    }
}

void smtp_transaction_cut(struct smtp *s, struct facts *out)
{
    struct smtp_quote quote;
    if (!s->now.open)
        return;
    smtp_quote_reply(s, &quote, out);
    decide(s, by_code(quote.code), &quote, out);
}

void smtp_transaction_lost_text(struct smtp *s, struct facts *out)
{
    struct smtp_transaction lost = {.phase = SMTP_PHASE_DATA,
                                    .logged_in = s->logged_in};
    tell(&lost, by_code(s->data_refusal.code), &s->data_refusal, out);
}

void smtp_transaction_close(struct smtp *s, enum end why, struct facts *out)
{
    if (s->reading == SMTP_READ_CONTENT && !s->content.answered &&
        s->now.open) {
        s->now.phase = SMTP_PHASE_DATA;
        s->now.bytes += s->content.bytes;
    }
    const struct flow_context *context = s->context;
    bool client_left =
        why == END_FIN &&
        (!context->closed_by_known || context->closed_by == C2S);
    leave(s, !client_left, out);
    tell_held(s, out);
}

/* content.c - what follows a +OK up to the dot (RFC 1939 section 3).
 *
 *   S: +OK 120 octets
 *   S: Subject: hello
 *   S: ..a line that began with one dot
 *   S: .
 *
 * Only the capabilities are kept; messages and lists are counted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/text.h"
#include "pop3.h"

/* "120 octets", "(120 bytes)": how many. */
uint64_t pop3_announced(struct span text)
{
    uint64_t number = 0;
    uint64_t last = 0;
    bool just = false; /* the word before was the number */
    while (text.n) {
        struct span word = mail_word(&text);
        if (just && (span_starts(word, SPAN("octet")) ||
                     span_starts(word, SPAN("byte"))))
            return last;
        if (word.n && word.p[0] == '(')
            word = span_skip(word, 1);
        just = span_uint(word, &number);
        last = number;
    }
    return 0;
}

void pop3_content_begin(struct pop3 *pop, enum pop3_what what,
                        struct span name, struct span text, bool bare)
{
    struct pop3_content *c = &pop->content;
    c->on = true;
    c->mid = c->hole = c->unsure = false;
    c->bare = bare;
    c->what = what;
    mail_keep(&c->name, name);
    c->announced = what == POP3_RETR ? pop3_announced(text) : 0;
    c->received = 0;
    c->n = 0;
    if (c->what == POP3_CAPA && !c->capa)
        c->capa = arena_room(pop->mem, POP3_CAPA_MAX);
}

static void keep_capability(struct pop3_content *c, struct span line)
{
    if (line.n + 1 > POP3_CAPA_MAX - c->n)
        return;
    if (line.n)
        memcpy(c->capa + c->n, line.p, line.n);
    c->n += line.n;
    c->capa[c->n++] = '\n';
}

static bool is_message(const struct pop3_content *c)
{
    return c->what == POP3_RETR || c->what == POP3_TOP;
}

/* The end may have been lost, or never sent: then a line that looks like the
 * reply that is awaited is it.  In a message such a line may be content, so
 * only past its announced length, or after a gap; right behind the gap it may
 * be the rest of a line as well, but which rest of a line looks so?  (Past that length alone is
 * no proof: some count LF where they send CR LF.) */
static bool in_doubt(const struct pop3 *pop)
{
    const struct pop3_content *c = &pop->content;
    bool past = c->announced > 0 && c->received >= c->announced;
    return (c->unsure || past || !is_message(c)) && pop->pending_n > 0;
}

/* Whether the line at the front, which has not ended yet, may still be the dot
 * or must be kept whole. */
static bool must_wait(const struct pop3 *pop, struct span rest)
{
    const struct pop3_content *c = &pop->content;
    if (c->mid && !c->hole)
        return false;
    if (c->what == POP3_CAPA || in_doubt(pop))
        return rest.n < POP3_LINE_MAX;
    return span_same(rest, SPAN(".")) || span_same(rest, SPAN(".\r"));
}

enum pop3_took pop3_content_take(struct pop3 *pop, struct span *rest)
{
    struct pop3_content *c = &pop->content;
    struct span line;
    size_t n = span_find(*rest, '\n');
    bool whole = n < rest->n;
    if (rest->n == 0 || (!whole && must_wait(pop, *rest)))
        return POP3_TOOK_NOTHING;
    struct span raw = span_first(*rest, n + 1);
    struct span begin = raw;
    if (whole && (!c->mid || c->hole)) {
        span_take_line(&begin, &line);
        bool bare = raw.n == line.n + 1;
        if (!c->mid && span_same(line, SPAN(".")) && (!bare || c->bare)) {
            *rest = span_skip(*rest, raw.n);
            return POP3_TOOK_END;
        }
        if (in_doubt(pop) && raw.n <= POP3_LINE_MAX && pop3_is_reply(line))
            return POP3_TOOK_LOST;
        if (c->what == POP3_CAPA && !c->mid)
            keep_capability(c, line);
    }
    c->hole = false;
    /* The dot that was put before another dot is not counted. */
    bool stuffed = !c->mid && raw.p[0] == '.';
    c->received += raw.n - stuffed;
    c->mid = !whole;
    *rest = span_skip(*rest, raw.n);
    return POP3_TOOK_SOME;
}

static void tell_capabilities(struct pop3 *pop, struct facts *out)
{
    struct pop3_content *c = &pop->content;
    struct span rest = {c->capa, c->n};
    struct span line;
    struct mail_kept kept;
    struct text list = {0};
    struct text mechanisms = {0};
    bool stls = false;
    bool user = false;
    while (span_take_line(&rest, &line)) {
        mail_keep_upper(&kept, span_trim(line));
        struct span words = mail_kept(&kept);
        text_adds(&list, list.n ? " " : "");
        text_add(&list, words);
        struct span first = mail_word(&words);
        stls |= span_same(first, SPAN("STLS"));
        user |= span_same(first, SPAN("USER"));
        if (span_same(first, SPAN("SASL")))
            text_add(&mechanisms, words);
    }
    TELL(out, pop_capability, .list = text_span(&list),
         .mechanisms = text_span(&mechanisms), .stls = stls, .user = user,
         .over_tls = pop->over_tls);
    pop->offers_stls = stls;
    text_free(&list);
    text_free(&mechanisms);
}

void pop3_content_end(struct pop3 *pop, struct facts *out)
{
    struct pop3_content *c = &pop->content;
    c->on = false;
    pop->after_message = is_message(c);
    if (c->what == POP3_CAPA)
        tell_capabilities(pop, out);
    if (c->what != POP3_RETR)
        return;
    pop->retrieved++;
    TELL(out, mail_message, .protocol = SPAN("pop3"),
         .direction = SPAN("received"), .result = SPAN("ok"),
         .bytes = c->received, .announced = c->announced,
         .what = SPAN("a message was fetched"));
}

void pop3_content_cut_off(struct pop3 *pop, struct facts *out)
{
    struct pop3_content *c = &pop->content;
    c->on = false;
    TELL(out, pop_transfer, .command = mail_kept(&c->name),
         .announced = c->announced, .received = c->received);
    if (c->what == POP3_RETR)
        TELL(out, mail_message, .protocol = SPAN("pop3"),
             .direction = SPAN("received"), .result = SPAN("incomplete"),
             .bytes = c->announced ? c->announced : c->received,
             .what = SPAN("a message was fetched, but its end did not come"));
}

void pop3_content_lost(struct pop3 *pop, struct facts *out)
{
    struct pop3_content *c = &pop->content;
    if (c->unsure) {
        c->on = false;
        return;
    }
    TELL(out, pop_malformed, .side = SPAN("server"),
         .why = is_message(c) ? SPAN("the dot after a message is missing")
                              : SPAN("the dot after a list is missing"));
    pop3_content_end(pop, out);
}

void pop3_content_gap(struct pop3 *pop, uint64_t lost)
{
    pop->content.received += lost;
    pop->content.mid = pop->content.hole = true;
    pop->content.unsure = true;
}

/* reply.c - puts lines of the server together to replies.
 *
 *   250-mx.example.org          code, hyphen: more lines follow
 *   250-SIZE 10240000
 *   250 2.1.0 Sender ok         code, space: the last; enhanced status code
 *
 * All lines should have the same code (RFC 5321 section 4.2.1).  Where they do
 * not, the first one counts, as long as it only says that more will come.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

#include <string.h>

enum part { PART_MORE, PART_LAST, PART_OTHER };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static enum part split(struct span line, unsigned *code, struct span *text)
{
    *text = line;
    for (size_t i = 0; i < 3; i++) {
        if (i >= line.n || !is_digit(line.p[i]))
            return PART_OTHER;
    }
    if (line.p[0] < '1' || line.p[0] > '5')
        return PART_OTHER;
    uint8_t mark = line.n > 3 ? line.p[3] : ' ';
    if (mark != ' ' && mark != '-' && mark != '\t')
        return PART_OTHER;
    *code = (unsigned)(line.p[0] - '0') * 100 +
            (unsigned)(line.p[1] - '0') * 10 + (unsigned)(line.p[2] - '0');
    *text = span_skip(line, 4);
    return mark == '-' ? PART_MORE : PART_LAST;
}

bool smtp_reply_begins(struct span bytes)
{
    unsigned code;
    struct span text;
    return bytes.n >= SMTP_REPLY_BEGINS &&
           split(span_first(bytes, SMTP_REPLY_BEGINS), &code, &text) !=
               PART_OTHER;
}

/* How long the enhanced status code in front of the text is (RFC 3463: class,
 * subject and detail; RFC 2034: the class is the code's); 0 if there is none.
 */
static size_t enhanced_length(struct span text, unsigned code)
{
    size_t i = 1;
    if (text.n < 5 || text.p[0] != '0' + code / 100)
        return 0;
    for (int part = 0; part < 2; part++) {
        if (i >= text.n || text.p[i] != '.')
            return 0;
        size_t digits = 0;
        for (i++; i < text.n && is_digit(text.p[i]); i++)
            digits++;
        if (digits < 1 || digits > 3)
            return 0;
    }
    return i == text.n || text.p[i] == ' ' || text.p[i] == '\t' ? i : 0;
}

static void keep_enhanced(struct smtp_reply *r, struct span enhanced)
{
    if (r->enhanced_n || enhanced.n > sizeof r->enhanced || enhanced.n == 0)
        return;
    memcpy(r->enhanced, enhanced.p, enhanced.n);
    r->enhanced_n = enhanced.n;
}

/* qmail writes it at the end: "that domain isn't here (#5.7.1)". */
static struct span enhanced_at_end(struct span text, unsigned code)
{
    size_t at = span_search(text, SPAN("(#"));
    struct span rest = span_skip(text, at + 2);
    struct span inside = span_cut(&rest, ')');
    return span_first(inside, enhanced_length(inside, code));
}

/* The reply to EHLO and the greeting carry no such codes: "2.0.0" could be a
 * keyword there; none is registered, so no exception is made. */
static void add_text(struct smtp_reply *r, struct span text)
{
    size_t n = enhanced_length(text, r->code);
    keep_enhanced(r, span_first(text, n));
    keep_enhanced(r, enhanced_at_end(text, r->code));
    text = span_trim(span_skip(text, n));
    if (r->n && r->n < sizeof r->texts)
        r->texts[r->n++] = '\n';
    text = span_first(text, sizeof r->texts - r->n);
    if (text.n)
        memcpy(r->texts + r->n, text.p, text.n);
    r->n += text.n;
}

void smtp_reply_reset(struct smtp *s)
{
    s->reply.lines = 0;
    s->reply.n = 0;
    s->reply.enhanced_n = 0;
    s->reply.code = 0;
    s->reply.line = (struct span){NULL, 0};
}

/* RFC 4954 sections 4 and 6, and the codes for bad syntax; those about
 * messages, which have queue ids, are not among them. */
static bool may_answer_login(unsigned code)
{
    return code == 235 || code == 432 || code == 454 ||
           (code >= 500 && code < 540);
}

bool smtp_reply_take(struct smtp *s, struct span line, struct facts *out)
{
    struct smtp_reply *r = &s->reply;
    unsigned code = 0;
    struct span text;
    enum part part = split(line, &code, &text);
    if (part == PART_OTHER && r->lines == 0) {
        smtp_malformed(s, S2C, SMTP_ODD_REPLY, line, out);
        return false;
    }
    line = mail_without_secrets(s->secrets, line, out);
    if (!s->client_heard && may_answer_login(code))
        line = mail_without_base64(&s->secrets, s->mem, line);
    split(line, &code, &text);
    if (r->lines == 0)
        r->code = code;
    r->lines++;
    r->line = line;
    add_text(r, text);
    return part == PART_LAST;
}

bool smtp_reply_takes_message(const struct smtp *s)
{
    struct span text = {s->reply.texts, s->reply.n};
    return s->reply.code == 250 &&
           (span_search(text, SPAN("queued")) < text.n ||
            span_search(text, SPAN("accepted for delivery")) < text.n);
}

struct span smtp_reply_enhanced(const struct smtp *s)
{
    return (struct span){s->reply.enhanced, s->reply.enhanced_n};
}

/* X.6.0 is what Exchange says when it took a message, and the message's id
 * follows in the form of an address; that names nobody and people need it. */
static bool names_message(const struct smtp_reply *r)
{
    struct span code = {r->enhanced, r->enhanced_n};
    return r->code < 300 && span_is(code, SPAN("2.6.0"));
}

static void show(const struct smtp *s, struct smtp_shown *shown,
                 struct span text, struct facts *out)
{
    if (names_message(&s->reply))
        smtp_show(shown, text);
    else
        smtp_show_masked(shown, text, out);
}

void smtp_reply_text(const struct smtp *s, struct smtp_shown *text,
                     struct facts *out)
{
    struct span rest = {s->reply.texts, s->reply.n};
    text->n = 0;
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        if (line.n && text->n)
            smtp_show(text, SPAN(" "));
        show(s, text, line, out);
    }
}

/* "550 5.7.26 all that its lines say".  The last line of a refusal is seldom
 * the one that says why. */
static void show_joined(const struct smtp *s, struct smtp_shown *line,
                        struct facts *out)
{
    struct smtp_shown text;
    smtp_show(line, span_first(s->reply.line, 3));
    smtp_show(line, SPAN(" "));
    smtp_show(line, smtp_reply_enhanced(s));
    smtp_show(line, s->reply.enhanced_n ? SPAN(" ") : SPAN(""));
    smtp_reply_text(s, &text, out);
    smtp_show(line, smtp_shown_span(&text));
}

void smtp_reply_line(const struct smtp *s, struct smtp_shown *line,
                     struct facts *out)
{
    line->n = 0;
    /* A challenge is SASL data (RFC 4954 section 4). */
    if (s->reply.code == 334)
        smtp_show(line, s->reply.line.n > 4 ? SPAN("334 ********")
                                            : SPAN("334"));
    else if (s->reply.code >= 400 && s->reply.lines > 1)
        show_joined(s, line, out);
    else
        show(s, line, s->reply.line, out);
}

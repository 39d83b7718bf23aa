/* content.c - passes over messages and finds where they end.
 *
 *   C: DATA
 *   S: 354 go ahead
 *   C: Subject: ...
 *   C: ..a line that begins with a dot is sent with one more
 *   C: .
 *
 * The end is CRLF . CRLF and nothing else (RFC 5321 section 4.1.1.4).  Who
 * takes a bare LF for a line's end as well can be told other ends, so a client
 * that speaks CRLF elsewhere is held to it here; one that never does is not.
 * When a server answers although no end was seen, the server knows best.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

/* Up to and with the next LF. */
static void pass_line(struct smtp_content *c, struct span *rest)
{
    size_t n = span_find(*rest, '\n');
    if (n == rest->n) {
        c->cr = rest->p[n - 1] == '\r';
        c->bytes += n;
        *rest = span_skip(*rest, n);
        return;
    }
    bool crlf = n > 0 ? rest->p[n - 1] == '\r' : c->cr;
    c->bare_start = !crlf;
    c->bare = c->bare || !crlf;
    c->lines++;
    c->bytes += n + 1;
    c->cr = false;
    c->at = LINE_START;
    *rest = span_skip(*rest, n + 1);
}

/* A line that is a dot and nothing else: is it the end? */
static bool is_end(struct smtp_content *c, bool crlf)
{
    c->lines++;
    c->bytes++;
    c->at = LINE_START;
    if (c->lenient || (crlf && !c->bare_start)) {
        c->bytes -= crlf ? 3 : 2;
        return true;
    }
    c->bare_start = !crlf;
    c->bare = c->bare || !crlf;
    c->doubtful = true;
    return false;
}

bool smtp_content_pass(struct smtp_content *c, struct span *rest)
{
    while (rest->n) {
        uint8_t byte = rest->p[0];
        if (c->at == LINE_START && byte == '.') {
            c->at = AFTER_DOT;
        } else if (c->at == AFTER_DOT && byte == '\r') {
            c->at = AFTER_DOT_CR;
        } else if (c->at >= AFTER_DOT && byte == '\n') {
            *rest = span_skip(*rest, 1);
            if (is_end(c, c->at == AFTER_DOT_CR))
                return true;
            continue;
        } else {
            if (c->at != IN_LINE)
                c->cr = false;
            c->at = IN_LINE;
            pass_line(c, rest);
            continue;
        }
        c->bytes++;
        *rest = span_skip(*rest, 1);
    }
    return false;
}

void smtp_content_begin(struct smtp *s, bool lenient)
{
    s->content = (struct smtp_content){.at = LINE_START, .lenient = lenient};
    s->reading = SMTP_READ_CONTENT;
}

void smtp_content_end(struct smtp *s, struct facts *out)
{
    s->reading = SMTP_READ_LINE;
    if (s->content.bare && !s->content.lenient)
        smtp_malformed(s, C2S, SMTP_ODD_BARE, SPAN("(message)"), out);
    if (s->content.answered)
        return;
    struct smtp_pending *p = smtp_pending_add(s, &smtp_data_end, out);
    p->bytes = s->content.bytes;
    p->lines = s->content.lines;
}

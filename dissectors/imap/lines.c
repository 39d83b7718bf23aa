/* lines.c - lines, put together again around their literals.
 *
 *   C: a1 LOGIN bob {7}          a line up to a literal
 *   C: hunter2 {3+}              the literal, and more of the same line
 *   C: abc                       its end
 *
 * becomes  a1 LOGIN bob "hunter2" "abc".  A line without literals, which is
 * nearly every line, is not copied.  Messages and what else is long are passed
 * over by count: "{7000}" then stays in the line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <openssl/crypto.h>
#include <string.h>

#include "imap.h"

/* "{18446744073709551615+}" and the "~" of a literal8 (RFC 3516). */
enum { MARK_MAX = 24 };

/* What of a line that is passed over is left unused until its end comes: there
 * may be such a mark, and CR. */
enum { SKIP_LEFT = MARK_MAX + 4 };

static void join(struct imap_lines *lines, struct span bytes)
{
    bytes = span_first(bytes, IMAP_JOINED_MAX - lines->n);
    if (bytes.n)
        memcpy(lines->joined + lines->n, bytes.p, bytes.n);
    lines->n += bytes.n;
}

/* A literal's bytes within a string. */
static void join_quoted(struct imap_lines *lines, struct span bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.p[i] == '"' || bytes.p[i] == '\\')
            join(lines, SPAN("\\"));
        join(lines, (struct span){bytes.p + i, 1});
    }
}

void imap_lines_drop(struct imap_lines *lines)
{
    OPENSSL_cleanse(lines->joined, lines->n); /* it may hold a password */
    lines->n = 0;
    lines->literal = lines->announced = 0;
    lines->more = lines->keeps = lines->waits = false;
}

void imap_lines_gap(struct imap_lines *lines, uint64_t lost)
{
    if (lost <= lines->literal) {
        lines->literal -= lost; /* inside a message: still in step */
        return;
    }
    imap_lines_drop(lines);
    /* Packets are lost whole and most begin with a line, so what comes next is
     * read; if it is the rest of a lost line it looks like no other. */
    lines->skip = false;
    lines->unsure = true;
}

/* The line ends with {n}, {n+} (RFC 7888) or ~{n}.  Returns the length of that
 * mark, 0 if there is none. */
static size_t literal_mark(struct span line, uint64_t *bytes, bool *waits)
{
    size_t open = line.n;
    if (line.n < 3 || line.p[line.n - 1] != '}')
        return 0;
    while (open > 0 && line.n - open < MARK_MAX && line.p[open - 1] != '{')
        open--;
    if (open == 0 || line.p[open - 1] != '{')
        return 0;
    struct span digits = {line.p + open, line.n - 1 - open};
    *waits = digits.n == 0 || digits.p[digits.n - 1] != '+';
    if (!*waits)
        digits.n--;
    if (!span_uint(digits, bytes))
        return 0;
    size_t mark = line.n - (open - 1);
    return mark < line.n && line.p[line.n - mark - 1] == '~' ? mark + 1 : mark;
}

bool imap_is_status(struct span word)
{
    return span_is(word, SPAN("OK")) || span_is(word, SPAN("NO")) ||
           span_is(word, SPAN("BAD")) || span_is(word, SPAN("BYE")) ||
           span_is(word, SPAN("PREAUTH"));
}

/* The texts of status responses are for people, and may end as they like; only
 * a server's data and a client's commands hold literals.  While it is unsure
 * what the bytes are, only what is surely a command counts. */
static bool may_announce(const struct imap_lines *lines, struct span line)
{
    struct span first = mail_word(&line);
    if (lines->dir == S2C)
        return span_same(first, SPAN("*")) && !imap_is_status(mail_word(&line));
    return !lines->unsure || imap_verb_find(imap_verb_cut(&line));
}

/* What it announces is a message, or a part of one: not to be kept, however
 * short.  (A folder's name comes first: "a1 APPEND {4}".) */
static bool announces_message(const struct imap_lines *lines, struct span line)
{
    mail_word(&line);
    if (lines->dir == S2C) {
        mail_word(&line);
        return span_is(mail_word(&line), SPAN("FETCH"));
    }
    const struct imap_verb *verb = imap_verb_find(imap_verb_cut(&line));
    return verb && verb->message && line.n > 0;
}

static enum imap_took took_line(struct imap_lines *lines, struct span *line)
{
    uint64_t bytes = 0;
    bool waits = false;
    size_t mark = 0;
    if (!lines->skip && (lines->more || may_announce(lines, *line)))
        mark = literal_mark(*line, &bytes, &waits);
    if (!mark && !lines->more)
        return IMAP_TOOK_LINE;
    join(lines, span_first(*line, line->n - mark));
    lines->message =
        mark &&
        announces_message(lines, (struct span){lines->joined, lines->n});
    lines->keeps = mark && bytes <= IMAP_LITERAL_KEPT && !lines->message;
    if (!lines->keeps)
        join(lines, span_skip(*line, line->n - mark));
    *line = (struct span){lines->joined, lines->n};
    lines->more = mark > 0;
    lines->literal = lines->announced = bytes;
    lines->waits = waits;
    if (lines->keeps)
        join(lines, SPAN("\""));
    return mark ? IMAP_TOOK_PART : IMAP_TOOK_LINE;
}

static void take_literal(struct imap_lines *lines, struct span *rest)
{
    struct span now = lines->literal < rest->n
                          ? span_first(*rest, (size_t)lines->literal)
                          : *rest;
    if (lines->keeps)
        join_quoted(lines, now);
    lines->literal -= now.n;
    *rest = span_skip(*rest, now.n);
}

/* Passes over the rest of a line, and over its literals. */
static bool skip_line(struct imap_lines *lines, struct span *rest)
{
    uint64_t bytes = 0;
    bool waits = false;
    struct span line;
    if (!span_take_line(rest, &line)) {
        if (rest->n > SKIP_LEFT)
            *rest = span_skip(*rest, rest->n - SKIP_LEFT);
        return false;
    }
    lines->skip = !lines->unsure && literal_mark(line, &bytes, &waits);
    lines->literal = lines->announced = bytes;
    return true;
}

static bool take_raw(struct imap_lines *lines, struct span *rest,
                     struct span *line)
{
    if (span_find(*rest, '\n') <= IMAP_LINE_MAX)
        return span_take_line(rest, line);
    *line = span_first(*rest, IMAP_LINE_MAX);
    *rest = span_skip(*rest, IMAP_LINE_MAX);
    lines->skip = true;
    return true;
}

bool imap_lines_skip(struct imap_lines *lines, struct span *rest)
{
    if (!lines->more && lines->n)
        imap_lines_drop(lines); /* what the last line was made of */
    for (;;) {
        take_literal(lines, rest);
        if (lines->literal > 0)
            return false;
        if (!lines->skip)
            return rest->n > 0;
        if (!skip_line(lines, rest))
            return false;
    }
}

/* What follows a literal is the next argument, a parenthesis, or CR LF (RFC
 * 9051 section 9).  After a message come only items in capitals, a list, a
 * string or the next literal; anything else may be the rest of the message. */
static bool fits(const struct imap_lines *lines, struct span rest)
{
    if (rest.n == 0 || rest.p[0] == ')')
        return true;
    if (rest.p[0] != ' ')
        return false;
    uint8_t next = rest.n > 1 ? rest.p[1] : 0;
    return !lines->message || next == '(' || next == '"' || next == '{' ||
           next == '~' || (next >= 'A' && next <= 'Z');
}

enum imap_took imap_lines_take(struct imap_lines *lines, struct span *rest,
                               struct span *line)
{
    if (lines->keeps)
        join(lines, SPAN("\""));
    lines->keeps = false;
    if (!take_raw(lines, rest, line))
        return IMAP_TOOK_NOTHING;
    lines->misfit = lines->more && !fits(lines, *line);
    if (lines->misfit)
        *line = span_first(*line, 0); /* it is not to be shown */
    return took_line(lines, line);
}

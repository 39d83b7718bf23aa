/* text.c - see text.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static void reserve(struct text *text, size_t more)
{
    if (more < text->room - text->n)
        return;
    size_t room = text->room ? text->room * 2 : 64;
    while (room - text->n <= more)
        room *= 2;
    text->s = must_realloc(text->s, room);
    text->room = room;
}

void text_add(struct text *text, struct span more)
{
    reserve(text, more.n);
    if (more.n)
        memcpy(text->s + text->n, more.p, more.n);
    text->n += more.n;
    text->s[text->n] = '\0';
}

void text_adds(struct text *text, const char *more)
{
    text_add(text, span_of(more));
}

void text_addf(struct text *text, const char *format, ...)
{
    va_list args;
    reserve(text, 0);
    size_t room = text->room - text->n;
    va_start(args, format);
    int n = vsnprintf(text->s + text->n, room, format, args);
    va_end(args);
    if (n < 0)
        return;
    if ((size_t)n >= room) { /* once more, with room */
        reserve(text, (size_t)n);
        va_start(args, format);
        vsnprintf(text->s + text->n, (size_t)n + 1, format, args);
        va_end(args);
    }
    text->n += (size_t)n;
}

/* The code point at the front of s and how many bytes it takes (RFC 3629, so
 * neither overlong forms nor surrogates); 0 when the bytes are not UTF-8. */
static size_t utf8_first(struct span s, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n;
    if (s.p[0] < 0x80) {
        *code = s.p[0];
        return 1;
    }
    if ((s.p[0] & 0xe0) == 0xc0)
        n = 2;
    else if ((s.p[0] & 0xf0) == 0xe0)
        n = 3;
    else if ((s.p[0] & 0xf8) == 0xf0)
        n = 4;
    else
        return 0;
    if (n > s.n)
        return 0;
    uint32_t c = s.p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s.p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s.p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

/* What would move the cursor, start an escape sequence or turn the reading
 * direction: the reader must see it, the terminal must not obey it. */
static bool unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

/* How many bytes at the front are ASCII that can be shown: nearly all are. */
static size_t plain_first(struct span s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
        n++;
    return n;
}

bool text_is_safe(struct span wire)
{
    return plain_first(wire) == wire.n;
}

void text_add_safe(struct text *text, struct span wire)
{
    for (;;) {
        size_t plain = plain_first(wire);
        if (plain)
            text_add(text, span_first(wire, plain));
        wire = span_skip(wire, plain);
        if (wire.n == 0)
            return;
        uint32_t code = 0;
        size_t n = utf8_first(wire, &code);
        if (n == 0) {
            text_addf(text, "\\x%02x", wire.p[0]);
            n = 1;
        } else if (code == '\t') {
            text_adds(text, " ");
        } else if (unsafe(code)) {
            text_addf(text, code < 0x100 ? "\\x%02x" : "\\u{%04x}",
                      (unsigned)code);
        } else {
            text_add(text, span_first(wire, n));
        }
        wire = span_skip(wire, n);
    }
}

void text_clear(struct text *text)
{
    text->n = 0;
    if (text->s)
        text->s[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->s);
    *text = (struct text){NULL, 0, 0};
}

const char *text_string(const struct text *text)
{
    return text->s ? text->s : "";
}

struct span text_span(const struct text *text)
{
    return (struct span){(const uint8_t *)text->s, text->n};
}

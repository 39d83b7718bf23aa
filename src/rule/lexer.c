/* lexer.c - see lexer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/lexer.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The byte at i, or 0 past the end. */
static uint8_t at(struct span s, size_t i)
{
    return i < s.n ? s.p[i] : 0;
}

/* Words joined by dots and hyphens, which are part of it only where a letter
 * follows: "a - b" and "a-1" subtract. */
static size_t name_length(struct span s)
{
    size_t n = 0;
    while (is_letter(at(s, n)) || is_digit(at(s, n)) ||
           ((at(s, n) == '.' || at(s, n) == '-') && is_letter(at(s, n + 1))))
        n++;
    return n;
}

static unsigned hex_digit(uint8_t c)
{
    if (is_digit(c))
        return c - (unsigned)'0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

static size_t number_length(struct span s, double *value)
{
    size_t n = 0;
    *value = 0;
    if (at(s, 0) == '0' && (at(s, 1) == 'x' || at(s, 1) == 'X') &&
        hex_digit(at(s, 2)) < 16) {
        for (n = 2; hex_digit(at(s, n)) < 16; n++)
            *value = *value * 16 + hex_digit(at(s, n));
        return n;
    }
    for (; is_digit(at(s, n)); n++)
        *value = *value * 10 + (at(s, n) - '0');
    if (at(s, n) == '.' && is_digit(at(s, n + 1))) {
        double fraction = 0, scale = 1; /* whole numbers: 0.05 stays exact */
        for (n++; is_digit(at(s, n)); n++) {
            if (scale >= 1e15)
                continue;
            fraction = fraction * 10 + (at(s, n) - '0');
            scale *= 10;
        }
        *value += fraction / scale;
    }
    return n;
}

/* With its quotes; 0 when it does not end. */
static size_t string_length(struct span s)
{
    for (size_t n = 1; n < s.n; n++) {
        if (s.p[n] == '\\' && (at(s, n + 1) == '"' || at(s, n + 1) == '\\'))
            n++;
        else if (s.p[n] == '"')
            return n + 1;
    }
    return 0;
}

static size_t sign_length(struct span s)
{
    static const struct span two[] = {
        SPAN_INIT("=="), SPAN_INIT("!="), SPAN_INIT("<="), SPAN_INIT(">="),
        SPAN_INIT(".."), SPAN_INIT("&&"), SPAN_INIT("||"),
    };
    for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
        if (span_starts(s, two[i]))
            return 2;
    }
    size_t n = 1; /* a character of several bytes is one sign */
    while ((at(s, n) & 0xc0) == 0x80)
        n++;
    return n;
}

struct token lexer_next(struct lexer *lexer)
{
    struct span s = lexer->rest;
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' ||
                   s.p[0] == '\r'))
        s = span_skip(s, 1);
    struct token token = {TOKEN_END, span_first(s, 0), 0};
    size_t n = 0;
    if (s.n == 0) {
        n = 0;
    } else if (is_letter(s.p[0])) {
        token.kind = TOKEN_NAME;
        n = name_length(s);
    } else if (is_digit(s.p[0])) {
        token.kind = TOKEN_NUMBER;
        n = number_length(s, &token.number);
    } else if (s.p[0] == '"') {
        n = string_length(s);
        token.kind = n ? TOKEN_STRING : TOKEN_BAD;
        n = n ? n : s.n;
    } else {
        token.kind = TOKEN_SIGN;
        n = sign_length(s);
    }
    token.source = span_first(s, n);
    lexer->rest = span_skip(s, n);
    return token;
}

bool token_is(const struct token *token, const char *what)
{
    return (token->kind == TOKEN_NAME || token->kind == TOKEN_SIGN) &&
           span_same(token->source, span_of(what));
}

/* span.c - see span.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/span.h"

#include <string.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

struct span span_of(const char *s)
{
    return (struct span){(const uint8_t *)s, s ? strlen(s) : 0};
}

size_t span_find(struct span s, uint8_t byte)
{
    const uint8_t *at = s.n ? memchr(s.p, byte, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

size_t span_search(struct span s, struct span text)
{
    if (text.n == 0)
        return 0;
    uint8_t first = lower(text.p[0]);
    for (size_t i = 0; i < s.n && text.n <= s.n - i; i++) {
        if (lower(s.p[i]) == first &&
            span_is((struct span){s.p + i, text.n}, text))
            return i;
    }
    return s.n;
}

struct span span_cut(struct span *s, uint8_t sep)
{
    size_t n = span_find(*s, sep);
    struct span before = span_first(*s, n);
    *s = span_skip(*s, n + 1);
    return before;
}

bool span_has_word(struct span words, struct span word)
{
    while (word.n && words.n)
        if (span_is(span_cut(&words, ' '), word))
            return true;
    return false;
}

bool span_take_line(struct span *rest, struct span *line)
{
    size_t n = span_find(*rest, '\n');
    if (n == rest->n)
        return false;
    *line = span_first(*rest, n);
    *rest = span_skip(*rest, n + 1);
    while (line->n && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
    while (s.n && blank(s.p[0]))
        s = span_skip(s, 1);
    while (s.n && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

int span_compare(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool span_same(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_is(struct span a, struct span b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

bool span_starts(struct span s, struct span prefix)
{
    return span_is(span_first(s, prefix.n), prefix);
}

bool span_uint(struct span s, uint64_t *value)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *value = v;
    return true;
}

struct span span_decimal(uint64_t number, char room[SPAN_DECIMAL])
{
    size_t at = SPAN_DECIMAL;
    do {
        room[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return (struct span){(const uint8_t *)room + at, SPAN_DECIMAL - at};
}

static bool is_label_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
}

struct span span_domain(struct span host)
{
    size_t dots = 0, start = 0;
    if (host.n && host.p[host.n - 1] == '.') /* of the root */
        host.n--;
    for (size_t i = host.n; i > 0 && dots < 2; i--) {
        uint8_t c = host.p[i - 1];
        if (c != '.' && !is_label_byte(c))
            return (struct span){NULL, 0};
        if (c == '.' && ++dots == 2)
            start = i;
    }
    struct span domain = span_skip(host, start);
    size_t dot = span_find(domain, '.');
    bool name = dot > 0 && dot + 1 < domain.n &&
                (domain.p[dot + 1] < '0' || domain.p[dot + 1] > '9');
    return name ? domain : (struct span){NULL, 0};
}

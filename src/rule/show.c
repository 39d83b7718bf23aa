/* show.c - see show.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/show.h"

#include <math.h>
#include <stdio.h>

static void add_trimmed(struct text *out, double number, int places)
{
    char digits[400]; /* the longest double */
    int n = snprintf(digits, sizeof digits, "%.*f", places, number);
    if (n < 0 || (size_t)n >= sizeof digits)
        return;
    size_t length = (size_t)n;
    while (places > 0 && digits[length - 1] == '0')
        length--;
    if (places > 0 && digits[length - 1] == '.')
        length--;
    text_add(out, (struct span){(const uint8_t *)digits, length});
}

void show_number(double number, struct text *out)
{
    if (!isnan(number))
        add_trimmed(out, number, floor(number) < number ? 3 : 0);
}

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* "4 min 10 s": whole units of the larger, the rest in the smaller. */
static void add_two(struct text *out, double seconds, double larger,
                    const char *name, double smaller, const char *rest)
{
    double whole = floor(seconds / smaller + 0.5); /* in the smaller unit */
    double ratio = floor(larger / smaller + 0.5);
    double many = floor(whole / ratio), few = whole - many * ratio;
    text_addf(out, "%.0f %s", many, name);
    if (few > 0)
        text_addf(out, " %.0f %s", few, rest);
}

void show_seconds(double seconds, struct text *out)
{
    if (isnan(seconds))
        return;
    if (seconds < 0)
        text_adds(out, "-");
    double s = fabs(seconds);
    if (s < 0.9995 && s > 0) {
        add_trimmed(out, s * 1000, s < 0.00995 ? 1 : 0);
        text_adds(out, " ms");
    } else if (s < 2 * MINUTE) {
        add_trimmed(out, s, s < 9.95 ? 1 : 0);
        text_adds(out, " s");
    } else if (s < 2 * HOUR) {
        add_two(out, s, MINUTE, "min", 1, "s");
    } else if (s < 2 * DAY) {
        add_two(out, s, HOUR, "h", MINUTE, "min");
    } else {
        text_addf(out, "%.0f days", floor(s / DAY));
    }
}

void show_words(struct span words, struct text *out)
{
    if (words.n <= SHOWN_MAX) {
        text_add_safe(out, words);
        return;
    }
    size_t n = SHOWN_MAX;
    for (size_t back = 0; back < 3 && (words.p[n] & 0xc0) == 0x80; back++)
        n--;
    text_add_safe(out, span_first(words, n));
    text_adds(out, "...");
}

void show_value(const struct expr *e, struct view *view, struct text *out)
{
    bool is_field = e->op == OP_FIELD;
    if (is_field && !view->slot[e->slot])
        return;
    switch (e->type) {
    case TYPE_TEXT:
        show_words(expr_text(e, view), out);
        break;
    case TYPE_BOOL:
        text_adds(out, expr_true(e, view) ? "yes" : "no");
        break;
    case TYPE_NUMBER:
        if (e->seconds)
            show_seconds(expr_number(e, view), out);
        else
            show_number(expr_number(e, view), out);
        break;
    }
}

/* Needs no quoting in any shell, wherever it stands. */
static bool is_plain(uint8_t c)
{
    static const struct span others = SPAN_INIT("._:@+,/-");
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || span_find(others, c) < others.n;
}

void show_shell_word(struct span safe, struct text *out)
{
    if (safe.n == 0 || safe.p[0] == '-') {
        text_adds(out, "'?'");
        return;
    }
    size_t plain = 0;
    while (plain < safe.n && is_plain(safe.p[plain]))
        plain++;
    if (plain == safe.n) {
        text_add(out, safe);
        return;
    }
    text_adds(out, "'");
    while (safe.n) {
        size_t n = span_find(safe, '\'');
        text_add(out, span_first(safe, n));
        if (n < safe.n)
            text_adds(out, "'\\''");
        safe = span_skip(safe, n + 1);
    }
    text_adds(out, "'");
}

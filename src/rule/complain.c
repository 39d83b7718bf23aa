/* complain.c - see complain.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void complain(struct complaints *c, unsigned line, const char *format, ...)
{
    c->count++;
    if (c->count > COMPLAINTS_MAX)
        return;
    char said[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);

    struct text message = {0};
    text_adds(&message, c->file);
    if (line)
        text_addf(&message, ":%u", line);
    text_adds(&message, ": ");
    text_add_safe(&message, span_of(said)); /* YAML can hold any character */
    if (c->count == COMPLAINTS_MAX)
        text_adds(&message, " (and more)");
    if (c->count == 1)
        err_set(c->err, "%s", text_string(&message));
    if (c->say)
        c->say(c->user, text_string(&message));
    text_free(&message);
}

enum { WORD_MAX = 48 }; /* longer ones are not compared */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, left out, or swapped with their
 * neighbour to make one word the other (optimal string alignment). */
static size_t edits(struct span a, struct span b)
{
    size_t rows[3][WORD_MAX + 1] = {{0}};
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t changed = above[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            row[j] = least(changed, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
                a.p[i - 2] == b.p[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.n];
}

struct suggestion suggestion_for(struct span word)
{
    /* A third of the letters may be wrong: more is another word. */
    return (struct suggestion){word, NULL, word.n / 3 + 2};
}

void suggestion_offer(struct suggestion *s, const char *candidate)
{
    struct span other = span_of(candidate);
    if (s->word.n > WORD_MAX || other.n > WORD_MAX)
        return;
    size_t distance = edits(s->word, other);
    if (distance < s->distance) {
        s->distance = distance;
        s->best = candidate;
    }
}

struct perhaps suggestion_text(const struct suggestion *s)
{
    struct perhaps p = {""};
    if (s->best)
        snprintf(p.text, sizeof p.text, "; perhaps \"%s\"", s->best);
    return p;
}

/* text.h - a string that grows, and text made safe to show.
 *
 * Always NUL-terminated.  Zero-initialise, add, text_free().
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/span.h"

struct text {
    char *s; /* NULL until something is added */
    size_t n, room;
};

void text_add(struct text *text, struct span more);
void text_adds(struct text *text, const char *more);
void text_addf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds bytes that came off the wire so that a terminal, a log or a report can
 * show them: valid UTF-8 stays; control characters (also C1), broken UTF-8 and
 * bidirectional overrides become \xNN or \u{NNNN}. */
void text_add_safe(struct text *text, struct span wire);

/* Whether that would change nothing: as quick as can be, so that it says no to
 * what is not ASCII. */
bool text_is_safe(struct span wire);

/* Empties it but keeps the memory. */
void text_clear(struct text *text);
void text_free(struct text *text);

/* "" when nothing was added. */
const char *text_string(const struct text *text);
struct span text_span(const struct text *text);

#endif

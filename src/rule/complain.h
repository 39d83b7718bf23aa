/* complain.h - what is wrong with rule files, said with file and line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_COMPLAIN_H
#define RULE_COMPLAIN_H

#include "base/err.h"
#include "base/span.h"

/* A file full of noise has a mistake in every line; nobody reads so many. */
enum { COMPLAINTS_MAX = 200 };

struct complaints {
    void (*say)(void *user, const char *message); /* may be NULL */
    void *user;
    struct err *err; /* gets the first */
    const char *file;
    size_t count;
};

/* "file:line: message"; without a line if that is 0.  Past COMPLAINTS_MAX they
 * are only counted. */
void complain(struct complaints *c, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For printing a span with "%.*s": no more than a line of it. */
#define SHOWN(span) (int)((span).n < 80 ? (span).n : 80), (const char *)(span).p

/* The candidate that a misspelt word was probably meant to be. */
struct suggestion {
    struct span word;
    const char *best; /* NULL: none is near */
    size_t distance;
};

struct suggestion suggestion_for(struct span word);
void suggestion_offer(struct suggestion *s, const char *candidate);

/* `; perhaps "status"`, or "" when there is nothing to suggest. */
struct perhaps {
    char text[128];
};
struct perhaps suggestion_text(const struct suggestion *s);

#endif

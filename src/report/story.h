/* story.h - an attempt told in order: how it went, connection by connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_STORY_H
#define REPORT_STORY_H

#include "base/text.h"
#include "finding/result.h"

/* The attempt that the first listed session of the finding belongs to; NULL if
 * there is none. */
const struct result_attempt *attempt_of(const struct result *result,
                                        const struct result_finding *finding);

/* "192.0.2.10, incoming mail of j***@example.org at imap.example.org: 3
 * connections in 9.2 s; it worked after a detour of 6.0 s" */
void say_attempt(struct text *out, const struct result *result,
                 const struct result_attempt *attempt);

/* A line of the story: like connections in a row are one. */
struct story_line {
    double offset; /* seconds since the attempt began */
    struct text words;
};
enum { STORY_LINES = 12 };

/* Up to STORY_LINES of them, into lines (their words are to be freed); returns
 * how many, and in *left how many connections were left out. */
size_t story_tell(const struct result *result,
                  const struct result_attempt *attempt,
                  struct story_line lines[STORY_LINES], size_t *left);

/* "All was well up to packet 10 (the greeting); from packet 17 on it could not
 * succeed any more." Nothing where that is not known, or nothing went well. */
void say_break(struct text *out, const struct result_attempt *attempt);

#endif

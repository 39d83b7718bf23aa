/* contrast.h - how other sessions fared, beside those of a finding.
 *
 * What one connection alone only makes possible, the others make likely, or
 * contradict: "the server is down" while somebody else works there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORY_CONTRAST_H
#define STORY_CONTRAST_H

#include "finding/findings.h"
#include "session/book.h"

/* Weighs the findings collected so far by the contrast that the book's
 * sessions give; words go into mem. */
void contrast_weigh(struct findings *findings, struct book *book,
                    struct arena *mem);

#endif

/* ranges.h - which bytes of a stream are waiting, as few intervals as can be.
 *
 * Sorted, disjoint, never touching.  Each carries what its segments cost in
 * memory, so that a cap on cost can be kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STREAM_RANGES_H
#define STREAM_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t start, end; /* stream offsets; end is one past the last byte */
    uint64_t cost;
};

/* Zero-initialise; ranges_free(). */
struct ranges {
    struct range *list;
    size_t n, room;
    uint64_t cost; /* of all */
};

/* Adds start..end (not empty), joining what it touches. */
void ranges_add(struct ranges *ranges, uint64_t start, uint64_t end,
                uint64_t cost);

/* All of start..end is there. */
bool ranges_cover(const struct ranges *ranges, uint64_t start, uint64_t end);

/* Forgets what lies before `offset`; a range across it is cut and keeps its
 * cost.  Returns the cost that was forgotten. */
uint64_t ranges_drop(struct ranges *ranges, uint64_t offset);

void ranges_free(struct ranges *ranges);

#endif

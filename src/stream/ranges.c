/* ranges.c - a sorted array of intervals; see ranges.h.
 *
 * There are as many as there are holes, so few; most are added at the end.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stream/ranges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { RANGES_FIRST = 8 };

/* The first range that ends at or after the offset, or n. */
static size_t first_reaching(const struct ranges *ranges, uint64_t offset)
{
    size_t low = 0;
    size_t high = ranges->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->list[middle].end >= offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Puts `with` where `count` ranges from `at` on were. */
static void replace(struct ranges *ranges, size_t at, size_t count,
                    struct range with)
{
    if (count == 0 && ranges->n == ranges->room) {
        ranges->room = ranges->room ? ranges->room * 2 : RANGES_FIRST;
        ranges->list =
            must_realloc(ranges->list, ranges->room * sizeof *ranges->list);
    }
    memmove(ranges->list + at + 1, ranges->list + at + count,
            (ranges->n - at - count) * sizeof *ranges->list);
    ranges->list[at] = with;
    ranges->n = ranges->n + 1 - count;
}

void ranges_add(struct ranges *ranges, uint64_t start, uint64_t end,
                uint64_t cost)
{
    assert(start < end);
    size_t at = first_reaching(ranges, start);
    size_t count = 0;
    struct range all = {start, end, cost};
    while (at + count < ranges->n && ranges->list[at + count].start <= end) {
        const struct range *old = &ranges->list[at + count++];
        if (old->start < all.start)
            all.start = old->start;
        if (old->end > all.end)
            all.end = old->end;
        all.cost += old->cost;
    }
    replace(ranges, at, count, all);
    ranges->cost += cost;
}

bool ranges_cover(const struct ranges *ranges, uint64_t start, uint64_t end)
{
    size_t at = first_reaching(ranges, end);
    return at < ranges->n && ranges->list[at].start <= start;
}

uint64_t ranges_drop(struct ranges *ranges, uint64_t offset)
{
    size_t gone = 0;
    uint64_t cost = 0;
    while (gone < ranges->n && ranges->list[gone].end <= offset)
        cost += ranges->list[gone++].cost;
    if (gone > 0) {
        ranges->n -= gone;
        memmove(ranges->list, ranges->list + gone,
                ranges->n * sizeof *ranges->list);
    }
    if (ranges->n > 0 && ranges->list[0].start < offset)
        ranges->list[0].start = offset;
    ranges->cost -= cost;
    return cost;
}

void ranges_free(struct ranges *ranges)
{
    free(ranges->list);
    *ranges = (struct ranges){0};
}

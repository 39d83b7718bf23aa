/* trail.c - a sorted array with a moving front; see trail.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stream/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    TRAIL_FIRST = 16,
    TRAIL_OVERLAPS = 4, /* steps looked at where segments overlap */
};

/* Room for one more at the end: by closing up, or by growing. */
static void make_room(struct trail *trail)
{
    if (trail->first + trail->n < trail->room)
        return;
    if (trail->first > trail->room / 2) {
        memmove(trail->list, trail->list + trail->first,
                trail->n * sizeof *trail->list);
        trail->first = 0;
        return;
    }
    trail->room = trail->room ? trail->room * 2 : TRAIL_FIRST;
    trail->list = must_realloc(trail->list, trail->room * sizeof *trail->list);
}

void trail_add(struct trail *trail, const struct step *step)
{
    if (trail->n == TRAIL_MAX) {
        struct step *last = &trail->list[trail->first + trail->n - 1];
        if (last->end < step->end)
            last->end = step->end;
        return;
    }
    make_room(trail);
    struct step *list = trail->list + trail->first;
    size_t at = trail->n++;
    for (; at > 0 && list[at - 1].end > step->end; at--)
        list[at] = list[at - 1];
    list[at] = *step;
}

const struct step *trail_find(const struct trail *trail, uint64_t offset)
{
    if (trail->n == 0)
        return NULL;
    const struct step *list = trail->list + trail->first;
    size_t high = trail->n - 1;
    if (high == 0 || list[high - 1].end < offset)
        return &list[high]; /* nearly always it is about what came last */
    size_t low = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].end >= offset)
            high = middle;
        else
            low = middle + 1;
    }
    /* Where segments overlap, one that ends earlier may begin later. */
    for (size_t i = low; i < trail->n && i - low < TRAIL_OVERLAPS; i++)
        if (list[i].start < offset && list[i].end >= offset)
            return &list[i];
    return &list[low];
}

void trail_prune(struct trail *trail, uint64_t offset)
{
    const struct step *list = trail->list;
    while (trail->n > TRAIL_KEEP &&
           list[trail->first + TRAIL_KEEP - 1].end <= offset) {
        trail->first++;
        trail->n--;
    }
}

void trail_shrink(struct trail *trail)
{
    if (trail->n == 0)
        return;
    trail->list[0] = trail->list[trail->first + trail->n - 1];
    trail->list = must_realloc(trail->list, sizeof *trail->list);
    trail->first = 0;
    trail->n = 1;
    trail->room = 1;
}

void trail_free(struct trail *trail)
{
    free(trail->list);
    *trail = (struct trail){0};
}

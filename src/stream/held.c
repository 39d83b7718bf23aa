/* held.c - a short queue of copied segments; see held.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stream/held.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

bool held_wanted(const struct held *held)
{
    return held->vain < HELD_VAIN_MAX;
}

void held_in_vain(struct held *held)
{
    held->vain++;
}

bool held_has_room(const struct held *held, const struct segment *segment)
{
    if (held->n == 0)
        return true;
    return held->n < HELD_MAX &&
           segment->time <= held->list[0].segment.time + HELD_TIME_MAX;
}

void held_add(struct held *held, const struct segment *segment)
{
    assert(held->n < HELD_MAX);
    if (!held->list)
        held->list = must_alloc(HELD_MAX * sizeof *held->list);
    struct span payload = segment->payload;
    uint8_t *bytes = must_alloc(payload.n);
    if (payload.n > 0)
        memcpy(bytes, payload.p, payload.n);
    held->list[held->n].bytes = bytes;
    held->list[held->n].segment = *segment;
    held->list[held->n].segment.payload.p = bytes;
    held->n++;
}

bool held_first(const struct held *held, struct segment *first)
{
    if (held->n == 0)
        return false;
    *first = held->list[0].segment;
    return true;
}

void held_drop_first(struct held *held)
{
    assert(held->n > 0);
    free(held->list[0].bytes);
    held->n--;
    memmove(held->list, held->list + 1, held->n * sizeof held->list[0]);
}

void held_free(struct held *held)
{
    while (held->n > 0)
        held_drop_first(held);
    free(held->list);
    held->list = NULL;
}

/* marks.c - see marks.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/marks.h"

#include <stdlib.h>

#include "base/arena.h"

void marks_add(struct marks *marks, uint64_t end, uint64_t frame, int64_t time)
{
    struct mark mark = {end, frame, time};
    if (marks->used == marks->room && marks->room < MARKS_MAX) {
        marks->room = marks->room ? marks->room * 2 : MARKS_FEW;
        marks->ring =
            must_realloc(marks->ring, marks->room * sizeof *marks->ring);
    }
    if (marks->used < marks->room) {
        marks->ring[marks->used++] = mark;
        return;
    }
    marks->ring[marks->oldest] = mark;
    marks->oldest = (marks->oldest + 1) % MARKS_MAX;
}

void marks_find(const struct marks *marks, uint64_t offset, uint64_t *frame,
                int64_t *time)
{
    for (size_t i = 0; i < marks->used; i++) {
        const struct mark *mark =
            &marks->ring[(marks->oldest + i) % marks->used];
        *frame = mark->frame;
        *time = mark->time;
        if (mark->end >= offset)
            return;
    }
}

void marks_free(struct marks *marks)
{
    free(marks->ring);
    *marks = (struct marks){NULL, 0, 0, 0};
}

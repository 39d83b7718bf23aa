/* cut_line.c - see cut_line.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/cut_line.h"

#include <assert.h>
#include <string.h>

void cut_line_keep(struct cut_line **cut, struct arena *mem, uint64_t offset,
                   struct span unused)
{
    if (unused.n == 0 || unused.n > CUT_LINE_MAX) {
        if (*cut)
            (*cut)->n = 0;
        return;
    }
    if (!*cut)
        *cut = arena_alloc(mem, sizeof **cut);
    (*cut)->offset = offset;
    (*cut)->n = unused.n;
    memcpy((*cut)->bytes, unused.p, unused.n);
}

struct span cut_line_ended(struct cut_line *cut, struct span end)
{
    assert(end.n <= sizeof cut->bytes - CUT_LINE_MAX);
    memcpy(cut->bytes + cut->n, end.p, end.n);
    return (struct span){cut->bytes, cut->n + end.n};
}

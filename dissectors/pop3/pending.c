/* pending.c - the commands that wait for replies, oldest first.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "pop3.h"

struct pop3_pending *pop3_pending_what(struct pop3 *pop, enum pop3_what what)
{
    for (size_t i = 0; i < pop->pending_n; i++) {
        if (pop->pending[i].verb->what == what)
            return &pop->pending[i];
    }
    return NULL;
}

void pop3_pending_drop_first(struct pop3 *pop)
{
    pop->pending_n--;
    memmove(pop->pending, pop->pending + 1,
            pop->pending_n * sizeof *pop->pending);
}

struct pop3_pending *pop3_pending_add(struct pop3 *pop, struct facts *out)
{
    if (pop->pending_n == POP3_PENDING_MAX) {
        pop3_pending_drop_first(pop);
        if (!pop->capped)
            TELL(out, flow_capped,
                 .what = SPAN("more POP3 commands wait for replies than are "
                              "kept; the oldest are taken as answered"));
        pop->capped = true;
    }
    pop->pending =
        arena_grow(pop->mem, pop->pending, pop->pending_n, &pop->pending_room,
                   pop->pending_n + 1, sizeof *pop->pending);
    struct pop3_pending *p = &pop->pending[pop->pending_n++];
    *p = (struct pop3_pending){.verb = NULL};
    return p;
}

/* copies.c - see copies.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/copies.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

enum { SLOTS = 1 << 12 };

/* Between the two places there is one router, not the internet. */
#define APART_MOST (CLOCK_SECOND / 20)

struct slot {
    uint64_t number; /* of the flow that began first; 0: free */
    int64_t time;    /* when it did */
    struct end {
        struct address address;
        uint16_t port;
        uint8_t ttl;
        uint32_t first_seq;
    } end[2]; /* by enum dir */
};

struct copies {
    struct slot slots[SLOTS];
};

struct copies *copies_new(void)
{
    return must_alloc(sizeof(struct copies));
}

void copies_free(struct copies **copies)
{
    free(*copies);
    *copies = NULL;
}

static size_t place_of(const struct flow *flow)
{
    uint32_t mixed = flow->side[C2S].first_seq * UINT32_C(2654435761) ^
                     flow->side[S2C].first_seq;
    return (mixed * UINT32_C(2654435761)) >> 20;
}

static bool is_of(const struct slot *slot, const struct flow *flow)
{
    int64_t apart = flow->first_time - slot->time;
    return slot->number > 0 && slot->number < flow->number &&
           slot->end[C2S].first_seq == flow->side[C2S].first_seq &&
           slot->end[S2C].first_seq == flow->side[S2C].first_seq &&
           apart <= APART_MOST && apart >= -APART_MOST;
}

static bool has_same_ends(const struct slot *slot, const struct flow *flow)
{
    for (enum dir dir = C2S; dir <= S2C; dir++)
        if (slot->end[dir].port != flow->side[dir].port ||
            !address_same(&slot->end[dir].address, &flow->side[dir].address))
            return false;
    return true;
}

/* The router in between took one of each packet's TTL: the client's packets came
 * to the first place first, and the server's to the other. */
static bool passed_between(const struct slot *slot, const struct flow *flow)
{
    return slot->end[C2S].ttl > flow->side[C2S].ttl &&
           slot->end[S2C].ttl < flow->side[S2C].ttl;
}

void copies_accepted(struct copies *copies, const struct flow *flow)
{
    struct slot *slot = &copies->slots[place_of(flow)];
    if (is_of(slot, flow))
        return;
    *slot = (struct slot){.number = flow->number, .time = flow->first_time};
    for (enum dir dir = C2S; dir <= S2C; dir++)
        slot->end[dir] = (struct end){
            .address = flow->side[dir].address,
            .port = flow->side[dir].port,
            .ttl = flow->side[dir].ttl,
            .first_seq = flow->side[dir].first_seq,
        };
}

bool copies_is(const struct copies *copies, const struct flow *flow)
{
    const struct slot *slot = &copies->slots[place_of(flow)];
    return flow->handshake == FLOW_FULL && is_of(slot, flow) &&
           (has_same_ends(slot, flow) || passed_between(slot, flow));
}

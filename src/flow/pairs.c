/* pairs.c - see pairs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/pairs.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

enum { PAIRS_MAX = 4096 };

struct pair {
    uint64_t key; /* 0: empty */
    uint16_t ports[PAIR_PORTS];
    size_t count;
    bool probed;
    bool silent; /* a mail connection got no answer */
    struct {
        struct address client, server;
        uint16_t port; /* 0: none */
        bool refused;
        uint64_t frame;
        int64_t time;
    } answer; /* the first that the server gave, at whatever port */
};

struct pairs {
    struct pair list[PAIRS_MAX];
};

struct pairs *pairs_new(void)
{
    return must_alloc(sizeof(struct pairs));
}

void pairs_free(struct pairs **pairs)
{
    free(*pairs);
    *pairs = NULL;
}

static uint64_t key_of(const struct flow *flow)
{
    const struct address *c = &flow->side[C2S].address;
    const struct address *s = &flow->side[S2C].address;
    uint64_t half = hash_bytes((struct span){c->bytes, sizeof c->bytes}, 1);
    return hash_bytes((struct span){s->bytes, sizeof s->bytes}, half) | 1;
}

static size_t place_of(uint64_t key)
{
    return key / 2 % PAIRS_MAX; /* the lowest bit is set in all */
}

/* NULL: not known (any more). */
static const struct pair *find(const struct pairs *pairs,
                               const struct flow *flow)
{
    uint64_t key = key_of(flow);
    const struct pair *pair = &pairs->list[place_of(key)];
    return pair->key == key ? pair : NULL;
}

static struct pair *find_or_add(struct pairs *pairs, const struct flow *flow)
{
    uint64_t key = key_of(flow);
    struct pair *pair = &pairs->list[place_of(key)];
    if (pair->key != key)
        *pair = (struct pair){.key = key};
    return pair;
}

void pairs_attempt(struct pairs *pairs, const struct flow *flow)
{
    uint16_t port = flow->side[S2C].port;
    struct pair *pair = find_or_add(pairs, flow);
    for (size_t i = 0; i < pair->count; i++) {
        if (pair->ports[i] == port)
            return;
    }
    if (pair->count < PAIR_PORTS)
        pair->ports[pair->count++] = port;
}

size_t pairs_ports_tried(const struct pairs *pairs, const struct flow *flow)
{
    const struct pair *pair = find(pairs, flow);
    return pair ? pair->count : 0;
}

void pairs_answered(struct pairs *pairs, const struct flow *flow)
{
    const struct flow_side *server = &flow->side[S2C];
    struct pair *pair = find_or_add(pairs, flow);
    if (pair->answer.port)
        return;
    pair->answer.client = flow->side[C2S].address;
    pair->answer.server = server->address;
    pair->answer.port = server->port;
    pair->answer.refused = flow->handshake == FLOW_REFUSED;
    pair->answer.frame = server->first_frame;
    pair->answer.time = server->first_time;
}

void pairs_silent(struct pairs *pairs, const struct flow *flow)
{
    find_or_add(pairs, flow)->silent = true;
}

void pairs_stray(struct pairs *pairs, const struct flow *flow,
                 const struct packet *p)
{
    if (!(p->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) && p->length == 0 &&
        address_same(&p->source, &flow->side[C2S].address))
        find_or_add(pairs, flow)->probed = true;
}

bool pairs_probed(const struct pairs *pairs, const struct flow *flow)
{
    const struct pair *pair = find(pairs, flow);
    return pair && pair->probed;
}

static int by_answer(const void *a, const void *b)
{
    const struct pair *x = *(const struct pair *const *)a;
    const struct pair *y = *(const struct pair *const *)b;
    return (x->answer.frame > y->answer.frame) -
           (x->answer.frame < y->answer.frame);
}

void pairs_tell(const struct pairs *pairs, struct facts *out)
{
    const struct pair *found[PAIRS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < PAIRS_MAX; i++) {
        if (pairs->list[i].silent && pairs->list[i].answer.port)
            found[n++] = &pairs->list[i];
    }
    if (n)
        qsort(found, n, sizeof found[0], by_answer);
    for (size_t i = 0; i < n; i++) {
        char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
        address_text(&found[i]->answer.client, client);
        address_text(&found[i]->answer.server, server);
        facts_stamp(out, found[i]->answer.frame, found[i]->answer.time);
        TELL(out, host_answered, .client = span_of(client),
             .server = span_of(server), .port = found[i]->answer.port,
             .how = found[i]->answer.refused ? SPAN("refused")
                                             : SPAN("accepted"));
    }
}

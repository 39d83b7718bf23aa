/* net.c - see packet.h and decode.h: the loop over the layers, and the counts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "packet.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "capture/capture.h"
#include "decode.h"
#include "fragment.h"

/* Layers in one frame.  VXLAN in a VLAN on an access line takes about ten;
 * a packet made to be long takes all. */
enum { LAYERS_MAX = 24 };

struct net {
    struct fragments *fragments;
    struct net_counts counts;
};

struct net *net_new(void)
{
    struct net *net = must_alloc(sizeof(*net));
    *net = (struct net){.fragments = fragments_new()};
    return net;
}

void net_free(struct net **net)
{
    if (!*net)
        return;
    fragments_free(&(*net)->fragments);
    free(*net);
    *net = NULL;
}

const struct net_counts *net_counts(const struct net *net)
{
    return &net->counts;
}

bool net_decode(struct net *net, const struct frame *frame,
                struct packet *packet)
{
    *packet = (struct packet){
        .frame = frame->number,
        .time = frame->time,
        .interface = frame->interface,
    };
    struct decoding d = {
        .packet = packet,
        .counts = &net->counts,
        .fragments = net->fragments,
        .bytes = frame->bytes,
        .length = frame->length > frame->bytes.n ? frame->length
                                                 : (uint32_t)frame->bytes.n,
        .truncated = frame->bytes.n < frame->length,
    };
    net->counts.frames++;
    struct next next = next_is(link_decoder(frame->link));
    for (int layers = 0; next.decode; layers++) {
        if (layers == LAYERS_MAX)
            next = damaged(&d);
        else
            next = next.decode(&d);
    }
    net->counts.truncated += d.truncated;
    net->counts.packets += d.done;
    packet->payload = d.bytes;
    packet->length = d.length;
    return d.done;
}

struct next finished(struct decoding *d, enum packet_kind kind)
{
    d->packet->kind = kind;
    d->done = true;
    return next_is(NULL);
}

struct next unknown_protocol(struct decoding *d)
{
    d->counts->unknown_protocol++;
    return next_is(NULL);
}

struct next unknown_link(struct decoding *d)
{
    d->counts->unknown_link++;
    return next_is(NULL);
}

struct next nothing_yet(void)
{
    return next_is(NULL);
}

/* A header that the capture cut off is no damage: it is counted as truncated,
 * once, at the end. */
struct next damaged(struct decoding *d)
{
    if (d->truncated)
        d->counts->headers_cut++;
    else
        d->counts->damaged++;
    return next_is(NULL);
}

/* 0 is for "none", so a hash that happens to be 0 becomes 1. */
static void path_set(struct decoding *d, uint64_t hash)
{
    uint32_t folded = (uint32_t)(hash ^ hash >> 32);
    d->packet->path = folded ? folded : 1;
}

void path_through(struct decoding *d, enum path_kind kind, uint32_t id)
{
    const uint8_t bytes[] = {(uint8_t)kind, (uint8_t)(id >> 24),
                             (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                             (uint8_t)id};
    path_set(d, hash_bytes((struct span){bytes, sizeof(bytes)},
                           d->packet->path));
}

static uint64_t address_hash(const struct address *a)
{
    return hash_bytes((struct span){a->bytes, sizeof(a->bytes)}, a->family);
}

/* The sum is the same whichever way the packet goes. */
void path_between(struct decoding *d)
{
    uint64_t both = address_hash(&d->packet->source) +
                    address_hash(&d->packet->destination);
    path_through(d, PATH_TUNNEL, (uint32_t)(both ^ both >> 32));
}

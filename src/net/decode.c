/* decode.c - see decode.h: how a layer ends, and the path that is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

#include "base/hash.h"

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

struct next hidden(struct decoding *d)
{
    d->counts->hidden++;
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
    path_set(d,
             hash_bytes((struct span){bytes, sizeof(bytes)}, d->packet->path));
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

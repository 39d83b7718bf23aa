/* fragment.c - see fragment.h: a small fixed table, searched from end to end.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct part {
    uint32_t begin, end;
};

struct pending {
    bool used;
    bool hopeless; /* kept so that what else comes of it is not taken for new */
    struct address source, destination;
    uint32_t path, id;
    uint8_t protocol; /* IPv4: part of the identity; IPv6: of the first */
    int64_t since;
    uint32_t known;  /* bytes from here on were not all captured */
    uint32_t length; /* of the whole; 0 until the last part came */
    size_t count;
    uint64_t received;
    struct part parts[FRAGMENT_PARTS]; /* in order of begin */
    uint8_t *bytes;
    size_t room;
};

struct fragments {
    struct pending pending[FRAGMENT_DATAGRAMS];
    uint8_t *whole; /* what was handed out last */
    uint64_t unused; /* received, but never part of a whole */
};

struct fragments *fragments_new(void)
{
    struct fragments *fragments = must_alloc(sizeof(*fragments));
    memset(fragments, 0, sizeof(*fragments));
    return fragments;
}

static void forget(struct pending *p)
{
    free(p->bytes);
    *p = (struct pending){.used = false};
}

void fragments_free(struct fragments **fragments)
{
    if (!*fragments)
        return;
    for (size_t i = 0; i < FRAGMENT_DATAGRAMS; i++)
        forget(&(*fragments)->pending[i]);
    free((*fragments)->whole);
    free(*fragments);
    *fragments = NULL;
}

uint64_t fragments_unused(const struct fragments *fragments)
{
    return fragments->unused;
}

/* IPv6 does not count the protocol, whose value is the first fragment's
 * (RFC 8200 section 4.5). */
static bool is_of(const struct pending *p, const struct fragment *fragment,
                  const struct packet *packet)
{
    return p->used && p->id == fragment->id && p->path == packet->path &&
           (packet->source.family == 6 || p->protocol == fragment->protocol) &&
           address_same(&p->source, &packet->source) &&
           address_same(&p->destination, &packet->destination);
}

/* The datagram the fragment belongs to, perhaps a new one. */
static struct pending *find(struct fragments *fragments,
                            const struct fragment *fragment,
                            const struct packet *packet)
{
    struct pending *place = NULL;
    for (size_t i = 0; i < FRAGMENT_DATAGRAMS; i++) {
        struct pending *p = &fragments->pending[i];
        if (p->used && packet->time - p->since > FRAGMENT_TIMEOUT)
            forget(p);
        if (is_of(p, fragment, packet))
            return p;
        if (!place || (place->used && (!p->used || p->since < place->since)))
            place = p;
    }
    forget(place);
    *place = (struct pending){
        .used = true,
        .source = packet->source,
        .destination = packet->destination,
        .path = packet->path,
        .id = fragment->id,
        .protocol = fragment->protocol,
        .since = packet->time,
        .known = DATAGRAM_MAX,
    };
    return place;
}

/* Where a part belongs, or FRAGMENT_PARTS when it overlaps another. */
static size_t place_of(const struct pending *p, struct part part)
{
    size_t at = 0;
    while (at < p->count && p->parts[at].begin < part.begin)
        at++;
    if (at > 0 && p->parts[at - 1].end > part.begin)
        return FRAGMENT_PARTS;
    if (at < p->count && p->parts[at].begin < part.end)
        return FRAGMENT_PARTS;
    return at;
}

static bool is_repeated(const struct pending *p, struct part part)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->parts[i].begin == part.begin && p->parts[i].end == part.end)
            return true;
    }
    return false;
}

static void store(struct pending *p, struct part part, struct span bytes)
{
    if (part.end > p->room) {
        p->room = 2 * (size_t)part.end;
        if (p->room > DATAGRAM_MAX)
            p->room = DATAGRAM_MAX;
        p->bytes = must_realloc(p->bytes, p->room);
    }
    if (bytes.n)
        memcpy(p->bytes + part.begin, bytes.p, bytes.n);
    uint32_t captured = part.begin + (uint32_t)bytes.n;
    if (captured < part.end && captured < p->known)
        p->known = captured;
}

/* Whether the part can be one: all but the last are a multiple of 8 long, none
 * is empty or reaches too far, and all agree on the end. */
static bool is_possible(const struct pending *p, struct part part, bool more)
{
    if (part.end <= part.begin || part.end > DATAGRAM_MAX)
        return false;
    if (more)
        return (part.end - part.begin) % 8 == 0 &&
               (p->length == 0 || part.end < p->length);
    uint32_t furthest = p->count ? p->parts[p->count - 1].end : 0;
    return p->length == 0 && part.end > furthest;
}

static bool is_complete(const struct pending *p)
{
    uint32_t reached = 0;
    for (size_t i = 0; i < p->count && p->parts[i].begin == reached; i++)
        reached = p->parts[i].end;
    return p->length != 0 && reached == p->length;
}

static void hand_out(struct fragments *fragments, struct pending *p,
                     struct datagram *whole)
{
    free(fragments->whole);
    fragments->whole = p->bytes;
    fragments->unused -= p->received;
    p->bytes = NULL;
    *whole = (struct datagram){
        .bytes = {fragments->whole,
                  p->known < p->length ? p->known : p->length},
        .length = p->length,
        .protocol = p->protocol,
    };
    forget(p);
}

bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   const struct packet *packet, struct span bytes,
                   uint32_t length, struct datagram *whole)
{
    struct pending *p = find(fragments, fragment, packet);
    if (length > DATAGRAM_MAX)
        length = DATAGRAM_MAX; /* too far in any case, and no overflow */
    struct part part = {fragment->offset, fragment->offset + length};
    p->received++;
    fragments->unused++;
    if (p->hopeless || is_repeated(p, part))
        return false;
    size_t at = p->count < FRAGMENT_PARTS ? place_of(p, part) : FRAGMENT_PARTS;
    if (at == FRAGMENT_PARTS || !is_possible(p, part, fragment->more)) {
        p->hopeless = true;
        return false;
    }
    memmove(p->parts + at + 1, p->parts + at,
            (p->count - at) * sizeof(p->parts[0]));
    p->parts[at] = part;
    p->count++;
    if (!fragment->more)
        p->length = part.end;
    if (fragment->offset == 0)
        p->protocol = fragment->protocol;
    store(p, part, bytes);
    if (!is_complete(p))
        return false;
    hand_out(fragments, p, whole);
    return true;
}

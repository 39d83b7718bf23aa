/* fragment.h - inside net/: datagrams put together from their fragments.
 *
 * What overlaps is not believed: fragments that disagree about where they lie
 * are how filters are evaded (RFC 1858, 3128, 5722), so such a datagram is
 * given up; only an exact repetition is ignored.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NET_FRAGMENT_H
#define NET_FRAGMENT_H

#include "base/clock.h"
#include "packet.h"

enum {
    FRAGMENT_DATAGRAMS = 256, /* incomplete ones at once; the oldest goes */
    FRAGMENT_PARTS = 64,      /* of one datagram; 64 KB over 1 KB links */
    DATAGRAM_MAX = 65535,
};

/* RFC 8200 section 4.5 says 60 s, Linux gives up after 30. */
#define FRAGMENT_TIMEOUT (30 * CLOCK_SECOND)

struct fragments;
struct decoding;
struct next;

struct fragment {
    uint32_t id;
    uint8_t protocol;
    uint32_t offset; /* bytes */
    bool more;       /* this is not the last */
};

struct datagram {
    struct span bytes; /* up to the first byte that was not captured */
    uint32_t length;
    uint8_t protocol; /* as the first fragment says */
};

struct fragments *fragments_new(void);
void fragments_free(struct fragments **fragments);

/* Keeps a copy.  Addresses, path and time are the packet's; bytes may be fewer
 * than length.  True when the datagram is complete: *whole is borrowed until
 * the next call. */
bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   const struct packet *packet, struct span bytes,
                   uint32_t length, struct datagram *whole);

/* Fragments of datagrams that did not become whole, so far. */
uint64_t fragments_unused(const struct fragments *fragments);

/* What follows a fragment: nothing yet, or what the whole datagram carries. */
struct next fragment_next(struct decoding *d, const struct fragment *fragment);

#endif

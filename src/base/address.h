/* address.h - an IPv4 or IPv6 address as a value.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <string.h>

#include "base/span.h"

enum {
    ADDRESS_TEXT = 46, /* the longest form, NUL included */
    STATION_TEXT = 18, /* of a hardware address, NUL included */
};

struct address {
    uint8_t family;    /* 4, 6, or 0 for none */
    uint8_t bytes[16]; /* network order; the unused tail of IPv4 is zero */
};

/* Of 4 or 16 bytes; any other length gives the address of family 0. */
struct address address_of(struct span bytes);

/* RFC 5952 for IPv6, dotted for IPv4, "?" for none. */
void address_text(const struct address *a, char out[ADDRESS_TEXT]);

/* A hardware address: 02:00:5e:10:00:01; empty if all of it is zero. */
void station_text(const uint8_t mac[6], char out[STATION_TEXT]);

/* Asked some times for each packet: worth being inlined. */
static inline bool address_same(const struct address *a,
                                const struct address *b)
{
    return a->family == b->family &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int address_compare(const struct address *a, const struct address *b);

/* What kind of place the address names. */
enum address_class {
    ADDRESS_PUBLIC,
    ADDRESS_PRIVATE,    /* RFC 1918, 6598 (shared), 4193 (unique local) */
    ADDRESS_LINK_LOCAL, /* RFC 3927, RFC 4291 fe80::/10 */
    ADDRESS_LOOPBACK,
    ADDRESS_UNSPECIFIED, /* 0.0.0.0/8, :: */
    ADDRESS_MULTICAST,   /* and broadcast */
};
enum address_class address_class(const struct address *a);

#endif

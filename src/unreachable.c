/* unreachable.c - see unreachable.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "unreachable.h"

#include <stddef.h>

/* clang-format off */
static const struct {
    uint8_t version, type, code;
    struct span name;
} names[] = {
    {4, 3, 0,  SPAN_INIT("network unreachable")},
    {4, 3, 1,  SPAN_INIT("host unreachable")},
    {4, 3, 2,  SPAN_INIT("protocol unreachable")},
    {4, 3, 3,  SPAN_INIT("port unreachable")},
    {4, 3, 4,  SPAN_INIT("fragmentation needed")},
    {4, 3, 5,  SPAN_INIT("source route failed")},
    {4, 3, 6,  SPAN_INIT("destination network unknown")},
    {4, 3, 7,  SPAN_INIT("destination host unknown")},
    {4, 3, 9,  SPAN_INIT("network administratively prohibited")},
    {4, 3, 10, SPAN_INIT("host administratively prohibited")},
    {4, 3, 11, SPAN_INIT("network unreachable for type of service")},
    {4, 3, 12, SPAN_INIT("host unreachable for type of service")},
    {4, 3, 13, SPAN_INIT("communication administratively prohibited")},
    {4, 3, 14, SPAN_INIT("host precedence violation")},
    {4, 3, 15, SPAN_INIT("precedence cutoff in effect")},
    {4, 11, 0, SPAN_INIT("time to live exceeded in transit")},
    {6, 1, 0,  SPAN_INIT("no route to destination")},
    {6, 1, 1,  SPAN_INIT("administratively prohibited")},
    {6, 1, 2,  SPAN_INIT("beyond scope of source address")},
    {6, 1, 3,  SPAN_INIT("address unreachable")},
    {6, 1, 4,  SPAN_INIT("port unreachable")},
    {6, 1, 5,  SPAN_INIT("source address failed policy")},
    {6, 1, 6,  SPAN_INIT("reject route to destination")},
    {6, 2, 0,  SPAN_INIT("packet too big")},
    {6, 3, 0,  SPAN_INIT("hop limit exceeded in transit")},
};
/* clang-format on */

static const struct span *find(const struct icmp_header *icmp)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].version == icmp->version && names[i].type == icmp->type &&
            names[i].code == icmp->code)
            return &names[i].name;
    }
    return NULL;
}

bool unreachable_is(const struct icmp_header *icmp)
{
    return find(icmp) != NULL;
}

struct span unreachable_name(const struct icmp_header *icmp)
{
    const struct span *name = find(icmp);
    return name ? *name : SPAN("unreachable");
}

/* unreachable.c - see unreachable.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "unreachable.h"

#include <stddef.h>

/* clang-format off */
static const struct {
    uint8_t version, type, code;
    struct span what, name;
} errors[] = {
    {4, 3, 0,  SPAN_INIT("network"),   SPAN_INIT("network unreachable")},
    {4, 3, 1,  SPAN_INIT("host"),      SPAN_INIT("host unreachable")},
    {4, 3, 2,  SPAN_INIT("protocol"),  SPAN_INIT("protocol unreachable")},
    {4, 3, 3,  SPAN_INIT("port"),      SPAN_INIT("port unreachable")},
    {4, 3, 4,  SPAN_INIT("size"),      SPAN_INIT("fragmentation needed")},
    {4, 3, 5,  SPAN_INIT("route"),     SPAN_INIT("source route failed")},
    {4, 3, 6,  SPAN_INIT("network"),   SPAN_INIT("destination network unknown")},
    {4, 3, 7,  SPAN_INIT("host"),      SPAN_INIT("destination host unknown")},
    {4, 3, 9,  SPAN_INIT("forbidden"), SPAN_INIT("network administratively prohibited")},
    {4, 3, 10, SPAN_INIT("forbidden"), SPAN_INIT("host administratively prohibited")},
    {4, 3, 11, SPAN_INIT("network"),   SPAN_INIT("network unreachable for type of service")},
    {4, 3, 12, SPAN_INIT("host"),      SPAN_INIT("host unreachable for type of service")},
    {4, 3, 13, SPAN_INIT("forbidden"), SPAN_INIT("communication administratively prohibited")},
    {4, 3, 14, SPAN_INIT("forbidden"), SPAN_INIT("host precedence violation")},
    {4, 3, 15, SPAN_INIT("forbidden"), SPAN_INIT("precedence cutoff in effect")},
    {4, 11, 0, SPAN_INIT("time"),      SPAN_INIT("time to live exceeded in transit")},
    {6, 1, 0,  SPAN_INIT("network"),   SPAN_INIT("no route to destination")},
    {6, 1, 1,  SPAN_INIT("forbidden"), SPAN_INIT("administratively prohibited")},
    {6, 1, 2,  SPAN_INIT("network"),   SPAN_INIT("beyond scope of source address")},
    {6, 1, 3,  SPAN_INIT("host"),      SPAN_INIT("address unreachable")},
    {6, 1, 4,  SPAN_INIT("port"),      SPAN_INIT("port unreachable")},
    {6, 1, 5,  SPAN_INIT("forbidden"), SPAN_INIT("source address failed policy")},
    {6, 1, 6,  SPAN_INIT("forbidden"), SPAN_INIT("reject route to destination")},
    {6, 2, 0,  SPAN_INIT("size"),      SPAN_INIT("packet too big")},
    {6, 3, 0,  SPAN_INIT("time"),      SPAN_INIT("hop limit exceeded in transit")},
};
/* clang-format on */

enum { KNOWN = sizeof errors / sizeof errors[0] };

static size_t find(const struct icmp_header *icmp)
{
    size_t i = 0;
    while (i < KNOWN &&
           (errors[i].version != icmp->version ||
            errors[i].type != icmp->type || errors[i].code != icmp->code))
        i++;
    return i;
}

bool unreachable_is(const struct icmp_header *icmp)
{
    return find(icmp) < KNOWN;
}

struct span unreachable_name(const struct icmp_header *icmp)
{
    size_t at = find(icmp);
    return at < KNOWN ? errors[at].name : SPAN("unreachable");
}

struct span unreachable_what(const struct icmp_header *icmp)
{
    size_t at = find(icmp);
    return at < KNOWN ? errors[at].what : SPAN("");
}

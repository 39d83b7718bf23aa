/* unreachable.h - ICMP and ICMPv6 errors in words (RFC 792, 1812, 4443).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef UNREACHABLE_H
#define UNREACHABLE_H

#include "net/packet.h"

/* The message says that a packet could not be delivered. */
bool unreachable_is(const struct icmp_header *icmp);

/* "host unreachable", "administratively prohibited", ... */
struct span unreachable_name(const struct icmp_header *icmp);

/* What is in the way, one word for the codes of both versions that mean the
 * same: "network" (no route), "host", "port", "protocol", "route" (the source
 * route), "forbidden" (by a filter), "size" (of the packet) or "time" (to
 * live). Empty if the message is none of these. */
struct span unreachable_what(const struct icmp_header *icmp);

#endif

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

#endif

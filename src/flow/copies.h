/* copies.h - connections that the capture shows twice, under two addresses.
 *
 * Who captures on both sides of a router that translates addresses (NAT), or in
 * two VLANs, gets each packet before and after.  The two differ in an address
 * or a port, but both sides began with the same sequence numbers, which no two
 * connections do at one time (RFC 6528).
 *
 * A table of fixed size; a newer connection takes the place of an older one,
 * whose copy then counts as a connection of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_COPIES_H
#define FLOW_COPIES_H

#include "flow/flow.h"

struct copies;

struct copies *copies_new(void);
void copies_free(struct copies **copies);

/* The flow's server accepted the connection. */
void copies_accepted(struct copies *copies, const struct flow *flow);

/* Whether the flow is another one, seen elsewhere: one that began before it. */
bool copies_is(const struct copies *copies, const struct flow *flow);

#endif

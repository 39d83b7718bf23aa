/* pairs.h - what is known of a client and a server, over all their connections:
 * which ports were tried, whether any answered, whether somebody probed.
 *
 * A table of fixed size; a newer pair takes the place of an older one, which is
 * then as if it had never been seen.
 *
 * Tells the fact `host.answered`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_PAIRS_H
#define FLOW_PAIRS_H

#include "fact/store.h"
#include "flow/flow.h"
#include "net/packet.h"

enum { PAIR_PORTS = 10 }; /* different ones are counted up to here */

struct pairs;

struct pairs *pairs_new(void);
void pairs_free(struct pairs **pairs);

/* The flow's client tries the flow's port. */
void pairs_attempt(struct pairs *pairs, const struct flow *flow);
size_t pairs_ports_tried(const struct pairs *pairs, const struct flow *flow);

/* The flow's server answered, with yes or no; only the first is kept. */
void pairs_answered(struct pairs *pairs, const struct flow *flow);

/* The flow, one for mail, got no answer at all. */
void pairs_silent(struct pairs *pairs, const struct flow *flow);

/* A packet that belongs to no connection, by the flow it would be of.  One of
 * the client without SYN, ACK and RST is sent by no system of itself: only who
 * looks for open ports does, and that is what pairs_probed() asks. */
void pairs_stray(struct pairs *pairs, const struct flow *flow,
                 const struct packet *packet);
bool pairs_probed(const struct pairs *pairs, const struct flow *flow);

/* Tells host.answered of each server that answered its client and was silent
 * to a mail connection of it, in the order of the answers. */
void pairs_tell(const struct pairs *pairs, struct facts *out);

#endif

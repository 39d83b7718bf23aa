/* reach.h - whether anything outside the local network answers a client.
 *
 * One silent server says little; when a client asks several hosts at several
 * ports and not a single packet comes in from outside, the way out is gone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_REACH_H
#define FLOW_REACH_H

#include "fact/store.h"
#include "net/packet.h"

enum {
    REACH_CLIENTS = 1024, /* followed at once; a newer one may take the place
                             of one that has not asked for a minute */
    REACH_HOSTS = 16,     /* of one client are counted, */
    REACH_PORTS = 8,      /* and so many ports */
    REACH_HOSTS_MIN = 3,  /* fewer may be down for reasons of their own, */
    REACH_NETWORKS = 2,   /* unless they answered before, in so many networks */
    REACH_KNOWN = 16,     /* services that answered one client are remembered */
};

struct reach;

struct reach *reach_new(void);
void reach_free(struct reach **reach);

/* Takes any packet. */
void reach_packet(struct reach *reach, const struct packet *packet);

/* Tells `outage` for each client that had one, its longest, in the order of
 * their packets.  capture_end: time of the last packet. */
void reach_tell(struct reach *reach, int64_t capture_end, struct facts *out);

#endif

/* neighbours.h - who is on the local network: ARP and neighbour discovery.
 *
 * Tells which addresses were asked for in vain, and which are claimed by two
 * stations.  Only what the capture can show is told: on a switch one sees
 * everybody's questions, which are broadcast, but not the answers to others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_NEIGHBOURS_H
#define FLOW_NEIGHBOURS_H

#include "fact/store.h"
#include "net/packet.h"

enum {
    NEIGHBOURS_SETS = 1024, /* tables are this times NEIGHBOURS_WAYS large; */
    NEIGHBOURS_WAYS = 4,    /* what is oldest in a full set is forgotten */
    UNANSWERED_MIN = 3, /* questions: what Linux, Windows and macOS send before
                           they call the address unreachable */
    PROXY_MIN =
        8, /* addresses that one MAC answers for: a proxy, no conflict */
};

struct neighbours;

struct neighbours *neighbours_new(void);
void neighbours_free(struct neighbours **neighbours);

/* Takes any packet.  Those that are not ARP show whose unicast frames the
 * capture sees; they may be left out, then only a lone asker, or one that got
 * an answer before, is believed to have got none. */
void neighbours_packet(struct neighbours *neighbours,
                       const struct packet *packet);

/* Tells arp.unanswered and arp.conflict in the order of their packets.
 * capture_start, capture_end: times of the first and last packet.  needed()
 * says whether mail needed to reach the address; it may be NULL. */
void neighbours_tell(const struct neighbours *neighbours, int64_t capture_start,
                     int64_t capture_end,
                     bool (*needed)(void *user, const struct address *address),
                     void *user, struct facts *out);

#endif

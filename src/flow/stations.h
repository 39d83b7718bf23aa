/* stations.h - which addresses the stations of the local network use, whether
 * one broadcast goes round and round, and who was pinged.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_STATIONS_H
#define FLOW_STATIONS_H

#include "fact/store.h"
#include "net/packet.h"

enum {
    STATIONS_SETS = 256, /* tables are this times STATIONS_WAYS large; what is */
    STATIONS_WAYS = 4,   /* oldest in a full set is forgotten */
};

struct stations;

struct stations *stations_new(void);
void stations_free(struct stations **stations);

/* Takes any packet. */
void stations_packet(struct stations *stations, const struct packet *packet);

/* Whether each packet captured was from or to this station, or for all: then
 * the capture was most likely made there. */
bool stations_alone(const struct stations *stations, const uint8_t mac[6]);

/* Tells address.*, link.loop and icmp.echo, each kind in the order of its
 * packets.  capture_start: time of the first packet. */
void stations_tell(const struct stations *stations, int64_t capture_start,
                   struct facts *out);

#endif

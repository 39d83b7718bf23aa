/* links.h - links that do not come about, or end: a Wi-Fi or a switch that lets
 * a station not in, a line (PPPoE) that does not answer or hangs up.
 *
 * What went right later is forgotten: told is only the trouble that was left.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_LINKS_H
#define FLOW_LINKS_H

#include "fact/store.h"
#include "net/packet.h"

enum { LINKS_MAX = 256 }; /* stations; further ones are not followed */

struct links;

struct links *links_new(void);
void links_free(struct links **links);

/* Takes a packet of kind PACKET_LINK. */
void links_packet(struct links *links, const struct packet *packet);

/* Tells link.trouble, in the order of the packets.  capture_start, capture_end:
 * times of the first and last packet; alone() says whether the capture shows no
 * other station. */
void links_tell(const struct links *links, int64_t capture_start,
                int64_t capture_end,
                bool (*alone)(void *user, const uint8_t mac[6]), void *user,
                struct facts *out);

#endif

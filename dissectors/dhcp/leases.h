/* leases.h - who asked for an address by DHCP (RFC 2131), and what came of it.
 *
 * A dissector beside the mail: like dns/ it gets single messages, not a stream,
 * and so is called by beside.c and not by a conversation.  Only IPv4: where
 * DHCPv6 fails, stations still have the address they made up themselves.
 *
 * A client that was offered an address broadcasts which offer it takes, so even
 * on a switch, where offers to others are not seen, one sees whether there
 * was any.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DHCP_LEASES_H
#define DISSECTORS_DHCP_LEASES_H

#include "base/address.h"
#include "fact/store.h"

enum {
    DHCP_SERVER_PORT = 67,
    DHCP_CLIENT_PORT = 68,
    LEASES_MAX = 1024, /* stations; further ones are not followed */
};

struct leases;

struct leases *leases_new(void);
void leases_free(struct leases **leases);

/* Takes a message from or to the two ports. */
void leases_message(struct leases *leases, struct span message, uint64_t frame,
                    int64_t time);

/* Tells the last dhcp.exchange of each station, in the order of their last
 * messages.  capture_start, capture_end: times of the first and last packet;
 * alone() says whether the capture shows no other station. */
void leases_tell(const struct leases *leases, int64_t capture_start,
                 int64_t capture_end,
                 bool (*alone)(void *user, const uint8_t mac[6]), void *user,
                 struct facts *out);

#endif

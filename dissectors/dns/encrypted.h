/* encrypted.h - clients that ask name servers over TLS, HTTPS or QUIC: what they
 * ask can not be seen, that they ask can.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DNS_ENCRYPTED_H
#define DISSECTORS_DNS_ENCRYPTED_H

#include "base/address.h"
#include "fact/store.h"

/* RFC 7858, 9250 (the same number over UDP). */
enum { DNS_TLS_PORT = 853, HTTPS_PORT = 443 };

enum { ENCRYPTED_MAX = 256 }; /* pairs of client and resolver */

struct encrypted;

struct encrypted *encrypted_new(void);
void encrypted_free(struct encrypted **encrypted);

/* A packet that opens a connection: a SYN, or UDP to one of the ports. */
struct encrypted_seen {
    struct address client, server;
    uint16_t client_port, server_port;
    bool tcp;
    struct span name; /* what the client had looked up; empty if unknown */
    uint64_t frame;
    int64_t time;
};

/* Takes it if the port, or the name or address of the server, says that it is a
 * name server's. */
void encrypted_packet(struct encrypted *encrypted,
                      const struct encrypted_seen *seen);

/* One dns.encrypted fact for each pair. */
void encrypted_tell(const struct encrypted *encrypted, struct facts *out);

#endif

/* handshake.h - handshake messages: joined from records, and what they say.
 *
 *   type(1) length(3) | length bytes        (RFC 8446 4, RFC 5246 7.4)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_HANDSHAKE_H
#define TLS_HANDSHAKE_H

#include "tls/state.h"

/* Content of handshake records, clear or decrypted.  end is the stream offset
 * behind the record. */
void handshake_bytes(struct tls *tls, enum dir dir, struct span content,
                     uint64_t end, struct facts *out);

/* A message in SSL 2.0's frame: a ClientHello, or that of a server which
 * knows nothing newer.  The body begins with the message type. */
void handshake_ssl2(struct tls *tls, enum dir dir, struct span body,
                    uint64_t end, struct facts *out);

/* Tells tls.malformed, unless the capture began inside the connection: then
 * what looks odd is only encrypted. */
void handshake_malformed(const struct tls *tls, enum dir dir, struct span why,
                         struct facts *out);

#endif

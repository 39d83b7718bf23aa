/* derive.h - from a session's secrets to the keys of its records.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_DERIVE_H
#define TLS_DERIVE_H

#include "base/span.h"

enum { DERIVE_MASTER = 48 };

/* Fills out[0..n-1] with the PRF of this version (RFC 2246 5, RFC 5246 5) of
 * secret, label and seed.  digest is the suite's, used since TLS 1.2 only.
 * False when OpenSSL cannot do it. */
bool derive_prf(uint16_t version, const char *digest, struct span secret,
                struct span label, struct span seed, uint8_t *out, size_t n);

/* The master secret of a premaster secret.  `randoms` is the client's random,
 * then the server's. */
bool derive_master(uint16_t version, const char *digest, struct span premaster,
                   struct span randoms, uint8_t out[DERIVE_MASTER]);

/* The extended one of RFC 7627: of all handshake messages, from ClientHello
 * to ClientKeyExchange. */
bool derive_extended_master(uint16_t version, const char *digest,
                            struct span premaster, struct span messages,
                            uint8_t out[DERIVE_MASTER]);

/* HKDF-Expand-Label with an empty context (RFC 8446 7.1). */
bool derive_expand(const char *digest, struct span secret, struct span label,
                   uint8_t *out, size_t n);

#endif

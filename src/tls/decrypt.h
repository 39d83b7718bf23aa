/* decrypt.h - opens the records of one direction, in their order.
 *
 *   type(1) version(2) length(2) | body
 *
 * A struct decrypt holds keys and the number of the next record.  It lives in
 * an arena and holds nothing that would need freeing: OpenSSL's contexts are
 * made anew for each record.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_DECRYPT_H
#define TLS_DECRYPT_H

#include "base/arena.h"
#include "base/span.h"
#include "tls/suite.h"

enum {
    DECRYPT_RANDOM = 32,
    DECRYPT_BODY_MAX = (1 << 14) + 2048, /* of a record, RFC 5246 6.2.3 */
};

struct decrypt;

/* What both sides of a session up to TLS 1.2 share. */
struct decrypt_session {
    uint16_t version; /* TLS 1.0 to 1.2 */
    const struct suite *suite;
    bool encrypt_then_mac; /* RFC 7366 was agreed upon */
    struct span master;
    uint8_t client_random[DECRYPT_RANDOM], server_random[DECRYPT_RANDOM];
};

/* NULL when the version or the cipher is not one that can be opened. */
struct decrypt *decrypt_new(struct arena *mem,
                            const struct decrypt_session *session,
                            bool from_client);

/* The same for TLS 1.3, from a traffic secret. */
struct decrypt *decrypt_new_tls13(struct arena *mem, const struct suite *suite,
                                  struct span secret);

/* Opens the next record into out (at least body.n bytes).  *type is the
 * record's on the way in and the content's on the way out.  False when the
 * keys are not this record's: nothing that follows can be opened then. */
bool decrypt_record(struct decrypt *d, uint8_t *type, uint16_t version,
                    struct span body, uint8_t *out, size_t *out_n);

/* A record was not captured whole.  False when the next cannot be opened
 * without it (TLS 1.0 chains its records). */
bool decrypt_skip(struct decrypt *d);

/* The record that could not be opened was not sealed with these keys at all
 * (early data): the next has its number. */
void decrypt_not_this(struct decrypt *d);

/* The sender's KeyUpdate: new keys from the next record on (RFC 8446 7.2). */
bool decrypt_update(struct decrypt *d);

#endif

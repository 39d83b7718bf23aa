/* cipher.h - one record's worth of OpenSSL: open, or find that it is not ours.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_CIPHER_H
#define TLS_CIPHER_H

#include "tls/suite.h"

enum { CIPHER_NONCE = 12 };

/* Opens `sealed` (content, then the tag) into out, which has room for
 * sealed.n bytes.  False when the tag does not fit. */
bool cipher_aead(const struct suite_cipher *cipher, struct span key,
                 const uint8_t nonce[CIPHER_NONCE], struct span covered,
                 struct span sealed, uint8_t *out);

/* Decrypts whole blocks; padding stays. */
bool cipher_cbc(const struct suite_cipher *cipher, struct span key,
                const uint8_t *iv, struct span sealed, uint8_t *out);

/* The HMAC of head and content is this one. */
bool cipher_mac_is(const char *digest, struct span key, struct span head,
                   struct span content, struct span mac);

#endif

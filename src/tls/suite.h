/* suite.h - cipher suites: their IANA names and what they are made of.
 *
 * The table holds what mail servers and clients offer; a suite that is not in
 * it has no name here and is shown by its number.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_SUITE_H
#define TLS_SUITE_H

#include "base/span.h"

/* Protocol versions as they stand on the wire. */
enum {
    VERSION_SSL2 = 0x0002,
    VERSION_SSL3 = 0x0300,
    VERSION_TLS10 = 0x0301,
    VERSION_TLS11 = 0x0302,
    VERSION_TLS12 = 0x0303,
    VERSION_TLS13 = 0x0304,
};

/* Suite numbers that are signals, not ciphers. */
enum {
    SUITE_RENEGOTIATION_SCSV = 0x00ff, /* RFC 5746 */
    SUITE_FALLBACK_SCSV = 0x5600,      /* RFC 7507 */
};

enum suite_exchange {
    EXCHANGE_TLS13, /* the key share says */
    EXCHANGE_ECDHE,
    EXCHANGE_DHE,
    EXCHANGE_RSA,
    EXCHANGE_ECDH,
    EXCHANGE_ANON,   /* nobody is authenticated */
    EXCHANGE_EXPORT, /* keys cut to 40 or 56 bits */
};

enum suite_mode { MODE_NULL, MODE_STREAM, MODE_CBC, MODE_AEAD, MODE_CCM };

/* What encrypts the records. */
struct suite_cipher {
    const char *evp; /* OpenSSL's name; NULL: not one we can open */
    enum suite_mode mode;
    uint8_t key;   /* bytes of key */
    uint8_t fixed; /* AEAD: bytes of the nonce that the key block gives */
    uint8_t sent;  /* AEAD up to TLS 1.2: bytes of the nonce in each record */
    uint8_t block; /* CBC */
    uint8_t tag;   /* AEAD */
};

struct suite {
    uint16_t number;
    const char *name;
    enum suite_exchange exchange;
    const struct suite_cipher *cipher;
    const char *mac; /* OpenSSL's digest name; NULL with AEAD */
    const char *prf; /* digest of the key derivation since TLS 1.2 */
    bool broken;     /* NULL, EXPORT, anonymous, RC4 or single DES */
    bool weak;       /* broken, or 3DES */
};

/* By number, or NULL. */
const struct suite *suite_find(uint16_t number);

/* The i-th of the table, in the order of numbers; NULL past the end. */
const struct suite *suite_at(size_t i);

/* One of the sixteen values that RFC 8701 reserves to be ignored, the same for
 * suites, groups, extensions and versions. */
bool suite_is_grease(uint16_t number);

/* Bytes of the digest named; 0 for none. */
size_t suite_digest_size(const char *digest);

/* How many bytes of a record's length are not content (padding of CBC counted
 * as one byte, the least there can be).  A suite of NULL counts as none. */
size_t suite_overhead(const struct suite *suite, uint16_t version);

#endif

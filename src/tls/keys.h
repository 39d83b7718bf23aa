/* keys.h - what a key log gave: the secrets of TLS sessions, by client random.
 *
 * The format is that of SSLKEYLOGFILE (NSS, OpenSSL, GnuTLS, curl, browsers):
 *
 *   CLIENT_RANDOM 64-hex-digits-of-client-random 96-hex-digits-of-secret
 *
 * Secrets come from files and from blocks inside captures, and may come while
 * the analysis runs.  They are used to open records and are never shown.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_KEYS_H
#define TLS_KEYS_H

#include "base/err.h"
#include "base/span.h"

enum {
    KEYS_SECRET_MAX = 48, /* bytes of the longest secret */
    KEYS_PREMASTER_SIZE = 48,
    KEYS_LINE_MAX = 1024, /* longer lines are bad */
    KEYS_MAX = 1 << 20,   /* secrets kept; those after it count as bad */
};

enum keys_label {
    KEYS_MASTER, /* CLIENT_RANDOM: the master secret up to TLS 1.2 */
    KEYS_CLIENT_HANDSHAKE,
    KEYS_SERVER_HANDSHAKE,
    KEYS_CLIENT_TRAFFIC,
    KEYS_SERVER_TRAFFIC,
    KEYS_PREMASTER, /* RSA: found by the first 8 encrypted bytes of it */
};

struct tls_keys_counts {
    uint64_t kept;    /* secrets that can be looked up */
    uint64_t unknown; /* lines with a label that is of no use here */
    uint64_t bad;     /* lines that do not follow the format */
};

struct tls_keys;

struct tls_keys *tls_keys_new(void);
void tls_keys_free(struct tls_keys **keys);

/* Reads lines from memory; the last needs no newline. */
void tls_keys_add(struct tls_keys *keys, struct span lines);

/* Reads a file, and keeps it open so that tls_keys_more() can read what was
 * written to it since.  One file at most is kept open: the last one. */
bool tls_keys_open(struct tls_keys *keys, const char *path, struct err *err);

/* Reads what the open file got meanwhile.  A line that was half written is
 * read again when it is whole.  Cheap when there is nothing. */
void tls_keys_more(struct tls_keys *keys);

/* The secret with this label for this client random (KEYS_PREMASTER: for these
 * 8 bytes); false when there is none.  Where a log has several, the last.
 * Borrowed until the next add. */
bool tls_keys_find(const struct tls_keys *keys, enum keys_label label,
                   struct span client_random, struct span *secret);

/* Reads the server's private RSA key from a PEM file: it opens sessions whose
 * key exchange is RSA.  One key; a second replaces the first. */
bool tls_keys_rsa(struct tls_keys *keys, const char *path, struct err *err);

/* Whether tls_keys_premaster() can ever succeed. */
bool tls_keys_has_premasters(const struct tls_keys *keys);

/* The premaster secret that the client encrypted so, by an RSA line of a log
 * or by the private key; false when neither knows it. */
bool tls_keys_premaster(const struct tls_keys *keys, struct span encrypted,
                        uint8_t out[KEYS_PREMASTER_SIZE]);

const struct tls_keys_counts *tls_keys_counts(const struct tls_keys *keys);

#endif

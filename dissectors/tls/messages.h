/* messages.h - one function per handshake message that tells us something.
 *
 * Each takes the message's body.  False: it does not fit together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_MESSAGES_H
#define TLS_MESSAGES_H

#include "base/cursor.h"
#include "tls/state.h"

/* end: the stream offset behind the message. */
bool client_hello(struct tls *tls, struct span body, uint64_t end,
                  struct facts *out);
bool client_hello_ssl2(struct tls *tls, struct span body, uint64_t end,
                       struct facts *out);
bool server_hello(struct tls *tls, struct span body, struct facts *out);
bool server_key_exchange(struct tls *tls, struct span body, struct facts *out);
bool client_key_exchange(struct tls *tls, struct span body);

/* Extensions (RFC 8446 4.2).  Numbers of those that are read. */
enum extension_type {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_GROUPS = 10,
    EXTENSION_SIGNATURES = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_ENCRYPT_THEN_MAC = 22,
    EXTENSION_EXTENDED_MASTER = 23,
    EXTENSION_SESSION_TICKET = 35,
    EXTENSION_PRE_SHARED_KEY = 41,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_VERSIONS = 43,
    EXTENSION_KEY_SHARE = 51,
    EXTENSION_ECH = 0xfe0d,
    EXTENSION_RENEGOTIATION = 0xff01,
};

/* Cuts the next extension off the front of *list; false at the end.  One that
 * is cut short sets list->bad. */
bool extension_take(struct cursor *list, uint16_t *type, struct span *body);

/* A vector whose length comes first, in one byte or in two. */
struct span vector8(struct cursor *c);
struct span vector16(struct cursor *c);

/* Drafts of TLS 1.3 (0x7fNN) count as TLS 1.3 when versions are compared. */
uint16_t version_rank(uint16_t version);

#endif

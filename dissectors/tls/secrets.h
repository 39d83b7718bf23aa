/* secrets.h - which keys open what comes next.
 *
 * Without keys, or with keys that do not fit, records stay closed and their
 * sizes are all that is learnt.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_SECRETS_H
#define TLS_SECRETS_H

#include "tls/state.h"

/* TLS 1.3, after ServerHello: both sides. */
void secrets_handshake(struct tls *tls);

/* TLS 1.3, after dir's Finished. */
void secrets_traffic(struct tls *tls, enum dir dir);

/* TLS 1.3, after dir's KeyUpdate. */
void secrets_update(struct tls *tls, enum dir dir);

/* Keeps a handshake message, header included, that RFC 7627 may mix into the
 * keys. */
void secrets_message(struct tls *tls, struct span message);

/* Up to TLS 1.2, after dir's ChangeCipherSpec. */
void secrets_change(struct tls *tls, enum dir dir);

/* What keys there were, for tls.shape: none, missing or wrong. */
struct span secrets_word(const struct tls *tls);

/* The keys do not fit: nothing more is opened; told once. */
void secrets_failed(struct tls *tls, struct facts *out);

#endif

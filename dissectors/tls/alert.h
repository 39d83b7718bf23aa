/* alert.h - alerts that can be read (RFC 8446 6, RFC 5246 7.2).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_ALERT_H
#define TLS_ALERT_H

#include "tls/state.h"

/* Content of an alert record, clear or decrypted. */
void alert_bytes(struct tls *tls, enum dir dir, struct span content,
                 struct facts *out);

#endif

/* opaque.h - what records say that nobody can open: their type and length.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_OPAQUE_H
#define TLS_OPAQUE_H

#include "tls/state.h"

/* An encrypted record was sent. */
void opaque_record(struct tls *tls, enum dir dir, const struct record *record,
                   struct facts *out);

/* What it came to, at the end of the connection. */
void opaque_tell(const struct tls *tls, struct facts *out);

#endif

/* foreign.h - something that is not TLS, where TLS was expected.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_FOREIGN_H
#define TLS_FOREIGN_H

#include "tls/state.h"

/* Takes bytes of a direction that does not speak TLS; tells tls.not_tls when
 * its first line is whole, and ends the dissection.  Returns how many bytes
 * were used. */
size_t foreign_feed(struct tls *tls, enum dir dir, struct span bytes,
                    struct facts *out);

/* The connection is over: tells the line that was never finished. */
void foreign_end(struct tls *tls, struct facts *out);

#endif

/* certificate.h - the Certificate message and what it shows (RFC 8446 4.4.2,
 * RFC 5246 7.4.2, RFC 5280).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_CERTIFICATE_H
#define TLS_CERTIFICATE_H

#include "tls/state.h"

enum {
    CERTIFICATES_MAX = 16, /* of a chain are looked at */
    CHAINS_MAX = 8,        /* of a connection: checking one takes a while */
};

/* The body of the message.  False: it does not fit together.  A certificate
 * inside that cannot be read is told as such, and is no such error. */
bool certificate_of_server(struct tls *tls, struct span body,
                           struct facts *out);

/* Of the client's, only whether it had one. */
bool certificate_of_client(struct tls *tls, struct span body);

#endif

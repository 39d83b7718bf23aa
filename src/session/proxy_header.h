/* proxy_header.h - what a balancer says to a server before the client speaks:
 * for whom it connects (the PROXY protocol of HAProxy, versions 1 and 2).
 *
 *   1:  "PROXY TCP4 192.0.2.10 198.51.100.25 40000 993\r\n"
 *   2:  signature 12 | version and command 1 | family 1 | length 2 | addresses,
 *       options
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_PROXY_HEADER_H
#define SESSION_PROXY_HEADER_H

#include "base/address.h"
#include "base/span.h"

enum proxy_found {
    PROXY_NONE,  /* the bytes begin with no such header */
    PROXY_PART,  /* what there is of them may be one */
    PROXY_WHOLE,
};

struct proxy_header {
    unsigned version;      /* 1 or 2 */
    size_t n;              /* its bytes, of which ... */
    size_t known;          /* ... so many come before options of any kind */
    char client[ADDRESS_TEXT]; /* as text; empty if it does not say */
};

/* Looks at the first bytes of a connection.  *header is filled when it is
 * PROXY_WHOLE. */
enum proxy_found proxy_header_read(struct span bytes,
                                   struct proxy_header *header);

#endif

/* secure_sites.h - with whom clients talk over HTTPS, by the names that their
 * TLS handshakes say.
 *
 * Once for each client and name: a mailbox may be read, and mail be blocked, on
 * the web as well.  Nothing else of these connections is looked at.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_HTTP_SECURE_SITES_H
#define DISSECTORS_HTTP_SECURE_SITES_H

#include "base/address.h"
#include "fact/store.h"

enum { SECURE_SITES_MAX = 256 }; /* the first ones are kept */

struct secure_sites;

struct secure_sites *secure_sites_new(void);
void secure_sites_free(struct secure_sites **sites);

/* A segment of the client's.  One is enough: a ClientHello that goes on in the
 * next has its name in the first, or is passed over. */
void secure_sites_segment(struct secure_sites *sites,
                          const struct address *client,
                          const struct address *server, struct span content,
                          uint64_t frame, int64_t time);

/* Tells web.connection for each, in their order. */
void secure_sites_tell(const struct secure_sites *sites, struct facts *out);

#endif

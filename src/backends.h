/* backends.h - what a mail server itself asked for and did not get: a filter,
 * a directory, a mailbox server behind it (Postfix milters and content filters,
 * Dovecot's LDAP or SQL, a proxy's backend).
 *
 * Only a capture on or beside the server shows it.  There the refused
 * connection is the cause, and what the server then told its client ("service
 * unavailable") a symptom.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BACKENDS_H
#define BACKENDS_H

#include "fact/store.h"
#include "flow/flow.h"
#include "net/packet.h"
#include "session/book.h"

struct backends;

struct backends *backends_new(void);
void backends_free(struct backends **backends);

/* Every packet: which addresses are the capturing host's own, as far as the
 * link layer tells.  Its 127.0.0.1 is then theirs. */
void backends_packet(struct backends *backends, const struct packet *packet);

/* The flow's server is taken for a mail server from now on. */
void backends_serves(struct backends *backends, const struct flow *flow);

/* The flow is over, whatever it was for. */
void backends_over(struct backends *backends, const struct flow *flow);

/* Tells backend.failed of each session during which, or at once after which,
 * that happened. */
void backends_tell(const struct backends *backends, struct book *book,
                   struct facts *out);

#endif

/* idents.h - who asked whom, by the ident protocol (RFC 1413), who it is.
 *
 * Some mail servers ask the client's computer before they greet, and wait for
 * an answer that hardly anybody gives today.
 *
 * Tells the fact `ident.query`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_IDENTS_H
#define FLOW_IDENTS_H

#include "fact/store.h"
#include "flow/flow.h"
#include "net/packet.h"

enum { IDENT_PORT = 113 };

struct idents;

struct idents *idents_new(void);
void idents_free(struct idents **idents);

/* A packet of a flow to IDENT_PORT. */
void idents_packet(struct idents *idents, const struct flow *flow,
                   const struct packet *packet);

/* Tells ident.query if the server of this flow asked its client while the flow
 * lasted; the first time counts. */
void idents_tell(const struct idents *idents, const struct flow *mail,
                 struct facts *out);

#endif

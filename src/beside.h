/* beside.h - what happens beside the mail connections and explains them: DNS,
 * ARP and NDP, ICMP, connections to web services of mail providers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BESIDE_H
#define BESIDE_H

#include "fact/store.h"
#include "finding/result.h"
#include "flow/flow.h"
#include "flow/pairs.h"
#include "net/packet.h"
#include "session/book.h"
#include "tlsa.h"
#include "tls/keys.h"

struct beside;

struct beside *beside_new(void);
void beside_free(struct beside **beside);

/* Every packet: whose frames the capture sees at all. */
void beside_any(struct beside *beside, const struct packet *packet);

void beside_udp(struct beside *beside, const struct packet *packet);
void beside_icmp(struct beside *beside, const struct packet *packet);

/* A TCP packet of a flow that is not mail. */
void beside_tcp(struct beside *beside, const struct flow *flow,
                const struct packet *packet);

/* From now on the flow's server is taken for a mail server. */
void beside_serves(struct beside *beside, const struct flow *flow);

/* The flow is over, mail or not. */
void beside_over(struct beside *beside, const struct flow *flow);

/* A new connection was tried. */
void beside_attempt(struct beside *beside, const struct flow *flow);

/* The server of this flow answered its client, with yes or no; or a mail
 * connection got no answer at all.  Where both are so, host.answered is told:
 * the host is there, and one of its ports is silent.  Flows that are none for
 * mail come by way of beside_tcp(). */
void beside_answered(struct beside *beside, const struct flow *flow);
void beside_silent(struct beside *beside, const struct flow *flow);

/* Whether a packet that belongs to no connection is one that no system sends of
 * itself: without SYN, ACK and RST.  Only who looks for open ports does. */
void beside_stray(struct beside *beside, const struct flow *flow,
                  const struct packet *packet);
bool beside_probed(const struct beside *beside, const struct flow *flow);

/* How many ports of this flow's server its client has tried, up to
 * PAIR_PORTS: whoever tries so many looks for open ports, not for mail. */
size_t beside_ports_tried(const struct beside *beside, const struct flow *flow);

/* The name the flow's client looked up for the flow's server, before the flow
 * began; empty if none.  Borrowed until beside_free(). */
struct span beside_name(struct beside *beside, const struct flow *flow);

/* Before the flow began, its client had looked up what certificate a server of
 * that name must show: tells dns.tlsa, and gives the records, borrowed until
 * beside_free().  Empty if it had not. */
struct tlsa_set beside_tlsa(struct beside *beside, const struct flow *flow,
                            struct span name, struct facts *out);

/* How long that look-up took, in seconds; negative if there was none. */
double beside_name_delay(struct beside *beside, const struct flow *flow);

/* The flow is over: fills what look-ups say about its session. */
void beside_session(struct beside *beside, const struct flow *flow,
                    struct fact_session *session);

/* Tells ident.query, if the flow's server asked its client meanwhile. */
void beside_tell_ident(const struct beside *beside, const struct flow *flow,
                       struct facts *out);

/* Tells icmp.unreachable about a packet of this flow, where the ICMP message is
 * such an error. */
void beside_tell_icmp(const struct packet *icmp, const struct flow *flow,
                      struct facts *out);

/* What the layers counted over the whole capture. */
struct beside_counts {
    uint64_t dropped; /* packets, by the capturing program */
    const struct flow_counts *flows;
    const struct net_counts *net;
    const struct tls_keys_counts *keys;
};

/* At the end: tells dns.lookup, dns.encrypted, arp.*, address.*, link.*,
 * icmp.echo, outage, dhcp.exchange, http.check, web.connection, host.answered,
 * backend.failed and the `capture` fact. */
void beside_tell(struct beside *beside, struct book *book,
                 const struct result *result,
                 const struct beside_counts *counts, struct facts *out);

#endif

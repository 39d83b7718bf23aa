/* conversation.h - one mail connection from its bytes to its facts.
 *
 * Finds out which protocol is spoken (by what is said; the port is a hint),
 * hands the bytes to its dissector, to the TLS dissector after STARTTLS or from
 * the start, and what that decrypts back to the mail dissector.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_CONVERSATION_H
#define SESSION_CONVERSATION_H

#include "dissector.h"
#include "flow/flow.h"
#include "net/packet.h"
#include "session/summary.h"

struct conversation;

/* What holds for all of them. */
struct conversation_settings {
    const struct tls_keys *keys;   /* may be NULL */
    const struct tls_trust *trust; /* may be NULL */
    bool show_users;
};

/* What --decode-as says of a port. */
struct forced {
    const struct dissector *mail; /* NULL: nothing */
    bool implicit_tls;            /* TLS is expected from the first byte */
};

/* Follows a flow from now on, forced as its port is.  name: what the client looked up, copied; may be empty.  late: the
 * flow had content before, which is not wanted: it begins with the packet that
 * comes next. */
struct conversation *conversation_new(struct flow *flow,
                                      struct forced forced,
                                      struct span name,
                                      const struct conversation_settings *s,
                                      bool late);

/* What the client had looked up about its server's certificate, before it
 * connected.  Borrowed until the conversation is freed. */
void conversation_expects(struct conversation *conversation,
                          struct tlsa_set tlsa);

void conversation_free(struct conversation **conversation);

/* A packet of its flow; event.duplicate ones must not come here. */
void conversation_packet(struct conversation *conversation,
                         const struct flow_event *event,
                         const struct packet *packet);

/* The flow has ended: the last facts are told.  `now` is the time of the last
 * packet of the capture so far. */
void conversation_end(struct conversation *conversation, int64_t now);

/* Whether it is mail: by its port, or because somebody spoke a mail protocol.
 * On ports that are for mail only now and then, silence is not mail. */
bool conversation_is_mail(const struct conversation *conversation);

/* The bytes can not be mail, so there is no sense in going on: the caller may
 * free it and forget the flow. */
bool conversation_is_foreign(const struct conversation *conversation);

struct facts *conversation_facts(struct conversation *conversation);
const struct summary *conversation_summary(const struct conversation *c);

/* Fills in all of the context but id. */
struct summary_context conversation_context(const struct conversation *c,
                                            int64_t now);

/* For flows on ports that are not for mail: whether this first content of the
 * server looks so much like a mail greeting that the flow is worth following.
 * Cheap. */
bool conversation_worth_trying(struct span server_content);

#endif

/* lookups_table.h - inside dns/: how lookups are kept and found.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DNS_LOOKUPS_TABLE_H
#define DISSECTORS_DNS_LOOKUPS_TABLE_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/text.h"
#include "lookups.h"

enum {
    BUCKETS = 1 << 13,
    LOOK_BACK = 512,  /* lookups searched for what only id or port tell */
    NODES_MAX = 4096, /* of one bucket, looked at for one connection */
};

struct lookup_node {
    struct lookup lookup;
    struct lookup_node *older; /* in its bucket */
    struct lookup_node *older_tlsa, *older_mx;
    uint64_t hash;
};

/* That a client got an address. */
struct address_node {
    struct lookup_node *of;
    const struct address *address;
    struct address_node *older;
};

/* A name that is a mail host's whatever it looks like: MX and SRV records, or a
 * mail connection, said so. */
struct mail_name {
    struct span name;
    struct mail_name *older;
};

/* What is known of a host besides its questions. */
struct host {
    struct address address;
    bool serves, active;
    struct host *older;
};

/* A connection, remembered for an answer that is stored after it. */
enum { USES = 8 };
struct use {
    struct address client, server;
    bool mail;
    int64_t time;
};

struct lookups {
    struct arena *arena;
    struct lookup_node **all; /* in the order of the first question */
    size_t count, room;
    uint64_t unlisted;
    struct lookup_node *questions[BUCKETS]; /* newest first */
    struct address_node *addresses[BUCKETS];
    struct mail_name *mail_names[BUCKETS];
    size_t mail_name_count;
    struct lookup_node *tlsa, *mx; /* answers to such questions, newest first */
    struct host *hosts[BUCKETS];
    size_t host_count;
    struct use uses[USES]; /* a ring */
    size_t use_count;      /* in all */
};

static inline uint64_t address_hash(const struct address *a, uint64_t seed)
{
    return hash_bytes((struct span){a->bytes, sizeof(a->bytes)}, seed);
}

/* What is stored in the wrong order is so by less than this; and the same
 * question with the same id from the same port after less than this is the same
 * packet, captured twice. */
#define SAME_WITHIN (CLOCK_SECOND / 20)

/* An answer was stored; what was connected to just before may be of it. */
void lookups_use_again(struct lookups *lookups, int64_t answered);

/* Fills what the answer says. */
void lookup_answer(struct lookups *lookups, struct lookup_node *node,
                   const struct dns_message *message);

/* Whether the message, the second to one question, says something else than the
 * first did: another outcome, or none of its addresses.  Then it is kept. */
bool lookup_other_answer(struct lookups *lookups, struct lookup *lookup,
                         const struct dns_message *message);

struct span lookup_outcome_name(enum lookup_outcome outcome);

/* "192.0.2.1 192.0.2.2" */
void lookup_addresses_text(struct text *text, const struct address *addresses,
                           size_t count);

/* A mail host's name that may have been meant; empty if there is none. */
struct span lookup_similar(const struct lookups *lookups,
                           const struct lookup *lookup);

/* NULL: nothing. */
const struct host *host_find(const struct lookups *lookups,
                             const struct address *address);

/* By the name alone. */
enum lookup_role lookup_name_role(struct span name, uint16_t type);

void mail_name_add(struct lookups *lookups, struct span name);
bool mail_name_is(const struct lookups *lookups, struct span name);

/* A record's data; false if it is too short for one. */
bool lookup_tlsa_read(struct span data, struct tlsa *record);

/* Keeps the records with the lookup; none supersede older ones, too. */
void lookup_tlsa_keep(struct lookups *lookups, struct lookup_node *node,
                      const struct tlsa *records, size_t count);

/* The host that a TLSA question is about: what follows port and protocol. */
struct span lookup_tlsa_host(const struct lookup *lookup);

/* Remembers that the lookup gave its i-th address. */
void address_add(struct lookups *lookups, struct lookup_node *node, size_t i);

#endif

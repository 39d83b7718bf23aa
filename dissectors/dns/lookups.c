/* lookups.c - see lookups.h: questions are listed, answers find them.
 *
 * An answer belongs to the newest lookup with its client, resolver, name and
 * type, if that was asked with its id from its port.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups.h"

#include <stdlib.h>

#include "base/hash.h"
#include "lookups_table.h"

/* The same question with the same id from the same port after less than this is
 * the same packet, captured twice. */
#define DUPLICATE_WITHIN (CLOCK_SECOND / 20)

/* After so long, no second answer to a packet is looked for. */
#define OTHER_WITHIN (2 * CLOCK_SECOND)

struct lookups *lookups_new(void)
{
    struct arena *arena = arena_new();
    struct lookups *lookups = arena_alloc(arena, sizeof(*lookups));
    lookups->arena = arena;
    return lookups;
}

void lookups_free(struct lookups **lookups)
{
    if (!*lookups)
        return;
    struct arena *arena = (*lookups)->arena;
    arena_free(&arena);
    *lookups = NULL;
}

/* Who asks whom what. */
struct question {
    struct address client, resolver;
    uint16_t port; /* the client's */
    uint16_t id;
    struct span name;
    uint16_t type;
};

static struct question question_of(const struct dns_seen *seen,
                                   const struct dns_message *message)
{
    bool response = message->response;
    return (struct question){
        .client = response ? seen->destination : seen->source,
        .resolver = response ? seen->source : seen->destination,
        .port = response ? seen->destination_port : seen->source_port,
        .id = message->id,
        .name = dns_name_span(&message->name),
        .type = message->type,
    };
}

static uint64_t address_hash(const struct address *a, uint64_t seed)
{
    return hash_bytes((struct span){a->bytes, sizeof(a->bytes)}, seed);
}

static uint64_t question_hash(const struct question *q)
{
    uint64_t hash = hash_bytes(q->name, q->type);
    return address_hash(&q->resolver, address_hash(&q->client, hash));
}

/* The newest lookup that asks this, or NULL. */
static struct lookup_node *find(const struct lookups *lookups,
                                const struct question *q)
{
    uint64_t hash = question_hash(q);
    struct lookup_node *node = lookups->questions[hash % BUCKETS];
    for (; node; node = node->older) {
        const struct lookup *l = &node->lookup;
        if (node->hash == hash && l->type == q->type &&
            span_same(l->name, q->name) && address_same(&l->client, &q->client) &&
            address_same(&l->resolver, &q->resolver))
            return node;
    }
    return NULL;
}

static struct lookup_node *add(struct lookups *lookups,
                               const struct question *q, int64_t time)
{
    if (lookups->count == LOOKUPS_MAX) {
        lookups->unlisted++;
        return NULL;
    }
    struct lookup_node *node = arena_alloc(lookups->arena, sizeof(*node));
    node->lookup.client = q->client;
    node->lookup.resolver = q->resolver;
    node->lookup.name = arena_copy(lookups->arena, q->name);
    node->lookup.type = q->type;
    node->lookup.first_asked = time;
    node->hash = question_hash(q);
    node->older = lookups->questions[node->hash % BUCKETS];
    lookups->questions[node->hash % BUCKETS] = node;
    lookups->all = arena_grow(lookups->arena, lookups->all, lookups->count,
                              &lookups->room, lookups->count + 1,
                              sizeof(*lookups->all));
    lookups->all[lookups->count++] = node;
    return node;
}

/* Whether it was asked with this id from this port.  The ring keeps the last
 * LOOKUP_ASKED. */
static const struct lookup_asked *asked_with(const struct lookup *l,
                                             uint16_t id, uint16_t port)
{
    size_t kept = l->asked_count < LOOKUP_ASKED ? l->asked_count : LOOKUP_ASKED;
    for (size_t i = 0; i < kept; i++) {
        if (l->asked[i].id == id && l->asked[i].port == port)
            return &l->asked[i];
    }
    return NULL;
}

/* How many packets asked with them, of those remembered. */
static size_t times_asked_with(const struct lookup *l, uint16_t id,
                               uint16_t port)
{
    size_t kept = l->asked_count < LOOKUP_ASKED ? l->asked_count : LOOKUP_ASKED;
    size_t times = 0;
    for (size_t i = 0; i < kept; i++)
        times += l->asked[i].id == id && l->asked[i].port == port;
    return times;
}

static bool asked_from(const struct lookup *l, uint16_t port)
{
    size_t kept = l->asked_count < LOOKUP_ASKED ? l->asked_count : LOOKUP_ASKED;
    for (size_t i = 0; i < kept; i++) {
        if (l->asked[i].port == port)
            return true;
    }
    return false;
}

static bool is_open(const struct lookup *l)
{
    return l->outcome == LOOKUP_UNANSWERED ||
           l->outcome == LOOKUP_UNREACHABLE || l->outcome == LOOKUP_TRUNCATED;
}

/* A retry, or the same once more over TCP because the answer did not fit. */
static bool is_retry(const struct lookup *l, int64_t time)
{
    return is_open(l) && time - l->last_asked <= LOOKUP_RETRY_WITHIN;
}

static void on_question(struct lookups *lookups, const struct question *q,
                        const struct dns_seen *seen, bool edns)
{
    struct lookup_node *node = find(lookups, q);
    if (node) {
        const struct lookup_asked *before =
            asked_with(&node->lookup, q->id, q->port);
        if (before && before->tcp == seen->tcp &&
            seen->time - before->time < DUPLICATE_WITHIN)
            return;
    }
    if (!node || !is_retry(&node->lookup, seen->time))
        node = add(lookups, q, seen->time);
    if (!node)
        return;
    struct lookup *l = &node->lookup;
    l->asked[l->asked_count++ % LOOKUP_ASKED] =
        (struct lookup_asked){.id = q->id,
                              .port = q->port,
                              .tcp = seen->tcp,
                              .edns = edns,
                              .time = seen->time};
    l->queries++;
    l->edns_queries += edns;
    l->last_asked = seen->time;
    l->asked_frame = seen->frame;
}

/* An error may come without the question it is about: then id and ports must
 * do. */
static struct lookup_node *find_by_id(const struct lookups *lookups,
                                      const struct question *q)
{
    for (size_t back = 1; back <= lookups->count && back <= LOOK_BACK; back++) {
        struct lookup_node *node = lookups->all[lookups->count - back];
        const struct lookup *l = &node->lookup;
        if (is_open(l) && asked_with(l, q->id, q->port) &&
            address_same(&l->client, &q->client) &&
            address_same(&l->resolver, &q->resolver))
            return node;
    }
    return NULL;
}

/* One packet asked, and two that differ claim to be the answer.  A packet sent
 * twice may well be answered twice, and differently: rotation, new data. */
static void on_second_answer(struct lookups *lookups, struct lookup *l,
                             const struct question *q,
                             const struct dns_seen *seen,
                             const struct dns_message *message)
{
    if (l->other_answer.n || seen->tcp || message->truncated ||
        q->id != l->answer_id || q->port != l->answer_port ||
        l->asked_count > LOOKUP_ASKED ||
        times_asked_with(l, q->id, q->port) != 1 ||
        seen->time - l->answered > OTHER_WITHIN ||
        !lookup_other_answer(lookups, l, message))
        return;
    l->other_delay = seen->time - l->answered;
    l->other_distance = l->answer_ttl != seen->ttl;
}

static void on_answer(struct lookups *lookups, const struct question *q,
                      const struct dns_seen *seen,
                      const struct dns_message *message)
{
    struct lookup_node *node =
        message->asks ? find(lookups, q) : find_by_id(lookups, q);
    if (!node && !message->asks)
        return;
    /* Its question was before the capture began. */
    if (!node || node->lookup.asked_count == 0) {
        if (node && seen->time - node->lookup.answered < DUPLICATE_WITHIN)
            return;
        node = add(lookups, q, seen->time);
        if (!node)
            return;
    } else {
        struct lookup *l = &node->lookup;
        const struct lookup_asked *asked = asked_with(l, q->id, q->port);
        if (!asked)
            return; /* late, or forged */
        if (!is_open(l)) { /* late, forged, or captured twice */
            on_second_answer(lookups, l, q, seen, message);
            return;
        }
        l->plain_answered = l->edns_queries > 0 && !asked->edns &&
                            !asked->tcp && !l->was_truncated;
    }
    if (node->lookup.outcome == LOOKUP_TRUNCATED && message->truncated)
        return;
    node->lookup.answered = seen->time;
    node->lookup.answer_frame = seen->frame;
    node->lookup.answer_id = q->id;
    node->lookup.answer_port = q->port;
    node->lookup.answer_ttl = seen->ttl;
    lookup_answer(lookups, node, message);
}

void lookups_message(struct lookups *lookups, const struct dns_seen *seen,
                     struct span bytes)
{
    struct dns_message message;
    if (!dns_read(bytes, &message) || message.opcode != 0)
        return;
    uint16_t port =
        message.response ? seen->source_port : seen->destination_port;
    if (port != DNS_PORT || message.type == DNS_AXFR ||
        message.type == DNS_IXFR)
        return;
    struct question question = question_of(seen, &message);
    if (message.response)
        on_answer(lookups, &question, seen, &message);
    else if (message.asks)
        on_question(lookups, &question, seen, message.edns);
}

/* A resolver's library asks for A and AAAA from one port: all that are open on
 * it are told at once. */
void lookups_unreachable(struct lookups *lookups, const struct address *client,
                         const struct address *resolver, uint16_t client_port,
                         uint64_t frame, int64_t time)
{
    for (size_t back = 1; back <= lookups->count && back <= LOOK_BACK; back++) {
        struct lookup *l = &lookups->all[lookups->count - back]->lookup;
        if (l->outcome != LOOKUP_UNANSWERED || !asked_from(l, client_port) ||
            !address_same(&l->client, client) ||
            !address_same(&l->resolver, resolver))
            continue;
        l->outcome = LOOKUP_UNREACHABLE;
        l->answered = time;
        l->answer_frame = frame;
    }
}

void lookups_tcp(struct lookups *lookups, const struct address *client,
                 const struct address *resolver, enum lookup_tcp how)
{
    for (size_t back = 1; back <= lookups->count && back <= LOOK_BACK; back++) {
        struct lookup *l = &lookups->all[lookups->count - back]->lookup;
        if (l->outcome == LOOKUP_TRUNCATED && l->tcp < how &&
            address_same(&l->client, client) &&
            address_same(&l->resolver, resolver))
            l->tcp = how;
    }
}

/* ---- hosts ---- */

const struct host *host_find(const struct lookups *lookups,
                             const struct address *address)
{
    const struct host *host = lookups->hosts[address_hash(address, 0) % BUCKETS];
    while (host && !address_same(&host->address, address))
        host = host->older;
    return host;
}

/* NULL when there are too many. */
static struct host *host_of(struct lookups *lookups,
                            const struct address *address)
{
    struct host **bucket =
        &lookups->hosts[address_hash(address, 0) % BUCKETS];
    struct host *host = *bucket;
    while (host && !address_same(&host->address, address))
        host = host->older;
    if (host || lookups->host_count == LOOKUPS_MAX)
        return host;
    host = arena_alloc(lookups->arena, sizeof(*host));
    host->address = *address;
    host->older = *bucket;
    *bucket = host;
    lookups->host_count++;
    return host;
}

void lookups_serves(struct lookups *lookups, const struct address *address)
{
    struct host *host = host_of(lookups, address);
    if (host)
        host->serves = true;
}

void lookups_active(struct lookups *lookups, const struct address *address)
{
    /* Half of the room is left for those that serve. */
    if (lookups->host_count >= LOOKUPS_MAX / 2 && !host_find(lookups, address))
        return;
    struct host *host = host_of(lookups, address);
    if (host)
        host->active = true;
}

/* ---- addresses that clients got ---- */

static size_t address_bucket(const struct address *client,
                             const struct address *address)
{
    return address_hash(address, address_hash(client, 0)) % BUCKETS;
}

/* A host with both families asks over one and connects over the other: then
 * all that is known of who asked is the family. */
static struct address anybody(uint8_t family)
{
    return (struct address){.family = family};
}

static void address_add_for(struct lookups *lookups, struct lookup_node *node,
                            size_t i, const struct address *client)
{
    struct address_node *added = arena_alloc(lookups->arena, sizeof(*added));
    const struct lookup *l = &node->lookup;
    size_t bucket = address_bucket(client, &l->addresses[i]);
    added->of = node;
    added->address = &l->addresses[i];
    added->older = lookups->addresses[bucket];
    lookups->addresses[bucket] = added;
}

void address_add(struct lookups *lookups, struct lookup_node *node, size_t i)
{
    struct address family = anybody(node->lookup.client.family);
    address_add_for(lookups, node, i, &node->lookup.client);
    address_add_for(lookups, node, i, &family);
}

static struct lookup_name name_of(const struct lookup *l)
{
    return (struct lookup_name){
        .name = l->name,
        .delay = l->answered - l->first_asked,
        .answered = l->answered,
        .frame = l->answer_frame,
        .asker = l->client,
    };
}

/* Who may have asked for the name that the client then used: itself; itself by
 * its address of the other family; itself by an address that is never used for
 * connections to far away, such as that of a resolver on the same host. */
enum asker { ASKER_SELF, ASKER_OTHER_FAMILY, ASKER_NEAR, ASKERS };

struct wanted {
    enum asker asker;
    const struct address *client, *server;
    int64_t time; /* the answer came before */
};

static uint8_t asker_family(const struct wanted *w)
{
    bool other = w->asker == ASKER_OTHER_FAMILY;
    return (w->client->family == 4) == other ? 6 : 4;
}

static bool is_near(const struct address *asker)
{
    enum address_class class = address_class(asker);
    return class == ADDRESS_LOOPBACK || class == ADDRESS_LINK_LOCAL ||
           (class == ADDRESS_PRIVATE && asker->family == 6);
}

static struct address_node *first_node(const struct lookups *lookups,
                                       const struct wanted *w)
{
    struct address key = *w->client;
    if (w->asker != ASKER_SELF)
        key = anybody(asker_family(w));
    return lookups->addresses[address_bucket(&key, w->server)];
}

static bool is_wanted(const struct address_node *node, const struct wanted *w)
{
    const struct lookup *l = &node->of->lookup;
    if (l->answered > w->time || !address_same(node->address, w->server))
        return false;
    if (w->asker == ASKER_SELF)
        return address_same(&l->client, w->client);
    return l->client.family == asker_family(w) &&
           (w->asker == ASKER_OTHER_FAMILY || is_near(&l->client));
}

/* The last answer; but where several names have the address, the last of those
 * that are names of mail hosts: it is mail that asks which name it was. */
static const struct lookup *best_name(const struct lookups *lookups,
                                      const struct wanted *w)
{
    const struct lookup *last = NULL;
    size_t seen = 0;
    for (const struct address_node *node = first_node(lookups, w);
         node && seen < NODES_MAX; node = node->older, seen++) {
        const struct lookup *l = &node->of->lookup;
        if (!is_wanted(node, w))
            continue;
        if (lookups_role(lookups, l) == LOOKUP_MAILHOST)
            return l;
        last = last ? last : l;
    }
    return last;
}

bool lookups_name(const struct lookups *lookups, const struct address *client,
                  const struct address *server, int64_t time,
                  struct lookup_name *found)
{
    const struct lookup *l = NULL;
    for (int asker = ASKER_SELF; asker < ASKERS && !l; asker++) {
        struct wanted w = {(enum asker)asker, client, server, time};
        l = best_name(lookups, &w);
    }
    if (l)
        *found = name_of(l);
    return l != NULL;
}

static void mark_used(const struct lookups *lookups, const struct wanted *w)
{
    size_t seen = 0;
    for (struct address_node *node = first_node(lookups, w);
         node && seen < NODES_MAX; node = node->older, seen++) {
        if (!is_wanted(node, w))
            continue;
        node->of->lookup.used = true;
    }
}

void lookups_used(struct lookups *lookups, const struct address *client,
                  const struct address *server, bool mail)
{
    struct lookup_name found;
    if (mail && lookups_name(lookups, client, server, INT64_MAX, &found))
        mail_name_add(lookups, found.name);
    for (int asker = ASKER_SELF; asker < ASKERS; asker++) {
        struct wanted w = {(enum asker)asker, client, server, INT64_MAX};
        mark_used(lookups, &w);
    }
}

/* ---- walking ---- */

void lookups_each(const struct lookups *lookups,
                  void (*each)(void *user, const struct lookup *lookup),
                  void *user)
{
    for (size_t i = 0; i < lookups->count; i++)
        each(user, &lookups->all[i]->lookup);
}

uint64_t lookups_count(const struct lookups *lookups)
{
    return lookups->count + lookups->unlisted;
}

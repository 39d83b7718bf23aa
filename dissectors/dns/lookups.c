/* lookups.c - see lookups.h: questions are listed, answers find them.
 *
 * An answer belongs to the newest lookup with its client, resolver, name and
 * type, if that was asked with its id from its port.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups.h"

#include <stdlib.h>

#include "lookups_table.h"

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
            span_same(l->name, q->name) &&
            address_same(&l->client, &q->client) &&
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
    lookups->all =
        arena_grow(lookups->arena, lookups->all, lookups->count, &lookups->room,
                   lookups->count + 1, sizeof(*lookups->all));
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

/* A capture may store the answer before its question. */
static bool answered_already(const struct lookup *l, const struct question *q,
                             int64_t time)
{
    return l->asked_count == 0 && !is_open(l) && l->answer_id == q->id &&
           l->answer_port == q->port && time < l->answered + SAME_WITHIN &&
           time > l->answered - SAME_WITHIN;
}

static void on_question(struct lookups *lookups, const struct question *q,
                        const struct dns_seen *seen, bool edns)
{
    struct lookup_node *node = find(lookups, q);
    if (node) {
        const struct lookup_asked *before =
            asked_with(&node->lookup, q->id, q->port);
        if (before && before->tcp == seen->tcp &&
            seen->time - before->time < SAME_WITHIN)
            return;
    }
    bool mine = node && answered_already(&node->lookup, q, seen->time);
    if (mine && seen->time < node->lookup.first_asked)
        node->lookup.first_asked = seen->time;
    if (!mine && (!node || !is_retry(&node->lookup, seen->time)))
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
        if (node && seen->time - node->lookup.answered < SAME_WITHIN)
            return;
        node = add(lookups, q, seen->time);
        if (!node)
            return;
    } else {
        struct lookup *l = &node->lookup;
        const struct lookup_asked *asked = asked_with(l, q->id, q->port);
        if (!asked)
            return;        /* late, or forged */
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
    lookups_use_again(lookups, seen->time);
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
void lookups_unreachable(struct lookups *lookups,
                         const struct dns_undelivered *error)
{
    for (size_t back = 1; back <= lookups->count && back <= LOOK_BACK; back++) {
        struct lookup *l = &lookups->all[lookups->count - back]->lookup;
        if (l->outcome != LOOKUP_UNANSWERED ||
            !asked_from(l, error->client_port) ||
            !address_same(&l->client, &error->client) ||
            !address_same(&l->resolver, &error->resolver))
            continue;
        l->outcome = LOOKUP_UNREACHABLE;
        l->unreachable = error->what;
        l->reporter = error->reporter;
        l->answered = error->time;
        l->answer_frame = error->frame;
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

uint64_t lookups_count(const struct lookups *lookups)
{
    return lookups->count + lookups->unlisted;
}

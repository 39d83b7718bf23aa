/* judge.c - see judge.h.
 *
 * Subjects of more than one session are put together here: the sessions are
 * sorted by what they share, and each run of equals becomes a store of facts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "story/endpoints.h"
#include "story/visits.h"

struct judging {
    const struct rules *rules;
    struct book *book;
    const struct facts *beside;
    const struct attempts *attempts;
    const struct result *result;
    struct arena *mem;
    struct findings *findings;
    struct facts *endpoints; /* what is told of all of them */
};

static void found(void *user, const struct match *match)
{
    const struct judging *j = user;
    findings_add(j->findings, match);
}

static void judge(struct judging *j, enum scope scope, struct facts **subject)
{
    rules_judge(j->rules, scope, *subject, j->mem, found, j);
    facts_free(subject);
}

static struct facts *subject_new(void)
{
    struct facts *facts = facts_new(0);
    facts_keep(facts, BOOK_MAX);
    return facts;
}

static void add_session(struct facts *subject, const struct book_entry *entry)
{
    const struct fact fact = {
        .kind = &fact_kinds[FACT_KIND_session],
        .values = &entry->session,
        .frame = entry->first_frame,
        .time = entry->start,
        .session = entry->session.id,
    };
    facts_refer(subject, &fact);
}

static const struct fact_dns_lookup *lookup_of(const struct fact *fact)
{
    return fact->values;
}

/* Sessions in an order in which those that share a key are neighbours. */
struct sorted {
    const struct book_entry **entries;
    size_t count;
};

/* Who had sessions.  In a capture of few hosts, an address that only asks is
 * another one of theirs; in one of many, nobody can tell whose. */
enum { FEW_CLIENTS = 4 };
struct clients {
    struct sorted sessions; /* by client */
    struct span few[FEW_CLIENTS];
    size_t count; /* distinct */
};

static int by_id(const struct book_entry *a, const struct book_entry *b)
{
    return (a->session.id > b->session.id) - (a->session.id < b->session.id);
}

static int by_endpoint(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = book_compare_servers(x, y);
    return order ? order : by_id(x, y);
}

static int by_client(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = span_compare(x->session.client, y->session.client);
    return order ? order : by_id(x, y);
}

static struct sorted sorted_sessions(struct book *book,
                                     int (*order)(const void *, const void *))
{
    struct sorted s = {NULL, book_count(book)};
    s.entries = must_alloc(s.count * sizeof(const struct book_entry *));
    for (size_t i = 0; i < s.count; i++)
        s.entries[i] = book_get(book, i);
    if (s.count)
        qsort(s.entries, s.count, sizeof(const struct book_entry *), order);
    return s;
}

/* Behind the last session with the same server and port as the i-th. */
static size_t endpoint_end(const struct sorted *s, size_t i)
{
    size_t end = i + 1;
    while (end < s->count &&
           book_compare_servers(s->entries[i], s->entries[end]) == 0)
        end++;
    return end;
}

static void add_backends(struct judging *j, struct facts *subject,
                         struct span server)
{
    const struct fact *f;
    for (size_t i = 0; (f = facts_get(j->beside, FACT_KIND_backend_failed, i));
         i++) {
        const struct fact_backend_failed *failed = f->values;
        if (span_same(failed->server, server))
            facts_refer(subject, f);
    }
}

static void refer(void *subject, const struct fact *fact)
{
    facts_refer(subject, fact);
}

/* What is told of each is kept in j->endpoints, for clients and the capture. */
static void judge_endpoints(struct judging *j)
{
    struct sorted s = sorted_sessions(j->book, by_endpoint);
    for (size_t i = 0; i < s.count;) {
        size_t end = endpoint_end(&s, i);
        struct facts *subject = subject_new();
        facts_listen(j->endpoints, refer, subject);
        endpoint_tell(s.entries + i, end - i, j->endpoints);
        add_backends(j, subject, s.entries[i]->session.server);
        for (; i < end; i++)
            add_session(subject, s.entries[i]);
        judge(j, SCOPE_ENDPOINT, &subject);
    }
    facts_listen(j->endpoints, NULL, NULL);
    free(s.entries);
}

static bool is_ipv6(struct span address)
{
    return span_find(address, ':') < address.n;
}

/* An address that only its own host, or its own wire, knows. */
static bool is_near(struct span address)
{
    return span_starts(address, SPAN("127.")) ||
           span_same(address, SPAN("::1")) ||
           span_starts(address, SPAN("fe80:")) ||
           span_starts(address, SPAN("fd"));
}

static bool may_be_same_host(struct span asker, struct span client)
{
    return is_near(asker) || is_ipv6(asker) != is_ipv6(client);
}

static bool has_sessions(const struct clients *clients, struct span client)
{
    size_t low = 0, high = clients->sessions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = span_compare(
            clients->sessions.entries[middle]->session.client, client);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Whether what the asker looked up is the client's business. */
static bool asks_for(const struct clients *clients, struct span asker,
                     struct span client)
{
    return span_same(asker, client) ||
           (clients->count <= FEW_CLIENTS && may_be_same_host(asker, client) &&
            !has_sessions(clients, asker));
}

/* Whom a fact that stands beside the sessions is about; empty: everybody. */
static struct span owner_of(const struct fact *fact)
{
    switch (fact->kind->number) {
    case FACT_KIND_dns_lookup:
        return lookup_of(fact)->client;
    case FACT_KIND_dns_encrypted:
        return ((const struct fact_dns_encrypted *)fact->values)->client;
    case FACT_KIND_arp_unanswered:
        return ((const struct fact_arp_unanswered *)fact->values)->asker;
    case FACT_KIND_icmp_echo:
        return ((const struct fact_icmp_echo *)fact->values)->asker;
    case FACT_KIND_host_answered:
        return ((const struct fact_host_answered *)fact->values)->client;
    case FACT_KIND_outage:
        return ((const struct fact_outage *)fact->values)->client;
    case FACT_KIND_http_check:
        return ((const struct fact_http_check *)fact->values)->client;
    case FACT_KIND_web_connection:
        return ((const struct fact_web_connection *)fact->values)->client;
    default:
        return (struct span){NULL, 0};
    }
}

/* What one client did, or what happened to it, beside its sessions; all of it
 * for the empty one. */
static void add_beside(struct judging *j, const struct clients *clients,
                       struct facts *subject, struct span client)
{
    static const enum fact_kind_number kinds[] = {
        FACT_KIND_dns_lookup,      FACT_KIND_dns_encrypted,
        FACT_KIND_arp_unanswered,  FACT_KIND_arp_conflict,
        FACT_KIND_address_changed, FACT_KIND_address_self_assigned,
        FACT_KIND_link_loop,       FACT_KIND_icmp_echo,
        FACT_KIND_outage,          FACT_KIND_dhcp_exchange,
        FACT_KIND_link_trouble,    FACT_KIND_http_check,
        FACT_KIND_web_connection,  FACT_KIND_host_answered,
    };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const struct fact *f;
        for (size_t i = 0; (f = facts_get(j->beside, kinds[k], i)); i++) {
            struct span owner = owner_of(f);
            if (client.n == 0 ||
                (owner.n == 0 ? kinds[k] == FACT_KIND_arp_conflict
                              : asks_for(clients, owner, client)))
                facts_refer(subject, f);
        }
    }
}

enum { OUTAGES_COMPARED = 256 }; /* bounds the comparison of all with all */

static bool is_of_one(const struct fact_server_outage *outage,
                      const struct book_entry *const *sessions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct fact_session *session = &sessions[i]->session;
        if (session->port == outage->port &&
            span_same(session->server, outage->server))
            return true;
    }
    return false;
}

/* When its servers served nobody: then it was not about this client. */
static void add_outages(struct judging *j, struct facts *subject,
                        const struct book_entry *const *sessions, size_t count)
{
    const struct fact *f;
    for (size_t i = 0;
         i < OUTAGES_COMPARED &&
         (f = facts_get(j->endpoints, FACT_KIND_server_outage, i));
         i++) {
        if (is_of_one(f->values, sessions, count))
            facts_refer(subject, f);
    }
}

enum { SILENT_CLIENTS_MAX = 256 }; /* bounds the comparison of all with all */

/* Addresses that asked something for mail and never had a session: they are
 * clients as well. */
struct silent {
    struct span clients[SILENT_CLIENTS_MAX];
    size_t count;
};

static void add_silent(struct silent *silent, const struct clients *clients,
                       struct span client)
{
    if (silent->count == SILENT_CLIENTS_MAX || client.n == 0 ||
        has_sessions(clients, client))
        return;
    for (size_t i = 0; i < silent->count; i++) {
        if (span_same(silent->clients[i], client))
            return;
    }
    for (size_t i = 0; i < clients->count && i < FEW_CLIENTS; i++) {
        if (asks_for(clients, client, clients->few[i]))
            return; /* judged with that one */
    }
    silent->clients[silent->count++] = client;
}

static void judge_silent_clients(struct judging *j,
                                 const struct clients *clients)
{
    struct silent silent = {.count = 0};
    const struct fact *f;
    for (size_t i = 0; (f = facts_get(j->beside, FACT_KIND_arp_unanswered, i));
         i++)
        add_silent(&silent, clients,
                   ((const struct fact_arp_unanswered *)f->values)->asker);
    for (size_t i = 0; (f = facts_get(j->beside, FACT_KIND_dns_lookup, i));
         i++) {
        if (!span_same(lookup_of(f)->role, SPAN("other")))
            add_silent(&silent, clients, lookup_of(f)->client);
    }
    for (size_t i = 0; i < silent.count; i++) {
        struct facts *subject = subject_new();
        add_beside(j, clients, subject, silent.clients[i]);
        judge(j, SCOPE_CLIENT, &subject);
    }
}

static struct clients list_clients(struct book *book)
{
    struct clients c = {.sessions = sorted_sessions(book, by_client)};
    for (size_t i = 0; i < c.sessions.count; i++) {
        struct span client = c.sessions.entries[i]->session.client;
        if (i > 0 &&
            span_same(client, c.sessions.entries[i - 1]->session.client))
            continue;
        if (c.count < FEW_CLIENTS)
            c.few[c.count] = client;
        c.count++;
    }
    return c;
}

static void judge_clients(struct judging *j)
{
    struct clients clients = list_clients(j->book);
    const struct sorted *s = &clients.sessions;
    for (size_t i = 0; i < s->count;) {
        struct span client = s->entries[i]->session.client;
        struct facts *subject = subject_new();
        size_t first = i;
        for (; i < s->count; i++) {
            if (!span_same(client, s->entries[i]->session.client))
                break;
            add_session(subject, s->entries[i]);
        }
        visits_tell(s->entries + first, i - first, subject);
        add_outages(j, subject, s->entries + first, i - first);
        attempts_tell(j->attempts, j->book, j->result, client, subject);
        add_beside(j, &clients, subject, client);
        judge(j, SCOPE_CLIENT, &subject);
    }
    judge_silent_clients(j, &clients);
    free(clients.sessions.entries);
}

/* One subject for each name that a client asked for. */
static int by_question(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    int order = span_compare(lookup_of(x)->client, lookup_of(y)->client);
    if (!order)
        order = span_compare(lookup_of(x)->name, lookup_of(y)->name);
    if (!order)
        order = (x->order > y->order) - (x->order < y->order);
    return order;
}

/* The session is of this asker's name: its own, or that of a host which asks
 * with one address and connects with another. */
static bool is_client_of(const struct fact_session *session,
                         const struct fact_dns_lookup *lookup)
{
    return span_same(session->client, lookup->client) ||
           (session->looked_up &&
            may_be_same_host(lookup->client, session->client));
}

/* A program connects as soon as it knows an address; one that waits for an
 * answer in vain waits for longer. */
enum { AT_ONCE = 2 }; /* s */

/* The answer was not captured, so nothing but the time ties the two. */
static bool follows_at_once(const struct book_entry *session,
                            const struct fact *lookup)
{
    int64_t after = session->start - lookup->time;
    return session->session.name.n == 0 && after >= 0 &&
           after <= AT_ONCE * CLOCK_SECOND;
}

/* Those with the name or another one of its domain, those that followed at once,
 * and those that show that the capture has one side of things only. */
static void add_sessions_with(struct judging *j, struct facts *subject,
                              const struct fact *asked)
{
    const struct fact_dns_lookup *lookup = lookup_of(asked);
    for (size_t i = 0; i < book_count(j->book); i++) {
        const struct book_entry *entry = book_get(j->book, i);
        const struct fact_session *s = &entry->session;
        if ((span_is(s->name, lookup->name) ||
             span_is(s->domain, lookup->domain) ||
             (lookup->host.n && span_is(s->domain, lookup->domain)) ||
             s->only_from.n || follows_at_once(entry, asked)) &&
            is_client_of(s, lookup))
            add_session(subject, entry);
    }
}

static void judge_lookups(struct judging *j)
{
    size_t count = facts_count(j->beside, FACT_KIND_dns_lookup);
    const struct fact **sorted = must_alloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = facts_get(j->beside, FACT_KIND_dns_lookup, i);
    if (count)
        qsort(sorted, count, sizeof *sorted, by_question);
    for (size_t i = 0; i < count;) {
        const struct fact *asked = sorted[i];
        const struct fact_dns_lookup *first = lookup_of(asked);
        struct facts *subject = subject_new();
        bool mail = false;
        for (; i < count; i++) {
            const struct fact_dns_lookup *next = lookup_of(sorted[i]);
            if (!span_same(first->client, next->client) ||
                !span_same(first->name, next->name))
                break;
            facts_refer(subject, sorted[i]);
            mail = mail || !span_same(next->role, SPAN("other"));
        }
        if (mail)
            add_sessions_with(j, subject, asked);
        judge(j, SCOPE_LOOKUP, &subject);
    }
    free(sorted);
}

static void judge_capture(struct judging *j)
{
    struct facts *subject = subject_new();
    for (size_t i = 0; i < book_count(j->book); i++)
        add_session(subject, book_get(j->book, i));
    static const enum fact_kind_number kinds[] = {
        FACT_KIND_endpoint, FACT_KIND_server_outage, FACT_KIND_server_turns};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const struct fact *f;
        for (size_t i = 0; (f = facts_get(j->endpoints, kinds[k], i)); i++)
            facts_refer(subject, f);
    }
    attempts_tell(j->attempts, j->book, j->result, (struct span){NULL, 0},
                  subject);
    add_beside(j, NULL, subject, (struct span){NULL, 0});
    const struct fact *capture = facts_get(j->beside, FACT_KIND_capture, 0);
    if (capture)
        facts_refer(subject, capture);
    judge(j, SCOPE_CAPTURE, &subject);
}

void judge_whole(const struct rules *rules, struct book *book,
                 const struct attempts *attempts, const struct result *result,
                 const struct facts *beside, struct arena *mem,
                 struct findings *findings)
{
    struct judging j = {.rules = rules,
                        .book = book,
                        .beside = beside,
                        .attempts = attempts,
                        .result = result,
                        .mem = mem,
                        .findings = findings,
                        .endpoints = subject_new()};
    if (rules_have_scope(rules, SCOPE_LOOKUP))
        judge_lookups(&j);
    judge_endpoints(&j);
    if (rules_have_scope(rules, SCOPE_CLIENT))
        judge_clients(&j);
    if (rules_have_scope(rules, SCOPE_CAPTURE))
        judge_capture(&j);
    facts_free(&j.endpoints);
}

enum verdict judge_default(const struct fact_session *session)
{
    return session->worked ? VERDICT_HEALTHY : VERDICT_UNDETERMINED;
}

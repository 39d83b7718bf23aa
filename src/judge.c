/* judge.c - see judge.h.
 *
 * Subjects of more than one session are put together here: the sessions are
 * sorted by what they share, and each run of equals becomes a store of facts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "story/endpoints.h"

struct judging {
    const struct rules *rules;
    struct book *book;
    const struct facts *beside;
    const struct attempts *attempts;
    const struct result *result;
    struct arena *mem;
    struct findings *findings;
    enum scope scope;
};

static void found(void *user, const struct match *match)
{
    const struct judging *j = user;
    findings_add(j->findings, j->scope, match);
}

static void judge(struct judging *j, enum scope scope, struct facts **subject)
{
    j->scope = scope;
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
    facts_copy(subject, &fact);
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

static int by_id(const struct book_entry *a, const struct book_entry *b)
{
    return (a->session.id > b->session.id) - (a->session.id < b->session.id);
}

static int by_endpoint(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = span_compare(x->session.server, y->session.server);
    if (order)
        return order;
    if (x->session.port != y->session.port)
        return x->session.port < y->session.port ? -1 : 1;
    return by_id(x, y);
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
    const struct fact_session *first = &s->entries[i]->session;
    for (; i < s->count; i++) {
        const struct fact_session *next = &s->entries[i]->session;
        if (!span_same(first->server, next->server) ||
            first->port != next->port)
            break;
    }
    return i;
}

static void judge_endpoints(struct judging *j)
{
    struct sorted s = sorted_sessions(j->book, by_endpoint);
    for (size_t i = 0; i < s.count;) {
        size_t end = endpoint_end(&s, i);
        struct facts *subject = subject_new();
        endpoint_tell(s.entries + i, end - i, subject);
        for (; i < end; i++)
            add_session(subject, s.entries[i]);
        judge(j, SCOPE_ENDPOINT, &subject);
    }
    free(s.entries);
}

/* Lookups and ARP questions of this client; all of them for the empty one. */
static void add_beside(struct judging *j, struct facts *subject,
                       struct span client)
{
    for (size_t i = 0;; i++) {
        const struct fact *f = facts_get(j->beside, FACT_KIND_dns_lookup, i);
        if (!f)
            break;
        if (client.n == 0 || span_same(lookup_of(f)->client, client))
            facts_copy(subject, f);
    }
    for (size_t i = 0;; i++) {
        const struct fact *f =
            facts_get(j->beside, FACT_KIND_arp_unanswered, i);
        if (!f)
            break;
        const struct fact_arp_unanswered *a = f->values;
        if (client.n == 0 || span_same(a->asker, client))
            facts_copy(subject, f);
    }
    for (size_t i = 0;; i++) {
        const struct fact *f =
            facts_get(j->beside, FACT_KIND_web_connection, i);
        if (!f)
            break;
        const struct fact_web_connection *w = f->values;
        if (client.n == 0 || span_same(w->client, client))
            facts_copy(subject, f);
    }
    for (size_t i = 0;; i++) {
        const struct fact *f = facts_get(j->beside, FACT_KIND_arp_conflict, i);
        if (!f)
            break;
        facts_copy(subject, f);
    }
}

/* Addresses that asked something and never had a session: they are clients as
 * well.  Each is reported once, by its first lookup or ARP question. */
static bool asked_before(struct judging *j, struct span client,
                         enum fact_kind_number kind, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        const struct fact *f = facts_get(j->beside, kind, i);
        struct span other =
            kind == FACT_KIND_dns_lookup
                ? lookup_of(f)->client
                : ((const struct fact_arp_unanswered *)f->values)->asker;
        if (span_same(other, client))
            return true;
    }
    return false;
}

enum { SILENT_CLIENTS_MAX = 256 }; /* bounds the comparison of all with all */

static bool has_sessions(const struct sorted *s, struct span client)
{
    for (size_t i = 0; i < s->count; i++) {
        if (span_same(s->entries[i]->session.client, client))
            return true;
    }
    return false;
}

static void judge_silent_clients(struct judging *j, const struct sorted *s)
{
    for (size_t i = 0; i < SILENT_CLIENTS_MAX; i++) {
        const struct fact *f =
            facts_get(j->beside, FACT_KIND_arp_unanswered, i);
        if (!f)
            break;
        struct span asker =
            ((const struct fact_arp_unanswered *)f->values)->asker;
        if (has_sessions(s, asker) ||
            asked_before(j, asker, FACT_KIND_arp_unanswered, i))
            continue;
        struct facts *subject = subject_new();
        add_beside(j, subject, asker);
        judge(j, SCOPE_CLIENT, &subject);
    }
}

static void judge_clients(struct judging *j)
{
    struct sorted s = sorted_sessions(j->book, by_client);
    for (size_t i = 0; i < s.count;) {
        struct span client = s.entries[i]->session.client;
        struct facts *subject = subject_new();
        for (; i < s.count; i++) {
            if (!span_same(client, s.entries[i]->session.client))
                break;
            add_session(subject, s.entries[i]);
        }
        attempts_tell(j->attempts, j->book, j->result, client, subject);
        add_beside(j, subject, client);
        judge(j, SCOPE_CLIENT, &subject);
    }
    judge_silent_clients(j, &s);
    free(s.entries);
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

static void add_sessions_with(struct judging *j, struct facts *subject,
                              const struct fact_dns_lookup *lookup)
{
    for (size_t i = 0; i < book_count(j->book); i++) {
        const struct book_entry *entry = book_get(j->book, i);
        if (span_is(entry->session.name, lookup->name) &&
            span_same(entry->session.client, lookup->client))
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
        const struct fact_dns_lookup *first = lookup_of(sorted[i]);
        struct facts *subject = subject_new();
        bool mail = false;
        for (; i < count; i++) {
            const struct fact_dns_lookup *next = lookup_of(sorted[i]);
            if (!span_same(first->client, next->client) ||
                !span_same(first->name, next->name))
                break;
            facts_copy(subject, sorted[i]);
            mail = mail || !span_same(next->role, SPAN("other"));
        }
        if (mail)
            add_sessions_with(j, subject, first);
        judge(j, SCOPE_LOOKUP, &subject);
    }
    free(sorted);
}

static void judge_capture(struct judging *j)
{
    struct facts *subject = subject_new();
    for (size_t i = 0; i < book_count(j->book); i++)
        add_session(subject, book_get(j->book, i));
    struct sorted s = sorted_sessions(j->book, by_endpoint);
    for (size_t i = 0, end; i < s.count; i = end) {
        end = endpoint_end(&s, i);
        endpoint_tell(s.entries + i, end - i, subject);
    }
    free(s.entries);
    attempts_tell(j->attempts, j->book, j->result, (struct span){NULL, 0},
                  subject);
    add_beside(j, subject, (struct span){NULL, 0});
    const struct fact *capture = facts_get(j->beside, FACT_KIND_capture, 0);
    if (capture)
        facts_copy(subject, capture);
    judge(j, SCOPE_CAPTURE, &subject);
}

void judge_whole(const struct rules *rules, struct book *book,
                 const struct attempts *attempts, const struct result *result,
                 const struct facts *beside, struct arena *mem,
                 struct findings *findings)
{
    struct judging j = {rules, book, beside, attempts, result,
                        mem, findings, SCOPE_CAPTURE};
    if (rules_have_scope(rules, SCOPE_LOOKUP))
        judge_lookups(&j);
    if (rules_have_scope(rules, SCOPE_ENDPOINT))
        judge_endpoints(&j);
    if (rules_have_scope(rules, SCOPE_CLIENT))
        judge_clients(&j);
    if (rules_have_scope(rules, SCOPE_CAPTURE))
        judge_capture(&j);
}

enum verdict judge_default(const struct fact_session *session)
{
    return session->worked ? VERDICT_HEALTHY : VERDICT_UNDETERMINED;
}

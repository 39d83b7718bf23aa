/* attempts_tell.c - attempts as facts for rules, and as part of the result.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "story/attempts.h"

enum { SERVERS_TOLD = 64 }; /* more different ones are not told apart */

/* What became of an attempt, from the verdicts of its sessions. */
struct course {
    size_t failed, healed, worked;
    enum verdict verdict;
    const char *outcome;
    const struct result_session *culprit; /* whose finding is the cause */
    double detour;
};

/* As it is once what healed it is taken into account: before the findings are
 * ranked for good, a session's verdict does not know of that. */
static enum verdict verdict_of(const struct result_session *s)
{
    if (!s->healed_by || (s->verdict != VERDICT_FAILURE &&
                          s->verdict != VERDICT_UNDETERMINED))
        return s->verdict;
    return s->verdict == VERDICT_UNDETERMINED ? VERDICT_HEALTHY
                                              : s->healed_effect;
}

/* It said nothing, and nobody said what would have failed: balancers and
 * monitors look whether a server is there before they pass clients on to it. */
static bool only_looked(const struct result_session *s)
{
    return s->verdict == VERDICT_UNDETERMINED && s->client_bytes == 0;
}

static void take(struct course *c, const struct result *result,
                 const struct result_session *s)
{
    enum verdict verdict = verdict_of(s);
    if (s->healed_by && only_looked(s))
        return;
    if (s->healed_by) {
        const struct result_session *by = NULL;
        c->healed++;
        if (c->healed == 1) /* the first costs the most */
            by = result_session(result, s->healed_by);
        if (by)
            c->detour = clock_seconds(by->start - s->start);
    } else if (verdict == VERDICT_FAILURE) {
        c->failed++;
    } else if (verdict != VERDICT_UNDETERMINED) {
        c->worked++;
    }
    bool is_worse = verdict < c->verdict;
    bool is_first = c->verdict == VERDICT_HEALTHY && s->healed_by;
    if (is_worse || (is_first && !c->culprit))
        c->culprit = s;
    if (is_worse)
        c->verdict = verdict;
}

static struct course course_of(const struct result *result,
                               const struct attempt *a)
{
    struct course c = {.verdict = VERDICT_HEALTHY};
    for (size_t k = 0; k < a->count; k++)
        take(&c, result, &result->sessions[a->sessions[k]]);
    c.outcome = c.verdict == VERDICT_FAILURE        ? "failed"
                : c.verdict == VERDICT_UNDETERMINED ? "undetermined"
                : c.healed                          ? "detour"
                                                    : "worked";
    return c;
}

static size_t distinct(struct book *book, const struct attempt *a, bool ports)
{
    uint64_t seen[SERVERS_TOLD];
    size_t n = 0;
    for (size_t k = 0; k < a->count && n < SERVERS_TOLD; k++) {
        const struct fact_session *s = &book_get(book, a->sessions[k])->session;
        /* The book keeps each text once. */
        uint64_t key = ports ? s->port : (uint64_t)(uintptr_t)s->server.p;
        size_t i = 0;
        while (i < n && seen[i] != key)
            i++;
        if (i == n)
            seen[n++] = key;
    }
    return n;
}

/* Where the attempts of the client begin in by_client. */
static size_t first_of(const struct attempts *attempts, struct span client)
{
    size_t low = 0, high = attempts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        size_t i = attempts->by_client[middle];
        if (span_compare(attempts->list[i].client, client) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void attempts_tell(const struct attempts *attempts, struct book *book,
                   const struct result *result, struct span client,
                   struct facts *out)
{
    for (size_t k = first_of(attempts, client); k < attempts->count; k++) {
        size_t i = client.n ? attempts->by_client[k] : k;
        const struct attempt *a = &attempts->list[i];
        const struct book_entry *first = book_get(book, a->sessions[0]);
        if (client.n && !span_same(client, a->client))
            break;
        struct course c = course_of(result, a);
        const struct fact_attempt told = {
             .id = i + 1, .client = a->client, .user = a->user,
             .service = span_of(service_names[a->service]), .name = a->name,
             .sessions = a->count, .failed = c.failed, .healed = c.healed,
             .worked = c.worked, .servers = distinct(book, a, false),
             .ports = distinct(book, a, true), .outcome = span_of(c.outcome),
             .finding = span_of(c.culprit ? c.culprit->primary : NULL),
             .detour = c.detour,
             .began = clock_seconds(a->start - result->start),
             .duration = clock_seconds(a->end - a->start),
        };
        const struct fact fact = {
            .kind = &fact_kinds[FACT_KIND_attempt],
            .values = &told,
            .frame = first->first_frame,
            .time = first->start,
            .session = first->session.id,
        };
        facts_copy(out, &fact);
    }
}

/* For each session the finding that spoke for it: a healed one has none of its
 * own any more, but the first that was found of it tells what it was. */
struct spoken {
    const struct result_finding *cause;
    const struct result_finding *own; /* the first about this session alone */
};

static struct spoken *findings_of(const struct result *result)
{
    struct spoken *of = must_alloc((result->session_count + 1) * sizeof *of);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *f = &result->findings[i];
        for (size_t k = 0; k < f->session_count; k++) {
            const struct result_session *s =
                result_session(result, f->sessions[k]);
            if (!s)
                continue;
            size_t at = (size_t)(s - result->sessions);
            bool is_cause = s->primary ? strcmp(f->id, s->primary) == 0
                                       : f->healed && !f->explained_by;
            if (is_cause && !of[at].cause)
                of[at].cause = f;
            bool is_own = strcmp(f->scope, "session") == 0 &&
                          (f->effect != VERDICT_HEALTHY || f->healed);
            if (is_own && !of[at].own)
                of[at].own = f;
        }
    }
    return of;
}

/* The last packet of the session that shows the finding: what comes before it
 * (the greeting that was no greeting, say) alone would not have ended it. */
static uint64_t broken_at(const struct result_finding *f,
                          const struct result_session *s)
{
    uint64_t last = 0;
    for (size_t i = 0; i < f->evidence_count; i++) {
        uint64_t packet = f->evidence[i].packet;
        if (packet >= s->first_packet && packet <= s->last_packet &&
            packet > last)
            last = packet;
    }
    return last;
}

static void show_break(const struct book_entry *e,
                       const struct result_session *s,
                       const struct result_finding *f,
                       struct result_attempt *out)
{
    if (!f)
        return;
    out->broken_at = broken_at(f, s);
    for (size_t i = 0; i < e->milestone_count; i++) {
        const struct milestone *m = &e->milestones[i];
        if (m->frame == 0 || m->frame >= out->broken_at ||
            m->frame <= out->fine_until)
            continue;
        out->fine_until = m->frame;
        out->fine_what = milestone_names[m->kind];
    }
}

static struct result_attempt shown(const struct attempts *attempts, size_t i,
                                   struct book *book,
                                   const struct result *result,
                                   const struct spoken *of)
{
    const struct attempt *a = &attempts->list[i];
    struct course c = course_of(result, a);
    uint64_t *ids = arena_alloc(result->mem, a->count * sizeof *ids);
    const struct result_session *first = &result->sessions[a->sessions[0]];
    struct result_attempt out = {
        .id = i + 1,
        .client = first->client_address,
        .user = arena_string(result->mem, a->user),
        .service = service_names[a->service],
        .server = first->server_name ? first->server_name
                                     : first->server_address,
        .start = a->start,
        .duration = clock_seconds(a->end - a->start),
        .verdict = c.verdict,
        .outcome = c.outcome,
        .detour = c.detour,
        .fine_what = "",
        .sessions = ids,
        .session_count = a->count,
    };
    for (size_t k = 0; k < a->count; k++)
        ids[k] = result->sessions[a->sessions[k]].id;
    if (!c.culprit)
        return out;
    size_t at = (size_t)(c.culprit - result->sessions);
    out.cause = of[at].cause ? of[at].cause->id : NULL;
    show_break(book_get(book, at), c.culprit, of[at].own, &out);
    return out;
}

void attempts_show(const struct attempts *attempts, struct book *book,
                   struct result *result)
{
    struct result_attempt *list =
        arena_alloc(result->mem, attempts->count * sizeof *list);
    struct spoken *of = findings_of(result);
    /* The result's sessions are its own until it is handed out. */
    struct result_session *sessions =
        (struct result_session *)(uintptr_t)result->sessions;
    for (size_t i = 0; i < attempts->count; i++) {
        list[i] = shown(attempts, i, book, result, of);
        for (size_t k = 0; k < attempts->list[i].count; k++)
            sessions[attempts->list[i].sessions[k]].attempt = i + 1;
    }
    free(of);
    if (attempts->one_machine)
        result->clients = 1;
    result->attempts = list;
    result->attempt_count = attempts->count;
}

/* finish.c - findings_finish(): from ranked groups to the result.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "finding/collected.h"

static const char *copy_or_null(struct arena *mem, const char *s)
{
    return *s ? copy(mem, s) : NULL;
}

static int by_time(const void *a, const void *b)
{
    const struct evidence *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->packet != y->packet)
        return x->packet < y->packet ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Rising, each once, as many as are listed. */
static size_t tidy_sessions(struct group *group)
{
    size_t kept = 0;
    if (group->session_count)
        qsort(group->sessions, group->session_count, sizeof *group->sessions,
              by_number);
    for (size_t i = 0;
         i < group->session_count && kept < FINDING_SESSIONS_LISTED; i++) {
        if (kept == 0 || group->sessions[kept - 1] != group->sessions[i])
            group->sessions[kept++] = group->sessions[i];
    }
    return kept;
}

/* One line of the server is a fact of its protocol and one of mail in general;
 * a rule that asks for either shows it once. */
static size_t without_repetitions(struct group *group)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->evidence_count; i++) {
        const struct evidence *e = &group->evidence[i];
        size_t k = 0;
        while (k < kept && (group->evidence[k].packet != e->packet ||
                            strcmp(group->evidence[k].text, e->text) != 0))
            k++;
        if (k == kept)
            group->evidence[kept++] = *e;
    }
    return kept;
}

static void tidy_evidence(struct group *group, const struct result *result)
{
    if (group->evidence_count)
        qsort(group->evidence, group->evidence_count, sizeof *group->evidence,
              by_time);
    group->evidence_count = without_repetitions(group);
    for (size_t i = 0; i < group->evidence_count; i++) {
        struct evidence *e = &group->evidence[i];
        e->offset = e->packet ? clock_seconds(e->time - result->start) : 0;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many different servers its sessions are with. */
static size_t servers_of(const struct group *group, const struct result *result)
{
    const char **servers =
        must_alloc((group->session_count + 1) * sizeof *servers);
    size_t n = 0, different = 0;
    for (size_t i = 0; i < group->session_count; i++) {
        const struct result_session *session =
            result_session(result, group->sessions[i]);
        if (session)
            servers[n++] = session->server_address;
    }
    qsort(servers, n, sizeof *servers, by_text);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || strcmp(servers[i], servers[i - 1]) != 0;
    free(servers);
    return different;
}

/* The words are about the first of its sessions. */
static const char *summary_of(const struct group *group,
                              const struct result *result)
{
    size_t servers = *group->one_for ? servers_of(group, result) : 1;
    if (servers < 2)
        return group->summary;
    return arena_printf(result->mem, "%s The same is so for %zu more server%s.",
                        group->summary, servers - 1, servers > 2 ? "s" : "");
}

static struct result_finding finding_of(struct group *group,
                                        const struct result *result)
{
    const struct rule *rule = group->rule;
    struct arena *mem = result->mem;
    struct text filter = {0};
    tidy_evidence(group, result);
    filter_add(group->evidence, group->evidence_count, &filter);
    struct result_finding finding = {
        .id = copy(mem, rule->id),
        .title = copy(mem, rule->title),
        .family = copy(mem, rule->family),
        .severity = copy(mem, rule->severity),
        .confidence = copy(mem, group->confidence),
        .confidence_why = group->confidence_why,
        .healed = group->relieved,
        .where = copy(mem, rule->where),
        .who = copy(mem, rule->who),
        .scope = scope_names[rule->scope],
        .effect = group_effect(group),
        .primary = group->primary,
        .explained_by =
            group->explained_by ? copy(mem, group->explained_by->id) : NULL,
        .count = group->count,
        .session_count = tidy_sessions(group),
        .client = copy_or_null(mem, group->client),
        .server = copy_or_null(mem, group->server),
        .server_name = copy_or_null(mem, group->name),
        .summary = summary_of(group, result),
        .evidence = group->evidence,
        .evidence_count = group->evidence_count,
        .filter = copy(mem, text_string(&filter)),
        .remedy_user = group->remedy.user,
        .remedy_admin = group->remedy.admin,
        .checks = group->checks,
        .check_count = group->check_count,
        .hypotheses = group->hypotheses,
        .hypothesis_count = group->hypothesis_count,
        .next = group->next,
        .next_count = group->next_count,
        .log = group->log,
        .references = copy_list(mem, rule->references, rule->reference_count),
        .reference_count = rule->reference_count,
    };
    finding.sessions = group->sessions;
    text_free(&filter);
    return finding;
}

/* Primary first, worst first, most frequent first, earliest first. */
static int by_weight(const void *a, const void *b)
{
    const struct group *x = *(struct group *const *)a;
    const struct group *y = *(struct group *const *)b;
    if (x->primary != y->primary)
        return x->primary ? -1 : 1;
    if (group_effect(x) != group_effect(y))
        return group_effect(x) < group_effect(y) ? -1 : 1;
    size_t sx = name_index(severity_names, x->rule->severity);
    size_t sy = name_index(severity_names, y->rule->severity);
    if (sx != sy)
        return sx < sy ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    uint64_t px = group_first_packet(x), py = group_first_packet(y);
    if (px != py)
        return px < py ? -1 : 1;
    if (x->rule->order != y->rule->order)
        return x->rule->order < y->rule->order ? -1 : 1;
    int order = strcmp(x->client, y->client);
    return order ? order : strcmp(x->server, y->server);
}

static bool is_about_the_capture(const struct rule *rule)
{
    return strcmp(rule->family, "capture") == 0 &&
           strcmp(rule->where, "capture") == 0;
}

static struct quality quality_of(const struct findings *f, size_t first,
                                 struct arena *mem)
{
    const struct group *group = f->groups[first];
    uint64_t count = 0;
    for (size_t i = first; i < f->count; i++) {
        if (f->groups[i]->rule == group->rule)
            count += f->groups[i]->count;
    }
    const char *text = group->summary;
    if (count > 1 && group->rule->scope == SCOPE_SESSION)
        text = arena_printf(mem, "%s (The same in %llu more connection%s.)",
                            text, (unsigned long long)(count - 1),
                            count > 2 ? "s" : "");
    return (struct quality){copy(mem, group->rule->id), text};
}

/* One entry for each rule, in the order of the findings. */
static void list_quality(const struct findings *f, struct result *result)
{
    struct quality *list = NULL;
    size_t n = 0, room = 0;
    for (size_t i = 0; i < f->count; i++) {
        const struct rule *rule = f->groups[i]->rule;
        bool seen = false;
        for (size_t j = 0; j < n && !seen; j++)
            seen = strcmp(list[j].id, rule->id) == 0;
        /* What can not be told is a verdict, and shown as one; what something
         * else that was found does tell is no limit. */
        if (seen || !is_about_the_capture(rule) ||
            rule->effect == VERDICT_UNDETERMINED || f->groups[i]->explained_by)
            continue;
        list = arena_grow(result->mem, list, n, &room, n + 1, sizeof *list);
        list[n++] = quality_of(f, i, result->mem);
    }
    result->quality = list;
    result->quality_count = n;
}

static bool serves_the_same(const struct result_session *a,
                            const struct result_session *b)
{
    return a->server_port == b->server_port &&
           (strcmp(a->server_address, b->server_address) == 0 ||
            (a->server_name && b->server_name &&
             strcmp(a->server_name, b->server_name) == 0));
}

/* Somebody looked whether the server is there, said nothing, and left; others
 * were served by it.  Balancers and monitors do so all day long, and programs
 * that try two addresses at once.  *served: a session that may be such another
 * one; many who look look at the same server. */
static bool only_looked(const struct result *result,
                        const struct result_session *session, size_t *served)
{
    if (session->verdict != VERDICT_UNDETERMINED || session->primary ||
        (session->client_bytes > 0 && !session->health_check))
        return false;
    for (size_t i = 0; i < result->session_count; i++) {
        size_t at = (*served + i) % result->session_count;
        if (result->sessions[at].verdict == VERDICT_HEALTHY &&
            serves_the_same(&result->sessions[at], session)) {
            *served = at;
            return true;
        }
    }
    return false;
}

/* The worst of all sessions, and of what speaks of none.  That something could
 * not be seen counts only where nothing was. */
static enum verdict verdict_of(const struct findings *f,
                               const struct result *result)
{
    enum verdict worst = VERDICT_NO_MAIL;
    size_t served = 0;
    for (size_t i = 0; i < result->session_count; i++) {
        const struct result_session *session = &result->sessions[i];
        if (session->verdict < worst && !only_looked(result, session, &served))
            worst = session->verdict;
    }
    for (size_t i = 0; i < f->count; i++) {
        enum verdict effect = group_effect(f->groups[i]);
        if (effect == VERDICT_UNDETERMINED && result->session_count > 0)
            continue;
        if (f->groups[i]->primary && effect < worst)
            worst = effect;
    }
    return worst;
}

void findings_preview(struct findings *findings, struct result *result)
{
    /* The result's sessions are its own until it is handed out. */
    findings_rank(findings,
                  (struct result_session *)(uintptr_t)result->sessions,
                  result->session_count);
}

void findings_finish(struct findings *findings, struct result *result)
{
    struct findings *f = findings;
    /* The result's sessions are its own until it is handed out. */
    struct result_session *sessions =
        (struct result_session *)(uintptr_t)result->sessions;
    findings_rank(f, sessions, result->session_count);
    for (size_t i = 0; i < result->session_count; i++) {
        if (sessions[i].primary) /* the rule may be gone before the result */
            sessions[i].primary = copy(result->mem, sessions[i].primary);
    }
    if (f->count) /* nothing refers to groups by index any more */
        qsort(f->groups, f->count, sizeof *f->groups, by_weight);
    struct result_finding *list =
        arena_alloc(result->mem, f->count * sizeof *list);
    for (size_t i = 0; i < f->count; i++)
        list[i] = finding_of(f->groups[i], result);
    result->findings = list;
    result->finding_count = f->count;
    list_quality(f, result);
    result->verdict = verdict_of(f, result);
}

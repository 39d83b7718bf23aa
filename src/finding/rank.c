/* rank.c - which finding is the cause, and which only its symptoms.
 *
 * Within a session, a finding is explained when another one there, or one of a
 * wider scope (causes.h), names it in `explains`.  Of those that nothing explains
 * the best is the session's primary.  A finding over many sessions is explained
 * when it is in each of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "finding/causes.h"

struct ranking {
    struct findings *findings;
    struct causes *causes;
};

/* A finding that speaks of a session. */
struct mention {
    uint64_t session;
    size_t group;
};

/* What was found in one session, and when that was. */
struct mentions {
    const struct mention *list;
    size_t count;
    const struct stretch *then; /* NULL: unknown */
};

/* The cause of group b among those of one session, and those that cover it. */
static size_t cause_in(const struct ranking *k, const struct mentions *m,
                       size_t b)
{
    size_t cause = causes_wide(k->causes, b, m->then);
    for (size_t i = 0; i < m->count; i++) {
        if (causes_explain(k->causes, m->list[i].group, b))
            cause = causes_better(k->causes, cause, m->list[i].group);
    }
    return cause;
}

/* Notes that b is explained, by the cause at the end of the chain; returns it. */
static struct group *note_explained(const struct ranking *k,
                                    const struct mentions *m, size_t b,
                                    size_t cause)
{
    struct group *group = k->findings->groups[b];
    size_t next;
    while ((next = cause_in(k, m, cause)) != NO_CAUSE)
        cause = next;
    if (!group->explained_by)
        group->explained_by = k->findings->groups[cause]->rule;
    return k->findings->groups[cause];
}

static bool is_better(const struct group *a, const struct group *b)
{
    const struct rule *x = a->rule, *y = b->rule;
    enum verdict ea = group_effect(a), eb = group_effect(b);
    if (ea != eb)
        return ea < eb;
    if (x->rank != y->rank)
        return x->rank > y->rank;
    size_t cx = name_index(confidence_names, a->confidence);
    size_t cy = name_index(confidence_names, b->confidence);
    if (cx != cy)
        return cx < cy;
    size_t sx = name_index(severity_names, x->severity);
    size_t sy = name_index(severity_names, y->severity);
    if (sx != sy)
        return sx < sy;
    return x->order < y->order;
}

/* A note changes nothing.  From a session that did its work, as far as could be
 * seen, only what is said of this very session takes that away: a failure of
 * many sessions may mention this one because it did work. */
static bool can_be_primary(const struct group *group, enum verdict otherwise)
{
    enum verdict effect = group_effect(group);
    if (otherwise != VERDICT_HEALTHY)
        return effect <= VERDICT_UNDETERMINED;
    return effect == VERDICT_DEGRADED || (effect <= VERDICT_UNDETERMINED &&
                                          group->rule->scope == SCOPE_SESSION);
}

/* A session that a later one made up for is no failure any more. */
static void heal(struct result_session *session)
{
    if (!session->healed_by || (session->verdict != VERDICT_FAILURE &&
                                session->verdict != VERDICT_UNDETERMINED))
        return;
    session->verdict = session->verdict == VERDICT_UNDETERMINED
                           ? VERDICT_HEALTHY
                           : session->healed_effect;
    if (session->verdict == VERDICT_HEALTHY)
        session->primary = NULL;
}

static bool can_be_healed(const struct rule *rule)
{
    return rule->heal != HEAL_NOTHING &&
           (rule->scope == SCOPE_SESSION || rule->heal != HEAL_BY_STAGE);
}

/* A detour that a later session made up for, although others that are found
 * with it have none that did. */
static bool is_healed_detour(const struct group *best,
                             const struct result_session *session)
{
    return session->healed_by && can_be_healed(best->rule) &&
           group_effect(best) == VERDICT_DEGRADED &&
           session->healed_effect == VERDICT_HEALTHY;
}

/* session may be NULL: it is past what the result lists. */
static void rank_session(const struct ranking *k,
                         const struct mention *mentions, size_t count,
                         struct result_session *session)
{
    struct stretch then = {0, 0};
    if (session)
        then = (struct stretch){
            session->start, session->start + (int64_t)(session->duration *
                                                       (double)CLOCK_SECOND)};
    const struct mentions all = {mentions, count, session ? &then : NULL};
    enum verdict otherwise = session ? session->verdict : VERDICT_UNDETERMINED;
    struct group *best = NULL;
    const struct group *afar = NULL; /* the best that only covers the session */
    for (size_t i = 0; i < count; i++) {
        size_t b = mentions[i].group;
        struct group *group = k->findings->groups[b];
        size_t cause = cause_in(k, &all, b);
        if (cause != NO_CAUSE) {
            const struct group *last = note_explained(k, &all, b, cause);
            /* What is said of this very session opens it to the cause of that. */
            if (can_be_primary(group, otherwise) &&
                can_be_primary(last, VERDICT_UNDETERMINED) &&
                (!afar || is_better(last, afar)))
                afar = last;
            continue;
        }
        /* A wider finding that is explained in one session is explained. */
        if (group->rule->scope == SCOPE_SESSION)
            group->unexplained = true;
        if (!can_be_primary(group, otherwise))
            continue;
        if (best)
            (is_better(group, best) ? best : group)->beaten = true;
        if (!best || is_better(group, best))
            best = group;
    }
    if (best)
        best->primary = true;
    const struct group *cause = best ? best : afar;
    if (!cause || !session)
        return;
    if (is_healed_detour(cause, session)) {
        session->verdict = VERDICT_HEALTHY;
    } else {
        session->primary = cause->rule->id;
        session->verdict = group_effect(cause);
    }
}

static int by_session(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* All mentions, those of a session together, each once. */
static struct mention *list_mentions(const struct findings *f, size_t *count)
{
    struct mention *list = must_alloc(f->sessions_kept * sizeof *list);
    size_t n = 0, kept = 0;
    for (size_t g = 0; g < f->count; g++) {
        for (size_t i = 0; i < f->groups[g]->session_count; i++)
            list[n++] = (struct mention){f->groups[g]->sessions[i], g};
    }
    if (n)
        qsort(list, n, sizeof *list, by_session);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_session(&list[kept - 1], &list[i]) != 0)
            list[kept++] = list[i];
    }
    *count = kept;
    return list;
}

static int by_id(const void *a, const void *b)
{
    const struct result_session *x = *(struct result_session *const *)a;
    const struct result_session *y = *(struct result_session *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

static const struct result_session *find(struct result_session *const *known,
                                         size_t count, uint64_t id)
{
    const struct result_session key = {.id = id}, *at = &key;
    struct result_session *const *found =
        bsearch(&at, known, count, sizeof *known, by_id);
    return found ? *found : NULL;
}

/* What remains of a finding all of whose sessions were made up for.  What is
 * said of more than single sessions saw the later ones too, and means it all
 * the same; unless its rule says what heals it. */
static void relieve(struct group *group, struct result_session *const *known,
                    size_t count)
{
    group->relieved = false;
    if (group->session_count == 0 || !can_be_healed(group->rule))
        return;
    enum verdict worst = VERDICT_HEALTHY;
    size_t healed = 0;
    for (size_t i = 0; i < group->session_count; i++) {
        const struct result_session *s = find(known, count, group->sessions[i]);
        if (s && !s->healed_by && s->verdict == VERDICT_HEALTHY &&
            group->rule->scope != SCOPE_SESSION)
            continue; /* the detour itself, say: nothing to make up for */
        if (!s || !s->healed_by)
            return;
        healed++;
        if (s->healed_effect < worst)
            worst = s->healed_effect;
    }
    if (healed == 0)
        return;
    /* The sessions were healed of what each met alone; of this, the rule knows
     * what is left. */
    if (group->rule->scope != SCOPE_SESSION && group->rule->heal_known)
        worst = group->rule->heal_effect;
    group->relieved = true;
    group->relief = worst;
}

static void begin(struct findings *f, struct result_session *const *known,
                  size_t count)
{
    for (size_t i = 0; i < f->count; i++) {
        struct group *group = f->groups[i];
        group->primary = group->unexplained = group->beaten = false;
        group->outweighed = false;
        group->explained_by = NULL;
        relieve(group, known, count);
    }
}

static void rank_sessions(const struct ranking *k,
                          struct result_session *sessions, size_t count)
{
    struct result_session **known = must_alloc(count * sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = &sessions[i];
    if (count)
        qsort(known, count, sizeof *known, by_id);
    begin(k->findings, known, count);
    size_t n = 0, at = 0;
    struct mention *list = list_mentions(k->findings, &n);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        uint64_t id = list[i].session;
        while (end < n && list[end].session == id)
            end++;
        while (at < count && known[at]->id < id)
            at++;
        bool is_known = at < count && known[at]->id == id;
        rank_session(k, list + i, end - i, is_known ? known[at] : NULL);
        i = end;
    }
    for (size_t i = 0; i < count; i++)
        heal(&sessions[i]);
    free(list);
    free(known);
}

/* The rule that says that all was made up for, and may say so of this group. */
static const struct rule *healing_rule(const struct findings *f,
                                       const struct group *group)
{
    for (size_t i = 0; i < f->count; i++) {
        if (rule_explains_healed(f->groups[i]->rule) &&
            causes_cover(f->groups[i], group))
            return f->groups[i]->rule;
    }
    return NULL;
}

/* Not one that only looked; what TLS hides is judged by its shape. */
static bool worked(const struct result_session *session)
{
    return session->verdict == VERDICT_HEALTHY &&
           (session->summary[0] || session->steps[STEP_TLS].state == STEP_OK);
}

/* A failure that is only possible and that no session shows: a note, where mail
 * of the same client worked.  Where it is the only trace, it stands. */
static void outweigh(struct findings *f, const struct result_session *sessions,
                     size_t count)
{
    for (size_t b = 0; b < f->count; b++) {
        struct group *group = f->groups[b];
        if (group->session_count > 0 || !group->client[0] ||
            strcmp(group->confidence, "possible") != 0)
            continue;
        for (size_t i = 0; i < count && !group->outweighed; i++)
            group->outweighed =
                worked(&sessions[i]) &&
                strcmp(sessions[i].client_address, group->client) == 0;
    }
}

/* What is the cause of no single session, but was not outdone in any either,
 * stands for itself. */
static void rank_others(const struct ranking *k)
{
    const struct mentions none = {NULL, 0, NULL};
    for (size_t b = 0; b < k->findings->count; b++) {
        struct group *group = k->findings->groups[b];
        size_t cause = causes_wide(k->causes, b, NULL);
        if (!group->explained_by && cause != NO_CAUSE)
            note_explained(k, &none, b, cause);
        if (group->unexplained || group->primary)
            group->explained_by = NULL;
        if (group->relieved && !group->primary && !group->explained_by)
            group->explained_by = healing_rule(k->findings, group);
        bool counts = group->session_count == 0 ||
                      group_effect(group) < VERDICT_UNDETERMINED;
        if (counts && !group->explained_by && !group->beaten)
            group->primary =
                group->primary || can_be_primary(group, VERDICT_UNDETERMINED);
    }
}

void findings_rank(struct findings *findings, struct result_session *sessions,
                   size_t count)
{
    struct ranking k = {findings, causes_find(findings)};
    rank_sessions(&k, sessions, count);
    outweigh(findings, sessions, count);
    rank_others(&k);
    causes_free(&k.causes);
}

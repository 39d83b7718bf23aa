/* findings.c - collecting and grouping; see findings.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "finding/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "finding/collected.h"

/* Of each further session that shows the same, so many packets are added to
 * the evidence: enough to find it in Wireshark. */
enum { EVIDENCE_OF_FURTHER = 2 };

struct findings *findings_new(struct arena *mem)
{
    struct findings *findings = must_alloc(sizeof *findings);
    findings->mem = mem;
    return findings;
}

void findings_free(struct findings **findings)
{
    if (!*findings)
        return;
    text_free(&(*findings)->filter);
    free(*findings);
    *findings = NULL;
}

enum verdict group_effect(const struct group *group)
{
    enum verdict effect = group->rule->effect;
    if (strcmp(group->rule->family, "capture") == 0 &&
        effect < VERDICT_UNDETERMINED)
        effect = VERDICT_UNDETERMINED;
    if (group->outweighed)
        return VERDICT_HEALTHY;
    return group->relieved && effect < group->relief ? group->relief : effect;
}

uint64_t group_first_packet(const struct group *group)
{
    uint64_t first = 0;
    for (size_t i = 0; i < group->evidence_count; i++) {
        uint64_t packet = group->evidence[i].packet;
        if (group->evidence[i].context)
            continue;
        if (packet && (!first || packet < first))
            first = packet;
    }
    return first;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void filter_add(const struct evidence *evidence, size_t count,
                struct text *out)
{
    uint64_t packets[FINDING_EVIDENCE_MAX];
    size_t n = 0;
    for (size_t i = 0; i < count && n < FINDING_EVIDENCE_MAX; i++) {
        if (evidence[i].packet)
            packets[n++] = evidence[i].packet;
    }
    if (n == 0)
        return;
    qsort(packets, n, sizeof *packets, by_number);
    /* Wireshark 4 insists on the commas, older versions accept them. */
    text_adds(out, "frame.number in {");
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && packets[i] == packets[i - 1])
            continue;
        text_addf(out, "%s%llu", i ? ", " : "",
                  (unsigned long long)packets[i]);
    }
    text_adds(out, "}");
}

/* The other party: where no server is known, the name that was looked for. */
static const char *other_party(const char *server, const char *name)
{
    return *server ? server : name;
}

static bool same_server(const struct group *group, const struct match *match)
{
    return strcmp(other_party(group->server, group->name),
                  other_party(match->server, match->server_name)) == 0;
}

static bool is_of(const struct group *group, const struct match *match)
{
    return group->rule == match->rule &&
           strcmp(group->client, match->client) == 0 &&
           strcmp(group->one_for, match->one_for) == 0 &&
           (*match->one_for || same_server(group, match));
}

/* Where in the hash table the match's group stands, or is to stand. */
static uint16_t *slot_of(struct findings *f, const struct match *match)
{
    size_t slots = sizeof f->slots / sizeof *f->slots;
    uint64_t hash = hash_bytes(span_of(match->client), match->rule->order);
    const char *other = *match->one_for
                            ? match->one_for
                            : other_party(match->server, match->server_name);
    hash = hash_bytes(span_of(other), hash);
    for (size_t i = hash % slots;; i = (i + 1) % slots) {
        uint16_t index = f->slots[i];
        if (index == 0 || is_of(f->groups[index - 1], match))
            return &f->slots[i];
    }
}

/* A note about each of thousands of healthy clients must not leave the one
 * failure without a place. */
static bool is_minor(const struct rule *rule)
{
    return group_effect(&(struct group){.rule = rule}) != VERDICT_FAILURE;
}

static bool has_room(const struct findings *f, const struct rule *rule)
{
    return f->count < FINDINGS_MAX &&
           (f->minor < FINDINGS_MINOR_MAX || !is_minor(rule));
}

static struct group *group_new(struct findings *f, const struct match *match)
{
    struct arena *mem = f->mem;
    struct group *group = arena_alloc(mem, sizeof *group);
    group->rule = match->rule;
    group->client = copy(mem, match->client);
    group->server = copy(mem, match->server);
    group->name = copy(mem, match->server_name);
    group->one_for = copy(mem, match->one_for);
    group->summary = copy(mem, match->summary);
    group->remedy.user = copy(mem, match->remedy.user);
    group->remedy.admin = copy(mem, match->remedy.admin);
    group->checks = copy_list(mem, match->checks, match->check_count);
    group->check_count = match->check_count;
    group->next = copy_list(mem, match->next, match->next_count);
    group->next_count = match->next_count;
    group->log = copy(mem, match->log);
    group->confidence = match->rule->confidence;
    group->confidence_why = "";
    size_t n = match->hypothesis_count;
    struct hypothesis *left = arena_alloc(mem, n * sizeof *left);
    for (size_t i = 0; i < n; i++)
        left[i] = (struct hypothesis){copy(mem, match->hypotheses[i].text),
                                      copy(mem, match->hypotheses[i].because)};
    group->hypotheses = left;
    group->hypothesis_count = n;
    return group;
}

static void add_evidence(struct findings *f, struct group *group,
                         const struct match *match)
{
    bool first = group->count == 1;
    size_t most = first ? FINDING_EVIDENCE_MAX : EVIDENCE_OF_FURTHER;
    for (size_t i = 0; i < match->evidence_count && most > 0; i++) {
        if (match->evidence[i].context && !first)
            continue;
        if (group->evidence_count == FINDING_EVIDENCE_MAX)
            return;
        most--;
        struct evidence *e = &group->evidence[group->evidence_count++];
        *e = match->evidence[i];
        e->text = copy(f->mem, e->text);
    }
}

static void add_sessions(struct findings *f, struct group *group,
                         const struct match *match)
{
    for (size_t i = 0; i < match->session_count; i++) {
        if (f->sessions_kept == FINDING_SESSIONS_KEPT)
            return;
        group->sessions = arena_grow(f->mem, group->sessions,
                                     group->session_count,
                                     &group->session_room,
                                     group->session_count + 1,
                                     sizeof *group->sessions);
        group->sessions[group->session_count++] = match->sessions[i];
        f->sessions_kept++;
    }
}

static void add_time(struct findings *f, struct group *group,
                     const struct match *match)
{
    struct stretch *last = group->stretch_count
                               ? &group->stretches[group->stretch_count - 1]
                               : NULL;
    if (match->first_time == 0)
        return;
    if (last && (group->stretch_count == STRETCHES_MAX ||
                 (match->first_time <= last->last + NEAR &&
                  match->last_time >= last->first - NEAR))) {
        if (match->first_time < last->first)
            last->first = match->first_time;
        if (match->last_time > last->last)
            last->last = match->last_time;
        return;
    }
    group->stretches =
        arena_grow(f->mem, group->stretches, group->stretch_count,
                   &group->stretch_room, group->stretch_count + 1,
                   sizeof *group->stretches);
    group->stretches[group->stretch_count++] =
        (struct stretch){match->first_time, match->last_time};
}

static const char *or_null(const char *s)
{
    return *s ? s : NULL;
}

const struct result_finding *findings_alone(struct findings *f,
                                            enum scope scope,
                                            const struct match *match)
{
    const struct rule *rule = match->rule;
    const struct group group = {.rule = rule};
    text_clear(&f->filter);
    filter_add(match->evidence, match->evidence_count, &f->filter);
    f->last = (struct result_finding){
        .id = rule->id,
        .title = rule->title,
        .family = rule->family,
        .severity = rule->severity,
        .confidence = rule->confidence,
        .where = rule->where,
        .who = rule->who,
        .scope = scope_names[scope],
        .effect = group_effect(&group),
        .count = 1,
        .sessions = match->sessions,
        .session_count = match->session_count,
        .client = or_null(match->client),
        .server = or_null(match->server),
        .server_name = or_null(match->server_name),
        .summary = match->summary,
        .evidence = match->evidence,
        .evidence_count = match->evidence_count,
        .filter = text_string(&f->filter),
        .remedy_user = match->remedy.user,
        .remedy_admin = match->remedy.admin,
        .checks = match->checks,
        .check_count = match->check_count,
        .references = rule->references,
        .reference_count = rule->reference_count,
        .confidence_why = "",
        .hypotheses = match->hypotheses,
        .hypothesis_count = match->hypothesis_count,
        .next = match->next,
        .next_count = match->next_count,
        .log = match->log,
    };
    return &f->last;
}

bool findings_want_words(struct findings *f, const struct match *match)
{
    uint16_t slot = *slot_of(f, match);
    if (slot == 0)
        return has_room(f, match->rule);
    return f->groups[slot - 1]->evidence_count < FINDING_EVIDENCE_MAX;
}

void findings_add(struct findings *f, const struct match *match)
{
    uint16_t *slot = slot_of(f, match);
    if (*slot == 0 && has_room(f, match->rule)) {
        f->groups[f->count++] = group_new(f, match);
        f->minor += is_minor(match->rule);
        *slot = (uint16_t)f->count;
    }
    if (*slot != 0) {
        struct group *group = f->groups[*slot - 1];
        if (group->count > 0 && !same_server(group, match))
            group->server = group->name = ""; /* many */
        group->count++;
        add_evidence(f, group, match);
        add_sessions(f, group, match);
        add_time(f, group, match);
    }
}

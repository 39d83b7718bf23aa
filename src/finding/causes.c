/* causes.c - see causes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "finding/causes.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 64 };

/* The rules that were found, and for each which of the others it explains: one
 * bit each, a row after the other. */
struct relation {
    const struct rule **rules; /* by order in the base, without repetition */
    size_t count, words;
    uint64_t
        *explains; /* directly, and not against a better rule in a circle */
};

struct causes {
    const struct findings *findings;
    struct relation relation;
    size_t *rule_of; /* group -> index in relation.rules */
    /* What covers and explains a group from a wider (or for a wider) scope,
     * whatever the session, if only it is near in time.  Those of group b are
     * wide[wide_begin[b]] to wide[wide_begin[b + 1] - 1]. */
    size_t *wide, *wide_begin;
    size_t wide_count, wide_room;
};

static bool bit(const uint64_t *row, size_t i)
{
    return row[i / WORD_BITS] >> i % WORD_BITS & 1;
}

static void set_bit(uint64_t *row, size_t i)
{
    row[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
}

static void clear_bit(uint64_t *row, size_t i)
{
    row[i / WORD_BITS] &= ~(UINT64_C(1) << i % WORD_BITS);
}

/* More specific, or (equally so) earlier in the rule base. */
static bool outranks(const struct rule *a, const struct rule *b)
{
    return a->rank != b->rank ? a->rank > b->rank : a->order < b->order;
}

static int by_order(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a;
    const struct rule *y = *(const struct rule *const *)b;
    return (x->order > y->order) - (x->order < y->order);
}

static bool names(const struct rule *a, const struct rule *b)
{
    for (size_t i = 0; i < a->explain_count && a != b; i++) {
        if (rule_name_means(a->explains[i], b->id))
            return true;
    }
    return false;
}

/* What explains what, over any number of steps (Warshall's algorithm). */
static uint64_t *reachable(const struct relation *r)
{
    size_t bytes = r->count * r->words * sizeof(uint64_t);
    uint64_t *reach = must_alloc(bytes);
    memcpy(reach, r->explains, bytes);
    for (size_t k = 0; k < r->count; k++) {
        for (size_t i = 0; i < r->count; i++) {
            if (!bit(reach + i * r->words, k))
                continue;
            for (size_t w = 0; w < r->words; w++)
                reach[i * r->words + w] |= reach[k * r->words + w];
        }
    }
    return reach;
}

/* Where rules explain each other in a circle, only the higher rank explains
 * the lower: what is left has no circle. */
static void break_circles(struct relation *r)
{
    uint64_t *reach = reachable(r);
    for (size_t i = 0; i < r->count; i++) {
        for (size_t j = 0; j < r->count; j++) {
            if (bit(r->explains + i * r->words, j) &&
                bit(reach + j * r->words, i) &&
                !outranks(r->rules[i], r->rules[j]))
                clear_bit(r->explains + i * r->words, j);
        }
    }
    free(reach);
}

static void relate(struct causes *c)
{
    const struct findings *f = c->findings;
    struct relation *r = &c->relation;
    r->rules = must_alloc(f->count * sizeof *r->rules);
    for (size_t i = 0; i < f->count; i++)
        r->rules[i] = f->groups[i]->rule;
    if (f->count)
        qsort(r->rules, f->count, sizeof *r->rules, by_order);
    for (size_t i = 0; i < f->count; i++) {
        if (r->count == 0 || r->rules[r->count - 1] != r->rules[i])
            r->rules[r->count++] = r->rules[i];
    }
    r->words = (r->count + WORD_BITS - 1) / WORD_BITS;
    r->explains = must_alloc(r->count * r->words * sizeof(uint64_t));
    for (size_t i = 0; i < r->count; i++) {
        for (size_t j = 0; j < r->count; j++) {
            if (names(r->rules[i], r->rules[j]))
                set_bit(r->explains + i * r->words, j);
        }
    }
    break_circles(r);
    for (size_t i = 0; i < f->count; i++) {
        const struct rule **at = bsearch(&f->groups[i]->rule, r->rules,
                                         r->count, sizeof *r->rules, by_order);
        c->rule_of[i] = (size_t)(at - r->rules);
    }
}

bool causes_explain(const struct causes *c, size_t a, size_t b)
{
    const struct relation *r = &c->relation;
    return bit(r->explains + c->rule_of[a] * r->words, c->rule_of[b]);
}

static bool both(const char *a, const char *b)
{
    return *a && strcmp(a, b) == 0;
}

/* Both are known, and are not the same. */
static bool differ(const char *a, const char *b)
{
    return *a && *b && strcmp(a, b) != 0;
}

/* What is wrong in the client's own network is so whichever server it wants. */
static bool is_of_network(const struct group *group)
{
    return strcmp(group->rule->where, "local-network") == 0;
}

/* Whether what is known of a whole client, server or name holds for the other
 * finding. */
static bool covers(const struct group *wide, const struct group *other)
{
    switch (wide->rule->scope) {
    case SCOPE_SESSION:
        return false;
    case SCOPE_LOOKUP:
        return both(wide->client, other->client) &&
               both(wide->name, other->name);
    case SCOPE_ENDPOINT:
        return both(wide->server, other->server);
    case SCOPE_CLIENT:
        return both(wide->client, other->client) &&
               (is_of_network(wide) || !differ(wide->server, other->server));
    case SCOPE_CAPTURE:
    case SCOPES:
        break;
    }
    return !*wide->name || both(wide->name, other->name);
}

size_t causes_better(const struct causes *c, size_t a, size_t b)
{
    if (a == NO_CAUSE || b == NO_CAUSE)
        return a == NO_CAUSE ? b : a;
    struct group *const *groups = c->findings->groups;
    if (groups[a]->rule != groups[b]->rule)
        return outranks(groups[a]->rule, groups[b]->rule) ? a : b;
    return a < b ? a : b;
}

static bool is_near(struct stretch a, struct stretch b, int64_t near)
{
    return a.first <= b.last + near && b.first <= a.last + near;
}

static int64_t near_of(const struct group *group)
{
    return group->rule->scope == SCOPE_LOOKUP ? NEAR_LOOKUP : NEAR;
}

/* Whether the group has to do with what happened then. */
static bool is_of_then(const struct group *group, struct stretch then)
{
    for (size_t i = 0; i < group->stretch_count; i++) {
        if (is_near(group->stretches[i], then, near_of(group)))
            return true;
    }
    return group->stretch_count == 0; /* it holds all the time */
}

static bool are_of_one_time(const struct group *a, const struct group *b)
{
    for (size_t i = 0; i < b->stretch_count; i++) {
        if (is_of_then(a, b->stretches[i]))
            return true;
    }
    return b->stretch_count == 0;
}

bool causes_cover(const struct group *wide, const struct group *other)
{
    return covers(wide, other) && are_of_one_time(wide, other);
}

static void add_wide(struct causes *c, size_t a)
{
    if (c->wide_count == c->wide_room) {
        c->wide_room = c->wide_room ? 2 * c->wide_room : 64;
        c->wide = must_realloc(c->wide, c->wide_room * sizeof *c->wide);
    }
    c->wide[c->wide_count++] = a;
}

static void find_wide_causes(struct causes *c)
{
    const struct findings *f = c->findings;
    for (size_t b = 0; b < f->count; b++) {
        c->wide_begin[b] = c->wide_count;
        for (size_t a = 0; a < f->count; a++) {
            if (causes_explain(c, a, b) &&
                (covers(f->groups[a], f->groups[b]) ||
                 covers(f->groups[b], f->groups[a])) &&
                are_of_one_time(f->groups[a], f->groups[b]))
                add_wide(c, a);
        }
    }
    c->wide_begin[f->count] = c->wide_count;
}

size_t causes_wide(const struct causes *c, size_t b, const struct stretch *then)
{
    size_t cause = NO_CAUSE;
    for (size_t i = c->wide_begin[b]; i < c->wide_begin[b + 1]; i++) {
        if (!then || is_of_then(c->findings->groups[c->wide[i]], *then))
            cause = causes_better(c, cause, c->wide[i]);
    }
    return cause;
}

struct causes *causes_find(const struct findings *findings)
{
    struct causes *c = must_alloc(sizeof *c);
    c->findings = findings;
    c->rule_of = must_alloc(findings->count * sizeof *c->rule_of);
    c->wide_begin = must_alloc((findings->count + 1) * sizeof *c->wide_begin);
    relate(c);
    find_wide_causes(c);
    return c;
}

void causes_free(struct causes **causes)
{
    struct causes *c = *causes;
    free(c->relation.rules);
    free(c->relation.explains);
    free(c->rule_of);
    free(c->wide);
    free(c->wide_begin);
    free(c);
    *causes = NULL;
}

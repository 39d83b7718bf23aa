/* collected.h - findings while they are collected; private to finding/.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FINDING_COLLECTED_H
#define FINDING_COLLECTED_H

#include "base/arena.h"
#include "base/text.h"
#include "finding/findings.h"

/* Times of a finding that lie near each other, as one. */
struct stretch {
    int64_t first, last;
};

/* What lies further apart than so many nanoseconds has nothing to do with each
 * other, although it is about the same client, server or name: an answer of DNS
 * may be used for an hour; else a quarter of an hour is what attempts may be
 * apart (story/attempts.c). */
#define NEAR_LOOKUP (INT64_C(3600) * 1000000000)
#define NEAR (INT64_C(900) * 1000000000)

enum { STRETCHES_MAX = 64 }; /* of one group; then the last is made longer */

/* One rule, one client, and one server or one of what the rule is one for: to
 * be one result_finding. */
struct group {
    const struct rule *rule;
    const char *client, *server, *name; /* "" where unknown or many */
    const char *one_for;                /* "": one server */
    const char *summary;
    struct remedy remedy;
    const char *const *checks;
    size_t check_count;
    const struct hypothesis *hypotheses;
    size_t hypothesis_count;
    const char *const *next;
    size_t next_count;
    const char *log;
    const char *confidence; /* the rule's, or what contrast made of it */
    const char *confidence_why;
    uint64_t count;
    struct evidence evidence[FINDING_EVIDENCE_MAX];
    size_t evidence_count;
    uint64_t *sessions;
    size_t session_count, session_room;
    struct stretch *stretches; /* in the order in which they were found */
    size_t stretch_count, stretch_room;
    /* rank.c: */
    bool relieved; /* later sessions made up for all of its sessions; then: */
    enum verdict relief;
    bool outweighed; /* only possible, and its client's mail works */
    bool primary;
    bool unexplained; /* in some session */
    bool beaten;      /* by the primary of some session */
    const struct rule *explained_by;
};

struct findings {
    struct arena *mem;
    struct group *groups[FINDINGS_MAX];
    size_t count;
    size_t minor; /* of them: no failure */
    size_t sessions_kept; /* of all groups */
    uint16_t slots[2 * FINDINGS_MAX]; /* hash table: index of a group + 1 */
    struct result_finding last; /* what findings_alone() returned */
    struct text filter;         /* of it */
};

/* What the rule does to a verdict.  What the capture lacks is nobody's failure.
 */
enum verdict group_effect(const struct group *group);

/* The number of the first packet that shows it; 0: there is none. */
uint64_t group_first_packet(const struct group *group);

/* rank.c: sets .primary and .explained_by of all groups, and of the sessions
 * .primary and .verdict. */
void findings_rank(struct findings *findings, struct result_session *sessions,
                   size_t count);

/* Copies that live as long as mem. */
static inline const char *copy(struct arena *mem, const char *s)
{
    return arena_string(mem, span_of(s));
}

static inline const char *const *
copy_list(struct arena *mem, const char *const *list, size_t count)
{
    const char **copies = arena_alloc(mem, count * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = copy(mem, list[i]);
    return copies;
}

/* "frame.number in {12, 14}", numbers rising; nothing without packets. */
void filter_add(const struct evidence *evidence, size_t count,
                struct text *out);

#endif

/* diff.h - where a failing session first differs from a working one.
 *
 * Two results, each with the facts of one of its sessions, are laid side by
 * side, step by step.  What differs either matters (a step ended otherwise, or
 * lacks what it needs) or is of less weight (it differs among sessions that all
 * work).  Nothing here knows causes: the findings of the failing capture do.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include "finding/result.h"
#include "report/report.h"

enum diff_weight { DIFF_SAME, DIFF_LESSER, DIFF_MATTERS };

/* One step as one of the two took it. */
struct diff_side {
    bool there;
    bool hidden;       /* not there, or encrypted and there are no keys */
    const char *shown; /* in a few words; "" where it was not taken */
    uint64_t packet;   /* 0: no single one shows it */
    int64_t time;      /* 0: none */
};

struct diff_step {
    const char *name; /* "dns A", "greeting", "login", "SELECT", ... */
    struct diff_side good, bad;
    enum diff_weight weight;
    const char *says; /* what differs; "" where nothing does */
    const char *also; /* what differs besides, of less weight; "" nothing */
};

struct diff {
    struct arena *mem;
    const struct result *good, *bad;                         /* borrowed */
    const struct result_session *good_session, *bad_session; /* or NULL */
    const struct diff_step *steps;                           /* in order */
    size_t step_count;
    const struct diff_step *first; /* the first that matters; NULL: none does */
    const struct result_finding *cause; /* why, as the bad one shows it; NULL */
    const char *const *notes; /* what the comparison can not show, and why */
    size_t note_count;
};

/* Which sessions to lay side by side: of the good one that did best, of the bad
 * one that failed, as like each other as possible.  Ids that are not 0 stand
 * as they are; false, with the reason in err, when there is no such session, or
 * none at all in the good one.  *bad_id 0: it failed before there was one. */
bool diff_pick(const struct result *good, const struct result *bad,
               uint64_t *good_id, uint64_t *bad_id, struct err *err);

/* Compares the sessions with these ids, whose facts the results must hold as
 * their trace.  Borrows the results.  Free with diff_free(). */
struct diff *diff_of(const struct result *good, uint64_t good_id,
                     const struct result *bad, uint64_t bad_id);
void diff_free(struct diff **diff);

/* For people, and for programs. */
void diff_print_text(const struct diff *diff, const struct report_style *style,
                     FILE *out);
void diff_print_json(const struct diff *diff, const struct report_style *style,
                     FILE *out);

#endif

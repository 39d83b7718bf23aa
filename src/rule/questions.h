/* questions.h - what many rules ask of facts, asked once per subject.
 *
 * "Was there a mail.login with result == refused?" is asked by forty rules, and
 * a healthy session answers it with no.  When a base is loaded, questions that
 * a condition can not hold without are collected from all rules, equal ones
 * only once.  While a subject is judged, each is answered when it first comes
 * up, and most rules are done with by looking at one answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_QUESTIONS_H
#define RULE_QUESTIONS_H

#include "base/arena.h"
#include "rule/condition.h"

/* Conditions that ask more different questions than this are judged in full. */
enum { QUESTIONS_MAX = 2048 };

/* Is there a fact of the kind for which the test holds? */
struct question {
    const struct fact_kind *kind;
    const struct expr *test; /* looks at the fact alone; NULL: any */
};

struct questions {
    struct question list[QUESTIONS_MAX];
    size_t count;
};

/* Unless one of these is answered with yes, the condition does not hold. */
struct clause {
    const uint16_t *questions;
    size_t count;
};

/* All of which must be true. */
struct clauses {
    const struct clause *list;
    size_t count;
};

/* Adds the questions of the condition.  What the clauses consist of lives in
 * mem. */
struct clauses questions_add(struct questions *questions,
                             const struct condition *condition,
                             struct arena *mem);

/* The answers for one subject. */
struct answers {
    const struct questions *questions;
    uint8_t known[QUESTIONS_MAX]; /* enum answer */
};

void answers_begin(struct answers *answers, const struct questions *questions);

/* False when the answers say that the condition of these clauses can not hold.
 * Leaves the view's current fact changed. */
bool answers_allow(struct answers *answers, struct clauses clauses,
                   struct view *view);

#endif

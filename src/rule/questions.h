/* questions.h - what many rules ask of facts, asked once per subject.
 *
 * "Was there a mail.login with result == refused?" is asked by forty rules, and
 * a healthy session answers it with no.  When a base is loaded, questions that
 * a condition can not hold without are collected from all rules, equal ones
 * only once, each with the set of rules that need a yes.  While a subject is
 * judged, each is answered when it first comes up, and a no rules out all of
 * its set together.  So a healthy session costs little however many rules there
 * are.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_QUESTIONS_H
#define RULE_QUESTIONS_H

#include "base/arena.h"
#include "rule/condition.h"

enum {
    RULES_MAX = 4096, /* of a base */
    RULE_WORDS = RULES_MAX / 64,
    /* Conditions that ask more different questions are judged in full. */
    QUESTIONS_MAX = 4096,
    NEEDS_MAX = 6, /* sets of kinds; what a rule needs beyond is asked for */
};

/* Is there a fact of the kind for which the test holds? */
struct question {
    const struct fact_kind *kind; /* NULL: the test is one of the whole */
    const struct expr *test;      /* looks at the fact alone; NULL: any */
    uint64_t *needed_by;          /* rules, a bit each; NULL: none */
};

/* Kinds of facts, a bit each. */
enum { KIND_WORDS = (FACT_KINDS + 63) / 64 };
struct kinds {
    uint64_t bits[KIND_WORDS];
};

/* Rules that need facts of the same kinds: of each set, one at least. */
struct needs {
    struct kinds one_of[NEEDS_MAX];
    size_t count;
    uint64_t *rules; /* a bit each */
};

struct needs_list {
    struct needs *list;
    size_t count, room;
};

struct questions {
    struct question list[QUESTIONS_MAX];
    size_t count;
    /* By a kind of fact that they can not do without, if possible a rare one;
     * those that need none, with FACT_KINDS. */
    struct needs_list begun_by[FACT_KINDS + 1];
    size_t words; /* of each set of rules */
};

/* Unless one of these is answered with yes, the condition does not hold. */
struct clause {
    uint16_t first;
    uint16_t more_count;
    const uint16_t *more; /* nearly always none */
};

/* All of which must be true. */
struct clauses {
    const struct clause *list;
    size_t count;
};

/* No questions yet; at most so many rules will be added. */
void questions_begin(struct questions *questions, size_t rules);

/* Adds the questions of a condition, that of the rule with this number.  What
 * the clauses consist of lives in mem. */
struct clauses questions_add(struct questions *questions,
                             const struct condition *condition, size_t rule,
                             struct arena *mem);

/* The clauses without the last ones, as far as what they ask costs something
 * and no other rule asks it.  Once all conditions were added. */
struct clauses questions_shared(const struct questions *questions,
                                struct clauses clauses);

/* The answers for one subject, and the rules that they leave. */
struct answers {
    const struct questions *questions;
    struct kinds present;
    uint64_t left[RULE_WORDS];
    uint8_t known[QUESTIONS_MAX]; /* enum answer */
};

void answers_begin(struct answers *answers, const struct questions *questions,
                   const struct facts *subject);

/* The first rule that is left, from this one on; false at the end. */
static inline bool answers_left(const struct answers *answers, size_t *rule)
{
    size_t w = *rule / 64;
    if (w == answers->questions->words)
        return false;
    uint64_t left = answers->left[w] & UINT64_MAX << *rule % 64;
    while (!left) {
        if (++w == answers->questions->words)
            return false;
        left = answers->left[w];
    }
    *rule = w * 64 + (size_t)__builtin_ctzll(left);
    return true;
}

/* False when the answers say that the condition of these clauses can not hold.
 * Leaves the view's current fact changed. */
bool answers_allow(struct answers *answers, struct clauses clauses,
                   struct view *view);

#endif

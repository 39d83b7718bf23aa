/* questions.h - what many rules ask of facts, asked once per subject.
 *
 * "Was there a mail.login with result == refused?" is asked by forty rules, and
 * a healthy session answers it with no.  When a base is loaded, questions that
 * a condition can not hold without are collected from all rules, equal ones
 * only once, each with the set of rules that need a yes: a no rules out all of
 * them together (see answers.h), and with them those that need what follows from
 * it, such as a login that was refused for a certain reason.  So a healthy session costs little however many
 * rules there are.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_QUESTIONS_H
#define RULE_QUESTIONS_H

#include "base/arena.h"
#include "fact/kinds.h"
#include "rule/condition.h"

enum {
    RULES_MAX = 4096, /* of a base */
    RULE_WORDS = RULES_MAX / 64,
    /* Conditions that ask more different questions are judged in full. */
    QUESTIONS_MAX = 4096,
    QUESTION_NONE = QUESTIONS_MAX,
    NEEDS_MAX = 6, /* sets of kinds; what a rule needs beyond is asked for */
};

/* Is there a fact of the kind for which the test holds? */
struct question {
    const struct fact_kind *kind; /* NULL: the test is one of the whole */
    const struct expr *test;      /* looks at the fact alone; NULL: any */
    /* Rules, a bit each; NULL: none.  Also those that need something that
     * can not hold where this does not. */
    uint64_t *needed_by;
    /* Questions, a bit each, that say no where this one does; NULL: none. */
    const uint64_t *stronger;
    uint16_t part; /* a question that says no here too where it says no;
                      QUESTION_NONE: there is none */
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

struct questions {
    struct question list[QUESTIONS_MAX];
    size_t count;
    struct clauses *of_rule; /* by the rule's number */
    size_t rules;
    /* By a kind of fact that they can not do without, if possible a rare one;
     * those that need none, with FACT_KINDS. */
    struct needs_list begun_by[FACT_KINDS + 1];
    size_t words; /* of each set of rules */
    size_t question_words; /* of each set of questions, when finished */
};

/* No questions yet; at most so many rules will be added.  What they need lives
 * in mem. */
void questions_begin(struct questions *questions, size_t rules,
                     struct arena *mem);

/* Adds the questions of a condition, that of the next rule.  What they consist
 * of lives in mem. */
void questions_add(struct questions *questions,
                   const struct condition *condition, struct arena *mem);

/* Once all conditions were added: leaves out, of each rule, the last clauses as
 * far as what they ask costs something and no other rule asks it; and finds out
 * which questions a no to another answers.  Sets of rules live in mem. */
void questions_finish(struct questions *questions, struct arena *mem);

#endif

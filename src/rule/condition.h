/* condition.h - a rule's condition and texts, compiled.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_CONDITION_H
#define RULE_CONDITION_H

#include "rule/fill.h"
#include "rule/names.h"

/* In time, seen from the pattern before it. */
enum pattern_order { ORDER_ANY, ORDER_AFTER, ORDER_BEFORE };

struct pattern {
    const struct fact_kind *kind; /* NULL: only a test, of `unless` */
    const struct expr *test;      /* NULL: any fact of the kind */
    enum pattern_order order;
    bool has_moment; /* what follows may be before or after it */
    double within;   /* seconds; negative: no matter */
    uint8_t slot;
    /* Tests of the whole that need what this pattern matched. */
    const struct expr **then;
    size_t then_count, then_room;
};

enum { TESTS_MAX = 16, UNLESS_MAX = 16 };

struct instead;

/* A text that is said only if a test holds. */
struct said {
    const struct expr *test; /* NULL: always */
    const struct template *text;
    const struct template *because; /* of a hypothesis; NULL for none */
    const struct instead *instead;  /* of contrast; NULL for none */
};

struct said_list {
    const struct said *list;
    size_t count;
};

/* What a finding says in place of its own words when contrast has shown these
 * to be wrong.  What is NULL or empty stays as it was. */
struct instead {
    const struct template *user, *admin;
    struct said_list hypotheses, next;
};

struct condition {
    const struct expr *tests[TESTS_MAX]; /* that need no pattern */
    size_t test_count;
    struct pattern when[PATTERNS_MAX];
    size_t when_count;
    struct pattern unless[UNLESS_MAX];
    size_t unless_count;
    bool has_moment; /* some pattern of `when` has */
    const struct counted *counted;
    size_t counted_count;
    const struct template *one_for; /* NULL: one finding for each server */
    const struct template *says, *user, *admin;
    struct said_list checks, hypotheses, next;
    struct said_list raised, lowered; /* by contrast */
};

/* What "count(K ...) >= 2" counts, which can not hold without a K; NULL for
 * other comparisons, and where none is enough. */
const struct aggregate *expr_counted(const struct expr *comparison);

/* For each of condition->counted: whether what it takes in speaks for the
 * condition, which holds with what view has.  "count(K ...) >= 2" says that these
 * K make it so, and "exists(K)" too; what there must not be, or not too much of,
 * and what stands in an alternative that does not hold, says nothing. */
void condition_witnesses(const struct condition *condition, struct view *view,
                         bool witness[COUNTED_MAX]);

/* For each of condition->counted: whether the condition wants such facts to be
 * there.  Those of "not exists(K)" it does not. */
void condition_wanted(const struct condition *condition,
                      bool wanted[COUNTED_MAX]);

/* Whether the expression refers to what patterns matched. */
bool expr_needs_pattern(const struct expr *e);

#endif

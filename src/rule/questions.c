/* questions.c - see questions.h.
 *
 * A pattern or an exists() can not hold without a fact that passes each part of
 * its `and`: each cheap part is a question.  Of an `or`, one branch must hold:
 * its questions, one from each branch, are one clause.  What is left is asked
 * last: whether one fact passes all parts, and the tests of the whole.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/questions.h"

#include <string.h>

#include "rule/implies.h"
#include "rule/steps.h"

enum {
    CLAUSES_MAX = 48, /* of a condition */
    PARTS_MAX = 16,   /* branches of an `or` */
    CHEAP = 30,       /* cost of a test; regular expressions are above */
};

/* Whether it looks at nothing but the current fact, and what is the same for all
 * facts of a subject. */
static bool looks_at_one_fact(const struct expr *e)
{
    switch ((int)e->op) { /* by what it consists of */
    case OP_FIELD:
        return e->slot == SLOT_CURRENT || e->slot == SLOT_SESSION ||
               e->slot == SLOT_CAPTURE;
    case OP_CONSTANT:
        return true;
    case OP_AGGREGATE:
        return false;
    case OP_ALL:
    case OP_ONE_OF:
        for (size_t i = 0; i < e->count; i++) {
            if (!looks_at_one_fact(e->list[i]))
                return false;
        }
        return true;
    case OP_NEGATE:
    case OP_NOT:
    case OP_NOT_EMPTY:
    case OP_IN_TEXTS:
    case OP_IN_NUMBERS:
    case OP_MATCHES:
        return looks_at_one_fact(e->left);
    default:
        return looks_at_one_fact(e->left) && looks_at_one_fact(e->right);
    }
}

static bool is_question(const struct expr *e)
{
    return e->op != OP_CONSTANT && looks_at_one_fact(e);
}

static bool is_cheap(const struct expr *e)
{
    return e->cost <= CHEAP;
}

/* Its number; QUESTION_NONE when there is no room. */
static size_t number_of(struct questions *q, const struct fact_kind *kind,
                        const struct expr *test)
{
    for (size_t i = 0; i < q->count; i++) {
        if (q->list[i].kind == kind && expr_same(q->list[i].test, test))
            return i;
    }
    if (q->count == QUESTIONS_MAX)
        return QUESTION_NONE;
    q->list[q->count] = (struct question){
        .kind = kind, .test = test, .part = QUESTION_NONE};
    return q->count++;
}

struct adding {
    struct questions *questions;
    size_t rule;
    struct arena *mem;
    struct clause clauses[CLAUSES_MAX];
    size_t count;
};

static void add_clause(struct adding *a, const uint16_t *questions, size_t n)
{
    if (a->count == CLAUSES_MAX || n == 0)
        return;
    uint16_t *more = NULL;
    if (n > 1) {
        more = arena_alloc(a->mem, (n - 1) * sizeof *more);
        memcpy(more, questions + 1, (n - 1) * sizeof *more);
    }
    a->clauses[a->count++] =
        (struct clause){questions[0], (uint16_t)(n - 1), more};
}

/* A set of rules, none yet. */
static uint64_t *rules_new(const struct questions *q, struct arena *mem)
{
    return arena_alloc(mem, q->words * sizeof(uint64_t));
}

static void mark(uint64_t *set, size_t number)
{
    set[number / 64] |= UINT64_C(1) << number % 64;
}

/* The set of those that need it, to add to. */
static uint64_t *needed_by(struct questions *q, struct question *question,
                           struct arena *mem)
{
    if (!question->needed_by)
        question->needed_by = rules_new(q, mem);
    return question->needed_by;
}

/* A clause of its own. */
static void add_question(struct adding *a, const struct fact_kind *kind,
                         const struct expr *test)
{
    size_t number = number_of(a->questions, kind, test);
    if (number == QUESTION_NONE)
        return;
    add_clause(a, &(uint16_t){(uint16_t)number}, 1);
    struct question *question = &a->questions->list[number];
    mark(needed_by(a->questions, question, a->mem), a->rule);
}

/* A fact of the kind must pass the test: a clause for each part of it. */
static void add_parts(struct adding *a, const struct fact_kind *kind,
                      const struct expr *test)
{
    if (test->op == OP_ALL) {
        for (size_t i = 0; i < test->count; i++)
            add_parts(a, kind, test->list[i]);
        return;
    }
    if (is_question(test) && is_cheap(test))
        add_question(a, kind, test);
}

static void add_fact(struct adding *a, const struct fact_kind *kind,
                     const struct expr *test)
{
    size_t before = a->count;
    if (test)
        add_parts(a, kind, test);
    if (a->count == before) /* else a yes says that there is one */
        add_question(a, kind, NULL);
    if (test && is_question(test) && (a->count > before + 1 || !is_cheap(test)))
        add_question(a, kind, test); /* all parts in one fact */
}

/* The aggregate without whose facts the expression is false; NULL if there is
 * no telling. */
static const struct aggregate *needed(const struct expr *e)
{
    if (e->op == OP_AGGREGATE && e->aggregate->what == AGGREGATE_EXISTS)
        return e->aggregate;
    if (e->op == OP_LESS || e->op == OP_AT_MOST)
        return expr_counted(e);
    if (e->op == OP_ALL) {
        for (size_t i = 0; i < e->count; i++) {
            const struct aggregate *found = needed(e->list[i]);
            if (found)
                return found;
        }
    }
    return NULL;
}

/* How likely a no is, by the looks of it: few facts have the value asked for,
 * most do not have another one. */
static int telling(const struct expr *test)
{
    if (!test)
        return 5; /* at least it is soon known */
    switch ((int)test->op) {
    case OP_SAME_TEXT:
    case OP_EQUAL:
    case OP_LESS:
    case OP_AT_MOST:
    case OP_IN_NUMBERS:
        return 4;
    case OP_IN_TEXTS:
        return 3;
    case OP_NOT:
    case OP_UNEQUAL:
        return 1;
    default:
        return 2;
    }
}

/* The cheap questions of which a test consists, as many as there is room for. */
struct cheap_parts {
    const struct expr *list[PARTS_MAX];
    size_t count;
};

static void find_cheap(struct cheap_parts *parts, const struct expr *test)
{
    if (test->op == OP_ALL) {
        for (size_t i = 0; i < test->count; i++)
            find_cheap(parts, test->list[i]);
    } else if (is_question(test) && is_cheap(test) &&
               parts->count < PARTS_MAX) {
        parts->list[parts->count++] = test;
    }
}

static const struct expr *most_telling(const struct cheap_parts *parts)
{
    const struct expr *best = NULL;
    for (size_t i = 0; i < parts->count; i++) {
        if (!best || telling(parts->list[i]) > telling(best))
            best = parts->list[i];
    }
    return best;
}

/* All of them, of one fact. */
static const struct expr *join(struct adding *a, const struct cheap_parts *parts)
{
    size_t bytes = parts->count * sizeof(struct expr *);
    struct expr *e = arena_alloc(a->mem, sizeof *e);
    *e = (struct expr){.op = OP_ALL, .type = TYPE_BOOL};
    e->list = arena_alloc(a->mem, bytes);
    memcpy(e->list, parts->list, bytes);
    e->count = parts->count;
    for (size_t i = 0; i < parts->count; i++)
        e->cost += parts->list[i]->cost;
    e->steps = steps_compile(e, a->mem);
    return e;
}

/* What is cheap to ask about an aggregate: whether one fact passes all cheap
 * parts of its test, which comes after the part that tells most, for this one
 * many others ask, too; or whether there is a fact at all. */
static size_t best_question(struct adding *a, const struct aggregate *aggregate)
{
    struct cheap_parts parts = {.count = 0};
    if (aggregate->where)
        find_cheap(&parts, aggregate->where);
    size_t part =
        number_of(a->questions, aggregate->kind, most_telling(&parts));
    if (parts.count < 2 || part == QUESTION_NONE)
        return part;
    size_t all = number_of(a->questions, aggregate->kind, join(a, &parts));
    if (all == QUESTION_NONE)
        return part;
    a->questions->list[all].part = (uint16_t)part;
    return all;
}

/* A test of the whole, or one that is not cheap. */
static bool is_costly(const struct question *q)
{
    return !q->kind || (q->test && !is_cheap(q->test));
}

/* Those of several questions, and what is costly, come last. */
static int clause_telling(const struct adding *a, const struct clause *clause)
{
    const struct question *first = &a->questions->list[clause->first];
    if (is_costly(first))
        return -1;
    return clause->more_count == 0 ? telling(first->test) : 0;
}

static void sort_clauses(struct adding *a)
{
    for (size_t i = 1; i < a->count; i++) {
        struct clause clause = a->clauses[i];
        size_t at = i;
        for (; at > 0 && clause_telling(a, &a->clauses[at - 1]) <
                             clause_telling(a, &clause);
             at--)
            a->clauses[at] = a->clauses[at - 1];
        a->clauses[at] = clause;
    }
}

static void add_branches(struct adding *a, const struct expr *one_of)
{
    uint16_t questions[PARTS_MAX];
    if (one_of->count > PARTS_MAX)
        return;
    for (size_t i = 0; i < one_of->count; i++) {
        const struct aggregate *aggregate = needed(one_of->list[i]);
        size_t number = aggregate ? best_question(a, aggregate) : QUESTION_NONE;
        if (number == QUESTION_NONE)
            return;
        questions[i] = (uint16_t)number;
    }
    add_clause(a, questions, one_of->count);
}

static void add_test(struct adding *a, const struct expr *e)
{
    if (e->op == OP_ALL) {
        for (size_t i = 0; i < e->count; i++)
            add_test(a, e->list[i]);
    } else if (e->op == OP_ONE_OF) {
        add_branches(a, e);
    } else {
        const struct aggregate *aggregate = needed(e);
        if (aggregate)
            add_fact(a, aggregate->kind, aggregate->where);
    }
}

void questions_begin(struct questions *questions, size_t rules,
                     struct arena *mem)
{
    questions->count = 0;
    questions->words = (rules + 63) / 64;
    memset(questions->begun_by, 0, sizeof questions->begun_by);
    questions->of_rule = arena_alloc(mem, rules * sizeof *questions->of_rule);
    questions->rules = 0;
}

/* The kinds of which a clause needs one; false where it can do without. */
static bool kinds_of(const struct questions *q, const struct clause *clause,
                     struct kinds *kinds)
{
    *kinds = (struct kinds){{0}};
    for (size_t i = 0; i <= clause->more_count; i++) {
        size_t number = i == 0 ? clause->first : clause->more[i - 1];
        if (!q->list[number].kind)
            return false;
        kinds_add(kinds, q->list[number].kind->number);
    }
    return true;
}

static void add_need(struct needs *needs, const struct kinds *kinds)
{
    for (size_t i = 0; i < needs->count; i++) {
        if (memcmp(&needs->one_of[i], kinds, sizeof *kinds) == 0)
            return;
    }
    if (needs->count < NEEDS_MAX)
        needs->one_of[needs->count++] = *kinds;
}

/* A kind that the clauses can not do without: that of the shortest list. */
static size_t rarest_kind(const struct adding *a)
{
    const struct questions *q = a->questions;
    size_t rarest = FACT_KINDS;
    for (size_t i = 0; i < a->count; i++) {
        const struct fact_kind *kind = q->list[a->clauses[i].first].kind;
        if (kind && a->clauses[i].more_count == 0 &&
            (rarest == FACT_KINDS ||
             q->begun_by[kind->number].count < q->begun_by[rarest].count))
            rarest = kind->number;
    }
    return rarest;
}

static uint64_t *rules_needing(struct adding *a, const struct needs *needs)
{
    struct needs_list *begun = &a->questions->begun_by[rarest_kind(a)];
    for (size_t i = 0; i < begun->count; i++) {
        const struct needs *known = &begun->list[i];
        if (memcmp(known->one_of, needs->one_of, sizeof needs->one_of) == 0)
            return known->rules;
    }
    begun->list = arena_grow(a->mem, begun->list, begun->count, &begun->room,
                             begun->count + 1, sizeof *needs);
    struct needs *added = &begun->list[begun->count++];
    *added = *needs;
    added->rules = rules_new(a->questions, a->mem);
    return added->rules;
}

static void begin_with_kinds(struct adding *a)
{
    struct needs needs = {.count = 0};
    for (size_t i = 0; i < a->count; i++) {
        struct kinds kinds;
        if (kinds_of(a->questions, &a->clauses[i], &kinds))
            add_need(&needs, &kinds);
    }
    mark(rules_needing(a, &needs), a->rule);
}

void questions_add(struct questions *questions,
                   const struct condition *condition, struct arena *mem)
{
    struct adding a = {questions, questions->rules++, mem, {{0, 0, NULL}}, 0};
    for (size_t i = 0; i < condition->when_count; i++)
        add_fact(&a, condition->when[i].kind, condition->when[i].test);
    for (size_t i = 0; i < condition->test_count; i++) {
        add_test(&a, condition->tests[i]);
        add_question(&a, NULL, condition->tests[i]);
    }
    sort_clauses(&a);
    begin_with_kinds(&a);
    struct clause *list = arena_alloc(mem, a.count * sizeof *list);
    memcpy(list, a.clauses, a.count * sizeof *list);
    questions->of_rule[a.rule] = (struct clauses){list, a.count};
}

static bool is_needed_by_several(const struct question *q, size_t words)
{
    size_t rules = 0;
    for (size_t w = 0; q->needed_by && w < words; w++)
        rules += (size_t)__builtin_popcountll(q->needed_by[w]);
    return rules > 1;
}

static void leave_out_unshared(const struct questions *questions,
                               struct clauses *clauses)
{
    for (; clauses->count > 0; clauses->count--) {
        const struct clause *last = &clauses->list[clauses->count - 1];
        const struct question *q = &questions->list[last->first];
        if (last->more_count > 0 || !is_costly(q) ||
            is_needed_by_several(q, questions->words))
            break;
    }
}

/* ---- what a no to one question says of others ---- */

static bool has(const uint64_t *set, size_t number)
{
    return set[number / 64] >> number % 64 & 1;
}

/* The others that are answered with no as well; NULL: none are. */
static const uint64_t *find_stronger(const struct questions *q,
                                     const struct question *weak,
                                     struct arena *mem)
{
    uint64_t *stronger = NULL;
    for (size_t i = 0; i < q->count; i++) {
        const struct question *other = &q->list[i];
        if (other == weak || other->kind != weak->kind || !other->test ||
            !expr_implies(other->test, weak->test))
            continue;
        if (!stronger)
            stronger =
                arena_alloc(mem, q->question_words * sizeof *stronger);
        mark(stronger, i);
    }
    return stronger;
}

/* Whether a no to the question is one to all that the clause asks. */
static bool denies(const struct questions *q, const struct question *weak,
                   const struct clause *clause)
{
    for (size_t i = 0; i <= clause->more_count; i++) {
        size_t number = i == 0 ? clause->first : clause->more[i - 1];
        if (&q->list[number] != weak && !has(weak->stronger, number))
            return false;
    }
    return true;
}

/* The rules that a no to it rules out by what follows from it. */
static void spread(struct questions *q, struct question *weak, struct arena *mem)
{
    for (size_t r = 0; r < q->rules; r++) {
        const struct clauses clauses = q->of_rule[r];
        for (size_t i = 0; i < clauses.count; i++) {
            if (denies(q, weak, &clauses.list[i]))
                mark(needed_by(q, weak, mem), r);
        }
    }
}

void questions_finish(struct questions *questions, struct arena *mem)
{
    for (size_t i = 0; i < questions->rules; i++)
        leave_out_unshared(questions, &questions->of_rule[i]);
    questions->question_words = (questions->count + 63) / 64;
    for (size_t i = 0; i < questions->count; i++) {
        struct question *q = &questions->list[i];
        if (!q->kind || !q->test || q->test->op == OP_ALL || !is_cheap(q->test))
            continue;
        q->stronger = find_stronger(questions, q, mem);
        if (q->stronger)
            spread(questions, q, mem);
    }
}

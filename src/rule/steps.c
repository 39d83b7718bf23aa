/* steps.c - see steps.h.
 *
 * The steps are written from the last to the first, so that where a step leads
 * is known when it is written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/steps.h"

#include "rule/implies.h"

enum step_kind {
    STEP_BOOL,
    STEP_TEXT,    /* is the text */
    STEP_TEXTS,   /* is one of the texts */
    STEP_FILLED,  /* is not empty */
    STEP_UINT,    /* is in the range */
    STEP_REAL,    /* is in the range */
    STEP_NUMBERS, /* is in one of the ranges */
    STEP_FIELDS,  /* up to here, a single field; from here on, no: */
    STEP_EXISTS = STEP_FIELDS, /* there is such a fact */
    STEP_TREE,                 /* anything else */
};

/* Where steps end. */
enum { NO, YES, FIRST };

enum { STEPS_MAX = 256 };

struct step {
    uint8_t kind;
    uint8_t slot;
    bool missing;    /* the answer when there is no fact */
    uint16_t offset; /* of the field */
    uint16_t next[2]; /* on no and on yes: NO, YES, or a step, see FIRST */
    union {
        struct span text;
        struct range range;
        const struct expr *e;
    };
};

struct compiling {
    struct step steps[STEPS_MAX]; /* from the last one */
    size_t count;
    bool full;
};

static bool is_field(const struct expr *e)
{
    return e->op == OP_FIELD && e->field->offset <= UINT16_MAX;
}

static struct step of_field(enum step_kind kind, const struct expr *field)
{
    return (struct step){.kind = (uint8_t)kind,
                         .slot = field->slot,
                         .offset = (uint16_t)field->field->offset};
}

static struct step of_tree(const struct expr *e)
{
    return (struct step){.kind = STEP_TREE, .e = e};
}

static struct step of_comparison(const struct expr *e)
{
    const struct expr *field;
    struct range range;
    if (!expr_range(e, &field, &range) || !is_field(field))
        return of_tree(e);
    struct step step = of_field(
        field->field->type == FACT_UINT ? STEP_UINT : STEP_REAL, field);
    step.range = range;
    return step;
}

static struct step of_same_text(const struct expr *e)
{
    const struct expr *field = is_field(e->left) ? e->left : e->right;
    const struct expr *constant = is_field(e->left) ? e->right : e->left;
    if (!is_field(field) || constant->op != OP_CONSTANT)
        return of_tree(e);
    struct step step = of_field(STEP_TEXT, field);
    step.text = constant->text;
    step.missing = constant->text.n == 0;
    return step;
}

static struct step of_text(enum step_kind kind, const struct expr *e)
{
    if (!is_field(e->left))
        return of_tree(e);
    struct step step = of_field(kind, e->left);
    step.e = e;
    step.missing = kind == STEP_TEXTS && expr_has_text(e, SPAN(""));
    return step;
}

static struct step of_numbers(const struct expr *e)
{
    if (!is_field(e->left) || e->left->field->type != FACT_UINT)
        return of_tree(e);
    struct step step = of_field(STEP_NUMBERS, e->left);
    step.e = e;
    return step;
}

static struct step of_aggregate(const struct expr *e)
{
    struct step step = of_tree(e);
    if (e->aggregate->what == AGGREGATE_EXISTS)
        step.kind = STEP_EXISTS;
    return step;
}

/* One that asks for no more than yes or no. */
static struct step of_leaf(const struct expr *e)
{
    switch ((int)e->op) { /* those that are more than a part of the tree */
    case OP_FIELD:
        return is_field(e) ? of_field(STEP_BOOL, e) : of_tree(e);
    case OP_AGGREGATE:
        return of_aggregate(e);
    case OP_NOT_EMPTY:
        return of_text(STEP_FILLED, e);
    case OP_SAME_TEXT:
        return of_same_text(e);
    case OP_IN_TEXTS:
        return of_text(STEP_TEXTS, e);
    case OP_IN_NUMBERS:
        return of_numbers(e);
    case OP_EQUAL:
    case OP_UNEQUAL:
    case OP_LESS:
    case OP_AT_MOST:
        return of_comparison(e);
    default:
        return of_tree(e);
    }
}

static uint16_t write(struct compiling *c, struct step step, uint16_t yes,
                      uint16_t no)
{
    if (c->count == STEPS_MAX) {
        c->full = true;
        return NO;
    }
    step.next[false] = no;
    step.next[true] = yes;
    c->steps[c->count] = step;
    return (uint16_t)(FIRST + c->count++);
}

/* Writes what answers e before all that is written; returns where it begins. */
static uint16_t compile(struct compiling *c, const struct expr *e,
                        uint16_t yes, uint16_t no)
{
    if (e->op == OP_NOT)
        return compile(c, e->left, no, yes);
    if (e->op != OP_ALL && e->op != OP_ONE_OF)
        return write(c, of_leaf(e), yes, no);
    uint16_t begin = e->op == OP_ALL ? yes : no;
    for (size_t i = e->count; i > 0; i--)
        begin = e->op == OP_ALL ? compile(c, e->list[i - 1], begin, no)
                                : compile(c, e->list[i - 1], yes, begin);
    return begin;
}

/* In the order in which they are gone through: the first is written last. */
static void turn_round(const struct compiling *c, struct step *steps)
{
    for (size_t i = 0; i < c->count; i++) {
        struct step *step = &steps[i];
        *step = c->steps[c->count - 1 - i];
        for (size_t k = 0; k < 2; k++) {
            if (step->next[k] >= FIRST)
                step->next[k] = (uint16_t)(FIRST + c->count - 1 -
                                           (size_t)(step->next[k] - FIRST));
        }
    }
}

const struct step *steps_compile(const struct expr *e, struct arena *mem)
{
    struct compiling c = {.count = 0};
    if (e->op == OP_CONSTANT)
        return NULL;
    compile(&c, e, YES, NO);
    if (c.full || (c.count == 1 && c.steps[0].kind == STEP_TREE))
        return NULL;
    struct step *steps = arena_alloc(mem, c.count * sizeof *steps);
    turn_round(&c, steps);
    return steps;
}

/* Kept out of the way of the many steps that look at a single value: these need
 * no registers saved. */
__attribute__((noinline)) static bool is_listed(const struct step *step,
                                                const void *field)
{
    return step->kind == STEP_TEXTS
               ? expr_has_text(step->e, *(const struct span *)field)
               : expr_has_number(step->e, (double)*(const uint64_t *)field);
}

static bool answer(const struct step *step, const void *field)
{
    switch (step->kind) {
    case STEP_BOOL:
        return *(const bool *)field;
    case STEP_TEXT:
        return span_same(*(const struct span *)field, step->text);
    case STEP_FILLED:
        return ((const struct span *)field)->n > 0;
    case STEP_UINT:
        return range_has(step->range, (double)*(const uint64_t *)field);
    case STEP_REAL:
        return range_has(step->range, *(const double *)field);
    default:
        return is_listed(step, field);
    }
}

/* As is_listed(). */
__attribute__((noinline)) static bool is_yes_of_all(const struct step *step,
                                                    struct view *view)
{
    return step->kind == STEP_EXISTS
               ? aggregate_exists(step->e->aggregate, view)
               : expr_true(step->e, view);
}

static bool is_yes(const struct step *step, struct view *view)
{
    if (step->kind >= STEP_FIELDS)
        return is_yes_of_all(step, view);
    const struct fact *fact = view->slot[step->slot];
    return fact ? answer(step, (const uint8_t *)fact->values + step->offset)
                : step->missing;
}

bool steps_hold(const struct step *steps, struct view *view)
{
    size_t at = FIRST;
    while (at >= FIRST) {
        const struct step *step = &steps[at - FIRST];
        at = step->next[is_yes(step, view)];
    }
    return at == YES;
}

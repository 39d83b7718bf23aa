/* implies.c - see implies.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/implies.h"

#include <math.h>
#include <string.h>

/* ---- the same ---- */

static bool same_texts(const struct expr *a, const struct expr *b)
{
    for (size_t i = 0; i < a->text_count && i < b->text_count; i++) {
        if (!span_same(a->texts[i], b->texts[i]))
            return false;
    }
    return a->text_count == b->text_count;
}

static bool same_ranges(const struct expr *a, const struct expr *b)
{
    size_t bytes = a->range_count * sizeof a->ranges[0];
    return a->range_count == b->range_count &&
           memcmp(a->ranges, b->ranges, bytes) == 0;
}

static bool same_list(const struct expr *a, const struct expr *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (!expr_same(a->list[i], b->list[i]))
            return false;
    }
    return a->count == b->count;
}

static bool same_constant(const struct expr *a, const struct expr *b)
{
    switch (a->type) {
    case TYPE_TEXT:
        return span_same(a->text, b->text);
    case TYPE_NUMBER:
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    case TYPE_BOOL:
        return a->truth == b->truth;
    }
    return false;
}

static bool same_aggregate(const struct aggregate *a, const struct aggregate *b)
{
    return a->what == b->what && a->distinct == b->distinct &&
           a->kind == b->kind && a->field == b->field &&
           expr_same(a->where, b->where);
}

bool expr_same(const struct expr *a, const struct expr *b)
{
    if (!a || !b)
        return a == b;
    if (a->op != b->op || a->type != b->type)
        return false;
    switch ((int)a->op) { /* by what it consists of */
    case OP_FIELD:
        return a->field == b->field && a->slot == b->slot;
    case OP_CONSTANT:
        return same_constant(a, b);
    case OP_AGGREGATE:
        return same_aggregate(a->aggregate, b->aggregate);
    case OP_ALL:
    case OP_ONE_OF:
        return same_list(a, b);
    case OP_NEGATE:
    case OP_NOT:
    case OP_NOT_EMPTY:
        return expr_same(a->left, b->left);
    case OP_IN_TEXTS:
        return expr_same(a->left, b->left) && same_texts(a, b);
    case OP_IN_NUMBERS:
        return expr_same(a->left, b->left) && same_ranges(a, b);
    case OP_MATCHES:
        return expr_same(a->left, b->left) && a->regex == b->regex;
    default:
        return expr_same(a->left, b->left) && expr_same(a->right, b->right);
    }
}

/* ---- follows from ---- */

/* The texts that a test wants of a field, or does not want. */
struct wanted {
    const struct expr *field;
    const struct span *texts;
    size_t count;
    bool others; /* all but these */
};

static bool wanted_by(const struct expr *e, struct wanted *w)
{
    static const struct span nothing = {NULL, 0};
    const struct expr *constant = NULL;
    switch ((int)e->op) { /* those that ask what a text is */
    case OP_NOT:
        if (!wanted_by(e->left, w))
            return false;
        w->others = !w->others;
        return true;
    case OP_NOT_EMPTY:
        *w = (struct wanted){e->left, &nothing, 1, true};
        break;
    case OP_IN_TEXTS:
        *w = (struct wanted){e->left, e->texts, e->text_count, false};
        break;
    case OP_SAME_TEXT:
        constant = e->left->op == OP_CONSTANT ? e->left : e->right;
        *w = (struct wanted){constant == e->left ? e->right : e->left,
                             &constant->text, 1, false};
        break;
    default:
        return false;
    }
    return w->field->op == OP_FIELD && (!constant || constant->op == OP_CONSTANT);
}

static bool names(const struct wanted *w, struct span text)
{
    for (size_t i = 0; i < w->count; i++) {
        if (span_same(w->texts[i], text))
            return true;
    }
    return false;
}

static bool texts_imply(const struct wanted *stronger,
                        const struct wanted *weaker)
{
    const struct wanted *all = stronger, *of = weaker;
    if (stronger->others && !weaker->others)
        return false; /* no list is long enough */
    if (stronger->others) {
        all = weaker;
        of = stronger;
    }
    bool wants = stronger->others == weaker->others;
    for (size_t i = 0; i < all->count; i++) {
        if (names(of, all->texts[i]) != wants)
            return false;
    }
    return true;
}

/* The numbers for which a comparison with a constant on one side is true. */
static struct range range_of(enum expr_op op, bool constant_first, double n)
{
    if (op == OP_EQUAL)
        return (struct range){n, n};
    if (constant_first)
        return (struct range){op == OP_LESS ? nextafter(n, HUGE_VAL) : n,
                              HUGE_VAL};
    return (struct range){-HUGE_VAL,
                          op == OP_LESS ? nextafter(n, -HUGE_VAL) : n};
}

bool expr_range(const struct expr *e, const struct expr **field,
                struct range *range)
{
    if (e->op != OP_EQUAL && e->op != OP_LESS && e->op != OP_AT_MOST)
        return false;
    bool constant_first = e->left->op == OP_CONSTANT;
    const struct expr *constant = constant_first ? e->left : e->right;
    *field = constant_first ? e->right : e->left;
    if ((*field)->op != OP_FIELD || constant->op != OP_CONSTANT ||
        !isfinite(constant->number))
        return false;
    *range = range_of(e->op, constant_first, constant->number);
    return true;
}

/* The numbers that a test wants of a field. */
struct numbers {
    const struct expr *field;
    const struct range *ranges; /* may be the one */
    size_t count;
    struct range one;
};

static bool numbers_of(const struct expr *e, struct numbers *n)
{
    if (e->op == OP_IN_NUMBERS) {
        n->field = e->left;
        n->ranges = e->ranges;
        n->count = e->range_count;
        return e->left->op == OP_FIELD;
    }
    n->ranges = &n->one;
    n->count = 1;
    return expr_range(e, &n->field, &n->one);
}

static bool is_within(struct range range, const struct numbers *n)
{
    for (size_t i = 0; i < n->count; i++) {
        if (range.low >= n->ranges[i].low && range.high <= n->ranges[i].high)
            return true;
    }
    return false;
}

static bool numbers_imply(const struct numbers *stronger,
                          const struct numbers *weaker)
{
    for (size_t i = 0; i < stronger->count; i++) {
        if (!is_within(stronger->ranges[i], weaker))
            return false;
    }
    return true;
}

/* Of two tests of one value. */
static bool value_implies(const struct expr *stronger, const struct expr *weaker)
{
    struct wanted s, w;
    struct numbers m, n;
    if (wanted_by(stronger, &s))
        return wanted_by(weaker, &w) && expr_same(s.field, w.field) &&
               texts_imply(&s, &w);
    return numbers_of(stronger, &m) && numbers_of(weaker, &n) &&
           expr_same(m.field, n.field) && numbers_imply(&m, &n);
}

static bool some_branch(const struct expr *stronger, const struct expr *one_of)
{
    for (size_t i = 0; i < one_of->count; i++) {
        if (expr_implies(stronger, one_of->list[i]))
            return true;
    }
    return false;
}

static bool all_parts(const struct expr *stronger, const struct expr *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!expr_implies(stronger, all->list[i]))
            return false;
    }
    return true;
}

bool expr_implies(const struct expr *stronger, const struct expr *weaker)
{
    const struct expr *s = stronger;
    if (weaker->op == OP_ALL)
        return all_parts(stronger, weaker);
    for (size_t i = 0; s->op == OP_ONE_OF && i < s->count; i++) {
        if (!expr_implies(s->list[i], weaker))
            return expr_same(stronger, weaker);
    }
    if (s->op == OP_ONE_OF)
        return true;
    for (size_t i = 0; s->op == OP_ALL && i < s->count; i++) {
        if (expr_implies(s->list[i], weaker))
            return true;
    }
    if (weaker->op == OP_ONE_OF && some_branch(stronger, weaker))
        return true;
    return expr_same(stronger, weaker) || value_implies(stronger, weaker);
}

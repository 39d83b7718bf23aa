/* needs.c - which facts a condition can not do without.
 *
 * Most rules speak of something that did not happen in the session at hand: to
 * know that from one comparison is what makes judging fast.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/condition.h"

/* "count(K ...) >= 2" and "sum(K.f ...) > 0" can not hold without a K: which
 * is compiled as 2 <= count and 0 < sum. */
const struct aggregate *expr_counted(const struct expr *e)
{
    const struct expr *bound = e->left, *counted = e->right;
    if (bound->op != OP_CONSTANT || counted->op != OP_AGGREGATE)
        return NULL;
    bool positive = e->op == OP_LESS ? bound->number >= 0 : bound->number > 0;
    return positive ? counted->aggregate : NULL;
}

static const struct fact_kind *counted_kind(const struct expr *e)
{
    const struct aggregate *counted = expr_counted(e);
    return counted ? counted->kind : NULL;
}

/* A kind without which the expression is false; NULL if there is no telling. */
static const struct fact_kind *needed_kind(const struct expr *e)
{
    const struct fact_kind *kind = NULL;
    if (e->op == OP_AGGREGATE && e->aggregate->what == AGGREGATE_EXISTS)
        return e->aggregate->kind;
    if (e->op == OP_LESS || e->op == OP_AT_MOST)
        return counted_kind(e);
    if (e->op == OP_ALL) {
        for (size_t i = 0; i < e->count && !kind; i++)
            kind = needed_kind(e->list[i]);
    }
    return kind;
}

static bool is_empty(const struct kinds *kinds)
{
    for (size_t i = 0; i < KIND_WORDS; i++) {
        if (kinds->bits[i])
            return false;
    }
    return true;
}

static void require(struct condition *c, const struct expr *e)
{
    if (e->op == OP_ALL) {
        for (size_t i = 0; i < e->count; i++)
            require(c, e->list[i]);
        return;
    }
    if (e->op != OP_ONE_OF) {
        const struct fact_kind *kind = needed_kind(e);
        if (kind)
            kinds_add(&c->all_of, kind);
        return;
    }
    struct kinds one_of = {{0}};
    for (size_t i = 0; i < e->count; i++) {
        const struct fact_kind *kind = needed_kind(e->list[i]);
        if (!kind)
            return;
        kinds_add(&one_of, kind);
    }
    if (is_empty(&c->one_of))
        c->one_of = one_of;
}

void condition_needs(struct condition *condition)
{
    for (size_t i = 0; i < condition->when_count; i++)
        kinds_add(&condition->all_of, condition->when[i].kind);
    for (size_t i = 0; i < condition->test_count; i++)
        require(condition, condition->tests[i]);
}

bool expr_needs_pattern(const struct expr *e)
{
    switch ((int)e->op) { /* by what it consists of */
    case OP_FIELD:
        return e->slot >= SLOT_PATTERNS;
    case OP_CONSTANT:
        return false;
    case OP_AGGREGATE:
        return e->aggregate->where && expr_needs_pattern(e->aggregate->where);
    case OP_ALL:
    case OP_ONE_OF:
        for (size_t i = 0; i < e->count; i++) {
            if (expr_needs_pattern(e->list[i]))
                return true;
        }
        return false;
    case OP_NEGATE:
    case OP_NOT:
    case OP_NOT_EMPTY:
    case OP_IN_TEXTS:
    case OP_IN_NUMBERS:
    case OP_MATCHES:
        return expr_needs_pattern(e->left);
    default:
        return expr_needs_pattern(e->left) || expr_needs_pattern(e->right);
    }
}

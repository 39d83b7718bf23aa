/* needs.c - what an expression can not do without: facts, and patterns.
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

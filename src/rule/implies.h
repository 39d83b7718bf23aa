/* implies.h - what follows from an expression without evaluating it.
 *
 * "status == NO" can not hold where "status in {NO BAD}" does not: whoever has
 * asked the one need not ask the other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_IMPLIES_H
#define RULE_IMPLIES_H

#include "rule/expr.h"

/* Whether two expressions are the same.  Not by how they are written: thresholds
 * have a meaning in their rule only.  Each may be NULL, which is like NULL. */
bool expr_same(const struct expr *a, const struct expr *b);

/* Whether the weaker one holds for all facts for which the stronger one does.
 * A no says only that it can not be told from texts, numbers and parts of an
 * `and` or `or`. */
bool expr_implies(const struct expr *stronger, const struct expr *weaker);

/* For a comparison of a numeric field with a constant, the numbers for which it
 * is true; false for anything else. */
bool expr_range(const struct expr *e, const struct expr **field,
                struct range *range);

#endif

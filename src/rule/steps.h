/* steps.h - conditions as steps: what judging goes through instead of a tree.
 *
 * Nearly all that rules ask is whether one field of one fact has a value, joined
 * by `and`, `or` and `not`.  As steps that is a row of small tests, each with
 * where to go on yes and on no, as in a packet filter; what is no such test is
 * one step that evaluates its part of the tree (eval.c).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_STEPS_H
#define RULE_STEPS_H

#include "base/arena.h"
#include "rule/expr.h"

/* The steps of an expression that is true or false; NULL when they would only
 * lead back to the whole tree, or are too many.  They live in mem. */
const struct step *steps_compile(const struct expr *e, struct arena *mem);

/* The same answer as expr_true() gives. */
bool steps_hold(const struct step *steps, struct view *view);

#endif

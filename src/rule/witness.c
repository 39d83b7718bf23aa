/* witness.c - see condition_witnesses() and condition_wanted() in condition.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/condition.h"

static void of_aggregate(const struct aggregate *a, bool witness[COUNTED_MAX])
{
    if (a->slot >= SLOT_COUNTED)
        witness[a->slot - SLOT_COUNTED] = true;
}

/* more: the condition holds the better, the greater this number is. */
static void of_number(const struct expr *e, bool more,
                      bool witness[COUNTED_MAX])
{
    switch ((int)e->op) {
    case OP_AGGREGATE:
        if (more == (e->aggregate->what != AGGREGATE_MIN))
            of_aggregate(e->aggregate, witness);
        break;
    case OP_NEGATE:
        of_number(e->left, !more, witness);
        break;
    case OP_ADD:
    case OP_MULTIPLY:
        of_number(e->left, more, witness);
        of_number(e->right, more, witness);
        break;
    case OP_SUBTRACT:
    case OP_DIVIDE:
        of_number(e->left, more, witness);
        of_number(e->right, !more, witness);
        break;
    default:
        break;
    }
}

static void of_truth(const struct expr *e, struct view *view,
                     bool witness[COUNTED_MAX])
{
    switch ((int)e->op) {
    case OP_AGGREGATE:
        of_aggregate(e->aggregate, witness);
        break;
    case OP_ALL:
    case OP_ONE_OF:
        for (size_t i = 0; i < e->count; i++) {
            if (expr_true(e->list[i], view))
                of_truth(e->list[i], view, witness);
        }
        break;
    case OP_LESS:
    case OP_AT_MOST:
        of_number(e->left, false, witness);
        of_number(e->right, true, witness);
        break;
    case OP_EQUAL:
        of_number(e->left, true, witness);
        of_number(e->right, true, witness);
        break;
    case OP_IN_NUMBERS:
        of_number(e->left, true, witness);
        break;
    default: /* what must not be is no witness */
        break;
    }
}

void condition_witnesses(const struct condition *c, struct view *view,
                         bool witness[COUNTED_MAX])
{
    for (size_t i = 0; i < COUNTED_MAX; i++)
        witness[i] = false;
    for (size_t i = 0; i < c->test_count; i++)
        of_truth(c->tests[i], view, witness);
    for (size_t i = 0; i < c->when_count; i++) {
        for (size_t k = 0; k < c->when[i].then_count; k++)
            of_truth(c->when[i].then[k], view, witness);
    }
}

static void deny(const struct expr *e, bool not_there, bool wanted[COUNTED_MAX])
{
    switch ((int)e->op) {
    case OP_AGGREGATE:
        if (not_there && e->aggregate->slot >= SLOT_COUNTED)
            wanted[e->aggregate->slot - SLOT_COUNTED] = false;
        break;
    case OP_ALL:
    case OP_ONE_OF:
        for (size_t i = 0; i < e->count; i++)
            deny(e->list[i], not_there, wanted);
        break;
    case OP_NOT:
        deny(e->left, !not_there, wanted);
        break;
    default:
        break;
    }
}

void condition_wanted(const struct condition *c, bool wanted[COUNTED_MAX])
{
    for (size_t i = 0; i < COUNTED_MAX; i++)
        wanted[i] = true;
    for (size_t i = 0; i < c->test_count; i++)
        deny(c->tests[i], false, wanted);
    for (size_t i = 0; i < c->when_count; i++) {
        for (size_t k = 0; k < c->when[i].then_count; k++)
            deny(c->when[i].then[k], false, wanted);
    }
}

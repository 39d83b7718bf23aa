/* eval.c - evaluating expressions; see expr.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <assert.h>
#include <math.h>

#include "base/hash.h"
#include "rule/steps.h"

double field_number(const struct fact *fact, const struct fact_field *field)
{
    return field->type == FACT_UINT ? (double)fact_uint(fact, field)
                                    : fact_real(fact, field);
}

static bool takes(const struct aggregate *a, struct view *view,
                  const struct fact *fact)
{
    view->steps--;
    if (!a->where)
        return true;
    const struct fact *outer = view->slot[SLOT_CURRENT];
    view->slot[SLOT_CURRENT] = fact;
    bool yes = expr_true(a->where, view);
    view->slot[SLOT_CURRENT] = outer;
    return yes;
}

const struct fact *aggregate_next(const struct aggregate *a, struct view *view,
                                  size_t *i)
{
    while (view->steps > 0) {
        const struct fact *fact =
            facts_get(view->facts, a->kind->number, (*i)++);
        if (!fact)
            break;
        if (takes(a, view, fact))
            return fact;
    }
    return NULL;
}

/* Values are told apart by their hash.  An empty text is no value. */
static bool value_hash(const struct fact *fact, const struct fact_field *field,
                       uint64_t *hash)
{
    if (field->type == FACT_TEXT) {
        struct span text = fact_text(fact, field);
        *hash = hash_bytes(text, 0);
        return text.n > 0;
    }
    double number = field->type == FACT_BOOL ? (double)fact_bool(fact, field)
                                             : field_number(fact, field);
    *hash = hash_bytes((struct span){(const uint8_t *)&number, sizeof number},
                       0);
    return true;
}

static double count_distinct(const struct aggregate *a, struct view *view)
{
    uint64_t seen[DISTINCT_MAX];
    size_t count = 0, i = 0;
    const struct fact *fact;
    while (count < DISTINCT_MAX && (fact = aggregate_next(a, view, &i))) {
        uint64_t hash;
        if (!value_hash(fact, a->field, &hash))
            continue;
        size_t at = 0;
        while (at < count && seen[at] != hash)
            at++;
        if (at == count)
            seen[count++] = hash;
    }
    return (double)count;
}

static double count_facts(const struct aggregate *a, struct view *view)
{
    if (!a->where) /* also those that the store no longer keeps */
        return (double)facts_told(view->facts, a->kind->number);
    size_t count = 0, i = 0;
    while (aggregate_next(a, view, &i))
        count++;
    return (double)count;
}

static double aggregate_number(const struct aggregate *a, struct view *view)
{
    if (a->what == AGGREGATE_COUNT)
        return a->distinct ? count_distinct(a, view) : count_facts(a, view);
    double result = a->what == AGGREGATE_SUM ? 0 : NAN;
    size_t i = 0;
    const struct fact *fact;
    while ((fact = aggregate_next(a, view, &i))) {
        double n = field_number(fact, a->field);
        if (a->what == AGGREGATE_SUM)
            result += n;
        else if (a->what == AGGREGATE_MIN)
            result = fmin(result, n); /* NaN is not a number to fmin */
        else
            result = fmax(result, n);
    }
    return result;
}

double expr_number(const struct expr *e, struct view *view)
{
    switch ((int)e->op) { /* only those that make numbers */
    case OP_FIELD: {
        const struct fact *fact = view->slot[e->slot];
        return fact ? field_number(fact, e->field) : NAN;
    }
    case OP_CONSTANT:
        return e->number;
    case OP_AGGREGATE:
        return aggregate_number(e->aggregate, view);
    case OP_NEGATE:
        return -expr_number(e->left, view);
    case OP_ADD:
        return expr_number(e->left, view) + expr_number(e->right, view);
    case OP_SUBTRACT:
        return expr_number(e->left, view) - expr_number(e->right, view);
    case OP_MULTIPLY:
        return expr_number(e->left, view) * expr_number(e->right, view);
    case OP_DIVIDE: {
        double divisor = expr_number(e->right, view);
        return divisor < 0 || divisor > 0
                   ? expr_number(e->left, view) / divisor
                   : NAN;
    }
    default:
        assert(false && "an expression that makes no number");
        return NAN;
    }
}

struct span expr_text(const struct expr *e, struct view *view)
{
    assert(e->type == TYPE_TEXT);
    if (e->op == OP_CONSTANT)
        return e->text;
    const struct fact *fact = view->slot[e->slot];
    return fact ? fact_text(fact, e->field) : (struct span){NULL, 0};
}

bool expr_has_text(const struct expr *e, struct span text)
{
    for (size_t i = 0; i < e->text_count; i++) {
        if (span_same(e->texts[i], text))
            return true;
    }
    return false;
}

bool expr_has_number(const struct expr *e, double number)
{
    for (size_t i = 0; i < e->range_count; i++) {
        if (range_has(e->ranges[i], number))
            return true;
    }
    return false;
}

/* An empty text is contained in nothing: a name that is not known must not
 * be found everywhere. */
static bool contains(struct span text, struct span part)
{
    return part.n > 0 && span_search(text, part) < text.n;
}

static bool compare(const struct expr *e, struct view *view)
{
    double left = expr_number(e->left, view);
    double right = expr_number(e->right, view);
    switch ((int)e->op) { /* only the comparisons */
    case OP_EQUAL:
        return left <= right && left >= right;
    case OP_UNEQUAL:
        return left < right || left > right;
    case OP_LESS:
        return left < right;
    default:
        return left <= right;
    }
}

/* Most of what is asked about are kinds of which there is no fact. */
bool aggregate_exists(const struct aggregate *a, struct view *view)
{
    size_t i = 0;
    return kinds_have(facts_kinds(view->facts), a->kind->number) &&
           aggregate_next(a, view, &i);
}

/* What has no steps.  Kept out of expr_true(), which is called far more often
 * than this. */
__attribute__((noinline)) static bool tree_true(const struct expr *e,
                                                struct view *view)
{
    switch ((int)e->op) { /* only those that are true or false */
    case OP_FIELD: {
        const struct fact *fact = view->slot[e->slot];
        return fact && fact_bool(fact, e->field);
    }
    case OP_CONSTANT:
        return e->truth;
    case OP_AGGREGATE:
        return aggregate_exists(e->aggregate, view);
    case OP_ALL:
        for (size_t i = 0; i < e->count; i++) {
            if (!expr_true(e->list[i], view))
                return false;
        }
        return true;
    case OP_ONE_OF:
        for (size_t i = 0; i < e->count; i++) {
            if (expr_true(e->list[i], view))
                return true;
        }
        return false;
    case OP_NOT:
        return !expr_true(e->left, view);
    case OP_NOT_EMPTY:
        return expr_text(e->left, view).n > 0;
    case OP_SAME_TEXT:
        return span_same(expr_text(e->left, view), expr_text(e->right, view));
    case OP_SAME_BOOL:
        return expr_true(e->left, view) == expr_true(e->right, view);
    case OP_IN_TEXTS:
        return expr_has_text(e, expr_text(e->left, view));
    case OP_IN_NUMBERS:
        return expr_has_number(e, expr_number(e->left, view));
    case OP_CONTAINS:
        return contains(expr_text(e->left, view), expr_text(e->right, view));
    case OP_HAS:
        return span_has_word(expr_text(e->left, view),
                             expr_text(e->right, view));
    case OP_MATCHES:
        return regex_matches(e->regex, expr_text(e->left, view));
    default:
        return compare(e, view);
    }
}

bool expr_true(const struct expr *e, struct view *view)
{
    return e->steps ? steps_hold(e->steps, view) : tree_true(e, view);
}

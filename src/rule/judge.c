/* judge.c - evaluating a rule base on a subject; see rule.h.
 *
 * Nothing is allocated until a rule fires.  The facts that patterns match are
 * found by trying them in their order, and going back where a later one fails.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/clock.h"
#include "rule/base.h"
#include "rule/match.h"

/* Some captures count whole seconds; and what TCP did is told when all is over,
 * so the order of telling comes last. */
static bool is_later(const struct fact *a, const struct fact *b)
{
    if (a->time != b->time)
        return a->time > b->time;
    return a->frame != b->frame ? a->frame > b->frame : a->order > b->order;
}

static bool in_order(enum pattern_order order, const struct fact *fact,
                     const struct fact *than)
{
    switch (order) {
    case ORDER_ANY:
        return true;
    case ORDER_AFTER:
        return is_later(fact, than);
    case ORDER_BEFORE:
        return is_later(than, fact);
    }
    return false;
}

static bool is_near(double within, const struct fact *a, const struct fact *b)
{
    return within < 0 ||
           fabs(clock_seconds(a->time) - clock_seconds(b->time)) <= within;
}

static bool holds(const struct expr *test, struct view *view,
                  const struct fact *fact)
{
    view->slot[SLOT_CURRENT] = fact;
    view->steps--;
    return !test || expr_true(test, view);
}

/* The first and the last, in time, of the facts that `when` matched. */
struct bounds {
    const struct fact *first, *last; /* NULL: none has a place in time */
};

static void widen(struct bounds *b, const struct fact *fact)
{
    if (!b->first || is_later(b->first, fact))
        b->first = fact;
    if (!b->last || is_later(fact, b->last))
        b->last = fact;
}

/* Where no pattern has a place in time, the facts that aggregates took into
 * account say when it happened. */
static struct bounds find_bounds(const struct condition *c, struct view *view)
{
    struct bounds b = {NULL, NULL};
    for (size_t i = 0; i < c->when_count; i++) {
        if (c->when[i].has_moment)
            widen(&b, view->slot[c->when[i].slot]);
    }
    for (size_t i = 0; i < c->counted_count && !c->has_moment; i++) {
        const struct fact *fact;
        size_t at = 0;
        while (c->counted[i].aggregate &&
               (fact = aggregate_next(c->counted[i].aggregate, view, &at)))
            widen(&b, fact);
    }
    return b;
}

/* Whether some fact is what an item of `unless` speaks of. */
static bool is_vetoed_by(const struct pattern *p, struct view *view,
                         struct bounds b)
{
    if (!p->kind)
        return expr_true(p->test, view);
    const struct fact *fact;
    for (size_t i = 0; view->steps > 0; i++) {
        fact = facts_get(view->facts, p->kind->number, i);
        if (!fact)
            return false;
        const struct fact *than = p->order == ORDER_BEFORE ? b.first : b.last;
        if (than && (!in_order(p->order, fact, than) ||
                     !is_near(p->within, fact, than)))
            continue;
        if (holds(p->test, view, fact))
            return true;
    }
    return true; /* no time to find out: do not fire */
}

static bool is_vetoed(const struct condition *c, struct view *view)
{
    if (c->unless_count == 0)
        return false;
    struct bounds b = find_bounds(c, view);
    for (size_t i = 0; i < c->unless_count; i++) {
        if (is_vetoed_by(&c->unless[i], view, b))
            return true;
    }
    return false;
}

static bool is_taken(const struct condition *c, size_t i,
                     const struct view *view, const struct fact *fact)
{
    for (size_t j = 0; j < i; j++) {
        if (view->slot[c->when[j].slot] == fact)
            return true;
    }
    return false;
}

static bool tests_hold(const struct expr *const *tests, size_t count,
                       struct view *view)
{
    for (size_t i = 0; i < count; i++) {
        if (!expr_true(tests[i], view))
            return false;
    }
    return true;
}

/* Finds facts for the i-th pattern and all after it.  `than` is what the last
 * pattern with a place in time matched. */
static bool match_from(const struct condition *c, size_t i, struct view *view,
                       const struct fact *than)
{
    if (i == c->when_count)
        return !is_vetoed(c, view) && view->steps > 0;
    const struct pattern *p = &c->when[i];
    for (size_t k = 0; view->steps > 0; k++) {
        const struct fact *fact = facts_get(view->facts, p->kind->number, k);
        if (!fact)
            break;
        if (than && (!in_order(p->order, fact, than) ||
                     !is_near(p->within, fact, than)))
            continue;
        if (is_taken(c, i, view, fact) || !holds(p->test, view, fact))
            continue;
        view->slot[p->slot] = fact;
        if (tests_hold(p->then, p->then_count, view) &&
            match_from(c, i + 1, view, p->has_moment ? fact : than))
            return true;
    }
    return false;
}

/* When it happened, for rules that are true only from or until some day. */
static int64_t time_of(const struct facts *subject)
{
    const struct kinds *kinds = facts_kinds(subject);
    for (unsigned k = 0; (k = kinds_from(kinds, k)) < FACT_KINDS; k++) {
        const struct fact *fact =
            facts_get(subject, (enum fact_kind_number)k, 0);
        if (fact->time)
            return fact->time;
    }
    return 0;
}

static bool is_true_then(const struct rule *rule, const struct facts *subject)
{
    return (!rule->since.date || time_of(subject) >= rule->since.time) &&
           (!rule->until.date || time_of(subject) < rule->until.time);
}

void rules_judge(const struct rules *rules, enum scope scope,
                 const struct facts *subject, struct arena *mem,
                 void (*found)(void *user, const struct match *match),
                 void *user)
{
    const struct judge_taker taker = {.found = found, .user = user};
    rules_judge_for(rules, scope, subject, mem, &taker);
}

void rules_judge_for(const struct rules *rules, enum scope scope,
                     const struct facts *subject, struct arena *mem,
                     const struct judge_taker *taker)
{
    const struct entries *entries = &rules->entries[scope];
    size_t steps = VIEW_STEPS + VIEW_STEPS_PER_FACT * facts_kept(subject);
    struct view view = {.facts = subject};
    view.slot[SLOT_SESSION] = facts_get(subject, FACT_KIND_session, 0);
    view.slot[SLOT_CAPTURE] = facts_get(subject, FACT_KIND_capture, 0);
    struct answers answers;
    view.steps = steps;
    answers_begin(&answers, &entries->questions, entries->openings, &view);
    for (size_t i = 0; answers_left(&answers, &i); i++) {
        const struct rule *rule = entries->list[i];
        view.steps = steps;
        if (!answers_allow(&answers, i, &view) || !is_true_then(rule, subject))
            continue;
        const struct condition *c = rule->condition;
        if (!tests_hold(c->tests, c->test_count, &view) ||
            !match_from(c, 0, &view, NULL))
            continue;
        struct match match = match_make(rules, rule, &view, mem, taker);
        taker->found(taker->user, &match);
    }
    answers_end(&answers, subject);
}

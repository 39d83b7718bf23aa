/* answers.c - see answers.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/answers.h"

#include <string.h>

/* Openings are kept in the place that their kinds say, the last of each place.
 * One takes some 12 kB. */
enum { OPENINGS_BITS = 7, OPENINGS = 1 << OPENINGS_BITS };

struct opening *openings_new(struct arena *mem)
{
    return arena_alloc(mem, OPENINGS * sizeof(struct opening));
}

void openings_free(struct opening *openings)
{
    for (size_t i = 0; openings && i < OPENINGS; i++)
        arena_free(&openings[i].mem);
}

static struct opening *place_of(struct opening *openings,
                                const struct kinds *present)
{
    uint64_t hash = 0;
    for (size_t w = 0; w < KIND_WORDS; w++)
        hash = (hash ^ present->bits[w]) * UINT64_C(0x9e3779b97f4a7c15);
    return &openings[hash >> (64 - OPENINGS_BITS)];
}

static bool are_present(const struct needs *needs, const struct kinds *present)
{
    for (size_t i = 0; i < needs->count; i++) {
        if (!kinds_overlap(&needs->one_of[i], present))
            return false;
    }
    return true;
}

static void set(uint64_t *bits, size_t number)
{
    bits[number / 64] |= UINT64_C(1) << number % 64;
}

static void clear(uint64_t *bits, size_t number)
{
    bits[number / 64] &= ~(UINT64_C(1) << number % 64);
}

static bool is_set(const uint64_t *bits, size_t number)
{
    return bits[number / 64] >> number % 64 & 1;
}

/* The rules begun by this kind that find all kinds they need. */
static void let_in(struct opening *o, const struct questions *q, size_t kind)
{
    for (size_t i = 0; i < q->begun_by[kind].count; i++) {
        const struct needs *needs = &q->begun_by[kind].list[i];
        if (!are_present(needs, &o->present))
            continue;
        for (size_t w = 0; w < q->words; w++)
            o->left[w] |= needs->rules[w];
    }
}

/* What the kinds alone answer. */
enum by_kind { OPEN, NO, YES };

static enum by_kind answer_by_kind(const struct opening *o,
                                   const struct question *q)
{
    if (!q->kind)
        return OPEN;
    if (!kinds_have(&o->present, q->kind->number))
        return NO;
    return q->test ? OPEN : YES;
}

static uint16_t alternative(const struct clause *clause, size_t i)
{
    return i == 0 ? clause->first : clause->more[i - 1];
}

/* The clause without what the kinds answer with no; YES if they answer it. */
static enum by_kind shorten(const struct opening *o, const struct questions *q,
                            const struct clause *clause, struct clause *shorter)
{
    uint16_t *open = arena_alloc(o->mem, (clause->more_count + 1) * sizeof *open);
    uint16_t count = 0;
    for (size_t i = 0; i <= clause->more_count; i++) {
        uint16_t number = alternative(clause, i);
        enum by_kind answer = answer_by_kind(o, &q->list[number]);
        if (answer == YES)
            return YES;
        if (answer == OPEN)
            open[count++] = number;
    }
    if (count == 0)
        return NO;
    *shorter = (struct clause){open[0], (uint16_t)(count - 1), open + 1};
    return OPEN;
}

/* What is left to ask for the rule; false if the kinds say no. */
static bool shorten_all(struct opening *o, const struct questions *q,
                        size_t rule)
{
    const struct clauses all = q->of_rule[rule];
    struct clause *list = arena_alloc(o->mem, all.count * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        enum by_kind answer = shorten(o, q, &all.list[i], &list[count]);
        if (answer == NO)
            return false;
        count += answer == OPEN;
    }
    o->of_rule[rule] = (struct clauses){list, count};
    return true;
}

static void work_out(struct opening *o, const struct questions *q,
                     const struct kinds *present)
{
    arena_free(&o->mem);
    o->present = *present;
    o->first_count = 0;
    o->subjects = 0;
    o->mem = arena_new();
    o->left = arena_alloc(o->mem, q->words * sizeof *o->left);
    o->of_rule = arena_alloc(o->mem, q->rules * sizeof *o->of_rule);
    o->left_then = arena_alloc(o->mem, q->words * sizeof *o->left_then);
    o->known_then =
        arena_alloc(o->mem, q->question_words * sizeof *o->known_then);
    for (unsigned k = 0; (k = kinds_from(present, k)) < FACT_KINDS; k++)
        let_in(o, q, k);
    let_in(o, q, FACT_KINDS);
    for (size_t i = 0; i < q->rules; i++) {
        if (is_set(o->left, i) && !shorten_all(o, q, i))
            clear(o->left, i);
    }
}

/* The set may be NULL: none. */
static void add_all(uint64_t *to, const uint64_t *set, size_t words)
{
    for (size_t w = 0; set && w < words; w++)
        to[w] |= set[w];
}

static void take_away(uint64_t *from, const uint64_t *set, size_t words)
{
    for (size_t w = 0; set && w < words; w++)
        from[w] &= ~set[w];
}

/* What follows from a no. */
static void rule_out(struct answers *answers, const struct question *question)
{
    const struct questions *q = answers->questions;
    take_away(answers->left, question->needed_by, q->words);
    add_all(answers->known, question->stronger, q->question_words);
}

/* A test that runs out of steps holds for nobody. */
static bool holds(const struct expr *test, struct view *view)
{
    size_t steps = view->steps;
    bool yes = expr_true(test, view) && view->steps > 0;
    view->steps = steps;
    return yes;
}

static bool is_there(const struct question *q, struct view *view)
{
    if (!q->kind)
        return holds(q->test, view);
    const struct fact *fact;
    for (size_t i = 0; (fact = facts_get(view->facts, q->kind->number, i));
         i++) {
        view->slot[SLOT_CURRENT] = fact;
        if (expr_true(q->test, view))
            return true;
    }
    return false;
}

static bool is_yes(struct answers *answers, size_t number, struct view *view);

static bool ask(struct answers *answers, size_t number, struct view *view)
{
    const struct question *question = &answers->questions->list[number];
    bool yes = (question->part == QUESTION_NONE ||
                is_yes(answers, question->part, view)) &&
               is_there(question, view);
    set(answers->known, number);
    if (yes)
        set(answers->yes, number);
    else
        rule_out(answers, question);
    return yes;
}

static bool is_yes(struct answers *answers, size_t number, struct view *view)
{
    return is_set(answers->known, number) ? is_set(answers->yes, number)
                                          : ask(answers, number, view);
}

static bool all_say_no(const struct opening *o, const struct questions *q,
                       struct view *view)
{
    for (size_t i = 0; i < o->first_count; i++) {
        if (is_there(&q->list[o->first[i]], view))
            return false;
    }
    return o->first_count > 0;
}

void answers_begin(struct answers *answers, const struct questions *questions,
                   struct opening *openings, struct view *view)
{
    const struct kinds *present = facts_kinds(view->facts);
    struct opening *o = place_of(openings, present);
    if (!o->mem || !kinds_same(&o->present, present))
        work_out(o, questions, present);
    size_t bytes = questions->question_words * sizeof answers->known[0];
    bool expected = all_say_no(o, questions, view);
    answers->questions = questions;
    answers->opening = o;
    memset(answers->yes, 0, bytes);
    memcpy(answers->left, expected ? o->left_then : o->left,
           questions->words * sizeof *o->left);
    if (expected)
        memcpy(answers->known, o->known_then, bytes);
    else
        memset(answers->known, 0, bytes);
    for (size_t i = 0; !expected && i < o->first_count; i++)
        is_yes(answers, o->first[i], view);
}

static bool is_met(struct answers *answers, const struct clause *clause,
                   struct view *view)
{
    if (is_yes(answers, clause->first, view))
        return true;
    for (size_t i = 0; i < clause->more_count; i++) {
        if (is_yes(answers, clause->more[i], view))
            return true;
    }
    return false;
}

bool answers_allow(struct answers *answers, size_t rule, struct view *view)
{
    const struct clauses *clauses = &answers->opening->of_rule[rule];
    for (size_t i = 0; i < clauses->count; i++) {
        if (!is_met(answers, &clauses->list[i], view))
            return false;
    }
    return true;
}

/* ---- what to ask first ---- */

static bool is_no(const struct answers *answers, size_t number)
{
    return is_set(answers->known, number) && !is_set(answers->yes, number);
}

/* What is still to be found out, while questions are chosen. */
struct open_ends {
    uint64_t rules[RULE_WORDS];         /* that are left */
    uint64_t questions[QUESTION_WORDS]; /* that came up, and were a no */
};

static size_t overlap(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t count = 0;
    for (size_t w = 0; b && w < words; w++)
        count += (size_t)__builtin_popcountll(a[w] & b[w]);
    return count;
}

/* How much a no settles, for what it costs to ask. */
static double worth(const struct questions *q, const struct question *question,
                    const struct open_ends *open, const struct facts *subject)
{
    enum { ASKING = 4, FACT = 1 }; /* roughly */
    size_t settled =
        overlap(open->rules, question->needed_by, q->words) +
        overlap(open->questions, question->stronger, q->question_words);
    size_t facts =
        question->kind ? facts_count(subject, question->kind->number) : 1;
    return (double)settled / (double)(ASKING + FACT * facts);
}

/* The question with a no that is worth most; QUESTION_NONE: none is. */
static size_t best_no(const struct answers *answers,
                      const struct open_ends *open,
                      const struct facts *subject)
{
    const struct questions *q = answers->questions;
    size_t best = QUESTION_NONE;
    double most = 0;
    for (size_t i = 0; i < q->count; i++) {
        double this =
            is_no(answers, i) ? worth(q, &q->list[i], open, subject) : 0;
        if (this <= most)
            continue;
        most = this;
        best = i;
    }
    return best;
}

/* Whether one of the clauses asks nothing but these. */
static bool is_denied(const struct clauses *clauses, const uint64_t *no)
{
    for (size_t i = 0; i < clauses->count; i++) {
        const struct clause *clause = &clauses->list[i];
        size_t k = 0;
        while (k <= clause->more_count && is_set(no, alternative(clause, k)))
            k++;
        if (k > clause->more_count)
            return true;
    }
    return false;
}

/* Not from each: it takes as long as judging some. */
static bool is_time_to_learn(uint64_t subjects)
{
    return (subjects & (subjects - 1)) == 0;
}

void answers_end(const struct answers *answers, const struct facts *subject)
{
    const struct questions *q = answers->questions;
    struct opening *o = answers->opening;
    struct open_ends open;
    size_t best;
    if (!is_time_to_learn(++o->subjects))
        return;
    memcpy(open.rules, o->left, q->words * sizeof *open.rules);
    for (size_t w = 0; w < q->question_words; w++)
        open.questions[w] = answers->known[w] & ~answers->yes[w];
    o->first_count = 0;
    memset(o->known_then, 0, q->question_words * sizeof *o->known_then);
    while (o->first_count < FIRST_MAX &&
           (best = best_no(answers, &open, subject)) != QUESTION_NONE) {
        const struct question *question = &q->list[best];
        o->first[o->first_count++] = (uint16_t)best;
        set(o->known_then, best);
        add_all(o->known_then, question->stronger, q->question_words);
        take_away(open.rules, question->needed_by, q->words);
        take_away(open.questions, question->stronger, q->question_words);
    }
    memcpy(o->left_then, open.rules, q->words * sizeof *o->left_then);
    for (size_t i = 0; i < q->rules; i++) {
        if (is_set(o->left_then, i) && is_denied(&o->of_rule[i], o->known_then))
            clear(o->left_then, i);
    }
}

/* compare.c - two lists of rows laid side by side; see diff.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diff/diff.h"
#include "diff/rows.h"
#include "report/words.h"

/* A step that took so much longer is slow, whatever is usual there. */
#define SLOWER_BY    1.0 /* seconds */
#define SLOWER_TIMES 3.0

enum { NOTES_MAX = 8, WORDS_SHOWN = 6 };

/* ---- one row and its like ---- */

struct comparison {
    enum diff_weight weight;
    struct text matters, lesser;
};

/* Where to say what differs. */
static struct text *differ(struct comparison *c, enum diff_weight weight)
{
    struct text *says = weight == DIFF_MATTERS ? &c->matters : &c->lesser;
    if (weight > c->weight)
        c->weight = weight;
    if (says->n)
        text_adds(says, "; ");
    return says;
}

static void comparison_free(struct comparison *c)
{
    text_free(&c->matters);
    text_free(&c->lesser);
}

/* " without A B": the words of `all` that are not in `some`. */
static void add_missing(struct text *out, const char *before, const char *all,
                        const char *some)
{
    size_t n = 0;
    for (struct span rest = span_of(all); rest.n;) {
        struct span word = span_cut(&rest, ' ');
        if (!word.n || span_has_word(span_of(some), word) || n++ > WORDS_SHOWN)
            continue;
        text_adds(out, n == 1 ? before : " ");
        text_add(out, n > WORDS_SHOWN ? SPAN("...") : word);
    }
}

static void compare_lists(struct comparison *c, const struct aspect *good,
                          const struct aspect *bad)
{
    struct text words = {0};
    add_missing(&words, " without ", good->value, bad->value);
    add_missing(&words, words.n ? ", with " : " with ", bad->value,
                good->value);
    bool gone = good->weight == WEIGHT_NEEDED && *good->value && !*bad->value;
    if (words.n) { /* else it is the order that differs */
        struct text *says = differ(c, gone ? DIFF_MATTERS : DIFF_LESSER);
        text_addf(says, "%s:%s", good->name, text_string(&words));
    }
    text_free(&words);
}

static const char *or_none(const char *value)
{
    return *value ? value : "none";
}

static bool matters(const struct aspect *good, const struct aspect *bad)
{
    switch (bad->weight) {
    case WEIGHT_FLAW:
        return strcmp(bad->value, "yes") == 0;
    case WEIGHT_VIRTUE:
        return strcmp(bad->value, "no") == 0;
    case WEIGHT_LESSER:
    case WEIGHT_MATTERS:
    case WEIGHT_WORDS:
    case WEIGHT_NEEDED:
        break;
    }
    return good->weight == WEIGHT_MATTERS || bad->weight == WEIGHT_MATTERS;
}

static void compare_aspect(struct comparison *c, const struct aspect *good,
                           const struct aspect *bad)
{
    if (strcmp(good->value, bad->value) == 0)
        return;
    if (good->weight == WEIGHT_WORDS || good->weight == WEIGHT_NEEDED) {
        compare_lists(c, good, bad);
        return;
    }
    text_addf(differ(c, matters(good, bad) ? DIFF_MATTERS : DIFF_LESSER),
              "%s: %s instead of %s", good->name, or_none(bad->value),
              or_none(good->value));
}

static const struct aspect *aspect_of(const struct row *row, const char *name)
{
    for (size_t i = 0; i < row->aspect_count; i++)
        if (strcmp(row->aspects[i].name, name) == 0)
            return &row->aspects[i];
    return NULL;
}

static bool much_longer(double slow, double fast)
{
    return fast >= 0 && slow >= fast + SLOWER_BY && slow >= fast * SLOWER_TIMES;
}

static void compare_times(struct comparison *c, const struct row *good,
                          const struct row *bad)
{
    bool slower = much_longer(bad->seconds, good->seconds);
    if (!slower && !much_longer(good->seconds, bad->seconds))
        return;
    /* What was refused may take its time: servers wait on purpose. */
    struct text *says =
        differ(c, slower && !bad->bad ? DIFF_MATTERS : DIFF_LESSER);
    say_duration(says, bad->seconds);
    text_adds(says, " instead of ");
    say_duration(says, good->seconds);
}

static void compare_rows(struct comparison *c, const struct row *good,
                         const struct row *bad)
{
    for (size_t i = 0; i < good->aspect_count; i++) {
        const struct aspect *a = &good->aspects[i];
        const struct aspect *b = aspect_of(bad, a->name);
        if (b)
            compare_aspect(c, a, b);
    }
    compare_times(c, good, bad);
    if (good->bad != bad->bad && c->weight != DIFF_MATTERS)
        text_adds(differ(c, bad->bad ? DIFF_MATTERS : DIFF_LESSER),
                  bad->bad ? "it failed" : "it did not fail");
}

/* ---- side by side ---- */

/* How well two rows go together: rows of one key do, and better if nothing
 * differs. */
static unsigned fit(const struct row *a, const struct row *b)
{
    if (strcmp(a->key, b->key) != 0)
        return 0;
    struct comparison c = {0};
    compare_rows(&c, a, b);
    comparison_free(&c);
    return c.weight == DIFF_SAME ? 4 : c.weight == DIFF_LESSER ? 3 : 2;
}

struct pairing {
    const struct rows *good, *bad;
    unsigned *best; /* of the rests from (i, j) on, row by row */
};

static unsigned *best_at(const struct pairing *p, size_t i, size_t j)
{
    return &p->best[i * (p->bad->count + 1) + j];
}

static unsigned most(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* The order of both is kept (a longest common subsequence, with weights). */
static void fill(struct pairing *p)
{
    for (size_t i = p->good->count; i-- > 0;)
        for (size_t j = p->bad->count; j-- > 0;) {
            unsigned f = fit(&p->good->row[i], &p->bad->row[j]);
            unsigned apart = most(*best_at(p, i + 1, j), *best_at(p, i, j + 1));
            *best_at(p, i, j) =
                f ? most(apart, f + *best_at(p, i + 1, j + 1)) : apart;
        }
}

struct differ {
    struct diff *diff;
    struct diff_step *steps;
    size_t room;
    bool differed; /* a step that matters is among them */
    bool hidden_good, hidden_bad;
};

static bool is_hidden(const struct rows *rows)
{
    return rows->session && rows->session->encrypted;
}

static struct diff_side side_of(const struct row *row, bool hidden)
{
    if (!row)
        return (struct diff_side){.hidden = hidden, .shown = ""};
    return (struct diff_side){.there = true,
                              .shown = row->shown,
                              .packet = row->packet,
                              .time = row->time};
}

static void add_step(struct differ *d, const struct row *good,
                     const struct row *bad)
{
    struct arena *mem = d->diff->mem;
    struct comparison c = {0};
    assert(good || bad);
    if (good && bad) {
        compare_rows(&c, good, bad);
    } else if (bad) {
        text_adds(differ(&c, bad->bad ? DIFF_MATTERS : DIFF_LESSER),
                  "only in the bad one");
    } else if (good->bad) {
        /* What a session that works can live with is no cause. */
        bool failed = d->diff->good_session->verdict == VERDICT_FAILURE;
        text_adds(differ(&c, failed ? DIFF_MATTERS : DIFF_LESSER),
                  "only in the good one");
    } else {
        text_adds(differ(&c, DIFF_LESSER),
                  d->differed ? "the bad one did not come to it"
                              : "only in the good one");
    }
    bool weighs = c.weight == DIFF_MATTERS;
    d->differed |= weighs;
    d->steps = arena_grow(mem, d->steps, d->diff->step_count, &d->room,
                          d->diff->step_count + 1, sizeof *d->steps);
    d->steps[d->diff->step_count++] = (struct diff_step){
        .name = good ? good->key : bad->key,
        .good = side_of(good, d->hidden_good),
        .bad = side_of(bad, d->hidden_bad),
        .weight = c.weight,
        .says = arena_string(mem, text_span(weighs ? &c.matters : &c.lesser)),
        .also = weighs ? arena_string(mem, text_span(&c.lesser)) : "",
    };
    comparison_free(&c);
}

static void pair(struct differ *d, const struct rows *good,
                 const struct rows *bad)
{
    struct pairing p = {good, bad, NULL};
    size_t i = 0, j = 0;
    p.best = must_alloc((good->count + 1) * (bad->count + 1) * sizeof *p.best);
    fill(&p);
    while (i < good->count || j < bad->count) {
        const struct row *g = i < good->count ? &good->row[i] : NULL;
        const struct row *b = j < bad->count ? &bad->row[j] : NULL;
        unsigned f = g && b ? fit(g, b) : 0;
        if (f && *best_at(&p, i, j) == f + *best_at(&p, i + 1, j + 1)) {
            add_step(d, g, b);
            i++, j++;
        } else if (g && (!b || *best_at(&p, i, j) == *best_at(&p, i + 1, j))) {
            add_step(d, g, NULL);
            i++;
        } else {
            add_step(d, NULL, b);
            j++;
        }
    }
    free(p.best);
}

/* ---- what became of it ---- */

static bool is_close(const struct diff_step *step)
{
    return strcmp(step->name, "close") == 0;
}

static const char *what_became(struct arena *mem,
                               const struct result_session *session)
{
    if (!session)
        return "there is no mail session";
    const char *label = verdict_label(session->verdict);
    const char *why = session->primary ? session->primary : session->summary;
    return *why ? arena_printf(mem, "%s: %s", label, why) : label;
}

/* Not knowing is no worse than anything, and no better. */
static bool fared_otherwise(const struct result_session *good,
                            const struct result_session *bad)
{
    enum verdict g = good->verdict, b = bad ? bad->verdict : VERDICT_FAILURE;
    return g != b && (g == VERDICT_FAILURE || b == VERDICT_FAILURE ||
                      (g != VERDICT_UNDETERMINED && b != VERDICT_UNDETERMINED));
}

static void add_outcome(struct differ *d)
{
    struct diff *diff = d->diff;
    struct arena *mem = diff->mem;
    const char *good = what_became(mem, diff->good_session);
    const char *bad = what_became(mem, diff->bad_session);
    struct diff_step step = {
        .name = "outcome",
        .good = {.there = true, .shown = good},
        .bad = {.there = true, .shown = bad },
        .says = "",
        .also = "",
    };
    if (fared_otherwise(diff->good_session, diff->bad_session))
        step.weight = DIFF_MATTERS;
    else if (!diff->bad_session ||
             diff->good_session->verdict != diff->bad_session->verdict)
        step.weight = DIFF_LESSER;
    if (step.weight)
        step.says = arena_printf(mem, "%s instead of %s", bad, good);
    d->steps = arena_grow(mem, d->steps, diff->step_count, &d->room,
                          diff->step_count + 1, sizeof *d->steps);
    d->steps[diff->step_count++] = step;
}

/* A session can fail without a step that went wrong: it just does not go on.
 * Then what the good one did next is where they part. */
static void add_end(struct differ *d)
{
    const struct diff *diff = d->diff;
    const struct result_session *bad = diff->bad_session;
    size_t i = diff->step_count;
    if (d->differed || !bad || bad->verdict != VERDICT_FAILURE ||
        diff->good_session->verdict == VERDICT_FAILURE)
        return;
    while (i > 0 && (!d->steps[i - 1].bad.there || is_close(&d->steps[i - 1])))
        i--; /* behind the last step of the bad one */
    for (; i < diff->step_count; i++) {
        struct diff_step *step = &d->steps[i];
        if (step->bad.there)
            continue;
        step->says = "the bad one did not come to it";
        step->weight = d->differed ? DIFF_LESSER : DIFF_MATTERS;
        d->differed = true;
    }
}

/* The finding that speaks for the session, or for a capture without one. */
static const struct result_finding *cause_of(const struct result *result,
                                             const struct result_session *s)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *f = &result->findings[i];
        bool about = !s && f->primary;
        for (size_t k = 0; s && s->primary && k < f->session_count; k++)
            about |= f->sessions[k] == s->id && strcmp(f->id, s->primary) == 0;
        if (about && f->effect != VERDICT_HEALTHY)
            return f;
    }
    return NULL;
}

static void add_notes(struct diff *diff, const struct rows *good,
                      const struct rows *bad)
{
    const char **notes = arena_alloc(diff->mem, NOTES_MAX * sizeof *notes);
    const struct result_session *g = diff->good_session;
    const struct result_session *b = diff->bad_session;
    bool hidden_good = is_hidden(good), hidden_bad = is_hidden(bad);
    size_t n = 0;
    if (g->verdict == VERDICT_FAILURE)
        notes[n++] = "The session of the good capture failed too; "
                     "--good-session chooses another.";
    if (b && b->verdict == VERDICT_HEALTHY && g->verdict == VERDICT_FAILURE)
        notes[n++] = "The good capture shows a failure and the bad one none: "
                     "perhaps they were named the wrong way round.";
    if (b && b->verdict == VERDICT_HEALTHY)
        notes[n++] = "The session of the bad capture shows no failure; "
                     "--bad-session chooses another.";
    if (b && strcmp(g->protocol, b->protocol) != 0 &&
        g->server_port != b->server_port)
        notes[n++] = "The two speak different protocols: no two sessions are "
                     "more alike.";
    if (hidden_good && hidden_bad)
        notes[n++] = "Both are encrypted and there are no keys: what was said "
                     "inside can not be compared (--keylog).";
    else if (hidden_good || hidden_bad)
        notes[n++] = hidden_good
                         ? "The good one is encrypted and there are no keys: "
                           "what was said inside can not be compared "
                           "(--keylog)."
                         : "The bad one is encrypted and there are no keys: "
                           "what was said inside can not be compared "
                           "(--keylog).";
    if (good->cut || bad->cut)
        notes[n++] = "Only the beginnings were compared: there is too much of "
                     "it.";
    diff->notes = notes;
    diff->note_count = n;
}

struct diff *diff_of(const struct result *good, uint64_t good_id,
                     const struct result *bad, uint64_t bad_id)
{
    struct arena *mem = arena_new();
    struct diff *diff = arena_alloc(mem, sizeof *diff);
    *diff = (struct diff){.mem = mem, .good = good, .bad = bad};
    diff->good_session = result_session(good, good_id);
    diff->bad_session = bad_id ? result_session(bad, bad_id) : NULL;
    const struct rows good_rows = rows_of(mem, good->trace);
    const struct rows bad_rows = rows_of(mem, bad->trace);
    struct differ d = {.diff = diff,
                       .hidden_good = is_hidden(&good_rows),
                       .hidden_bad = is_hidden(&bad_rows)};
    pair(&d, &good_rows, &bad_rows);
    add_end(&d);
    add_outcome(&d);
    diff->steps = d.steps;
    for (size_t i = 0; i < diff->step_count && !diff->first; i++)
        if (d.steps[i].weight == DIFF_MATTERS)
            diff->first = &d.steps[i];
    diff->cause = cause_of(bad, diff->bad_session);
    add_notes(diff, &good_rows, &bad_rows);
    return diff;
}

void diff_free(struct diff **diff)
{
    if (!*diff)
        return;
    struct arena *mem = (*diff)->mem;
    arena_free(&mem);
    *diff = NULL;
}

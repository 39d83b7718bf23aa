/* player.c - see player.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "player.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "stream/stream.h"

/* Until which offset of a direction's stream a packet brought it. */
struct mark {
    uint64_t end, frame;
    int64_t time;
};

struct side {
    struct text waiting; /* bytes that the dissector left unused */
    uint64_t offset;     /* of the first of them in the stream */
    struct mark *marks;
    size_t mark_count, mark_room;
};

struct player {
    const struct dissector *dissector;
    void *self;
    struct facts *facts;
    struct arena *mem;
    struct telling *telling;
    struct side side[2];
    uint64_t frame;
    bool in_tls; /* what is said now is TLS, until the dialog says @tls */
    bool done;
};

struct telling *telling_new(void)
{
    struct arena *mem = arena_new();
    struct telling *telling = arena_alloc(mem, sizeof *telling);
    telling->mem = mem;
    return telling;
}

void telling_free(struct telling **telling)
{
    struct arena *mem = (*telling)->mem;
    *telling = NULL;
    arena_free(&mem);
}

/* Times depend on the packets, and so does, by what it means, how much came in
 * the same packet as the answer to STARTTLS. */
static bool depends_on_cuts(const struct fact_field *field)
{
    return field->type == FACT_REAL ||
           span_same(span_of(field->name), SPAN("extra_bytes"));
}

static void on_fact(void *user, const struct fact *fact)
{
    struct telling *t = user;
    struct text value = {0};
    struct text same = {0};
    const struct fact_kind *kind = fact->kind;
    t->told = arena_grow(t->mem, t->told, t->count, &t->room, t->count + 1,
                         sizeof *t->told);
    struct told *told = &t->told[t->count++];
    *told = (struct told){.kind = kind, .frame = fact->frame};
    told->values = arena_alloc(t->mem, kind->field_count * sizeof(struct span));
    text_adds(&same, kind->name);
    for (size_t i = 0; i < kind->field_count; i++) {
        text_clear(&value);
        fact_field_show(fact, &kind->fields[i], &value);
        told->values[i] = arena_copy(t->mem, text_span(&value));
        if (!depends_on_cuts(&kind->fields[i]))
            text_addf(&same, " %s=\"%s\"", kind->fields[i].name,
                      text_string(&value));
    }
    told->same = arena_copy(t->mem, text_span(&same));
    text_clear(&value);
    fact_show(fact, &value);
    told->shown = arena_copy(t->mem, text_span(&value));
    text_free(&value);
    text_free(&same);
}

static void locate(void *user, enum dir dir, uint64_t offset, uint64_t *frame,
                   int64_t *time)
{
    const struct player *p = user;
    const struct side *side = &p->side[dir];
    size_t i = side->mark_count;
    while (i > 1 && side->marks[i - 2].end >= offset)
        i--;
    if (i == 0)
        return;
    *frame = side->marks[i - 1].frame;
    *time = side->marks[i - 1].time;
}

static void mark(struct player *p, enum dir dir, uint64_t bytes, int64_t time)
{
    struct side *side = &p->side[dir];
    side->marks =
        arena_grow(p->mem, side->marks, side->mark_count, &side->mark_room,
                   side->mark_count + 1, sizeof *side->marks);
    side->marks[side->mark_count++] =
        (struct mark){side->offset + side->waiting.n + bytes, ++p->frame, time};
    facts_stamp(p->facts, p->frame, time);
}

static void forget(struct side *side)
{
    side->offset += side->waiting.n;
    text_clear(&side->waiting);
}

static void lose(struct player *p, enum dir dir, uint64_t count, int64_t time)
{
    struct side *side = &p->side[dir];
    mark(p, dir, count, time);
    if (!p->done && !p->in_tls)
        p->dissector->gap(p->self, dir, side->waiting.n + count, p->facts);
    forget(side);
    side->offset += count;
}

/* One packet's content. */
static void say(struct player *p, enum dir dir, struct span bytes, int64_t time)
{
    struct side *side = &p->side[dir];
    mark(p, dir, bytes.n, time);
    if (p->done || p->in_tls) {
        side->offset += bytes.n;
        return;
    }
    text_add(&side->waiting, bytes);
    size_t n = side->waiting.n;
    uint8_t *copy = must_alloc(n);
    if (n)
        memcpy(copy, side->waiting.s, n);
    struct chunk chunk = {
        dir, side->offset, {copy, n}
    };
    struct fed fed = p->dissector->feed(p->self, &chunk, p->facts);
    if (fed.used > n) {
        p->telling->broken = "feed() used more than it was given";
        fed.used = n;
    }
    struct text rest = {0};
    text_add(&rest, (struct span){copy + fed.used, n - fed.used});
    free(copy);
    text_free(&side->waiting);
    side->waiting = rest;
    side->offset += fed.used;
    p->done = fed.done;
    if (fed.starttls || fed.done) {
        p->in_tls = fed.starttls;
        forget(&p->side[C2S]);
        forget(&p->side[S2C]);
    }
    if (side->waiting.n > STREAM_UNUSED_MAX)
        lose(p, dir, 0, time);
}

static void say_cut(struct player *p, const struct dialog *d, size_t i,
                    struct cutting cutting)
{
    const struct step *step = &d->steps[i];
    if (cutting.how == CUT_BYTES) {
        for (size_t k = 0; k < step->bytes.n; k++)
            say(p, step->dir, (struct span){step->bytes.p + k, 1}, step->time);
    } else if (cutting.how == CUT_ONCE && cutting.step == i) {
        say(p, step->dir, span_first(step->bytes, cutting.at), step->time);
        say(p, step->dir, span_skip(step->bytes, cutting.at), step->time);
    } else {
        say(p, step->dir, step->bytes, step->time);
    }
}

/* All that one side says from step i on, until the other speaks or something
 * else happens; returns the last step of the run. */
static size_t say_run(struct player *p, const struct dialog *d, size_t i)
{
    struct text run = {0};
    size_t last = i;
    text_add(&run, d->steps[i].bytes);
    while (last + 1 < d->step_count && d->steps[last + 1].kind == STEP_SAY &&
           d->steps[last + 1].dir == d->steps[i].dir)
        text_add(&run, d->steps[++last].bytes);
    say(p, d->steps[i].dir, text_span(&run), d->steps[last].time);
    text_free(&run);
    return last;
}

static void play_steps(struct player *p, const struct dialog *d,
                       struct cutting cutting)
{
    for (size_t i = 0; i < d->step_count; i++) {
        const struct step *step = &d->steps[i];
        switch (step->kind) {
        case STEP_SAY:
            if (cutting.how == CUT_RUNS)
                i = say_run(p, d, i);
            else
                say_cut(p, d, i, cutting);
            break;
        case STEP_GAP:
            lose(p, step->dir, step->count, step->time);
            break;
        case STEP_TLS:
            p->telling->tls_unasked |= !p->in_tls;
            p->in_tls = false;
            break;
        }
    }
}

/* As the conversation does it: what a server that hangs up said last is a line,
 * whether or not it ended it. */
static void end_last_line(struct player *p, const struct dialog *d)
{
    struct span last = text_span(&p->side[S2C].waiting);
    if (d->end == END_FIN && last.n && p->dissector->tells &&
        p->dissector->tells(S2C, last))
        say(p, S2C, SPAN("\r\n"), d->duration);
}

void play(const struct dialog *d, const struct dissector *dissector,
          struct cutting cutting, struct telling *telling)
{
    struct flow_context context = {.server_port = d->port,
                                   .midstream = d->midstream,
                                   .synack_missed = d->no_synack,
                                   .established = d->midstream ? 0 : 1,
                                   .over_tls = d->over_tls};
    struct player p = {.dissector = dissector, .telling = telling};
    p.mem = arena_new();
    p.facts = facts_new(1);
    p.self = dissector->open(p.mem, &context);
    facts_show_users(p.facts, d->show_users);
    facts_locator_set(p.facts, (struct facts_locator){locate, &p});
    facts_listen(p.facts, on_fact, telling);
    play_steps(&p, d, cutting);
    end_last_line(&p, d);
    facts_stamp(p.facts, p.frame, d->duration);
    dissector->close(p.self, d->end, p.facts);
    text_free(&p.side[C2S].waiting);
    text_free(&p.side[S2C].waiting);
    facts_free(&p.facts);
    arena_free(&p.mem);
}

bool telling_same(const struct telling *a, const struct telling *b, size_t *at)
{
    size_t least = a->count < b->count ? a->count : b->count;
    for (*at = 0; *at < least; (*at)++) {
        if (!span_same(a->told[*at].same, b->told[*at].same))
            return false;
    }
    return a->count == b->count;
}

void telling_print(const struct telling *telling, FILE *out)
{
    for (size_t i = 0; i < telling->count; i++) {
        const struct told *told = &telling->told[i];
        fprintf(out, "%4llu  %.*s\n", (unsigned long long)told->frame,
                (int)told->same.n, (const char *)told->same.p);
    }
}

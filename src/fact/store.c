/* store.c - see store.h.
 *
 * A fact is one piece of memory: struct fact, the kind's struct, then the bytes
 * of its texts.  The first of a kind live in the store's arena, the last
 * FACTS_LAST in a ring of their own allocations.  Most sessions tell few kinds,
 * so a kind's shelf is made when its first fact comes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fact/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { SHELF_FEW = 4 }; /* sessions tell hardly more of most kinds */

struct shelf {           /* the facts of one kind */
    struct fact **first; /* `few`, until they are too many */
    size_t first_used, first_room;
    uint64_t told;
    struct fact **ring;
    size_t ring_used, ring_oldest;
    struct shelf *next_ringed;
    struct fact *few[SHELF_FEW];
};

struct facts {
    struct arena *mem;
    uint64_t session;
    struct facts_locator locator;
    uint64_t frame;
    int64_t time;
    enum dir dir;
    uint64_t order;
    uint64_t dropped;
    bool show_users;
    size_t keep_first;
    struct text user;
    facts_listener *listener;
    void *listener_user;
    struct kinds kinds; /* those that have a shelf */
    size_t kept;
    struct shelf *ringed;            /* those that have a ring */
    struct shelf *shelf[FACT_KINDS]; /* NULL: none told */
};

struct facts *facts_new(uint64_t session)
{
    struct arena *mem = arena_new();
    struct facts *facts = arena_alloc(mem, sizeof *facts);
    facts->mem = mem;
    facts->session = session;
    facts->keep_first = FACTS_FIRST;
    return facts;
}

void facts_keep(struct facts *facts, size_t first)
{
    facts->keep_first = first;
}

void facts_free(struct facts **facts)
{
    if (!*facts)
        return;
    for (struct shelf *s = (*facts)->ringed; s; s = s->next_ringed) {
        for (size_t i = 0; i < s->ring_used; i++)
            free(s->ring[i]);
    }
    text_free(&(*facts)->user);
    struct arena *mem = (*facts)->mem; /* the store itself lives in it */
    arena_free(&mem);
    *facts = NULL;
}

void facts_locator_set(struct facts *facts, struct facts_locator locator)
{
    facts->locator = locator;
}

void facts_stamp(struct facts *facts, uint64_t frame, int64_t time)
{
    facts->frame = frame;
    facts->time = time;
}

struct stamp facts_now(const struct facts *facts)
{
    return (struct stamp){facts->frame, facts->time, facts->dir};
}

struct stamp facts_swap_stamp(struct facts *facts, struct stamp stamp)
{
    struct stamp was = facts_now(facts);
    facts_stamp(facts, stamp.frame, stamp.time);
    facts->dir = stamp.dir;
    return was;
}

void facts_at(struct facts *facts, enum dir dir, uint64_t offset)
{
    facts->dir = dir;
    if (facts->locator.locate)
        facts->locator.locate(facts->locator.user, dir, offset, &facts->frame,
                              &facts->time);
}

int64_t facts_time(const struct facts *facts)
{
    return facts->time;
}

uint64_t facts_frame(const struct facts *facts)
{
    return facts->frame;
}

void facts_show_users(struct facts *facts, bool show)
{
    facts->show_users = show;
}

struct span facts_user(struct facts *facts, struct span user)
{
    text_clear(&facts->user);
    if (facts->show_users) {
        text_add(&facts->user, user);
    } else if (user.n) {
        text_add(&facts->user, span_first(user, 1));
        text_adds(&facts->user, "***");
        text_add(&facts->user, span_skip(user, span_find(user, '@')));
    }
    return text_span(&facts->user);
}

enum { FACT_HEAD = (sizeof(struct fact) + 15) / 16 * 16 };

static size_t rounded(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

static size_t texts_size(const struct fact_kind *kind, const uint8_t *values)
{
    size_t n = 0;
    for (size_t i = 0; i < kind->text_count; i++) {
        const struct span *text =
            (const struct span *)(const void *)(values + kind->texts[i]);
        n += span_first(*text, FACT_TEXT_MAX).n;
    }
    return n;
}

/* A fact lies in one block: its head, the kind's struct, the texts. */
static size_t block_size(const struct fact_kind *kind, const void *values)
{
    return FACT_HEAD + rounded(kind->size) + texts_size(kind, values);
}

static void fact_write(struct fact *fact, const struct fact_kind *kind,
                       const void *values)
{
    uint8_t *copy = (uint8_t *)fact + FACT_HEAD;
    uint8_t *end = copy + rounded(kind->size);
    memcpy(copy, values, kind->size);
    for (size_t i = 0; i < kind->text_count; i++) {
        struct span *text = (struct span *)(void *)(copy + kind->texts[i]);
        size_t n = span_first(*text, FACT_TEXT_MAX).n;
        if (n)
            memcpy(end, text->p, n);
        *text = (struct span){end, n};
        end += n;
    }
    fact->kind = kind;
    fact->values = copy;
}

static struct shelf *shelf_new(struct facts *facts, unsigned kind)
{
    struct shelf *shelf = arena_alloc(facts->mem, sizeof *shelf);
    shelf->first = shelf->few;
    shelf->first_room = SHELF_FEW;
    facts->shelf[kind] = shelf;
    kinds_add(&facts->kinds, kind);
    return shelf;
}

/* What comes when the first places are taken; the oldest makes room. */
static void shelve_last(struct facts *facts, struct shelf *shelf,
                        struct fact *fact)
{
    if (!shelf->ring) {
        shelf->ring =
            arena_alloc(facts->mem, FACTS_LAST * sizeof(struct fact *));
        shelf->next_ringed = facts->ringed;
        facts->ringed = shelf;
    }
    if (shelf->ring_used < FACTS_LAST) {
        shelf->ring[shelf->ring_used++] = fact;
        facts->kept++;
        return;
    }
    free(shelf->ring[shelf->ring_oldest]);
    shelf->ring[shelf->ring_oldest] = fact;
    shelf->ring_oldest = (shelf->ring_oldest + 1) % FACTS_LAST;
    facts->dropped++;
}

/* Puts a fact of so many bytes in its place, which is still to be written. */
static struct fact *shelve(struct facts *facts, unsigned kind, size_t size)
{
    struct shelf *shelf = facts->shelf[kind];
    if (!shelf)
        shelf = shelf_new(facts, kind);
    shelf->told++;
    if (shelf->first_used >= facts->keep_first) {
        struct fact *last = must_realloc(NULL, size);
        shelve_last(facts, shelf, last);
        return last;
    }
    struct fact *fact = arena_room(facts->mem, size);
    if (shelf->first_used == shelf->first_room)
        shelf->first =
            arena_grow(facts->mem, shelf->first, shelf->first_used,
                       &shelf->first_room, shelf->first_used + 1, sizeof fact);
    shelf->first[shelf->first_used++] = fact;
    facts->kept++;
    return fact;
}

void facts_add(struct facts *facts, enum fact_kind_number kind,
               const void *values)
{
    const struct fact_kind *kind_of = &fact_kinds[kind];
    struct fact *fact = shelve(facts, kind, block_size(kind_of, values));
    fact_write(fact, kind_of, values);
    fact->frame = facts->frame;
    fact->time = facts->time;
    fact->dir = facts->dir;
    fact->session = facts->session;
    fact->order = facts->order++;
    if (facts->listener)
        facts->listener(facts->listener_user, fact);
}

void facts_copy(struct facts *facts, const struct fact *fact)
{
    struct fact *copy = shelve(facts, fact->kind->number,
                               block_size(fact->kind, fact->values));
    fact_write(copy, fact->kind, fact->values);
    copy->frame = fact->frame;
    copy->time = fact->time;
    copy->dir = fact->dir;
    copy->session = fact->session;
    copy->order = facts->order++;
}

void facts_refer(struct facts *facts, const struct fact *fact)
{
    struct fact *kept = shelve(facts, fact->kind->number, sizeof *kept);
    *kept = *fact;
    kept->order = facts->order++;
}

size_t facts_count(const struct facts *facts, enum fact_kind_number kind)
{
    const struct shelf *shelf = facts->shelf[kind];
    return shelf ? shelf->first_used + shelf->ring_used : 0;
}

const struct fact *facts_get(const struct facts *facts,
                             enum fact_kind_number kind, size_t i)
{
    const struct shelf *shelf = facts->shelf[kind];
    if (!shelf)
        return NULL;
    if (i < shelf->first_used)
        return shelf->first[i];
    i -= shelf->first_used;
    if (i >= shelf->ring_used)
        return NULL;
    return shelf->ring[(shelf->ring_oldest + i) % shelf->ring_used];
}

const struct kinds *facts_kinds(const struct facts *facts)
{
    return &facts->kinds;
}

size_t facts_kept(const struct facts *facts)
{
    return facts->kept;
}

static int by_order(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    return (x->order > y->order) - (x->order < y->order);
}

const struct fact **facts_in_order(const struct facts *facts)
{
    const struct fact **all = must_alloc(facts->kept * sizeof *all);
    size_t n = 0;
    for (unsigned k = 0; (k = kinds_from(&facts->kinds, k)) < FACT_KINDS; k++) {
        const struct fact *fact;
        for (size_t i = 0;
             (fact = facts_get(facts, (enum fact_kind_number)k, i)); i++)
            all[n++] = fact;
    }
    assert(n == facts->kept);
    qsort(all, n, sizeof *all, by_order);
    return all;
}

uint64_t facts_told(const struct facts *facts, enum fact_kind_number kind)
{
    return facts->shelf[kind] ? facts->shelf[kind]->told : 0;
}

uint64_t facts_dropped(const struct facts *facts)
{
    return facts->dropped;
}

void facts_listen(struct facts *facts, facts_listener *listener, void *user)
{
    facts->listener = listener;
    facts->listener_user = user;
}

static void show_real(double value, struct text *out)
{
    size_t start = out->n;
    text_addf(out, "%.3f", value);
    while (out->n > start + 1 && out->s[out->n - 1] == '0')
        out->s[--out->n] = '\0';
    if (out->s[out->n - 1] == '.')
        out->s[--out->n] = '\0';
}

void fact_field_show(const struct fact *fact, const struct fact_field *field,
                     struct text *out)
{
    switch (field->type) {
    case FACT_TEXT:
        text_add_safe(out, fact_text(fact, field));
        break;
    case FACT_UINT:
        text_addf(out, "%llu", (unsigned long long)fact_uint(fact, field));
        break;
    case FACT_REAL:
        show_real(fact_real(fact, field), out);
        break;
    case FACT_BOOL:
        text_adds(out, fact_bool(fact, field) ? "yes" : "no");
        break;
    }
}

void fact_show(const struct fact *fact, struct text *out)
{
    struct span rest = span_of(fact->kind->show);
    while (rest.n) {
        text_add(out, span_cut(&rest, '{'));
        if (rest.n == 0)
            break;
        struct span otherwise = span_cut(&rest, '}');
        const struct fact_field *field =
            fact_field_find(fact->kind, span_cut(&otherwise, '|'));
        assert(field && "facts.def: show names a field that is not there");
        size_t before = out->n;
        fact_field_show(fact, field, out);
        if (out->n == before)
            text_add(out, otherwise);
    }
}

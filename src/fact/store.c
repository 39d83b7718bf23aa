/* store.c - see store.h.
 *
 * A fact is one allocation: struct fact, the kind's struct, then the bytes of
 * its texts.  The last FACTS_LAST of a kind live in a ring.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fact/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct shelf { /* the facts of one kind */
    struct fact **first;
    size_t first_used, first_room;
    struct fact **ring;
    size_t ring_used, ring_oldest;
    uint64_t told;
};

struct facts {
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
    struct shelf shelf[FACT_KINDS];
};

struct facts *facts_new(uint64_t session)
{
    struct facts *facts = must_alloc(sizeof *facts);
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
    for (size_t k = 0; k < FACT_KINDS; k++) {
        struct shelf *shelf = &(*facts)->shelf[k];
        for (size_t i = 0; i < shelf->first_used; i++)
            free(shelf->first[i]);
        for (size_t i = 0; i < shelf->ring_used; i++)
            free(shelf->ring[i]);
        free(shelf->first);
        free(shelf->ring);
    }
    text_free(&(*facts)->user);
    free(*facts);
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

static size_t texts_size(const struct fact_kind *kind, const void *values)
{
    size_t n = 0;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].type != FACT_TEXT)
            continue;
        const struct span *text =
            (const struct span *)((const uint8_t *)values +
                                  kind->fields[i].offset);
        n += span_first(*text, FACT_TEXT_MAX).n;
    }
    return n;
}

static struct fact *fact_new(const struct fact_kind *kind, const void *values)
{
    size_t head = (sizeof(struct fact) + 15) & ~(size_t)15;
    size_t body = (kind->size + 15) & ~(size_t)15;
    uint8_t *block = must_realloc(NULL, head + body + texts_size(kind, values));
    uint8_t *end = block + head + body;
    memcpy(block + head, values, kind->size);
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].type != FACT_TEXT)
            continue;
        struct span *text =
            (struct span *)(void *)(block + head + kind->fields[i].offset);
        *text = span_first(*text, FACT_TEXT_MAX);
        if (text->n)
            memcpy(end, text->p, text->n);
        text->p = end;
        end += text->n;
    }
    struct fact *fact = (struct fact *)(void *)block;
    *fact = (struct fact){.kind = kind, .values = block + head};
    return fact;
}

static void shelve(struct facts *facts, struct fact *fact)
{
    struct shelf *shelf = &facts->shelf[fact->kind->number];
    shelf->told++;
    if (shelf->first_used < facts->keep_first) {
        if (shelf->first_used == shelf->first_room) {
            shelf->first_room = shelf->first_room ? shelf->first_room * 2 : 4;
            shelf->first = must_realloc(
                shelf->first, shelf->first_room * sizeof(struct fact *));
        }
        shelf->first[shelf->first_used++] = fact;
        return;
    }
    if (!shelf->ring)
        shelf->ring = must_alloc(FACTS_LAST * sizeof(struct fact *));
    if (shelf->ring_used < FACTS_LAST) {
        shelf->ring[shelf->ring_used++] = fact;
        return;
    }
    free(shelf->ring[shelf->ring_oldest]);
    shelf->ring[shelf->ring_oldest] = fact;
    shelf->ring_oldest = (shelf->ring_oldest + 1) % FACTS_LAST;
    facts->dropped++;
}

void facts_add(struct facts *facts, enum fact_kind_number kind,
               const void *values)
{
    struct fact *fact = fact_new(&fact_kinds[kind], values);
    fact->frame = facts->frame;
    fact->time = facts->time;
    fact->dir = facts->dir;
    fact->session = facts->session;
    fact->order = facts->order++;
    if (facts->listener)
        facts->listener(facts->listener_user, fact);
    shelve(facts, fact);
}

void facts_copy(struct facts *facts, const struct fact *fact)
{
    struct fact *copy = fact_new(fact->kind, fact->values);
    copy->frame = fact->frame;
    copy->time = fact->time;
    copy->dir = fact->dir;
    copy->session = fact->session;
    copy->order = facts->order++;
    shelve(facts, copy);
}

size_t facts_count(const struct facts *facts, enum fact_kind_number kind)
{
    return facts->shelf[kind].first_used + facts->shelf[kind].ring_used;
}

const struct fact *facts_get(const struct facts *facts,
                             enum fact_kind_number kind, size_t i)
{
    const struct shelf *shelf = &facts->shelf[kind];
    if (i < shelf->first_used)
        return shelf->first[i];
    i -= shelf->first_used;
    if (i >= shelf->ring_used)
        return NULL;
    return shelf->ring[(shelf->ring_oldest + i) % shelf->ring_used];
}

uint64_t facts_told(const struct facts *facts, enum fact_kind_number kind)
{
    return facts->shelf[kind].told;
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
        const struct fact_field *field =
            fact_field_find(fact->kind, span_cut(&rest, '}'));
        assert(field && "facts.def: show names a field that is not there");
        fact_field_show(fact, field, out);
    }
}

/* book.c - see book.h.
 *
 * The texts of a session fact are few and recur (addresses, names, words), so
 * each distinct one is kept once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

struct word {
    struct word *next;
    struct span text;
};

enum { WORD_SLOTS = 1 << 14 };

struct book {
    struct arena *mem;
    struct book_entry *entries;
    size_t used, room;
    uint64_t unlisted;
    bool sorted;
    struct word *words[WORD_SLOTS];
};

struct book *book_new(void)
{
    struct book *book = must_alloc(sizeof *book);
    book->mem = arena_new();
    return book;
}

void book_free(struct book **book)
{
    if (!*book)
        return;
    arena_free(&(*book)->mem);
    free((*book)->entries);
    free(*book);
    *book = NULL;
}

static struct span word(struct book *book, struct span text)
{
    if (text.n == 0)
        return (struct span){NULL, 0}; /* every other one */
    struct word **slot =
        &book->words[hash_bytes(text, 0) & (uint64_t)(WORD_SLOTS - 1)];
    for (struct word *w = *slot; w; w = w->next) {
        if (span_same(w->text, text))
            return w->text;
    }
    struct word *w = arena_alloc(book->mem, sizeof *w);
    w->text = arena_copy(book->mem, text);
    w->next = *slot;
    *slot = w;
    return w->text;
}

static void keep_texts(struct book *book, struct fact_session *session)
{
    const struct fact_kind *kind = &fact_kinds[FACT_KIND_session];
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].type != FACT_TEXT)
            continue;
        struct span *text = (struct span *)(void *)((uint8_t *)session +
                                                    kind->fields[i].offset);
        *text = word(book, *text);
    }
}

bool book_add(struct book *book, const struct book_entry *entry)
{
    if (book->used == BOOK_MAX) {
        book->unlisted++;
        return false;
    }
    if (book->used == book->room) {
        book->room = book->room ? book->room * 2 : 16;
        book->entries =
            must_realloc(book->entries, book->room * sizeof *book->entries);
    }
    struct book_entry *kept = &book->entries[book->used++];
    *kept = *entry;
    keep_texts(book, &kept->session);
    book->sorted = false;
    return true;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = ((const struct book_entry *)a)->session.id;
    uint64_t y = ((const struct book_entry *)b)->session.id;
    return (x > y) - (x < y);
}

static void sort(struct book *book)
{
    if (!book->sorted && book->used)
        qsort(book->entries, book->used, sizeof *book->entries, by_id);
    book->sorted = true;
}

size_t book_count(struct book *book)
{
    return book->used;
}

const struct book_entry *book_get(struct book *book, size_t i)
{
    sort(book);
    return &book->entries[i];
}

int64_t book_end(const struct book_entry *entry)
{
    return entry->start + (int64_t)(entry->session.duration * CLOCK_SECOND);
}

void book_judge(struct book *book, size_t i, struct span verdict,
                struct span finding)
{
    sort(book);
    book->entries[i].session.verdict = word(book, verdict);
    book->entries[i].session.finding = word(book, finding);
}

void book_heal(struct book *book, size_t i)
{
    sort(book);
    book->entries[i].session.healed = true;
}

int book_compare_servers(const struct book_entry *a, const struct book_entry *b)
{
    int order = span_compare(a->session.server, b->session.server);
    if (order)
        return order;
    return (a->session.port > b->session.port) -
           (a->session.port < b->session.port);
}

uint64_t book_unlisted(const struct book *book)
{
    return book->unlisted;
}

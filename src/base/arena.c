/* arena.c - blocks that double in size, in a list; see arena.h.
 *
 * The arena itself lies in its first block.  Sessions come and go by the
 * hundred thousand, and each has two arenas: a few of the two smallest kinds
 * of block wait here for the next one instead of going through malloc.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BLOCK = 4096,
    LAST_BLOCK = 1 << 20,
    ALIGN = 16,
    SPARE_KINDS = 2, /* blocks of 4 and of 8 KiB */
};

/* Of each kind: 3 MiB in all.  None where a sanitizer is to see who uses what
 * is gone. */
#if defined(__SANITIZE_ADDRESS__)
static const size_t spare_max = 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const size_t spare_max = 0;
#else
static const size_t spare_max = 256;
#endif
#else
static const size_t spare_max = 256;
#endif

struct block {
    struct block *older;
    size_t used, size;
    _Alignas(ALIGN) uint8_t bytes[];
};

struct arena {
    struct block *newest;
};

static struct {
    struct block *list;
    size_t n;
} spare[SPARE_KINDS];

void *must_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p) {
        fprintf(stderr, "mailwhy: out of memory (%zu bytes wanted)\n", n);
        abort();
    }
    return p;
}

void *must_realloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);
    if (!q) {
        fprintf(stderr, "mailwhy: out of memory (%zu bytes wanted)\n", n);
        abort();
    }
    return q;
}

/* The index into spare[] of blocks of this size; SPARE_KINDS: there is none. */
static size_t spare_kind(size_t size)
{
    size_t kind = 0;
    while (kind < SPARE_KINDS && size != (size_t)FIRST_BLOCK << kind)
        kind++;
    return kind;
}

static struct block *block_new(size_t size)
{
    size_t kind = spare_kind(size);
    struct block *b;
    if (kind < SPARE_KINDS && spare[kind].n > 0) {
        b = spare[kind].list;
        spare[kind].list = b->older;
        spare[kind].n--;
    } else {
        b = must_realloc(NULL, sizeof *b + size);
    }
    *b = (struct block){.size = size};
    return b;
}

static void block_free(struct block *b)
{
    size_t kind = spare_kind(b->size);
    if (kind == SPARE_KINDS || spare[kind].n >= spare_max) {
        free(b);
        return;
    }
    b->older = spare[kind].list;
    spare[kind].list = b;
    spare[kind].n++;
}

/* From a block that has room for it. */
static void *cut(struct block *b, size_t n)
{
    void *p = b->bytes + b->used;
    b->used += n;
    return p;
}

static size_t aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

struct arena *arena_new(void)
{
    struct block *first = block_new(FIRST_BLOCK);
    struct arena *arena = cut(first, aligned(sizeof *arena));
    arena->newest = first;
    return arena;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    for (struct block *b = (*arena)->newest; b;) {
        struct block *older = b->older;
        block_free(b);
        b = older;
    }
    *arena = NULL;
}

static struct block *block_add(struct arena *arena, size_t need)
{
    size_t size = arena->newest->size * 2;
    if (size > LAST_BLOCK)
        size = LAST_BLOCK;
    if (size < need)
        size = need;
    struct block *b = block_new(size);
    b->older = arena->newest;
    arena->newest = b;
    return b;
}

void *arena_room(struct arena *arena, size_t n)
{
    assert(n < SIZE_MAX / 2);
    n = aligned(n);
    struct block *b = arena->newest;
    if (n > b->size - b->used)
        b = block_add(arena, n);
    return cut(b, n);
}

/* Zeroed here and not block by block: most blocks are never filled. */
void *arena_alloc(struct arena *arena, size_t n)
{
    return memset(arena_room(arena, n), 0, n);
}

struct span arena_copy(struct arena *arena, struct span bytes)
{
    if (bytes.n == 0)
        return (struct span){NULL, 0};
    uint8_t *p = arena_room(arena, bytes.n);
    memcpy(p, bytes.p, bytes.n);
    return (struct span){p, bytes.n};
}

char *arena_string(struct arena *arena, struct span text)
{
    return arena_join(arena, &text, 1);
}

char *arena_join(struct arena *arena, const struct span *parts, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += parts[i].n;
    char *s = arena_room(arena, n + 1), *end = s;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].n)
            memcpy(end, parts[i].p, parts[i].n);
        end += parts[i].n;
    }
    *end = '\0';
    return s;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    char few[128]; /* enough for most: these are formatted once */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(few, sizeof few, format, args);
    va_end(args);
    if (n < (int)sizeof few)
        return arena_string(arena, span_of(n < 0 ? "" : few));
    char *s = arena_room(arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(s, (size_t)n + 1, format, args);
    va_end(args);
    return s;
}

void *arena_grow(struct arena *arena, void *array, size_t used, size_t *room,
                 size_t need, size_t size)
{
    if (need <= *room)
        return array;
    size_t more = *room ? *room * 2 : 2;
    if (more < need)
        more = need;
    void *moved = arena_alloc(arena, more * size);
    if (used)
        memcpy(moved, array, used * size);
    *room = more;
    return moved;
}

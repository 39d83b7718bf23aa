/* arena.c - blocks that double in size, in a list; see arena.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 1024, LAST_BLOCK = 1 << 20, ALIGN = 16 };

struct block {
    struct block *older;
    size_t used, size;
    _Alignas(ALIGN) uint8_t bytes[];
};

struct arena {
    struct block *newest;
};

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

struct arena *arena_new(void)
{
    return must_alloc(sizeof(struct arena));
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    for (struct block *b = (*arena)->newest; b;) {
        struct block *older = b->older;
        free(b);
        b = older;
    }
    free(*arena);
    *arena = NULL;
}

static struct block *block_add(struct arena *arena, size_t need)
{
    size_t size = arena->newest ? arena->newest->size * 2 : FIRST_BLOCK;
    if (size > LAST_BLOCK)
        size = LAST_BLOCK;
    if (size < need)
        size = need;
    struct block *b = must_realloc(NULL, sizeof *b + size);
    *b = (struct block){.older = arena->newest, .size = size};
    arena->newest = b;
    return b;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    assert(n < SIZE_MAX / 2);
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = arena->newest;
    if (!b || n > b->size - b->used)
        b = block_add(arena, n);
    void *p = b->bytes + b->used;
    b->used += n;
    /* Here and not block by block: most blocks are never filled. */
    return memset(p, 0, n);
}

struct span arena_copy(struct arena *arena, struct span bytes)
{
    if (bytes.n == 0)
        return (struct span){NULL, 0};
    uint8_t *p = arena_alloc(arena, bytes.n);
    memcpy(p, bytes.p, bytes.n);
    return (struct span){p, bytes.n};
}

char *arena_string(struct arena *arena, struct span text)
{
    char *s = arena_alloc(arena, text.n + 1);
    if (text.n)
        memcpy(s, text.p, text.n);
    return s;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        n = 0;
    char *s = arena_alloc(arena, (size_t)n + 1);
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

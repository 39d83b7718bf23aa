/* pool.c - blocks of objects and a list of spare ones; see pool.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/pool.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* In front of a block's objects. */
struct block {
    alignas(max_align_t) struct block *next;
};

/* In place of an object that is not in use. */
struct spare {
    struct spare *next;
};

void pool_init(struct pool *pool, size_t size, size_t zeroed)
{
    size_t unit = alignof(max_align_t);
    *pool = (struct pool){.size = (size + unit - 1) / unit * unit,
                          .zeroed = zeroed};
}

static void more(struct pool *pool)
{
    struct block *block = must_alloc(sizeof *block + POOL_BLOCK * pool->size);
    block->next = pool->blocks;
    pool->blocks = block;
    char *objects = (char *)(block + 1);
    for (size_t i = POOL_BLOCK; i-- > 0;)
        pool_put(pool, objects + i * pool->size);
}

void *pool_get(struct pool *pool)
{
    if (!pool->spare)
        more(pool);
    struct spare *object = pool->spare;
    pool->spare = object->next;
    memset(object, 0, pool->zeroed);
    return object;
}

void pool_put(struct pool *pool, void *object)
{
    struct spare *spare = object;
    spare->next = pool->spare;
    pool->spare = spare;
}

void pool_free(struct pool *pool)
{
    for (struct block *b = pool->blocks; b;) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
    *pool = (struct pool){.size = pool->size, .zeroed = pool->zeroed};
}

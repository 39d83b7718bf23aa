/* pool.h - objects of one size that come and go, without malloc for each.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_POOL_H
#define FLOW_POOL_H

#include <stddef.h>

enum { POOL_BLOCK = 64 }; /* objects asked of the system at once */

struct pool {
    size_t size;
    size_t zeroed; /* so much of an object's beginning */
    void *spare;  /* a list through the objects themselves */
    void *blocks; /* the same of blocks */
};

void pool_init(struct pool *pool, size_t size, size_t zeroed);

/* Never NULL.  What is not zeroed holds anything. */
void *pool_get(struct pool *pool);
void pool_put(struct pool *pool, void *object);

/* All objects at once, those in use too. */
void pool_free(struct pool *pool);

#endif

/* arena.h - memory that dies together.
 *
 * Allocation succeeds or the program stops with a message: callers never test
 * for NULL.  Nothing is freed singly; arena_free() ends all of it.  Memory is
 * zeroed.  One arena per flow, per rule set, per run; not shared by threads.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **arena);

/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t n);

/* The same, but not zeroed: for what is filled at once. */
void *arena_room(struct arena *arena, size_t n);

/* A NUL-terminated copy. */
char *arena_string(struct arena *arena, struct span text);
/* One of all the parts. */
char *arena_join(struct arena *arena, const struct span *parts, size_t count);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A copy of the bytes. */
struct span arena_copy(struct arena *arena, struct span bytes);

/* Makes room for at least `need` elements in a growing array of which `used`
 * are in use; *room is what there is room for.  Returns the array, perhaps
 * moved (the old one stays valid until the arena dies). */
void *arena_grow(struct arena *arena, void *array, size_t used, size_t *room,
                 size_t need, size_t size);

/* Memory from the system, or the end of the program.  For the few things that
 * do not fit an arena (free with free()). */
void *must_alloc(size_t n);
void *must_realloc(void *p, size_t n);

#endif

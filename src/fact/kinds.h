/* kinds.h - sets of kinds of facts, a bit each.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FACT_KINDS_H
#define FACT_KINDS_H

#include "fact/fact.h"

enum { KIND_WORDS = (FACT_KINDS + 63) / 64 };

struct kinds {
    uint64_t bits[KIND_WORDS];
};

static inline void kinds_add(struct kinds *kinds, unsigned kind)
{
    kinds->bits[kind / 64] |= UINT64_C(1) << kind % 64;
}

static inline bool kinds_have(const struct kinds *kinds, unsigned kind)
{
    return kinds->bits[kind / 64] >> kind % 64 & 1;
}

static inline bool kinds_overlap(const struct kinds *a, const struct kinds *b)
{
    uint64_t both = 0;
    for (size_t w = 0; w < KIND_WORDS; w++)
        both |= a->bits[w] & b->bits[w];
    return both != 0;
}

static inline bool kinds_same(const struct kinds *a, const struct kinds *b)
{
    uint64_t different = 0;
    for (size_t w = 0; w < KIND_WORDS; w++)
        different |= a->bits[w] ^ b->bits[w];
    return different == 0;
}

/* The first kind of the set, from this one on; FACT_KINDS at the end. */
static inline unsigned kinds_from(const struct kinds *kinds, unsigned kind)
{
    unsigned w = kind / 64;
    if (w >= KIND_WORDS)
        return FACT_KINDS;
    uint64_t left = kinds->bits[w] & UINT64_MAX << kind % 64;
    while (!left) {
        if (++w == KIND_WORDS)
            return FACT_KINDS;
        left = kinds->bits[w];
    }
    return w * 64 + (unsigned)__builtin_ctzll(left);
}

#endif

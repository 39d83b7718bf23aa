/* hash.c - eight bytes at a time through a 64-bit multiply-and-fold mixer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/hash.h"

#include <string.h>

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}

/* What is left over, less than eight bytes.  Four or more are read as two words
 * that overlap, which is faster than a copy of unknown length. */
static uint64_t tail_of(struct span bytes)
{
    uint64_t tail = 0;
    if (bytes.n >= 4) {
        uint32_t first, last;
        memcpy(&first, bytes.p, 4);
        memcpy(&last, bytes.p + bytes.n - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    for (size_t i = 0; i < bytes.n; i++)
        tail = tail << 8 | bytes.p[i];
    return tail;
}

uint64_t hash_bytes(struct span bytes, uint64_t seed)
{
    uint64_t h = seed ^ (bytes.n * UINT64_C(0x9e3779b97f4a7c15));
    while (bytes.n >= 8) {
        uint64_t word;
        memcpy(&word, bytes.p, 8);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
        bytes = span_skip(bytes, 8);
    }
    return mix(h ^ tail_of(bytes));
}

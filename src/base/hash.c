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
    uint64_t tail = 0;
    if (bytes.n)
        memcpy(&tail, bytes.p, bytes.n);
    return mix(h ^ tail);
}

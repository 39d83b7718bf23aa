/* hash.h - one hash for tables, the same in every run.
 *
 * Nothing that is shown depends on its order.  Tables that hold what strangers
 * sent have caps, so a flood of collisions costs time, not memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/span.h"

/* seed chains several parts: hash_bytes(a, hash_bytes(b, 0)). */
uint64_t hash_bytes(struct span bytes, uint64_t seed);

#endif

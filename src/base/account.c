/* account.c - see account.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/account.h"

#include "base/hash.h"

static uint64_t half(struct span part)
{
    uint32_t number = (uint32_t)hash_bytes(part, 0);
    return number ? number : 1;
}

uint64_t account_number(struct span user)
{
    size_t at = span_find(user, '@');
    struct span domain = span_skip(user, at + 1);
    if (user.n == 0)
        return 0;
    return half(span_first(user, at)) << 32 | (domain.n ? half(domain) : 0);
}

bool account_may_be(uint64_t a, uint64_t b)
{
    uint64_t low = UINT32_MAX;
    return a >> 32 == b >> 32 &&
           ((a & low) == (b & low) || (a & low) == 0 || (b & low) == 0);
}

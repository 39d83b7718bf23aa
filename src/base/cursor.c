/* cursor.c - see cursor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/cursor.h"

static uint64_t big_endian(struct cursor *c, size_t n)
{
    struct span s = cursor_take(c, n);
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | s.p[i];
    return v;
}

static uint64_t little_endian(struct cursor *c, size_t n)
{
    struct span s = cursor_take(c, n);
    uint64_t v = 0;
    for (size_t i = s.n; i > 0; i--)
        v = v << 8 | s.p[i - 1];
    return v;
}

uint32_t cursor_be24(struct cursor *c)
{
    return (uint32_t)big_endian(c, 3);
}

uint16_t cursor_le16(struct cursor *c)
{
    return (uint16_t)little_endian(c, 2);
}

uint32_t cursor_le32(struct cursor *c)
{
    return (uint32_t)little_endian(c, 4);
}

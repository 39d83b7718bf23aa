/* cursor.h - reads a binary message field by field, and asks once at the end.
 *
 * A read past the end gives zero (or the empty span) and sets `bad`, which
 * stays set.  So a parser can read its whole diagram and test `bad` once.
 * Numbers are in network byte order unless the name says otherwise.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/span.h"

struct cursor {
    struct span rest;
    bool bad;
};

static inline struct cursor cursor_of(struct span bytes)
{
    return (struct cursor){bytes, false};
}

/* Where the next n bytes are, which are then read; NULL past the end. */
static inline const uint8_t *cursor_step(struct cursor *c, size_t n)
{
    const uint8_t *at = c->rest.p;
    if (c->bad || n > c->rest.n) {
        c->bad = true;
        return NULL;
    }
    c->rest = span_skip(c->rest, n);
    return at;
}

/* Every packet's headers are read with these: they are worth being inlined.
 * Where it is known how much there is, no check is left of them. */

/* The next n bytes, borrowed. */
static inline struct span cursor_take(struct cursor *c, size_t n)
{
    struct span rest = c->rest;
    return cursor_step(c, n) ? (struct span){rest.p, n}
                             : (struct span){NULL, 0};
}

static inline uint8_t cursor_u8(struct cursor *c)
{
    const uint8_t *p = cursor_step(c, 1);
    if (!p)
        return 0;
    return p[0];
}

static inline uint16_t cursor_be16(struct cursor *c)
{
    const uint8_t *p = cursor_step(c, 2);
    if (!p)
        return 0;
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t cursor_be32(struct cursor *c)
{
    const uint8_t *p = cursor_step(c, 4);
    return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                   (uint32_t)p[2] << 8 | p[3]
             : 0;
}

uint32_t cursor_be24(struct cursor *c);
uint16_t cursor_le16(struct cursor *c);
uint32_t cursor_le32(struct cursor *c);

#endif

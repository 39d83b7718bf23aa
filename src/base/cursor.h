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

uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_be16(struct cursor *c);
uint32_t cursor_be24(struct cursor *c);
uint32_t cursor_be32(struct cursor *c);
uint64_t cursor_be64(struct cursor *c);
uint16_t cursor_le16(struct cursor *c);
uint32_t cursor_le32(struct cursor *c);

/* The next n bytes, borrowed. */
struct span cursor_take(struct cursor *c, size_t n);

#endif

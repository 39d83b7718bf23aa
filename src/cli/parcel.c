/* parcel.c - see parcel.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/parcel.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"

enum { HEAD = 5 };

static bool is_kind(uint8_t letter)
{
    static const struct span kinds = SPAN_INIT("mbend");
    return span_find(kinds, letter) < kinds.n;
}

enum parcel_result parcel_take(struct span *from, struct parcel *parcel)
{
    struct cursor c = {*from, false};
    uint8_t letter = cursor_u8(&c);
    uint32_t size = cursor_be32(&c);
    if (from->n > 0 && !is_kind(letter))
        return PARCEL_WRONG;
    if (!c.bad && size > PARCEL_MAX)
        return PARCEL_WRONG;
    struct span bytes = cursor_take(&c, size);
    if (c.bad)
        return PARCEL_MORE;
    *parcel = (struct parcel){(enum parcel_kind)letter, bytes};
    *from = span_skip(*from, HEAD + bytes.n);
    return PARCEL_OK;
}

static bool write_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            return false;
        bytes = span_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

bool parcel_write(int fd, enum parcel_kind kind, struct span bytes)
{
    assert(bytes.n <= PARCEL_MAX);
    uint8_t head[HEAD] = {(uint8_t)kind, (uint8_t)(bytes.n >> 24),
                          (uint8_t)(bytes.n >> 16), (uint8_t)(bytes.n >> 8),
                          (uint8_t)bytes.n};
    return write_all(fd, (struct span){head, sizeof head}) &&
           write_all(fd, bytes);
}

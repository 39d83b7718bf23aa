/* extension.c - what the hellos of both sides have in common; see messages.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/messages.h"

struct span vector8(struct cursor *c)
{
    size_t n = cursor_u8(c);
    return cursor_take(c, n);
}

struct span vector16(struct cursor *c)
{
    size_t n = cursor_be16(c);
    return cursor_take(c, n);
}

bool extension_take(struct cursor *list, uint16_t *type, struct span *body)
{
    if (list->bad || list->rest.n == 0)
        return false;
    *type = cursor_be16(list);
    *body = vector16(list);
    return !list->bad;
}

uint16_t version_rank(uint16_t version)
{
    return version >> 8 == 0x7f ? VERSION_TLS13 : version;
}

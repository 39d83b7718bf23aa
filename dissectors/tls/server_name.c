/* server_name.c - see server_name.h.
 *
 *   record:    type(1) version(2) length(2)
 *   handshake: type(1) length(3)
 *   hello:     version(2) random(32) session_id<0..32> suites<2..>
 *              compressions<1..> extensions<0..>          (RFC 8446 4.1.2)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/server_name.h"

#include "tls/messages.h"

enum { RECORD_IS_HANDSHAKE = 22, IS_CLIENT_HELLO = 1, RANDOM_BYTES = 32 };

/* RFC 6066 3: a list, of which host_name (0) is the only kind there is. */
static struct span host_name(struct span body)
{
    struct cursor list = cursor_of(body);
    list.rest = vector16(&list);
    uint8_t type = cursor_u8(&list);
    struct span name = vector16(&list);
    return list.bad || type != 0 ? (struct span){NULL, 0} : name;
}

struct span tls_server_name(struct span bytes)
{
    struct cursor c = cursor_of(bytes);
    if (cursor_u8(&c) != RECORD_IS_HANDSHAKE)
        return (struct span){NULL, 0};
    cursor_be16(&c); /* version */
    cursor_be16(&c); /* length */
    uint8_t message = cursor_u8(&c);
    cursor_be24(&c); /* length */
    cursor_be16(&c); /* version */
    cursor_take(&c, RANDOM_BYTES);
    vector8(&c);     /* session id */
    vector16(&c);    /* suites */
    vector8(&c);     /* compressions */
    cursor_be16(&c); /* length of the extensions: they may go on later */
    if (c.bad || message != IS_CLIENT_HELLO)
        return (struct span){NULL, 0};
    while (c.rest.n && !c.bad) {
        uint16_t type = cursor_be16(&c);
        struct span body = vector16(&c);
        if (!c.bad && type == EXTENSION_SERVER_NAME)
            return host_name(body);
    }
    return (struct span){NULL, 0};
}

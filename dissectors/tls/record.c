/* record.c - see record.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/record.h"

#include "base/cursor.h"

enum { SSL2_CLIENT_HELLO = 1, SSL2_SERVER_HELLO = 4 };

static enum record_parse ssl2_parse(struct span bytes, struct record *record)
{
    struct cursor c = cursor_of(bytes);
    size_t length = cursor_be16(&c) & 0x7fffu;
    uint8_t type = cursor_u8(&c);
    uint8_t second = cursor_u8(&c);
    if (c.bad)
        return RECORD_MORE;
    /* A hello of the client goes on with the version it asks for, one of the
     * server with the word whether it knows the session, 0 or 1. */
    bool client = type == SSL2_CLIENT_HELLO && (second == 0 || second == 3);
    bool server = type == SSL2_SERVER_HELLO && second <= 1;
    if (!client && !server)
        return RECORD_BAD;
    *record = (struct record){RECORD_SSL2, 0x0002, RECORD_SSL2_HEADER, length};
    return RECORD_OK;
}

enum record_parse record_parse(struct span bytes, bool first,
                               struct record *record)
{
    if (bytes.n == 0)
        return RECORD_MORE;
    if (first && (bytes.p[0] & 0x80) != 0)
        return ssl2_parse(bytes, record);
    if (bytes.p[0] < RECORD_CHANGE_CIPHER || bytes.p[0] > RECORD_HEARTBEAT ||
        (bytes.n > 1 && bytes.p[1] != 3))
        return RECORD_BAD;
    struct cursor c = cursor_of(bytes);
    record->type = (enum record_type)cursor_u8(&c);
    record->version = cursor_be16(&c);
    record->header = RECORD_HEADER;
    record->length = cursor_be16(&c);
    if (c.bad)
        return RECORD_MORE;
    if ((record->version & 0xff) > 4 || record->length > RECORD_BODY_MAX)
        return RECORD_BAD;
    return RECORD_OK;
}

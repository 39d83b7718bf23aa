/* record.h - the frame around everything in TLS (RFC 8446 5.1, RFC 5246 6.2).
 *
 *   type(1) version(2) length(2) | length bytes
 *
 * Clients of old sent their first message in the frame of SSL 2.0 instead
 * (RFC 5246 E.2): length(2, top bit set) | type(1)=1 version(2) ...
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include "base/span.h"

enum record_type {
    RECORD_CHANGE_CIPHER = 20,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_DATA = 23,
    RECORD_HEARTBEAT = 24,
    RECORD_SSL2 = 0x100, /* ours: a message in the frame of SSL 2.0 */
};

enum {
    RECORD_HEADER = 5,
    RECORD_SSL2_HEADER = 2,
    RECORD_BODY_MAX = (1 << 14) + 2048, /* RFC 5246 6.2.3 */
};

struct record {
    enum record_type type;
    uint16_t version;
    size_t header, length; /* of the frame and of the body */
};

enum record_parse { RECORD_OK, RECORD_MORE, RECORD_BAD };

/* Reads a header; `first` says that SSL 2.0's form may stand here.  One byte
 * is enough to see that something can not be a record. */
enum record_parse record_parse(struct span bytes, bool first,
                               struct record *record);

#endif

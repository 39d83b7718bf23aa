/* snoop.c - the capture format of Solaris' snoop (RFC 1761).
 *
 *   "snoop" 0 0 0  version  data link type                     16 bytes, once
 *   length  captured length  record length  drops  seconds
 *   microseconds  bytes...  padding...                         per packet
 *
 * Numbers are big-endian and of 4 bytes.  The record length counts all of it;
 * drops are those since the beginning.
 *
 * Shomiti's (later Finisar's) Surveyor wrote the same format, with versions up
 * to 5, 16 bytes or more of its own as padding, and its own meaning for the types
 * that the RFC had not given away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pcap/dlt.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "damage.h"

enum {
    FILE_HEADER = 16,
    RECORD_HEADER = 24,
    VERSION_FIRST = 2,
    VERSION_LAST = 5,
    SURVEYOR_PADDING = 16,
    LINK_NONE = -1,
};

#define PRIVATE 0x80000000u /* data link types of Solaris alone */

static const struct span magic = SPAN_INIT("snoop\0\0\0");

struct snoop {
    struct input *input;
    int link;
    uint64_t offset;        /* of the record that is read next */
    uint64_t padding;       /* behind the last packet, not yet passed over */
    uint64_t padded;        /* how much that was, and */
    uint64_t padded_offset; /* of whose record */
    uint32_t dropped;
    uint8_t bytes[FRAME_MAX];
};

bool snoop_is(struct span beginning)
{
    return span_same(span_first(beginning, magic.n), magic);
}

/* clang-format off */
/* RFC 1761 and RFC 3827; iana.org/assignments/snoop-datalink-types */
static const struct link {
    uint32_t type;
    int link;
} links[] = {
    {0,           DLT_EN10MB},  /* IEEE 802.3 */
    {2,           DLT_IEEE802}, /* IEEE 802.5, token ring */
    {4,           DLT_EN10MB},
    {8,           DLT_FDDI},
    {9,           DLT_NULL},    /* "other": in practice that */
    {10,          DLT_FRELAY},
    {11,          DLT_FRELAY},
    {14,          DLT_NULL},    /* software loopback */
    {16,          DLT_IP_OVER_FC},
    {18,          DLT_SUNATM},
    {24,          DLT_EN10MB},  /* ISO 8802-3 and Ethernet */
    {25,          DLT_EN10MB},  /* 100BASE-T */
    {26,          DLT_IPOIB},
    {PRIVATE | 1, DLT_RAW},     /* tunnels: IP in IPv4, in IPv6, 6to4 */
    {PRIVATE | 2, DLT_RAW},
    {PRIVATE | 5, DLT_IPNET},
    {PRIVATE | 7, DLT_RAW},
};

/* The types above 9 in Surveyor's files. */
static const struct link surveyor_links[] = {
    {10, DLT_EN10MB},  /* fast Ethernet */
    {11, DLT_IEEE802}, /* 4 Mbit/s */
    {12, DLT_EN10MB},  /* gigabit Ethernet */
    {13, DLT_IEEE802},
    {14, DLT_IEEE802},
    {19, DLT_EN10MB},  /* 10-gigabit Ethernet */
};
/* clang-format on */

static int link_in(const struct link *table, size_t count, uint32_t type)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].type == type)
            return table[i].link;
    return LINK_NONE;
}

/* What the first record's padding tells. */
static bool is_surveyor(struct input *input)
{
    struct cursor c = cursor_of(input_peek(input, RECORD_HEADER));
    cursor_be32(&c);
    uint64_t captured = cursor_be32(&c);
    uint64_t record = cursor_be32(&c);
    return !c.bad && record >= RECORD_HEADER + captured + SURVEYOR_PADDING;
}

static int link_of(struct input *input, uint32_t type)
{
    const size_t n = sizeof surveyor_links / sizeof *surveyor_links;
    if (type > 9 && is_surveyor(input))
        return link_in(surveyor_links, n, type);
    return link_in(links, sizeof links / sizeof *links, type);
}

/* Passes over the padding of the packet before; says so if it is not all
 * there. */
static enum capture_result pass_padding(struct snoop *snoop, uint64_t number,
                                        struct err *err)
{
    char what[64];
    while (snoop->padding > 0) {
        struct span some = input_take(snoop->input, (size_t)snoop->padding);
        if (some.n == 0) {
            snprintf(what, sizeof what,
                     "the padding of packet %" PRIu64 " takes", number - 1);
            snoop->offset = snoop->padded_offset;
            return cut_short(snoop->input, snoop->offset, what, snoop->padded,
                             snoop->padded - snoop->padding, number - 1, err);
        }
        snoop->padding -= some.n;
    }
    return CAPTURE_FRAME;
}

struct record {
    uint64_t length, captured, record;
    uint32_t drops, seconds, microseconds;
};

static enum capture_result read_bytes(struct snoop *snoop, uint64_t number,
                                      const struct record *record,
                                      struct err *err)
{
    char what[64];
    uint64_t needed = RECORD_HEADER + record->captured;
    snprintf(what, sizeof what, "packet %" PRIu64 " says", number);
    if (record->captured > FRAME_MAX)
        return too_long(snoop->offset, what, record->captured, number - 1, err);
    if (record->record < needed)
        return too_short(snoop->offset, number, record->record, needed, err);
    size_t n = input_read(snoop->input, snoop->bytes, record->captured);
    if (n < record->captured)
        return cut_short(snoop->input, snoop->offset, what, record->captured, n,
                         number - 1, err);
    snoop->padding = snoop->padded = record->record - needed;
    snoop->padded_offset = snoop->offset;
    return CAPTURE_FRAME;
}

static enum capture_result read_header(struct snoop *snoop, uint64_t number,
                                       struct record *record, struct err *err)
{
    uint8_t header[RECORD_HEADER];
    char what[64];
    size_t n = input_read(snoop->input, header, sizeof header);
    if (n == 0 && !input_trouble(snoop->input))
        return CAPTURE_END;
    snprintf(what, sizeof what, "the header of packet %" PRIu64 " takes",
             number);
    if (n < sizeof header)
        return cut_short(snoop->input, snoop->offset, what, RECORD_HEADER, n,
                         number - 1, err);
    struct cursor c = cursor_of((struct span){header, sizeof header});
    record->length = cursor_be32(&c);
    record->captured = cursor_be32(&c);
    record->record = cursor_be32(&c);
    record->drops = cursor_be32(&c);
    record->seconds = cursor_be32(&c);
    record->microseconds = cursor_be32(&c);
    return CAPTURE_FRAME;
}

static enum capture_result snoop_next(void *self, uint64_t number,
                                      struct frame *frame, struct err *err)
{
    struct snoop *snoop = self;
    struct record record = {.length = 0};
    enum capture_result result = pass_padding(snoop, number, err);
    if (result == CAPTURE_FRAME)
        result = read_header(snoop, number, &record, err);
    if (result == CAPTURE_FRAME)
        result = read_bytes(snoop, number, &record, err);
    if (result != CAPTURE_FRAME)
        return result;
    snoop->offset += record.record;
    snoop->dropped = record.drops;
    *frame = (struct frame){
        .time = (int64_t)record.seconds * CLOCK_SECOND +
                (int64_t)record.microseconds * (CLOCK_SECOND / 1000000),
        .length = (uint32_t)(record.length > record.captured ? record.length
                                                             : record.captured),
        .link = snoop->link,
        .bytes = {snoop->bytes, (size_t)record.captured},
    };
    return CAPTURE_FRAME;
}

static uint64_t snoop_dropped(const void *self)
{
    return ((const struct snoop *)self)->dropped;
}

static uint64_t snoop_offset(const void *self)
{
    return ((const struct snoop *)self)->offset;
}

static const struct source_kind snoop_kind = {
    .format = "snoop",
    .next = snoop_next,
    .dropped = snoop_dropped,
    .offset = snoop_offset,
    .close = free,
};

/* False, and err says why, when the file can not be read. */
static bool open_header(struct snoop *snoop, struct err *err)
{
    uint8_t header[FILE_HEADER];
    size_t n = input_read(snoop->input, header, sizeof header);
    if (n < sizeof header)
        return err_set(err,
                       "is cut short: a snoop file begins with %d bytes of "
                       "header, here are %zu",
                       FILE_HEADER, n);
    struct cursor c = cursor_of((struct span){header, sizeof header});
    cursor_take(&c, magic.n);
    uint32_t version = cursor_be32(&c);
    uint32_t type = cursor_be32(&c);
    if (version < VERSION_FIRST || version > VERSION_LAST)
        return err_set(
            err, "is a snoop file of version %" PRIu32 "; 2 to 5 are known",
            version);
    snoop->link = link_of(snoop->input, type);
    snoop->offset = FILE_HEADER;
    return snoop->link != LINK_NONE ||
           err_set(err,
                   "is a snoop file of data link type 0x%" PRIx32
                   ", of which mailwhy knows no packets",
                   type);
}

struct source snoop_open(struct input *input, struct err *err)
{
    struct snoop *snoop = must_alloc(sizeof *snoop);
    snoop->input = input;
    if (!open_header(snoop, err)) {
        free(snoop);
        return (struct source){NULL, NULL};
    }
    return (struct source){&snoop_kind, snoop};
}

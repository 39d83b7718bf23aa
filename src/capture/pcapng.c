/* pcapng.c - the pcapng format, block by block (draft-ietf-opsawg-pcapng).
 *
 *   type  length  body...  length again      everything is such a block
 *
 * Read here and not by libpcap, because libpcap refuses files whose interfaces
 * differ in link type, and hides decryption secrets and drop counters.  A file
 * may have several sections, each with a byte order and interfaces of its own.
 * Unknown blocks are passed over.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/text.h"
#include "damage.h"
#include "pcapng_interface.h"

enum block_type {
    BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
};

enum {
    BLOCK_MIN = 12,
    BLOCK_MAX = 16 * 1024 * 1024 + 64 * 1024, /* a long key log fits */
    SECRETS_MAX = 64 * 1024 * 1024,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    SECRETS_TLS = 0x544c534b, /* "TLSK" */
};

struct pcapng {
    struct input *input;
    bool little_endian; /* in the section that is being read */
    uint64_t offset;    /* of the block that is being read */
    uint64_t packets;   /* before this block, for messages */
    struct interfaces interfaces;
    struct text secrets;
    int64_t last_time;
    uint8_t *block; /* the whole of it */
    size_t room;
};

bool pcapng_is(struct span beginning)
{
    struct cursor c = cursor_of(beginning);
    return cursor_be32(&c) == BLOCK_SECTION;
}

static enum capture_result damaged(const struct pcapng *ng, const char *why,
                                   struct err *err)
{
    err_set(err, "damaged at offset %" PRIu64 " (%s); %" PRIu64 " %s analysed",
            ng->offset, why, ng->packets,
            ng->packets == 1 ? "packet was" : "packets were");
    return CAPTURE_DAMAGED;
}

/* A section begins: from here on its byte order counts. */
static bool find_byte_order(struct pcapng *ng, struct span header)
{
    struct cursor type = cursor_of(header);
    if (cursor_be32(&type) != BLOCK_SECTION)
        return true;
    struct cursor big = cursor_of(span_skip(header, 8));
    struct cursor little = big;
    ng->little_endian = cursor_le32(&little) == BYTE_ORDER_MAGIC;
    return ng->little_endian || cursor_be32(&big) == BYTE_ORDER_MAGIC;
}

static void make_room(struct pcapng *ng, size_t n)
{
    if (n <= ng->room)
        return;
    ng->block = must_realloc(ng->block, n);
    ng->room = n;
}

/* Reads a block; its type, and a reader over its body.  CAPTURE_FRAME is "yes";
 * what it is, is seen later. */
static enum capture_result read_block(struct pcapng *ng, uint32_t *type,
                                      struct reader *body, struct err *err)
{
    ng->offset = input_offset(ng->input);
    struct span header = input_peek(ng->input, BLOCK_MIN);
    if (header.n == 0 && !input_trouble(ng->input))
        return CAPTURE_END;
    if (header.n < BLOCK_MIN)
        return cut_short(ng->input, ng->offset, "the smallest block takes",
                         BLOCK_MIN, header.n, ng->packets, err);
    if (!find_byte_order(ng, header))
        return damaged(ng, "a section of unknown byte order", err);

    struct reader r = reader_of(header, ng->little_endian);
    *type = reader_u32(&r);
    uint32_t length = reader_u32(&r);
    if (length < BLOCK_MIN)
        return damaged(ng, "a block shorter than any", err);
    if (length > BLOCK_MAX)
        return too_long(ng->offset, "a block says", length, ng->packets, err);
    make_room(ng, length);
    size_t n = input_read(ng->input, ng->block, length);
    if (n < length) {
        char what[64];
        snprintf(what, sizeof(what), "the block after packet %" PRIu64 " says",
                 ng->packets);
        return cut_short(ng->input, ng->offset, what, length, n, ng->packets,
                         err);
    }
    struct span whole = {ng->block, length};
    struct reader end = reader_of(span_skip(whole, length - 4),
                                  ng->little_endian);
    if (reader_u32(&end) != length)
        return damaged(ng, "a block whose two lengths differ", err);
    *body = reader_of(span_skip(span_first(whole, length - 4), 8),
                      ng->little_endian);
    return CAPTURE_FRAME;
}

static enum capture_result on_section(struct pcapng *ng, struct reader *body,
                                      struct err *err)
{
    reader_u32(body); /* byte order, known by now */
    uint16_t major = reader_u16(body);
    uint16_t minor = reader_u16(body);
    reader_take(body, 8); /* section length, often unknown */
    if (body->cursor.bad)
        return damaged(ng, "a section header that is too short", err);
    if (major != 1 || (minor != 0 && minor != 2)) { /* 1.2 means the same */
        char why[64];
        snprintf(why, sizeof(why), "a section of the unknown version %u.%u",
                 major, minor);
        return damaged(ng, why, err);
    }
    struct option option;
    while (option_take(body, &option))
        continue;
    if (body->cursor.bad)
        return damaged(ng, "a section header whose options do not fit", err);
    interfaces_new_section(&ng->interfaces);
    return CAPTURE_FRAME;
}

static enum capture_result on_interface(struct pcapng *ng, struct reader *body,
                                        struct err *err)
{
    if (!interfaces_add(&ng->interfaces, body))
        return damaged(ng, "an interface block that makes no sense", err);
    return CAPTURE_FRAME;
}

/* Type and length, then a key log as browsers write it; other kinds of secrets
 * are not for us. */
static void on_secrets(struct pcapng *ng, struct reader *body)
{
    uint32_t type = reader_u32(body);
    struct span secrets = reader_take(body, reader_u32(body));
    if (body->cursor.bad || type != SECRETS_TLS ||
        secrets.n > SECRETS_MAX - ng->secrets.n)
        return;
    text_add(&ng->secrets, secrets);
    if (secrets.n && secrets.p[secrets.n - 1] != '\n')
        text_adds(&ng->secrets, "\n");
}

/* What the three packet blocks have in common. */
struct record {
    uint32_t interface, captured, length;
    uint64_t ticks;
    bool timed;
};

static struct record read_record(struct pcapng *ng, uint32_t type,
                                 struct reader *body)
{
    struct record record = {.timed = true};
    if (type == BLOCK_SIMPLE_PACKET) {
        const struct interface *first = interfaces_get(&ng->interfaces, 0);
        record.length = reader_u32(body);
        record.captured = record.length;
        if (first && first->snaplen && first->snaplen < record.captured)
            record.captured = first->snaplen;
        record.timed = false;
        return record;
    }
    if (type == BLOCK_OLD_PACKET) {
        record.interface = reader_u16(body);
        reader_u16(body); /* drops */
    } else {
        record.interface = reader_u32(body);
    }
    record.ticks = (uint64_t)reader_u32(body) << 32;
    record.ticks |= reader_u32(body);
    record.captured = reader_u32(body);
    record.length = reader_u32(body);
    return record;
}

static enum capture_result on_packet(struct pcapng *ng, uint32_t type,
                                     struct reader *body, struct frame *frame,
                                     struct err *err)
{
    struct record record = read_record(ng, type, body);
    const struct interface *interface =
        interfaces_get(&ng->interfaces, record.interface);
    if (!interface)
        return damaged(ng, "a packet of an interface that is not described",
                       err);
    if (record.captured > FRAME_MAX)
        return too_long(ng->offset, "a packet says", record.captured, ng->packets,
                        err);
    struct span bytes = reader_take(body, record.captured);
    if (body->cursor.bad)
        return damaged(ng, "a packet longer than its block", err);
    /* A simple packet has no time; the one before is as near as can be. */
    if (record.timed)
        ng->last_time = interface_time(interface, record.ticks);
    *frame = (struct frame){
        .time = ng->last_time,
        .length = record.length > record.captured ? record.length
                                                  : record.captured,
        .interface = interfaces_number(&ng->interfaces, record.interface),
        .link = interface->link,
        .bytes = bytes,
    };
    return CAPTURE_FRAME;
}

static enum capture_result pcapng_next(void *self, uint64_t number,
                                       struct frame *frame, struct err *err)
{
    struct pcapng *ng = self;
    ng->packets = number - 1;
    for (;;) {
        uint32_t type;
        struct reader body;
        enum capture_result result = read_block(ng, &type, &body, err);
        if (result != CAPTURE_FRAME)
            return result;
        switch (type) {
        case BLOCK_SECTION:
            result = on_section(ng, &body, err);
            break;
        case BLOCK_INTERFACE:
            result = on_interface(ng, &body, err);
            break;
        case BLOCK_STATISTICS:
            interfaces_statistics(&ng->interfaces, &body);
            break;
        case BLOCK_SECRETS:
            on_secrets(ng, &body);
            break;
        case BLOCK_PACKET:
        case BLOCK_OLD_PACKET:
        case BLOCK_SIMPLE_PACKET:
            result = on_packet(ng, type, &body, frame, err);
            if (result == CAPTURE_FRAME)
                ng->offset = input_offset(ng->input);
            return result;
        default:
            break;
        }
        if (result != CAPTURE_FRAME)
            return result;
    }
}

static uint64_t pcapng_dropped(const void *self)
{
    return interfaces_dropped(&((const struct pcapng *)self)->interfaces);
}

static uint64_t pcapng_offset(const void *self)
{
    return ((const struct pcapng *)self)->offset;
}

static struct span pcapng_secrets(const void *self)
{
    return text_span(&((const struct pcapng *)self)->secrets);
}

static void pcapng_close(void *self)
{
    struct pcapng *ng = self;
    interfaces_free(&ng->interfaces);
    text_free(&ng->secrets);
    free(ng->block);
    free(ng);
}

static const struct source_kind pcapng_kind = {
    .format = "pcapng",
    .next = pcapng_next,
    .dropped = pcapng_dropped,
    .offset = pcapng_offset,
    .secrets = pcapng_secrets,
    .close = pcapng_close,
};

/* The first section header is read at once: a file whose beginning is wrong is
 * no capture, whatever follows. */
struct source pcapng_open(struct input *input, struct err *err)
{
    struct pcapng *ng = must_alloc(sizeof(*ng));
    *ng = (struct pcapng){.input = input};
    uint32_t type;
    struct reader body;
    if (read_block(ng, &type, &body, err) != CAPTURE_FRAME ||
        on_section(ng, &body, err) != CAPTURE_FRAME) {
        pcapng_close(ng);
        return (struct source){NULL, NULL};
    }
    ng->offset = input_offset(input);
    return (struct source){&pcapng_kind, ng};
}

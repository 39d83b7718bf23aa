/* pcapng_interface.c - see pcapng_interface.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pcapng_interface.h"

#include <stdlib.h>

#include <pcap.h>

#include "base/arena.h"
#include "base/clock.h"

enum {
    OPTION_END = 0,
    OPTION_TIME_RESOLUTION = 9, /* of interface blocks */
    OPTION_TIME_OFFSET = 14,
    OPTION_INTERFACE_DROPS = 5, /* of statistics blocks */
    OPTION_SYSTEM_DROPS = 7,
};

enum {
    INTERFACES_MAX = 1 << 18, /* 12 MB; a fuzzed file has 65 000 */
    EXPONENT_DEFAULT = 6,     /* microseconds */
};

struct reader reader_of(struct span bytes, bool little_endian)
{
    return (struct reader){cursor_of(bytes), little_endian};
}

uint16_t reader_u16(struct reader *r)
{
    return r->little_endian ? cursor_le16(&r->cursor) : cursor_be16(&r->cursor);
}

uint32_t reader_u32(struct reader *r)
{
    return r->little_endian ? cursor_le32(&r->cursor) : cursor_be32(&r->cursor);
}

uint64_t reader_u64(struct reader *r)
{
    uint64_t first = reader_u32(r);
    uint64_t second = reader_u32(r);
    return r->little_endian ? second << 32 | first : first << 32 | second;
}

struct span reader_take(struct reader *r, size_t n)
{
    return cursor_take(&r->cursor, n);
}

bool option_take(struct reader *r, struct option *option)
{
    if (r->cursor.bad || r->cursor.rest.n == 0)
        return false;
    option->code = reader_u16(r);
    size_t n = reader_u16(r);
    option->value = reader_take(r, n);
    size_t padding = (4 - n % 4) % 4;
    reader_take(r, padding < r->cursor.rest.n ? padding : r->cursor.rest.n);
    return !r->cursor.bad && option->code != OPTION_END;
}

/* A pcapng has LINKTYPE_ numbers, which are the DLT_ numbers but for a few. */
static int dlt_of(uint16_t linktype)
{
    switch (linktype) {
    case 100:
        return DLT_ATM_RFC1483;
    case 101:
        return DLT_RAW;
    case 106:
        return DLT_ATM_CLIP;
    default:
        return linktype;
    }
}

void interfaces_new_section(struct interfaces *interfaces)
{
    interfaces->section = interfaces->count;
}

static void on_option(struct interface *added, const struct option *option,
                      bool little_endian)
{
    struct reader value = reader_of(option->value, little_endian);
    if (option->code == OPTION_TIME_RESOLUTION && option->value.n == 1) {
        added->binary = (option->value.p[0] & 0x80) != 0;
        added->exponent = option->value.p[0] & 0x7f;
    }
    if (option->code == OPTION_TIME_OFFSET && option->value.n == 8)
        added->time_offset = (int64_t)reader_u64(&value);
}

bool interfaces_add(struct interfaces *interfaces, struct reader *body)
{
    struct interface added = {.exponent = EXPONENT_DEFAULT};
    added.link = dlt_of(reader_u16(body));
    reader_u16(body); /* reserved */
    added.snaplen = reader_u32(body);
    if (body->cursor.bad || interfaces->count == INTERFACES_MAX)
        return false;
    struct option option;
    while (option_take(body, &option))
        on_option(&added, &option, body->little_endian);

    if (interfaces->count == interfaces->room) {
        interfaces->room = interfaces->room ? 2 * interfaces->room : 4;
        interfaces->all = must_realloc(
            interfaces->all, interfaces->room * sizeof(*interfaces->all));
    }
    interfaces->all[interfaces->count++] = added;
    return true;
}

/* The counters run from the start of the capture, so the last block counts. */
void interfaces_statistics(struct interfaces *interfaces, struct reader *body)
{
    uint32_t number = reader_u32(body);
    reader_take(body, 8); /* time */
    if (body->cursor.bad || !interfaces_get(interfaces, number))
        return;
    struct interface *of = &interfaces->all[interfaces->section + number];
    uint64_t dropped = 0;
    struct option option;
    while (option_take(body, &option)) {
        struct reader value = reader_of(option.value, body->little_endian);
        if ((option.code == OPTION_INTERFACE_DROPS ||
             option.code == OPTION_SYSTEM_DROPS) &&
            option.value.n == 8)
            dropped += reader_u64(&value);
    }
    of->dropped = dropped;
}

void interfaces_free(struct interfaces *interfaces)
{
    free(interfaces->all);
    *interfaces = (struct interfaces){0};
}

const struct interface *interfaces_get(const struct interfaces *interfaces,
                                       uint32_t number)
{
    if (number >= interfaces->count - interfaces->section)
        return NULL;
    return &interfaces->all[interfaces->section + number];
}

uint32_t interfaces_number(const struct interfaces *interfaces, uint32_t number)
{
    return (uint32_t)interfaces->section + number;
}

uint64_t interfaces_dropped(const struct interfaces *interfaces)
{
    uint64_t dropped = 0;
    for (size_t i = 0; i < interfaces->count; i++)
        dropped += interfaces->all[i].dropped;
    return dropped;
}

/* fraction / 2^bits of a second in nanoseconds; 34 bits of it are enough, and
 * 34 + 30 bits fit. */
static uint64_t binary_fraction(uint64_t fraction, unsigned bits)
{
    for (; bits > 34; bits--)
        fraction >>= 1;
    return fraction * UINT64_C(1000000000) >> bits;
}

static uint64_t decimal_fraction(uint64_t fraction, unsigned digits)
{
    for (; digits > 9; digits--)
        fraction /= 10;
    for (; digits < 9; digits++)
        fraction *= 10;
    return fraction;
}

int64_t interface_time(const struct interface *interface, uint64_t ticks)
{
    /* In 2116.  What is farther away is brought there, so that two times can be
     * subtracted, and some seconds or hours added, wherever they are used. */
    const int64_t latest = INT64_MAX / CLOCK_SECOND / 2 - 100000;
    unsigned exponent = interface->exponent;
    uint64_t seconds = 0, nanoseconds;
    if (interface->binary) {
        if (exponent < 64)
            seconds = ticks >> exponent;
        uint64_t whole = exponent < 64 ? seconds << exponent : 0;
        nanoseconds = binary_fraction(ticks - whole, exponent);
    } else {
        uint64_t unit = 1;
        for (unsigned i = 0; i < exponent && i < 19; i++)
            unit *= 10;
        seconds = exponent < 20 ? ticks / unit : 0;
        uint64_t whole = seconds * unit;
        nanoseconds = decimal_fraction(ticks - whole, exponent);
    }
    int64_t sum = seconds < (uint64_t)latest ? (int64_t)seconds : latest;
    if (__builtin_add_overflow(sum, interface->time_offset, &sum) ||
        sum > latest)
        sum = interface->time_offset < 0 ? -latest : latest;
    if (sum < -latest)
        sum = -latest;
    return sum * CLOCK_SECOND + (int64_t)nanoseconds;
}

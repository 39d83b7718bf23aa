/* pcapng_interface.h - inside capture/: the interfaces a pcapng describes, and
 * how its numbers and options are read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_PCAPNG_INTERFACE_H
#define CAPTURE_PCAPNG_INTERFACE_H

#include "base/cursor.h"

/* A cursor that knows the section's byte order. */
struct reader {
    struct cursor cursor;
    bool little_endian;
};

struct reader reader_of(struct span bytes, bool little_endian);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
struct span reader_take(struct reader *r, size_t n);

struct option {
    uint16_t code;
    struct span value;
};

/* The next option; false after the last.  r->cursor.bad: they do not fit. */
bool option_take(struct reader *r, struct option *option);

struct interface {
    int link; /* DLT_... */
    uint32_t snaplen; /* 0: any */
    bool binary;      /* a tick is 2^-exponent seconds instead of 10^- */
    uint8_t exponent;
    int64_t time_offset; /* seconds to add */
    uint64_t dropped;    /* of its latest statistics */
};

/* Of the whole file; a packet names one by its place in the section. */
struct interfaces {
    struct interface *all;
    size_t count, room;
    size_t section; /* where the present section's begin */
};

void interfaces_new_section(struct interfaces *interfaces);

/* False when the block makes no sense, or there are too many. */
bool interfaces_add(struct interfaces *interfaces, struct reader *body);
void interfaces_statistics(struct interfaces *interfaces, struct reader *body);
void interfaces_free(struct interfaces *interfaces);

/* NULL when the section has none of that number. */
const struct interface *interfaces_get(const struct interfaces *interfaces,
                                       uint32_t number);

/* The number of a section's interface within the file. */
uint32_t interfaces_number(const struct interfaces *interfaces,
                           uint32_t number);

/* By all of them, kernel and interface together. */
uint64_t interfaces_dropped(const struct interfaces *interfaces);

/* Nanoseconds since 1970; what does not fit becomes the nearest that does. */
int64_t interface_time(const struct interface *interface, uint64_t ticks);

#endif

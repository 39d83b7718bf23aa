/* held.h - segments that came before the ones they answer.
 *
 * Captures of two interfaces, or of a card with several queues, are sometimes
 * stored slightly out of order: the acknowledgement first, then what it
 * acknowledges.  A few such segments of one direction are held back, so that
 * neither a gap is seen where nothing is missing nor an answer before its
 * question.  Rare; so it may allocate.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STREAM_HELD_H
#define STREAM_HELD_H

#include "stream/stream.h"

enum {
    HELD_MAX = 8,      /* segments: what is out of order is so by a few */
    HELD_VAIN_MAX = 8, /* after so many vain waits, this capture loses bytes */
};
/* 50 ms of the capture's time.  What is stored late has an earlier time, often
 * by a round trip, so there is no limit the other way. */
#define HELD_TIME_MAX INT64_C(50000000)

/* Zero-initialise; held_free(). */
struct held {
    struct held_one {
        struct segment segment;
        uint8_t *bytes; /* its payload */
    } * list;           /* room for HELD_MAX; NULL before the first */
    size_t n;
    uint32_t vain;
};

/* Waiting has been worth it, or was not tried often. */
bool held_wanted(const struct held *held);
void held_in_vain(struct held *held);

/* One more may be held, and the first has not waited for too long when this
 * segment comes. */
bool held_has_room(const struct held *held, const struct segment *segment);

/* Copies.  There must be room. */
void held_add(struct held *held, const struct segment *segment);

/* The payload is borrowed until held_drop_first(). */
bool held_first(const struct held *held, struct segment *first);
void held_drop_first(struct held *held);

void held_free(struct held *held);

#endif

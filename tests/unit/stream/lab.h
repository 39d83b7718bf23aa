/* lab.h - a taker that remembers, and a way to say segments shortly.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_UNIT_STREAM_LAB_H
#define TESTS_UNIT_STREAM_LAB_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "stream/stream.h"

enum { LAB_STREAMS = 64 };

/* What one stream handed over; a gap of n bytes shows as <n>. */
struct lab {
    struct stream *stream;
    struct text heard[2]; /* by enum dir */
    uint64_t reached[2];  /* offset one past what was heard */
    uint64_t lost[2];
    size_t keep;    /* bytes to leave unused each time */
    size_t step;    /* use multiples of this; 0: any number */
    size_t most;    /* bytes offered at once, at most */
    bool quiet;     /* only count */
    bool abandon;   /* in the next call */
    uint64_t frame; /* of the last segment */
};

static inline size_t lab_data(void *user, enum dir dir, uint64_t offset,
                              struct span bytes)
{
    struct lab *lab = user;
    assert_true(bytes.n > 0);
    assert_int_equal(offset, lab->reached[dir]);
    if (bytes.n > lab->most)
        lab->most = bytes.n;
    if (lab->abandon)
        stream_abandon(lab->stream);
    size_t used = bytes.n > lab->keep ? bytes.n - lab->keep : 0;
    if (lab->step)
        used -= used % lab->step;
    if (!lab->quiet)
        text_add(&lab->heard[dir], span_first(bytes, used));
    lab->reached[dir] += used;
    return used;
}

static inline void lab_gap(void *user, enum dir dir, uint64_t lost)
{
    struct lab *lab = user;
    assert_true(lost > 0);
    lab->reached[dir] += lost;
    lab->lost[dir] += lost;
    text_addf(&lab->heard[dir], "<%llu>", (unsigned long long)lost);
}

static const struct stream_taker lab_taker = {lab_data, lab_gap};

static inline void lab_open(struct lab *lab)
{
    *lab = (struct lab){0};
    lab->stream = stream_open(&lab_taker, lab);
}

static inline void lab_close(struct lab *lab)
{
    stream_close(&lab->stream);
    assert_null(lab->stream);
}

static inline void lab_forget(struct lab *lab)
{
    text_free(&lab->heard[C2S]);
    text_free(&lab->heard[S2C]);
}

/* A segment; its payload is a heap copy of exactly n bytes, gone afterwards. */
static inline void lab_say(struct lab *lab, struct segment segment)
{
    uint8_t *copy = must_alloc(segment.payload.n);
    if (segment.payload.n)
        memcpy(copy, segment.payload.p, segment.payload.n);
    segment.payload.p = copy;
    if (segment.length < segment.payload.n)
        segment.length = (uint32_t)segment.payload.n;
    segment.frame = ++lab->frame;
    if (segment.time == 0)
        segment.time = (int64_t)lab->frame * 1000000000;
    stream_segment(lab->stream, &segment);
    free(copy);
}

#define SAY(lab, ...) lab_say((lab), (struct segment){__VA_ARGS__})

static inline void lab_heard(const struct lab *lab, enum dir dir,
                             const char *expected)
{
    assert_string_equal(text_string(&lab->heard[dir]), expected);
}

/* A small generator with a fixed seed: the same cases in every run. */
static inline uint32_t lab_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static inline int lab_start(void **state)
{
    (void)state;
    stream_engine_start(LAB_STREAMS);
    return 0;
}

static inline int lab_stop(void **state)
{
    (void)state;
    stream_engine_stop();
    return 0;
}

#endif

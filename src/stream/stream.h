/* stream.h - TCP segments in, bytes in order out.
 *
 * What the rest of the program sees of reassembly.  libnids does the work (see
 * stream_nids.c); nothing of it shows here.  One engine per process: libnids
 * keeps its state in globals.
 *
 * A stream hands over every byte of both directions once, in order.  Bytes the
 * receiver acknowledged but the capture never showed come as a gap.  Bytes that
 * the taker did not use come again in front of those that follow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "base/span.h"
#include "fact/fact.h"

enum {
    STREAM_WAIT_MAX = 4 << 20,     /* bytes out of order, per direction */
    STREAM_WAIT_ALL = 256 << 20,   /* the same, of all streams */
    STREAM_UNUSED_MAX = 256 << 10, /* bytes the taker may leave unused */
};

/* Who takes the bytes. */
struct stream_taker {
    /* bytes: all that is new and all that was left unused before it; offset is
     * that of bytes.p[0].  Returns how many were used. */
    size_t (*data)(void *user, enum dir dir, uint64_t offset,
                   struct span bytes);
    /* The next `lost` bytes were never captured.  What was unused is gone too,
     * and counted in. */
    void (*gap)(void *user, enum dir dir, uint64_t lost);
};

struct segment {
    enum dir dir;
    uint32_t seq;
    uint32_t ack;
    bool has_ack, syn, fin, rst;
    struct span payload; /* captured */
    uint32_t length;     /* on the wire, >= payload.n */
    uint64_t frame;
    int64_t time;
};

struct stream;

/* Starts and ends the engine, again and again if need be; max_streams is how
 * many may be open at once (opening more is a mistake of the caller). */
void stream_engine_start(size_t max_streams);
void stream_engine_stop(void);

/* A new connection.  seq[dir] is the sequence number of the first byte of
 * content of each direction, where known (SYN seen, or where the capture came
 * in); a direction that is not known yet is learnt from its first segment.
 * taker and user must outlive the stream. */
struct stream *stream_open(const struct stream_taker *taker, void *user);

/* Says with which sequence number dir's content begins (SYN's plus one). */
void stream_begin(struct stream *stream, enum dir dir, uint32_t seq);

/* Says that packets of dir were captured before, if only its SYN: what it is
 * seen to have said and is missing may just be stored late. */
void stream_heard(struct stream *stream, enum dir dir);

/* One segment, in the order of capture.  The taker may be called before this
 * returns; it may then call stream_locate() and stream_abandon(), no more.  A
 * segment that acknowledges what was not captured yet is held back for a
 * moment (held.h), so that an answer does not come before its question. */
void stream_segment(struct stream *stream, const struct segment *segment);

/* Nothing more will come: what waits behind a hole is handed over with gaps in
 * between.  Frees the stream; sets the pointer to NULL. */
void stream_close(struct stream **stream);

/* Gives up what can not be learnt from: frees memory and hands over nothing
 * any more.  stream_close() is still to be called. */
void stream_abandon(struct stream *stream);

/* In which packet, and when, the byte before `offset` was captured. */
void stream_locate(const struct stream *stream, enum dir dir, uint64_t offset,
                   uint64_t *frame, int64_t *time);

#endif

/* stream.c - where the holes are, and when a hole has become a gap.
 *
 * libnids puts segments in order and waits at a hole, for ever.  This file
 * decides what it is shown.  Each direction counts its bytes from 0 in 64
 * bits; sequence numbers (RFC 9293 section 3.4) are unwrapped around the
 * offset that was reached.
 *
 *     0 ....... next     a hole     [ waiting ]   [ waiting ] ...
 *     handed    ^                   ^
 *     over      libnids is here     libnids holds these
 *
 * A hole is closed with filler, and told as a gap, when
 *   - the receiver acknowledged it: the capture lost it, not the network;
 *   - the capture kept only the beginning of the segment that was there;
 *   - what waits behind it passes a cap;
 *   - the stream is closed.
 * Any other hole waits for its retransmission.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stream/stream.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "stream/held.h"
#include "stream/played.h"
#include "stream/ranges.h"
#include "stream/trail.h"

enum {
    SEGMENT_COST = 256, /* what a waiting segment costs besides its bytes */
    AHEAD_MAX = STREAM_WAIT_MAX, /* how far ahead a segment may wait */
    ACK_AHEAD_MAX = 1 << 26, /* an ACK of more is of another stream: NATs that
                                rewrite sequence numbers can be seen twice */
    LOST_RANGES_MAX = 1024,  /* cut-short segments behind a hole */
    SEGMENT_MAX = 1 << 20,   /* bytes; longer ones are not believed */
    FILLER = 1 << 16,
};

/* stream_nids.c: no more than 31000 segments may wait in libnids. */
_Static_assert(STREAM_WAIT_MAX / SEGMENT_COST < 31000, "libnids' counters");

struct half {
    bool known; /* first is */
    bool heard; /* packets of it were captured, so what is missing may come */
    bool has_fin;
    uint32_t first;        /* sequence number of offset 0 */
    uint64_t next;         /* handed over, or told as gap, up to here */
    uint64_t skipped;      /* of these, libnids was not shown this many */
    uint64_t unused;       /* bytes before next that the taker left */
    uint64_t acked;        /* the other side acknowledged up to here */
    uint64_t fin;          /* where the FIN is, if has_fin */
    uint64_t filler;       /* bytes of filler that libnids is about to return */
    uint64_t far;          /* end of a segment that was too far ahead */
    struct ranges waiting; /* in libnids' queue */
    struct ranges lost;    /* the capture cut these bytes off */
    struct trail trail;
};

struct stream {
    struct played played; /* first: on_bytes() gets back from it */
    const struct stream_taker *taker;
    void *user;
    struct half half[2]; /* by enum dir: who sent */
    struct held held;
    bool busy;      /* inside a call; the taker may be at work */
    bool abandoned; /* hand over nothing any more */
};

/* Cost of what waits in all streams. */
static uint64_t waiting_all;

static const uint8_t filler[FILLER];

static enum dir other(enum dir dir)
{
    return dir == C2S ? S2C : C2S;
}

/* Where a sequence number lies in the stream; negative before its begin. */
static int64_t offset_of(const struct half *half, uint32_t seq)
{
    uint32_t here = half->first + (uint32_t)half->next;
    return (int64_t)half->next + (int32_t)(seq - here);
}

/* Something is missing, waits behind what is missing, or will be. */
static bool has_holes(const struct half *half)
{
    return half->acked > half->next || half->waiting.n > 0 || half->lost.n > 0;
}

static void settle(struct half *half)
{
    if (half->waiting.n + half->lost.n == 0)
        return; /* nearly always */
    waiting_all -= ranges_drop(&half->waiting, half->next);
    ranges_drop(&half->lost, half->next);
}

/* What libnids has put in order. */
static size_t on_bytes(struct played *played, enum dir dir, struct span bytes,
                       size_t fresh)
{
    struct stream *stream = (struct stream *)played;
    struct half *half = &stream->half[dir];

    half->next += fresh;
    if (half->filler > 0) {
        assert(fresh <= half->filler);
        half->filler -= fresh;
        return bytes.n;
    }
    if (stream->abandoned)
        return bytes.n;
    size_t used =
        stream->taker->data(stream->user, dir, half->next - bytes.n, bytes);
    assert(used <= bytes.n);
    half->unused = bytes.n - used;
    if (half->unused > STREAM_UNUSED_MAX && !stream->abandoned) {
        stream->taker->gap(stream->user, dir, half->unused);
        half->unused = 0;
    }
    trail_prune(&half->trail, half->next - half->unused);
    return bytes.n - (size_t)half->unused;
}

/* The n bytes from next on were never captured, as far as we will know. */
static void lose(struct stream *stream, enum dir dir, uint64_t n)
{
    struct half *half = &stream->half[dir];
    uint64_t lost = n + half->unused;

    assert(n > 0);
    half->unused = 0;
    stream->taker->gap(stream->user, dir, lost);
    if (stream->abandoned)
        return;
    /* With nothing queued, libnids need not see them all: one byte of filler
     * makes it forget what was unused.  A gap of a gigabyte costs nothing. */
    if (half->waiting.n == 0) {
        half->skipped += n - 1;
        half->next += n - 1;
        n = 1;
    }
    half->filler = n;
    while (half->filler > 0) {
        struct span some = {filler, sizeof filler};
        played_feed(&stream->played, dir, half->next - half->skipped,
                    span_first(some, half->filler));
    }
    settle(half);
}

/* How far the bytes from next on are known to be missing. */
static uint64_t missing_until(const struct half *half)
{
    uint64_t end = half->next;
    if (half->lost.n > 0 && half->lost.list[0].start <= end)
        end = half->lost.list[0].end;
    /* One byte more, and nothing behind it, may be a FIN that was missed:
     * it counts as one (RFC 9293 section 3.4). */
    if (half->acked > end && (half->acked - end > 1 || half->waiting.n > 0))
        end = half->acked;
    if (half->waiting.n > 0 && half->waiting.list[0].start < end)
        end = half->waiting.list[0].start;
    return end;
}

static bool over_cap(const struct half *half)
{
    return half->waiting.cost > STREAM_WAIT_MAX ||
           (half->waiting.n > 0 && waiting_all > STREAM_WAIT_ALL);
}

static void lose_first_hole(struct stream *stream, enum dir dir)
{
    const struct half *half = &stream->half[dir];
    lose(stream, dir, half->waiting.list[0].start - half->next);
}

static void resolve(struct stream *stream, enum dir dir)
{
    const struct half *half = &stream->half[dir];
    while (has_holes(half) && !stream->abandoned) {
        uint64_t end = missing_until(half);
        if (end > half->next)
            lose(stream, dir, end - half->next);
        else if (over_cap(half))
            lose_first_hole(stream, dir);
        else
            break;
    }
}

/* Everything up to `end`, with gaps where it is not there. */
static void give_up_waiting(struct stream *stream, enum dir dir, uint64_t end)
{
    const struct half *half = &stream->half[dir];
    while (half->waiting.n > 0 && !stream->abandoned)
        lose_first_hole(stream, dir);
    if (half->next < end && !stream->abandoned)
        lose(stream, dir, end - half->next);
}

/* Which offset an acknowledgement means, for the direction it is about. */
static uint64_t acknowledged(const struct half *half, uint32_t ack)
{
    int64_t offset = offset_of(half, ack);
    if (offset <= (int64_t)half->next ||
        offset - (int64_t)half->next > ACK_AHEAD_MAX)
        return half->next;
    if (half->has_fin && (uint64_t)offset == half->fin + 1)
        return half->fin;
    return (uint64_t)offset;
}

/* A segment so far ahead is somebody else's, or follows a long gap: the one
 * that joins it proves the latter, as an acknowledgement would. */
static bool believe_jump(struct stream *stream, enum dir dir, uint64_t start,
                         uint64_t end)
{
    struct half *half = &stream->half[dir];
    if (start - half->next <= AHEAD_MAX)
        return true;
    bool joins = start == half->far;
    half->far = end;
    if (joins)
        give_up_waiting(stream, dir, start);
    return joins;
}

/* Shows libnids bytes that are not all old. */
static void feed(struct stream *stream, const struct segment *segment,
                 uint64_t start, struct span bytes)
{
    struct half *half = &stream->half[segment->dir];
    uint64_t end = start + bytes.n;
    bool ahead = start > half->next;

    if (ahead && ranges_cover(&half->waiting, start, end))
        return;
    trail_add(&half->trail,
              &(struct step){start, end, segment->frame, segment->time});
    played_feed(&stream->played, segment->dir, start - half->skipped, bytes);
    if (ahead) {
        ranges_add(&half->waiting, start, end, bytes.n + SEGMENT_COST);
        waiting_all += bytes.n + SEGMENT_COST;
    }
    settle(half);
}

static void take_content(struct stream *stream, const struct segment *segment)
{
    struct half *half = &stream->half[segment->dir];
    int64_t begin = offset_of(half, segment->seq + segment->syn);
    struct span bytes = segment->payload;
    uint64_t length =
        segment->length <= SEGMENT_MAX ? segment->length : bytes.n;

    assert(bytes.n <= segment->length);
    /* A capture made by hand, where the SYN was not counted: keep-alives come
     * at this number, too, but have one byte at most. */
    if (begin == -1 && half->next == 0 && half->waiting.n == 0 && length > 1) {
        half->first--;
        begin = 0;
    }
    if ((length == 0 && !segment->fin) ||
        begin + (int64_t)length < (int64_t)half->next)
        return;
    uint64_t end = (uint64_t)(begin + (int64_t)length);
    uint64_t start = half->next;
    if (begin < (int64_t)start)
        bytes = span_skip(bytes, (size_t)((int64_t)start - begin));
    else
        start = (uint64_t)begin;
    if (!believe_jump(stream, segment->dir, start, end) || stream->abandoned)
        return;
    if (segment->fin && !half->has_fin) {
        half->has_fin = true;
        half->fin = end;
    }
    if (bytes.n > 0)
        feed(stream, segment, start, bytes);
    if (start + bytes.n < end && half->lost.n < LOST_RANGES_MAX) {
        ranges_add(&half->lost, start + bytes.n, end, 0);
        settle(half);
    }
}

static void process(struct stream *stream, const struct segment *segment)
{
    struct half *peer = &stream->half[other(segment->dir)];

    if (stream->abandoned)
        return;
    /* First what is missing, then the answer to it. */
    if (segment->has_ack && peer->known) {
        uint64_t acked = acknowledged(peer, segment->ack);
        if (acked > peer->acked)
            peer->acked = acked;
        resolve(stream, other(segment->dir));
    }
    if (stream->abandoned)
        return;
    take_content(stream, segment);
    resolve(stream, segment->dir);
}

/* It acknowledges bytes that have not been captured, or not yet. */
static bool acknowledges_unseen(const struct stream *stream,
                                const struct segment *segment)
{
    const struct half *peer = &stream->half[other(segment->dir)];
    return segment->has_ack && peer->known && peer->heard &&
           acknowledged(peer, segment->ack) > peer->next + 1;
}

/* Those whose time has come; or all. */
static void release_held(struct stream *stream, bool all)
{
    struct segment segment;
    while (held_first(&stream->held, &segment) &&
           (all || !acknowledges_unseen(stream, &segment))) {
        process(stream, &segment);
        held_drop_first(&stream->held);
    }
}

/* Whether the held ones may go on waiting, now that this has come. */
static bool still_patient(const struct stream *stream,
                          const struct segment *segment)
{
    struct segment first;
    if (!held_first(&stream->held, &first))
        return true;
    if (!held_has_room(&stream->held, segment))
        return false;
    /* It has seen what is held, so nothing was out of order. */
    return segment->dir == first.dir || !segment->has_ack ||
           acknowledged(&stream->half[first.dir], segment->ack) <=
               stream->half[first.dir].next;
}

static void take(struct stream *stream, const struct segment *segment)
{
    struct segment first;

    if (!still_patient(stream, segment)) {
        held_in_vain(&stream->held);
        release_held(stream, true);
    }
    bool holding = held_first(&stream->held, &first);
    if (holding ? segment->dir == first.dir
                : held_wanted(&stream->held) &&
                      acknowledges_unseen(stream, segment)) {
        held_add(&stream->held, segment);
        return;
    }
    process(stream, segment);
    release_held(stream, false);
}

static void let_go(struct stream *stream)
{
    played_close(&stream->played);
    held_free(&stream->held);
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        struct half *half = &stream->half[dir];
        waiting_all -= half->waiting.cost;
        ranges_free(&half->waiting);
        ranges_free(&half->lost);
    }
}

/* Little is left to be asked of a stream that was given up. */
static void retire(struct stream *stream)
{
    let_go(stream);
    trail_shrink(&stream->half[C2S].trail);
    trail_shrink(&stream->half[S2C].trail);
}

static void leave(struct stream *stream)
{
    stream->busy = false;
    if (stream->abandoned)
        retire(stream);
}

void stream_engine_start(size_t max_streams)
{
    played_start(max_streams, on_bytes);
}

void stream_engine_stop(void)
{
    assert(waiting_all == 0);
    played_stop();
}

struct stream *stream_open(const struct stream_taker *taker, void *user)
{
    struct stream *stream = must_alloc(sizeof *stream);
    stream->taker = taker;
    stream->user = user;
    played_open(&stream->played);
    return stream;
}

void stream_begin(struct stream *stream, enum dir dir, uint32_t seq)
{
    struct half *half = &stream->half[dir];
    if (!half->known) {
        half->known = true;
        half->first = seq;
    }
}

void stream_heard(struct stream *stream, enum dir dir)
{
    stream->half[dir].heard = true;
}

void stream_segment(struct stream *stream, const struct segment *segment)
{
    /* What a RST says of sequence numbers is not to be trusted. */
    if (stream->abandoned || segment->rst)
        return;
    assert(!stream->busy);
    stream->busy = true;
    stream_begin(stream, segment->dir, segment->seq + segment->syn);
    stream->half[segment->dir].heard = true;
    take(stream, segment);
    leave(stream);
}

void stream_abandon(struct stream *stream)
{
    if (stream->abandoned)
        return;
    stream->abandoned = true;
    if (!stream->busy)
        retire(stream);
}

void stream_close(struct stream **stream)
{
    struct stream *s = *stream;
    if (!s)
        return;
    assert(!s->busy);
    if (!s->abandoned) {
        s->busy = true;
        release_held(s, true);
        for (enum dir dir = C2S; dir <= S2C; dir++) {
            const struct ranges *lost = &s->half[dir].lost;
            give_up_waiting(s, dir,
                            lost->n > 0 ? lost->list[lost->n - 1].end : 0);
        }
        let_go(s);
    }
    trail_free(&s->half[C2S].trail);
    trail_free(&s->half[S2C].trail);
    free(s);
    *stream = NULL;
}

void stream_locate(const struct stream *stream, enum dir dir, uint64_t offset,
                   uint64_t *frame, int64_t *time)
{
    const struct step *step = trail_find(&stream->half[dir].trail, offset);
    *frame = step ? step->frame : 0;
    *time = step ? step->time : 0;
}

/* played.h - a conversation played to libnids, and what libnids makes of it.
 *
 * Inside stream/ only.  stream.c decides what is played and where the holes
 * are; stream_nids.c plays it.  Positions count the bytes of one direction as
 * libnids is shown them, from 0.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STREAM_PLAYED_H
#define STREAM_PLAYED_H

#include "base/span.h"
#include "fact/fact.h"

struct tcp_stream; /* libnids' own */

struct played {
    struct tcp_stream *tcp; /* NULL when not open */
    uint32_t number;        /* its "address", never 0 */
    /* By enum dir.  libnids may have carried another conversation before, so
     * all three count its bytes too. */
    uint64_t begun[2];   /* where this one begins */
    uint64_t reached[2]; /* bytes libnids gave back in order */
    uint64_t acked[2];   /* how much of that was acknowledged to libnids */
};

/* Gets all bytes that libnids holds for dir; the last `fresh` of them are new.
 * Returns how many it is done with. */
typedef size_t played_bytes(struct played *played, enum dir dir,
                            struct span bytes, size_t fresh);

void played_start(size_t max_open, played_bytes *bytes);
void played_stop(void);

/* Plays a handshake.  The object must not move while it is open. */
void played_open(struct played *played);

/* Plays bytes of any length, at most 1 GiB ahead of what was reached.  The
 * callback may be called before this returns. */
void played_feed(struct played *played, enum dir dir, uint64_t position,
                 struct span bytes);

/* Not from inside the callback. */
void played_close(struct played *played);

#endif

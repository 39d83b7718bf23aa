/* progress.h - how far the handshake got, and how it ended.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_PROGRESS_H
#define TLS_PROGRESS_H

#include "tls/state.h"

/* The word facts use for it. */
struct span reached_name(enum reached reached);

/* Notes that the handshake got as far as this. */
void progress_reach(struct tls *tls, enum reached reached);

/* Notes that dir's Finished was sent; tells tls.handshake when it was the
 * second one.  TLS 1.3 ends with the client's. */
void progress_finished(struct tls *tls, enum dir dir, struct facts *out);

/* Both sides are through. */
void progress_complete(struct tls *tls, struct facts *out);

/* An alert (or what must be one) ended the handshake before its time. */
void progress_refused(struct tls *tls, enum dir by);

/* One side sent an alert that ends the talk.  The first to do so, or to close
 * the connection before that, is the one that left. */
void progress_left(struct tls *tls, enum dir by, int64_t time);

/* The connection is over, perhaps without an alert: who left is whoever closed
 * it.  time: of its last packet. */
void progress_closed(struct tls *tls, int64_t time);

/* When (ns) nobody waited any more for the other side: one of them had left, or
 * it was over.  After progress_closed(). */
int64_t progress_over(const struct tls *tls, enum end why,
                      const struct facts *out);

/* The connection is over: tells tls.handshake unless that was done before.
 * After progress_closed(). */
void progress_end(struct tls *tls, enum end why, struct facts *out);

#endif

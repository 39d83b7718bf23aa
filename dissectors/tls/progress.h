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

/* The connection is over: tells tls.handshake unless that was done before. */
void progress_end(struct tls *tls, enum end why, struct facts *out);

#endif

/* writer.h - frames into a capture file: pcap or pcapng, times in nanoseconds.
 *
 * What a frame is not part of (comments, names, TLS secrets) is not written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include <stdio.h>

#include "capture.h"

struct writer;

/* Borrows the file.  pcapng: several interfaces and link types may be mixed;
 * else all frames are of the first one's link type. */
struct writer *writer_new(FILE *file, bool pcapng);
void writer_frame(struct writer *writer, const struct frame *frame);

/* The last: how many packets the capturing program had dropped (pcapng only).
 * Frees the writer.  Errors are the file's, see ferror(). */
void writer_end(struct writer **writer, uint64_t dropped);

#endif

/* veil.h - what of one packet is hidden, and how it stays the same packet.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REDACT_VEIL_H
#define REDACT_VEIL_H

#include "capture/capture.h"
#include "net/packet.h"

/* A copy of a frame, to be changed. */
struct veil {
    uint8_t *bytes;
    size_t n;
    size_t room;
};

void veil_frame(struct veil *veil, const struct frame *frame);
void veil_free(struct veil *veil);

/* Where the packet's content stands in the frame; false when it has none there:
 * empty, or put together from fragments. */
bool veil_content(const struct frame *frame, const struct packet *packet,
                  size_t *at);

/* The content at `at` was changed: mends the checksum of TCP, UDP or ICMP by the
 * difference to the frame (RFC 1624), so that a right one stays right. */
void veil_mend(struct veil *veil, const struct frame *frame,
               const struct packet *packet, size_t at);

/* What stands behind the packet in its frame, padding, trailers, or another
 * packet that shares the frame and is not read, becomes zeros. */
void veil_trailer(struct veil *veil, const struct frame *frame,
                  const struct packet *packet);

/* Nothing is left from `at` on; the length on the wire stays as it was. */
void veil_cut(struct veil *veil, size_t at);

#endif

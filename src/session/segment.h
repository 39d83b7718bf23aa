/* segment.h - a packet of a flow, as the stream of the flow takes it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_SEGMENT_H
#define SESSION_SEGMENT_H

#include "net/packet.h"
#include "stream/stream.h"

/* The payload is the packet's. */
static inline struct segment segment_of(const struct packet *packet,
                                        enum dir dir)
{
    const struct tcp_header *tcp = &packet->tcp;
    return (struct segment){
        .dir = dir,
        .seq = tcp->seq,
        .ack = tcp->ack,
        .has_ack = (tcp->flags & TCP_ACK) != 0,
        .syn = (tcp->flags & TCP_SYN) != 0,
        .fin = (tcp->flags & TCP_FIN) != 0,
        .rst = (tcp->flags & TCP_RST) != 0,
        .payload = packet->payload,
        .length = packet->length,
        .frame = packet->frame,
        .time = packet->time,
    };
}

#endif

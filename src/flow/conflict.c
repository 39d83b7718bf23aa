/* conflict.c - whether bytes that come again are the same bytes.
 *
 * A sender that repeats a segment repeats its content (RFC 9293 section 3.8.1).
 * Where two different contents claim the same place in the stream, somebody on
 * the way spoke in that side's name, or changed what it said.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/detail.h"

#include <string.h>

enum { COMPARE_MIN = 4 }; /* fewer bytes may be a keep-alive's garbage */

void conflict_remember(struct flow_detail *detail, const struct packet *packet)
{
    struct head *head = &detail->heads[detail->head_next];
    struct span begin = span_first(packet->payload, HEAD_BYTES);

    detail->head_next = (detail->head_next + 1) % HEADS_MAX;
    if (detail->head_n < HEADS_MAX)
        detail->head_n++;
    head->seq = packet->tcp.seq;
    head->length = packet->length;
    head->time = packet->time;
    head->ttl = packet->ttl;
    head->n = (uint8_t)begin.n;
    if (begin.n)
        memcpy(head->bytes, begin.p, begin.n);
}

void conflict_compare(struct flow_detail *detail, const struct packet *packet)
{
    if (detail->conflict.frame)
        return;
    for (size_t i = 0; i < detail->head_n; i++) {
        const struct head *head = &detail->heads[i];
        size_t n = span_first(packet->payload, head->n).n;
        if (n < COMPARE_MIN || head->seq != packet->tcp.seq ||
            memcmp(head->bytes, packet->payload.p, n) == 0)
            continue;
        detail->conflict = (struct conflict){
            .frame = packet->frame,
            .time = packet->time,
            .first = *head,
            .length = packet->length,
            .ttl = packet->ttl,
        };
        return;
    }
}

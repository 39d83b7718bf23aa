/* conflict.c - whether bytes that come again are the same bytes.
 *
 * A sender that repeats a segment repeats its content (RFC 9293 section 3.8.1).
 * Where two different contents claim the same place in the stream, somebody on
 * the way spoke in that side's name, or changed what it said.  And where all
 * segments claim one place, their numbers are not those that were sent.
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

/* What of the packet stands in the same place as what is remembered. */
static size_t overlap(const struct head *head, const struct packet *packet,
                      const uint8_t **before, const uint8_t **now)
{
    struct span old = {head->bytes, head->n};
    struct span new = packet->payload;
    int32_t later = (int32_t)(packet->tcp.seq - head->seq);
    if (later >= 0)
        old = span_skip(old, (size_t)later);
    else
        new = span_skip(new, (size_t)-(int64_t)later);
    *before = old.p;
    *now = new.p;
    return old.n < new.n ? old.n : new.n;
}

void conflict_compare(struct flow_detail *detail, const struct packet *packet)
{
    if (detail->conflict.frame)
        return;
    for (size_t i = 0; i < detail->head_n; i++) {
        const struct head *head = &detail->heads[i];
        const uint8_t *before, *now;
        size_t n = overlap(head, packet, &before, &now);
        if (n < COMPARE_MIN || memcmp(before, now, n) == 0)
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

void conflict_at_first(struct flow_detail *detail, const struct packet *packet)
{
    struct standing *standing = &detail->standing;
    standing->grew |= standing->segments && packet->length > standing->length;
    standing->shrank |= packet->length < standing->length;
    standing->segments++;
    standing->length = packet->length;
    standing->frame = packet->frame;
    standing->time = packet->time;
}

/* duplicate.c - packets that the capture shows twice.
 *
 * A mirror port that copies both directions of a switch, a capture on two
 * interfaces of a router, or on "any": the same packet comes again at once,
 * its TTL equal or some hops less.  A retransmission differs: in its IP ID, in
 * its timestamp option, or by the time a sender waits before it sends again.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "flow/detail.h"

enum { HOPS_MAX = 8 }; /* between the two places a packet was captured at */

/* With an IP ID that is equal, the copies may have a router, even a slow link
 * between them; without one, only time tells. */
#define COPY_WITH_ID    (CLOCK_SECOND / 20)
#define COPY_WITHOUT_ID (CLOCK_SECOND / 1000)

static struct print print_of(const struct packet *packet)
{
    const struct tcp_header *tcp = &packet->tcp;
    return (struct print){
        .seq = tcp->seq,
        .ack = tcp->ack,
        .length = packet->length,
        .timestamp = tcp->timestamp,
        .timestamp_echo = tcp->timestamp_echo,
        .sack_left = tcp->sack_count ? tcp->sack[0].left : 0,
        .window = tcp->window,
        .ip_id = packet->ip_id,
        .flags = tcp->flags,
        .version = packet->source.family,
        .ttl = packet->ttl,
        .time = packet->time,
    };
}

static bool is_copy(const struct print *a, const struct print *b)
{
    if (a->seq != b->seq || a->ack != b->ack || a->length != b->length ||
        a->flags != b->flags || a->window != b->window ||
        a->ip_id != b->ip_id || a->timestamp != b->timestamp ||
        a->timestamp_echo != b->timestamp_echo ||
        a->sack_left != b->sack_left || a->version != b->version)
        return false;
    int hops = (int)a->ttl - (int)b->ttl;
    if (hops < -HOPS_MAX || hops > HOPS_MAX)
        return false;
    /* Copies may be stored in either order. */
    int64_t apart = a->time > b->time ? a->time - b->time : b->time - a->time;
    return apart <= (a->ip_id ? COPY_WITH_ID : COPY_WITHOUT_ID);
}

bool duplicate_take(struct flow_detail *detail, const struct packet *packet)
{
    struct print print = print_of(packet);
    /* A kernel answers each of several segments with the same RST. */
    if (print.flags & TCP_RST && print.ip_id == 0)
        return false;
    for (size_t i = 0; i < PRINTS; i++)
        if (detail->prints[i].version && is_copy(&detail->prints[i], &print))
            return true;
    detail->prints[detail->print_next] = print;
    detail->print_next = (detail->print_next + 1) % PRINTS;
    return false;
}

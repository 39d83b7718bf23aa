/* duplicate.c - packets that the capture shows twice.
 *
 * A mirror port that copies both directions of a switch, a capture on two
 * interfaces of a router, or on "any": the same packet comes again at once,
 * its TTL equal or some hops less; a router that translates addresses shows it
 * once with each.  A retransmission differs: in its IP ID, in
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

static bool is_copy(const struct print *print, const struct packet *packet)
{
    const struct tcp_header *tcp = &packet->tcp;
    uint32_t sack_left = tcp->sack_count ? tcp->sack[0].left : 0;
    if (print->seq != tcp->seq || print->ack != tcp->ack ||
        print->length != packet->length || print->flags != tcp->flags ||
        print->window != tcp->window || print->ip_id != packet->ip_id ||
        print->timestamp != tcp->timestamp ||
        print->timestamp_echo != tcp->timestamp_echo ||
        print->sack_left != sack_left ||
        print->version != packet->source.family)
        return false;
    int hops = (int)print->ttl - (int)packet->ttl;
    if (hops < -HOPS_MAX || hops > HOPS_MAX)
        return false;
    return apart(print->time, packet->time) <=
           (print->ip_id ? COPY_WITH_ID : COPY_WITHOUT_ID);
}

bool duplicate_take(struct flow_detail *detail, const struct packet *packet)
{
    /* A kernel answers each of several segments with the same RST. */
    if (packet->tcp.flags & TCP_RST && packet->ip_id == 0)
        return false;
    for (size_t i = 0; i < detail->print_n; i++)
        if (is_copy(&detail->prints[i], packet))
            return true;
    detail->prints[detail->print_next] = print_of(packet);
    detail->print_next = (detail->print_next + 1) % PRINTS;
    if (detail->print_n < PRINTS)
        detail->print_n++;
    return false;
}

static bool keeps_source(const struct opening *o, const struct packet *packet)
{
    return o->source_port == packet->tcp.source_port &&
           address_same(&o->source, &packet->source);
}

static bool keeps_destination(const struct opening *o,
                              const struct packet *packet)
{
    return o->destination_port == packet->tcp.destination_port &&
           address_same(&o->destination, &packet->destination);
}

/* An address translator (RFC 3022) puts another client or another server into
 * the packet, takes one from its TTL as any router does, and leaves the rest.
 * With the same ends in another VLAN it is no copy here: that one may be all
 * there is of the answers.  Port scanners send one SYN to many ports; only an
 * IP ID tells theirs apart. */
static bool is_translated(const struct opening *o, const struct packet *packet)
{
    bool source = keeps_source(o, packet);
    bool destination = keeps_destination(o, packet);
    return o->print.ttl != packet->ttl &&
           (source ? !destination && packet->ip_id : destination);
}

/* The packet is remembered unless it is such a copy. */
bool duplicate_opens(struct openings *openings, const struct packet *packet)
{
    for (size_t i = 0; i < openings->n; i++) {
        const struct opening *o = &openings->list[i];
        if (is_copy(&o->print, packet) && is_translated(o, packet))
            return true;
    }
    openings->list[openings->next] = (struct opening){
        .print = print_of(packet),
        .source = packet->source,
        .destination = packet->destination,
        .source_port = packet->tcp.source_port,
        .destination_port = packet->tcp.destination_port,
    };
    openings->next = (openings->next + 1) % OPENINGS;
    if (openings->n < OPENINGS)
        openings->n++;
    return false;
}

/* track.c - follows one packet: times, distance, closing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "flow/detail.h"

enum {
    CHECKSUM_SAMPLE = 8, /* segments of a side before it is judged */
    CHECKSUM_SHARE = 8,  /* damaged ones are rarer than one in so many */
    IP_ID_NEAR = 64,     /* between packets of one connection */
};

/* A wrong checksum mostly means that the sender's card computes it after the
 * capture (offload): then nearly all are wrong.  Where nearly all are right, a
 * wrong one is a damaged packet, which its receiver drops. */
static bool is_damaged(struct flow_detail *detail, bool bad)
{
    if (bad)
        detail->checksums_bad++;
    else
        detail->checksums_good++;
    return bad && detail->checksums_good >= CHECKSUM_SAMPLE &&
           detail->checksums_good / CHECKSUM_SHARE >= detail->checksums_bad;
}

/* Returns the pause of the connection before this packet. */
static int64_t take_time(struct flow *flow, enum dir dir,
                         const struct packet *packet,
                         struct flow_counts *counts)
{
    struct flow_side *side = &flow->side[dir];
    int64_t pause = 0;

    if (flow->first_frame == 0) {
        flow->first_frame = packet->frame;
        flow->first_time = packet->time;
    } else {
        pause = elapsed(flow->last_time, packet->time);
        if (pause > flow->idle_max)
            flow->idle_max = pause;
        if (flow->last_time - packet->time > CLOCK_SECOND)
            counts->clock_steps++;
    }
    /* What is said in several packets was said after the pause before them. */
    bool goes_on = side->last_frame == flow->last_frame && side->seen;
    if (!goes_on || pause > side->detail->last_pause)
        side->detail->last_pause = pause;
    flow->last_frame = packet->frame;
    flow->last_time = packet->time;
    if (!side->seen) {
        side->seen = true;
        side->first_frame = packet->frame;
        side->first_time = packet->time;
        if (packet->has_macs)
            memcpy(side->mac, packet->source_mac, sizeof side->mac);
    }
    side->last_frame = packet->frame;
    side->last_time = packet->time;
    side->packets++;
    return pause;
}

/* The usual TTL by majority vote, and the range. */
static void take_ttl(struct flow_side *side, uint8_t ttl)
{
    struct flow_detail *detail = side->detail;

    if (detail->ttl_low == 0 || ttl < detail->ttl_low)
        detail->ttl_low = ttl;
    if (ttl > detail->ttl_high)
        detail->ttl_high = ttl;
    if (detail->ttl_votes == 0)
        side->ttl = ttl;
    if (side->ttl != ttl)
        detail->ttl_votes--;
    else if (detail->ttl_votes < UINT8_MAX)
        detail->ttl_votes++;
}

static void take_ip_id(struct flow_detail *detail, const struct packet *packet)
{
    uint16_t id = packet->ip_id;
    if (packet->source.family != 4)
        return;
    if (id == 0) {
        /* Linux sends every SYN-ACK with 0, whatever comes later. */
        if (!(packet->tcp.flags & TCP_SYN))
            detail->ids_zero++;
        return;
    }
    uint16_t step = (uint16_t)(id - detail->last_ip_id);
    if (detail->ip_id_time && step <= IP_ID_NEAR)
        detail->ids_near++;
    else if (detail->ip_id_time)
        detail->ids_far++;
    detail->last_ip_id = id;
    detail->ip_id_time = packet->time;
}

/* Where both FINs are there: whose was sent first?  A capture may store them the
 * wrong way round.  One that acknowledges the other came after it; of two that
 * crossed each other only the time tells. */
static bool fin_came_first(const struct flow_side *side,
                           const struct flow_side *peer,
                           const struct packet *packet)
{
    uint32_t after = packet->tcp.seq + packet->length + 1;

    if (peer->detail->fin.ack == after)
        return true;
    if (packet->tcp.ack == peer->detail->fin.after)
        return false;
    return side->detail->fin.time < peer->detail->fin.time;
}

/* It acknowledges one byte more than the other side was seen to send: that is
 * its FIN, which the capture missed. */
static bool answers_unseen_fin(const struct flow_side *peer,
                               const struct packet *packet)
{
    return !peer->fin && peer->seq_known && peer->packets > 1 &&
           packet->tcp.flags & TCP_ACK &&
           packet->tcp.ack == peer->next_seq + 1;
}

static void take_fin(struct flow *flow, enum dir dir,
                     const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    struct flow_side *peer = &flow->side[other_dir(dir)];
    struct fin *fin = &side->detail->fin;

    fin->count++;
    fin->last_time = packet->time;
    if (side->fin)
        return;
    fin->unseen = sequence_fin(side, packet);
    int64_t before = flow->established_time;
    if (side->last_content_time > before)
        before = side->last_content_time;
    if (peer->last_content_time > before)
        before = peer->last_content_time;
    side->fin = true;
    fin->frame = packet->frame;
    fin->time = packet->time;
    fin->ack = packet->tcp.ack;
    fin->after = packet->tcp.seq + packet->length + 1;
    fin->first = peer->fin ? fin_came_first(side, peer, packet)
                           : !answers_unseen_fin(peer, packet);
    fin->delay = before ? elapsed(before, packet->time) : 0;
    fin->bytes[C2S] = flow->side[C2S].bytes;
    fin->bytes[S2C] = flow->side[S2C].bytes;
    if (peer->fin && fin->first)
        peer->detail->fin.first = false;
    if (fin->first &&
        (flow->end == FLOW_OPEN || (peer->fin && !side->reset && !peer->reset)))
        flow->end = dir == C2S ? FLOW_CLIENT_FIN : FLOW_SERVER_FIN;
    else if (flow->end == FLOW_OPEN) /* the other side had, unseen */
        flow->end = dir == C2S ? FLOW_SERVER_FIN : FLOW_CLIENT_FIN;
    if (peer->fin)
        flow->over = true;
    reset_was_later(flow, packet->time);
}

static void take_content(struct flow *flow, enum dir dir,
                         const struct packet *packet, int64_t pause,
                         struct flow_counts *counts, struct flow_event *event)
{
    struct flow_side *side = &flow->side[dir];
    uint16_t mss = flow->side[other_dir(dir)].detail->mss;

    if (mss && packet->length > mss)
        counts->super_segments++;
    event->new_content = sequence_content(flow, dir, packet, pause) > 0;
    if (!event->new_content) {
        reset_content_again(flow, dir, packet);
        return;
    }
    side->last_content_frame = packet->frame;
    side->last_content_time = packet->time;
    reset_content_after(flow, dir, packet);
}

void track_packet(struct flow *flow, enum dir dir, const struct packet *packet,
                  struct flow_counts *counts, struct flow_event *event)
{
    struct flow_side *side = &flow->side[dir];
    const struct tcp_header *tcp = &packet->tcp;

    if (duplicate_take(side->detail, packet)) {
        event->duplicate = true;
        flow->duplicates++;
        counts->duplicates++;
        return;
    }
    if (tcp->bad_checksum)
        counts->bad_checksums++;
    if (is_damaged(side->detail, tcp->bad_checksum)) {
        event->dropped = true;
        return;
    }
    if (tcp->flags & TCP_RST) {
        if (dir == C2S)
            handshake_reset(flow, packet);
        reset_take(flow, dir, packet); /* judges by what came before */
        take_time(flow, dir, packet, counts);
        return;
    }
    int64_t pause = take_time(flow, dir, packet, counts);
    reset_answered(flow, dir, packet);
    take_ttl(side, packet->ttl);
    take_ip_id(side->detail, packet);
    handshake_take(flow, dir, packet);
    bool syn = tcp->flags & TCP_SYN;
    if (syn && packet->length == 0)
        return;
    if (!syn &&
        (flow->handshake == FLOW_SYN_ONLY || flow->handshake == FLOW_REFUSED)) {
        event->dropped = true; /* it belongs to an older connection */
        return;
    }
    side->detail->timestamps = tcp->has_timestamps;
    bool probe = sequence_is_probe(side, packet);
    if (tcp->flags & TCP_ACK && !syn)
        sequence_acknowledged(flow, dir, packet);
    if (probe)
        sequence_probe(flow, dir, packet, pause);
    else if (packet->length > 0)
        take_content(flow, dir, packet, pause, counts, event);
    else
        sequence_empty(flow, dir, packet);
    window_take(flow, dir, packet, probe);
    if (tcp->flags & TCP_FIN)
        take_fin(flow, dir, packet);
}

void track_end(struct flow *flow, const struct host *server)
{
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        struct flow_detail *detail = flow->side[dir].detail;
        if (detail)
            window_end(detail);
    }
    sequence_end(flow);
    reset_end(flow, server);
    handshake_end(flow, server);
}

/* handshake.c - SYN, SYN-ACK, and the packet that proves both arrived.
 *
 *   C: SYN seq=i                  SYN_ONLY
 *   S: SYN-ACK seq=j ack=i+1      HALF
 *   C: ACK ack=j+1                FULL
 *
 * Any of the three may be missing from the capture; content and
 * acknowledgements then tell that the connection stands all the same.  And
 * captures made by hand often forget that a SYN counts as one (RFC 9293 section
 * 3.4): numbers one less are taken as well.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/detail.h"

static void take_options(struct flow_side *side, const struct tcp_header *tcp)
{
    if (tcp->has_mss)
        side->detail->mss = tcp->mss;
    side->detail->timestamps = tcp->has_timestamps;
    window_options(side, tcp);
}

static void take_syn(struct flow *flow, enum dir dir,
                     const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    struct flow_detail *detail = side->detail;
    const struct tcp_header *tcp = &packet->tcp;

    sequence_learn(side, tcp->seq + 1);
    take_options(side, tcp);
    if (dir == S2C) /* simultaneous open (RFC 9293 section 3.5): rare */
        return;
    flow->syn_count++;
    if (flow->syn_count == 1) {
        flow->syn_time = packet->time;
        detail->first_syn_timestamp = tcp->timestamp;
        if (flow->handshake == FLOW_MIDSTREAM) {
            flow->handshake = FLOW_SYN_ONLY;
            reset_refused_before(flow);
        }
    }
    detail->syn_timestamp = tcp->timestamp;
    detail->last_syn_time = packet->time;
    detail->last_syn_frame = packet->frame;
}

/* From the SYN that was answered: with several, the timestamps tell which. */
static int64_t synack_delay(const struct flow *flow,
                            const struct packet *packet)
{
    const struct flow_detail *client = flow->side[C2S].detail;
    const struct tcp_header *tcp = &packet->tcp;

    if (flow->syn_count == 0)
        return 0;
    bool first = tcp->has_timestamps && client->timestamps &&
                 tcp->timestamp_echo == client->first_syn_timestamp;
    return elapsed(first ? flow->syn_time : client->last_syn_time,
                   packet->time);
}

static void take_synack(struct flow *flow, const struct packet *packet)
{
    struct flow_side *server = &flow->side[S2C];
    struct flow_side *client = &flow->side[C2S];
    struct flow_detail *detail = server->detail;
    const struct tcp_header *tcp = &packet->tcp;

    sequence_learn(client, tcp->ack);
    /* One that answers another SYN is a stray. */
    if (tcp->ack != client->first_seq && tcp->ack != client->next_seq &&
        tcp->ack + 1 != client->first_seq)
        return;
    /* Who refused would not accept the same SYN. */
    if (flow->handshake == FLOW_REFUSED &&
        detail->refusal.frame > client->detail->last_syn_frame)
        detail->refusal.signs |= SIGN_SYNACK_AFTER;
    if (flow->handshake <= FLOW_HALF && server->bytes == 0)
        server->seq_known = false; /* a second SYN-ACK may begin elsewhere */
    sequence_learn(server, tcp->seq + 1);
    take_options(server, tcp);
    if (detail->synack_count++ == 0 || tcp->seq != detail->synack_seq)
        detail->synack_numbers++;
    detail->synack_seq = tcp->seq;
    detail->synack_ttl = packet->ttl;
    detail->last_synack_time = packet->time;
    detail->last_synack_frame = packet->frame;
    if (tcp->window > 0)
        detail->window_opened = true;
    if (flow->synack_time == 0) {
        flow->synack_time = packet->time;
        flow->rtt = synack_delay(flow, packet);
        client->rtt_least = flow->rtt;
        detail->synack_frame = packet->frame;
    }
    if (flow->handshake < FLOW_HALF) {
        flow->handshake = FLOW_HALF;
        flow->over = false;
        flow->end = FLOW_OPEN;
    }
}

static void establish(struct flow *flow, const struct packet *packet)
{
    flow->handshake = FLOW_FULL;
    flow->established_time = packet->time;
    if (flow->synack_time && packet->length == 0)
        flow->side[S2C].rtt_least = elapsed(flow->synack_time, packet->time);
    flow->side[C2S].detail->established_frame = packet->frame;
}

/* Whether a packet that is neither SYN nor RST shows that both sides know. */
static bool proves(const struct flow *flow, enum dir dir,
                   const struct packet *packet)
{
    const struct flow_side *client = &flow->side[C2S];
    const struct flow_side *server = &flow->side[S2C];
    const struct tcp_header *tcp = &packet->tcp;

    if (!(tcp->flags & TCP_ACK))
        return false;
    if (dir == C2S) /* to SYN-ACK, or to one that was not captured */
        return ahead(tcp->seq, client->first_seq) >= -1 &&
               (flow->handshake == FLOW_SYN_ONLY ||
                ahead(tcp->ack, server->first_seq) >= -1);
    /* A server does not speak before; but where its SYN-ACK was not captured,
     * an ACK may also be the challenge of an old connection (RFC 5961 section
     * 4). */
    if (flow->handshake == FLOW_HALF)
        return packet->length > 0 || tcp->flags & TCP_FIN ||
               ahead(tcp->ack, client->first_seq) > 0;
    return (packet->length > 0 || tcp->flags & TCP_FIN) &&
           ahead(tcp->ack, client->first_seq) >= -1 &&
           ahead(tcp->ack, client->next_seq) <= 0;
}

void handshake_take(struct flow *flow, enum dir dir,
                    const struct packet *packet)
{
    uint8_t flags = packet->tcp.flags;

    if (flags & TCP_SYN) {
        if (!(flags & TCP_ACK))
            take_syn(flow, dir, packet);
        else if (dir == S2C)
            take_synack(flow, packet);
    } else if ((flow->handshake == FLOW_SYN_ONLY ||
                flow->handshake == FLOW_HALF) &&
               proves(flow, dir, packet)) {
        establish(flow, packet);
    }
}

/* A system that knows nothing of a SYN-ACK answers it with a RST that has no
 * ACK (RFC 9293 section 3.10.7.1).  One that acknowledges it comes from a
 * program that has its connection and drops it at once, as balancers and
 * monitors do that only look. */
void handshake_reset(struct flow *flow, const struct packet *packet)
{
    const struct flow_side *server = &flow->side[S2C];

    if (flow->handshake == FLOW_HALF && packet->tcp.flags & TCP_ACK &&
        server->seq_known && packet->tcp.ack == server->first_seq)
        establish(flow, packet);
}

/* A TTL is counted down from 64, 128 or 255; answers to ping often begin with
 * another of these than TCP does. */
static int hops(uint8_t ttl)
{
    return (ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl;
}

void handshake_end(struct flow *flow, const struct host *server)
{
    struct flow_detail *detail = flow->side[S2C].detail;

    if (!detail || detail->synack_count == 0)
        return;
    /* Its own later packets tell best; a SYN-ACK may be a stand-in's. */
    if (detail->ttl_low != detail->ttl_high)
        detail->ttl_elsewhere = detail->synack_ttl == detail->ttl_low
                                    ? detail->ttl_high
                                    : detail->ttl_low;
    else if (server && server->ttl_echo &&
             hops(server->ttl_echo) != hops(detail->synack_ttl))
        detail->ttl_elsewhere = server->ttl_echo;
    else if (server)
        detail->ttl_elsewhere = server->ttl;
}

/* reset.c - resets, and the signs that somebody else sent them.
 *
 * An injector on the path (firewall, intrusion prevention, censor) sends RSTs
 * in the name of a side.  It does not know that side's state, so they stand
 * out: other distance, other IP-ID, numbers that side would not use, an answer
 * faster than light, or the side goes on as if nothing had happened (Weaver,
 * Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009).
 *
 * What honest hosts do must not count.  A kernel that knows no such
 * connection answers with seq = the ack of what it answers, no ACK, no
 * timestamps, IP-ID 0 (RFC 9293 section 3.10.7.1); an application that closes
 * with bytes unread sends RST,ACK at its current sequence number.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "flow/detail.h"

enum {
    TTL_TOLERANCE = 1,  /* a route may change by a hop */
    ANSWERS_NEEDED = 3, /* SYN-ACKs of one distance before a hop counts */
    IDS_NEEDED = 3,     /* steps of the IP-ID counter before it is trusted */
    IP_ID_STEP = 256,   /* other packets of a busy host count, too */
};

/* Alone these are none: RSTs need not carry timestamps (RFC 7323 section 3.2),
 * and a kernel may number the RSTs of no socket apart. */
#define WEAK_SIGNS ((unsigned)(SIGN_NO_TIMESTAMP | SIGN_IP_ID))

/* Only that two hosts speak in one name; not which of them is the one named. */
#define OF_ANOTHER_HOST                                                        \
    ((unsigned)(SIGN_TTL | SIGN_IP_ID | SIGN_OLD_SEQ | SIGN_NO_TIMESTAMP))

#define SERIES_TIME  (CLOCK_SECOND / 100)
#define RTT_MIN      (CLOCK_SECOND / 250) /* less says nothing of distance */
#define ANSWERS_TIME (60 * CLOCK_SECOND)  /* their distance is still that */
#define AGAIN_MIN    (CLOCK_SECOND / 10)  /* what is sent later was not on its
                                           * way; a timer fires after 0.2 s */
#define HOST_RTT_MIN (CLOCK_SECOND / 100) /* other connections: be careful */

static bool odd_ttl(const struct flow_detail *detail, uint8_t ttl)
{
    return detail->ttl_low > 0 && (ttl + TTL_TOLERANCE < detail->ttl_low ||
                                   ttl > detail->ttl_high + TTL_TOLERANCE);
}

static bool odd_ip_id(const struct flow_detail *detail,
                      const struct packet *packet)
{
    if (packet->source.family != 4 || packet->ip_id == 0 || detail->ids_far > 0)
        return false;
    if (detail->ids_zero >= IDS_NEEDED && detail->ids_near == 0)
        return true; /* it always sends 0 */
    /* A counter that all of a host's packets share moves on with time. */
    int16_t step = (int16_t)(uint16_t)(packet->ip_id - detail->last_ip_id);
    return detail->ids_near >= IDS_NEEDED && detail->ids_zero == 0 &&
           elapsed(detail->ip_id_time, packet->time) < CLOCK_SECOND &&
           (step > IP_ID_STEP || step < -IP_ID_STEP);
}

/* Where an acknowledgement may stand that the capture lost. */
static bool begins_segment(const struct flow_detail *detail, uint32_t seq)
{
    for (uint32_t i = 0; i < detail->sent_n; i++)
        if (detail->sent[i].seq == seq)
            return true;
    return false;
}

/* A sequence number that neither a kernel nor an application would use, as far
 * as it is behind what was captured.  One ahead of all may come after bytes
 * that the capture alone lost: reset_answered() decides. */
static bool odd_seq(const struct flow_side *side, const struct packet *packet)
{
    uint32_t seq = packet->tcp.seq;

    if (!side->seq_known || side->packets == 0 || side->missed > 0 ||
        side->detail->missed_frame || side->detail->hole_n > 0)
        return false; /* the capture does not show all that it sent */
    bool before_all =
        side->options & FLOW_SYN_SEEN && ahead(seq, side->first_seq) < -1;
    bool between =
        ahead(seq, side->acked) > 0 && ahead(seq, side->next_seq) < 0 &&
        (packet->tcp.flags & TCP_ACK || !begins_segment(side->detail, seq));
    return before_all || between;
}

/* It answers something that cannot have reached that side yet. */
static bool too_fast(const struct flow *flow, enum dir dir,
                     const struct packet *packet)
{
    const struct flow_side *side = &flow->side[dir];
    const struct flow_side *peer = &flow->side[other_dir(dir)];
    const struct tcp_header *tcp = &packet->tcp;
    int64_t rtt = dir == S2C
                      ? flow->rtt
                      : elapsed(flow->synack_time, flow->established_time);
    int64_t asked = 0;

    /* A clock that counts whole seconds measures nothing. */
    if (packet->time % CLOCK_SECOND == 0 &&
        flow->synack_time % CLOCK_SECOND == 0)
        return false;
    if (flow->synack_time == 0 || flow->established_time == 0 || rtt < RTT_MIN)
        return false;
    if (tcp->flags & TCP_ACK) {
        if (peer->seq_known && tcp->ack == peer->next_seq)
            asked = peer->last_content_time;
    } else if (side->seq_known && tcp->seq == side->acked) {
        asked = side->detail->acked_time;
        /* A kernel answers at once: what was acknowledged long ago, only with
         * the packet that says so again. */
        if (peer->detail->last_pause > 2 * rtt)
            asked = peer->last_time;
    }
    return asked != 0 && elapsed(asked, packet->time) < rtt / 2;
}

/* A SYN proxy accepts in the server's name before it asks the server (RFC 4987
 * section 3.7).  Until the server has said something, a reset that answers no
 * more than the SYN may be the server's, and what it is compared with is not. */
static bool may_refuse_late(const struct flow *flow, enum dir dir,
                            const struct packet *packet)
{
    const struct flow_side *client = &flow->side[C2S];

    return dir == S2C && flow->side[S2C].bytes == 0 && flow->synack_time != 0 &&
           (client->bytes == 0 || (packet->tcp.flags & TCP_ACK &&
                                   packet->tcp.ack == client->first_seq));
}

static unsigned signs_of(const struct flow *flow, enum dir dir,
                         const struct packet *packet)
{
    const struct flow_side *side = &flow->side[dir];
    const struct flow_detail *detail = side->detail;
    const struct tcp_header *tcp = &packet->tcp;
    unsigned signs = 0;

    if (odd_ttl(detail, packet->ttl))
        signs |= SIGN_TTL;
    if (odd_ip_id(detail, packet))
        signs |= SIGN_IP_ID;
    if (odd_seq(side, packet))
        signs |= SIGN_OLD_SEQ;
    if (detail->timestamps && !tcp->has_timestamps && tcp->flags & TCP_ACK)
        signs |= SIGN_NO_TIMESTAMP;
    if (too_fast(flow, dir, packet))
        signs |= SIGN_TOO_FAST;
    if (may_refuse_late(flow, dir, packet))
        signs &= ~OF_ANOTHER_HOST;
    return signs;
}

/* A sequence number behind a FIN tells of it where the capture missed it. */
static enum reset_state state_of(const struct flow *flow, enum dir dir,
                                 uint32_t seq)
{
    const struct flow_side *side = &flow->side[dir];
    bool closed = side->fin || (side->seq_known && side->segments > 0 &&
                                seq == side->next_seq + 1);
    bool other_closed = flow->side[other_dir(dir)].fin;
    if (closed && other_closed)
        return RESET_CLOSED;
    return closed || other_closed ? RESET_CLOSING : RESET_ESTABLISHED;
}

static struct reset reset_of(const struct flow *flow, enum dir dir,
                             const struct packet *packet)
{
    const struct flow_side *peer = &flow->side[other_dir(dir)];
    struct reset reset = {
        .frame = packet->frame,
        .time = packet->time,
        .seq = packet->tcp.seq,
        .ack = packet->tcp.ack,
        .ttl = packet->ttl,
        .ttl_usual = flow->side[dir].ttl,
        .state = state_of(flow, dir, packet->tcp.seq),
        .bytes = {flow->side[C2S].bytes, flow->side[S2C].bytes},
    };
    if (peer->last_time) {
        reset.delay = elapsed(peer->last_time, packet->time);
        reset.idle_before = peer->detail->last_pause;
    }
    return reset;
}

static void refuse(struct flow *flow)
{
    flow->side[S2C].reset = true;
    flow->handshake = FLOW_REFUSED;
    flow->end = FLOW_SERVER_RESET;
    flow->over = true;
}

static void take_refusal(struct flow *flow, const struct packet *packet)
{
    struct flow_side *server = &flow->side[S2C];
    const struct flow_side *client = &flow->side[C2S];
    const struct tcp_header *tcp = &packet->tcp;

    /* It must acknowledge the SYN to be believed (RFC 9293 section
     * 3.10.7.3); with fast open, perhaps what came with it. */
    if (!(tcp->flags & TCP_ACK) ||
        (tcp->ack != client->first_seq && tcp->ack != client->next_seq))
        return;
    if (server->detail->refusals++ == 0) {
        server->detail->refusal = reset_of(flow, S2C, packet);
        server->detail->refusal.delay =
            elapsed(client->detail->last_syn_time, packet->time);
    }
    refuse(flow);
}

void reset_refused_before(struct flow *flow)
{
    struct flow_detail *server = flow->side[S2C].detail;

    if (!server || server->reset.frame == 0 || server->reset.ack == 0 ||
        server->reset.ack != flow->side[C2S].first_seq)
        return;
    server->refusal = server->reset;
    server->refusal.delay = elapsed(flow->syn_time, server->reset.time);
    server->refusal.signs = 0; /* there was nothing to compare it with */
    server->refusals = 1;
    server->reset = (struct reset){0};
    refuse(flow);
}

static void take_reset(struct flow *flow, enum dir dir,
                       const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    struct reset *reset = &side->detail->reset;
    struct reset *others = &flow->side[other_dir(dir)].detail->reset;
    bool first = reset->frame == 0;
    unsigned signs = signs_of(flow, dir, packet);

    if (first)
        *reset = reset_of(flow, dir, packet);
    else if (apart(reset->time, packet->time) <= SERIES_TIME &&
             ahead(packet->tcp.seq, reset->seq) > 0 &&
             ahead(packet->tcp.seq, side->next_seq + 1) > 0)
        signs |= SIGN_SERIES;
    if (first && others->frame && reset->state == RESET_ESTABLISHED &&
        apart(others->time, packet->time) <= SERIES_TIME) {
        signs |= SIGN_BOTH;
        others->signs |= SIGN_BOTH;
    }
    reset->signs |= signs;
    side->reset = true;
    if (state_of(flow, dir, packet->tcp.seq) != RESET_CLOSED) {
        flow->end = dir == C2S ? FLOW_CLIENT_RESET : FLOW_SERVER_RESET;
        flow->over = true;
    }
}

void reset_take(struct flow *flow, enum dir dir, const struct packet *packet)
{
    bool asking =
        flow->handshake == FLOW_SYN_ONLY || flow->handshake == FLOW_REFUSED;
    if (!asking)
        take_reset(flow, dir, packet);
    else if (dir == S2C)
        take_refusal(flow, packet);
    /* else a client answers the packet of an older connection (RFC 5961
     * section 4.2): it goes on asking. */
}

void reset_answered(struct flow *flow, enum dir dir,
                    const struct packet *packet)
{
    const struct flow_side *side = &flow->side[other_dir(dir)];
    struct reset *reset = side->detail ? &side->detail->reset : NULL;
    uint32_t last = side->next_seq + 1; /* its FIN, which may be missed */

    if (!reset || reset->frame == 0 || flow->rtt <= 0 ||
        !(packet->tcp.flags & TCP_ACK))
        return;
    bool crossed = elapsed(reset->time, packet->time) <= flow->rtt;
    if (!crossed && side->seq_known && ahead(reset->seq, last) > 0 &&
        ahead(packet->tcp.ack, last) <= 0)
        reset->signs |= SIGN_OLD_SEQ;
}

void reset_was_later(struct flow *flow, int64_t fin_time)
{
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        struct reset *reset = &flow->side[dir].detail->reset;
        if (reset->frame == 0 || reset->time <= fin_time)
            continue;
        reset->state = state_of(flow, dir, reset->seq);
        if (reset->state == RESET_CLOSED) /* it was closed in order before */
            flow->end = flow->side[C2S].detail->fin.first ? FLOW_CLIENT_FIN
                                                          : FLOW_SERVER_FIN;
    }
}

void reset_content_after(struct flow *flow, enum dir dir,
                         const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    struct reset *reset = &side->detail->reset;

    if (!side->reset || reset->frame == 0 ||
        ahead(packet->tcp.seq, reset->seq) < 0)
        return;
    reset->data_after = true;
    reset->signs |= SIGN_DATA_AFTER;
    /* It lives on: the reset was not obeyed, or not even sent. */
    side->reset = false;
    if (!flow->side[other_dir(dir)].reset) {
        flow->over = false;
        flow->end = FLOW_OPEN;
        for (enum dir d = C2S; d <= S2C; d++)
            if (flow->side[d].fin && flow->side[d].detail->fin.first)
                flow->end = d == C2S ? FLOW_CLIENT_FIN : FLOW_SERVER_FIN;
    }
}

/* One hop is enough where the same port answered from a steady distance just
 * then: a route that changes does so for all packets.  Nearer only: behind a
 * balancer stand machines that are a hop further. */
static bool nearer_than_port(const struct reset *refusal, uint16_t port,
                             const struct host *host)
{
    return host->answers.port == port &&
           host->answers.count >= ANSWERS_NEEDED &&
           refusal->ttl > host->answers.ttl &&
           refusal->time > host->answers.since &&
           elapsed(host->answers.until, refusal->time) < ANSWERS_TIME;
}

void reset_content_again(struct flow *flow, enum dir dir,
                         const struct packet *packet)
{
    const struct flow_side *side = &flow->side[dir];
    struct reset *reset = &side->detail->reset;

    /* Who resets a connection forgets it: only somebody who did not can send
     * its bytes again long afterwards. */
    if (!side->reset || reset->frame == 0 ||
        elapsed(reset->time, packet->time) <
            AGAIN_MIN + 2 * (flow->rtt > 0 ? flow->rtt : 0))
        return;
    reset->data_after = true;
    reset->signs |= SIGN_DATA_AFTER;
}

static bool steady_ttl(const struct flow_detail *detail)
{
    return detail->ttl_low > 0 && detail->ttl_low == detail->ttl_high;
}

/* What other connections tell of the host that was asked. */
static void compare_with_host(struct reset *refusal, uint16_t port,
                              const struct host *host)
{
    refusal->ttl_usual = host->ttl;
    if (host->ttl > 0 && (refusal->ttl + TTL_TOLERANCE < host->ttl ||
                          refusal->ttl > host->ttl + TTL_TOLERANCE))
        refusal->signs |= SIGN_TTL;
    if (nearer_than_port(refusal, port, host))
        refusal->signs |= SIGN_TTL;
    if (host->rtt >= HOST_RTT_MIN && refusal->delay > 0 &&
        refusal->delay < host->rtt / 2)
        refusal->signs |= SIGN_TOO_FAST;
}

void reset_end(struct flow *flow, const struct host *server)
{
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        struct flow_detail *detail = flow->side[dir].detail;
        if (!detail)
            continue;
        if (detail->refusals > 0 && server)
            compare_with_host(&detail->refusal, flow->side[S2C].port, server);
        if (detail->reset.data_after && steady_ttl(detail) &&
            detail->reset.ttl != detail->ttl_low)
            detail->reset.signs |= SIGN_TTL;
        if ((detail->reset.signs & ~WEAK_SIGNS) == 0)
            detail->reset.signs = 0;
    }
}

unsigned reset_score(const struct reset *reset)
{
    unsigned score = 0;
    for (unsigned signs = reset->signs; signs; signs &= signs - 1)
        score++;
    return score;
}

void reset_words(const struct reset *reset, char out[WORDS_MAX])
{
    static const struct {
        enum reset_sign sign;
        const char *words;
    } table[] = {
        {SIGN_IP_ID,        "IP-ID out of line"                        },
        {SIGN_DATA_AFTER,   "that side went on sending"                },
        {SIGN_OLD_SEQ,      "a sequence number that side would not use"},
        {SIGN_SERIES,       "several with rising sequence numbers"     },
        {SIGN_NO_TIMESTAMP, "no timestamp option"                      },
        {SIGN_BOTH,         "both sides were reset at once"            },
        {SIGN_TOO_FAST,     "faster than a round trip"                 },
        {SIGN_SYNACK_AFTER, "the server accepted the same SYN"         },
    };
    char *p = out;
    size_t room = WORDS_MAX;

    out[0] = '\0';
    if (reset->signs & SIGN_TTL) {
        int n = snprintf(p, room, "TTL %u instead of %u", reset->ttl,
                         reset->ttl_usual);
        p += n;
        room -= (size_t)n;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (!(reset->signs & table[i].sign))
            continue;
        int n = snprintf(p, room, "%s%s", p == out ? "" : ", ", table[i].words);
        p += n;
        room -= (size_t)n;
    }
}

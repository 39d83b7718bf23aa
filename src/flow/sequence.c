/* sequence.c - each side's bytes: new, sent again, passed over, missed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/detail.h"

#include <string.h>

#include "base/clock.h"

enum {
    /* Windows are at most 1 GiB (RFC 7323 section 2.3): a sequence number
     * further off belongs to something else. */
    BELIEVABLE = 1 << 30,
    ACK_BELIEVABLE = 1 << 26, /* more was never on its way to a mail server */
    OPTIONS = 40,          /* TCP options take this much off the MSS at most */
    FULL_SIZE_GUESS = 1200, /* where the MSS was not captured */
    SMOOTHING = 8,          /* as senders do it (RFC 6298 section 2.3) */
};

/* Where the round trip is not known: shorter than any that matters. */
#define OVERTAKEN_WITHIN (CLOCK_SECOND / 500)

void sequence_learn(struct flow_side *side, uint32_t seq)
{
    if (side->seq_known)
        return;
    side->seq_known = true;
    side->first_seq = seq;
    side->next_seq = seq;
    side->acked = seq;
}

/* ---- holes ---- */

static void remove_hole(struct flow_detail *detail, uint32_t i)
{
    detail->hole_n--;
    memmove(&detail->holes[i], &detail->holes[i + 1],
            (detail->hole_n - i) * sizeof detail->holes[0]);
}

/* The part of a hole that the other side acknowledged. */
static uint32_t acknowledged_part(const struct flow_side *side,
                                  const struct hole *hole)
{
    if (ahead(side->acked, hole->start) <= 0)
        return 0;
    uint32_t end = ahead(side->acked, hole->end) < 0 ? side->acked : hole->end;
    return end - hole->start;
}

static void add_hole(struct flow_side *side, uint32_t start, uint32_t end,
                     const struct packet *packet)
{
    struct flow_detail *detail = side->detail;

    if (detail->hole_n > 0 && detail->holes[detail->hole_n - 1].end == start) {
        detail->holes[detail->hole_n - 1].end = end;
        return;
    }
    if (detail->hole_n == HOLES_MAX) {
        side->missed += acknowledged_part(side, &detail->holes[0]);
        remove_hole(detail, 0);
    }
    detail->holes[detail->hole_n++] =
        (struct hole){start, end, packet->time, packet->frame};
}

/* Since when these numbers were missing; 0 if they were not. */
static int64_t missing_since(const struct flow_detail *detail, uint32_t seq)
{
    for (uint32_t i = 0; i < detail->hole_n; i++)
        if (ahead(seq, detail->holes[i].start) >= 0 &&
            ahead(seq, detail->holes[i].end) < 0)
            return detail->holes[i].time;
    return 0;
}

/* What comes so soon after others overtook it was not lost and sent again: that
 * takes a round trip. */
static bool was_overtaken(const struct flow *flow, int64_t since, int64_t now)
{
    int64_t soon = flow->rtt > 0 ? flow->rtt / 2 : OVERTAKEN_WITHIN;
    return since != 0 && elapsed(since, now) < soon;
}

/* Nor is what comes later than that the first try, where the way is known on
 * both sides of the capture: it was lost before it got there. */
static bool was_lost(const struct flow *flow, int64_t since, int64_t now)
{
    int64_t trip = flow->rtt + flow->side[S2C].rtt_least;
    return since != 0 && flow->rtt > 0 && flow->side[S2C].rtt_least > 0 &&
           elapsed(since, now) >= trip;
}

/* Takes start..end out of one hole.  Returns how much of it there was. */
static uint32_t fill_hole(struct flow_detail *detail, uint32_t i,
                          uint32_t start, uint32_t end)
{
    struct hole *hole = &detail->holes[i];

    if (ahead(start, hole->start) < 0)
        start = hole->start;
    if (ahead(end, hole->end) > 0)
        end = hole->end;
    if (ahead(end, start) <= 0)
        return 0;
    if (start == hole->start && end == hole->end) {
        remove_hole(detail, i);
    } else if (start == hole->start) {
        hole->start = end;
    } else if (end == hole->end || detail->hole_n == HOLES_MAX) {
        hole->end = start;
    } else {
        memmove(hole + 1, hole, (detail->hole_n - i) * sizeof *hole);
        detail->hole_n++;
        hole[0].end = start;
        hole[1].start = end;
    }
    return end - start;
}

static uint32_t fill(struct flow_detail *detail, uint32_t start, uint32_t end)
{
    uint32_t filled = 0;
    for (uint32_t i = detail->hole_n; i-- > 0;)
        filled += fill_hole(detail, i, start, end);
    return filled;
}

/* ---- segments on their way ---- */

static void add_stall(struct flow_detail *detail, const struct stall *stall)
{
    if (detail->stall_n < STALLS_MAX) {
        detail->stalls[detail->stall_n++] = *stall;
        return;
    }
    struct stall *least = &detail->stalls[0];
    for (size_t i = 1; i < STALLS_MAX; i++)
        if (detail->stalls[i].sent.count < least->sent.count)
            least = &detail->stalls[i];
    if (least->sent.count < stall->sent.count)
        *least = *stall;
}

uint32_t sequence_full_size(const struct flow *flow, enum dir dir)
{
    const struct flow_detail *peer = flow->side[other_dir(dir)].detail;
    uint32_t mss = peer ? peer->mss : 0;
    return mss > OPTIONS ? mss - OPTIONS : FULL_SIZE_GUESS;
}

/* It was acknowledged, or will never be. */
static void finish(struct flow *flow, enum dir dir, const struct sent *sent,
                   bool delivered, int64_t until)
{
    struct flow_detail *detail = flow->side[dir].detail;

    if (sent->count >= STALL_SENDS) {
        struct stall stall = {
            .sent = *sent,
            .delivered = delivered,
            .full_size = sent->length >= sequence_full_size(flow, dir),
            .small_passed = detail->smallest_acked > 0 &&
                            detail->smallest_acked < sent->length,
            .large_passed = detail->largest_acked >= sent->length,
            .until = until,
        };
        add_stall(detail, &stall);
    }
    if (delivered &&
        (detail->smallest_acked == 0 || sent->length < detail->smallest_acked))
        detail->smallest_acked = sent->length;
    if (delivered && sent->length > detail->largest_acked)
        detail->largest_acked = sent->length;
}

static void add_sent(struct flow *flow, enum dir dir,
                     const struct packet *packet, uint32_t seq, int64_t idle)
{
    struct flow_detail *detail = flow->side[dir].detail;
    if (detail->sent_n == SENT_MAX)
        return;
    detail->sent[detail->sent_n++] = (struct sent){
        .seq = seq,
        .end = seq + packet->length,
        .length = packet->length,
        .count = 1,
        .first_frame = packet->frame,
        .last_frame = packet->frame,
        .first_time = packet->time,
        .last_time = packet->time,
        .idle_before = idle,
        .other_packets = flow->side[other_dir(dir)].packets,
    };
}

static void sent_again(struct flow *flow, enum dir dir,
                       const struct packet *packet, uint32_t seq, int64_t idle)
{
    struct flow_detail *detail = flow->side[dir].detail;
    struct sent *sent = NULL;

    for (uint32_t i = 0; i < detail->sent_n && !sent; i++)
        if (ahead(seq, detail->sent[i].seq) >= 0 &&
            ahead(seq, detail->sent[i].end) < 0)
            sent = &detail->sent[i];
    if (!sent) {
        /* Its first sending was not remembered; an acknowledged one is of no
         * interest: the acknowledgement was late or lost. */
        if (ahead(flow->side[dir].acked, seq + packet->length) >= 0 ||
            detail->sent_n == SENT_MAX)
            return;
        sent = &detail->sent[detail->sent_n];
        add_sent(flow, dir, packet, seq, idle);
    }
    sent->count++;
    sent->last_frame = packet->frame;
    sent->last_time = packet->time;
    if (packet->length < sent->length)
        sent->length = packet->length;
    sent->other_side_alive =
        flow->side[other_dir(dir)].packets > sent->other_packets;
}

static void take_sacks(struct flow_detail *detail, const struct tcp_header *tcp)
{
    for (size_t k = 0; k < tcp->sack_count && k < SACK_BLOCKS; k++)
        for (uint32_t i = 0; i < detail->sent_n; i++)
            if (ahead(tcp->sack[k].left, detail->sent[i].end) >= 0)
                detail->sent[i].later_sacked = true;
}

/* ---- what track.c calls ---- */

bool sequence_is_probe(const struct flow_side *side,
                       const struct packet *packet)
{
    /* A keep-alive: no byte or an old one, just before what comes next
     * (RFC 9293 section 3.8.4). */
    return side->seq_known && packet->length <= 1 &&
           !(packet->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST)) &&
           packet->tcp.seq == side->next_seq - 1 &&
           ahead(side->acked, side->next_seq) >= 0;
}

/* One segment after the other had to be sent again. */
static void count_row(struct flow_side *side, uint32_t seq)
{
    struct flow_detail *detail = side->detail;

    if (detail->again_row > 0 && ahead(seq, detail->again_seq) <= 0)
        return; /* the same one once more */
    detail->again_seq = seq;
    if (++detail->again_row > side->burst)
        side->burst = detail->again_row;
}

uint64_t sequence_content(struct flow *flow, enum dir dir,
                          const struct packet *packet, int64_t idle)
{
    struct flow_side *side = &flow->side[dir];
    struct flow_detail *detail = side->detail;
    uint32_t seq = packet->tcp.seq + (packet->tcp.flags & TCP_SYN ? 1 : 0);
    uint32_t end = seq + packet->length;
    uint32_t fresh = 0;

    sequence_learn(side, seq);
    /* A capture made by hand: the SYN was not counted. */
    if (side->next_seq == side->first_seq && seq + 1 == side->first_seq &&
        packet->length > 1)
        side->first_seq = side->next_seq = side->acked = seq;
    int32_t off = ahead(seq, side->next_seq);
    if (off > BELIEVABLE || off < -BELIEVABLE || packet->length > BELIEVABLE)
        return 0;
    side->segments++;
    if (seq == side->first_seq)
        conflict_at_first(detail, packet);
    if (packet->length > detail->largest)
        detail->largest = packet->length;
    if (packet->payload.n < packet->length) {
        side->truncated++;
        side->cut_off += packet->length - packet->payload.n;
        if (!detail->cut_frame) {
            detail->cut_frame = packet->frame;
            detail->cut_time = packet->time;
        }
    }
    if (ahead(end, side->next_seq) > 0) {
        if (off > 0) {
            add_hole(side, side->next_seq, seq, packet);
            fresh = packet->length;
        } else {
            fresh = end - side->next_seq;
            if (off < 0)
                fresh += fill(detail, seq, side->next_seq);
        }
        side->next_seq = end;
        detail->last_again = 0;
        add_sent(flow, dir, packet, seq, idle);
    } else {
        int64_t since = missing_since(detail, seq);
        fresh = fill(detail, seq, end);
        if (fresh > 0 && was_overtaken(flow, since, packet->time))
            side->reordered++;
        else if (fresh > 0 && was_lost(flow, since, packet->time))
            side->retransmissions++;
    }
    if (fresh < packet->length && ahead(seq, side->first_seq) >= 0) {
        side->retransmissions++;
        if (end == side->next_seq)
            detail->last_again++;
        if (fresh == 0)
            sent_again(flow, dir, packet, seq, idle);
        count_row(side, seq);
        conflict_compare(detail, packet);
    } else {
        detail->again_row = 0;
        conflict_remember(detail, packet);
    }
    side->bytes += fresh;
    return fresh;
}

void sequence_empty(struct flow *flow, enum dir dir,
                    const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    const struct flow_side *peer = &flow->side[other_dir(dir)];
    struct hole *beyond = &side->detail->beyond;
    int32_t off = ahead(packet->tcp.seq, side->next_seq);

    if (!side->seq_known || off <= 1 || off > ACK_BELIEVABLE) /* 1: its FIN */
        return;
    beyond->end = packet->tcp.seq;
    if (beyond->frame && beyond->start == side->next_seq)
        return;
    beyond->start = side->next_seq;
    beyond->frame = packet->frame;
    beyond->time = flow->established_time;
    if (side->last_content_time > beyond->time)
        beyond->time = side->last_content_time;
    if (peer->last_content_time > beyond->time)
        beyond->time = peer->last_content_time;
}

/* The round trip of content, where there is so much that no acknowledgement is
 * held back (RFC 1122 section 4.2.3.2), and of what was sent once only (Karn;
 * RFC 6298 section 3).  It shows how full the queues on the way are. */
static void measure(struct flow *flow, enum dir dir, const struct sent *sent,
                    int64_t now)
{
    struct flow_side *side = &flow->side[dir];
    struct flow_detail *detail = side->detail;
    int64_t trip = elapsed(sent->first_time, now);

    if (sent->count > 1)
        return;
    if (detail->smoothed == 0)
        detail->smoothed = trip;
    detail->smoothed += (trip - detail->smoothed) / SMOOTHING;
    if (detail->smoothed > side->rtt_worst)
        side->rtt_worst = detail->smoothed;
    if (side->rtt_least == 0 || trip < side->rtt_least)
        side->rtt_least = trip;
}

void sequence_acknowledged(struct flow *flow, enum dir dir,
                           const struct packet *packet)
{
    enum dir sender = other_dir(dir);
    struct flow_side *side = &flow->side[sender];
    struct flow_detail *detail = side->detail;
    uint32_t ack = packet->tcp.ack;

    sequence_learn(side, ack);
    take_sacks(detail, &packet->tcp);
    int32_t beyond = ahead(ack, side->next_seq);
    if (beyond > ACK_BELIEVABLE || ahead(ack, side->acked) <= 0)
        return;
    side->acked = ack;
    detail->acked_time = packet->time;
    /* One byte more is a FIN, seen or missed; bytes more were missed. */
    if (beyond > 1) {
        add_hole(side, side->next_seq, ack, packet);
        side->next_seq = ack;
        if (!detail->missed_frame) {
            detail->missed_frame = packet->frame;
            detail->missed_time = packet->time;
        }
    } else if (!detail->missed_frame && detail->hole_n > 0 &&
               acknowledged_part(side, &detail->holes[0]) > 0) {
        detail->missed_frame = packet->frame;
        detail->missed_time = packet->time;
    }
    uint32_t done = 0, n = detail->sent_n;
    if (n == 0)
        return;
    while (done < detail->sent_n && ahead(ack, detail->sent[done].end) >= 0)
        finish(flow, sender, &detail->sent[done++], true, packet->time);
    if (done > 0 && (done > 1 || n > 1))
        measure(flow, sender, &detail->sent[done - 1], packet->time);
    detail->sent_n -= done;
    if (done > 0 && detail->sent_n > 0)
        memmove(detail->sent, detail->sent + done,
                detail->sent_n * sizeof detail->sent[0]);
}

/* Returns how many bytes before it were not seen. */
uint32_t sequence_fin(struct flow_side *side, const struct packet *packet)
{
    uint32_t end = packet->tcp.seq + packet->length;

    /* Where its acknowledgement was stored first, it was taken for a byte. */
    if (fill(side->detail, end, end + 1) > 0 && side->next_seq == end + 1)
        side->next_seq = end;
    int32_t unseen = side->seq_known ? ahead(end, side->next_seq) : 0;
    return unseen > 0 && unseen < BELIEVABLE ? (uint32_t)unseen : 0;
}

/* What is missing where the other side's acknowledgements stand still was not
 * only missed by the capture: it did not arrive. */
static void find_lost(struct flow *flow, enum dir dir)
{
    const struct flow_side *side = &flow->side[dir];
    const struct flow_side *peer = &flow->side[other_dir(dir)];
    struct flow_detail *detail = side->detail;
    struct hole lost = {0};

    if (detail->hole_n > 0)
        lost = detail->holes[0];
    else if (detail->beyond.start == side->next_seq)
        lost = detail->beyond;
    if (lost.frame && lost.start == side->acked &&
        side->last_time > lost.time && peer->last_time > lost.time)
        detail->lost = lost;
}

/* Where both have closed, what each sent before has arrived, whether its
 * acknowledgement was captured or not; but for what was found to be lost. */
static void count_missed(struct flow *flow, struct flow_side *side)
{
    struct flow_detail *detail = side->detail;
    bool closed =
        flow->side[C2S].fin && flow->side[S2C].fin && detail->lost.frame == 0;

    for (uint32_t i = 0; i < detail->hole_n; i++) {
        const struct hole *hole = &detail->holes[i];
        side->missed += closed ? hole->end - hole->start
                               : acknowledged_part(side, hole);
    }
    detail->hole_n = 0;
    if (side->missed > 0 && !detail->missed_frame) {
        detail->missed_frame = flow->last_frame;
        detail->missed_time = flow->last_time;
    }
}

void sequence_probe(struct flow *flow, enum dir dir,
                    const struct packet *packet, int64_t idle)
{
    struct sent *probe = &flow->side[dir].detail->probe;
    uint64_t heard = flow->side[other_dir(dir)].packets;

    if (probe->count == 0 || probe->other_packets != heard)
        *probe = (struct sent){.seq = packet->tcp.seq,
                               .end = packet->tcp.seq,
                               .first_frame = packet->frame,
                               .first_time = packet->time,
                               .idle_before = idle,
                               .other_packets = heard};
    probe->count++;
    probe->last_frame = packet->frame;
    probe->last_time = packet->time;
}

static bool is_shut(const struct flow_detail *detail)
{
    for (uint32_t i = 0; i < detail->closure_n; i++) {
        if (!detail->closures[i].reopened)
            return true;
    }
    return false;
}

/* Keep-alives that nobody answers are a segment without content that never
 * arrives.  Where the other side has shut its window, they are its business. */
static void finish_probe(struct flow *flow, enum dir dir)
{
    const struct flow_side *peer = &flow->side[other_dir(dir)];
    struct flow_detail *detail = flow->side[dir].detail;
    const struct sent *probe = &detail->probe;

    if (probe->count >= STALL_SENDS && peer->seen &&
        peer->packets == probe->other_packets && !is_shut(peer->detail)) {
        const struct stall stall = {.sent = *probe, .until = probe->last_time};
        add_stall(detail, &stall);
    }
}

void sequence_end(struct flow *flow)
{
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        struct flow_side *side = &flow->side[dir];
        struct flow_detail *detail = side->detail;
        if (!detail)
            continue;
        find_lost(flow, dir);
        count_missed(flow, side);
        for (uint32_t i = 0; i < detail->sent_n; i++)
            finish(flow, dir, &detail->sent[i], false,
                   detail->sent[i].last_time);
        detail->sent_n = 0;
        finish_probe(flow, dir);
    }
}

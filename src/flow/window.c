/* window.c - how much each side lets the other send, and when it lets nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/detail.h"

void window_options(struct flow_side *side, const struct tcp_header *tcp)
{
    unsigned options = FLOW_SYN_SEEN | (tcp->has_mss ? FLOW_MSS : 0u) |
                       (tcp->has_window_scale ? FLOW_WINDOW_SCALE : 0u) |
                       (tcp->sack_permitted ? FLOW_SACK : 0u) |
                       (tcp->has_timestamps ? FLOW_TIMESTAMPS : 0u);
    side->options = (uint8_t)options;
    side->detail->window_shift =
        tcp->has_window_scale ? tcp->window_scale : 0;
}

/* Scaled only where both offered it (RFC 7323 section 2.2); what was offered
 * can not be known where a SYN is missing. */
static void announced(struct flow *flow, enum dir dir,
                      const struct packet *packet)
{
    struct flow_side *side = &flow->side[dir];
    unsigned both = side->options & flow->side[other_dir(dir)].options;

    if (packet->tcp.window > 0)
        side->detail->window_opened = true;
    if (!(both & FLOW_SYN_SEEN))
        return;
    uint32_t window = packet->tcp.window;
    if (both & FLOW_WINDOW_SCALE)
        window <<= side->detail->window_shift;
    if (window > side->window_max)
        side->window_max = window;
}

static int64_t length_of(const struct closure *closure)
{
    return elapsed(closure->since, closure->until);
}

static void keep_closure(struct flow_detail *detail)
{
    const struct closure *ended = &detail->closed_now;
    if (detail->closure_n < CLOSURES_MAX) {
        detail->closures[detail->closure_n++] = *ended;
    } else {
        struct closure *shortest = &detail->closures[0];
        for (size_t i = 1; i < CLOSURES_MAX; i++)
            if (length_of(&detail->closures[i]) < length_of(shortest))
                shortest = &detail->closures[i];
        if (length_of(shortest) < length_of(ended))
            *shortest = *ended;
    }
    detail->closed_now = (struct closure){0};
}

/* Zero is zero, however the window is scaled. */
void window_take(struct flow *flow, enum dir dir, const struct packet *packet,
                 bool probe)
{
    struct flow_side *side = &flow->side[dir];
    struct closure *closed = &side->detail->closed_now;
    struct closure *others = &flow->side[other_dir(dir)].detail->closed_now;
    const struct tcp_header *tcp = &packet->tcp;

    /* Whatever is sent now asks: one byte, none, or all that was refused. */
    if (others->frame && (probe || packet->length > 0))
        others->probes++;
    if (tcp->flags & TCP_SYN || !(tcp->flags & TCP_ACK))
        return;
    announced(flow, dir, packet);
    if (tcp->window == 0) {
        if (!closed->frame && !side->fin) /* who has closed reads no more */
            *closed =
                (struct closure){.frame = packet->frame, .since = packet->time};
        closed->until = packet->time;
    } else if (closed->frame) {
        closed->until = packet->time;
        closed->reopened = true;
        keep_closure(side->detail);
    }
}

void window_end(struct flow_detail *detail)
{
    if (detail->closed_now.frame)
        keep_closure(detail);
}

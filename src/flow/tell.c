/* tell.c - what happened to a connection, as facts, oldest first.
 *
 * All of it is told at the end, because only then is it known what did not
 * happen.  Each fact is stamped with the packet that shows it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "flow/detail.h"

/* Shorter ones are the pause before the next packet. */
#define SILENCE_MIN CLOCK_SECOND

/* The table lets no flow wait longer: a capture that ends so much later has a
 * clock that jumped, and does not tell how long one could have watched. */
#define WATCHED_MAX (4 * 3600 * CLOCK_SECOND)

struct context {
    const struct flow *flow;
    int64_t capture_end;
    struct facts *out;
};

/* One thing to be told. */
struct item {
    uint64_t frame;
    int64_t time;
    void (*tell)(const struct context *, enum dir, uint32_t index);
    enum dir dir;
    uint32_t index; /* where a side has several */
};

enum { ITEMS_MAX = 2 * (STALLS_MAX + CLOSURES_MAX + 5) + 9 };

struct items {
    struct item list[ITEMS_MAX];
    size_t n;
};

static struct span name_of(enum dir dir)
{
    return dir == C2S ? SPAN("client") : SPAN("server");
}

static const struct flow_detail *detail_of(const struct context *c,
                                           enum dir dir)
{
    return c->flow->side[dir].detail;
}

/* ---- one function per fact ---- */

static void connect(const struct context *c, enum dir dir, uint32_t index)
{
    const struct flow *flow = c->flow;
    (void)dir;
    (void)index;
    TELL(c->out, tcp_connect, .rtt = clock_seconds(flow->rtt),
         .syn_count = flow->syn_count,
         .delay = clock_between(flow->syn_time, flow->established_time),
         .ttl = detail_of(c, S2C)->synack_ttl,
         .ttl_usual = detail_of(c, S2C)->ttl_elsewhere,
         .window_closed = detail_of(c, S2C)->synack_count > 0 &&
                          !detail_of(c, S2C)->window_opened);
}

static void synack_changed(const struct context *c, enum dir dir,
                           uint32_t index)
{
    const struct flow_detail *server = detail_of(c, dir);
    (void)index;
    TELL(c->out, tcp_synack_changed, .count = server->synack_count,
         .numbers = server->synack_numbers,
         .duration =
             clock_between(c->flow->synack_time, server->last_synack_time));
}

static void syn_unanswered(const struct context *c, enum dir dir,
                           uint32_t index)
{
    const struct flow *flow = c->flow;
    (void)index;
    TELL(c->out, tcp_syn_unanswered, .port = flow->side[S2C].port,
         .count = flow->syn_count,
         .duration =
             clock_between(flow->syn_time, detail_of(c, dir)->last_syn_time),
         .waited = clock_between(flow->syn_time, c->capture_end));
}

static void refused(const struct context *c, enum dir dir, uint32_t index)
{
    const struct flow_detail *detail = detail_of(c, dir);
    const struct reset *reset = &detail->refusal;
    char signs[WORDS_MAX];

    (void)index;
    reset_words(reset, signs);
    TELL(c->out, tcp_refused, .port = c->flow->side[S2C].port,
         .attempts = detail->refusals, .delay = clock_seconds(reset->delay),
         .ttl = reset->ttl, .ttl_usual = reset->ttl_usual,
         .forged = reset->signs != 0, .signs = span_of(signs));
}

static void synack_unanswered(const struct context *c, enum dir dir,
                              uint32_t index)
{
    const struct flow *flow = c->flow;
    const struct flow_detail *server = detail_of(c, S2C);
    (void)dir;
    (void)index;
    TELL(c->out, tcp_synack_unanswered, .count = server->synack_count,
         .duration = clock_between(flow->synack_time, server->last_synack_time),
         .waited = clock_between(flow->synack_time, c->capture_end),
         .client_reset = flow->side[C2S].reset);
}

static void was_reset(const struct context *c, enum dir dir, uint32_t index)
{
    static const struct span states[] = {
        [RESET_ESTABLISHED] = SPAN_INIT("established"),
        [RESET_CLOSING] = SPAN_INIT("closing"),
        [RESET_CLOSED] = SPAN_INIT("closed"),
    };
    const struct reset *reset = &detail_of(c, dir)->reset;
    char signs[WORDS_MAX];

    (void)index;
    reset_words(reset, signs);
    TELL(c->out, tcp_reset, .by = name_of(dir), .state = states[reset->state],
         .ttl = reset->ttl, .ttl_usual = reset->ttl_usual,
         .forgery = reset_score(reset), .signs = span_of(signs),
         .data_after = reset->data_after, .delay = clock_seconds(reset->delay),
         .idle_before = clock_seconds(reset->idle_before),
         .client_bytes = reset->bytes[C2S], .server_bytes = reset->bytes[S2C]);
}

/* A program that is gone resets what still comes for it (RFC 9293, section
 * 3.6.1: nobody could take it). */
static bool read_on(const struct context *c, enum dir dir)
{
    const struct flow_side *peer = &c->flow->side[other_dir(dir)];
    return !c->flow->side[dir].reset &&
           (int32_t)(peer->acked - peer->next_seq) >= 0;
}

static void fin(const struct context *c, enum dir dir, uint32_t index)
{
    const struct flow_detail *detail = detail_of(c, dir);
    const struct flow_side *peer = &c->flow->side[other_dir(dir)];
    uint64_t late = peer->bytes - detail->fin.bytes[other_dir(dir)];
    (void)index;
    TELL(c->out, tcp_fin, .by = name_of(dir), .first = detail->fin.first,
         .client_bytes = detail->fin.bytes[C2S],
         .server_bytes = detail->fin.bytes[S2C], .unseen = detail->fin.unseen,
         .delay = clock_seconds(detail->fin.delay),
         .before_end = clock_between(detail->fin.time, c->flow->last_time),
         .late_bytes = late,
         .late = late ? clock_between(detail->fin.time, peer->last_content_time)
                      : 0,
         .read_on = late && read_on(c, dir), .count = detail->fin.count,
         .seconds = clock_between(detail->fin.time, detail->fin.last_time),
         .answered = peer->last_time > detail->fin.time);
}

static void stall(const struct context *c, enum dir dir, uint32_t index)
{
    const struct stall *stall = &detail_of(c, dir)->stalls[index];
    const struct sent *sent = &stall->sent;
    char bytes[WORDS_MAX];
    struct span what = SPAN("a keep-alive that was not answered");
    if (sent->length) {
        snprintf(bytes, sizeof bytes, "%u bytes", (unsigned)sent->length);
        what = span_of(bytes);
    }
    TELL(c->out, tcp_stall, .by = name_of(dir), .what = what,
         .bytes = sent->length, .count = sent->count,
         .seconds = clock_between(sent->first_time, stall->until),
         .delivered = stall->delivered, .full_size = stall->full_size,
         .small_passed = stall->small_passed,
         .large_passed = stall->large_passed,
         .later_sacked = sent->later_sacked,
         .idle_before = clock_seconds(sent->idle_before),
         .other_side_alive =
             sent->other_side_alive ||
             (!stall->delivered &&
              c->flow->side[other_dir(dir)].packets > sent->other_packets));
}

static void zero_window(const struct context *c, enum dir dir, uint32_t index)
{
    const struct closure *closed = &detail_of(c, dir)->closures[index];
    int64_t until = closed->reopened ? closed->until : c->flow->last_time;
    if (!closed->reopened && !c->flow->over)
        until = c->capture_end;
    TELL(c->out, tcp_zero_window, .by = name_of(dir),
         .seconds = clock_between(closed->since, until),
         .reopened = closed->reopened, .probes = closed->probes);
}

static void gap(const struct context *c, enum dir dir, uint32_t index)
{
    (void)index;
    TELL(c->out, tcp_gap, .by = name_of(dir),
         .bytes = c->flow->side[dir].missed + c->flow->side[dir].cut_off);
}

/* For how long both sides were heard and it did not come. */
static int64_t lost_for(const struct flow *flow, const struct hole *lost)
{
    int64_t client = elapsed(lost->time, flow->side[C2S].last_time);
    int64_t server = elapsed(lost->time, flow->side[S2C].last_time);
    return client < server ? client : server;
}

static void hole(const struct context *c, enum dir dir, uint32_t index)
{
    const struct flow_detail *detail = detail_of(c, dir);
    uint32_t bytes = detail->lost.end - detail->lost.start;
    uint32_t full = sequence_full_size(c->flow, dir);
    (void)index;
    TELL(c->out, tcp_hole, .by = name_of(dir), .bytes = bytes,
         .seconds = clock_seconds(lost_for(c->flow, &detail->lost)),
         .large_passed = detail->largest >= (bytes < full ? bytes : full));
}

static void conflict(const struct context *c, enum dir dir, uint32_t index)
{
    const struct conflict *k = &detail_of(c, dir)->conflict;
    const struct flow_side *side = &c->flow->side[dir];
    (void)index;
    TELL(c->out, tcp_conflict, .by = name_of(dir),
         .offset = k->first.seq - side->first_seq, .bytes = k->first.length,
         .bytes_again = k->length, .ttl = k->first.ttl, .ttl_again = k->ttl,
         .delay = clock_between(k->first.time, k->time));
}

static void standstill(const struct context *c, enum dir dir, uint32_t index)
{
    (void)index;
    TELL(c->out, tcp_standstill, .by = name_of(dir),
         .segments = detail_of(c, dir)->standing.segments);
}

/* ---- silence: the one that takes thought ---- */

/* When the first side closed, or reset; 0 if none did. */
static int64_t closing_time(const struct flow *flow)
{
    int64_t first = 0;
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        const struct flow_side *side = &flow->side[dir];
        if (side->fin && (first == 0 || side->detail->fin.time < first))
            first = side->detail->fin.time;
        if (side->reset && (first == 0 || side->detail->reset.time < first))
            first = side->detail->reset.time;
    }
    return first;
}

/* Who sent the last content; false if nobody did.  A question may be stored
 * after its answer; where the times are far apart, the clock jumped. */
static bool last_speaker(const struct flow *flow, enum dir *dir)
{
    const struct flow_side *client = &flow->side[C2S];
    const struct flow_side *server = &flow->side[S2C];
    int64_t ahead = client->last_content_time - server->last_content_time;
    bool known = client->last_content_frame && server->last_content_frame;
    if (known && ahead != 0 && ahead < CLOCK_SECOND && ahead > -CLOCK_SECOND)
        *dir = ahead > 0 ? C2S : S2C;
    else
        *dir =
            client->last_content_frame > server->last_content_frame ? C2S : S2C;
    return client->last_content_frame > 0 || server->last_content_frame > 0;
}

static void silence(const struct context *c, enum dir dir, uint32_t index)
{
    const struct flow *flow = c->flow;
    const struct flow_side *side = &flow->side[dir];
    bool spoke = last_speaker(flow, &dir);
    int64_t closed = closing_time(flow);
    int64_t since = spoke ? side->last_content_time : flow->established_time;
    int64_t until = closed ? closed : c->capture_end;

    (void)index;
    TELL(c->out, tcp_silence, .speaker = spoke ? name_of(dir) : SPAN("none"),
         .acknowledged = spoke && ahead(side->acked, side->next_seq) >= 0,
         .seconds = clock_between(since, until),
         .retransmissions = spoke ? side->detail->last_again : 0,
         .open = closed == 0);
}

static bool was_silent(const struct flow *flow, int64_t capture_end,
                       struct item *item)
{
    bool spoke = last_speaker(flow, &item->dir);
    int64_t closed = closing_time(flow);

    if (flow->handshake != FLOW_FULL && flow->handshake != FLOW_MIDSTREAM)
        return false;
    if (!spoke && (flow->handshake == FLOW_MIDSTREAM ||
                   flow->side[C2S].missed > 0 || flow->side[S2C].missed > 0))
        return false; /* somebody did, but it was not captured */
    if (spoke) {
        item->time = flow->side[item->dir].last_content_time;
        item->frame = flow->side[item->dir].last_content_frame;
    } else {
        item->time = flow->established_time;
        item->frame = flow->side[C2S].detail->established_frame;
    }
    return elapsed(item->time, closed ? closed : capture_end) >= SILENCE_MIN;
}

/* ---- collecting and sorting ---- */

static void add(struct items *items, struct item item)
{
    assert(items->n < ITEMS_MAX);
    size_t at = items->n++;
    for (; at > 0 && items->list[at - 1].frame > item.frame; at--)
        items->list[at] = items->list[at - 1];
    items->list[at] = item;
}

static void add_handshake(struct items *items, const struct flow *flow)
{
    const struct flow_detail *client = flow->side[C2S].detail;
    const struct flow_detail *server = flow->side[S2C].detail;

    if (flow->handshake == FLOW_FULL && flow->syn_count > 0)
        add(items, (struct item){client->established_frame,
                                 flow->established_time, connect, C2S, 0});
    if (flow->handshake == FLOW_SYN_ONLY)
        add(items, (struct item){client->last_syn_frame, client->last_syn_time,
                                 syn_unanswered, C2S, 0});
    if (server && server->refusals > 0)
        add(items, (struct item){server->refusal.frame, server->refusal.time,
                                 refused, S2C, 0});
    if (server && server->synack_numbers > 1)
        add(items,
            (struct item){server->last_synack_frame, server->last_synack_time,
                          synack_changed, S2C, 0});
    /* Where no SYN of the client was captured, its ACK may be missing too. */
    if (flow->handshake == FLOW_HALF && flow->syn_count > 0)
        add(items, (struct item){server->synack_frame, flow->synack_time,
                                 synack_unanswered, S2C, 0});
}

static void add_side(struct items *items, const struct flow *flow, enum dir dir)
{
    const struct flow_side *side = &flow->side[dir];
    const struct flow_detail *detail = side->detail;
    bool answered = flow->handshake == FLOW_HALF && dir == C2S;

    if (!detail)
        return;
    if (detail->reset.frame && !answered)
        add(items, (struct item){detail->reset.frame, detail->reset.time,
                                 was_reset, dir, 0});
    if (side->fin)
        add(items,
            (struct item){detail->fin.frame, detail->fin.time, fin, dir, 0});
    if (side->missed > 0)
        add(items, (struct item){detail->missed_frame, detail->missed_time, gap,
                                 dir, 0});
    else if (side->cut_off > 0)
        add(items,
            (struct item){detail->cut_frame, detail->cut_time, gap, dir, 0});
    if (detail->lost.frame && lost_for(flow, &detail->lost) >= SILENCE_MIN)
        add(items,
            (struct item){detail->lost.frame, detail->lost.time, hole, dir, 0});
    if (detail->conflict.frame)
        add(items, (struct item){detail->conflict.frame, detail->conflict.time,
                                 conflict, dir, 0});
    const struct standing *standing = &detail->standing;
    if (standing->segments == side->segments && standing->grew &&
        standing->shrank)
        add(items,
            (struct item){standing->frame, standing->time, standstill, dir, 0});
    for (uint32_t i = 0; i < detail->stall_n; i++)
        add(items,
            (struct item){detail->stalls[i].sent.last_frame,
                          detail->stalls[i].sent.last_time, stall, dir, i});
    for (uint32_t i = 0; i < detail->closure_n; i++)
        add(items,
            (struct item){detail->closures[i].frame, detail->closures[i].since,
                          zero_window, dir, i});
}

int64_t flow_quiet_for(const struct flow *flow, int64_t capture_end)
{
    int64_t quiet = elapsed(flow->last_time, capture_end);
    return quiet > WATCHED_MAX ? 0 : quiet;
}

void flow_tell(const struct flow *flow, int64_t capture_end, struct facts *out)
{
    int64_t watched = flow->last_time + flow_quiet_for(flow, capture_end);
    const struct context context = {flow, watched, out};
    struct items items; /* some kilobytes: not zeroed for each flow */
    items.n = 0;
    struct item item = {.tell = silence};

    add_handshake(&items, flow);
    for (enum dir dir = C2S; dir <= S2C; dir++)
        add_side(&items, flow, dir);
    if (was_silent(flow, watched, &item))
        add(&items, item);
    for (size_t i = 0; i < items.n; i++) {
        facts_stamp(out, items.list[i].frame, items.list[i].time);
        items.list[i].tell(&context, items.list[i].dir, items.list[i].index);
    }
}

/* lab.h - packets said shortly, and the facts that came of them.
 *
 *   lab_open(&lab);
 *   C(.flags = TCP_SYN, .seq = 100);
 *   S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
 *   lab_end(&lab);
 *   FACT_IS(&lab, tcp_synack_unanswered, 0)->count ...
 *
 * Each packet comes 10 ms after the one before, unless .at (ms) says when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_UNIT_FLOW_LAB_H
#define TESTS_UNIT_FLOW_LAB_H

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flow/flow.h"

enum { CLIENT_PORT = 40000, SERVER_PORT = 143, MSS = 1460 };

struct say {
    uint8_t flags;
    uint32_t seq, ack;
    uint32_t n;         /* bytes of content */
    uint32_t cut;       /* of these, not captured */
    const char *text;   /* its content; NULL: zeros */
    double at;          /* milliseconds; 0: 10 after the last one */
    uint8_t ttl;        /* 0: 64 from the client, 57 from the server */
    uint16_t id;        /* 0: the next of a counter; NO_ID: 0 */
    uint16_t window;    /* 0: 500; NO_WINDOW: 0 */
    uint16_t port;      /* of the client; 0: CLIENT_PORT */
    uint16_t to;        /* port of the server; 0: SERVER_PORT */
    uint32_t timestamp; /* 0: no option */
    uint32_t sack;      /* left edge of a block; 0: none */
    uint32_t path;      /* VLAN or tunnel */
    bool mss, bad_checksum, ipv6;
};

enum { NO_ID = 0xffff, NO_WINDOW = 0xffff };

struct lab {
    struct flow_table *table;
    struct facts *facts; /* of all flows that ended, in that order */
    uint64_t frame;
    int64_t time;
    uint16_t ids[2];
    struct flow_event last;
    uint64_t ended[64]; /* numbers */
    size_t ended_n;
    struct flow copy;    /* of the flow that ended last; no details */
    int64_t capture_end; /* 0: the last packet */
};

static inline void lab_ended(void *user, struct flow *flow)
{
    struct lab *lab = user;
    if (lab->ended_n < 64)
        lab->ended[lab->ended_n] = flow->number;
    lab->ended_n++;
    lab->copy = *flow;
    flow_tell(flow, lab->capture_end ? lab->capture_end : lab->time,
              lab->facts);
}

static inline int lab_rank(uint16_t port)
{
    return port == 143 || port == 993 || port == 2525;
}

static inline void lab_open(struct lab *lab)
{
    *lab = (struct lab){.time = INT64_C(1700000000) * CLOCK_SECOND};
    struct flow_table_hooks hooks = {lab_ended, lab_rank, lab};
    lab->table = flow_table_new(&hooks);
    lab->facts = facts_new(1);
}

static inline void lab_end(struct lab *lab)
{
    flow_table_end(lab->table);
}

static inline void lab_close(struct lab *lab)
{
    flow_table_free(&lab->table);
    facts_free(&lab->facts);
}

static inline struct address lab_address(bool ipv6, uint8_t last)
{
    uint8_t bytes[16] = {192, 0, 2, last};
    return address_of((struct span){bytes, ipv6 ? 16 : 4});
}

static inline struct flow_event lab_say(struct lab *lab, enum dir dir,
                                        const struct say *say)
{
    static const uint8_t content[4096];
    static const int64_t start = INT64_C(1700000000) * CLOCK_SECOND;
    struct packet p = {.kind = PACKET_TCP};
    uint16_t client = say->port ? say->port : CLIENT_PORT;
    uint16_t server = say->to ? say->to : SERVER_PORT;

    lab->time = say->at > 0 ? start + (int64_t)(say->at * 1e6)
                            : lab->time + CLOCK_SECOND / 100;
    p.frame = ++lab->frame;
    p.time = lab->time;
    p.path = say->path;
    p.source = lab_address(say->ipv6, dir == C2S ? 1 : 9);
    p.destination = lab_address(say->ipv6, dir == C2S ? 9 : 1);
    p.ttl = say->ttl ? say->ttl : dir == C2S ? 64 : 57;
    if (!say->ipv6)
        p.ip_id = say->id == NO_ID ? 0 : say->id ? say->id : ++lab->ids[dir];
    p.tcp.source_port = dir == C2S ? client : server;
    p.tcp.destination_port = dir == C2S ? server : client;
    p.tcp.seq = say->seq;
    p.tcp.ack = say->ack;
    p.tcp.flags = say->flags;
    p.tcp.window = say->window == NO_WINDOW ? 0
                   : say->window            ? say->window
                                            : 500;
    p.tcp.has_mss = say->mss;
    p.tcp.mss = say->mss ? MSS : 0;
    p.tcp.has_timestamps = say->timestamp != 0;
    p.tcp.timestamp = say->timestamp;
    if (say->sack) {
        p.tcp.sack_count = 1;
        p.tcp.sack[0].left = say->sack;
        p.tcp.sack[0].right = say->sack + 1;
    }
    p.tcp.bad_checksum = say->bad_checksum;
    p.length = say->n;
    p.payload =
        span_first((struct span){content, sizeof content}, say->n - say->cut);
    if (say->text) {
        p.payload = span_of(say->text);
        p.length = (uint32_t)p.payload.n;
    }
    lab->last = flow_table_packet(lab->table, &p);
    return lab->last;
}

/* From the client, from the server; the lab is called `lab` in all tests. */
#define C(...) lab_say(&lab, C2S, &(struct say){__VA_ARGS__})
#define S(...) lab_say(&lab, S2C, &(struct say){__VA_ARGS__})

/* The client's first byte is 101, the server's 501. */
static inline void lab_handshake(struct lab *lab_)
{
    const struct say syn = {.flags = TCP_SYN, .seq = 100, .mss = true};
    const struct say synack = {
        .flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .mss = true};
    const struct say ack = {.flags = TCP_ACK, .seq = 101, .ack = 501};
    lab_say(lab_, C2S, &syn);
    lab_say(lab_, S2C, &synack);
    lab_say(lab_, C2S, &ack);
}

/* The i-th fact of a kind, which must be there. */
static inline const void *lab_fact(const struct lab *lab,
                                   enum fact_kind_number kind, size_t i)
{
    const struct fact *fact = facts_get(lab->facts, kind, i);
    assert_non_null(fact);
    return fact->values;
}

#define TOLD(kind, i)                                                          \
    ((const struct fact_##kind *)lab_fact(&lab, FACT_KIND_##kind, (i)))
#define COUNT(kind)    facts_count(lab.facts, FACT_KIND_##kind)
#define FRAME(kind, i) (facts_get(lab.facts, FACT_KIND_##kind, (i))->frame)

static inline void assert_text(struct span text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    assert_memory_equal(text.p, expected, text.n);
}

static inline void assert_seconds(double seconds, double expected)
{
    assert_true(seconds > expected - 1e-6 && seconds < expected + 1e-6);
}

#endif

/* stream_nids.c - the libnids adapter: libnids is never shown the wire.
 *
 * It is played clean IPv4 conversations instead: source and destination
 * "addresses" are the conversation's number and side, the handshake is always
 * there and in order, URG, options, FIN and RST never are.  So IPv6, tunnels,
 * offloaded checksums, captures that begin in the middle and forged resets are
 * no matter to it.  What remains is its subject: segments into order.
 *
 *   client 0.0.0.N                     server 128.0.0.N
 *      SYN seq=0, window scale 14 ->
 *                                   <- SYN-ACK seq=0, window scale 14
 *      ACK ->
 *      content, seq = 1 + position ->       (or <-)
 *
 * Traps of libnids 1.26 that this file knows:
 *   - It calls the half that *received* the bytes `client` when the client
 *     did: what the server sent is in tcp->client.
 *   - It drops segments that are not within window << scale of what the
 *     receiver acknowledged.  Scale 14 makes that 1 GiB; acknowledgements are
 *     played before a one-sided stream gets there.
 *   - It throws a queue away once the queue's size passes 64 KiB.  The size of
 *     a segment includes sk_buff_size; as that is -70000, sizes count
 *     downwards and never get there.  The int they are summed in holds about
 *     31000 segments; stream.c's cap on what waits stays below (see there).
 *   - Its counters are 32-bit and wrap; only their differences are used here.
 *   - nids_exit() leaks callbacks that are still registered.
 *
 * A handshake and an end cost as much as the content of a short session, so a
 * conversation that is over leaves its place in libnids to the next one, whose
 * bytes continue the sequence numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stream/played.h"

#include <arpa/inet.h>
#include <assert.h>
#include <nids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IP_HEADER = 20,
    TCP_HEADER = 20,
    SYN_OPTIONS = 4,   /* window scale, and a NOP to fill up */
    FRAME_MAX = 65535, /* of one IPv4 packet */
    CONTENT_MAX = FRAME_MAX - IP_HEADER - TCP_HEADER,
    FLAG_SYN = 0x02,
    FLAG_ACK = 0x10,
    ACK_EVERY = 1 << 28, /* bytes; libnids' window is 1 << 30 */
    STREAMS_MAX = 1 << 24,
    IDLE_MAX = 64,              /* conversations kept for the next ones */
    IDLE_BUFFER_MAX = 32768,    /* bytes of buffer that each may keep */
    IDLE_REACHED_MAX = 1 << 30, /* long before the counters wrap */
};

static const uint8_t window_scale_14[SYN_OPTIONS] = {1, 3, 3, 14};

/* One engine per process, as libnids is. */
static struct {
    pcap_t *pcap;
    played_bytes *bytes;
    uint32_t last_number;
    size_t open, max_open;
    struct played *opening; /* whose handshake is being played */
    struct played *playing; /* who is inside nids_pcap_handler() */
    enum dir dir;           /* which way */
    struct played idle[IDLE_MAX];
    size_t idle_count;
} engine;

static _Alignas(8) uint8_t frame[FRAME_MAX];

static void put16(uint8_t *p, unsigned value)
{
    uint16_t wire = htons((uint16_t)value);
    memcpy(p, &wire, sizeof wire);
}

static void put32(uint8_t *p, uint32_t value)
{
    uint32_t wire = htonl(value);
    memcpy(p, &wire, sizeof wire);
}

/* What is the same in all packets; the rest stays 0, the checksums are off. */
static void prepare_frame(void)
{
    frame[0] = 0x45; /* version 4, five words */
    frame[8] = 64;   /* TTL */
    frame[9] = IPPROTO_TCP;
    put16(frame + IP_HEADER + 14, 65535); /* window */
}

/* Plays one packet: the headers, and n bytes that are already in the frame. */
static void play(const struct played *played, enum dir dir, unsigned flags,
                 uint32_t seq, uint32_t ack, size_t n)
{
    size_t options = flags & FLAG_SYN ? SYN_OPTIONS : 0;
    size_t total = IP_HEADER + TCP_HEADER + options + n;
    uint8_t *ip = frame;
    uint8_t *tcp = frame + IP_HEADER;
    uint32_t client = played->number;
    uint32_t server = played->number | UINT32_C(1) << 31;

    assert(total <= FRAME_MAX);
    put16(ip + 2, (unsigned)total);
    put32(ip + 12, dir == C2S ? client : server);
    put32(ip + 16, dir == C2S ? server : client);
    put32(tcp + 4, seq);
    put32(tcp + 8, ack);
    tcp[12] = (uint8_t)((TCP_HEADER + options) / 4 << 4);
    tcp[13] = (uint8_t)flags;
    if (options)
        memcpy(tcp + TCP_HEADER, window_scale_14, SYN_OPTIONS);

    /* libnids keeps a pointer to the header. */
    static struct pcap_pkthdr header;
    header.caplen = (bpf_u_int32)total;
    header.len = (bpf_u_int32)total;
    nids_pcap_handler(NULL, &header, frame);
}

static void acknowledge(struct played *played, enum dir dir)
{
    enum dir back = dir == C2S ? S2C : C2S;
    play(played, back, FLAG_ACK, 1 + (uint32_t)played->reached[back],
         1 + (uint32_t)played->reached[dir], 0);
    played->acked[dir] = played->reached[dir];
}

void played_feed(struct played *played, enum dir dir, uint64_t position,
                 struct span bytes)
{
    enum dir back = dir == C2S ? S2C : C2S;
    assert(played->tcp && !engine.playing);
    engine.playing = played;
    engine.dir = dir;
    position += played->begun[dir];
    while (bytes.n > 0) {
        struct span part = span_first(bytes, CONTENT_MAX);
        memcpy(frame + IP_HEADER + TCP_HEADER, part.p, part.n);
        play(played, dir, FLAG_ACK, 1 + (uint32_t)position,
             1 + (uint32_t)played->reached[back], part.n);
        played->acked[back] = played->reached[back];
        if (played->reached[dir] - played->acked[dir] >= ACK_EVERY)
            acknowledge(played, dir);
        position += part.n;
        bytes = span_skip(bytes, part.n);
    }
    engine.playing = NULL;
}

static void hand_over(struct tcp_stream *tcp)
{
    struct played *played = engine.playing;
    assert(played && played->tcp == tcp);
    const struct half_stream *receiver =
        engine.dir == C2S ? &tcp->server : &tcp->client;
    size_t n = (uint32_t)receiver->count - (uint32_t)receiver->offset;
    size_t fresh = (size_t)receiver->count_new;
    struct span bytes = {(const uint8_t *)receiver->data, n};

    assert(fresh > 0 && fresh <= n);
    played->reached[engine.dir] += fresh;
    size_t used = engine.bytes(played, engine.dir, bytes, fresh);
    assert(used <= n);
    nids_discard(tcp, (int)used);
}

static void on_libnids(struct tcp_stream *tcp, void **user)
{
    (void)user; /* libnids finds the conversation, and we know which it is */
    if (tcp->nids_state == NIDS_DATA) {
        hand_over(tcp);
    } else if (tcp->nids_state == NIDS_JUST_EST) {
        tcp->client.collect = 1;
        tcp->server.collect = 1;
        engine.opening->tcp = tcp;
    }
}

/* 1 .. 2^31-1, round and round; the top bit is the side. */
static uint32_t next_number(void)
{
    engine.last_number = (engine.last_number + 1) & INT32_MAX;
    if (engine.last_number == 0)
        engine.last_number = 1;
    return engine.last_number;
}

static void handshake(struct played *played)
{
    *played = (struct played){.number = next_number()};
    engine.opening = played;
    play(played, C2S, FLAG_SYN, 0, 0, 0);
    play(played, S2C, FLAG_SYN | FLAG_ACK, 0, 1, 0);
    play(played, C2S, FLAG_ACK, 1, 1, 0);
    engine.opening = NULL;
    assert(played->tcp);
}

void played_open(struct played *played)
{
    assert(engine.pcap && engine.open < engine.max_open && !engine.playing);
    if (engine.idle_count > 0) {
        *played = engine.idle[--engine.idle_count];
        memcpy(played->begun, played->reached, sizeof played->begun);
    } else {
        handshake(played);
    }
    engine.open++;
}

/* libnids holds none of its bytes, neither in order nor waiting. */
static bool is_empty(const struct half_stream *half)
{
    return !half->list && half->count == half->offset &&
           half->bufsize <= IDLE_BUFFER_MAX;
}

static bool can_go_on(const struct played *played)
{
    return is_empty(&played->tcp->client) && is_empty(&played->tcp->server) &&
           played->reached[C2S] < IDLE_REACHED_MAX &&
           played->reached[S2C] < IDLE_REACHED_MAX;
}

void played_close(struct played *played)
{
    assert(!engine.playing);
    if (!played->tcp)
        return;
    if (engine.idle_count < IDLE_MAX && can_go_on(played))
        engine.idle[engine.idle_count++] = *played;
    else
        nids_free_tcp_stream(played->tcp);
    played->tcp = NULL;
    engine.open--;
}

/* What libnids would write to the system log: only about packets we made. */
static void no_syslog(int type, int number, struct ip *ip, void *data)
{
    (void)type;
    (void)number;
    (void)ip;
    (void)data;
}

static void no_memory(char *where)
{
    fprintf(stderr, "mailwhy: out of memory (libnids: %s)\n", where);
    abort();
}

/* nids.h declares the callback as void *; ISO C has no direct cast to that. */
static void *callback(void)
{
    return (void *)(uintptr_t)on_libnids;
}

void played_start(size_t max_open, played_bytes *bytes)
{
    static struct nids_chksum_ctl off = {0, 0, NIDS_DONT_CHKSUM, 0};

    assert(!engine.pcap && max_open > 0 && max_open <= STREAMS_MAX);
    engine.pcap = pcap_open_dead(DLT_RAW, FRAME_MAX);
    engine.bytes = bytes;
    engine.max_open = max_open;
    prepare_frame();
    nids_params.pcap_desc = engine.pcap;
    /* libnids follows three quarters of this many. */
    nids_params.n_tcp_streams = (int)(max_open + max_open / 3 + 4);
    nids_params.n_hosts = 1; /* for fragments: there are none */
    nids_params.scan_num_hosts = 0;
    nids_params.sk_buff_size = -70000;
    nids_params.syslog = no_syslog;
    nids_params.no_mem = no_memory;
    nids_params.pcap_filter = NULL;
    nids_params.multiproc = 0;
    nids_params.one_loop_less = 0;
    nids_params.tcp_workarounds = 0;
    nids_params.tcp_flow_timeout = 0;
    bool ready = engine.pcap && nids_init();
    assert(ready); /* nothing in it depends on the capture */
    nids_register_chksum_ctl(&off, 1);
    nids_register_tcp(callback());
}

void played_stop(void)
{
    assert(engine.pcap && engine.open == 0 && !engine.playing);
    while (engine.idle_count > 0)
        nids_free_tcp_stream(engine.idle[--engine.idle_count].tcp);
    nids_unregister_tcp(callback());
    nids_exit();
    nids_params.pcap_desc = NULL;
    pcap_close(engine.pcap);
    engine.pcap = NULL;
}

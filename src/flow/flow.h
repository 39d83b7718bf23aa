/* flow.h - TCP connections: who, what happened, and what did not.
 *
 * The table finds the connection of each packet and follows its states without
 * allocating per packet.  It knows nothing of mail.  What it saw it tells as
 * facts (flow_tell), when the connection is over and absences are known.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/address.h"
#include "fact/store.h"
#include "net/packet.h"

enum {
    FLOWS_MAX = 1 << 17, /* connections followed at once; the one that was
                            quiet longest is ended to make room */
};

enum flow_handshake {
    FLOW_MIDSTREAM, /* no SYN was captured */
    FLOW_SYN_ONLY,
    FLOW_REFUSED, /* SYN answered by RST */
    FLOW_HALF,    /* SYN-ACK came, the client never acknowledged it */
    FLOW_FULL,
};

enum flow_end {
    FLOW_OPEN,
    FLOW_CLIENT_FIN, /* who closed first */
    FLOW_SERVER_FIN,
    FLOW_CLIENT_RESET, /* reset before both had closed */
    FLOW_SERVER_RESET,
};

/* What a SYN or SYN-ACK offered.  Bits. */
enum flow_option {
    FLOW_SYN_SEEN = 1,
    FLOW_MSS = 2,
    FLOW_WINDOW_SCALE = 4,
    FLOW_SACK = 8,
    FLOW_TIMESTAMPS = 16,
};

/* What one side did.  Bytes are of content; each is counted once. */
struct flow_side {
    struct address address;
    uint16_t port;
    bool seen; /* a packet of it was captured */
    bool seq_known;
    uint32_t first_seq; /* of the first byte of content */
    uint32_t next_seq;  /* one past the highest byte seen */
    uint32_t acked;     /* highest acknowledgement the other side sent */
    uint64_t bytes;
    uint64_t packets, segments; /* segments: those with content */
    uint64_t retransmissions;
    uint64_t burst;       /* most segments in a row that were sent again */
    uint64_t reordered;   /* segments that others had overtaken */
    int64_t rtt_least, rtt_worst; /* from the capture to the other side and
                                     back: of handshake and content; of content
                                     in bulk, smoothed.  0: unknown */
    uint32_t window_max;  /* largest receive window announced; 0: unknown */
    uint64_t missed; /* bytes acknowledged by the other side, never captured */
    uint64_t truncated; /* segments with content cut short by the capture */
    uint64_t cut_off;   /* bytes of content that this cost */
    int64_t first_time, last_time; /* of packets */
    int64_t last_content_time;
    uint64_t first_frame, last_frame, last_content_frame;
    uint8_t ttl;     /* the usual one */
    uint8_t options; /* enum flow_option, or-ed */
    uint8_t mac[6];  /* its packets came from; all zero: unknown */
    bool fin, reset;
    /* more, private to flow/: */
    struct flow_detail *detail;
};

struct flow {
    uint64_t number; /* 1, 2, ... in the order of their first packet */
    uint32_t path;   /* of its first packet */
    struct flow_side side[2]; /* by enum dir: side[C2S] is the client */
    enum flow_handshake handshake;
    enum flow_end end;
    uint32_t syn_count;
    int64_t syn_time, synack_time, established_time; /* 0: never */
    int64_t first_time, last_time;
    uint64_t first_frame, last_frame;
    int64_t rtt;         /* of the handshake; 0 if unknown */
    int64_t idle_max;    /* longest pause between packets */
    uint64_t duplicates; /* packets that the capture shows twice */
    bool over;           /* closed or reset, both sides */
    bool translated;     /* another, with the addresses before a translator
                            (NAT), is the same connection: all is duplicate */
    void *user;          /* of whoever asked for it */
};

/* What a packet was to its flow, for whoever takes its content. */
struct flow_event {
    struct flow *flow;
    enum dir dir;
    bool is_new;      /* the first packet of this flow */
    bool duplicate;   /* the capture shows this packet twice: ignore it */
    bool dropped;     /* its receiver dropped it, so ignore it: its checksum is
                       wrong where those of its neighbours are right, or it
                       belongs to an older connection */
    bool new_content; /* it carries bytes not seen before */
};

struct flow_table;

/* `ended` is called once for each flow, when it is over for good (closed and
 * quiet, evicted, or flow_table_end()); it is freed afterwards. */
struct flow_table_hooks {
    void (*ended)(void *user, struct flow *flow);
    /* Which of two ports looks more like a server's: for flows without SYN.
     * Higher is more.  May be NULL. */
    int (*port_rank)(uint16_t port);
    void *user;
};

struct flow_table *flow_table_new(const struct flow_table_hooks *hooks);
void flow_table_free(struct flow_table **table);

/* Takes a TCP packet.  The flow is valid until its `ended` call. */
struct flow_event flow_table_packet(struct flow_table *table,
                                    const struct packet *packet);

/* Finds the flow that an ICMP error quotes; NULL if none.  *dir is the side
 * that sent the quoted packet. */
struct flow *flow_table_quoted(struct flow_table *table,
                               const struct packet *icmp, enum dir *dir);

/* Takes an answer to ping: it tells how far away the host itself is. */
void flow_table_echo(struct flow_table *table, const struct packet *icmp);

/* Ends flows that have been over, or quiet, for long by this time: that of the
 * current packet, or the wall clock's of a live capture that is idle. */
void flow_table_tick(struct flow_table *table, int64_t now);

/* Ends all that is left, in order of their numbers. */
void flow_table_end(struct flow_table *table);

/* How long (ns) one could have watched the flow after its last packet; 0 where
 * the clock must have jumped until the end. */
int64_t flow_quiet_for(const struct flow *flow, int64_t capture_end);

/* Tells tcp.* facts about a flow that has ended.  `capture_end` is the time of
 * the last packet of the capture: an absence is told with how long one could
 * have seen the answer. */
void flow_tell(const struct flow *flow, int64_t capture_end, struct facts *out);

/* Counts over the whole capture. */
struct flow_counts {
    uint64_t flows, duplicates, bad_checksums, super_segments, clock_steps,
        evicted, missed_bytes;
};
const struct flow_counts *flow_table_counts(const struct flow_table *table);

#endif

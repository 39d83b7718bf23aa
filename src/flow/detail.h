/* detail.h - what flow/ remembers of one side of a connection.
 *
 * Inside flow/ only.  Of fixed size, so that following a packet allocates
 * nothing; the lists keep the first or the worst of what they are for.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FLOW_DETAIL_H
#define FLOW_DETAIL_H

#include "flow/flow.h"

enum {
    PRINTS = 8,       /* packets in which a second copy is looked for */
    SENT_MAX = 8,     /* segments not acknowledged, the oldest ones */
    HOLES_MAX = 4,    /* bytes passed over and not seen yet */
    STALLS_MAX = 4,   /* those sent most often are kept */
    HEADS_MAX = 4,    /* segments whose first bytes are remembered */
    HEAD_BYTES = 32,  /* enough to tell two answers from each other */
    CLOSURES_MAX = 4, /* zero windows; the longest are kept */
    WORDS_MAX = 400,  /* bytes of a list of signs in words */
    STALL_SENDS = 3,  /* so often sent, a segment is stalled */
};

/* What must be equal for a packet to be another copy of the same. */
struct print {
    uint32_t seq, ack, length, timestamp, timestamp_echo, sack_left;
    uint16_t window, ip_id;
    uint8_t flags, version, ttl;
    int64_t time;
};

/* The last SYNs that began a connection each, and their ends. */
enum { OPENINGS = 32 }; /* those of a router with many clients, in a moment */
struct opening {
    struct print print;
    struct address source, destination;
    uint16_t source_port, destination_port;
};
struct openings {
    struct opening list[OPENINGS];
    uint32_t n, next;
};

/* A segment on its way. */
struct sent {
    uint32_t seq, end, length; /* length: of its shortest sending */
    uint32_t count;            /* how often it was sent */
    uint64_t first_frame, last_frame;
    int64_t first_time, last_time;
    int64_t idle_before;    /* pause of the connection before the first */
    uint64_t other_packets; /* of the other side, when first sent */
    bool later_sacked, other_side_alive;
};

struct stall {
    struct sent sent;
    bool delivered, full_size, small_passed, large_passed;
    int64_t until; /* the last sending, or the acknowledgement */
};

/* Sequence numbers that were passed over: lost, late, or not captured. */
struct hole {
    uint32_t start, end;
    int64_t time; /* when they were passed over */
    uint64_t frame;
};

/* How a segment began, in case it comes again and says something else. */
struct head {
    uint32_t seq, length;
    int64_t time;
    uint8_t ttl, n; /* n: bytes kept */
    uint8_t bytes[HEAD_BYTES];
};

/* The first time that it did. */
struct conflict {
    uint64_t frame; /* 0: never */
    int64_t time;
    struct head first;
    uint32_t length;
    uint8_t ttl;
};

/* Segments that begin where the side's content does; the last one's packet. */
struct standing {
    uint64_t segments, frame;
    int64_t time;
    uint32_t length;
    bool grew, shrank; /* a longer, a shorter one followed */
};

/* A time during which this side took no bytes. */
struct closure {
    uint64_t frame;
    int64_t since, until;
    uint32_t probes;
    bool reopened;
};

enum reset_state { RESET_ESTABLISHED, RESET_CLOSING, RESET_CLOSED };

/* Signs that a reset was not sent by who it says.  Bits. */
enum reset_sign {
    SIGN_TTL = 1,
    SIGN_IP_ID = 2,
    SIGN_DATA_AFTER = 4,
    SIGN_OLD_SEQ = 8,
    SIGN_SERIES = 16,
    SIGN_NO_TIMESTAMP = 32,
    SIGN_BOTH = 64,
    SIGN_TOO_FAST = 128,
    SIGN_SYNACK_AFTER = 256, /* of a refusal */
};

/* The first reset of one side. */
struct reset {
    uint64_t frame; /* 0: none */
    int64_t time;
    uint32_t seq, ack;
    uint8_t ttl, ttl_usual;
    unsigned signs; /* enum reset_sign, or-ed */
    enum reset_state state;
    int64_t delay, idle_before;
    uint64_t bytes[2];
    bool data_after;
};

struct flow_detail {
    /* what it announced in its SYN */
    uint16_t mss;    /* 0: unknown */
    bool timestamps; /* its segments carry them */

    /* handshake */
    uint32_t syn_timestamp, first_syn_timestamp; /* of the last, the first */
    int64_t last_syn_time;
    uint64_t last_syn_frame;
    uint32_t synack_count;
    uint32_t synack_seq, synack_numbers; /* of the last; different ones */
    uint64_t synack_frame, last_synack_frame;
    int64_t last_synack_time;
    uint8_t synack_ttl;
    uint8_t ttl_elsewhere; /* of the host's other packets, known at the end */
    bool window_opened;    /* it allowed content at some time */
    uint64_t established_frame; /* kept on the client's side */
    uint32_t refusals;          /* SYNs it refused */

    /* who sends: the RST must look like these */
    uint8_t ttl_low, ttl_high, ttl_votes;
    uint16_t last_ip_id;
    uint32_t ids_zero, ids_near, ids_far;
    int64_t ip_id_time;
    uint64_t checksums_good, checksums_bad;
    int64_t last_pause; /* of the connection, before its last packet */

    uint32_t print_n, print_next;

    /* what it sent */
    uint32_t sent_n;
    uint32_t hole_n;
    uint64_t missed_frame; /* the packet that acknowledged what is missing */
    int64_t missed_time;
    uint64_t cut_frame; /* the first that the capture cut short */
    int64_t cut_time;
    /* Content that only the number of a segment without any speaks of.  time: of
     * the last content of either side before. */
    struct hole beyond;
    struct hole lost;  /* what the other side itself lacks; frame 0: nothing */
    struct sent probe; /* keep-alives since the other side was last heard */
    uint32_t stall_n;
    uint32_t smallest_acked, largest_acked; /* lengths; 0: none */
    uint32_t largest;                       /* of all segments seen */
    int64_t acked_time;                     /* when `acked` last moved */
    uint32_t last_again; /* how often the last content was sent again */
    uint32_t again_seq;  /* of the last segment that was sent again */
    uint64_t again_row;  /* how many in a row were */
    int64_t smoothed;    /* round trip of its content; 0: none measured */
    uint8_t window_shift;

    struct standing standing;
    uint32_t head_n, head_next;
    struct conflict conflict;

    uint32_t closure_n;
    struct closure closed_now; /* since != 0: the window is shut */

    struct reset reset, refusal; /* of an open connection; of a SYN */
    struct fin {
        uint64_t frame;
        int64_t time, last_time, delay;
        uint64_t bytes[2];
        uint32_t unseen;
        uint32_t count;      /* how often it was sent */
        uint32_t after, ack; /* what acknowledges it; what it acknowledges */
        bool first;
    } fin;

    /* The lists, of which the numbers above say how much is in use.  They are
     * most of the struct and stay empty in most connections, so they are not
     * zeroed with the rest. */
    struct print prints[PRINTS]; /* a ring */
    struct sent sent[SENT_MAX];
    struct hole holes[HOLES_MAX];
    struct stall stalls[STALLS_MAX];
    struct head heads[HEADS_MAX]; /* a ring */
    struct closure closures[CLOSURES_MAX];
};

/* a - b on the circle of sequence numbers (RFC 9293 section 3.4). */
static inline int32_t ahead(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline enum dir other_dir(enum dir dir)
{
    return dir == C2S ? S2C : C2S;
}

/* Time that passed; never negative, whatever the capture's clock did. */
static inline int64_t elapsed(int64_t from, int64_t to)
{
    return to > from ? to - from : 0;
}

/* The same for two packets of which either may be stored first. */
static inline int64_t apart(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* What is known of a host from all its connections. */
struct host {
    struct address address;
    uint8_t ttl;      /* of its packets but RSTs; 0: none seen */
    uint8_t ttl_echo; /* of its answers to ping; 0: none seen */
    int64_t rtt;      /* the shortest handshake; 0: none seen */
    /* Its last SYN-ACKs in a row that were of one port and one distance. */
    struct {
        uint16_t port;
        uint8_t ttl;
        uint32_t count;
        int64_t since, until;
    } answers;
};

/* track.c: one packet.  Fills in the event but for flow and is_new. */
void track_packet(struct flow *flow, enum dir dir, const struct packet *packet,
                  struct flow_counts *counts, struct flow_event *event);

/* Nothing more will come: what is still open is now known to be so. */
void track_end(struct flow *flow, const struct host *server);

/* duplicate.c */
bool duplicate_take(struct flow_detail *detail, const struct packet *packet);
/* Of a SYN between new ends: whether a connection that just began is meant. */
bool duplicate_opens(struct openings *openings, const struct packet *packet);

/* handshake.c: SYNs, and what ends the handshake. */
void handshake_take(struct flow *flow, enum dir dir,
                    const struct packet *packet);
/* A RST of the client, before anything else looks at it. */
void handshake_reset(struct flow *flow, const struct packet *packet);
void handshake_end(struct flow *flow, const struct host *server);

/* sequence.c: content and acknowledgements.  content: bytes never seen
 * before. */
uint64_t sequence_content(struct flow *flow, enum dir dir,
                          const struct packet *packet, int64_t idle);
void sequence_acknowledged(struct flow *flow, enum dir dir,
                           const struct packet *packet);
uint32_t sequence_fin(struct flow_side *side, const struct packet *packet);
void sequence_learn(struct flow_side *side, uint32_t seq);
/* A segment without content. */
void sequence_empty(struct flow *flow, enum dir dir,
                    const struct packet *packet);
bool sequence_is_probe(const struct flow_side *side,
                       const struct packet *packet);
void sequence_probe(struct flow *flow, enum dir dir,
                    const struct packet *packet, int64_t idle);
void sequence_end(struct flow *flow);
/* As long as the path was said to allow (MSS). */
uint32_t sequence_full_size(const struct flow *flow, enum dir dir);

/* window.c: how much each side lets the other send. */
void window_options(struct flow_side *side, const struct tcp_header *tcp);
void window_take(struct flow *flow, enum dir dir, const struct packet *packet,
                 bool probe);
void window_end(struct flow_detail *detail);

/* conflict.c: whether bytes that come again are the same. */
void conflict_remember(struct flow_detail *detail, const struct packet *packet);
void conflict_compare(struct flow_detail *detail, const struct packet *packet);
void conflict_at_first(struct flow_detail *detail, const struct packet *packet);

/* reset.c */
/* The SYN was stored after the RST that refused it. */
void reset_refused_before(struct flow *flow);
/* A side goes on after the other's reset: who obeys none that is ahead of what
 * it expects says so (RFC 5961 section 3.2), and has no more than was
 * captured. */
void reset_answered(struct flow *flow, enum dir dir,
                    const struct packet *packet);
/* A FIN of this time was stored after a RST that came later. */
void reset_was_later(struct flow *flow, int64_t fin_time);
void reset_take(struct flow *flow, enum dir dir, const struct packet *packet);
void reset_content_after(struct flow *flow, enum dir dir,
                         const struct packet *packet);
/* Bytes seen before are sent again. */
void reset_content_again(struct flow *flow, enum dir dir,
                         const struct packet *packet);
void reset_end(struct flow *flow, const struct host *server);
unsigned reset_score(const struct reset *reset);
void reset_words(const struct reset *reset, char out[WORDS_MAX]);

#endif

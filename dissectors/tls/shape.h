/* shape.h - an encrypted talk by the sizes and times of its records.
 *
 * Counts until it has seen enough; then the flow needs no reassembly any more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_SHAPE_H
#define TLS_SHAPE_H

#include "fact/store.h"

enum {
    SHAPE_RECORDS = 64, /* of one side; a talk as long as this has got to the
                           mailbox, and what interests us comes before */
    SHAPE_EARLY = 4,    /* records of the server that may be session tickets */
    SHAPE_GOODBYE = 24, /* a request this short may be LOGOUT or QUIT */
};

struct shape_early {
    size_t content;
    int64_t time;
};

struct shape {
    uint64_t records[2], bytes[2];
    bool full;   /* SHAPE_RECORDS reached: what came after was not measured */
    bool missed; /* some of it is not in the capture */
    bool began;
    enum dir speaker; /* who spoke last, if somebody did */
    uint64_t exchanges;
    int64_t request_time;
    int64_t last_time, last_pause; /* of the last record, and before it */
    uint64_t last_record;          /* its content */
    uint64_t last_answer; /* content of the server since the client spoke */
    bool last_unasked;    /* the server had spoken before it too */
    uint64_t request; /* content of the client's current turn */
    uint64_t largest_request; /* the most in one turn of it */
    bool short_turn;          /* its last turn but this was as long as "DATA" */
    uint64_t short_requests;  /* such turns that more than a goodbye followed */

    /* Around the longest wait of the client; the last of those alike. */
    int64_t pause;
    uint64_t pause_request, pause_answer;
    bool answering;              /* the server's current turn ends the wait */
    uint64_t after, after_bytes; /* exchanges since then; the last's request */

    /* TLS 1.3: the server's first records, not yet known to be content. */
    bool tickets_possible, tickets_only; /* _only: the client speaks first */
    size_t tickets; /* so many of them were none */
    size_t early_n;
    struct shape_early early[SHAPE_EARLY];
};

/* TLS 1.3 without keys: session tickets look like content.  client_first: the
 * server has nothing to say before the client has (STARTTLS). */
void shape_expect_tickets(struct shape *shape, bool client_first);

/* One record of application data.  (TLS 1.0 senders put a record with no
 * content, or one byte, before each: there the counts are double.) */
void shape_record(struct shape *shape, enum dir dir, size_t content,
                  int64_t time);

/* Bytes of that side were missed, and at least a part of one record among them.
 * What is not in the capture is no silence. */
void shape_missed(struct shape *shape, enum dir dir);

/* What is known of a talk besides its records. */
struct shape_end {
    bool finished;  /* a handshake came before it */
    bool starttls;  /* the client is the first to speak */
    bool closed[2]; /* which side, by enum dir, sent close_notify */
    bool left;      /* one side said goodbye or closed the connection ... */
    enum dir left_by;   /* ... this one, before the other ... */
    int64_t left_after; /* ... so long after the handshake */
    int64_t time;       /* when that was, or else when it was over */
    struct span keys;   /* the word for what keys there were */
};

/* Tells tls.shape; nothing is told of a talk in which nobody ever spoke and
 * that no handshake came before. */
void shape_tell(struct shape *shape, const struct shape_end *end,
                struct facts *out);

#endif

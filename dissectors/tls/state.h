/* state.h - what the TLS dissector knows of one connection.
 *
 * Shared by the files of this folder only.  Lives in the flow's arena.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_STATE_H
#define TLS_STATE_H

#include "dissector.h"
#include "tls/decrypt.h"
#include "tls/record.h"
#include "tls/shape.h"

enum {
    TLS_RANDOM = 32,
    TLS_SESSION_ID = 32,
    MESSAGE_MAX = 128 << 10, /* of one handshake message; chains of certificates
                                are the longest, and stay below 32 KiB */
    HELLOS_MAX = 64,         /* of each side are read; an honest connection has
                                one, or two, or renegotiates now and then */
    NAME_MAX_BYTES = 255,    /* of a host, RFC 1035 2.3.4 */
    PREMASTER_MAX = 2048,    /* encrypted; RSA of 16384 bits */
    FOREIGN_LINE_MAX = 160,  /* of what came instead of TLS */
};

/* How far the handshake got, in order. */
enum reached {
    REACHED_NOTHING,
    REACHED_CLIENT_HELLO,
    REACHED_SERVER_HELLO,
    REACHED_CERTIFICATE,
    REACHED_SERVER_DONE,
    REACHED_CLIENT_KEY,
    REACHED_CLIENT_FINISHED,
    REACHED_FINISHED, /* both */
    REACHED_DATA,
};

/* One direction. */
struct tls_half {
    bool opened;           /* it began with a record */
    bool resync;           /* bytes were lost; a record may come next */
    bool over;             /* they were, and what follows is not read */
    size_t skip;           /* bytes of a record's body still to pass over */
    struct record waiting; /* a record of which not all has come ... */
    size_t waiting_n;      /* ... and how long it is, header included; or 0 */

    bool opens;   /* the keys have opened a record */
    bool damaged; /* one record could not be opened although they do */

    bool ccs;                /* ChangeCipherSpec was sent */
    bool finished;           /* Finished was sent, as far as one can tell */
    bool data;               /* application data was sent */
    struct decrypt *decrypt; /* opens its encrypted records; may be NULL */
    size_t content; /* TLS 1.3 without keys: of its last record, with ... */
    size_t padding; /* ... so much padding in each, as far as one can tell */

    /* Handshake messages, joined from their records. */
    uint8_t *message;
    size_t message_n, message_room;
    bool deaf; /* they can not be followed any more */

    bool foreign; /* what it sends is not TLS: its first line is collected */
    size_t line_n;
    uint8_t line[FOREIGN_LINE_MAX];
};

/* What the client asked for. */
struct tls_offer {
    unsigned hellos;
    uint16_t version; /* the highest */
    uint16_t legacy_version; /* 0: not captured */
    bool resumption;  /* of a session, was offered */
    bool early_data;  /* was announced (0-RTT) */
    uint8_t random[TLS_RANDOM];
    uint8_t session_id[TLS_SESSION_ID];
    size_t session_id_n;
    uint8_t server_name[NAME_MAX_BYTES];
    size_t server_name_n;
    uint64_t end; /* offset behind the first hello */
    int64_t time; /* of the last hello */
    int64_t first_time;
};

/* What the server made of it. */
struct tls_choice {
    unsigned hellos, retries;
    uint16_t version; /* 0: not yet known */
    const struct suite *suite;
    uint8_t random[TLS_RANDOM];
    bool resumed;
    bool encrypt_then_mac, extended_master;
};

struct tls {
    struct arena *mem;
    const struct flow_context *context;
    struct tls_half half[2]; /* by enum dir */
    struct tls_offer offer;
    struct tls_choice choice;
    enum reached reached;
    int64_t spoken; /* when something of the handshake was last said */
    size_t encrypted_flight; /* TLS 1.3 without keys: content of the server's */
    uint64_t served; /* where in its stream the server's part of it ends */
    bool midstream; /* encrypted records came first: no hello to expect */
    bool done;      /* nothing more is read */
    bool lost;      /* bytes were lost where it matters: no claims at the end */
    bool told;      /* tls.handshake was told */
    bool foreign_told;

    bool refused; /* an alert ended the handshake ... */
    enum dir refused_by;

    unsigned chains; /* how many the server has shown */
    bool certificate_requested, certificate_empty; /* of the client */
    bool client_certificate; /* TLS 1.3 without keys: it seems to send one */
    bool padding_looked_for;

    struct span premaster; /* RSA: encrypted, as the client sent it */
    uint8_t *transcript;   /* all messages until then, where RFC 7627 needs
                              them: with keys for RSA key exchange only */
    size_t transcript_n, transcript_room;
    bool keys_failed; /* keys were found and did not fit */
    bool opened_data; /* application data was decrypted */
    uint8_t *clear;   /* room for one decrypted record */
    bool closed[2];   /* by close_notify, as far as one can tell */
    bool left;        /* after the handshake one side had enough ... */
    enum dir left_by; /* ... this one, before the other */
    int64_t left_time, complete_time; /* complete: the handshake */
    struct shape shape;

    /* Without keys, see opaque.c. */
    struct tls_renegotiation {
        bool asked;             /* by the client */
        bool answered, refused; /* by the server; refused: by an alert */
        bool went_on;
    } again;
};

/* Early data may still come: nobody has keys for it here, and its records can
 * not be told from others but by that (RFC 8446 4.2.10). */
static inline bool may_be_early(const struct tls *tls, enum dir dir)
{
    return dir == C2S && tls->offer.early_data && !tls->half[C2S].opens &&
           !tls->half[C2S].finished;
}

static inline enum dir other(enum dir dir)
{
    return dir == C2S ? S2C : C2S;
}

static inline struct span side_name(enum dir dir)
{
    return dir == C2S ? SPAN("client") : SPAN("server");
}

/* Each side of TLS up to 1.2 turns encryption on by ChangeCipherSpec; in 1.3
 * the record type says it and ChangeCipherSpec means nothing. */
static inline bool is_tls13(const struct tls *tls)
{
    return tls->choice.version == VERSION_TLS13 ||
           tls->choice.version >> 8 == 0x7f; /* a draft of it */
}

#endif

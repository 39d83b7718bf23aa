/* summary.h - what became of one session, folded from its facts as they are
 * told, without opinion.  summary.c listens, summary_fact.c sums up.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_SUMMARY_H
#define SESSION_SUMMARY_H

#include "fact/store.h"
#include "flow/flow.h"
#include "session/envelopes.h"

enum tls_progress { TLS_NONE, TLS_OFFERED, TLS_STARTED, TLS_OK, TLS_FAILED };

enum {
    SUMMARY_TEXT = 64,
    SUMMARY_KEY = 128,
    SUMMARY_NAME = 256,
    SUMMARY_WORD = 33,
    SUMMARY_ISSUER = 80,
};

/* A packet up to which all was well, and what it brought.  Of each kind the
 * last is kept, so six are enough. */
enum { MILESTONES_MAX = 6 };
enum milestone_kind {
    MILESTONE_GREETING,
    MILESTONE_STARTTLS,
    MILESTONE_TLS,
    MILESTONE_LOGIN,
    MILESTONE_MAILBOX,
    MILESTONE_MESSAGE,
};
struct milestone {
    uint64_t frame;
    enum milestone_kind kind;
};

/* "the greeting", "the login", ... */
extern const char *const milestone_names[];

struct summary {
    bool greeted, greeting_refused;
    int64_t greeting_time;
    uint64_t commands, known_commands;
    uint64_t logins_ok, logins_refused;
    uint64_t received, sent, stored, refused_messages, unknown_messages;
    uint64_t stored_refused, deletions;
    uint64_t largest_stored, largest_not_stored; /* in bytes */
    uint64_t messages, uidvalidity; /* of the inbox or maildrop */
    uint64_t quota_percent;
    uint64_t refusal_ttl; /* of the RST that refused to connect */
    uint64_t recipients_refused;
    bool transfer_begun; /* a message was on its way, in either direction */
    bool mailbox_opened;
    bool another[2];       /* that side spoke another protocol than mail */
    uint64_t proxy_header; /* bytes of a balancer before the client's */
    bool stuck; /* something was never answered, or never arrived */
    /* ... a login, or the transfer of a message by SMTP.  A QUIT behind it is
     * no good end: Postfix sends it with the end of the message. */
    bool left_undone;
    bool client_goodbye, server_goodbye;
    bool starttls;         /* TLS began after STARTTLS or STLS */
    bool tls_missed;       /* and the capture missed some of it */
    bool encrypted_both;   /* unreadable content went both ways */
    bool encrypted_server; /* unreadable content came from the server */
    bool tls_closed;       /* in order, as far as sizes tell */
    enum tls_progress tls;
    char tls_version[16];
    uint64_t tls_offered, tls_hello_bytes, tls_alert;
    bool health_check;
    bool tls_hello_seen, tls_post_quantum, tls_resumption;
    char tls_reached[SUMMARY_WORD], tls_ended[SUMMARY_WORD],
        tls_ended_by[SUMMARY_WORD];
    char certificate[SUMMARY_WORD], certificate_chain[SUMMARY_WORD];
    char certificate_subject[SUMMARY_ISSUER],
        certificate_issuer[SUMMARY_ISSUER];
    bool certificate_mismatch;
    uint64_t cut_off; /* announced length of a message that was cut off */
    char server_name[SUMMARY_NAME]; /* of the ClientHello */
    char greeting_host[SUMMARY_TEXT]; /* SMTP: the name in the greeting */
    char sent_as[SUMMARY_TEXT]; /* the server's words about the last message
                                   it accepted, safe to print */
    char user[SUMMARY_TEXT];
    uint64_t account; /* a number for the whole name */
    char dismissal[SUMMARY_KEY]; /* the server's goodbye, if it said it first */
    char first_message[SUMMARY_KEY];
    struct envelopes envelopes;
    struct milestone milestones[MILESTONES_MAX]; /* in order of time */
    size_t milestone_count;
};

/* A facts_listener: user is the struct summary. */
void summary_take(void *summary, const struct fact *fact);

/* What else goes into the `session` fact. */
struct summary_context {
    const struct flow *flow;
    uint64_t id;
    struct span name;     /* what the client looked up; empty if unknown */
    const char *protocol; /* NULL: unknown */
    const char *expected; /* what the port is for; NULL: nothing known */
    bool expected_tls;    /* from the first byte */
    bool implicit_tls;    /* TLS was spoken from the first byte */
    bool content;         /* bytes of content were seen at all */
    bool decrypted;
    int64_t began; /* the time of the first packet of the capture */
    int64_t now;   /* and of the last one so far */
};

/* What the texts of the `session` fact are written into. */
struct summary_texts {
    char client[ADDRESS_TEXT], server[ADDRESS_TEXT], station[STATION_TEXT];
};

/* The `session` fact.  Its texts are borrowed from the arguments and from
 * static strings. */
struct fact_session summary_session(const struct summary *summary,
                                    const struct summary_context *context,
                                    struct summary_texts *texts);

#endif

/* result.h - what mailwhy found out about one capture: all that reports show.
 *
 * Plain data.  Strings are NUL-terminated, safe to print (control characters
 * are already escaped) and live in the result's arena, as does all the rest;
 * "" and NULL are told apart where the comment says so.  Reports read it and
 * nothing else; docs/report.schema.json describes its JSON form.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FINDING_RESULT_H
#define FINDING_RESULT_H

#include "base/arena.h"
#include "fact/store.h"
#include "rule/rule.h"
#include "rule/verdict.h"

/* The steps of getting mail, in order: also session.stage. */
enum step {
    STEP_DNS,
    STEP_CONNECT,
    STEP_GREETING,
    STEP_TLS,
    STEP_LOGIN,
    STEP_MAILBOX,
    STEP_TRANSFER,
    STEP_CLOSE,
    STEPS
};
extern const char *const step_names[STEPS]; /* "dns", "connect", ... */

enum step_state {
    STEP_ABSENT, /* not seen, or not needed: shown as - or left out */
    STEP_OK,
    STEP_FAILED,
    STEP_UNKNOWN, /* it may have happened, the capture can not show it */
};

struct step_result {
    enum step_state state;
    const char *detail; /* "21 ms", "TLSv1.3", "REFUSED"; "" for none */
};

struct result_session {
    uint64_t id;
    const char *protocol; /* imap, pop3, smtp, sieve, unknown */
    const char *security; /* plain, starttls, implicit-tls, unknown */
    const char *client_address, *server_address;
    uint16_t client_port, server_port;
    const char *server_name; /* NULL if unknown */
    int64_t start;
    double duration; /* seconds */
    uint64_t packets, first_packet, last_packet;
    const char *stage; /* how far it got: a step name */
    struct step_result steps[STEPS];
    enum verdict verdict;
    bool decrypted;
    const char *primary; /* finding id, or NULL */
    const char *summary; /* what it did, for people: "3 messages fetched"; "" */
    uint64_t attempt; /* id of the attempt that it is part of; 0: none */
    /* A later session made up for this one: its id (0: none did), and what
     * remains of the failure, DEGRADED or HEALTHY. */
    uint64_t healed_by;
    enum verdict healed_effect;
    double rtt;          /* seconds; 0 unknown */
    uint64_t retransmissions, client_bytes, server_bytes;
    bool health_check; /* of a balancer */
};

/* What one client did within a stretch of time to get or to send its mail at
 * one service. */
struct result_attempt {
    uint64_t id;        /* 1, 2, ... in the order of their first packets */
    const char *client; /* address */
    const char *user;   /* masked; "" where unknown */
    const char *service; /* incoming, outgoing, filters */
    const char *server;  /* name, or address */
    int64_t start;
    double duration; /* seconds */
    enum verdict verdict;
    const char *outcome; /* worked, detour, failed, undetermined */
    double detour;       /* seconds that it cost; 0 for none */
    const char *cause;   /* id of the finding that, removed, would have made
                            it work (or do so at once); NULL for none */
    /* The first packet from which it could no longer succeed, and the last
     * before it that was still fine, and what that one brought.  0: unknown */
    uint64_t broken_at, fine_until;
    const char *fine_what; /* "the greeting"; "" for none */
    const uint64_t *sessions; /* ids, in order */
    size_t session_count;
};

struct result_finding {
    const char *id, *title, *family;
    const char *severity;   /* critical, high, medium, low, info */
    const char *confidence; /* certain, likely, possible */
    const char *where;      /* client, local-network, path, server, account,
                          capture */
    const char *who;        /* must act, in words; "" where `where` says it */
    const char *scope;      /* session, lookup, endpoint, client, capture */
    enum verdict effect;    /* what it does to the verdict; HEALTHY: a note */
    bool primary;
    const char *explained_by; /* id of the cause of which this is a symptom, or
                                 NULL */
    uint64_t count;           /* how often the same was found */
    const uint64_t *sessions; /* their ids, rising */
    size_t session_count;
    const char *client; /* address, or NULL where there are many */
    const char *server; /* "198.51.100.2:143", "[2001:db8::1]:993", or NULL */
    const char *server_name; /* or NULL */
    const char *summary;
    const struct evidence *evidence;
    size_t evidence_count;
    const char *filter; /* "frame.number in {12 14}"; "" without packets */
    const char *remedy_user, *remedy_admin;
    const char *const *checks;
    size_t check_count;
    const char *const *references;
    size_t reference_count;
    bool healed; /* later sessions made up for all of its sessions */
    const char *confidence_why; /* what other sessions say to it; "" nothing */
    const struct hypothesis *hypotheses;
    size_t hypothesis_count;
    const char *const *next; /* what decides between them, cheapest first */
    size_t next_count;
    const char *log; /* where to look in the server's log, and for what; "" */
};

struct quality { /* what the capture can not show, and why */
    const char *id, *text;
};

struct result {
    struct arena *mem; /* holds everything below */
    const char *file;
    const char *format; /* pcap, pcapng, snoop; "" when it could not be opened */
    uint64_t packets;
    int64_t start, end; /* 0, 0 without packets */
    enum verdict verdict;
    const struct quality *quality;
    size_t quality_count;
    const char *error; /* NULL, or what is damaged or unreadable */
    uint64_t error_offset;
    bool error_has_offset;
    const struct result_session *sessions; /* in order of first packet and id */
    size_t session_count;
    uint64_t sessions_unlisted; /* past the cap: counted, not listed */
    uint64_t healthy_sessions, clients, servers;
    bool counts_least; /* these, and good_news, know nothing of sessions past
                          the book's end: there may be more */
    const struct result_attempt *attempts; /* in order of first packet */
    size_t attempt_count;
    const struct result_finding *findings; /* primary first, worst first */
    size_t finding_count;
    const char *good_news; /* "3 messages fetched over IMAP, 1 sent (queued as
                              4XyZ9)"; "" if nothing of the kind */
    const char *not_the_cause; /* "DNS, network, TLS"; "" if nothing to say */
    /* What happened in the one session of which that was asked, and beside it;
     * the result's own; NULL: it was not asked.  No report shows it. */
    struct facts *trace;
};

/* An empty result in an arena of its own. */
struct result *result_new(const char *file);

/* One about a file that could not be read; `why` is safe to print, the file's
 * name is made so. */
struct result *result_failed(const char *file, const char *why);

void result_free(struct result **result);

/* The session with this id, which the result owns; NULL: it is not listed. */
const struct result_session *result_session(const struct result *result,
                                            uint64_t id);

/* Lists at most so many sessions, those that did not end well before others;
 * the rest is added to sessions_unlisted.  The order stays. */
void result_list_at_most(struct result *result, size_t most);

#endif

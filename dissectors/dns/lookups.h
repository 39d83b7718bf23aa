/* lookups.h - every DNS question of the capture, and what came of it.
 *
 * A lookup is one question of one client to one resolver, its retries included.
 * Messages come in one by one, off UDP or TCP; at the end each lookup is told
 * as one dns.lookup fact.  mDNS, LLMNR, dynamic updates, zone transfers and
 * inverse queries are no lookups.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DNS_LOOKUPS_H
#define DISSECTORS_DNS_LOOKUPS_H

#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"
#include "dns.h"
#include "fact/store.h"
#include "tlsa.h"

enum {
    LOOKUPS_MAX = 1 << 16, /* further ones are only counted */
    LOOKUP_ADDRESSES = 16, /* of one answer */
    LOOKUP_TARGETS = 8,
    LOOKUP_TLSA_RECORDS = 8,
    LOOKUP_ASKED = 8, /* the last questions' ids and ports are remembered */
};

/* The same question after so long a pause is a new lookup, not a retry: the
 * resolvers of all systems have given up by then. */
#define LOOKUP_RETRY_WITHIN (15 * CLOCK_SECOND)

enum lookup_outcome {
    LOOKUP_UNANSWERED,
    LOOKUP_UNREACHABLE, /* ICMP said so; an answer may still come */
    LOOKUP_TRUNCATED,   /* and no answer over TCP */
    LOOKUP_ANSWERED,
    LOOKUP_REFERRAL, /* other servers were named: normal between servers */
    LOOKUP_NODATA,
    LOOKUP_NXDOMAIN,
    LOOKUP_SERVFAIL,
    LOOKUP_REFUSED,
    LOOKUP_FORMERR,
    LOOKUP_NOTIMP,
    LOOKUP_OTHER_ERROR,
};

/* What became of asking once more over TCP. */
enum lookup_tcp {
    LOOKUP_TCP_NONE,
    LOOKUP_TCP_UNANSWERED,
    LOOKUP_TCP_REFUSED,
    LOOKUP_TCP_CONNECTED,
    LOOKUP_TCP_ANSWERED, /* if not in a way that could be read */
};

enum lookup_role {
    LOOKUP_OTHER,
    LOOKUP_MAILHOST,
    LOOKUP_MX,
    LOOKUP_SRV,
    LOOKUP_AUTOCONFIG,
    LOOKUP_TLSA, /* what certificate a mail host must show (RFC 7672) */
};

struct lookup {
    struct address client, resolver;
    struct span name;
    uint16_t type;
    enum lookup_outcome outcome;
    uint16_t rcode;
    uint32_t answers; /* records of the type asked for */
    struct address *addresses;
    size_t address_count;
    struct span targets; /* one space between the names */
    struct span cname;
    bool null_target;
    struct tlsa_set tlsa; /* records answered */
    bool vouched; /* by the resolver (AD), or it was no resolver who answered */
    uint32_t ttl;
    bool has_ede;
    uint16_t ede;
    struct span ede_text;

    uint64_t queries; /* 0: only the answer was captured */
    int64_t first_asked, last_asked, answered; /* nanoseconds; 0: never */
    uint64_t asked_frame, answer_frame;        /* the last question's */

    bool used; /* a connection went to an address answered, or was there */

    uint64_t edns_queries;
    bool plain_answered; /* those with EDNS were not */
    bool was_truncated;
    enum lookup_tcp tcp;

    /* A second answer to the same packet, that said something else: */
    struct span other_answer;
    int64_t other_delay;
    bool other_distance;

    /* The last ICMP error about a question: */
    struct span unreachable; /* what is: port, host, ... */
    struct address reporter;

    /* How the answer is known: */
    uint16_t answer_id, answer_port;
    uint8_t answer_ttl; /* of its packet */
    struct lookup_asked {
        uint16_t id, port;
        bool tcp, edns;
        int64_t time;
    } asked[LOOKUP_ASKED];
    size_t asked_count; /* in all; the ring keeps the last */
};

struct lookups;

struct lookups *lookups_new(void);
void lookups_free(struct lookups **lookups);

/* Where a DNS message was seen. */
struct dns_seen {
    struct address source, destination;
    uint16_t source_port, destination_port;
    bool tcp;
    uint8_t ttl; /* of the packet; 0 if unknown */
    uint64_t frame;
    int64_t time;
};

/* Takes a message from or to port 53; others are ignored. */
void lookups_message(struct lookups *lookups, const struct dns_seen *seen,
                     struct span message);

/* An ICMP error quoted a packet of the client to the resolver's port 53. */
struct dns_undelivered {
    struct address client, resolver;
    struct address reporter; /* who sent the error: the resolver, or another */
    uint16_t client_port;
    struct span what; /* what is unreachable: port, host, ...; is kept */
    uint64_t frame;
    int64_t time;
};

void lookups_unreachable(struct lookups *lookups,
                         const struct dns_undelivered *error);

/* How a connection of the client to the resolver's TCP port 53 goes. */
void lookups_tcp(struct lookups *lookups, const struct address *client,
                 const struct address *resolver, enum lookup_tcp how);

/* This host takes mail from others: it asks for names that others tell it. */
void lookups_serves(struct lookups *lookups, const struct address *host);

/* This host was seen doing something else than asking for names, so the capture
 * would have its connections, too. */
void lookups_active(struct lookups *lookups, const struct address *host);

/* The client connected to the server; `mail`: for mail.  Call it for each
 * connection, in the order of their beginning. */
void lookups_used(struct lookups *lookups, const struct address *client,
                  const struct address *server, bool mail, int64_t time);

/* The connection was there until then: who asks for its server's name meanwhile
 * has one. */
void lookups_kept(struct lookups *lookups, const struct address *client,
                  const struct address *server, int64_t until);

/* What name the client had for the server at this time. */
struct lookup_name {
    struct span name; /* lives as long as the lookups */
    int64_t delay;    /* nanoseconds from question to answer */
    int64_t answered;
    uint64_t frame; /* of the answer */
    struct address asker;
};

/* The name it asked for last, before this time, and got this address for; among
 * several, rather one that is for mail.  Failing that, what somebody of the other
 * address family got it for, or a loopback or link-local address did, since a
 * host may ask with one address and connect with another.  False if there was
 * none. */
bool lookups_name(const struct lookups *lookups, const struct address *client,
                  const struct address *server, int64_t time,
                  struct lookup_name *found);

/* What the client had found out before this time about the certificate of that
 * host, for a port of TCP: the newest answer.  NULL if there was none, if it has
 * no records, or DNSSEC does not vouch for it: it counts for nothing then (RFC
 * 7672 section 2.2).  Lives as long as the lookups. */
const struct lookup *lookups_tlsa(const struct lookups *lookups,
                                  const struct address *client,
                                  struct span host, uint16_t port,
                                  int64_t time);

/* The domain of which this host takes the mail, as the client learnt last before
 * this time: the newest MX answer that names it and still counts.  Empty if there
 * was none. */
struct span lookups_mail_domain(const struct lookups *lookups,
                                const struct address *client, struct span host,
                                int64_t time);

/* "3 1 1 0123456789abcdef, 2 0 1 ..." */
void lookups_tlsa_text(struct text *text, const struct tlsa_set *set);

/* What the name is for, as known so far. */
enum lookup_role lookups_role(const struct lookups *lookups,
                              const struct lookup *lookup);

/* Questions in all, those past LOOKUPS_MAX too; those for mail. */
uint64_t lookups_count(const struct lookups *lookups);
uint64_t lookups_mail_count(const struct lookups *lookups);

/* Tells one dns.lookup fact for each, stamped with its answer or else its last
 * question.  capture_end is the time of the last packet. */
void lookups_tell(const struct lookups *lookups, int64_t capture_end,
                  struct facts *out);

#endif

/* dns.h - reads DNS messages (RFC 1035, 3596, 2782, 6891, 8914).
 *
 *   id 2 | flags 2 | four counts 2 each | questions | answers | authority |
 *   additional
 *
 * Nothing is copied but names, which compression scatters over the message.
 * Any bytes are safe: a name that points at itself or ahead is no name.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DNS_DNS_H
#define DISSECTORS_DNS_DNS_H

#include "base/span.h"

enum { DNS_PORT = 53, DNS_NAME_MAX = 255 };

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_OPT = 41,
    DNS_TLSA = 52,
    DNS_IXFR = 251,
    DNS_AXFR = 252,
};

enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
};

/* As text in lower case, labels joined by dots, no dot at the end; the root is
 * empty.  A byte that is not printable, or a dot inside a label, is shown as
 * "?". */
struct dns_name {
    size_t n;
    uint8_t text[DNS_NAME_MAX];
};

struct span dns_name_span(const struct dns_name *name);

struct dns_message {
    struct span bytes; /* all of it, borrowed */
    uint16_t id;
    bool response, truncated;
    bool recursive; /* RA: it comes from a resolver */
    bool authentic; /* AD: which vouches for it (RFC 4035 section 3.2.3) */
    uint8_t opcode; /* 0 is a query */
    uint16_t rcode; /* with EDNS's upper bits */
    bool asks; /* there is exactly one question, of class IN: */
    struct dns_name name;
    uint16_t type;
    bool edns; /* it has an OPT record, RFC 6891 */
    bool has_ede; /* extended error, RFC 8914 */
    uint16_t ede;
    struct span ede_text;
    uint16_t count[3]; /* records that are said to be in each section */
    size_t records_at; /* where they begin */
};

/* False when it is no DNS message.  Records are not looked at but for EDNS: a
 * message that was cut off is read as far as it goes. */
bool dns_read(struct span bytes, struct dns_message *message);

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL };

struct dns_record {
    enum dns_section section;
    struct dns_name name;
    uint16_t type, class;
    uint32_t ttl;
    size_t data_at; /* in the message */
    struct span data;
};

/* Walks the records.  False after the last, or the last whole one. */
struct dns_records {
    struct span bytes;
    size_t at;
    uint16_t left[3];
};
struct dns_records dns_records(const struct dns_message *message);
bool dns_record_take(struct dns_records *records, struct dns_record *record);

/* The host name in a CNAME, NS, PTR, MX, SRV or SOA (its first) record; false
 * for others and for broken ones. */
bool dns_record_target(struct span message, const struct dns_record *record,
                       struct dns_name *target);

/* Over TCP each message comes behind its length (RFC 1035 section 4.2.2).  Cuts
 * one off the front; false when it is not there whole. */
bool dns_stream_take(struct span *stream, struct span *message);

/* "AAAA"; "TYPE64" in room for those without a name here (RFC 3597). */
enum { DNS_TYPE_TEXT = 16 };
struct span dns_type_name(uint16_t type, char room[DNS_TYPE_TEXT]);

/* "DNSSEC Bogus"; empty if unknown. */
struct span dns_ede_name(uint16_t code);

/* What of the name was registered, as far as its form tells: its last two
 * labels, or three where the last but one is for a kind of owner, as in
 * example.co.uk.  The name itself if it is no longer than that. */
struct span dns_domain(struct span name);

#endif

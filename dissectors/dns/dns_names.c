/* dns_names.c - what DNS numbers are called.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>

#include "dns.h"

/* clang-format off */
static const struct {
    uint16_t type;
    struct span name;
} types[] = {
    {DNS_A,     SPAN_INIT("A")},
    {DNS_NS,    SPAN_INIT("NS")},
    {DNS_CNAME, SPAN_INIT("CNAME")},
    {DNS_SOA,   SPAN_INIT("SOA")},
    {DNS_PTR,   SPAN_INIT("PTR")},
    {DNS_MX,    SPAN_INIT("MX")},
    {16,        SPAN_INIT("TXT")},
    {DNS_AAAA,  SPAN_INIT("AAAA")},
    {DNS_SRV,   SPAN_INIT("SRV")},
    {35,        SPAN_INIT("NAPTR")},
    {43,        SPAN_INIT("DS")},
    {48,        SPAN_INIT("DNSKEY")},
    {52,        SPAN_INIT("TLSA")},
    {64,        SPAN_INIT("SVCB")},
    {65,        SPAN_INIT("HTTPS")},
    {99,        SPAN_INIT("SPF")},
    {255,       SPAN_INIT("ANY")},
    {257,       SPAN_INIT("CAA")},
};

/* RFC 8914 section 5.2 and IANA's list since; the place is the number. */
static const struct span ede_names[] = {
    SPAN_INIT("Other Error"),
    SPAN_INIT("Unsupported DNSKEY Algorithm"),
    SPAN_INIT("Unsupported DS Digest Type"),
    SPAN_INIT("Stale Answer"),
    SPAN_INIT("Forged Answer"),
    SPAN_INIT("DNSSEC Indeterminate"),
    SPAN_INIT("DNSSEC Bogus"),
    SPAN_INIT("Signature Expired"),
    SPAN_INIT("Signature Not Yet Valid"),
    SPAN_INIT("DNSKEY Missing"),
    SPAN_INIT("RRSIGs Missing"),
    SPAN_INIT("No Zone Key Bit Set"),
    SPAN_INIT("NSEC Missing"),
    SPAN_INIT("Cached Error"),
    SPAN_INIT("Not Ready"),
    SPAN_INIT("Blocked"),
    SPAN_INIT("Censored"),
    SPAN_INIT("Filtered"),
    SPAN_INIT("Prohibited"),
    SPAN_INIT("Stale NXDOMAIN Answer"),
    SPAN_INIT("Not Authoritative"),
    SPAN_INIT("Not Supported"),
    SPAN_INIT("No Reachable Authority"),
    SPAN_INIT("Network Error"),
    SPAN_INIT("Invalid Data"),
    SPAN_INIT("Signature Expired before Valid"),
    SPAN_INIT("Too Early"),
    SPAN_INIT("Unsupported NSEC3 Iterations Value"),
    SPAN_INIT("Unable to conform to policy"),
    SPAN_INIT("Synthesized"),
};

/* Countries register names one label further down, under these. */
static const struct span owner_labels[] = {
    SPAN_INIT("ac"),  SPAN_INIT("co"),  SPAN_INIT("com"), SPAN_INIT("edu"),
    SPAN_INIT("go"),  SPAN_INIT("gob"), SPAN_INIT("gov"), SPAN_INIT("ne"),
    SPAN_INIT("net"), SPAN_INIT("or"),  SPAN_INIT("org"),
};
/* clang-format on */

struct span dns_type_name(uint16_t type, char room[DNS_TYPE_TEXT])
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].type == type)
            return types[i].name;
    }
    snprintf(room, DNS_TYPE_TEXT, "TYPE%u", type);
    return span_of(room);
}

struct span dns_ede_name(uint16_t code)
{
    if (code >= sizeof(ede_names) / sizeof(ede_names[0]))
        return (struct span){NULL, 0};
    return ede_names[code];
}

static bool is_owner_label(struct span label)
{
    for (size_t i = 0; i < sizeof(owner_labels) / sizeof(owner_labels[0]);
         i++) {
        if (span_same(label, owner_labels[i]))
            return true;
    }
    return false;
}

/* Where the label begins that ends before `end`. */
static size_t label_before(struct span name, size_t end)
{
    while (end > 0 && name.p[end - 1] != '.')
        end--;
    return end;
}

struct span dns_domain(struct span name)
{
    size_t last = label_before(name, name.n);
    if (last == 0)
        return name;
    size_t second = label_before(name, last - 1);
    struct span label = span_first(span_skip(name, second), last - 1 - second);
    if (second > 0 && name.n - last == 2 && is_owner_label(label))
        second = label_before(name, second - 1);
    return span_skip(name, second);
}

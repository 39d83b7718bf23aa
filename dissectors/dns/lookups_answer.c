/* lookups_answer.c - what an answer says: outcome, addresses, targets.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups_table.h"

enum { CNAMES_MAX = 16 }; /* followed; resolvers stop at about as many */

/* Where the CNAMEs of the answer lead from the name asked for.  Each round
 * looks for the next link, wherever in the answer it stands. */
static struct dns_name follow_cnames(const struct dns_message *message)
{
    struct dns_name here = message->name;
    if (message->type == DNS_CNAME)
        return here;
    for (int i = 0; i < CNAMES_MAX; i++) {
        struct dns_records records = dns_records(message);
        struct dns_record record;
        struct dns_name next;
        bool found = false;
        while (!found && dns_record_take(&records, &record) &&
               record.section == DNS_ANSWER)
            found =
                record.type == DNS_CNAME &&
                span_same(dns_name_span(&record.name), dns_name_span(&here)) &&
                dns_record_target(message->bytes, &record, &next);
        if (!found)
            break;
        here = next;
    }
    return here;
}

/* Addresses and targets of one answer while it is read. */
struct harvest {
    struct address addresses[LOOKUP_ADDRESSES];
    size_t address_count;
    struct text targets;
    size_t target_count;
    struct tlsa tlsa[LOOKUP_TLSA_RECORDS]; /* their data is the message's */
    size_t tlsa_count;
    bool cut; /* there are more than the capture kept */
};

static void add_address(struct harvest *harvest, struct span data)
{
    struct address address = address_of(data);
    if (address.family != 0 && harvest->address_count < LOOKUP_ADDRESSES)
        harvest->addresses[harvest->address_count++] = address;
}

/* An MX or SRV record; "." says that there is no such service (RFC 7505, 2782). */
static void add_target(struct lookups *lookups, struct lookup *l,
                       struct harvest *harvest,
                       const struct dns_message *message,
                       const struct dns_record *record)
{
    struct dns_name target;
    if (!dns_record_target(message->bytes, record, &target))
        return;
    if (target.n == 0) {
        l->null_target = true;
        return;
    }
    if (harvest->target_count++ >= LOOKUP_TARGETS)
        return;
    if (harvest->targets.n)
        text_adds(&harvest->targets, " ");
    text_add(&harvest->targets, dns_name_span(&target));
    enum lookup_role role = lookup_name_role(l->name, l->type);
    if (role == LOOKUP_MX || role == LOOKUP_SRV)
        mail_name_add(lookups, dns_name_span(&target));
}

static void read_records(struct lookups *lookups, struct lookup *l,
                         struct harvest *harvest,
                         const struct dns_message *message,
                         const struct dns_name *end)
{
    struct dns_records records = dns_records(message);
    struct dns_record record;
    bool first = true;
    uint16_t taken = 0;
    while (dns_record_take(&records, &record) && record.section == DNS_ANSWER) {
        taken++;
        if (first || record.ttl < l->ttl)
            l->ttl = record.ttl;
        first = false;
        if (record.type != message->type ||
            !span_same(dns_name_span(&record.name), dns_name_span(end)))
            continue;
        l->answers++;
        if (record.type == DNS_A || record.type == DNS_AAAA)
            add_address(harvest, record.data);
        else if (record.type == DNS_MX || record.type == DNS_SRV)
            add_target(lookups, l, harvest, message, &record);
        else if (record.type == DNS_TLSA &&
                 harvest->tlsa_count < LOOKUP_TLSA_RECORDS)
            harvest->tlsa_count += lookup_tlsa_read(
                record.data, &harvest->tlsa[harvest->tlsa_count]);
    }
    harvest->cut = taken < message->count[DNS_ANSWER];
}

/* No answer, but name servers and no SOA: "ask there" (RFC 2308 section 2.2). */
static bool is_referral(const struct dns_message *message)
{
    struct dns_records records = dns_records(message);
    struct dns_record record;
    bool named = false;
    while (dns_record_take(&records, &record)) {
        if (record.section != DNS_AUTHORITY)
            continue;
        if (record.type == DNS_SOA)
            return false;
        named = named || record.type == DNS_NS;
    }
    return named;
}

static enum lookup_outcome outcome_of(const struct lookup *l, bool cut,
                                      const struct dns_message *message)
{
    if (message->truncated)
        return LOOKUP_TRUNCATED;
    switch (message->rcode) {
    case DNS_NOERROR:
        if (l->answers > 0 || cut)
            return LOOKUP_ANSWERED;
        return is_referral(message) ? LOOKUP_REFERRAL : LOOKUP_NODATA;
    case DNS_FORMERR:
        return LOOKUP_FORMERR;
    case DNS_SERVFAIL:
        return LOOKUP_SERVFAIL;
    case DNS_NXDOMAIN:
        return LOOKUP_NXDOMAIN;
    case DNS_NOTIMP:
        return LOOKUP_NOTIMP;
    case DNS_REFUSED:
        return LOOKUP_REFUSED;
    default:
        return LOOKUP_OTHER_ERROR;
    }
}

/* Answers that say something about the name; the others are the resolver's own
 * trouble, and a second try of it may well end better. */
static bool is_statement(enum lookup_outcome outcome)
{
    return outcome == LOOKUP_ANSWERED || outcome == LOOKUP_NODATA ||
           outcome == LOOKUP_NXDOMAIN;
}

static void keep(struct lookups *lookups, struct lookup_node *node,
                 const struct harvest *harvest)
{
    struct lookup *l = &node->lookup;
    size_t n = harvest->address_count;
    l->addresses = arena_alloc(lookups->arena, (n + 1) * sizeof(*l->addresses));
    l->address_count = n;
    for (size_t i = 0; i < n; i++) {
        l->addresses[i] = harvest->addresses[i];
        address_add(lookups, node, i);
    }
    l->targets = arena_copy(lookups->arena, text_span(&harvest->targets));
    if (l->type == DNS_MX && l->targets.n) {
        node->older_mx = lookups->mx;
        lookups->mx = node;
    }
}

void lookup_answer(struct lookups *lookups, struct lookup_node *node,
                   const struct dns_message *message)
{
    struct lookup *l = &node->lookup;
    struct harvest harvest = {.address_count = 0};
    l->rcode = message->rcode;
    l->answers = 0;
    l->vouched = message->authentic || !message->recursive;
    l->has_ede = message->has_ede;
    l->ede = message->ede;
    l->ede_text = arena_copy(lookups->arena, message->ede_text);
    l->was_truncated = l->was_truncated || message->truncated;
    if (message->asks) {
        struct dns_name end = follow_cnames(message);
        if (!span_same(dns_name_span(&end), l->name))
            l->cname = arena_copy(lookups->arena, dns_name_span(&end));
        read_records(lookups, l, &harvest, message, &end);
    }
    keep(lookups, node, &harvest);
    text_free(&harvest.targets);
    l->outcome = outcome_of(l, harvest.cut, message);
    if (l->type == DNS_TLSA && is_statement(l->outcome))
        lookup_tlsa_keep(lookups, node, harvest.tlsa, harvest.tlsa_count);
}

static bool shares_address(const struct lookup *l,
                           const struct harvest *harvest)
{
    for (size_t i = 0; i < l->address_count; i++) {
        for (size_t j = 0; j < harvest->address_count; j++) {
            if (address_same(&l->addresses[i], &harvest->addresses[j]))
                return true;
        }
    }
    return false;
}

bool lookup_other_answer(struct lookups *lookups, struct lookup *l,
                         const struct dns_message *message)
{
    struct lookup other = {.name = l->name, .type = l->type};
    struct harvest harvest = {.address_count = 0};
    struct dns_name end = follow_cnames(message);
    read_records(lookups, &other, &harvest, message, &end);
    text_free(&harvest.targets);
    other.outcome = outcome_of(&other, harvest.cut, message);
    bool both_statements =
        is_statement(l->outcome) && is_statement(other.outcome);
    bool differs = l->outcome != other.outcome ||
                   (l->address_count && harvest.address_count &&
                    !shares_address(l, &harvest));
    if (!both_statements || !differs)
        return false;
    struct text said = {0};
    if (harvest.address_count)
        lookup_addresses_text(&said, harvest.addresses, harvest.address_count);
    else
        text_add(&said, lookup_outcome_name(other.outcome));
    l->other_answer = arena_copy(lookups->arena, text_span(&said));
    text_free(&said);
    return true;
}

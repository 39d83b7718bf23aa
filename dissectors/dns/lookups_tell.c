/* lookups_tell.c - tells the dns.lookup facts at the end of the capture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"
#include "lookups_index.h"

static const struct span outcomes[] = {
    [LOOKUP_UNANSWERED] = SPAN_INIT("unanswered"),
    [LOOKUP_UNREACHABLE] = SPAN_INIT("unreachable"),
    [LOOKUP_TRUNCATED] = SPAN_INIT("truncated"),
    [LOOKUP_ANSWERED] = SPAN_INIT("answered"),
    [LOOKUP_REFERRAL] = SPAN_INIT("referral"),
    [LOOKUP_NODATA] = SPAN_INIT("nodata"),
    [LOOKUP_NXDOMAIN] = SPAN_INIT("nxdomain"),
    [LOOKUP_SERVFAIL] = SPAN_INIT("servfail"),
    [LOOKUP_REFUSED] = SPAN_INIT("refused"),
    [LOOKUP_FORMERR] = SPAN_INIT("formerr"),
    [LOOKUP_NOTIMP] = SPAN_INIT("notimp"),
    [LOOKUP_OTHER_ERROR] = SPAN_INIT("other-error"),
};

static const struct span roles[] = {
    [LOOKUP_OTHER] = SPAN_INIT("other"),
    [LOOKUP_MAILHOST] = SPAN_INIT("mailhost"),
    [LOOKUP_MX] = SPAN_INIT("mx"),
    [LOOKUP_SRV] = SPAN_INIT("srv"),
    [LOOKUP_AUTOCONFIG] = SPAN_INIT("autoconfig"),
    [LOOKUP_TLSA] = SPAN_INIT("tlsa"),
};

static const struct span tcp_words[] = {
    [LOOKUP_TCP_NONE] = SPAN_INIT(""),
    [LOOKUP_TCP_UNANSWERED] = SPAN_INIT("unanswered"),
    [LOOKUP_TCP_REFUSED] = SPAN_INIT("refused"),
    [LOOKUP_TCP_CONNECTED] = SPAN_INIT("connected"),
    [LOOKUP_TCP_ANSWERED] = SPAN_INIT("answered"),
};

struct span lookup_outcome_name(enum lookup_outcome outcome)
{
    return outcomes[outcome];
}

void lookup_addresses_text(struct text *text, const struct address *addresses,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char shown[ADDRESS_TEXT];
        address_text(&addresses[i], shown);
        text_addf(text, "%s%s", i ? " " : "", shown);
    }
}

/* "Blocked", "Blocked: by policy", ": by policy" */
static void add_ede(struct text *text, const struct lookup *l)
{
    if (!l->has_ede)
        return;
    text_add(text, dns_ede_name(l->ede));
    if (l->ede_text.n) {
        text_adds(text, text->n ? ": " : "");
        text_add(text, l->ede_text);
    }
}

static bool has_class(const struct lookup *l, bool sinkhole_only)
{
    for (size_t i = 0; i < l->address_count; i++) {
        enum address_class class = address_class(&l->addresses[i]);
        if (class == ADDRESS_LOOPBACK || class == ADDRESS_UNSPECIFIED)
            return true;
        if (!sinkhole_only &&
            (class == ADDRESS_PRIVATE || class == ADDRESS_LINK_LOCAL))
            return true;
    }
    return false;
}

static double delay_of(const struct lookup *l)
{
    bool came = l->answered != 0 && l->outcome != LOOKUP_UNREACHABLE;
    return came ? clock_seconds(l->answered - l->first_asked) : 0;
}

/* Comparing letter by letter takes long, so only for so many names. */
enum { SIMILAR_MAX = 256 };

static struct span similar_name(const struct lookups *lookups,
                                const struct lookup *l, size_t *left)
{
    if (l->outcome != LOOKUP_NXDOMAIN || *left == 0 ||
        lookups_role(lookups, l) != LOOKUP_MAILHOST)
        return (struct span){NULL, 0};
    --*left;
    return lookup_similar(lookups, l);
}

static void tell(const struct lookups *lookups, const struct lookup *l,
                 const struct lookups_index *index, int64_t capture_end,
                 size_t *similar_left, struct facts *out)
{
    char client[ADDRESS_TEXT], resolver[ADDRESS_TEXT], type[DNS_TYPE_TEXT];
    char reporter[ADDRESS_TEXT] = "";
    struct text addresses = {0}, ede = {0};
    struct span unreachable = SPAN("");
    address_text(&l->client, client);
    address_text(&l->resolver, resolver);
    if (l->outcome == LOOKUP_UNREACHABLE) {
        unreachable = l->unreachable;
        address_text(&l->reporter, reporter);
    }
    lookup_addresses_text(&addresses, l->addresses, l->address_count);
    add_ede(&ede, l);
    const struct host *host = host_find(lookups, &l->client);
    bool typed_resolved;
    struct span typed = lookups_index_typed(index, l, &typed_resolved);
    int64_t last = l->queries ? l->last_asked : l->first_asked;
    if (l->answer_frame)
        facts_stamp(out, l->answer_frame, l->answered);
    else
        facts_stamp(out, l->asked_frame, l->last_asked);
    TELL(out, dns_lookup, .name = l->name, .type = dns_type_name(l->type, type),
         .role = roles[lookups_role(lookups, l)],
         .outcome = outcomes[l->outcome], .rcode = l->rcode,
         .answers = l->answers, .addresses = text_span(&addresses),
         .targets = l->targets, .host = lookup_tlsa_host(l), .cname = l->cname,
         .queries = l->queries, .delay = delay_of(l),
         .waited = clock_seconds(capture_end - last),
         .asked_for =
             l->first_asked ? clock_seconds(capture_end - l->first_asked) : 0,
         .resolver = span_of(resolver), .client = span_of(client),
         .unreachable = unreachable, .reporter = span_of(reporter),
         .ede = l->has_ede ? l->ede + 1u : 0, .ede_text = text_span(&ede),
         .ttl = l->ttl, .private_answer = has_class(l, false),
         .sinkhole_answer = has_class(l, true), .null_target = l->null_target,
         .used = l->used,
         .resolved_otherwise = lookups_index_otherwise(index, l),
         .domain = dns_domain(l->name), .typed = typed,
         .typed_resolved = typed_resolved, .edns_queries = l->edns_queries,
         .plain_answered = l->plain_answered, .truncated = l->was_truncated,
         .tcp = tcp_words[l->tcp], .other_answer = l->other_answer,
         .other_delay = clock_seconds(l->other_delay),
         .other_distance = l->other_distance,
         .similar = similar_name(lookups, l, similar_left),
         .shared = lookups_index_shared(index, l),
         .asker_serves = host && host->serves,
         .asker_active = host && host->active);
    text_free(&addresses);
    text_free(&ede);
}

void lookups_tell(const struct lookups *lookups, int64_t capture_end,
                  struct facts *out)
{
    struct lookups_index *index = lookups_index_new(lookups);
    size_t similar_left = SIMILAR_MAX;
    for (size_t i = 0; i < lookups->count; i++)
        tell(lookups, &lookups->all[i]->lookup, index, capture_end,
             &similar_left, out);
    lookups_index_free(&index);
}

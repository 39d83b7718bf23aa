/* lookups_tell.c - tells the dns.lookup facts at the end of the capture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"
#include "lookups_table.h"

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
};

/* ---- who got an address for which name ---- */

struct resolved {
    uint64_t *keys; /* one for each lookup that did, sorted */
    size_t count;
};

/* Names a client and a name; a collision of 64 bits would hide one failure. */
static uint64_t key_of(const struct address *client, struct span name)
{
    uint64_t seed = hash_bytes((struct span){client->bytes, 16}, 1);
    return hash_bytes(name, seed);
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct resolved collect_resolved(const struct lookups *lookups)
{
    struct resolved resolved = {NULL, 0};
    resolved.keys = must_alloc((lookups->count + 1) * sizeof(uint64_t));
    for (size_t i = 0; i < lookups->count; i++) {
        const struct lookup *l = &lookups->all[i]->lookup;
        if (l->address_count > 0)
            resolved.keys[resolved.count++] = key_of(&l->client, l->name);
    }
    qsort(resolved.keys, resolved.count, sizeof(uint64_t), compare_keys);
    return resolved;
}

/* How many lookups have the key. */
static size_t count_key(const struct resolved *resolved, uint64_t key)
{
    size_t low = 0, high = resolved->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (resolved->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    size_t count = 0;
    while (low + count < resolved->count && resolved->keys[low + count] == key)
        count++;
    return count;
}

/* A search list makes imap.example.org into imap.example.org.corp.example too:
 * that this fails means nothing when the name as it was typed is found. */
static bool typed_name_resolved(const struct resolved *resolved,
                                const struct lookup *l)
{
    size_t dots = 0;
    for (size_t i = 0; i < l->name.n; i++) {
        if (l->name.p[i] != '.')
            continue;
        struct span typed = span_first(l->name, i);
        if (dots++ > 0 && count_key(resolved, key_of(&l->client, typed)) > 0)
            return true;
    }
    return false;
}

static bool resolved_otherwise(const struct resolved *resolved,
                               const struct lookup *l)
{
    size_t own = l->address_count > 0;
    if (count_key(resolved, key_of(&l->client, l->name)) > own)
        return true;
    return own == 0 && typed_name_resolved(resolved, l);
}

/* ---- one lookup ---- */

static void add_addresses(struct text *text, const struct lookup *l)
{
    for (size_t i = 0; i < l->address_count; i++) {
        char shown[ADDRESS_TEXT];
        address_text(&l->addresses[i], shown);
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

static void tell(const struct lookups *lookups, const struct lookup *l,
                 const struct resolved *resolved, int64_t capture_end,
                 struct facts *out)
{
    char client[ADDRESS_TEXT], resolver[ADDRESS_TEXT], type[DNS_TYPE_TEXT];
    struct text addresses = {0}, ede = {0};
    address_text(&l->client, client);
    address_text(&l->resolver, resolver);
    add_addresses(&addresses, l);
    add_ede(&ede, l);
    int64_t last = l->queries ? l->last_asked : l->first_asked;
    if (l->answer_frame)
        facts_stamp(out, l->answer_frame, l->answered);
    else
        facts_stamp(out, l->asked_frame, l->last_asked);
    TELL(out, dns_lookup, .name = l->name, .type = dns_type_name(l->type, type),
         .role = roles[lookups_role(lookups, l)],
         .outcome = outcomes[l->outcome], .rcode = l->rcode,
         .answers = l->answers, .addresses = text_span(&addresses),
         .targets = l->targets, .cname = l->cname, .queries = l->queries,
         .delay = delay_of(l), .waited = clock_seconds(capture_end - last),
         .asked_for =
             l->first_asked ? clock_seconds(capture_end - l->first_asked) : 0,
         .resolver = span_of(resolver), .client = span_of(client),
         .ede = l->has_ede ? l->ede + 1u : 0, .ede_text = text_span(&ede),
         .ttl = l->ttl, .private_answer = has_class(l, false),
         .sinkhole_answer = has_class(l, true), .null_target = l->null_target,
         .used = l->used,
         .resolved_otherwise = resolved_otherwise(resolved, l));
    text_free(&addresses);
    text_free(&ede);
}

void lookups_tell(const struct lookups *lookups, int64_t capture_end,
                  struct facts *out)
{
    struct resolved resolved = collect_resolved(lookups);
    for (size_t i = 0; i < lookups->count; i++)
        tell(lookups, &lookups->all[i]->lookup, &resolved, capture_end, out);
    free(resolved.keys);
}

/* lookups_tlsa.c - what clients found out about the certificates of servers.
 *
 *   usage 1 | selector 1 | matching type 1 | data        RFC 6698 section 2.1
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/cursor.h"
#include "lookups_table.h"

enum { HASH_MAX = 64, SHOWN = 8 /* bytes */ };

bool lookup_tlsa_read(struct span data, struct tlsa *record)
{
    struct cursor c = cursor_of(data);
    record->usage = cursor_u8(&c);
    record->selector = cursor_u8(&c);
    record->matching = cursor_u8(&c);
    record->data = c.rest.n <= HASH_MAX ? c.rest : (struct span){NULL, 0};
    return !c.bad;
}

void lookup_tlsa_keep(struct lookups *lookups, struct lookup_node *node,
                      const struct tlsa *records, size_t count)
{
    struct tlsa *kept = arena_alloc(lookups->arena, count * sizeof(*kept));
    for (size_t i = 0; i < count; i++) {
        kept[i] = records[i];
        kept[i].data = arena_copy(lookups->arena, records[i].data);
    }
    node->lookup.tlsa = (struct tlsa_set){kept, count};
    node->older_tlsa = lookups->tlsa;
    lookups->tlsa = node;
}

struct span lookup_tlsa_host(const struct lookup *l)
{
    struct span name = l->name;
    if (l->type != DNS_TLSA)
        return (struct span){NULL, 0};
    span_cut(&name, '.');
    span_cut(&name, '.');
    return name;
}

static bool is_for_port(const struct lookup *l, uint16_t port)
{
    struct span name = l->name;
    uint64_t number;
    struct span label = span_cut(&name, '.');
    return span_starts(label, SPAN("_")) &&
           span_uint(span_skip(label, 1), &number) && number == port &&
           span_same(span_cut(&name, '.'), SPAN("_tcp"));
}

const struct lookup *lookups_tlsa(const struct lookups *lookups,
                                  const struct address *client,
                                  struct span host, uint16_t port,
                                  int64_t time)
{
    size_t seen = 0;
    for (const struct lookup_node *node = lookups->tlsa;
         node && seen < NODES_MAX; node = node->older_tlsa, seen++) {
        const struct lookup *l = &node->lookup;
        if (l->answered > time || !address_same(&l->client, client) ||
            !is_for_port(l, port) || !span_same(lookup_tlsa_host(l), host))
            continue;
        return l->vouched && l->tlsa.count ? l : NULL;
    }
    return NULL;
}

void lookups_tlsa_text(struct text *text, const struct tlsa_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct tlsa *t = &set->records[i];
        text_addf(text, "%s%u %u %u ", i ? ", " : "", t->usage, t->selector,
                  t->matching);
        for (size_t b = 0; b < t->data.n && b < SHOWN; b++)
            text_addf(text, "%02x", t->data.p[b]);
    }
}

/* trace.c - see trace.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "trace.h"

#include <stdlib.h>

struct facts *trace_session(const struct facts *facts)
{
    struct facts *trace = facts_new(0);
    const struct fact **all = facts_in_order(facts);
    for (size_t i = 0; i < facts_kept(facts); i++)
        facts_copy(trace, all[i]);
    free(all);
    return trace;
}

static bool concerns(const struct fact_dns_lookup *lookup,
                     const struct fact_session *session)
{
    if (session && session->name.n)
        return span_is(lookup->name, session->name) &&
               span_same(lookup->client, session->client);
    return !session && (span_is(lookup->role, SPAN("mailhost")) ||
                        span_is(lookup->role, SPAN("mx")));
}

void trace_beside(struct facts *trace, const struct facts *beside,
                  const struct fact_session *session)
{
    static const enum fact_kind_number kinds[] = {
        FACT_KIND_address_self_assigned, FACT_KIND_dhcp_exchange,
        FACT_KIND_link_trouble, FACT_KIND_arp_unanswered, FACT_KIND_outage};
    const struct fact *fact;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; (fact = facts_get(beside, kinds[k], i)); i++)
            facts_copy(trace, fact);
    for (size_t i = 0; (fact = facts_get(beside, FACT_KIND_dns_lookup, i)); i++)
        if (concerns(fact->values, session))
            facts_copy(trace, fact);
}

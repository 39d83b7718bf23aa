/* names.c - see names.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/names.h"

struct threshold *names_threshold(struct names *names, struct span name)
{
    struct threshold *t = thresholds_find(&names->thresholds, name);
    for (size_t i = 0; !t && i < names->named_count; i++)
        t = thresholds_find(&names->named[i]->thresholds, name);
    return t;
}

const char *names_use(struct names *names, struct named *named)
{
    for (size_t i = 0; i < names->named_count; i++) {
        if (names->named[i] == named)
            return NULL;
    }
    if (names->named_count == NAMED_MAX)
        return "the rule uses too many conditions with a name";
    for (size_t i = 0; i < named->thresholds.count; i++) {
        if (names_threshold(names, span_of(named->thresholds.list[i].name)))
            return "a threshold of it is also one of this rule";
    }
    named->used = true;
    names->named[names->named_count++] = named;
    return NULL;
}

const struct bound *names_bound(const struct names *names, struct span name)
{
    for (size_t i = 0; i < names->bound_count; i++) {
        const struct bound *b = &names->bound[i];
        if (b->name && span_same(span_of(b->name), name))
            return b;
    }
    return NULL;
}

bool scope_has(enum scope scope, const struct fact_kind *kind)
{
    switch (kind->number) {
    case FACT_KIND_session:
    case FACT_KIND_dns_lookup:
        return scope != SCOPE_ENDPOINT || kind->number == FACT_KIND_session;
    case FACT_KIND_arp_unanswered:
    case FACT_KIND_arp_conflict:
    case FACT_KIND_dns_encrypted:
    case FACT_KIND_icmp_echo:
    case FACT_KIND_outage:
    case FACT_KIND_http_check:
        return scope == SCOPE_CLIENT || scope == SCOPE_CAPTURE;
    case FACT_KIND_address_self_assigned:
    case FACT_KIND_address_changed:
    case FACT_KIND_link_loop:
    case FACT_KIND_link_trouble:
    case FACT_KIND_dhcp_exchange:
    case FACT_KIND_capture:
        return scope == SCOPE_CAPTURE;
    case FACT_KIND_web_connection:
    case FACT_KIND_host_answered:
    case FACT_KIND_attempt:
        return scope == SCOPE_CLIENT || scope == SCOPE_CAPTURE;
    case FACT_KIND_backend_failed:
        return scope == SCOPE_ENDPOINT;
    case FACT_KIND_server_outage:
        return scope != SCOPE_SESSION && scope != SCOPE_LOOKUP;
    case FACT_KIND_endpoint:
    case FACT_KIND_server_turns:
        return scope == SCOPE_ENDPOINT || scope == SCOPE_CAPTURE;
    case FACT_KIND_client_visits:
        return scope == SCOPE_CLIENT;
    case FACT_KIND_contrast:
        return false;
    default: /* what happened inside a session */
        return scope == SCOPE_SESSION;
    }
}

bool scope_has_session(enum scope scope)
{
    return scope == SCOPE_SESSION || scope == SCOPE_ENDPOINT;
}

static void add_place(const struct fact_kind *kind, struct span field,
                      uint8_t slot, struct place *places, size_t max,
                      size_t *n)
{
    const struct fact_field *found = fact_field_find(kind, field);
    if (found && *n < max)
        places[(*n)++] = (struct place){slot, found};
}

size_t names_places(struct names *names, const struct fact_kind *kind,
                    struct span field, struct place *places, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < names->bound_count; i++) {
        const struct bound *b = &names->bound[i];
        if (!kind || b->kind == kind)
            add_place(b->kind, field, b->slot, places, max, &n);
    }
    for (size_t i = 0; i < names->counted_count; i++) {
        const struct counted *c = &names->counted[i];
        if (!kind || c->kind == kind)
            add_place(c->kind, field, c->slot, places, max, &n);
    }
    if (n > 0)
        return n;
    if (!kind && scope_has_session(names->scope))
        add_place(&fact_kinds[FACT_KIND_session], field, SLOT_SESSION, places,
                  max, &n);
    if (kind && names->counted_count < COUNTED_MAX &&
        fact_field_find(kind, field)) {
        /* No condition speaks of the kind: the first of the subject. */
        uint8_t slot = (uint8_t)(SLOT_COUNTED + names->counted_count);
        names->counted[names->counted_count++] =
            (struct counted){NULL, kind, slot};
        add_place(kind, field, slot, places, max, &n);
    }
    return n;
}

struct perhaps names_perhaps_field(const struct fact_kind *kind,
                                   struct span field)
{
    struct suggestion s = suggestion_for(field);
    for (size_t i = 0; i < kind->field_count; i++)
        suggestion_offer(&s, kind->fields[i].name);
    return suggestion_text(&s);
}

struct perhaps names_perhaps_kind(const struct names *names, struct span name)
{
    struct suggestion s = suggestion_for(name);
    for (size_t i = 0; i < FACT_KINDS; i++) {
        if (scope_has(names->scope, &fact_kinds[i]))
            suggestion_offer(&s, fact_kinds[i].name);
    }
    for (size_t i = 0; i < names->bound_count; i++) {
        if (names->bound[i].name)
            suggestion_offer(&s, names->bound[i].name);
    }
    return suggestion_text(&s);
}

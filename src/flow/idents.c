/* idents.c - see idents.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/idents.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

enum { IDENTS_MAX = 256 };

struct ident {
    uint64_t flow; /* its number */
    struct address asker, asked;
    uint64_t frame;
    int64_t time; /* of the first question */
    unsigned queries;
    struct span outcome;
};

struct idents {
    struct ident list[IDENTS_MAX];
    size_t count; /* in all; the ring keeps the last */
};

struct idents *idents_new(void)
{
    return must_alloc(sizeof(struct idents));
}

void idents_free(struct idents **idents)
{
    free(*idents);
    *idents = NULL;
}

static size_t kept(const struct idents *idents)
{
    return idents->count < IDENTS_MAX ? idents->count : IDENTS_MAX;
}

/* The entry of this flow; a new one if there is none. */
static struct ident *entry_of(struct idents *idents, const struct flow *flow,
                              const struct packet *p)
{
    for (size_t i = 0; i < kept(idents); i++) {
        if (idents->list[i].flow == flow->number)
            return &idents->list[i];
    }
    struct ident *entry = &idents->list[idents->count++ % IDENTS_MAX];
    *entry = (struct ident){
        .flow = flow->number,
        .asker = flow->side[C2S].address,
        .asked = flow->side[S2C].address,
        .frame = p->frame,
        .time = p->time,
        .outcome = SPAN("none"),
    };
    return entry;
}

void idents_packet(struct idents *idents, const struct flow *flow,
                   const struct packet *packet)
{
    struct ident *entry = entry_of(idents, flow, packet);
    bool syn = packet->tcp.flags & TCP_SYN;
    if (packet->tcp.source_port != IDENT_PORT)
        entry->queries += syn;
    else if (syn)
        entry->outcome = SPAN("accepted");
    else if (flow->handshake == FLOW_REFUSED)
        entry->outcome = SPAN("refused");
}

void idents_tell(const struct idents *idents, const struct flow *mail,
                 struct facts *out)
{
    const struct ident *first = NULL;
    for (size_t i = 0; i < kept(idents); i++) {
        const struct ident *entry = &idents->list[i];
        if (address_same(&entry->asker, &mail->side[S2C].address) &&
            address_same(&entry->asked, &mail->side[C2S].address) &&
            entry->time >= mail->first_time && entry->time <= mail->last_time &&
            (!first || entry->time < first->time))
            first = entry;
    }
    if (!first)
        return;
    facts_stamp(out, first->frame, first->time);
    TELL(out, ident_query, .outcome = first->outcome, .queries = first->queries,
         .began = clock_seconds(first->time - mail->first_time));
}

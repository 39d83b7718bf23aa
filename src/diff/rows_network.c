/* rows_network.c - names, addresses, connections, and what TCP did.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diff/rows.h"

/* A pause that people notice. */
#define NOTICED 3.0 /* seconds */

/* Loss that people notice: one segment in LOSS_PART, and not just one. */
enum { LOSS_PART = 20, LOSS_LEAST = 4 };

static void bad(struct rows_maker *maker, const char *key,
                const struct fact *fact)
{
    row_add(maker, key, fact)->bad = true;
}

static void self_assigned(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_address_self_assigned *a = fact->values;
    if (a->only && a->alone)
        bad(maker, "network", fact);
}

static void dhcp(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_dhcp_exchange *d = fact->values;
    if (d->waited > 0 || d->refused_last)
        bad(maker, "network", fact);
}

static void link_trouble(struct rows_maker *maker, const struct fact *fact)
{
    bad(maker, "network", fact);
}

static void arp(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_arp_unanswered *a = fact->values;
    if (a->mail || a->only)
        bad(maker, "network", fact);
}

static void outage(struct rows_maker *maker, const struct fact *fact)
{
    bad(maker, "network", fact);
}

/* An address of the other kind may be missing as long as there is one. */
static void lookup(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_dns_lookup *d = fact->values;
    const char *key =
        arena_printf(maker->mem, "dns %s", row_text(maker, d->type));
    struct row *row = row_add(maker, key, fact);
    bool answered = is(d->outcome, "answered");
    row->bad = !answered && !d->resolved_otherwise;
    enum weight weight = d->resolved_otherwise ? WEIGHT_LESSER : WEIGHT_MATTERS;
    row_aspect(maker, row, "outcome", d->outcome, weight);
    row_aspect(maker, row, "name", d->name, WEIGHT_LESSER);
    row_aspect(maker, row, "addresses", d->addresses, WEIGHT_LESSER);
    row_aspect(maker, row, "a second answer", d->other_answer, WEIGHT_MATTERS);
    if (answered && d->addresses.n)
        row_show(maker, row, "%s is %s", row_text(maker, d->name),
                 row_text(maker, d->addresses));
    else
        row_show(maker, row, "%s: %s", row_text(maker, d->name),
                 row_text(maker, d->outcome));
    row->seconds = d->delay > 0 ? d->delay : d->waited;
}

static struct span handshake(const struct fact_session *s)
{
    if (s->midstream)
        return SPAN("captured from the middle");
    if (is(s->handshake, "full"))
        return SPAN("accepted");
    if (is(s->handshake, "refused"))
        return SPAN("refused");
    if (is(s->handshake, "syn-only"))
        return SPAN("no answer");
    return SPAN("unfinished");
}

/* Where a packet shows how it ended, the row is there. */
static void connection(struct rows_maker *maker, const struct fact *fact)
{
    static const enum fact_kind_number shows[] = {
        FACT_KIND_tcp_connect, FACT_KIND_tcp_refused,
        FACT_KIND_tcp_syn_unanswered, FACT_KIND_tcp_synack_unanswered};
    const struct fact_session *s = fact->values;
    struct row *row = row_add(maker, "connect", fact);
    struct span how = handshake(s);
    for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
        const struct fact *shown = facts_get(maker->facts, shows[i], 0);
        if (!shown)
            continue;
        row->packet = shown->frame;
        row->time = shown->time;
        break;
    }
    const struct fact *open = facts_get(maker->facts, FACT_KIND_tcp_connect, 0);
    if (open)
        row->seconds = ((const struct fact_tcp_connect *)open->values)->delay;
    row->bad = !s->midstream && !is(how, "accepted");
    row_aspect(maker, row, "handshake", how,
               s->midstream ? WEIGHT_LESSER : WEIGHT_MATTERS);
    row_aspect(maker, row, "server", s->server, WEIGHT_LESSER);
    char port[24];
    snprintf(port, sizeof port, "%" PRIu64, s->port);
    row_aspect(maker, row, "port", span_of(port), WEIGHT_LESSER);
    row_yes(maker, row, "IPv6", s->ipv6, WEIGHT_LESSER);
    row_aspect(maker, row, "the client's TCP options", s->client_options,
               WEIGHT_LESSER);
    if (s->server_options.n) /* else it did not come to that */
        row_aspect(maker, row, "the server's TCP options", s->server_options,
                   WEIGHT_LESSER);
    row_show(maker, row, "port %" PRIu64 " %.*s", s->port, (int)how.n,
             (const char *)how.p);
}

static void unreachable(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_icmp_unreachable *u = fact->values;
    struct row *row = row_add(maker, "icmp", fact);
    /* A smaller packet size is agreed upon in this way. */
    row->bad = u->mtu == 0;
    row_aspect(maker, row, "message", u->name, WEIGHT_MATTERS);
}

static void reset(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tcp_reset *r = fact->values;
    if (!is(r->state, "established"))
        return; /* both knew that it was over */
    struct row *row = row_add(maker, "reset", fact);
    const struct fact_session *session = maker->rows.session;
    row->bad = !session || !session->finished;
    row_aspect(maker, row, "by", r->by, WEIGHT_MATTERS);
    row_aspect(maker, row, "signs that somebody else sent it", r->signs,
               WEIGHT_MATTERS);
}

static void silence(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tcp_silence *s = fact->values;
    const struct fact_session *session = maker->rows.session;
    struct row *row = row_add(maker, "silence", fact);
    row->bad = session && !session->worked && s->seconds > NOTICED;
    row_aspect(maker, row, "last words by", s->speaker, WEIGHT_LESSER);
    if (is(s->speaker, "none"))
        row_show(maker, row, "nothing for %.1f s; neither had said anything",
                 s->seconds);
}

static void stall(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tcp_stall *s = fact->values;
    struct row *row = row_add(maker, "stall", fact);
    row->bad = !s->delivered || s->seconds > NOTICED;
    row_aspect(maker, row, "by", s->by, WEIGHT_LESSER);
    row_yes(maker, row, "delivered in the end", s->delivered, WEIGHT_VIRTUE);
}

static void zero_window(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tcp_zero_window *z = fact->values;
    struct row *row = row_add(maker, "window", fact);
    row->bad = !z->reopened || z->seconds > NOTICED;
    row_aspect(maker, row, "by", z->by, WEIGHT_LESSER);
    row_yes(maker, row, "opened again", z->reopened, WEIGHT_VIRTUE);
}

static void conflict(struct rows_maker *maker, const struct fact *fact)
{
    bad(maker, "conflict", fact);
}

static void loss(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_session *s = fact->values;
    uint64_t again = s->client_retransmissions + s->server_retransmissions;
    uint64_t all = s->client_segments + s->server_segments;
    if (again < LOSS_LEAST || again < all / LOSS_PART || all == 0)
        return;
    struct row *row = row_add(maker, "loss", fact);
    row->bad = true;
    row->packet = 0;
    row->time = INT64_MAX - 2;
    row_show(maker, row, "%" PRIu64 " of %" PRIu64 " segments sent again",
             again, all);
}

static void close_of(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_session *s = fact->values;
    struct span end = s->end;
    struct row *row = row_add(maker, "close", fact);
    struct span by = span_cut(&end, '-');
    const struct fact *fin = facts_get(maker->facts, FACT_KIND_tcp_fin, 0);
    row->packet = fin ? fin->frame : 0;
    row->time = INT64_MAX - 1;
    row_aspect(maker, row, "ended by", s->end, WEIGHT_LESSER);
    row_yes(maker, row, "goodbye", s->finished, WEIGHT_LESSER);
    if (is(by, "none"))
        row_show(maker, row, "the capture shows no end");
    else
        row_show(maker, row, "by the %.*s%s%s", (int)by.n, (const char *)by.p,
                 is(end, "reset") ? " (reset)" : "",
                 s->finished ? ", in order" : "");
}

/* The session fact makes three rows. */
static void session(struct rows_maker *maker, const struct fact *fact)
{
    connection(maker, fact);
    loss(maker, fact);
    close_of(maker, fact);
}

/* clang-format off */
const struct rows_teller rows_of_network[] = {
    {FACT_KIND_address_self_assigned, self_assigned},
    {FACT_KIND_dhcp_exchange,         dhcp},
    {FACT_KIND_link_trouble,          link_trouble},
    {FACT_KIND_arp_unanswered,        arp},
    {FACT_KIND_outage,                outage},
    {FACT_KIND_dns_lookup,            lookup},
    {FACT_KIND_session,               session},
    {FACT_KIND_icmp_unreachable,      unreachable},
    {FACT_KIND_tcp_reset,             reset},
    {FACT_KIND_tcp_silence,           silence},
    {FACT_KIND_tcp_stall,             stall},
    {FACT_KIND_tcp_zero_window,       zero_window},
    {FACT_KIND_tcp_conflict,          conflict},
    {0, NULL},
};
/* clang-format on */

/* beside.c - see beside.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "beside.h"

#include <stdlib.h>

#include "backends.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "dhcp/leases.h"
#include "dissector.h"
#include "dns/dns.h"
#include "dns/encrypted.h"
#include "dns/lookups.h"
#include "flow/idents.h"
#include "flow/links.h"
#include "flow/neighbours.h"
#include "flow/pairs.h"
#include "flow/reach.h"
#include "flow/stations.h"
#include "http/checks.h"
#include "http/secure_sites.h"
#include "unreachable.h"

enum {
    TRIES_MAX = 256, /* the last connections to servers known by name */
    PORT_SMTP = 25,
};

/* A name whose addresses are tried one after the other is tried within so long:
 * the longest usual wait for one of them is 127 s (Linux). */
#define TRIES_WITHIN (150 * CLOCK_SECOND)

/* That a client tried an address of a name. */
struct address_try {
    uint64_t name; /* and who asked for it, hashed */
    struct address server;
    int64_t time;
};

struct beside {
    struct lookups *lookups;
    struct encrypted *encrypted;
    struct address quic_client, quic_server; /* the last over UDP */
    struct address active;                   /* the last that was */
    struct address_try tries[TRIES_MAX];
    size_t try_count; /* in all; the ring keeps the last */
    struct neighbours *neighbours;
    struct stations *stations;
    struct links *links;
    struct reach *reach;
    struct leases *leases;
    struct checks *checks;
    struct secure_sites *secure_sites;
    struct pairs *pairs;
    struct backends *backends;
    struct idents *idents;
};

struct beside *beside_new(void)
{
    struct beside *b = must_alloc(sizeof *b);
    b->lookups = lookups_new();
    b->encrypted = encrypted_new();
    b->neighbours = neighbours_new();
    b->stations = stations_new();
    b->links = links_new();
    b->reach = reach_new();
    b->leases = leases_new();
    b->checks = checks_new();
    b->secure_sites = secure_sites_new();
    b->pairs = pairs_new();
    b->backends = backends_new();
    b->idents = idents_new();
    return b;
}

void beside_free(struct beside **beside)
{
    if (!*beside)
        return;
    lookups_free(&(*beside)->lookups);
    encrypted_free(&(*beside)->encrypted);
    neighbours_free(&(*beside)->neighbours);
    stations_free(&(*beside)->stations);
    links_free(&(*beside)->links);
    reach_free(&(*beside)->reach);
    leases_free(&(*beside)->leases);
    checks_free(&(*beside)->checks);
    secure_sites_free(&(*beside)->secure_sites);
    pairs_free(&(*beside)->pairs);
    backends_free(&(*beside)->backends);
    idents_free(&(*beside)->idents);
    free(*beside);
    *beside = NULL;
}

/* The client begins to talk to a server that is none for mail. */
static void reached_out(struct beside *b, const struct packet *p, bool tcp)
{
    struct lookup_name found = {
        .name = {NULL, 0}
    };
    lookups_active(b->lookups, &p->source);
    lookups_name(b->lookups, &p->source, &p->destination, p->time, &found);
    lookups_used(b->lookups, &p->source, &p->destination, false, p->time);
    const struct encrypted_seen seen = {
        .client = p->source,
        .server = p->destination,
        .client_port = tcp ? p->tcp.source_port : p->udp.source_port,
        .server_port = tcp ? p->tcp.destination_port : p->udp.destination_port,
        .tcp = tcp,
        .name = found.name,
        .frame = p->frame,
        .time = p->time,
    };
    encrypted_packet(b->encrypted, &seen);
}

/* QUIC, over which webmail and resolvers are reached as well.  Of many packets
 * in a row the first says all. */
static void quic_packet(struct beside *b, const struct packet *p)
{
    if (address_same(&b->quic_client, &p->source) &&
        address_same(&b->quic_server, &p->destination))
        return;
    b->quic_client = p->source;
    b->quic_server = p->destination;
    reached_out(b, p, false);
}

static bool is_dhcp(const struct packet *p)
{
    uint16_t from = p->udp.source_port, to = p->udp.destination_port;
    return (from == DHCP_CLIENT_PORT && to == DHCP_SERVER_PORT) ||
           (from == DHCP_SERVER_PORT &&
            (to == DHCP_CLIENT_PORT || to == DHCP_SERVER_PORT));
}

/* Of many packets in a row the first says all. */
static void note_active(struct beside *b, const struct address *host)
{
    if (!address_same(&b->active, host))
        lookups_active(b->lookups, host);
    b->active = *host;
}

void beside_udp(struct beside *b, const struct packet *p)
{
    if (p->udp.source_port != DNS_PORT && p->udp.destination_port != DNS_PORT)
        note_active(b, &p->source);
    if (p->udp.destination_port == HTTPS_PORT ||
        p->udp.destination_port == DNS_TLS_PORT)
        quic_packet(b, p);
    if (is_dhcp(p))
        leases_message(b->leases, p->payload, p->frame, p->time);
    if (p->udp.source_port != DNS_PORT && p->udp.destination_port != DNS_PORT)
        return;
    const struct dns_seen seen = {
        .source = p->source,
        .destination = p->destination,
        .source_port = p->udp.source_port,
        .destination_port = p->udp.destination_port,
        .ttl = p->ttl,
        .frame = p->frame,
        .time = p->time,
    };
    lookups_message(b->lookups, &seen, p->payload);
}

void beside_any(struct beside *b, const struct packet *p)
{
    stations_packet(b->stations, p);
    if (p->kind == PACKET_LINK) {
        links_packet(b->links, p);
        return;
    }
    neighbours_packet(b->neighbours, p);
    reach_packet(b->reach, p);
    backends_packet(b->backends, p);
}

void beside_icmp(struct beside *b, const struct packet *p)
{
    const struct icmp_header *i = &p->icmp;
    enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
    if (!i->quotes)
        note_active(b, &p->source);
    if (!i->quotes || i->quoted_destination_port != DNS_PORT ||
        !unreachable_is(i))
        return;
    if (i->quoted_protocol == PROTOCOL_UDP)
        lookups_unreachable(b->lookups,
                            &(struct dns_undelivered){
                                .client = i->quoted_source,
                                .resolver = i->quoted_destination,
                                .reporter = p->source,
                                .client_port = i->quoted_source_port,
                                .what = unreachable_what(i),
                                .frame = p->frame,
                                .time = p->time,
                            });
    else if (i->quoted_protocol == PROTOCOL_TCP)
        lookups_tcp(b->lookups, &i->quoted_source, &i->quoted_destination,
                    LOOKUP_TCP_REFUSED);
}

/* DNS over TCP, as far as messages begin where segments do: they do in
 * practice, and half a question less is no harm. */
static void dns_segment(struct beside *b, const struct packet *p)
{
    struct span rest = p->payload, message;
    const struct dns_seen seen = {
        .source = p->source,
        .destination = p->destination,
        .source_port = p->tcp.source_port,
        .destination_port = p->tcp.destination_port,
        .tcp = true,
        .frame = p->frame,
        .time = p->time,
    };
    while (dns_stream_take(&rest, &message))
        lookups_message(b->lookups, &seen, message);
}

/* What becomes of asking once more over TCP. */
static void dns_connection(struct beside *b, const struct packet *p)
{
    bool from_resolver = p->tcp.source_port == DNS_PORT;
    bool syn = p->tcp.flags & TCP_SYN, ack = p->tcp.flags & TCP_ACK;
    if (!from_resolver && syn && !ack)
        lookups_tcp(b->lookups, &p->source, &p->destination,
                    LOOKUP_TCP_UNANSWERED);
    else if (from_resolver && syn)
        lookups_tcp(b->lookups, &p->destination, &p->source,
                    LOOKUP_TCP_CONNECTED);
    else if (from_resolver && p->tcp.flags & TCP_RST)
        lookups_tcp(b->lookups, &p->destination, &p->source,
                    LOOKUP_TCP_REFUSED);
    else if (from_resolver && p->payload.n)
        lookups_tcp(b->lookups, &p->destination, &p->source,
                    LOOKUP_TCP_ANSWERED);
}

static void web_segment(struct beside *b, const struct flow *flow,
                        const struct packet *p)
{
    if (p->tcp.destination_port == HTTP_PORT)
        checks_request(b->checks, flow->number, &p->source, p->payload,
                       p->frame, p->time);
    else
        checks_answer(b->checks, flow->number, p->payload, p->frame, p->time);
}

/* The server's first packet says that the host is there, whatever the port is
 * for: yes or no. */
static bool is_first_answer(const struct flow *flow, const struct packet *p)
{
    return flow->side[S2C].first_frame == p->frame &&
           (flow->handshake == FLOW_REFUSED ||
            (p->tcp.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK));
}

void beside_tcp(struct beside *b, const struct flow *flow,
                const struct packet *p)
{
    if (is_first_answer(flow, p))
        beside_answered(b, flow);
    if (flow->side[S2C].port == HTTPS_PORT &&
        p->tcp.destination_port == HTTPS_PORT)
        secure_sites_segment(b->secure_sites, &flow->side[C2S].address,
                             &flow->side[S2C].address, p->payload, p->frame,
                             p->time);
    if (flow->side[S2C].port == HTTP_PORT && p->payload.n)
        web_segment(b, flow, p);
    if (flow->side[S2C].port == IDENT_PORT)
        idents_packet(b->idents, flow, p);
    if (flow->side[S2C].port == DNS_PORT) {
        dns_connection(b, p);
        if (p->payload.n)
            dns_segment(b, p);
    } else if (p->tcp.flags & TCP_SYN && !(p->tcp.flags & TCP_ACK)) {
        reached_out(b, p, true);
    }
}

void beside_serves(struct beside *b, const struct flow *flow)
{
    backends_serves(b->backends, flow);
}

void beside_over(struct beside *b, const struct flow *flow)
{
    backends_over(b->backends, flow);
}

void beside_attempt(struct beside *b, const struct flow *flow)
{
    pairs_attempt(b->pairs, flow);
}

size_t beside_ports_tried(const struct beside *b, const struct flow *flow)
{
    return pairs_ports_tried(b->pairs, flow);
}

void beside_answered(struct beside *b, const struct flow *flow)
{
    pairs_answered(b->pairs, flow);
}

void beside_silent(struct beside *b, const struct flow *flow)
{
    pairs_silent(b->pairs, flow);
}

void beside_stray(struct beside *b, const struct flow *flow,
                  const struct packet *p)
{
    pairs_stray(b->pairs, flow, p);
}

bool beside_probed(const struct beside *b, const struct flow *flow)
{
    return pairs_probed(b->pairs, flow);
}

static bool name_of(struct beside *b, const struct flow *flow,
                    struct lookup_name *name)
{
    return lookups_name(b->lookups, &flow->side[C2S].address,
                        &flow->side[S2C].address, flow->first_time, name);
}

/* Of the name and who asked for it, which may be another address of the host
 * than connects. */
static uint64_t try_name(const struct lookup_name *found)
{
    const struct address *asker = &found->asker;
    uint64_t hash =
        hash_bytes((struct span){asker->bytes, sizeof asker->bytes}, 1);
    return hash_bytes(found->name, hash) | 1;
}

struct span beside_name(struct beside *b, const struct flow *flow)
{
    struct lookup_name found;
    lookups_active(b->lookups, &flow->side[C2S].address);
    lookups_used(b->lookups, &flow->side[C2S].address, &flow->side[S2C].address,
                 true, flow->first_time);
    if (!name_of(b, flow, &found))
        return (struct span){NULL, 0};
    b->tries[b->try_count++ % TRIES_MAX] = (struct address_try){
        .name = try_name(&found),
        .server = flow->side[S2C].address,
        .time = flow->first_time,
    };
    return found.name;
}

struct tlsa_set beside_tlsa(struct beside *b, const struct flow *flow,
                            struct span name, struct facts *out)
{
    struct text records = {0};
    size_t usable = 0;
    const struct lookup *answer =
        lookups_tlsa(b->lookups, &flow->side[C2S].address, name,
                     flow->side[S2C].port, flow->first_time);
    if (!answer)
        return (struct tlsa_set){NULL, 0};
    const struct tlsa_set set = answer->tlsa;
    for (size_t i = 0; i < set.count; i++)
        usable += tlsa_usable(&set.records[i]);
    lookups_tlsa_text(&records, &set);
    facts_stamp(out, answer->answer_frame, answer->answered);
    TELL(out, dns_tlsa, .name = answer->name, .records = text_span(&records),
         .usable = usable);
    text_free(&records);
    return set;
}

double beside_name_delay(struct beside *b, const struct flow *flow)
{
    struct lookup_name found;
    return name_of(b, flow, &found) ? clock_seconds(found.delay) : -1;
}

/* How long before this flow the first of those other addresses was tried that
 * were tried since this address itself was. */
static double detour(const struct beside *b, const struct flow *flow,
                     const struct lookup_name *found)
{
    uint64_t name = try_name(found);
    int64_t earliest = flow->first_time;
    for (size_t back = 1; back <= TRIES_MAX && back <= b->try_count; back++) {
        const struct address_try *tried =
            &b->tries[(b->try_count - back) % TRIES_MAX];
        if (tried->name != name || tried->time >= flow->first_time)
            continue;
        if (address_same(&tried->server, &flow->side[S2C].address) ||
            flow->first_time - tried->time > TRIES_WITHIN)
            break;
        earliest = tried->time;
    }
    return clock_seconds(flow->first_time - earliest);
}

void beside_tell_ident(const struct beside *b, const struct flow *flow,
                       struct facts *out)
{
    idents_tell(b->idents, flow, out);
}

void beside_session(struct beside *b, const struct flow *flow,
                    struct fact_session *session)
{
    struct lookup_name found;
    session->domain = dns_domain(session->name);
    session->looked_up = name_of(b, flow, &found);
    if (session->looked_up) {
        session->lookup_delay = clock_seconds(found.delay);
        session->detour = detour(b, flow, &found);
        if (session->port == PORT_SMTP)
            session->mail_domain = lookups_mail_domain(
                b->lookups, &found.asker, found.name, flow->first_time);
    }
    if (session->port == PORT_SMTP && flow->handshake == FLOW_FULL)
        lookups_serves(b->lookups, &flow->side[S2C].address);
    lookups_kept(b->lookups, &flow->side[C2S].address, &flow->side[S2C].address,
                 flow->last_time);
}

/* Where the reporter stands, as the client sees it.  Next to the client: neither
 * what it says nor what the client sent had passed a router when they were
 * captured, and what it quotes had passed itself at most (RFC 1812 sections
 * 4.3.2.3 and 5.3.1: the TTL may be decremented before the error). */
static const char *place_of_reporter(const struct packet *p, uint8_t client_ttl)
{
    const struct icmp_header *i = &p->icmp;
    if (!address_same(&p->destination, &i->quoted_source))
        return "";
    if (address_same(&p->source, &p->destination))
        return "own";
    if (address_same(&p->source, &i->quoted_destination))
        return "server";
    if (!ttl_is_whole(client_ttl))
        return "";
    if (!ttl_is_whole(p->ttl))
        return "further";
    return i->quoted_ttl + 1 >= client_ttl ? "first-hop" : "";
}

void beside_tell_icmp(const struct packet *p, const struct flow *flow,
                      struct facts *out)
{
    char reporter[ADDRESS_TEXT], destination[ADDRESS_TEXT];
    const struct icmp_header *i = &p->icmp;
    if (!unreachable_is(i))
        return;
    address_text(&p->source, reporter);
    address_text(&i->quoted_destination, destination);
    /* The SYN's number is one below that of the first byte of content. */
    const struct flow_side *client = &flow->side[C2S];
    bool syn = flow->syn_count > 0 &&
               (!i->quoted_has_seq || i->quoted_seq == client->first_seq - 1) &&
               address_same(&i->quoted_source, &client->address);
    facts_stamp(out, p->frame, p->time);
    TELL(out, icmp_unreachable, .version = i->version, .type = i->type,
         .code = i->code, .name = unreachable_name(i),
         .what = unreachable_what(i), .reporter = span_of(reporter),
         .place = span_of(place_of_reporter(p, client->ttl)),
         .from_destination = address_same(&p->source, &i->quoted_destination),
         .mtu = i->mtu, .quotes_syn = syn, .ttl = client->ttl,
         .port = i->quoted_destination_port,
         .destination = span_of(destination));
}

/* Whether a mail connection, or a question for a mail host, went through or to
 * this address: what makes an unanswered ARP question our business. */
struct needs {
    struct book *book;
    uint64_t mail_lookups;
};

static bool needed(void *user, const struct address *target)
{
    const struct needs *n = user;
    char text[ADDRESS_TEXT];
    address_text(target, text);
    for (size_t i = 0; i < book_count(n->book); i++) {
        const struct fact_session *s = &book_get(n->book, i)->session;
        if (span_same(s->server, span_of(text)))
            return true;
    }
    return n->mail_lookups > 0;
}

static bool is_alone(void *user, const uint8_t mac[6])
{
    return stations_alone(user, mac);
}

void beside_tell(struct beside *b, struct book *book,
                 const struct result *result, const struct beside_counts *c,
                 struct facts *out)
{
    struct needs needs = {book, lookups_mail_count(b->lookups)};
    lookups_tell(b->lookups, result->end, out);
    encrypted_tell(b->encrypted, out);
    neighbours_tell(b->neighbours, result->start, result->end, needed, &needs,
                    out);
    stations_tell(b->stations, result->start, out);
    links_tell(b->links, result->start, result->end, is_alone, b->stations,
               out);
    reach_tell(b->reach, result->end, out);
    leases_tell(b->leases, result->start, result->end, is_alone, b->stations,
                out);
    checks_tell(b->checks, result->start, out);
    secure_sites_tell(b->secure_sites, out);
    pairs_tell(b->pairs, out);
    backends_tell(b->backends, book, out);
    facts_stamp(out, 0, result->end);
    TELL(out, capture, .packets = result->packets,
         .duration = clock_seconds(result->end - result->start),
         .sessions = book_count(book) + book_unlisted(book),
         .flows = c->flows->flows, .lookups = lookups_count(b->lookups),
         .mail_lookups = needs.mail_lookups, .truncated = c->net->truncated,
         .duplicates = c->flows->duplicates,
         .bad_checksums = c->flows->bad_checksums,
         .super_segments = c->flows->super_segments,
         .clock_steps = c->flows->clock_steps,
         .clock_unset = !clock_is_set(result->start),
         .missed_bytes = c->flows->missed_bytes, .dropped = c->dropped,
         .wlan_frames = c->net->wlan_frames,
         .wlan_retries = c->net->wlan_retries,
         .wlan_encrypted = c->net->wlan_encrypted,
         .unreadable_frames =
             c->net->unknown_link + c->net->damaged + c->net->headers_cut,
         .unknown_frames = c->net->unknown_link + c->net->unknown_protocol,
         .hidden_frames = c->net->hidden, .damaged_frames = c->net->damaged,
         .keys = c->keys->kept, .bad_key_lines = c->keys->bad,
         .unknown_key_lines = c->keys->unknown);
}

/* reach.c - see reach.h.
 *
 * A client is followed from its first question (a SYN, or a query to port 53)
 * until something comes in from outside, or the client acknowledges what must
 * have come; then its count begins anew.  While no question is open, which is
 * nearly always, a packet costs a few comparisons.
 *
 * What answered (with SYN-ACK, or from port 53) is remembered: if it falls
 * silent together with others, that is not its own doing.
 *
 * A computer's IPv4 and IPv6 addresses are clients of their own; that they are
 * one computer's, its hardware address tells, where no router lent it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define STALE (60 * CLOCK_SECOND)

/* What comes so long after the last question belongs to another time. */
#define LONG_AFTER (15 * 60 * CLOCK_SECOND)

enum {
    ROUTER_ADDRESSES = 64, /* remembered: who answers ARP for himself */
    DNS = 53,
};

/* What a client asks: a port of a host. */
struct service {
    struct address host;
    uint16_t port;
};

struct client {
    struct address address;
    uint8_t router[6]; /* where its questions go */
    uint8_t station[6]; /* its own, if it is known */
    bool has_router, has_station, router_alive, answered;
    int64_t first_answer, last_answer; /* if answered */
    int64_t since, last;
    uint64_t frame; /* of its last question */
    struct address hosts[REACH_HOSTS];
    uint16_t ports[REACH_PORTS];
    unsigned host_n, port_n;
    struct service known[REACH_KNOWN];    /* a ring: they answered before */
    struct address networks[REACH_HOSTS]; /* of those now asked in vain */
    unsigned known_n, known_next, network_n;
};

/* The longest time without anything from outside. */
struct outage {
    uint64_t frame;
    int64_t time, seconds, until;
    struct address client;
    unsigned host_n, port_n, network_n;
    bool router_alive, answered_before, ended;
};

struct reach {
    struct client clients[REACH_CLIENTS];
    struct outage outages[REACH_CLIENTS]; /* in the same places */
    unsigned open;                        /* clients with a question open */
    struct {
        uint8_t mac[6];
        struct address address;
    } near[ROUTER_ADDRESSES];
    unsigned near_n, near_next;
};

struct reach *reach_new(void)
{
    return must_alloc(sizeof(struct reach));
}

void reach_free(struct reach **reach)
{
    free(*reach);
    *reach = NULL;
}

/* Cheap: the last bytes differ where addresses do. */
static size_t place_of(const struct address *a)
{
    const uint8_t *p = a->bytes + (a->family == 6 ? 12 : 0);
    uint32_t key = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                   (uint32_t)p[2] << 8 | p[3];
    return (key * UINT32_C(2654435761)) >> 22;
}

static void close_client(struct reach *r, size_t place, int64_t now,
                         bool answered)
{
    struct client *c = &r->clients[place];
    struct outage *longest = &r->outages[place];
    bool later = now - c->last > LONG_AFTER;
    int64_t until = later ? c->last + LONG_AFTER : now;
    int64_t seconds = until > c->since ? until - c->since : 0;
    bool worse = longest->frame == 0 || seconds > longest->seconds;
    bool many = c->host_n >= REACH_HOSTS_MIN || c->network_n >= REACH_NETWORKS;

    if (many && worse)
        *longest = (struct outage){
            .frame = c->frame,
            .time = c->last,
            .seconds = seconds,
            .until = until,
            .client = c->address,
            .host_n = c->host_n,
            .port_n = c->port_n,
            .network_n = c->network_n,
            .router_alive = c->router_alive,
            .answered_before = c->answered,
            .ended = answered && !later,
        };
    if (answered && !c->answered)
        c->first_answer = now;
    if (answered)
        c->last_answer = now;
    c->answered |= answered;
    r->open--;
    c->host_n = c->port_n = c->network_n = 0;
}

/* Adds it to a set of at most REACH_HOSTS. */
static void add_address(struct address *set, unsigned *n,
                        const struct address *address)
{
    for (unsigned i = 0; i < *n; i++)
        if (address_same(&set[i], address))
            return;
    if (*n < REACH_HOSTS)
        set[(*n)++] = *address;
}

static void add_port(struct client *c, uint16_t port)
{
    for (unsigned i = 0; i < c->port_n; i++)
        if (c->ports[i] == port)
            return;
    if (c->port_n < REACH_PORTS)
        c->ports[c->port_n++] = port;
}

static bool is_known(const struct client *c, const struct address *host,
                     uint16_t port)
{
    for (unsigned i = 0; i < c->known_n; i++)
        if (c->known[i].port == port && address_same(&c->known[i].host, host))
            return true;
    return false;
}

static void learn(struct client *c, const struct address *host, uint16_t port)
{
    if (is_known(c, host, port))
        return;
    c->known[c->known_next] = (struct service){*host, port};
    c->known_next = (c->known_next + 1) % REACH_KNOWN;
    if (c->known_n < REACH_KNOWN)
        c->known_n++;
}

/* Hosts that share it may fall silent together: a provider's, as a rule. */
static struct address network_of(const struct address *host)
{
    struct address network = *host;
    size_t kept = host->family == 6 ? 4 : 2;
    memset(network.bytes + kept, 0, sizeof network.bytes - kept);
    return network;
}

/* As far as can be known. */
static bool is_near(const struct reach *r, const struct address *address,
                    const uint8_t mac[6])
{
    if (address_class(address) != ADDRESS_PUBLIC)
        return true;
    for (unsigned i = 0; i < r->near_n; i++)
        if (address_same(&r->near[i].address, address) &&
            memcmp(r->near[i].mac, mac, 6) == 0)
            return true;
    return false;
}

static void on_question(struct reach *r, const struct packet *p, uint16_t port)
{
    size_t place = place_of(&p->source);
    struct client *c = &r->clients[place];

    if (is_near(r, &p->destination, p->destination_mac))
        return;
    if (!address_same(&c->address, &p->source)) {
        if (c->host_n > 0 && p->time - c->last < STALE)
            return;
        if (c->host_n > 0)
            close_client(r, place, c->last, false);
        *c = (struct client){.address = p->source};
    } else if (c->host_n > 0 && p->time - c->last > LONG_AFTER) {
        close_client(r, place, p->time, false);
    }
    if (c->host_n == 0) {
        r->open++;
        c->since = p->time;
        c->router_alive = false;
        c->has_router = p->has_macs;
        c->has_station = p->has_macs && ttl_is_whole(p->ttl);
        memcpy(c->router, p->destination_mac, sizeof c->router);
        memcpy(c->station, p->source_mac, sizeof c->station);
    } else if (c->has_router &&
               memcmp(c->router, p->destination_mac, sizeof c->router) != 0) {
        return; /* it goes another way */
    }
    add_address(c->hosts, &c->host_n, &p->destination);
    if (is_known(c, &p->destination, port)) {
        struct address network = network_of(&p->destination);
        add_address(c->networks, &c->network_n, &network);
    }
    add_port(c, port);
    c->last = p->time;
    c->frame = p->frame;
}

/* The router speaks for itself, not for somebody outside. */
static bool is_router_itself(const struct reach *r, const struct packet *p)
{
    return is_near(r, &p->source, p->source_mac);
}

static void on_packet_to_client(struct reach *r, const struct packet *p)
{
    size_t place = place_of(&p->destination);
    struct client *c = &r->clients[place];

    if (c->host_n == 0 || !address_same(&c->address, &p->destination))
        return;
    if (!is_router_itself(r, p))
        close_client(r, place, p->time, true);
    else if (c->has_router && memcmp(c->router, p->source_mac, 6) == 0)
        c->router_alive = true;
}

static void on_answer(struct reach *r, const struct packet *p, uint16_t port)
{
    struct client *c = &r->clients[place_of(&p->destination)];

    if (address_same(&c->address, &p->destination) && !is_router_itself(r, p))
        learn(c, &p->source, port);
}

/* A bare ACK to a host that was asked acknowledges its answer, also where only
 * this direction was captured.  One with content may be sent in vain, on a
 * connection that is older. */
static void on_packet_of_client(struct reach *r, const struct packet *p)
{
    size_t place = place_of(&p->source);
    const struct client *c = &r->clients[place];
    const uint8_t kinds = TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN;

    if (p->kind != PACKET_TCP || p->length > 0 ||
        (p->tcp.flags & kinds) != TCP_ACK ||
        !address_same(&c->address, &p->source))
        return;
    for (unsigned i = 0; i < c->host_n; i++) {
        if (address_same(&c->hosts[i], &p->destination)) {
            close_client(r, place, p->time, true);
            return;
        }
    }
}

static void on_arp(struct reach *r, const struct packet *p)
{
    const struct arp_header *arp = &p->arp;
    size_t place = place_of(&arp->target);
    struct client *c = &r->clients[place];

    if (arp->sender.family == 0 ||
        address_class(&arp->sender) == ADDRESS_UNSPECIFIED)
        return;
    memcpy(r->near[r->near_next].mac, arp->sender_mac, 6);
    r->near[r->near_next].address = arp->sender;
    r->near_next = (r->near_next + 1) % ROUTER_ADDRESSES;
    if (r->near_n < ROUTER_ADDRESSES)
        r->near_n++;
    if (c->host_n > 0 && address_same(&c->address, &arp->target) &&
        c->has_router && memcmp(c->router, arp->sender_mac, 6) == 0)
        c->router_alive = true;
}

void reach_packet(struct reach *r, const struct packet *p)
{
    if (p->kind == PACKET_ARP) {
        on_arp(r, p);
        return;
    }
    if (r->open > 0)
        on_packet_to_client(r, p);
    if (r->open > 0)
        on_packet_of_client(r, p);
    if (p->kind == PACKET_TCP) {
        if (tcp_flags_open(p->tcp.flags))
            on_question(r, p, p->tcp.destination_port);
        else if (p->tcp.flags & TCP_SYN)
            on_answer(r, p, p->tcp.source_port);
    } else if (p->kind == PACKET_UDP && p->udp.destination_port == DNS) {
        on_question(r, p, DNS);
    } else if (p->kind == PACKET_UDP && p->udp.source_port == DNS) {
        on_answer(r, p, DNS);
    }
}

/* Whether the computer whose IPv4 (or IPv6) led nowhere was answered meanwhile
 * over the other one. */
static bool other_version_answered(const struct reach *r,
                                   const struct outage *outage)
{
    const struct client *own = &r->clients[place_of(&outage->client)];
    if (!address_same(&own->address, &outage->client) || !own->has_station)
        return false;
    for (size_t i = 0; i < REACH_CLIENTS; i++) {
        const struct client *c = &r->clients[i];
        if (c->answered && c->has_station &&
            c->address.family != own->address.family &&
            memcmp(c->station, own->station, sizeof c->station) == 0 &&
            c->first_answer <= outage->until &&
            c->last_answer >= outage->until - outage->seconds)
            return true;
    }
    return false;
}

static int by_frame(const void *a, const void *b)
{
    const struct outage *x = *(const struct outage *const *)a;
    const struct outage *y = *(const struct outage *const *)b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

void reach_tell(struct reach *r, int64_t capture_end, struct facts *out)
{
    const struct outage *found[REACH_CLIENTS];
    size_t n = 0;

    for (size_t i = 0; i < REACH_CLIENTS; i++) {
        if (r->clients[i].host_n > 0)
            close_client(r, i, capture_end, false);
        if (r->outages[i].frame)
            found[n++] = &r->outages[i];
    }
    if (n)
        qsort(found, n, sizeof found[0], by_frame);
    for (size_t i = 0; i < n; i++) {
        const struct outage *o = found[i];
        char client[ADDRESS_TEXT];
        address_text(&o->client, client);
        facts_stamp(out, o->frame, o->time);
        TELL(out, outage, .client = span_of(client),
             .version = o->client.family,
             .other_version_answered = other_version_answered(r, o),
             .destinations = o->host_n, .ports = o->port_n,
             .networks_known = o->network_n,
             .seconds = clock_seconds(o->seconds),
             .answered_before = o->answered_before, .ended = o->ended,
             .router_alive = o->router_alive);
    }
}

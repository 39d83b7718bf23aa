/* encrypted.c - see encrypted.h.  Port 853 is for nothing else; on 443 only well
 * known resolvers can be told from web servers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "encrypted.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "dns.h"

struct pair {
    struct encrypted_seen first;
    uint16_t last_port;
    uint64_t connections;
};

struct encrypted {
    struct arena *arena;
    struct pair pairs[ENCRYPTED_MAX];
    size_t count;
};

/* clang-format off */
/* Resolvers that everybody may use, with an address of their own for it. */
static const struct span resolvers[] = {
    SPAN_INIT("1.1.1.1"),         SPAN_INIT("1.0.0.1"),
    SPAN_INIT("1.1.1.2"),         SPAN_INIT("1.0.0.2"),
    SPAN_INIT("1.1.1.3"),         SPAN_INIT("1.0.0.3"),
    SPAN_INIT("8.8.8.8"),         SPAN_INIT("8.8.4.4"),
    SPAN_INIT("9.9.9.9"),         SPAN_INIT("149.112.112.112"),
    SPAN_INIT("94.140.14.14"),    SPAN_INIT("94.140.15.15"),
    SPAN_INIT("208.67.222.222"),  SPAN_INIT("208.67.220.220"),
    SPAN_INIT("2606:4700:4700::1111"), SPAN_INIT("2606:4700:4700::1001"),
    SPAN_INIT("2001:4860:4860::8888"), SPAN_INIT("2001:4860:4860::8844"),
    SPAN_INIT("2620:fe::fe"),     SPAN_INIT("2620:fe::9"),
};

/* Names of resolvers that answer over HTTPS; names below them count too. */
static const struct span names[] = {
    SPAN_INIT("dns.google"),
    SPAN_INIT("cloudflare-dns.com"),
    SPAN_INIT("one.one.one.one"),
    SPAN_INIT("dns.quad9.net"),
    SPAN_INIT("dns.nextdns.io"),
    SPAN_INIT("doh.opendns.com"),
    SPAN_INIT("dns.adguard-dns.com"),
    SPAN_INIT("dns.adguard.com"),
    SPAN_INIT("doh.cleanbrowsing.org"),
    SPAN_INIT("dns.mullvad.net"),
    SPAN_INIT("doh.dns.apple.com"),
    SPAN_INIT("doh.xfinity.com"),
    SPAN_INIT("dns.alidns.com"),
    SPAN_INIT("doh.pub"),
};
/* clang-format on */

struct encrypted *encrypted_new(void)
{
    struct encrypted *e = must_alloc(sizeof *e);
    e->arena = arena_new();
    return e;
}

void encrypted_free(struct encrypted **encrypted)
{
    if (!*encrypted)
        return;
    arena_free(&(*encrypted)->arena);
    free(*encrypted);
    *encrypted = NULL;
}

static bool is_below(struct span name, struct span domain)
{
    if (name.n < domain.n ||
        !span_is(span_skip(name, name.n - domain.n), domain))
        return false;
    return name.n == domain.n || name.p[name.n - domain.n - 1] == '.';
}

static bool is_resolver(const struct encrypted_seen *seen)
{
    char address[ADDRESS_TEXT];
    if (seen->server_port == DNS_TLS_PORT)
        return true;
    if (seen->server_port != HTTPS_PORT)
        return false;
    for (size_t i = 0; seen->name.n && i < sizeof names / sizeof *names; i++) {
        if (is_below(seen->name, names[i]))
            return true;
    }
    address_text(&seen->server, address);
    for (size_t i = 0; i < sizeof resolvers / sizeof *resolvers; i++) {
        if (span_same(span_of(address), resolvers[i]))
            return true;
    }
    return false;
}

static struct pair *find(struct encrypted *e, const struct encrypted_seen *seen)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct encrypted_seen *first = &e->pairs[i].first;
        if (first->server_port == seen->server_port &&
            first->tcp == seen->tcp &&
            address_same(&first->client, &seen->client) &&
            address_same(&first->server, &seen->server))
            return &e->pairs[i];
    }
    return NULL;
}

void encrypted_packet(struct encrypted *e, const struct encrypted_seen *seen)
{
    if (!is_resolver(seen))
        return;
    struct pair *pair = find(e, seen);
    if (!pair) {
        if (e->count == ENCRYPTED_MAX)
            return;
        pair = &e->pairs[e->count++];
        pair->first = *seen;
        pair->first.name = arena_copy(e->arena, seen->name);
    }
    /* A SYN or a datagram from the same port belongs to the same connection. */
    pair->connections +=
        pair->connections == 0 || pair->last_port != seen->client_port;
    pair->last_port = seen->client_port;
}

static struct span over(const struct encrypted_seen *seen)
{
    if (seen->server_port != DNS_TLS_PORT)
        return SPAN("DNS over HTTPS");
    return seen->tcp ? SPAN("DNS over TLS") : SPAN("DNS over QUIC");
}

void encrypted_tell(const struct encrypted *e, struct facts *out)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct encrypted_seen *first = &e->pairs[i].first;
        char client[ADDRESS_TEXT], resolver[ADDRESS_TEXT];
        address_text(&first->client, client);
        address_text(&first->server, resolver);
        facts_stamp(out, first->frame, first->time);
        TELL(out, dns_encrypted, .client = span_of(client),
             .resolver = span_of(resolver), .port = first->server_port,
             .over = over(first), .name = first->name,
             .connections = e->pairs[i].connections);
    }
}

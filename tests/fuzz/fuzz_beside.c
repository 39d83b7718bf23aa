/* fuzz_beside.c - what stands beside the mail: messages of DNS, DHCP, HTTP and
 * the first segments of HTTPS, of any content and in any order.
 *
 * The input: pieces, each a byte that says what it is (enum what), a length (2,
 * big endian) and that many bytes.  Each reader gets a heap copy of exactly those.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/text.h"
#include "dhcp/leases.h"
#include "dns/lookups.h"
#include "http/checks.h"
#include "http/secure_sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum what { QUESTION, ANSWER, DHCP, HTTP_REQUEST, HTTP_ANSWER, HELLO, KINDS };

struct beside {
    struct lookups *lookups;
    struct leases *leases;
    struct checks *checks;
    struct secure_sites *sites;
    struct address client, server;
    uint64_t frame;
};

static void read_dns(struct beside *b, bool answer, struct span message)
{
    struct dns_seen seen = {.source = answer ? b->server : b->client,
                            .destination = answer ? b->client : b->server,
                            .source_port = answer ? 53 : 40000,
                            .destination_port = answer ? 40000 : 53,
                            .frame = b->frame,
                            .time = (int64_t)b->frame * CLOCK_SECOND};
    lookups_message(b->lookups, &seen, message);
}

static void read_one(struct beside *b, enum what what, struct span bytes)
{
    int64_t time = (int64_t)++b->frame * CLOCK_SECOND;
    switch (what) {
    case QUESTION:
    case ANSWER:
        read_dns(b, what == ANSWER, bytes);
        break;
    case DHCP:
        leases_message(b->leases, bytes, b->frame, time);
        break;
    case HTTP_REQUEST:
        checks_request(b->checks, 1, &b->client, bytes, b->frame, time);
        break;
    case HTTP_ANSWER:
        checks_answer(b->checks, 1, bytes, b->frame, time);
        break;
    case HELLO:
        secure_sites_segment(b->sites, &b->client, &b->server, bytes, b->frame,
                             time);
        break;
    case KINDS:
        break;
    }
}

static void read_all(struct beside *b, struct span input)
{
    struct cursor c = cursor_of(input);
    while (c.rest.n && !c.bad) {
        enum what what = cursor_u8(&c) % KINDS;
        uint16_t n = cursor_be16(&c);
        struct span piece = span_first(c.rest, n);
        c.rest = span_skip(c.rest, n);
        if (piece.n == 0)
            continue; /* nobody hears of a packet without content */
        uint8_t *copy = must_alloc(piece.n);
        memcpy(copy, piece.p, piece.n);
        read_one(b, what, (struct span){copy, piece.n});
        free(copy);
    }
}

/* All fields are read: nothing may be left of what the copies held. */
static void on_fact(void *user, const struct fact *fact)
{
    fact_show(fact, user);
    for (size_t i = 0; i < fact->kind->field_count; i++)
        fact_field_show(fact, &fact->kind->fields[i], user);
}

static void tell_all(const struct beside *b)
{
    struct facts *facts = facts_new(1);
    struct text told = {0};
    int64_t end = (int64_t)(b->frame + 1) * CLOCK_SECOND;
    facts_listen(facts, on_fact, &told);
    leases_tell(b->leases, 0, end, NULL, NULL, facts);
    checks_tell(b->checks, 0, facts);
    secure_sites_tell(b->sites, facts);
    lookups_tell(b->lookups, end, facts);
    text_free(&told);
    facts_free(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct beside b = {.lookups = lookups_new(),
                       .leases = leases_new(),
                       .checks = checks_new(),
                       .sites = secure_sites_new()};
    b.client.family = b.server.family = 4;
    b.client.bytes[3] = 1;
    b.server.bytes[3] = 2;
    read_all(&b, (struct span){data, size});
    tell_all(&b);
    lookups_free(&b.lookups);
    leases_free(&b.leases);
    checks_free(&b.checks);
    secure_sites_free(&b.sites);
    return 0;
}

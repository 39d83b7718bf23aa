/* dns_fixture.h - one client, one resolver, and what is told of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_UNIT_DISSECTORS_DNS_FIXTURE_H
#define TESTS_UNIT_DISSECTORS_DNS_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "dns/lookups.h"
#include "dns_build.h"

#define SECOND CLOCK_SECOND

struct fixture {
    struct lookups *lookups;
    struct facts *facts;
    uint64_t frame;
};

static inline int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->lookups = lookups_new();
    f->facts = facts_new(0);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    lookups_free(&f->lookups);
    facts_free(&f->facts);
    free(f);
    return 0;
}

static inline struct address ipv4(uint8_t last)
{
    const uint8_t bytes[4] = {10, 0, 0, last};
    return address_of((struct span){bytes, 4});
}

enum { CLIENT = 1, RESOLVER = 53, PORT = 40000 };

static inline void say(struct fixture *f, bool response, uint16_t port,
                       int64_t time, struct message message)
{
    struct dns_seen seen = {
        .source = ipv4(response ? RESOLVER : CLIENT),
        .destination = ipv4(response ? CLIENT : RESOLVER),
        .source_port = response ? DNS_PORT : port,
        .destination_port = response ? port : DNS_PORT,
        .frame = ++f->frame,
        .time = time,
    };
    lookups_message(f->lookups, &seen, (struct span){message.bytes, message.n});
}

static inline void ask(struct fixture *f, uint16_t id, const char *name,
                       uint16_t type, int64_t time)
{
    say(f, false, PORT, time, question(id, name, type));
}

/* The i-th fact, told as if the capture ended at 100 s. */
static inline const struct fact_dns_lookup *told(struct fixture *f, size_t i)
{
    if (facts_count(f->facts, FACT_KIND_dns_lookup) == 0)
        lookups_tell(f->lookups, 100 * SECOND, f->facts);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_dns_lookup, i);
    assert_non_null(fact);
    return fact->values;
}

static inline void assert_span(struct span s, const char *expected)
{
    char text[512];
    assert_true(s.n < sizeof(text));
    if (s.n)
        memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    assert_string_equal(text, expected);
}

#endif

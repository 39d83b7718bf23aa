/* test_reach.c - whether anything outside answers a client.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flow/reach.h"

struct fixture {
    struct reach *reach;
    struct facts *facts;
    uint64_t frame;
    int64_t time;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->reach = reach_new();
    f->facts = facts_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    reach_free(&f->reach);
    facts_free(&f->facts);
    free(f);
    return 0;
}

static const uint8_t client_mac[6] = {2, 0, 0, 0, 0, 7};
static const uint8_t router_mac[6] = {2, 0, 0, 0, 0, 1};

static struct address inside(uint8_t n)
{
    const uint8_t bytes[4] = {10, 0, 0, n};
    return address_of((struct span){bytes, 4});
}

static struct address outside(uint8_t n)
{
    const uint8_t bytes[4] = {203, 0, 113, n};
    return address_of((struct span){bytes, 4});
}

/* A second passes with each packet. */
static void take(struct fixture *f, struct packet *p, const uint8_t from[6],
                 const uint8_t to[6])
{
    p->frame = ++f->frame;
    p->time = f->time += CLOCK_SECOND;
    p->has_macs = true;
    memcpy(p->source_mac, from, 6);
    memcpy(p->destination_mac, to, 6);
    reach_packet(f->reach, p);
}

static void ask(struct fixture *f, struct address host, uint16_t port)
{
    struct packet p = {.kind = PACKET_TCP,
                       .source = inside(7),
                       .destination = host,
                       .tcp = {.flags = TCP_SYN, .destination_port = port}};
    take(f, &p, client_mac, router_mac);
}

static void comes(struct fixture *f, struct address host)
{
    struct packet p = {.kind = PACKET_TCP,
                       .source = host,
                       .destination = inside(7),
                       .tcp = {.flags = TCP_SYN | TCP_ACK}};
    take(f, &p, router_mac, client_mac);
}

static struct address six(uint8_t n)
{
    const uint8_t bytes[16] = {0x26, 0x20, 0, 0xfe, 0, [15] = n};
    return address_of((struct span){bytes, 16});
}

/* The computer asks a host over IPv6, and is answered; or a router asks for
 * another one. */
static void asks_over_six(struct fixture *f, uint8_t hop_limit)
{
    struct packet p = {
        .kind = PACKET_TCP,
        .source = six(7),
        .destination = six(9),
        .ttl = hop_limit,
        .tcp = {.flags = TCP_SYN, .destination_port = 993}
    };
    take(f, &p, client_mac, router_mac);
    p.source = six(9);
    p.destination = six(7);
    p.tcp.flags |= TCP_ACK;
    take(f, &p, router_mac, client_mac);
}

static void asks_in_vain(struct fixture *f, uint8_t host)
{
    struct packet p = {
        .kind = PACKET_TCP,
        .source = inside(7),
        .destination = outside(host),
        .ttl = 64,
        .tcp = {.flags = TCP_SYN, .destination_port = host}
    };
    take(f, &p, client_mac, router_mac);
}

static void answers(struct fixture *f, struct address host, uint16_t port)
{
    struct packet p = {
        .kind = PACKET_TCP,
        .source = host,
        .destination = inside(7),
        .tcp = {.flags = TCP_SYN | TCP_ACK, .source_port = port}
    };
    ask(f, host, port);
    take(f, &p, router_mac, client_mac);
}

static struct address elsewhere(void)
{
    const uint8_t bytes[4] = {198, 51, 100, 9};
    return address_of((struct span){bytes, 4});
}

static const struct fact_outage *told(struct fixture *f)
{
    reach_tell(f->reach, f->time, f->facts);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_outage, 0);
    return fact ? fact->values : NULL;
}

static void three_silent_hosts_are_an_outage(void **state)
{
    struct fixture *f = *state;
    ask(f, outside(1), 143);
    ask(f, outside(2), 443);
    ask(f, outside(2), 443);
    ask(f, outside(3), 443);
    const struct fact_outage *o = told(f);
    assert_non_null(o);
    assert_true(span_same(o->client, SPAN("10.0.0.7")));
    assert_int_equal(o->destinations, 3);
    assert_int_equal(o->ports, 2);
    assert_true(o->seconds > 2.9 && o->seconds < 3.1);
    assert_false(o->ended);
    assert_false(o->answered_before);
    assert_false(o->router_alive);
}

static void two_silent_hosts_are_not(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 9; i++)
        ask(f, outside((uint8_t)(i % 2)), 143);
    assert_null(told(f));
}

static void anything_from_outside_begins_anew(void **state)
{
    struct fixture *f = *state;
    ask(f, outside(1), 143);
    ask(f, outside(2), 443);
    comes(f, outside(9));
    ask(f, outside(3), 443);
    ask(f, outside(4), 443);
    assert_null(told(f));
}

static void acknowledges(struct fixture *f, uint8_t host, uint32_t length)
{
    struct packet p = {
        .kind = PACKET_TCP,
        .source = inside(7),
        .destination = outside(host),
        .length = length,
        .tcp = {.flags = TCP_ACK, .destination_port = 443}
    };
    take(f, &p, client_mac, router_mac);
}

static void what_the_client_acknowledges_came(void **state)
{
    struct fixture *f = *state;
    asks_in_vain(f, 1);
    asks_in_vain(f, 2);
    acknowledges(f, 2, 0);
    asks_in_vain(f, 3);
    assert_null(told(f));
}

static void
what_is_sent_again_on_an_older_connection_proves_nothing(void **state)
{
    struct fixture *f = *state;
    asks_in_vain(f, 1);
    asks_in_vain(f, 2);
    acknowledges(f, 2, 100); /* sent again, on an older connection */
    acknowledges(f, 9, 0);   /* another host */
    asks_in_vain(f, 3);
    assert_non_null(told(f));
}

static void what_ends_it_and_went_before_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, outside(1), 143);
    comes(f, outside(1));
    for (uint8_t i = 2; i < 6; i++)
        ask(f, outside(i), 443);
    comes(f, outside(5));
    const struct fact_outage *o = told(f);
    assert_non_null(o);
    assert_int_equal(o->destinations, 4);
    assert_true(o->answered_before);
    assert_true(o->ended);
}

static void the_router_itself_is_not_outside(void **state)
{
    struct fixture *f = *state;
    ask(f, outside(1), 143);
    ask(f, outside(2), 443);
    comes(f, inside(1));
    ask(f, outside(3), 443);
    const struct fact_outage *o = told(f);
    assert_non_null(o);
    assert_true(o->router_alive);
}

static void hosts_in_the_same_network_do_not_count(void **state)
{
    struct fixture *f = *state;
    for (uint8_t i = 20; i < 30; i++)
        ask(f, inside(i), 143);
    assert_null(told(f));
}

static void the_other_version_of_ip_may_work(void **state)
{
    struct fixture *f = *state;
    asks_in_vain(f, 1);
    asks_over_six(f, 64);
    asks_in_vain(f, 2);
    asks_in_vain(f, 3);
    const struct fact_outage *o = told(f);
    assert_non_null(o);
    assert_int_equal(o->version, 4);
    assert_true(o->other_version_answered);
}

static void behind_a_router_it_may_be_another_computer(void **state)
{
    struct fixture *f = *state;
    asks_in_vain(f, 1);
    asks_over_six(f, 63);
    asks_in_vain(f, 2);
    asks_in_vain(f, 3);
    assert_false(told(f)->other_version_answered);
}

static void that_it_worked_before_says_nothing(void **state)
{
    struct fixture *f = *state;
    asks_over_six(f, 64);
    for (uint8_t i = 1; i < 4; i++)
        asks_in_vain(f, i);
    assert_false(told(f)->other_version_answered);
}

static void what_answered_in_two_networks_does_not_stop_by_itself(void **state)
{
    struct fixture *f = *state;
    answers(f, outside(1), 143);
    answers(f, elsewhere(), 465);
    ask(f, outside(1), 143);
    ask(f, elsewhere(), 465);
    const struct fact_outage *o = told(f);
    assert_non_null(o);
    assert_int_equal(o->destinations, 2);
    assert_int_equal(o->networks_known, 2);
    assert_true(o->answered_before);
}

static void in_one_network_or_at_another_port_it_may(void **state)
{
    struct fixture *f = *state;
    answers(f, outside(1), 143);
    answers(f, outside(2), 465);
    answers(f, elsewhere(), 465);
    ask(f, outside(1), 143);
    ask(f, outside(2), 465);
    ask(f, elsewhere(), 587);
    assert_int_equal(told(f)->networks_known, 1);
}

static void what_is_answered_long_after_did_not_end_it(void **state)
{
    struct fixture *f = *state;
    for (uint8_t i = 1; i < 4; i++)
        ask(f, outside(i), 143);
    f->time += 3600 * CLOCK_SECOND;
    answers(f, outside(1), 143);
    const struct fact_outage *o = told(f);
    assert_int_equal(o->destinations, 3);
    assert_false(o->ended);
    assert_true(o->seconds < 3600);
}

static void nor_is_what_is_asked_of_it(void **state)
{
    struct fixture *f = *state;
    struct packet p = {
        .kind = PACKET_ARP, .arp = {.sender = outside(1), .target = inside(7)}
    };
    memcpy(p.arp.sender_mac, router_mac, 6);
    answers(f, outside(1), 53);
    answers(f, elsewhere(), 143);
    take(f, &p, router_mac, client_mac);
    ask(f, outside(1), 53);
    ask(f, elsewhere(), 143);
    assert_null(told(f));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(three_silent_hosts_are_an_outage),
        TEST(two_silent_hosts_are_not),
        TEST(anything_from_outside_begins_anew),
        TEST(what_the_client_acknowledges_came),
        TEST(what_is_sent_again_on_an_older_connection_proves_nothing),
        TEST(what_ends_it_and_went_before_is_told),
        TEST(the_router_itself_is_not_outside),
        TEST(nor_is_what_is_asked_of_it),
        TEST(hosts_in_the_same_network_do_not_count),
        TEST(the_other_version_of_ip_may_work),
        TEST(behind_a_router_it_may_be_another_computer),
        TEST(that_it_worked_before_says_nothing),
        TEST(what_answered_in_two_networks_does_not_stop_by_itself),
        TEST(in_one_network_or_at_another_port_it_may),
        TEST(what_is_answered_long_after_did_not_end_it),
    };
    return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}

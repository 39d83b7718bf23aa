/* test_stations.c - which addresses stations use, loops, pings.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flow/stations.h"

struct fixture {
    struct stations *stations;
    struct facts *facts;
    uint64_t frame;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->stations = stations_new();
    f->facts = facts_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    stations_free(&f->stations);
    facts_free(&f->facts);
    free(f);
    return 0;
}

static struct address ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    const uint8_t bytes[4] = {a, b, c, d};
    return address_of((struct span){bytes, 4});
}

static void send(struct fixture *f, struct packet *p, uint8_t from, uint8_t to)
{
    p->frame = ++f->frame;
    p->time += CLOCK_SECOND;
    p->has_macs = true;
    memcpy(p->source_mac, (uint8_t[]){2, 0, 0, 0, 0, from}, 6);
    if (to)
        memcpy(p->destination_mac, (uint8_t[]){2, 0, 0, 0, 0, to}, 6);
    else
        memset(p->destination_mac, 0xff, 6);
    stations_packet(f->stations, p);
}

/* Station n announces an address. */
static void announce(struct fixture *f, uint8_t n, struct address address)
{
    struct packet p = {
        .kind = PACKET_ARP,
        .time = (int64_t)f->frame * CLOCK_SECOND,
        .arp = {.request = true,
                .sender = address,
                .target = address,
                .sender_mac = {2, 0, 0, 0, 0, n}}
    };
    send(f, &p, n, 0);
}

static size_t tell(struct fixture *f, enum fact_kind_number kind)
{
    stations_tell(f->stations, 0, f->facts);
    return facts_count(f->facts, kind);
}

static void an_address_of_ones_own_is_told(void **state)
{
    struct fixture *f = *state;
    announce(f, 7, ipv4(169, 254, 3, 4));
    assert_int_equal(tell(f, FACT_KIND_address_self_assigned), 1);
    const struct fact_address_self_assigned *told =
        facts_get(f->facts, FACT_KIND_address_self_assigned, 0)->values;
    assert_true(span_same(told->address, SPAN("169.254.3.4")));
    assert_true(span_same(told->station, SPAN("02:00:00:00:00:07")));
    assert_true(told->only);
    assert_true(told->alone);
}

static void who_has_another_address_has_not_only_that(void **state)
{
    struct fixture *f = *state;
    announce(f, 7, ipv4(10, 0, 0, 7));
    announce(f, 7, ipv4(169, 254, 3, 4));
    announce(f, 7, ipv4(10, 0, 0, 7));
    assert_int_equal(tell(f, FACT_KIND_address_self_assigned), 1);
    const struct fact_address_self_assigned *told =
        facts_get(f->facts, FACT_KIND_address_self_assigned, 0)->values;
    assert_false(told->only);
}

static void what_it_had_before_is_not_what_it_has(void **state)
{
    struct fixture *f = *state;
    announce(f, 7, ipv4(10, 0, 0, 7));
    announce(f, 7, ipv4(169, 254, 3, 4));
    assert_int_equal(tell(f, FACT_KIND_address_self_assigned), 1);
    const struct fact_address_self_assigned *told =
        facts_get(f->facts, FACT_KIND_address_self_assigned, 0)->values;
    assert_true(told->only);
    assert_true(told->began > 1.9 && told->began < 2.1);
}

static void the_cloud_s_own_address_is_none(void **state)
{
    struct fixture *f = *state;
    announce(f, 7, ipv4(169, 254, 169, 254));
    assert_int_equal(tell(f, FACT_KIND_address_self_assigned), 0);
}

static void talk_of_others_shows_that_one_is_not_alone(void **state)
{
    struct fixture *f = *state;
    const uint8_t seven[6] = {2, 0, 0, 0, 0, 7};
    struct packet p = {.kind = PACKET_TCP, .source = ipv4(10, 0, 0, 1)};
    assert_true(stations_alone(f->stations, seven));
    send(f, &p, 1, 7);
    send(f, &p, 7, 2);
    assert_true(stations_alone(f->stations, seven));
    send(f, &p, 1, 2);
    assert_false(stations_alone(f->stations, seven));
}

static void a_cooked_header_says_who_sends_from_here(void **state)
{
    struct fixture *f = *state;
    const uint8_t seven[6] = {2, 0, 0, 0, 0, 7}, one[6] = {2, 0, 0, 0, 0, 1};
    const uint8_t unknown[6] = {0};
    struct packet p = {.kind = PACKET_UDP, .has_macs = true};
    memcpy(p.destination_mac, unknown, 6);
    memcpy(p.source_mac, one, 6);
    stations_packet(f->stations, &p);
    assert_false(stations_alone(f->stations, one));
    memcpy(p.source_mac, seven, 6);
    p.sent_here = true;
    stations_packet(f->stations, &p);
    assert_true(stations_alone(f->stations, seven));
    assert_false(stations_alone(f->stations, one));
    memcpy(p.source_mac, one, 6);
    stations_packet(f->stations, &p); /* it has two interfaces */
    assert_false(stations_alone(f->stations, seven));
}

static void going_over_to_another_address_is_told(void **state)
{
    struct fixture *f = *state;
    announce(f, 7, ipv4(10, 0, 0, 7));
    announce(f, 7, ipv4(10, 0, 0, 8));
    assert_int_equal(tell(f, FACT_KIND_address_changed), 1);
    const struct fact_address_changed *told =
        facts_get(f->facts, FACT_KIND_address_changed, 0)->values;
    assert_true(span_same(told->before, SPAN("10.0.0.7")));
    assert_true(span_same(told->after, SPAN("10.0.0.8")));
}

static void who_has_two_addresses_does_not_change_them(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        announce(f, 7, ipv4(10, 0, 0, 7));
        announce(f, 7, ipv4(10, 0, 0, 8));
    }
    for (uint8_t i = 1; i < 9; i++) /* nor does a router */
        announce(f, 9, ipv4(10, 0, 1, i));
    assert_int_equal(tell(f, FACT_KIND_address_changed), 0);
}

static void a_broadcast_that_goes_round_is_counted(void **state)
{
    struct fixture *f = *state;
    struct packet p = {.kind = PACKET_ARP,
                       .arp = {.request = true,
                               .sender = ipv4(10, 0, 0, 7),
                               .target = ipv4(10, 0, 0, 1),
                               .sender_mac = {2, 0, 0, 0, 0, 7}}};
    for (int i = 0; i < 12; i++) {
        p.time -= CLOCK_SECOND * 99 / 100;
        send(f, &p, 7, 0);
    }
    assert_int_equal(tell(f, FACT_KIND_link_loop), 1);
    const struct fact_link_loop *told =
        facts_get(f->facts, FACT_KIND_link_loop, 0)->values;
    assert_int_equal(told->copies, 12);
}

static void a_question_each_second_goes_not_round(void **state)
{
    struct fixture *f = *state;
    struct packet p = {.kind = PACKET_ARP,
                       .arp = {.request = true,
                               .sender = ipv4(10, 0, 0, 7),
                               .target = ipv4(10, 0, 0, 1),
                               .sender_mac = {2, 0, 0, 0, 0, 7}}};
    for (int i = 0; i < 60; i++)
        send(f, &p, 7, 0);
    assert_int_equal(tell(f, FACT_KIND_link_loop), 0);
}

static void pings_and_their_answers_are_counted(void **state)
{
    struct fixture *f = *state;
    struct packet ask = {.kind = PACKET_ICMP,
                         .source = ipv4(10, 0, 0, 7),
                         .destination = ipv4(10, 0, 0, 1),
                         .icmp = {.version = 4, .type = 8}};
    struct packet answer = {.kind = PACKET_ICMP,
                            .source = ipv4(10, 0, 0, 1),
                            .destination = ipv4(10, 0, 0, 7),
                            .icmp = {.version = 4, .type = 0}};
    send(f, &ask, 7, 1);
    send(f, &answer, 1, 7);
    send(f, &ask, 7, 1);
    assert_int_equal(tell(f, FACT_KIND_icmp_echo), 1);
    const struct fact_icmp_echo *told =
        facts_get(f->facts, FACT_KIND_icmp_echo, 0)->values;
    assert_int_equal(told->requests, 2);
    assert_int_equal(told->replies, 1);
    assert_true(span_same(told->asker, SPAN("10.0.0.7")));
    assert_true(span_same(told->target, SPAN("10.0.0.1")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_address_of_ones_own_is_told),
        TEST(who_has_another_address_has_not_only_that),
        TEST(what_it_had_before_is_not_what_it_has),
        TEST(the_cloud_s_own_address_is_none),
        TEST(talk_of_others_shows_that_one_is_not_alone),
        TEST(a_cooked_header_says_who_sends_from_here),
        TEST(going_over_to_another_address_is_told),
        TEST(who_has_two_addresses_does_not_change_them),
        TEST(a_broadcast_that_goes_round_is_counted),
        TEST(a_question_each_second_goes_not_round),
        TEST(pings_and_their_answers_are_counted),
    };
    return cmocka_run_group_tests_name("stations", tests, NULL, NULL);
}

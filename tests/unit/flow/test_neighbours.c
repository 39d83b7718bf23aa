/* test_neighbours.c - questions nobody answered, and addresses two claim.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flow/neighbours.h"

#define SECOND CLOCK_SECOND

struct fixture {
    struct neighbours *neighbours;
    struct facts *facts;
    uint64_t frame;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->neighbours = neighbours_new();
    f->facts = facts_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    neighbours_free(&f->neighbours);
    facts_free(&f->facts);
    free(f);
    return 0;
}

/* 10.0.x.y; 0 is no address. */
static struct address ipv4(uint16_t n)
{
    const uint8_t bytes[4] = {n ? 10 : 0, 0, (uint8_t)(n >> 8), (uint8_t)n};
    return address_of((struct span){bytes, 4});
}

static void arp(struct fixture *f, bool request, uint8_t mac, uint16_t sender,
                uint16_t target, int64_t time)
{
    struct packet packet = {
        .kind = PACKET_ARP,
        .frame = ++f->frame,
        .time = time,
        .has_macs = true,
        .source_mac = {2, 0, 0, 0, 0, mac},
        .destination_mac = {2, 0, 0, 0, 1, (uint8_t)target},
        .arp = {.request = request,
                .sender = ipv4(sender),
                .target = ipv4(target),
                .sender_mac = {2, 0, 0, 0, 0, mac}},
    };
    if (request)
        memset(packet.destination_mac, 0xff, 6);
    neighbours_packet(f->neighbours, &packet);
}

/* Station n, whose MAC ends in n, asks; station n answers. */
static void ask(struct fixture *f, uint8_t n, uint16_t target, int64_t time)
{
    arp(f, true, n, n, target, time);
}

static void answer(struct fixture *f, uint8_t n, int64_t time)
{
    arp(f, false, n, n, 1, time);
}

static bool needed(void *user, const struct address *address)
{
    (void)user;
    struct address gateway = ipv4(254);
    return address_same(address, &gateway);
}

static size_t tell(struct fixture *f, enum fact_kind_number kind)
{
    neighbours_tell(f->neighbours, 0, 10 * SECOND, needed, NULL, f->facts);
    return facts_count(f->facts, kind);
}

static void three_questions_in_vain_are_told(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        ask(f, 1, 254, i * SECOND + 1);
        ask(f, 1, 254, i * SECOND + 1000); /* captured twice */
    }
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 1);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_arp_unanswered, 0);
    const struct fact_arp_unanswered *told = fact->values;
    assert_true(span_same(told->target, SPAN("10.0.0.254")));
    assert_true(span_same(told->asker, SPAN("10.0.0.1")));
    assert_int_equal(told->count, 3);
    assert_true(told->duration > 9.9 && told->duration < 10.1);
    assert_true(told->mail);
    assert_false(told->ndp);
    assert_int_equal(fact->frame, 5);
}

static void two_questions_are_not_enough(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, 254, 0);
    ask(f, 1, 254, 5 * SECOND);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

static void three_at_once_are_one(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++)
        ask(f, 1, 254, i * SECOND / 10);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

static void an_answer_ends_it(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        ask(f, 1, 254, i * SECOND);
    answer(f, 254, 5 * SECOND);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

static void it_may_begin_after_an_answer(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, 254, 0);
    answer(f, 254, 1);
    for (int i = 2; i < 5; i++)
        ask(f, 1, 254, i * SECOND);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 1);
}

static void probes_and_announcements_want_no_answer(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++) {
        arp(f, true, 1, 0, 7, i * SECOND);
        arp(f, true, 1, 1, 1, i * SECOND);
    }
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

/* On a switch: the answers to stations 2 and 3 would not be seen. */
static void strangers_questions_prove_nothing(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++) {
        ask(f, 2, 254, i * SECOND);
        ask(f, 3, 254, i * SECOND);
    }
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

static void who_sends_unicast_is_believed(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++) {
        ask(f, 2, 254, i * SECOND);
        ask(f, 3, 254, i * SECOND);
    }
    struct packet tcp = {.kind = PACKET_TCP,
                         .has_macs = true,
                         .source_mac = {2, 0, 0, 0, 0, 2},
                         .destination_mac = {2, 0, 0, 0, 0, 9}};
    neighbours_packet(f->neighbours, &tcp);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 1);
}

static void both_answer_one_question(void **state)
{
    struct fixture *f = *state;
    arp(f, false, 0x0a, 5, 1, SECOND);
    arp(f, false, 0x0b, 5, 1, SECOND + 1000);
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 1);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_arp_conflict, 0);
    const struct fact_arp_conflict *told = fact->values;
    assert_true(span_same(told->address, SPAN("10.0.0.5")));
    assert_true(span_same(told->first, SPAN("02:00:00:00:00:0a")));
    assert_true(span_same(told->second, SPAN("02:00:00:00:00:0b")));
    assert_int_equal(fact->frame, 2);
}

static void the_first_comes_back(void **state)
{
    struct fixture *f = *state;
    arp(f, false, 0x0a, 5, 1, 0);
    arp(f, false, 0x0b, 5, 1, 4 * SECOND);
    arp(f, false, 0x0a, 5, 1, 8 * SECOND);
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 1);
}

static void taking_over_is_no_conflict(void **state)
{
    struct fixture *f = *state;
    arp(f, false, 0x0a, 5, 1, 0);
    arp(f, true, 0x0b, 5, 5, SECOND); /* an announcement */
    arp(f, false, 0x0b, 5, 1, 8 * SECOND);
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 0);
}

static void a_virtual_router_may_move(void **state)
{
    struct fixture *f = *state;
    struct packet vrrp = {
        .kind = PACKET_ARP,
        .arp = {.sender = ipv4(5),
                .target = ipv4(1),
                .sender_mac = {0x00, 0x00, 0x5e, 0x00, 0x01, 0x07}}};
    arp(f, false, 0x0a, 5, 1, 0);
    neighbours_packet(f->neighbours, &vrrp);
    arp(f, false, 0x0a, 5, 1, 1);
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 0);
}

static void a_proxy_answers_for_all(void **state)
{
    struct fixture *f = *state;
    for (uint16_t i = 0; i < 20; i++) {
        arp(f, false, (uint8_t)(100 + i), (uint16_t)(10 + i), 1, SECOND);
        arp(f, false, 0x0b, (uint16_t)(10 + i), 1, SECOND + 1);
    }
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 0);
}

static void two_cards_of_one_machine_are_no_conflict(void **state)
{
    struct fixture *f = *state;
    for (uint16_t i = 5; i < 7; i++) {
        arp(f, false, 0x0a, i, 1, SECOND);
        arp(f, false, 0x0b, i, 1, SECOND + 1);
    }
    assert_int_equal(tell(f, FACT_KIND_arp_conflict), 0);
}

/* A tap that shows each packet twice, once with a VLAN's tag. */
static void a_conflict_seen_in_two_places_is_one_still(void **state)
{
    struct fixture *f = *state;
    for (uint32_t path = 0; path < 2; path++) {
        for (uint8_t mac = 0x0a; mac <= 0x0b; mac++) {
            const struct packet packet = {
                .kind = PACKET_ARP,
                .frame = ++f->frame,
                .time = SECOND + mac,
                .path = path,
                .arp = {.sender = ipv4(5),
                        .target = ipv4(1),
                        .sender_mac = {2, 0, 0, 0, 0, mac}}};
            neighbours_packet(f->neighbours, &packet);
        }
    }
    assert_true(tell(f, FACT_KIND_arp_conflict) > 0);
}

static void a_scan_changes_nothing(void **state)
{
    struct fixture *f = *state;
    for (uint16_t i = 1; i < 60000; i++)
        ask(f, 1, i, i);
    assert_int_equal(tell(f, FACT_KIND_arp_unanswered), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(three_questions_in_vain_are_told),
        TEST(two_questions_are_not_enough),
        TEST(three_at_once_are_one),
        TEST(an_answer_ends_it),
        TEST(it_may_begin_after_an_answer),
        TEST(probes_and_announcements_want_no_answer),
        TEST(strangers_questions_prove_nothing),
        TEST(who_sends_unicast_is_believed),
        TEST(both_answer_one_question),
        TEST(the_first_comes_back),
        TEST(taking_over_is_no_conflict),
        TEST(a_virtual_router_may_move),
        TEST(a_proxy_answers_for_all),
        TEST(two_cards_of_one_machine_are_no_conflict),
        TEST(a_conflict_seen_in_two_places_is_one_still),
        TEST(a_scan_changes_nothing),
    };
    return cmocka_run_group_tests_name("neighbours", tests, NULL, NULL);
}

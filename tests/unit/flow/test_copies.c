/* test_copies.c - a connection seen on both sides of a router is one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/clock.h"
#include "flow/copies.h"

static struct address host(uint8_t n)
{
    const uint8_t bytes[4] = {192, 0, 2, n};
    return address_of((struct span){bytes, 4});
}

/* Of a client, whose packets had that TTL, with server 25. */
static struct flow flow_of(uint64_t number, uint8_t client, uint8_t ttl)
{
    return (struct flow){
        .number = number,
        .handshake = FLOW_FULL,
        .first_time = 1000 * CLOCK_SECOND + (int64_t)number * 1000,
        .side = {{.address = host(client),
                  .port = 40000,
                  .first_seq = 101,
                  .ttl = ttl},
                 {.address = host(25),
                  .port = 143,
                  .first_seq = 501,
                  .ttl = (uint8_t)(117 - ttl)}},
    };
}

/* The answer comes to the outer side first. */
static bool is_copy(struct flow *inner, struct flow *outer)
{
    struct copies *copies = copies_new();
    copies_accepted(copies, outer);
    copies_accepted(copies, inner);
    assert_false(copies_is(copies, inner));
    bool is = copies_is(copies, outer);
    copies_free(&copies);
    return is;
}

static void behind_a_translator_it_is_a_copy(void **state)
{
    (void)state;
    struct flow inner = flow_of(1, 10, 64), outer = flow_of(2, 1, 63);
    outer.side[C2S].port = 50000;
    assert_true(is_copy(&inner, &outer));
}

static void in_another_vlan_it_is_a_copy(void **state)
{
    (void)state;
    struct flow one = flow_of(1, 10, 64), other = flow_of(2, 10, 64);
    assert_true(is_copy(&one, &other));
}

static void without_a_router_between_it_is_none(void **state)
{
    (void)state;
    struct flow one = flow_of(1, 10, 64), other = flow_of(2, 11, 64);
    assert_false(is_copy(&one, &other));
}

static void other_numbers_are_another_connection(void **state)
{
    (void)state;
    struct flow inner = flow_of(1, 10, 64), outer = flow_of(2, 1, 63);
    outer.side[S2C].first_seq++;
    assert_false(is_copy(&inner, &outer));
}

static void what_comes_later_is_another_connection(void **state)
{
    (void)state;
    struct flow inner = flow_of(1, 10, 64), outer = flow_of(2, 1, 63);
    outer.first_time += CLOCK_SECOND;
    assert_false(is_copy(&inner, &outer));
}

static void what_was_not_accepted_is_told(void **state)
{
    (void)state;
    struct flow inner = flow_of(1, 10, 64), outer = flow_of(2, 1, 63);
    outer.handshake = FLOW_HALF;
    assert_false(is_copy(&inner, &outer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_a_translator_it_is_a_copy),
        cmocka_unit_test(in_another_vlan_it_is_a_copy),
        cmocka_unit_test(without_a_router_between_it_is_none),
        cmocka_unit_test(other_numbers_are_another_connection),
        cmocka_unit_test(what_comes_later_is_another_connection),
        cmocka_unit_test(what_was_not_accepted_is_told),
    };
    return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}

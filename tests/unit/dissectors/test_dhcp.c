/* test_dhcp.c - DHCP messages, whole and cut, and what they add up to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "dhcp/leases.h"

struct fixture {
    struct leases *leases;
    uint8_t xid; /* of what is said from now on */
    bool uses;   /* the client has an address */
    struct facts *facts;
    uint64_t frame;
    int64_t time;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->leases = leases_new();
    f->facts = facts_new(0);
    f->time = CLOCK_SECOND; /* the capture begins */
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    leases_free(&f->leases);
    facts_free(&f->facts);
    free(f);
    return 0;
}

enum {
    FIXED = 240,
    LENGTH = FIXED + 16,
    DISCOVER = 1,
    OFFER,
    REQUEST,
    DECLINE,
    ACK,
    NAK,
    RELEASE
};

/* Dissectors get a heap copy of exactly n bytes. */
static void say_first(struct fixture *f, uint8_t type, size_t n)
{
    uint8_t whole[LENGTH] = {1, 1, 6};
    const uint8_t mac[6] = {2, 0, 0, 0, 0, 7};
    const uint8_t tail[] = {0x63, 0x82, 0x53, 0x63, 53, 1,  type, 54,
                            4,    10,   0,    0,    1,  255};
    memcpy(whole + 28, mac, 6);
    whole[7] = f->xid;
    memcpy(whole + 12, f->uses ? "\x0a\0\0\x07" : "\0\0\0\0", 4);
    memcpy(whole + 16, type == ACK ? "\x0a\0\0\x07" : "\0\0\0\0", 4);
    memcpy(whole + FIXED - 4, tail, sizeof tail);
    uint8_t *copy = malloc(n);
    memcpy(copy, whole, n);
    leases_message(f->leases, (struct span){copy, n}, ++f->frame, f->time);
    free(copy);
    f->time += 4 * CLOCK_SECOND;
}

static void say(struct fixture *f, uint8_t type)
{
    say_first(f, type, LENGTH);
}

static bool alone(void *user, const uint8_t mac[6])
{
    (void)user;
    return mac[5] == 7;
}

static const struct fact_dhcp_exchange *told(struct fixture *f)
{
    leases_tell(f->leases, CLOCK_SECOND, f->time, alone, NULL, f->facts);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_dhcp_exchange, 0);
    return fact ? fact->values : NULL;
}

static void questions_without_an_offer_wait(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        say(f, DISCOVER);
    const struct fact_dhcp_exchange *d = told(f);
    assert_non_null(d);
    assert_true(span_same(d->station, SPAN("02:00:00:00:00:07")));
    assert_int_equal(d->discovers, 4);
    assert_int_equal(d->offers + d->requests + d->acks + d->naks, 0);
    assert_true(d->waited > 15.9 && d->waited < 16.1);
    assert_true(d->alone);
    assert_int_equal(d->address.n, 0);
}

static void an_ack_ends_the_wait(void **state)
{
    struct fixture *f = *state;
    say(f, DISCOVER);
    say(f, OFFER);
    say(f, REQUEST);
    say(f, ACK);
    const struct fact_dhcp_exchange *d = told(f);
    assert_non_null(d);
    assert_true(span_same(d->address, SPAN("10.0.0.7")));
    assert_true(span_same(d->server, SPAN("10.0.0.1")));
    assert_true(d->waited < 0.001);
    assert_false(d->refused_last);
}

static void a_nak_is_the_last_word_until_an_ack(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, NAK);
    assert_true(told(f)->refused_last);
    say(f, ACK);
    leases_tell(f->leases, CLOCK_SECOND, f->time, NULL, NULL, f->facts);
    const struct fact_dhcp_exchange *d =
        facts_get(f->facts, FACT_KIND_dhcp_exchange, 1)->values;
    assert_false(d->refused_last);
    assert_false(d->alone);
}

static void an_exchange_begins_after_an_ack(void **state)
{
    struct fixture *f = *state;
    say(f, DISCOVER);
    say(f, OFFER);
    say(f, REQUEST);
    say(f, ACK);
    f->xid++;
    say(f, DISCOVER);
    say(f, DISCOVER);
    const struct fact_dhcp_exchange *d = told(f);
    assert_int_equal(d->discovers, 2);
    assert_int_equal(d->offers + d->requests + d->acks, 0);
    assert_true(d->began > 15.9 && d->began < 16.1);
    assert_true(d->waited > 7.9 && d->waited < 8.1);
    assert_true(span_same(d->address, SPAN("10.0.0.7")));
}

static void a_request_said_twice_begins_nothing(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, ACK);
    say(f, REQUEST);
    assert_true(told(f)->waited < 0.001);
}

static void a_renewal_in_vain_keeps_the_address(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, ACK);
    f->xid++;
    f->uses = true;
    say(f, REQUEST);
    say(f, REQUEST);
    const struct fact_dhcp_exchange *d = told(f);
    assert_int_equal(d->renewals, 2);
    assert_int_equal(d->acks, 0);
    assert_true(d->waited > 7.9);
    assert_true(span_same(d->address, SPAN("10.0.0.7")));
}

static void a_discover_gives_up_what_was_to_be_kept(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, REQUEST);
    say(f, DISCOVER);
    const struct fact_dhcp_exchange *d = told(f);
    assert_int_equal(d->requests, 0);
    assert_int_equal(d->discovers, 1);
}

static void a_discover_after_a_nak_is_the_same_story(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, NAK);
    say(f, DISCOVER);
    const struct fact_dhcp_exchange *d = told(f);
    assert_int_equal(d->naks, 1);
    assert_true(d->refused_last);
}

static void a_declined_address_is_none(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        say(f, DISCOVER);
        say(f, OFFER);
        say(f, REQUEST);
        say(f, ACK);
        say(f, DECLINE);
    }
    const struct fact_dhcp_exchange *d = told(f);
    assert_int_equal(d->declines, 2);
    assert_int_equal(d->address.n, 0);
    assert_true(d->waited > 3.9);
}

static void what_is_given_back_is_not_missed(void **state)
{
    struct fixture *f = *state;
    say(f, REQUEST);
    say(f, ACK);
    say(f, RELEASE);
    const struct fact_dhcp_exchange *d = told(f);
    assert_true(d->waited < 0.001);
    assert_int_equal(d->address.n, 0);
}

static void cut_messages_are_no_messages(void **state)
{
    struct fixture *f = *state;
    for (size_t n = 0; n < FIXED + 3; n++)
        say_first(f, DISCOVER, n);
    assert_null(told(f));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(questions_without_an_offer_wait),
        TEST(an_ack_ends_the_wait),
        TEST(a_nak_is_the_last_word_until_an_ack),
        TEST(an_exchange_begins_after_an_ack),
        TEST(a_request_said_twice_begins_nothing),
        TEST(a_renewal_in_vain_keeps_the_address),
        TEST(a_discover_gives_up_what_was_to_be_kept),
        TEST(a_discover_after_a_nak_is_the_same_story),
        TEST(a_declined_address_is_none),
        TEST(what_is_given_back_is_not_missed),
        TEST(cut_messages_are_no_messages),
    };
    return cmocka_run_group_tests_name("dhcp", tests, NULL, NULL);
}

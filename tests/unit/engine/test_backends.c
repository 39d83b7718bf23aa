/* test_backends.c - what a mail server asked for in vain is told of the
 * sessions in which it did, and of no others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>

#include "backends.h"
#include "base/clock.h"

static const struct address client = {
    4, {192, 0, 2, 10}
};
static const struct address server = {
    4, {198, 51, 100, 25}
};
static const struct address other = {
    4, {198, 51, 100, 26}
};
static const struct address loopback = {
    4, {127, 0, 0, 1}
};

/* One mail session with `server` from second 10 to 20, in which packet 50
 * brought the answer to a message. */
struct story {
    struct backends *backends;
    struct book *book;
    struct facts *facts;
};

static int setup(void **state)
{
    struct story *s = calloc(1, sizeof *s);
    struct flow mail = {0};
    const struct book_entry entry = {
        .session = {.id = 1,
                    .server = SPAN("198.51.100.25"),
                    .port = 25,
                    .duration = 10},
        .start = 10 * CLOCK_SECOND,
        .sent = 1,
        .milestones = {{50, MILESTONE_MESSAGE}},
        .milestone_count = 1,
    };
    mail.side[S2C].address = server;
    s->backends = backends_new();
    s->book = book_new();
    s->facts = facts_new(0);
    book_add(s->book, &entry);
    backends_serves(s->backends, &mail);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct story *s = *state;
    backends_free(&s->backends);
    book_free(&s->book);
    facts_free(&s->facts);
    free(s);
    return 0;
}

static const struct fact_backend_failed *told(struct story *s)
{
    backends_tell(s->backends, s->book, s->facts);
    const struct fact *fact = facts_get(s->facts, FACT_KIND_backend_failed, 0);
    return fact ? fact->values : NULL;
}

static void over(struct story *s, const struct address *from,
                 const struct address *to, uint16_t port, double at,
                 enum flow_handshake handshake)
{
    struct flow flow = {0};
    flow.side[C2S].address = *from;
    flow.side[S2C].address = *to;
    flow.side[S2C].port = port;
    flow.side[S2C].first_frame = (uint64_t)(at * 3);
    flow.first_frame = (uint64_t)(at * 3);
    flow.first_time = (int64_t)(at * (double)CLOCK_SECOND);
    flow.handshake = handshake;
    backends_over(s->backends, &flow);
}

static void a_refusal_in_the_session_is_told(void **state)
{
    struct story *s = *state;
    over(s, &server, &other, 3306, 12, FLOW_REFUSED);
    const struct fact_backend_failed *failed = told(s);
    assert_non_null(failed);
    assert_true(span_same(failed->address, SPAN("198.51.100.26")));
    assert_true(span_same(failed->service, SPAN("MySQL")));
    assert_true(span_same(failed->how, SPAN("refused")));
    assert_int_equal(failed->session, 1);
    assert_false(failed->after_message || failed->after_end || failed->local);
}

static void no_answer_is_told_as_well(void **state)
{
    struct story *s = *state;
    over(s, &server, &other, 389, 12, FLOW_SYN_ONLY);
    const struct fact_backend_failed *failed = told(s);
    assert_non_null(failed);
    assert_true(span_same(failed->how, SPAN("unanswered")));
}

static void after_the_message_is_not_before_it(void **state)
{
    struct story *s = *state;
    over(s, &server, &other, 10024, 19, FLOW_REFUSED);
    const struct fact_backend_failed *failed = told(s);
    assert_non_null(failed);
    assert_true(failed->after_message);
    assert_false(failed->after_end);
}

static void soon_after_the_end_belongs_to_it_later_does_not(void **state)
{
    struct story *s = *state;
    over(s, &server, &other, 10024, 31, FLOW_REFUSED);
    assert_null(told(s));
    over(s, &server, &other, 10024, 22, FLOW_REFUSED);
    const struct fact_backend_failed *failed = told(s);
    assert_non_null(failed);
    assert_true(failed->after_end);
}

static void another_address_that_takes_it_makes_up_for_it(void **state)
{
    struct story *s = *state;
    over(s, &server, &other, 3306, 12, FLOW_REFUSED);
    over(s, &server, &client, 3306, 13, FLOW_FULL);
    assert_null(told(s));
}

static void what_others_ask_is_not_told(void **state)
{
    struct story *s = *state;
    over(s, &client, &other, 3306, 12, FLOW_REFUSED);
    over(s, &server, &client, 113, 12, FLOW_REFUSED); /* ident */
    over(s, &server, &other, 25, 12, FLOW_REFUSED);   /* a delivery */
    assert_null(told(s));
}

static void loopback_is_the_servers_if_the_capture_was_made_there(void **state)
{
    struct story *s = *state;
    const struct packet sent = {.source = server, .sent_here = true};
    over(s, &loopback, &loopback, 10024, 12, FLOW_REFUSED);
    assert_null(told(s));
    backends_packet(s->backends, &sent);
    const struct fact_backend_failed *failed = told(s);
    assert_non_null(failed);
    assert_true(failed->local);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refusal_in_the_session_is_told),
        TEST(no_answer_is_told_as_well),
        TEST(after_the_message_is_not_before_it),
        TEST(soon_after_the_end_belongs_to_it_later_does_not),
        TEST(another_address_that_takes_it_makes_up_for_it),
        TEST(what_others_ask_is_not_told),
        TEST(loopback_is_the_servers_if_the_capture_was_made_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

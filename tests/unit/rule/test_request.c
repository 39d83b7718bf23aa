/* test_request.c - an answer finds the request that it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "rule/request.h"

/* Two LOGINs, of which the second is answered first, and a POP3 login. */
static struct facts *talk(void)
{
    struct facts *facts = facts_new(1);
    facts_stamp(facts, 1, 0);
    TELL(facts, imap_request, .tag = SPAN("a1"), .command = SPAN("LOGIN"));
    facts_stamp(facts, 2, 0);
    TELL(facts, imap_request, .tag = SPAN("a2"), .command = SPAN("LOGIN"));
    facts_stamp(facts, 3, 0);
    TELL(facts, imap_request, .tag = SPAN("a3"), .command = SPAN("NOOP"));
    facts_stamp(facts, 4, 0);
    TELL(facts, imap_response, .tag = SPAN("a1"), .command = SPAN("LOGIN"));
    TELL(facts, mail_login, .protocol = SPAN("imap"), .command = SPAN("LOGIN"));
    TELL(facts, imap_response, .tag = SPAN("a4"), .command = SPAN("NOOP"));
    facts_stamp(facts, 5, 0);
    TELL(facts, imap_request, .tag = SPAN("a5"), .command = SPAN("LOGIN"));
    facts_stamp(facts, 6, 0);
    TELL(facts, pop_request, .command = SPAN("PASS"));
    TELL(facts, mail_login, .protocol = SPAN("pop3"), .command = SPAN("PASS"));
    TELL(facts, tcp_fin, .first = true);
    return facts;
}

static uint64_t frame_of_request(enum fact_kind_number kind, size_t i)
{
    struct facts *facts = talk();
    const struct fact *request = request_of(facts, facts_get(facts, kind, i));
    uint64_t frame = request ? request->frame : 0;
    facts_free(&facts);
    return frame;
}

static void test_by_tag(void **state)
{
    (void)state;
    assert_int_equal(frame_of_request(FACT_KIND_imap_response, 0), 1);
}

static void test_the_last_before_without_a_tag(void **state)
{
    (void)state;
    assert_int_equal(frame_of_request(FACT_KIND_mail_login, 0), 2);
    assert_int_equal(frame_of_request(FACT_KIND_mail_login, 1), 6);
}

static void test_none_where_none_was_captured(void **state)
{
    (void)state;
    assert_int_equal(frame_of_request(FACT_KIND_imap_response, 1), 0);
}

static void test_none_for_what_is_no_answer(void **state)
{
    (void)state;
    assert_int_equal(frame_of_request(FACT_KIND_imap_request, 1), 0);
    assert_int_equal(frame_of_request(FACT_KIND_tcp_fin, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_tag),
        cmocka_unit_test(test_the_last_before_without_a_tag),
        cmocka_unit_test(test_none_where_none_was_captured),
        cmocka_unit_test(test_none_for_what_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

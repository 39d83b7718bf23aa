/* test_envelopes.c - who got their message, and who may have got it later.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "session/envelopes.h"

static void answer(struct envelopes *e, struct span command, unsigned code,
                   uint64_t envelope)
{
    const struct fact_smtp_response reply = {
        .command = command, .code = code, .envelope = envelope};
    envelopes_reply(e, &reply);
}

static void send_to(struct envelopes *e, uint64_t envelope, unsigned end)
{
    answer(e, SPAN("MAIL"), 250, 0);
    answer(e, SPAN("RCPT"), 250, envelope);
    answer(e, SPAN("DATA-END"), end, 0);
}

static void one_message_does_not_stand_for_another(void **state)
{
    (void)state;
    struct envelopes before = {.count = 0}, other = before, same = before;
    send_to(&before, 1, 451);
    send_to(&other, 2, 250);
    assert_false(envelopes_made_up(&before, &other));
    send_to(&same, 2, 250);
    send_to(&same, 1, 250);
    assert_true(envelopes_made_up(&before, &same));
}

static void a_message_refused_again_is_not_made_up_for(void **state)
{
    (void)state;
    struct envelopes before = {.count = 0}, later = before;
    answer(&before, SPAN("RCPT"), 450, 1);
    send_to(&later, 1, 550);
    assert_false(envelopes_made_up(&before, &later));
}

static void only_those_left_out_need_it_again(void **state)
{
    (void)state;
    struct envelopes before = {.count = 0}, later = before;
    answer(&before, SPAN("RCPT"), 450, 1);
    send_to(&before, 2, 250);
    send_to(&later, 1, 250);
    assert_true(envelopes_made_up(&before, &later));
}

static void what_is_unknown_may_have_been_it(void **state)
{
    (void)state;
    struct envelopes before = {.count = 0}, unseen = before, many = before;
    send_to(&before, 1, 451);
    assert_true(envelopes_made_up(&before, &unseen));
    for (uint64_t i = 2; i < 2 + ENVELOPES_MAX; i++)
        send_to(&many, i, 250);
    assert_false(envelopes_made_up(&before, &many));
    send_to(&many, 100, 250); /* there is no room for this one */
    assert_true(envelopes_made_up(&before, &many));
}

static void who_was_refused_is_known_among_many(void **state)
{
    (void)state;
    struct envelopes before = {.count = 0}, other = before, same = before;
    for (uint64_t i = 1; i <= 2 * ENVELOPES_MAX; i++)
        answer(&before, SPAN("RCPT"), 250, i);
    answer(&before, SPAN("RCPT"), 452, 100);
    answer(&before, SPAN("DATA-END"), 250, 0);
    assert_true(envelopes_some_refused(&before));
    send_to(&other, 101, 250);
    assert_false(envelopes_made_up(&before, &other));
    send_to(&same, 100, 250);
    assert_true(envelopes_made_up(&before, &same));
    assert_false(envelopes_some_refused(&same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_message_does_not_stand_for_another),
        cmocka_unit_test(a_message_refused_again_is_not_made_up_for),
        cmocka_unit_test(only_those_left_out_need_it_again),
        cmocka_unit_test(what_is_unknown_may_have_been_it),
        cmocka_unit_test(who_was_refused_is_known_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

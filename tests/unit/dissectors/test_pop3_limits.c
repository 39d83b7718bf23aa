/* test_pop3_limits.c - POP3 sessions that are too large.
 *
 * What a dissector makes of whole conversations is tested by tests/dialogs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/text.h"
#include "pop3/pop3.h"

struct session {
    struct arena *mem;
    struct facts *facts;
    void *self;
};

static const struct flow_context context = {.server_port = 110};

static struct session session_new(void)
{
    struct session s = {.mem = arena_new(), .facts = facts_new(1)};
    s.self = pop3_dissector.open(s.mem, &context);
    return s;
}

static void session_free(struct session *s)
{
    facts_free(&s->facts);
    arena_free(&s->mem);
}

static size_t say(struct session *s, enum dir dir, struct span bytes)
{
    struct chunk chunk = {dir, 0, bytes};
    return pop3_dissector.feed(s->self, &chunk, s->facts).used;
}

static void commands_without_replies_are_capped_and_that_is_told(void **state)
{
    struct session s = session_new();
    (void)state;
    for (unsigned i = 0; i < POP3_PENDING_MAX + 10; i++)
        assert_int_equal(say(&s, C2S, SPAN("NOOP\r\n")), 6);
    assert_int_equal(facts_told(s.facts, FACT_KIND_flow_capped), 1);
    pop3_dissector.close(s.self, END_FIN, s.facts);
    assert_int_equal(facts_told(s.facts, FACT_KIND_mail_unanswered),
                     POP3_PENDING_MAX);
    session_free(&s);
}

static void an_endless_list_of_capabilities_is_cut(void **state)
{
    struct session s = session_new();
    (void)state;
    say(&s, S2C, SPAN("+OK ready\r\n"));
    say(&s, C2S, SPAN("CAPA\r\n"));
    say(&s, S2C, SPAN("+OK\r\nSTLS\r\n"));
    for (unsigned i = 0; i < 1000; i++)
        say(&s, S2C, SPAN("X-SOMETHING\r\n"));
    say(&s, S2C, SPAN("USER\r\n.\r\n"));
    assert_int_equal(facts_told(s.facts, FACT_KIND_pop_capability), 1);
    session_free(&s);
}

static void lines_that_are_no_replies_are_told_only_for_a_while(void **state)
{
    struct session s = session_new();
    (void)state;
    say(&s, S2C, SPAN("+OK ready\r\n"));
    say(&s, C2S, SPAN("NOOP\r\n"));
    for (unsigned i = 0; i < 1000; i++)
        say(&s, S2C, SPAN("what?\r\n"));
    assert_int_equal(facts_told(s.facts, FACT_KIND_pop_malformed),
                     POP3_MALFORMED_MAX);
    say(&s, S2C, SPAN("+OK\r\nwhat?\r\n"));
    assert_int_equal(facts_told(s.facts, FACT_KIND_pop_malformed),
                     POP3_MALFORMED_MAX + 1);
    session_free(&s);
}

static void a_message_is_used_up_as_it_comes(void **state)
{
    struct session s = session_new();
    (void)state;
    say(&s, S2C, SPAN("+OK ready\r\n"));
    say(&s, C2S, SPAN("RETR 1\r\n"));
    say(&s, S2C, SPAN("+OK\r\n"));
    assert_int_equal(say(&s, S2C, SPAN("half a line")), 11);
    assert_int_equal(say(&s, S2C, SPAN(" and its end\r\n.")), 14);
    assert_int_equal(say(&s, S2C, SPAN(".\r")), 0);
    assert_int_equal(say(&s, S2C, SPAN(".\r\n")), 3);
    assert_int_equal(facts_told(s.facts, FACT_KIND_mail_message), 1);
    session_free(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_without_replies_are_capped_and_that_is_told),
        cmocka_unit_test(an_endless_list_of_capabilities_is_cut),
        cmocka_unit_test(lines_that_are_no_replies_are_told_only_for_a_while),
        cmocka_unit_test(a_message_is_used_up_as_it_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

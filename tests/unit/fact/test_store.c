/* test_store.c - the store copies, stamps, caps and shows what it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fact/store.h"

static void a_fact_is_copied_and_stamped(void **state)
{
    (void)state;
    char line[] = "a1 NO no";
    struct facts *facts = facts_new(7);
    facts_stamp(facts, 12, 34);
    TELL(facts, imap_response, .status = SPAN("NO"), .line = span_of(line));
    memset(line, 'x', sizeof line - 1);
    const struct fact *fact = facts_get(facts, FACT_KIND_imap_response, 0);
    const struct fact_imap_response *r = fact->values;
    assert_true(span_same(r->line, SPAN("a1 NO no")));
    assert_int_equal(fact->frame, 12);
    assert_int_equal(fact->time, 34);
    assert_int_equal(fact->session, 7);
    assert_null(facts_get(facts, FACT_KIND_imap_response, 1));
    assert_null(facts_get(facts, FACT_KIND_pop_response, 0));
    facts_free(&facts);
}

static void the_first_and_the_last_of_a_kind_are_kept(void **state)
{
    (void)state;
    enum { TOLD = 1000 };
    struct facts *facts = facts_new(1);
    for (unsigned i = 0; i < TOLD; i++)
        TELL(facts, pop_maildrop, .messages = i);
    size_t kept = facts_count(facts, FACT_KIND_pop_maildrop);
    assert_int_equal(kept, FACTS_FIRST + FACTS_LAST);
    assert_int_equal(facts_told(facts, FACT_KIND_pop_maildrop), TOLD);
    assert_int_equal(facts_dropped(facts), TOLD - kept);
    uint64_t before = 0;
    for (size_t i = 0; i < kept; i++) {
        const struct fact *f = facts_get(facts, FACT_KIND_pop_maildrop, i);
        const struct fact_pop_maildrop *m = f->values;
        assert_true(i == 0 || m->messages > before);
        before = m->messages;
    }
    assert_int_equal(before, TOLD - 1);
    facts_free(&facts);
}

static void a_fact_referred_to_is_not_copied(void **state)
{
    (void)state;
    struct facts *own = facts_new(3), *subject = facts_new(0);
    facts_stamp(own, 12, 34);
    TELL(own, pop_maildrop, .messages = 1);
    const struct fact *fact = facts_get(own, FACT_KIND_pop_maildrop, 0);
    TELL(subject, pop_maildrop, .messages = 2);
    facts_refer(subject, fact);
    facts_copy(subject, fact);
    const struct fact *kept = facts_get(subject, FACT_KIND_pop_maildrop, 1);
    const struct fact *copy = facts_get(subject, FACT_KIND_pop_maildrop, 2);
    assert_ptr_equal(kept->values, fact->values);
    assert_ptr_not_equal(copy->values, fact->values);
    assert_int_equal(kept->frame, 12);
    assert_int_equal(kept->session, 3);
    assert_int_equal(kept->order, 1);
    facts_free(&subject);
    facts_free(&own);
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    static uint8_t big[FACT_TEXT_MAX * 3];
    struct facts *facts = facts_new(1);
    TELL(facts, mail_close, .line = {big, sizeof big});
    const struct fact_mail_close *c =
        facts_get(facts, FACT_KIND_mail_close, 0)->values;
    assert_int_equal(c->line.n, FACT_TEXT_MAX);
    facts_free(&facts);
}

static void a_user_name_is_masked_unless_asked_for(void **state)
{
    (void)state;
    struct facts *facts = facts_new(1);
    assert_true(span_same(facts_user(facts, SPAN("jane@example.org")),
                          SPAN("j***@example.org")));
    assert_true(span_same(facts_user(facts, SPAN("jane")), SPAN("j***")));
    assert_int_equal(facts_user(facts, SPAN("")).n, 0);
    facts_show_users(facts, true);
    assert_true(span_same(facts_user(facts, SPAN("jane")), SPAN("jane")));
    facts_free(&facts);
}

static void evidence_is_the_sentence_filled_in_and_safe(void **state)
{
    (void)state;
    struct text text = {0};
    struct facts *facts = facts_new(1);
    TELL(facts, tcp_refused, .port = 143, .delay = 0.0214);
    TELL(facts, mail_close, .by = SPAN("server"), .line = SPAN("* BYE \x07"));
    fact_show(facts_get(facts, FACT_KIND_tcp_refused, 0), &text);
    assert_string_equal(text_string(&text),
                        "port 143 answered RST after 0.021 s");
    text_clear(&text);
    fact_show(facts_get(facts, FACT_KIND_mail_close, 0), &text);
    assert_string_equal(text_string(&text), "server: * BYE \\x07");
    text_free(&text);
    facts_free(&facts);
}

/* Every `show` in facts.def names only fields that are there: fact_show()
 * asserts it. */
static void every_kind_can_be_shown(void **state)
{
    (void)state;
    for (size_t k = 0; k < FACT_KINDS; k++) {
        struct text text = {0};
        uint8_t *values = calloc(1, fact_kinds[k].size);
        struct fact fact = {.kind = &fact_kinds[k], .values = values};
        fact_show(&fact, &text);
        assert_int_equal(fact_kinds[k].number, k);
        assert_ptr_equal(fact_kind_find(span_of(fact_kinds[k].name)),
                         &fact_kinds[k]);
        text_free(&text);
        free(values);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_is_copied_and_stamped),
        cmocka_unit_test(the_first_and_the_last_of_a_kind_are_kept),
        cmocka_unit_test(a_fact_referred_to_is_not_copied),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_user_name_is_masked_unless_asked_for),
        cmocka_unit_test(evidence_is_the_sentence_filled_in_and_safe),
        cmocka_unit_test(every_kind_can_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

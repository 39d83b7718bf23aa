/* test_json_facts.c - facts go to another process and back unchanged, and what
 * is no fact does no harm.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "report/json.h"

static struct facts *read(const char *text)
{
    json_t *array = json_loads(text, 0, NULL);
    assert_non_null(array);
    struct facts *facts = facts_of_json(array);
    json_decref(array);
    return facts;
}

static void facts_come_back_as_they_were_told(void **state)
{
    (void)state;
    struct facts *told = facts_new(1);
    facts_stamp(told, 17, 1795500787123456789);
    TELL(told, imap_response, .tag = SPAN("a1"), .status = SPAN("NO"),
         .line = SPAN("a1 NO caf\xc3\xa9"), .latency = 2.0223309999,
         .logged_in = true);
    TELL(told, imap_quota, .used = 7, .limit = 9);
    json_t *array = json_of_facts(told);
    char *text = json_dumps(array, REPORT_JSON_FLAGS);
    struct facts *back = read(text);
    const struct fact *fact = facts_get(back, FACT_KIND_imap_response, 0);
    assert_non_null(fact);
    const struct fact_imap_response *r = fact->values;
    assert_int_equal(fact->frame, 17);
    assert_int_equal(fact->time, 1795500787123456789);
    assert_int_equal(fact->order, 0);
    assert_true(span_same(r->line, SPAN("a1 NO caf\xc3\xa9")));
    assert_true(r->logged_in);
    assert_false(r->over_tls);
    assert_true(r->latency > 2.0223 && r->latency < 2.0224);
    fact = facts_get(back, FACT_KIND_imap_quota, 0);
    assert_int_equal(((const struct fact_imap_quota *)fact->values)->used, 7);
    assert_int_equal(fact->order, 1);
    free(text);
    json_decref(array);
    facts_free(&told);
    facts_free(&back);
}

static void what_is_no_fact_is_left_out(void **state)
{
    (void)state;
    struct facts *facts =
        read("[1, null, [], {}, {\"kind\": 5}, {\"kind\": \"no.such\"},"
             " {\"kind\": \"imap.quota\", \"values\": 3},"
             " {\"kind\": \"imap.quota\", \"packet\": -1, \"time\": -5,"
             "  \"values\": {\"root\": 7, \"used\": \"x\", \"limit\": -1}}]");
    assert_int_equal(facts_count(facts, FACT_KIND_imap_quota), 2);
    const struct fact *fact = facts_get(facts, FACT_KIND_imap_quota, 1);
    const struct fact_imap_quota *q = fact->values;
    assert_int_equal(fact->time, 0);
    assert_int_equal(q->root.n, 0);
    assert_int_equal(q->used, 0);
    facts_free(&facts);
}

static void texts_are_made_safe_to_print(void **state)
{
    (void)state;
    struct facts *facts =
        read("[{\"kind\": \"imap.quota\","
             "  \"values\": {\"root\": \"a\\u001b[2Jb\\u202e\"}}]");
    const struct fact_imap_quota *q =
        facts_get(facts, FACT_KIND_imap_quota, 0)->values;
    assert_true(span_same(q->root, SPAN("a\\x1b[2Jb\\u{202e}")));
    facts_free(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_back_as_they_were_told),
        cmocka_unit_test(what_is_no_fact_is_left_out),
        cmocka_unit_test(texts_are_made_safe_to_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_http_checks.c - connectivity checks and their answers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "http/checks.h"

static const struct address client = {4, {10, 0, 0, 7}};

/* Dissectors get a heap copy of exactly n bytes. */
static void exchange(struct checks *c, const char *question, const char *answer)
{
    struct span q = span_of(question), a = span_of(answer);
    uint8_t *copy = malloc(q.n + a.n);
    memcpy(copy, q.p, q.n);
    checks_request(c, 1, &client, (struct span){copy, q.n}, 1, 1);
    free(copy);
    copy = malloc(a.n + 1);
    memcpy(copy, a.p, a.n);
    checks_answer(c, 1, (struct span){copy, a.n}, 2, 2);
    free(copy);
}

static struct facts *told(const char *question, const char *answer)
{
    struct checks *c = checks_new();
    struct facts *facts = facts_new(0);
    exchange(c, question, answer);
    checks_tell(c, 0, facts);
    checks_free(&c);
    return facts;
}

static const struct fact_http_check *only(const struct facts *facts)
{
    assert_int_equal(facts_count(facts, FACT_KIND_http_check), 1);
    return facts_get(facts, FACT_KIND_http_check, 0)->values;
}

#define ANDROID "GET /generate_204 HTTP/1.1\r\nHost: www.gstatic.com\r\n\r\n"
#define APPLE   "GET /hotspot-detect.html HTTP/1.0\r\nHost: captive.apple.com\r\n\r\n"

static void a_portal_answers_in_its_place(void **state)
{
    (void)state;
    struct facts *facts = told(ANDROID, "HTTP/1.1 302 Found\r\nLocation: "
                                        "http://login.example/?id=4711\r\n\r\n");
    const struct fact_http_check *check = only(facts);
    assert_int_equal(check->status, 302);
    assert_false(check->expected);
    assert_true(span_same(check->host, SPAN("www.gstatic.com")));
    assert_true(span_same(check->location, SPAN("http://login.example/")));
    assert_true(span_same(check->client, SPAN("10.0.0.7")));
    facts_free(&facts);
}

static void the_right_answer_is_expected(void **state)
{
    (void)state;
    struct facts *facts = told(ANDROID, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_true(only(facts)->expected);
    facts_free(&facts);
}

static void the_right_status_with_another_page_is_not(void **state)
{
    (void)state;
    struct facts *facts =
        told(APPLE, "HTTP/1.1 200 OK\r\n\r\n<html>Welcome to our Wi-Fi</html>");
    assert_false(only(facts)->expected);
    facts_free(&facts);
    facts = told(APPLE, "HTTP/1.1 200 OK\r\n\r\n<BODY>Success</BODY>");
    assert_true(only(facts)->expected);
    facts_free(&facts);
}

static void other_questions_are_none_of_ours(void **state)
{
    (void)state;
    struct facts *facts = told("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n",
                               "HTTP/1.1 302 Found\r\n\r\n");
    assert_int_equal(facts_count(facts, FACT_KIND_http_check), 0);
    facts_free(&facts);
}

static void cut_words_do_no_harm(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n";
    for (size_t n = 0; n < sizeof answer; n++) {
        struct checks *c = checks_new();
        char cut[sizeof answer] = {0};
        memcpy(cut, answer, n);
        exchange(c, ANDROID, cut);
        checks_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_portal_answers_in_its_place),
        cmocka_unit_test(the_right_answer_is_expected),
        cmocka_unit_test(the_right_status_with_another_page_is_not),
        cmocka_unit_test(other_questions_are_none_of_ours),
        cmocka_unit_test(cut_words_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

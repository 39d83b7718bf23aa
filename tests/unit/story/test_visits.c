/* test_visits.c - where the connections of one client are closest together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/clock.h"
#include "story/visits.h"

/* A session, told by what matters here. */
struct told {
    const char *server;
    unsigned port;
    double at, duration; /* seconds */
    bool login;
};

enum { TOLD_MAX = 8 };

static struct facts *facts_of(const struct told *told, size_t count)
{
    struct book_entry entries[TOLD_MAX];
    const struct book_entry *sessions[TOLD_MAX];
    struct facts *facts = facts_new(0);
    for (size_t i = 0; i < count; i++) {
        const struct told *t = &told[i];
        entries[i] = (struct book_entry){
            .session = {.id = i + 1,
                        .client = SPAN("192.0.2.10"),
                        .server = span_of(t->server),
                        .port = t->port,
                        .handshake = SPAN("full"),
                        .duration = t->duration,
                        .logins_ok = t->login,
                        .finished = t->login},
            .first_frame = i + 1,
            .start = (int64_t)(t->at * (double)CLOCK_SECOND),
        };
        sessions[i] = &entries[i];
    }
    visits_tell(sessions, count, facts);
    return facts;
}

static const struct fact_client_visits *visits_at(const struct facts *facts,
                                                  size_t i)
{
    const struct fact *fact = facts_get(facts, FACT_KIND_client_visits, i);
    return fact ? fact->values : NULL;
}

static void test_one_connection_tells_nothing(void **state)
{
    const struct told told[] = {
        {"a", 143, 0, 1, true},
        {"b", 143, 1, 1, true}
    };
    struct facts *facts = facts_of(told, 2);
    (void)state;
    assert_null(visits_at(facts, 0));
    facts_free(&facts);
}

static void test_the_busiest_minute_counts(void **state)
{
    const struct told told[] = {
        {"a", 143, 0,   1, false},
        {"a", 143, 100, 1, false},
        {"a", 143, 130, 9, false}, /* not short */
        {"a", 143, 150, 1, false},
        {"a", 143, 159, 1, false},
        {"a", 143, 160, 1, false}, /* a minute after the second */
    };
    struct facts *facts = facts_of(told, 6);
    (void)state;
    const struct fact_client_visits *v = visits_at(facts, 0);
    assert_non_null(v);
    assert_int_equal(v->brief, 3);
    assert_int_equal(v->first_brief, 2);
    assert_int_equal(v->visits, 0);
    assert_int_equal(v->first_visit, 0);
    facts_free(&facts);
}

static void test_connections_at_once_are_one_visit(void **state)
{
    const struct told told[] = {
        {"a", 993, 0,   1, true},
        {"a", 993, 1,   1, true},
        {"a", 993, 2,   1, true},
        {"a", 993, 60,  1, true},
        {"a", 993, 120, 1, true},
        {"a", 993, 300, 1, true},
    };
    struct facts *facts = facts_of(told, 6);
    (void)state;
    const struct fact_client_visits *v = visits_at(facts, 0);
    assert_non_null(v);
    assert_int_equal(v->visits, 3);
    assert_int_equal(v->first_visit, 1);
    facts_free(&facts);
}

static void test_each_server_and_port_apart(void **state)
{
    const struct told told[] = {
        {"b", 143, 0, 1, true},
        {"a", 143, 1, 1, true},
        {"b", 143, 2, 1, true},
        {"a", 993, 3, 1, true},
        {"a", 143, 4, 1, true},
    };
    struct facts *facts = facts_of(told, 5);
    (void)state;
    assert_int_equal(visits_at(facts, 0)->brief, 2);
    assert_true(span_same(visits_at(facts, 0)->server, SPAN("a")));
    assert_true(span_same(visits_at(facts, 1)->server, SPAN("b")));
    assert_null(visits_at(facts, 2)); /* port 993: only one */
    facts_free(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_connection_tells_nothing),
        cmocka_unit_test(test_the_busiest_minute_counts),
        cmocka_unit_test(test_connections_at_once_are_one_visit),
        cmocka_unit_test(test_each_server_and_port_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

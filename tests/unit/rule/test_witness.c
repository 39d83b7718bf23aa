/* test_witness.c - of many sessions, which are what a finding is about.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rule/rule.h"

static const char frame[] = "- id: server.tested\n"
                            "  title: t\n"
                            "  family: server\n"
                            "  severity: high\n"
                            "  confidence: certain\n"
                            "  where: server\n"
                            "  scope: capture\n"
                            "  when:\n"
                            "    - session: port == 143\n"
                            "    - %s\n"
                            "  says: 's'\n"
                            "  means: m\n"
                            "  remedy: {user: u, admin: a}\n"
                            "  references: [RFC 1]\n"
                            "  shown-by: [a.pcap]\n"
                            "  quiet-on: [b.pcap]\n";

/* Session 1 on port 143; 2 and 3 on port 993, of which 3 worked. */
static struct facts *three_sessions(void)
{
    struct facts *facts = facts_new(0);
    for (unsigned id = 1; id <= 3; id++) {
        facts_stamp(facts, 10 * id, id * CLOCK_SECOND);
        TELL(facts, session, .id = id, .port = id == 1 ? 143 : 993,
             .client = SPAN("192.0.2.1"), .server = SPAN("198.51.100.2"),
             .worked = id == 3, .duration = 2);
    }
    return facts;
}

struct about {
    char sessions[16]; /* "123" */
    int64_t first, last;
};

static void found(void *user, const struct match *match)
{
    struct about *about = user;
    for (size_t i = 0; i < match->session_count && i < 3; i++)
        about->sessions[i] = (char)('0' + match->sessions[i]);
    about->first = match->first_time;
    about->last = match->last_time;
}

static struct about judge(const char *test)
{
    char yaml[2000];
    struct err err = {""};
    struct about about = {0};
    snprintf(yaml, sizeof yaml, frame, test);
    struct rules *rules =
        rules_load_memory("test.yaml", span_of(yaml), NULL, NULL, &err);
    if (!rules)
        fail_msg("%s: %s", test, err.text);
    struct facts *facts = three_sessions();
    struct arena *mem = arena_new();
    rules_judge(rules, SCOPE_CAPTURE, facts, mem, found, &about);
    arena_free(&mem);
    facts_free(&facts);
    rules_free(&rules);
    return about;
}

static void those_that_make_it_so(void **state)
{
    (void)state;
    static const struct {
        const char *test, *sessions;
    } rows[] = {
        {"count(session where port == 993) >= 2", "123"},
        {"count(session where port == 993) > 1", "123"},
        {"count(session where port == 993) == 2", "123"},
        {"count(session where port == 993) in {2..5}", "123"},
        {"exists(session where worked)", "13"},
        {"sum(session.duration where worked) >= 1", "13"},
        {"max(session.port) > 500", "12"},
        /* what there must not be too much of */
        {"count(distinct session.client) <= 2", "1"},
        {"count(session where worked) < 2", "1"},
        {"not exists(session where port == 25)", "1"},
        {"min(session.port where worked) < 1000", "13"},
        {"min(session.port where worked) > 500", "1"},
        /* what it is compared with */
        {"3 * count(session where port == 143) >= count(session)", "1"},
        /* alternatives */
        {"count(session where port == 993) >= 3 or exists(session where worked)", "13"},
        {"count(session where port == 993) >= 2 or exists(session where port == 25)", "123"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct about about = judge(rows[i].test);
        if (strcmp(about.sessions, rows[i].sessions) != 0)
            fail_msg("%s: sessions %s, not %s", rows[i].test, about.sessions,
                     rows[i].sessions);
    }
}

static void its_time_is_theirs(void **state)
{
    (void)state;
    struct about about = judge("exists(session where worked)");
    assert_int_equal(about.first, 1 * CLOCK_SECOND);
    assert_int_equal(about.last, 5 * CLOCK_SECOND);
    about = judge("count(distinct session.client) <= 2");
    assert_int_equal(about.last, 3 * CLOCK_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_make_it_so),
        cmocka_unit_test(its_time_is_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

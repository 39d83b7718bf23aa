/* test_answers.c - what earlier subjects answered changes nothing for later ones.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>

#include "base/text.h"
#include "rule/rule.h"

/* Conditions of which some follow from others, and some share their parts. */
static const char *const conditions[] = {
    "mail.login: result == \"refused\"",
    "mail.login: result in {\"refused\" \"cancelled\"}",
    "mail.login: result != \"ok\" and code == \"AUTH\"",
    "mail.login: result == \"cancelled\" and not over_tls",
    "mail.login: latency > 1",
    "mail.login: latency > 3 and result == \"refused\"",
    "exists(mail.login where result == \"refused\" and over_tls) or exists(tcp.fin where first)",
    "exists(mail.login where code == \"AUTH\" and over_tls) or exists(mail.login where code == \"AUTH\" and latency > 3)",
    "count(mail.login where result == \"refused\") >= 2",
    "session.port == 143",
    "exists(mail.login where not over_tls) and session.port == 993",
};

enum { RULES = sizeof conditions / sizeof *conditions };

static struct rules *load(void)
{
    struct err err = {""};
    struct text yaml = {0};
    for (unsigned i = 0; i < RULES; i++)
        text_addf(&yaml,
                  "- id: server.rule-%02u\n"
                  "  title: t\n  family: server\n  severity: high\n"
                  "  confidence: certain\n  where: server\n"
                  "  scope: session\n  when:\n    - %s\n  says: x\n"
                  "  means: m\n  remedy: {user: u, admin: a}\n"
                  "  references: [RFC 1]\n  shown-by: [a.pcap]\n"
                  "  quiet-on: [b.pcap]\n",
                  i, conditions[i]);
    struct rules *rules =
        rules_load_memory("test.yaml", text_span(&yaml), NULL, NULL, &err);
    text_free(&yaml);
    if (!rules)
        fail_msg("%s", err.text);
    return rules;
}

/* Subjects of the same kinds of facts, each different from all others. */
enum { SUBJECTS = 96 };

static struct facts *subject(unsigned i)
{
    static const struct span results[] = {
        SPAN_INIT("ok"), SPAN_INIT("refused"), SPAN_INIT("cancelled")};
    struct facts *facts = facts_new(1);
    TELL(facts, mail_login, .result = results[i % 3], .over_tls = i / 3 & 1,
         .code = i / 6 & 1 ? SPAN("AUTH") : SPAN(""),
         .latency = i / 12 & 1 ? 4 : 0.5, .attempt = 1);
    TELL(facts, mail_login, .result = results[i / 5 % 3], .attempt = 2);
    TELL(facts, tcp_fin, .by = SPAN("client"), .first = i / 24 & 1);
    TELL(facts, session, .id = 1, .port = i / 48 & 1 ? 993 : 143);
    return facts;
}

static void note(void *user, const struct match *match)
{
    unsigned *fired = user, number;
    assert_int_equal(sscanf(match->rule->id, "server.rule-%u", &number), 1);
    *fired |= 1U << number;
}

/* The rules that fire, a bit each. */
static unsigned judge(const struct rules *rules, unsigned number)
{
    unsigned fired = 0;
    struct arena *mem = arena_new();
    struct facts *facts = subject(number);
    rules_judge(rules, SCOPE_SESSION, facts, mem, note, &fired);
    facts_free(&facts);
    arena_free(&mem);
    return fired;
}

static void judge_in_steps_of(const struct rules *rules, unsigned step,
                              const unsigned expected[SUBJECTS])
{
    for (unsigned i = 0; i < SUBJECTS; i++) {
        unsigned number = i * step % SUBJECTS;
        assert_int_equal(judge(rules, number), expected[number]);
    }
}

static void what_others_answered_changes_nothing(void **state)
{
    (void)state;
    unsigned expected[SUBJECTS], ever = 0;
    for (unsigned i = 0; i < SUBJECTS; i++) {
        struct rules *fresh = load();
        expected[i] = judge(fresh, i);
        ever |= expected[i];
        rules_free(&fresh);
    }
    assert_int_equal(ever, (1U << RULES) - 1); /* each rule says something */
    for (unsigned first = 0; first < SUBJECTS; first++) {
        struct rules *rules = load();
        assert_int_equal(judge(rules, first), expected[first]);
        judge_in_steps_of(rules, 1, expected);
        judge_in_steps_of(rules, 37, expected);
        rules_free(&rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_answered_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

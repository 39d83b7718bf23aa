/* test_named.c - a condition with a name means what its test means.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "rule/implies.h"
#include "rule/parse.h"
#include "rule/rule.h"

/* A rule below some conditions; `when` is one item of it. */
static const char frame[] = "%s\n"
                            "- id: server.tested\n"
                            "  title: t\n"
                            "  family: server\n"
                            "  severity: high\n"
                            "  confidence: certain\n"
                            "  where: server\n"
                            "  scope: session\n"
                            "  thresholds: %s\n"
                            "  when:\n"
                            "    - %s\n"
                            "  says: 'after {many}'\n"
                            "  means: m\n"
                            "  remedy: {user: u, admin: a}\n"
                            "  references: [RFC 1]\n"
                            "  shown-by: [a.pcap]\n"
                            "  quiet-on: [b.pcap]\n";

static const char tried[] = "- condition: tried-again\n"
                            "  about: mail.login\n"
                            "  means: m\n"
                            "  thresholds: {many: {value: 3, because: b}}\n"
                            "  test: attempt >= many or text == \"again\"\n";

static struct rules *load(const char *conditions, const char *thresholds,
                          const char *when, struct err *err)
{
    char yaml[4000];
    snprintf(yaml, sizeof yaml, frame, conditions, thresholds, when);
    return rules_load_memory("test.yaml", span_of(yaml), NULL, NULL, err);
}

static void found(void *user, const struct match *match)
{
    snprintf(user, 80, "%s", match->summary);
}

/* What a rule says of a login that was refused as the nth. */
static void judge(const struct rules *rules, uint64_t attempt, char said[80])
{
    struct facts *facts = facts_new(1);
    struct arena *mem = arena_new();
    TELL(facts, mail_login, .result = SPAN("refused"), .attempt = attempt);
    TELL(facts, session, .port = 143);
    said[0] = '\0';
    rules_judge(rules, SCOPE_SESSION, facts, mem, found, said);
    arena_free(&mem);
    facts_free(&facts);
}

static void it_holds_as_its_test_does(void **state)
{
    static const char *const uses[] = {
        "mail.login: result == \"refused\" and tried-again",
        "exists(mail.login where tried-again)",
        "count(mail.login where not tried-again) == 0",
    };
    char said[80];
    (void)state;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        struct err err = {""};
        struct rules *rules = load(tried, "{}", uses[i], &err);
        if (!rules)
            fail_msg("%s: %s", uses[i], err.text);
        judge(rules, 2, said);
        assert_string_equal(said, "");
        judge(rules, 3, said);
        assert_string_equal(said, "after 3"); /* its threshold, in a text */
        const struct rule *rule = rules_get(rules, 0);
        assert_string_equal(
            rule->conditions,
            "tried-again: attempt >= many or text == \"again\"\n");
        rules_free(&rules);
    }
}

/* What looks at expressions, to ask the cheapest first, sees the test. */
static void it_is_the_expression_in_parentheses(void **state)
{
    (void)state;
    struct arena *mem = arena_new();
    struct regexes *regexes = regexes_new();
    struct err err = {""};
    struct complaints complaints = {.file = "test", .err = &err};
    struct lists lists = {NULL};
    const struct fact_kind *login = &fact_kinds[FACT_KIND_mail_login];
    struct named named = {.name = "tried-again",
                          .about = login,
                          .test = "attempt >= 3 or text == \"again\""};
    struct nameds nameds = {&named};
    const struct parsing parsing = {mem,         mem,    regexes,
                                    &complaints, &lists, &nameds};
    struct names names = {.scope = SCOPE_SESSION, .current = login};
    const struct expr *by_name = parse_condition(
        &parsing, &names, SPAN("over_tls and tried-again and latency > 1"), 1);
    const struct expr *in_full = parse_condition(
        &parsing, &names,
        SPAN(
            "over_tls and (attempt >= 3 or text == \"again\") and latency > 1"),
        1);
    assert_non_null(by_name);
    assert_true(expr_same(by_name, in_full));
    regexes_free(&regexes);
    arena_free(&mem);
}

static const struct mistake {
    const char *what, *conditions, *thresholds, *when, *message;
} mistakes[] = {
  /* clang-format off */
    {"a name that nobody gave", "", "{many: {value: 1, because: b}}",
     "mail.login: attempt > many and tried-agian",
     "mail.login has no field \"tried-agian\""},
    {"such a name in a test of the whole", "", "{}", "tried-again",
     "no condition above"},
    {"one that nothing uses", tried, "{many: {value: 1, because: b}}",
     "mail.login: attempt > many",
     "no rule uses the condition \"tried-again\""},
    {"one about another kind", tried, "{}", "tcp.fin: tried-again",
     "is about mail.login, not about tcp.fin"},
    {"one about facts as a test of the whole", tried, "{}", "tried-again",
     "is about mail.login, not about the whole"},
    {"one that uses another",
     "- {condition: a, about: tcp.fin, means: m, test: first}\n"
     "- {condition: b, about: tcp.fin, means: m, test: a and first}\n",
     "{}", "tcp.fin: b", "test.yaml:2: a condition with a name uses no other"},
    {"one named like a field",
     "- {condition: first, about: tcp.fin, means: m, test: delay > 1}\n",
     "{}", "tcp.fin: first", "is also a field of tcp.fin"},
    {"a threshold that the rule has as well", tried,
     "{many: {value: 1, because: b}}",
     "mail.login: attempt > many and tried-again",
     "a threshold of it is also one of this rule"},
    {"a threshold that its test does not use",
     "- {condition: a, about: tcp.fin, means: m, test: first, thresholds: "
     "{many: {value: 3, because: b}}}\n",
     "{}", "tcp.fin: a", "the threshold \"many\" is used by no condition"},
    {"a test with a mistake",
     "- {condition: a, about: tcp.fin, means: m, test: frist}\n",
     "{}", "tcp.fin: a", "test.yaml:1: tcp.fin has no field \"frist\""},
    {"a test that goes on",
     "- {condition: a, about: tcp.fin, means: m, test: first first}\n",
     "{}", "tcp.fin: a", "test.yaml:1: \"and\" or \"or\" should come before"},
    {"one without its meaning",
     "- {condition: a, about: tcp.fin, test: first}\n",
     "{}", "tcp.fin: a", "a condition has a name, \"means\" and \"test\""},
  /* clang-format on */
};
enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

static void is_refused(void **state)
{
    const struct mistake *m = *state;
    struct err err = {""};
    assert_null(load(m->conditions, m->thresholds, m->when, &err));
    if (!strstr(err.text, m->message))
        fail_msg("\"%s\" does not say \"%s\"", err.text, m->message);
}

int main(void)
{
    struct CMUnitTest tests[2 + MISTAKES] = {
        cmocka_unit_test(it_holds_as_its_test_does),
        cmocka_unit_test(it_is_the_expression_in_parentheses),
    };
    for (size_t i = 0; i < MISTAKES; i++)
        tests[2 + i] =
            (struct CMUnitTest){mistakes[i].what, is_refused, NULL, NULL,
                                (void *)(uintptr_t)&mistakes[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_rule.c - the rule language means what rules/README.md says.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rule/rule.h"

/* A rule around a condition; `when` is YAML of its own, indented by four. */
static const char frame[] = "- id: server.tested\n"
                            "  title: t\n"
                            "  family: server\n"
                            "  severity: high\n"
                            "  confidence: certain\n"
                            "  where: server\n"
                            "  scope: session\n"
                            "  %s\n"
                            "  when:\n"
                            "%s\n"
                            "  says: '%s'\n"
                            "  means: m\n"
                            "  remedy: {user: u, admin: a}\n"
                            "  references: [RFC 1]\n"
                            "  shown-by: [a.pcap]\n"
                            "  quiet-on: [b.pcap]\n";

struct fired {
    int times;
    char summary[200];
    size_t evidence;
};

static void found(void *user, const struct match *match)
{
    struct fired *fired = user;
    fired->times++;
    snprintf(fired->summary, sizeof fired->summary, "%s", match->summary);
    fired->evidence = match->evidence_count;
}

/* A refused login in packet 10 at 1 s, an accepted one in packet 20 at 5 s,
 * then a FIN in packet 30 at 6 s. */
static struct facts *story(void)
{
    struct facts *facts = facts_new(1);
    facts_stamp(facts, 10, 1 * CLOCK_SECOND);
    TELL(facts, mail_login, .result = SPAN("refused"), .code = SPAN("AUTH"),
         .text = SPAN("Bad password for you"), .mechanism = SPAN("PLAIN LOGIN"),
         .latency = 2.5, .attempt = 1);
    facts_stamp(facts, 20, 5 * CLOCK_SECOND);
    TELL(facts, mail_login, .result = SPAN("ok"), .over_tls = true,
         .attempt = 2);
    facts_stamp(facts, 30, 6 * CLOCK_SECOND);
    TELL(facts, tcp_fin, .by = SPAN("client"), .first = true);
    facts_stamp(facts, 0, 0);
    TELL(facts, session, .id = 1, .port = 143, .client = SPAN("192.0.2.1"),
         .server = SPAN("198.51.100.2"), .logins_refused = 1);
    return facts;
}

static struct rules *load(const char *extra, const char *when, const char *says,
                          struct err *err)
{
    char yaml[4000];
    snprintf(yaml, sizeof yaml, frame, extra, when, says);
    return rules_load_memory("test.yaml", span_of(yaml), NULL, NULL, err);
}

static struct fired judge(const char *extra, const char *when, const char *says)
{
    struct err err = {""};
    struct fired fired = {0};
    struct rules *rules = load(extra, when, says, &err);
    if (!rules)
        fail_msg("%s: %s", when, err.text);
    struct facts *facts = story();
    struct arena *mem = arena_new();
    rules_judge(rules, SCOPE_SESSION, facts, mem, found, &fired);
    arena_free(&mem);
    facts_free(&facts);
    rules_free(&rules);
    return fired;
}

struct condition_row {
    const char *name, *when;
    bool fires;
};

/* clang-format off */
static const struct condition_row rows[] = {
    {"equal texts", "    - mail.login: result == \"refused\"", true},
    {"unequal texts", "    - mail.login: result == \"nothing\"", false},
    {"in a set of texts", "    - mail.login: code in {\"X\" \"AUTH\"}", true},
    {"in a range of numbers", "    - session.port in {100..150}", true},
    {"outside a range", "    - session.port in {1..99 200..300}", false},
    {"contains ignores case", "    - mail.login: text contains \"bad PASS\"", true},
    {"matches ignores case", "    - mail.login: text matches \"^bad .* you$\"", true},
    {"has finds a word", "    - mail.login: mechanism has \"LOGIN\"", true},
    {"has finds only whole words", "    - mail.login: mechanism has \"LOG\"", false},
    {"a boolean by itself", "    - mail.login: over_tls", true},
    {"not binds tighter than and", "    - mail.login: not over_tls and result == \"ok\"", false},
    {"and binds tighter than or", "    - mail.login: result == \"x\" and over_tls or attempt == 1", true},
    {"parentheses", "    - mail.login: result == \"x\" and (over_tls or attempt == 1)", false},
    {"arithmetic", "    - mail.login: latency * 2 > 4 + 0.5", true},
    {"any", "    - tcp.fin: any", true},
    {"in the order of time", "    - mail.login: result == \"refused\"\n    - tcp.fin: first", true},
    {"against the order of time", "    - tcp.fin: first\n    - mail.login: result == \"refused\"", false},
    {"order any", "    - tcp.fin: first\n    - mail.login: result == \"refused\"\n      order: any", true},
    {"order before", "    - tcp.fin: first\n    - mail.login: result == \"ok\"\n      order: before", true},
    {"within holds", "    - mail.login: result == \"ok\"\n    - tcp.fin: first\n      within: 2", true},
    {"within does not hold", "    - mail.login: result == \"refused\"\n    - tcp.fin: first\n      within: 2", false},
    {"count", "    - count(mail.login) == 2", true},
    {"count where", "    - count(mail.login where result == \"ok\") == 2", false},
    {"count distinct", "    - count(distinct mail.login.result) == 2", true},
    {"one branch of an or exists", "    - exists(mail.login where result == \"x\") or exists(tcp.fin where first)", true},
    {"no branch of an or exists", "    - exists(mail.login where result == \"x\") or exists(tcp.fin where not first)", false},
    {"an or with a branch that needs no fact", "    - exists(mail.login where result == \"x\") or session.port < 1000", true},
    {"exists", "    - not exists(mail.login where result == \"cancelled\")", true},
    {"sum, max and min", "    - sum(mail.login.attempt) == 3 and max(mail.login.attempt) == 2 and min(mail.login.latency) == 0", true},
    {"a name for what matched", "    - mail.login: result == \"refused\"\n      as: first\n    - mail.login: attempt == first.attempt + 1", true},
    {"unless", "    - tcp.fin: any\n  unless:\n    - mail.login: result == \"ok\"", false},
    {"unless after", "    - mail.login: result == \"ok\"\n  unless:\n    - mail.login: result == \"refused\"\n      order: after", true},
};
/* clang-format on */

static void fires(void **state)
{
    const struct condition_row *row = *state;
    assert_int_equal(judge("", row->when, "x").times, row->fires ? 1 : 0);
}

static void texts_are_filled_in(void **state)
{
    (void)state;
    struct fired f = judge("", "    - mail.login: result == \"refused\"",
                           "{client} {server} {text} {mechanism|code} "
                           "{count(mail.login)} {latency}");
    assert_string_equal(f.summary, "192.0.2.1 198.51.100.2 Bad password "
                                   "for you PLAIN LOGIN 2 2.5 s");
    assert_int_equal(f.evidence, 1);
}

static void a_threshold_is_a_named_number(void **state)
{
    (void)state;
    assert_int_equal(judge("thresholds: {slow: {value: 2, because: r}}",
                           "    - mail.login: latency > slow", "x")
                         .times,
                     1);
}

static const char two_thresholds[] =
    "- id: server.slow\n"
    "  title: One\n"
    "  family: server\n"
    "  severity: high\n"
    "  confidence: certain\n"
    "  where: server\n"
    "  scope: session\n"
    "  thresholds: {slow: {value: 2, because: r}}\n"
    "  when: [{mail.login: latency > slow}]\n"
    "  says: x\n"
    "  means: x\n"
    "  remedy: {user: x, admin: x}\n"
    "  references: [RFC 1]\n"
    "  shown-by: ['dialog:a']\n"
    "  quiet-on: ['dialog:b']\n"
    "- id: server.slower\n"
    "  title: Another\n"
    "  family: server\n"
    "  severity: high\n"
    "  confidence: certain\n"
    "  where: server\n"
    "  scope: session\n"
    "  thresholds: {slow: {value: 3, because: r}}\n"
    "  when: [{mail.login: attempt == 1 and latency > slow}]\n"
    "  says: x\n"
    "  means: x\n"
    "  remedy: {user: x, admin: x}\n"
    "  references: [RFC 1]\n"
    "  shown-by: ['dialog:a']\n"
    "  quiet-on: ['dialog:b']\n";

/* Rules that ask the same question share its answer; these do not ask it. */
static void a_threshold_is_that_of_its_own_rule(void **state)
{
    (void)state;
    struct err err = {""};
    struct fired fired = {0};
    struct rules *rules = rules_load_memory(
        "test.yaml", span_of(two_thresholds), NULL, NULL, &err);
    if (!rules)
        fail_msg("%s", err.text);
    struct facts *facts = story();
    struct arena *mem = arena_new();
    rules_judge(rules, SCOPE_SESSION, facts, mem, found, &fired);
    arena_free(&mem);
    facts_free(&facts);
    rules_free(&rules);
    assert_int_equal(fired.times, 1);
}

static int times_fired(const struct rules *rules, const struct facts *facts)
{
    struct fired fired = {0};
    struct arena *mem = arena_new();
    rules_judge(rules, SCOPE_SESSION, facts, mem, found, &fired);
    arena_free(&mem);
    return fired.times;
}

/* What the kinds of a subject's facts answer is kept; what the facts say is
 * not, nor is anything of rules that are gone. */
static void subjects_of_the_same_kinds_are_judged_apart(void **state)
{
    (void)state;
    struct err err = {""};
    struct rules *rules = rules_load_memory(
        "test.yaml", span_of(two_thresholds), NULL, NULL, &err);
    assert_non_null(rules);
    struct facts *slow = facts_new(1), *fast = facts_new(1);
    struct facts *other = facts_new(1);
    TELL(slow, mail_login, .result = SPAN("ok"), .latency = 4, .attempt = 1);
    TELL(fast, mail_login, .result = SPAN("ok"), .latency = 1, .attempt = 1);
    TELL(other, tcp_fin, .by = SPAN("client"));
    assert_int_equal(times_fired(rules, slow), 2);
    assert_int_equal(times_fired(rules, fast), 0);
    assert_int_equal(times_fired(rules, other), 0);
    assert_int_equal(times_fired(rules, slow), 2);
    assert_true(rules_disable(rules, "server.slow"));
    assert_int_equal(times_fired(rules, slow), 1);
    facts_free(&slow);
    facts_free(&fast);
    facts_free(&other);
    rules_free(&rules);
}

static void what_must_not_be_there_is_no_evidence(void **state)
{
    (void)state;
    struct fired fired =
        judge("",
              "    - exists(tcp.fin) or (session.port == 25 and not "
              "exists(mail.login where result == \"ok\"))",
              "x");
    assert_int_equal(fired.times, 1);
    assert_int_equal(fired.evidence, 1);
}

/* The rule of the frame, with a list above it. */
static struct rules *load_with_list(const char *patterns, const char *when,
                                    struct err *err)
{
    char rule[4000], yaml[5000];
    snprintf(rule, sizeof rule, frame, "", when, "x");
    snprintf(yaml, sizeof yaml,
             "- list: excuses\n  because: seen\n  patterns: %s\n\n%s", patterns,
             rule);
    return rules_load_memory("test.yaml", span_of(yaml), NULL, NULL, err);
}

static void a_list_matches_with_any_of_its_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *patterns;
        int times;
    } lists[] = {
        {"[nothing, '^bad p']", 1},
        {"['a|b$', password]",  1},
        {"['^password']",       0},
    };
    struct err err = {""};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct fired fired = {0};
        struct rules *rules = load_with_list(
            lists[i].patterns, "    - mail.login: text matches excuses", &err);
        assert_non_null(rules);
        struct facts *facts = story();
        struct arena *mem = arena_new();
        rules_judge(rules, SCOPE_SESSION, facts, mem, found, &fired);
        assert_int_equal(fired.times, lists[i].times);
        arena_free(&mem);
        facts_free(&facts);
        rules_free(&rules);
    }
}

static void a_list_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct err err = {""};
    assert_null(load_with_list("['(']", "    - tcp.fin: any", &err));
    assert_non_null(strstr(err.text, "test.yaml:3"));
    assert_null(
        load_with_list("[a]", "    - mail.login: text matches pretexts", &err));
    assert_non_null(strstr(err.text, "no list \"pretexts\""));
}

struct mistake_row {
    const char *name, *extra, *when, *says, *message;
};

/* clang-format off */
static const struct mistake_row mistakes[] = {
    {"a misspelt field", "", "    - mail.login: resullt == \"ok\"", "x", "perhaps \"result\""},
    {"a misspelt kind", "", "    - mail.logn: any", "x", "perhaps \"mail.login\""},
    {"a number compared with a text", "", "    - mail.login: latency == \"ok\"", "x", "latency"},
    {"a broken regular expression", "", "    - mail.login: text matches \"(\"", "x", "test.yaml:"},
    {"an unused threshold", "thresholds: {slow: {value: 2, because: r}}", "    - tcp.fin: any", "x", "slow"},
    {"a placeholder that names nothing", "", "    - tcp.fin: any", "{nosuch}", "nosuch"},
    {"an unfinished expression", "", "    - mail.login: result ==", "x", "test.yaml:"},
};
/* clang-format on */

static void is_refused_with_its_line(void **state)
{
    const struct mistake_row *row = *state;
    struct err err = {""};
    struct rules *rules = load(row->extra, row->when, row->says, &err);
    assert_null(rules);
    assert_non_null(strstr(err.text, "test.yaml:"));
    if (!strstr(err.text, row->message))
        fail_msg("\"%s\" does not say \"%s\"", err.text, row->message);
}

static void deep_nesting_is_refused_not_suffered(void **state)
{
    (void)state;
    char when[3000] = "    - session.port == ";
    for (size_t i = strlen(when); i < sizeof when - 2; i++)
        when[i] = '(';
    struct err err = {""};
    assert_null(load("", when, "x", &err));
}

int main(void)
{
    enum {
        ROWS = sizeof rows / sizeof rows[0],
        MISTAKES = sizeof mistakes / sizeof mistakes[0],
        OWN = 8
    };
    struct CMUnitTest tests[OWN + ROWS + MISTAKES] = {
        cmocka_unit_test(texts_are_filled_in),
        cmocka_unit_test(a_threshold_is_a_named_number),
        cmocka_unit_test(a_threshold_is_that_of_its_own_rule),
        cmocka_unit_test(subjects_of_the_same_kinds_are_judged_apart),
        cmocka_unit_test(what_must_not_be_there_is_no_evidence),
        cmocka_unit_test(a_list_matches_with_any_of_its_patterns),
        cmocka_unit_test(a_list_with_a_mistake_is_refused),
        cmocka_unit_test(deep_nesting_is_refused_not_suffered),
    };
    for (size_t i = 0; i < ROWS; i++)
        tests[OWN + i] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = fires,
            .initial_state = (void *)(uintptr_t)&rows[i],
        };
    for (size_t i = 0; i < MISTAKES; i++)
        tests[OWN + ROWS + i] = (struct CMUnitTest){
            .name = mistakes[i].name,
            .test_func = is_refused_with_its_line,
            .initial_state = (void *)(uintptr_t)&mistakes[i],
        };
    return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}

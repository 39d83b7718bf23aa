/* test_conditions.c - conditions answer the same as steps and as a tree, and what
 * is said to follow from one holds wherever it does.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "rule/complain.h"
#include "rule/implies.h"
#include "rule/parse.h"

static const char *const conditions[] = {
    "over_tls",
    "not over_tls",
    "over_tls == false",
    "code",
    "not code",
    "code == \"AUTH\"",
    "\"AUTH\" == code",
    "code != \"AUTH\"",
    "code == \"\"",
    "code in {\"\" \"X\"}",
    "code in {\"AUTH\" \"X\"}",
    "code not in {\"AUTH\" \"X\"}",
    "text contains \"wrong\" or code == \"AUTH\"",
    "mechanism has \"LOGIN\" and not over_tls",
    "attempt == 2",
    "attempt != 2",
    "attempt > 2",
    "attempt >= 2",
    "attempt < 2",
    "attempt <= 2",
    "2 < attempt",
    "2 >= attempt",
    "attempt in {1..2 5}",
    "latency > 1.5",
    "latency >= 1.5",
    "not latency < 1.5",
    "1.5 >= latency",
    "latency in {1..1.5}",
    "latency * 2 > 3 and over_tls",
    "latency / 0 > 1 or over_tls",
    "not (over_tls and code == \"AUTH\") and attempt > 1",
    "over_tls and code == \"AUTH\" or attempt > 1 and not (latency > 1 or code)",
    "session.port == 143 and over_tls",
    "session.port != 143 or over_tls",
    "session.name == \"\" or code == \"AUTH\"",
    "session.name != \"\" and code == \"AUTH\"",
    "session.port == 993 or attempt in {3..4}",
    "code == \"AUTH\" or attempt == 1",
    "code in {\"AUTH\" \"X\" \"Y\"} and latency < 2",
    "code not in {\"Y\" \"AUTH\"}",
    "latency in {0..1 2}",
};

/* Values around those that the conditions ask for. */
static struct facts *logins(bool with_session)
{
    static const double latencies[] = {0, 1, 1.5, 2};
    struct facts *facts = facts_new(1);
    for (unsigned i = 0; i < 64; i++)
        TELL(facts, mail_login, .over_tls = i & 1,
             .code = i & 2 ? SPAN("AUTH") : SPAN(""),
             .text = i & 4 ? SPAN("wrong") : SPAN(""),
             .mechanism = i & 2 ? SPAN("PLAIN LOGIN") : SPAN("PLAIN"),
             .attempt = i / 4 % 4, .latency = latencies[i / 16]);
    TELL(facts, tcp_fin, .first = true);
    if (with_session)
        TELL(facts, session, .id = 1, .port = 143, .name = SPAN("mail.test"));
    return facts;
}

/* Returns for how many logins the condition holds. */
static size_t compare(const struct expr *e, bool with_session)
{
    struct facts *facts = logins(with_session);
    struct expr tree = *e;
    struct view view = {.facts = facts, .steps = 1000000};
    const struct fact *fact;
    size_t yes = 0;
    tree.steps = NULL;
    view.slot[SLOT_SESSION] = facts_get(facts, FACT_KIND_session, 0);
    for (size_t i = 0; (fact = facts_get(facts, FACT_KIND_mail_login, i));
         i++) {
        view.slot[SLOT_CURRENT] = fact;
        assert_int_equal(expr_true(&tree, &view), expr_true(e, &view));
        yes += expr_true(e, &view);
    }
    view.slot[SLOT_CURRENT] = NULL;
    assert_int_equal(expr_true(&tree, &view), expr_true(e, &view));
    facts_free(&facts);
    return yes;
}

/* A condition on a login.  What it consists of lives in mem. */
static const struct expr *parse(const char *condition, struct arena *mem,
                                struct regexes *regexes)
{
    struct err err = {""};
    struct complaints complaints = {.file = "test", .err = &err};
    struct lists lists = {NULL};
    struct nameds named = {NULL};
    const struct parsing parsing = {mem,         mem,    regexes,
                                    &complaints, &lists, &named};
    struct names names = {.scope = SCOPE_SESSION,
                          .current = &fact_kinds[FACT_KIND_mail_login]};
    const struct expr *e =
        parse_condition(&parsing, &names, span_of(condition), 1);
    if (!e)
        fail_msg("%s: %s", condition, err.text);
    return e;
}

static void steps_answer_as_the_tree_does(void **state)
{
    (void)state;
    size_t compiled = 0;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        struct arena *mem = arena_new();
        struct regexes *regexes = regexes_new();
        const struct expr *e = parse(conditions[i], mem, regexes);
        print_message("%s\n", conditions[i]);
        compiled += e->steps != NULL;
        size_t yes = compare(e, true);
        assert_in_range(yes, 1, 63); /* or nothing would have been asked */
        compare(e, false);
        regexes_free(&regexes);
        arena_free(&mem);
    }
    assert_true(compiled > 25); /* else trees were compared with trees */
}

static void what_is_one_whole_keeps_its_tree(void **state)
{
    (void)state;
    struct arena *mem = arena_new();
    struct regexes *regexes = regexes_new();
    const struct expr *e = parse("text contains \"wrong\"", mem, regexes);
    assert_null(e->steps);
    assert_int_equal(compare(e, true), 32);
    regexes_free(&regexes);
    arena_free(&mem);
}

static bool implies(const char *stronger, const char *weaker)
{
    struct arena *mem = arena_new();
    struct regexes *regexes = regexes_new();
    bool yes = expr_implies(parse(stronger, mem, regexes),
                            parse(weaker, mem, regexes));
    regexes_free(&regexes);
    arena_free(&mem);
    return yes;
}

/* clang-format off */
static const char *const follows[][2] = {
    {"code == \"A\"",                    "code in {\"B\" \"A\"}"},
    {"code == \"A\"",                    "code != \"B\""},
    {"code == \"A\"",                    "code"},
    {"code in {\"A\" \"B\"}",            "code in {\"B\" \"C\" \"A\"}"},
    {"code not in {\"A\" \"B\"}",        "code != \"B\""},
    {"attempt == 2",                     "attempt >= 2"},
    {"attempt > 2",                      "attempt > 1"},
    {"attempt in {5..6}",                "attempt in {1 4..7}"},
    {"2 < attempt",                      "attempt >= 2"},
    {"over_tls and attempt > 1",         "over_tls"},
    {"code == \"A\" and attempt > 1",    "attempt >= 1"},
    {"over_tls",                         "over_tls or attempt == 1"},
    {"code == \"A\" or code == \"B\"",   "code in {\"A\" \"B\"}"},
    {"text contains \"x\" and over_tls", "text contains \"x\""},
    {"session.port == 143",              "session.port > 100"},
};

static const char *const follows_not[][2] = {
    {"code in {\"A\" \"B\"}",            "code == \"A\""},
    {"code != \"A\"",                    "code != \"B\""},
    {"code != \"A\"",                    "code in {\"B\" \"C\"}"},
    {"code in {\"\" \"A\"}",             "code"},
    {"attempt >= 2",                     "attempt > 2"},
    {"attempt in {1..5}",                "attempt in {1..2 3..5}"},
    {"not attempt < 2",                  "attempt >= 2"}, /* no number is neither */
    {"over_tls or attempt == 1",         "over_tls"},
    {"code == \"A\"",                    "mechanism == \"A\""},
    {"session.port == 143",              "attempt == 143"},
    {"text contains \"x\"",              "text contains \"xy\""},
};
/* clang-format on */

static void what_follows_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof follows / sizeof *follows; i++) {
        if (!implies(follows[i][0], follows[i][1]))
            fail_msg("%s: %s", follows[i][0], follows[i][1]);
    }
    for (size_t i = 0; i < sizeof follows_not / sizeof *follows_not; i++) {
        if (implies(follows_not[i][0], follows_not[i][1]))
            fail_msg("%s, not: %s", follows_not[i][0], follows_not[i][1]);
    }
}

/* Whether there is a login for which the one holds and the other does not. */
static bool is_refuted(const struct expr *stronger, const struct expr *weaker)
{
    struct facts *facts = logins(true);
    struct view view = {.facts = facts, .steps = 1000000};
    const struct fact *fact;
    bool refuted = false;
    view.slot[SLOT_SESSION] = facts_get(facts, FACT_KIND_session, 0);
    for (size_t i = 0; (fact = facts_get(facts, FACT_KIND_mail_login, i));
         i++) {
        view.slot[SLOT_CURRENT] = fact;
        refuted |= expr_true(stronger, &view) && !expr_true(weaker, &view);
    }
    facts_free(&facts);
    return refuted;
}

static void what_follows_holds(void **state)
{
    (void)state;
    size_t count = sizeof conditions / sizeof *conditions, found = 0;
    struct arena *mem = arena_new();
    struct regexes *regexes = regexes_new();
    for (size_t i = 0; i < count; i++) {
        const struct expr *stronger = parse(conditions[i], mem, regexes);
        for (size_t k = 0; k < count; k++) {
            const struct expr *weaker = parse(conditions[k], mem, regexes);
            if (!expr_implies(stronger, weaker))
                continue;
            found += i != k;
            if (is_refuted(stronger, weaker))
                fail_msg("%s: %s", conditions[i], conditions[k]);
        }
    }
    regexes_free(&regexes);
    arena_free(&mem);
    assert_true(found > 20); /* else nothing was put to the test */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_answer_as_the_tree_does),
        cmocka_unit_test(what_is_one_whole_keeps_its_tree),
        cmocka_unit_test(what_follows_is_known),
        cmocka_unit_test(what_follows_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

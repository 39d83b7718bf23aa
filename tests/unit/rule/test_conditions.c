/* test_steps.c - conditions answer the same as steps and as a tree.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "rule/complain.h"
#include "rule/expr.h"
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
    const struct parsing parsing = {mem, mem, regexes, &complaints, &lists};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_answer_as_the_tree_does),
        cmocka_unit_test(what_is_one_whole_keeps_its_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_rule_said.c - texts that depend: checks with an `if`, hypotheses, what
 * contrast raises and lowers, products.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rule/rule.h"

static const char frame[] = "- product: Dovecot\n"
                            "  known-by: exists(mail.greeting where line "
                            "contains \"dovecot\")\n"
                            "  log: 'journal: {client}, {from} to {until}'\n"
                            "- id: server.tested\n"
                            "  title: t\n"
                            "  family: server\n"
                            "  severity: high\n"
                            "  confidence: likely\n"
                            "  where: server\n"
                            "  scope: session\n"
                            "  when:\n"
                            "    - mail.greeting: any\n"
                            "  says: s\n"
                            "  means: m\n"
                            "  remedy: {user: u, admin: a}\n"
                            "%s"
                            "  references: [RFC 1]\n"
                            "  shown-by: [a.pcap]\n"
                            "  quiet-on: [b.pcap]\n";

static struct rules *load(const char *keys, struct err *err)
{
    char yaml[4000];
    snprintf(yaml, sizeof yaml, frame, keys);
    return rules_load_memory("test.yaml", span_of(yaml), NULL, NULL, err);
}

static struct facts *greeting(const char *security)
{
    struct facts *facts = facts_new(1);
    facts_stamp(facts, 10, 3600 * (int64_t)CLOCK_SECOND);
    TELL(facts, mail_greeting, .line = SPAN("* OK Dovecot ready."));
    TELL(facts, session, .id = 1, .port = 143, .client = SPAN("192.0.2.1"),
         .server = SPAN("2001:db8::2"), .greeted = true,
         .expected = SPAN("imap"), .expected_security = SPAN("plain"),
         .security = span_of(security), .product = SPAN("Dovecot"));
    return facts;
}

struct said {
    size_t checks, hypotheses, next;
    char check[200], hypothesis[200], log[200];
};

static void found(void *user, const struct match *match)
{
    struct said *said = user;
    said->checks = match->check_count;
    said->hypotheses = match->hypothesis_count;
    said->next = match->next_count;
    if (match->check_count)
        snprintf(said->check, sizeof said->check, "%s", match->checks[0]);
    if (match->hypothesis_count)
        snprintf(said->hypothesis, sizeof said->hypothesis, "%s (%s)",
                 match->hypotheses[0].text, match->hypotheses[0].because);
    snprintf(said->log, sizeof said->log, "%s", match->log);
}

static struct said judge_facts(const char *keys, struct facts *facts)
{
    struct err err = {""};
    struct said said = {0};
    struct rules *rules = load(keys, &err);
    if (!rules)
        fail_msg("%s", err.text);
    struct arena *mem = arena_new();
    assert_true(span_same(rules_product(rules, facts), SPAN("Dovecot")));
    rules_judge(rules, SCOPE_SESSION, facts, mem, found, &said);
    arena_free(&mem);
    facts_free(&facts);
    rules_free(&rules);
    return said;
}

static struct said judge(const char *keys, const char *security)
{
    return judge_facts(keys, greeting(security));
}

static void a_check_is_given_only_if_its_test_holds(void **state)
{
    (void)state;
    static const char keys[] =
        "  checks:\n"
        "    - run: openssl -connect {host}:{session.port}{starttls}\n"
        "      if: session.port == 143\n"
        "    - run: never\n"
        "      if: session.port == 993\n"
        "    - always\n";
    struct said said = judge(keys, "starttls");
    assert_int_equal(said.checks, 2);
    assert_string_equal(said.check,
                        "openssl -connect '[2001:db8::2]':143 -starttls imap");
    said = judge(keys, "implicit-tls");
    assert_string_equal(said.check, "openssl -connect '[2001:db8::2]':143");
}

static void what_is_left_says_what_speaks_for_it(void **state)
{
    (void)state;
    struct said said = judge("  hypotheses:\n"
                             "    - says: '{client} left'\n"
                             "      because: nothing came\n"
                             "    - says: never\n"
                             "      if: session.port == 993\n"
                             "  next: [look, ask]\n",
                             "plain");
    assert_int_equal(said.hypotheses, 1);
    assert_string_equal(said.hypothesis, "192.0.2.1 left (nothing came)");
    assert_int_equal(said.next, 2);
}

static const char *caller(bool client_private, bool server_near)
{
    static struct said said;
    struct facts *facts = facts_new(1);
    facts_stamp(facts, 10, 3600 * (int64_t)CLOCK_SECOND);
    TELL(facts, mail_greeting, .line = SPAN("* OK Dovecot ready."));
    TELL(facts, session, .id = 1, .client = SPAN("10.0.0.1"),
         .server = SPAN("198.51.100.25"), .client_private = client_private,
         .server_public = true, .server_near = server_near);
    said = judge_facts("  hypotheses:\n"
                       "    - says: '{caller}'\n"
                       "      because: so\n"
                       "    - says: other\n"
                       "      because: so\n"
                       "  next: [look, ask]\n",
                       facts);
    return said.hypothesis;
}

static void behind_nat_a_client_is_known_by_another_address(void **state)
{
    (void)state;
    assert_string_equal(
        caller(true, false),
        "the public address behind which 10.0.0.1 stands (NAT) (so)");
    assert_string_equal(caller(true, true), "10.0.0.1 (so)");
    assert_string_equal(caller(false, false), "10.0.0.1 (so)");
}

static void the_log_is_that_of_the_product(void **state)
{
    (void)state;
    assert_string_equal(judge("", "plain").log,
                        "journal: 192.0.2.1, 00:59:58 to 01:00:02");
}

static int weighed(const char *keys, uint64_t same, uint64_t meanwhile,
                   char why[100])
{
    struct err err = {""};
    struct rules *rules = load(keys, &err);
    if (!rules)
        fail_msg("%s", err.text);
    const struct fact_session s = {.port = 143, .client = SPAN("192.0.2.1")};
    const struct fact_contrast c = {.clients_same = same,
                                    .worked_meanwhile = meanwhile};
    const struct fact session = {.kind = &fact_kinds[FACT_KIND_session],
                                 .values = &s};
    const struct fact contrast = {.kind = &fact_kinds[FACT_KIND_contrast],
                                  .values = &c};
    struct arena *mem = arena_new();
    struct weighing w =
        rule_weigh(rules_get(rules, 0), &session, &contrast, mem);
    snprintf(why, 100, "%s", w.why);
    for (size_t i = 0; i < w.hypothesis_count; i++)
        snprintf(why + strlen(why), 100 - strlen(why), "|%s (%s)",
                 w.hypotheses[i].text, w.hypotheses[i].because);
    for (size_t i = 0; i < w.next_count; i++)
        snprintf(why + strlen(why), 100 - strlen(why), "|%s", w.next[i]);
    if (*w.remedy.user)
        snprintf(why + strlen(why), 100 - strlen(why), "|%s", w.remedy.user);
    arena_free(&mem);
    rules_free(&rules);
    return w.step;
}

static void contrast_raises_lowers_and_contradiction_wins(void **state)
{
    (void)state;
    char why[100];
    static const char keys[] =
        "  raised-by:\n"
        "    - if: contrast.clients_same >= 1\n"
        "      says: '{contrast.clients_same} more'\n"
        "  lowered-by:\n"
        "    - if: contrast.worked_meanwhile > 0 and session.port == 143\n"
        "      says: '{client} alone'\n";
    assert_int_equal(weighed(keys, 0, 0, why), 0);
    assert_int_equal(weighed(keys, 3, 0, why), 1);
    assert_string_equal(why, "3 more");
    assert_int_equal(weighed(keys, 3, 1, why), -1);
    assert_string_equal(why, "192.0.2.1 alone");
}

static void contrast_puts_right_what_was_said(void **state)
{
    (void)state;
    char why[100];
    static const char keys[] =
        "  lowered-by:\n"
        "    - if: contrast.worked_meanwhile > 0\n"
        "      says: others work\n"
        "      instead:\n"
        "        user: ask {client}\n"
        "        hypotheses:\n"
        "          - {says: a ban, because: '{port}'}\n"
        "          - {says: a crowd, because: no, if: contrast.tries > 1}\n"
        "        next: [go on]\n";
    weighed(keys, 0, 0, why);
    assert_string_equal(why, "");
    weighed(keys, 0, 1, why);
    assert_string_equal(why, "others work|a ban (143)|go on|ask 192.0.2.1");
}

struct mistake_row {
    const char *name, *keys, *message;
};

/* clang-format off */
static const struct mistake_row mistakes[] = {
    {"one hypothesis is none", "  hypotheses: [{says: a}]\n", "fewer than two"},
    {"an item without words", "  next: [{if: session.port == 1}]\n", "needs \"says\""},
    {"an unknown key", "  checks: [{run: a, unless: b}]\n", "is neither"},
    {"contrast without a test", "  raised-by: [always]\n", "needs an \"if\""},
    {"contrast sees no facts of the session", "  raised-by: [{if: mail.greeting.masked, says: a}]\n", "only session.FIELD"},
    {"contrast counts nothing", "  lowered-by: [{if: count(mail.greeting) > 1, says: a}]\n", "sees no"},
    {"contrast is seen nowhere else", "  next: [{if: contrast.worked > 1, says: a}]\n", "sees no contrast"},
    {"nothing known stands instead", "  raised-by: [{if: contrast.worked > 1, says: a, instead: {says: b}}]\n", "neither \"user\""},
    {"instead is no text", "  raised-by: [{if: contrast.worked > 1, says: a, instead: b}]\n", "should stand here"},
    {"only contrast says something else instead", "  next: [{says: a, instead: b}]\n", "is neither"},
    {"an unknown cure", "  healed-by: magic\n", "healed-by"},
};
/* clang-format on */

static void is_refused(void **state)
{
    const struct mistake_row *row = *state;
    struct err err = {""};
    struct rules *rules = load(row->keys, &err);
    assert_null(rules);
    if (!strstr(err.text, row->message))
        fail_msg("\"%s\" does not say \"%s\"", err.text, row->message);
}

int main(void)
{
    enum { MISTAKES = sizeof mistakes / sizeof mistakes[0], OWN = 5 };
    struct CMUnitTest tests[OWN + MISTAKES] = {
        cmocka_unit_test(a_check_is_given_only_if_its_test_holds),
        cmocka_unit_test(what_is_left_says_what_speaks_for_it),
        cmocka_unit_test(behind_nat_a_client_is_known_by_another_address),
        cmocka_unit_test(the_log_is_that_of_the_product),
        cmocka_unit_test(contrast_raises_lowers_and_contradiction_wins),
        cmocka_unit_test(contrast_puts_right_what_was_said),
    };
    for (size_t i = 0; i < MISTAKES; i++)
        tests[OWN + i] = (struct CMUnitTest){
            .name = mistakes[i].name,
            .test_func = is_refused,
            .initial_state = (void *)(uintptr_t)&mistakes[i],
        };
    return cmocka_run_group_tests_name("said", tests, NULL, NULL);
}

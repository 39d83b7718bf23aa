/* test_findings.c - what is kept of what rules found.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "finding/findings.h"

static const struct rule note = {.id = "account.credentials-in-clear",
                                 .family = "account",
                                 .severity = "info",
                                 .confidence = "certain",
                                 .scope = SCOPE_SESSION,
                                 .effect = VERDICT_HEALTHY,
                                 .order = 1};
static const struct rule failure = {.id = "authentication.bad-credentials",
                                    .family = "authentication",
                                    .severity = "high",
                                    .confidence = "certain",
                                    .scope = SCOPE_SESSION,
                                    .effect = VERDICT_FAILURE,
                                    .order = 2};

static struct match match_of(const struct rule *rule, const char *client)
{
    return (struct match){.rule = rule,
                          .summary = "",
                          .remedy = {"", ""},
                          .log = "",
                          .client = client,
                          .server = "198.51.100.25:143",
                          .server_name = "",
                          .one_for = ""};
}

static void a_failure_has_a_place_after_ever_so_many_notes(void **state)
{
    (void)state;
    struct arena *mem = arena_new();
    struct findings *findings = findings_new(mem);
    struct result result = {.mem = mem};
    struct text client = {0};
    for (unsigned i = 0; i < 2 * FINDINGS_MAX; i++) {
        text_clear(&client);
        text_addf(&client, "2001:db8::%x", i);
        struct match match = match_of(&note, text_string(&client));
        findings_add(findings, &match);
    }
    struct match match = match_of(&failure, "192.0.2.10");
    assert_true(findings_want_words(findings, &match));
    findings_add(findings, &match);
    findings_finish(findings, &result);
    assert_int_equal(result.finding_count, FINDINGS_MINOR_MAX + 1);
    assert_string_equal(result.findings[0].id, failure.id);
    text_free(&client);
    findings_free(&findings);
    arena_free(&mem);
}

static void the_same_evidence_is_shown_once(void **state)
{
    (void)state;
    static const struct evidence twice[] = {
        {7, 0, 0, "server: a1 NO no", false},
        {7, 0, 0, "server: a1 NO no", false},
        {7, 0, 0, "server: a2 NO no", false},
    };
    struct arena *mem = arena_new();
    struct findings *findings = findings_new(mem);
    struct result result = {.mem = mem};
    struct match match = match_of(&failure, "192.0.2.10");
    match.evidence = twice;
    match.evidence_count = 3;
    findings_add(findings, &match);
    findings_finish(findings, &result);
    assert_int_equal(result.findings[0].evidence_count, 2);
    findings_free(&findings);
    arena_free(&mem);
}

/* Four servers behind one router, or three and another router's one. */
static void what_one_router_says_is_one_finding(void **state)
{
    (void)state;
    static char servers[4][32];
    struct result_session sessions[4] = {{0}};
    uint64_t ids[4];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(servers[i], sizeof servers[i], "198.51.100.%u", i);
        sessions[i].id = ids[i] = i + 1;
        sessions[i].server_address = servers[i];
    }
    for (unsigned other = 0; other < 2; other++) {
        struct arena *mem = arena_new();
        struct findings *findings = findings_new(mem);
        struct result result = {
            .mem = mem, .sessions = sessions, .session_count = 4};
        for (unsigned i = 0; i < 4; i++) {
            struct match match = match_of(&failure, "192.0.2.10");
            match.server = servers[i];
            match.summary = "No way.";
            match.one_for = i < 4 - other ? "192.0.2.1" : "192.0.2.2";
            match.sessions = &ids[i];
            match.session_count = 1;
            findings_add(findings, &match);
        }
        findings_finish(findings, &result);
        assert_int_equal(result.finding_count, 1 + other);
        assert_string_equal(result.findings[0].summary,
                            other ? "No way. The same is so for 2 more servers."
                                  : "No way. The same is so for 3 more "
                                    "servers.");
        assert_null(result.findings[0].server);
        findings_free(&findings);
        arena_free(&mem);
    }
}

/* A captive portal at one hour is no reason for what fails hours later. */
static void a_wider_cause_explains_what_is_near_in_time(void **state)
{
    (void)state;
    static const char *const explains[] = {"authentication.*"};
    const struct rule wide = {.id = "network.captive-portal-tls",
                              .family = "network",
                              .severity = "high",
                              .confidence = "certain",
                              .where = "local-network",
                              .scope = SCOPE_CLIENT,
                              .effect = VERDICT_FAILURE,
                              .explains = explains,
                              .explain_count = 1,
                              .order = 3};
    const int64_t minute = 60 * CLOCK_SECOND, noon = 720 * minute;
    for (int64_t later = 10; later <= 70; later += 60) {
        struct result_session session = {
            .id = 1, .start = noon + later * minute, .duration = 5};
        struct arena *mem = arena_new();
        struct findings *findings = findings_new(mem);
        struct result result = {
            .mem = mem, .sessions = &session, .session_count = 1};
        struct match cause = match_of(&wide, "192.0.2.10");
        struct match symptom = match_of(&failure, "192.0.2.10");
        cause.server = "";
        cause.first_time = noon;
        cause.last_time = noon + minute;
        symptom.sessions = &session.id;
        symptom.session_count = 1;
        symptom.first_time = session.start;
        symptom.last_time = session.start + 5 * CLOCK_SECOND;
        findings_add(findings, &cause);
        findings_add(findings, &symptom);
        findings_finish(findings, &result);
        for (size_t i = 0; i < result.finding_count; i++) {
            const struct result_finding *f = &result.findings[i];
            if (strcmp(f->id, failure.id) != 0)
                continue;
            if (later == 10)
                assert_string_equal(f->explained_by, wide.id);
            else
                assert_null(f->explained_by);
        }
        assert_int_equal(result.finding_count, 2);
        assert_string_equal(session.primary ? session.primary : "",
                            later == 10 ? wide.id : failure.id);
        findings_free(&findings);
        arena_free(&mem);
    }
}

/* Whose server it was that showed what is wrong in the network does not matter;
 * what is wrong on the way to one server says nothing of another. */
static void a_fault_of_the_network_is_so_for_all_servers(void **state)
{
    (void)state;
    static const char *const explains[] = {"authentication.*"};
    for (int local = 0; local < 2; local++) {
        const struct rule wide = {.id = "network.captive-portal-http",
                                  .family = "network",
                                  .severity = "high",
                                  .confidence = "certain",
                                  .where = local ? "local-network" : "path",
                                  .scope = SCOPE_CLIENT,
                                  .effect = VERDICT_FAILURE,
                                  .explains = explains,
                                  .explain_count = 1,
                                  .order = 3};
        struct result_session session = {.id = 1};
        struct arena *mem = arena_new();
        struct findings *findings = findings_new(mem);
        struct result result = {
            .mem = mem, .sessions = &session, .session_count = 1};
        struct match cause = match_of(&wide, "192.0.2.10");
        struct match symptom = match_of(&failure, "192.0.2.10");
        cause.server = "198.51.100.25:143";
        symptom.server = "198.51.100.26:587";
        symptom.sessions = &session.id;
        symptom.session_count = 1;
        findings_add(findings, &cause);
        findings_add(findings, &symptom);
        findings_finish(findings, &result);
        assert_string_equal(session.primary, local ? wide.id : failure.id);
        findings_free(&findings);
        arena_free(&mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_has_a_place_after_ever_so_many_notes),
        cmocka_unit_test(the_same_evidence_is_shown_once),
        cmocka_unit_test(what_one_router_says_is_one_finding),
        cmocka_unit_test(a_wider_cause_explains_what_is_near_in_time),
        cmocka_unit_test(a_fault_of_the_network_is_so_for_all_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_text.c - what people read: the text report and its summary form.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "report/fixture.h"

static char *text_of(struct result *result, struct report_style style)
{
    return fixture_written(&report_text, style, 1, &result);
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        n++;
    return n;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, "\n");
        longest = n > longest ? n : longest;
        at += n + (at[n] == '\n');
    }
    return longest;
}

static void a_refused_login_reads_from_cause_to_remedy(void **state)
{
    static const char expected[] =
        "friday.pcapng: 42 packets in 3.1 s, one IMAP session\n"
        "\n"
        "FAILED  The server refused user name or password.\n"
        "        imap.example.org answered LOGIN with: Authentication "
        "failed.\n"
        "        Who must act: the account's owner.                   "
        "authentication.bad-credentials, certain\n"
        "        What to do: Sign in to webmail with the same name and "
        "password.\n"
        "\n"
        "  192.0.2.74 -> imap.example.org (198.51.100.35) port 143, IMAP with "
        "STARTTLS\n"
        "  dns ok > connect ok 21 ms > greeting ok > tls 1.3 ok > login "
        "REFUSED\n"
        "\n"
        "  packet    time\n"
        "      13   1.204   client  a2 LOGIN j***@example.org ********\n"
        "      15   3.215   server  a2 NO [AUTHENTICATIONFAILED] "
        "Authentication failed.\n"
        "\n"
        "  What to do\n"
        "    user   Sign in to webmail with the same name and password. If "
        "that works, type them again in the\n"
        "           mail program.\n"
        "    admin  In the mail log look for 192.0.2.74.\n"
        "  Check next\n"
        "    openssl s_client -connect imap.example.org:143 -starttls imap\n"
        "  Not the cause: DNS, network, TLS and certificate were fine.\n"
        "  In Wireshark: frame.number in {13 15}\n";
    (void)state;
    char *text = text_of(fixture_refused(), (struct report_style){0});
    assert_string_equal(text, expected);
    free(text);
}

static void a_healthy_capture_says_what_worked(void **state)
{
    static const char expected[] =
        "monday.pcap: 42 packets in 3.1 s, 3 mail sessions\n"
        "\n"
        "OK      Mail works: 3 messages fetched over IMAP, 1 sent (queued as "
        "4XyZ9).\n"
        "\n"
        "  Worth knowing\n"
        "    each connection first tries IPv6, is refused, and loses 0.3 s. "
        "(network.ipv6-broken-fallback-ok)\n";
    (void)state;
    char *text = text_of(fixture_healthy(), (struct report_style){0});
    assert_string_equal(text, expected);
    free(text);
}

static void a_capture_without_mail_says_how_to_go_on(void **state)
{
    (void)state;
    char *text = text_of(result_new("x.pcap"), (struct report_style){0});
    assert_non_null(strstr(text, "x.pcap: no packets, no mail sessions\n"));
    assert_non_null(strstr(text, "NO MAIL  There is no mail session"));
    assert_non_null(strstr(text, "--decode-as"));
    free(text);
}

static void an_unreadable_file_is_one_line(void **state)
{
    (void)state;
    struct result *result = result_new("x.pcap");
    result->error = "is no capture";
    result->verdict = VERDICT_UNDETERMINED;
    char *text = text_of(result, (struct report_style){0});
    assert_string_equal(text, "x.pcap: not analysed: is no capture.\n");
    free(text);
}

static void damage_is_told_beside_what_was_found(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    result->error = "cut short at offset 18244";
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "DAMAGED  cut short at offset 18244.\n"));
    assert_non_null(strstr(text, "FAILED  The server refused"));
    free(text);
}

static void what_can_not_be_told_says_why(void **state)
{
    static const struct quality quality[] = {
        {"capture.one-direction", "only what the client sent was captured"}};
    (void)state;
    struct result *result = fixture_refused();
    result->verdict = VERDICT_UNDETERMINED;
    result->quality = quality;
    result->quality_count = 1;
    fixture_findings(result, NULL, 0);
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "CAN NOT TELL  This capture does not show"));
    assert_non_null(strstr(text, "  What this capture can not show\n    only "
                                 "what the client sent was captured.\n"));
    free(text);
}

static void symptoms_and_sessions_show_only_when_asked_for(void **state)
{
    (void)state;
    char *text = text_of(fixture_refused(), (struct report_style){0});
    assert_null(strstr(text, "client.gave-up"));
    assert_null(strstr(text, "Sessions"));
    free(text);
    text = text_of(fixture_refused(), (struct report_style){.verbose = true});
    assert_non_null(strstr(text, "Follows from the cause\n"));
    assert_non_null(strstr(text, "(client.gave-up)"));
    assert_non_null(strstr(text, "    #1 192.0.2.74 -> imap.example.org"));
    free(text);
}

static void quiet_is_the_verdict_alone(void **state)
{
    (void)state;
    char *text =
        text_of(fixture_refused(), (struct report_style){.quiet = true});
    assert_int_equal(count_of(text, "\n"), 5);
    assert_non_null(strstr(text, "FAILED  "));
    free(text);
}

static void hundreds_of_sessions_are_grouped(void **state)
{
    enum { SESSIONS = 500, CAUSES = 40 };
    static uint64_t ids[SESSIONS];
    static struct result_finding findings[2 * CAUSES];
    static char names[CAUSES][32];
    (void)state;
    for (size_t i = 0; i < SESSIONS; i++)
        ids[i] = i + 1;
    struct result *result = fixture_refused();
    fixture_sessions(result, SESSIONS);
    result->sessions_unlisted = 91204;
    result->clients = 17;
    result->servers = 3;
    result->healthy_sessions = 194;
    for (size_t i = 0; i < CAUSES; i++) {
        findings[i] = fixture_finding();
        findings[i].sessions = ids;
        findings[i].session_count = SESSIONS;
        findings[i].count = SESSIONS;
        findings[CAUSES + i] = findings[i];
        snprintf(names[i], sizeof names[i], "server.cause-%zu", i);
        findings[i].id = names[i];
    }
    fixture_findings(result, findings, 2 * CAUSES);
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "91 704 mail sessions of 17 clients with 3 "
                                 "servers\n"));
    assert_non_null(strstr(text, "(500 times)"));
    assert_non_null(strstr(text, "and 16 more causes; -v shows them\n"));
    assert_non_null(strstr(text, "OK      194 other sessions did their work"));
    assert_true(count_of(text, "\n") < 100);
    free(text);
}

static void what_was_not_kept_makes_counts_lower_bounds(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    struct result_finding finding = fixture_finding();
    fixture_sessions(result, 3);
    fixture_findings(result, &finding, 1);
    result->sessions_unlisted = 2;
    result->counts_least = true;
    result->clients = 17;
    result->servers = 3;
    result->healthy_sessions = 2;
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "5 mail sessions of at least 17 clients with "
                                 "at least 3 servers\n"));
    assert_non_null(
        strstr(text, "OK      At least 2 other sessions did their work"));
    free(text);
}

static void one_cause_of_many_sessions_shows_one_of_them(void **state)
{
    static const uint64_t ids[] = {1, 2, 3};
    (void)state;
    struct result *result = fixture_refused();
    struct result_finding finding = fixture_finding();
    finding.sessions = ids;
    finding.session_count = 3;
    fixture_sessions(result, 3);
    fixture_findings(result, &finding, 1);
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "  3 sessions, for example:\n  192.0.2.74"));
    assert_int_equal(count_of(text, "->"), 1);
    free(text);
}

static void lines_are_no_wider_than_asked_for(void **state)
{
    (void)state;
    for (size_t width = 60; width <= 100; width += 20) {
        struct report_style style = {.width = width, .verbose = true};
        struct result *result = fixture_refused();
        struct result_finding finding = fixture_finding();
        finding.check_count = 0; /* commands are not wrapped */
        fixture_findings(result, &finding, 1);
        char *text = text_of(result, style);
        assert_in_range(longest_line(text), 1, width);
        free(text);
    }
}

static void colour_is_there_only_when_asked_for(void **state)
{
    (void)state;
    char *text = text_of(fixture_refused(), (struct report_style){0});
    assert_null(strchr(text, '\033'));
    free(text);
    text = text_of(fixture_refused(), (struct report_style){.color = true});
    assert_non_null(strstr(text, "\033[1;31mFAILED\033[0m  The server"));
    free(text);
}

static void a_terminal_without_utf8_gets_ascii(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    struct result_finding finding = fixture_finding();
    finding.summary = "Der Server sagt: Anmeldung ung\xc3\xbcltig";
    fixture_findings(result, &finding, 1);
    char *text = text_of(result, (struct report_style){.ascii = true});
    assert_non_null(strstr(text, "Anmeldung ung?ltig."));
    free(text);
}

static void a_summary_is_a_line_each_and_totals(void **state)
{
    static const char expected[] =
        "FAILED        friday.pcapng: The server refused user name or "
        "password\n"
        "OK            monday.pcap\n"
        "UNREADABLE    x.pcap (is no capture)\n"
        "\n"
        "3 captures: 1 failed, 1 ok, 1 unreadable\n"
        "     1  authentication.bad-credentials\n";
    (void)state;
    struct result *results[] = {fixture_refused(), fixture_healthy(),
                                result_new("x.pcap")};
    results[2]->error = "is no capture";
    char *text =
        fixture_written(&report_summary, (struct report_style){0}, 3, results);
    assert_string_equal(text, expected);
    free(text);
}

static void findings_below_a_severity_are_left_out(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    assert_true(report_leave_out(result, "medium"));
    assert_int_equal(result->finding_count, 1);
    assert_true(report_leave_out(result, "critical"));
    assert_int_equal(result->finding_count, 0);
    assert_false(report_leave_out(result, "grave"));
    char *text = text_of(result, (struct report_style){0});
    assert_non_null(strstr(text, "FAILED  "));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_login_reads_from_cause_to_remedy),
        cmocka_unit_test(a_healthy_capture_says_what_worked),
        cmocka_unit_test(a_capture_without_mail_says_how_to_go_on),
        cmocka_unit_test(an_unreadable_file_is_one_line),
        cmocka_unit_test(damage_is_told_beside_what_was_found),
        cmocka_unit_test(what_can_not_be_told_says_why),
        cmocka_unit_test(symptoms_and_sessions_show_only_when_asked_for),
        cmocka_unit_test(quiet_is_the_verdict_alone),
        cmocka_unit_test(hundreds_of_sessions_are_grouped),
        cmocka_unit_test(what_was_not_kept_makes_counts_lower_bounds),
        cmocka_unit_test(one_cause_of_many_sessions_shows_one_of_them),
        cmocka_unit_test(lines_are_no_wider_than_asked_for),
        cmocka_unit_test(colour_is_there_only_when_asked_for),
        cmocka_unit_test(a_terminal_without_utf8_gets_ascii),
        cmocka_unit_test(a_summary_is_a_line_each_and_totals),
        cmocka_unit_test(findings_below_a_severity_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* fixture.h - results made by hand, for the tests of the report formats.
 *
 * Times are those of 2026-11-24 10:02:12 UTC and after.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include <stdlib.h>

#include "base/clock.h"
#include "report/report.h"

#define FIXTURE_START (INT64_C(1795514532) * CLOCK_SECOND)

static inline struct evidence fixture_packet(uint64_t packet, double offset,
                                             const char *text)
{
    return (struct evidence){
        .packet = packet,
        .time = FIXTURE_START + (int64_t)(offset * 1e9),
        .offset = offset,
        .text = text,
    };
}

/* IMAP with STARTTLS, in order up to a refused login. */
static inline struct result_session fixture_session(uint64_t id)
{
    struct result_session session = {
        .id = id,
        .protocol = "imap",
        .security = "starttls",
        .client_address = "192.0.2.74",
        .server_address = "198.51.100.35",
        .client_port = 50123,
        .server_port = 143,
        .server_name = "imap.example.org",
        .start = FIXTURE_START,
        .duration = 3.1,
        .packets = 40,
        .first_packet = 3,
        .last_packet = 42,
        .stage = "login",
        .verdict = VERDICT_FAILURE,
        .decrypted = true,
        .primary = "authentication.bad-credentials",
        .summary = "",
        .rtt = 0.021,
        .client_bytes = 812,
        .server_bytes = 4711,
    };
    for (int i = 0; i < STEPS; i++)
        session.steps[i].detail = "";
    session.steps[STEP_DNS] = (struct step_result){STEP_OK, ""};
    session.steps[STEP_CONNECT] = (struct step_result){STEP_OK, "21 ms"};
    session.steps[STEP_GREETING] = (struct step_result){STEP_OK, ""};
    session.steps[STEP_TLS] = (struct step_result){STEP_OK, "TLSv1.3"};
    session.steps[STEP_LOGIN] = (struct step_result){STEP_FAILED, "REFUSED"};
    return session;
}

/* Static parts are shared: a result only points at them. */
static inline struct result_finding fixture_finding(void)
{
    static const uint64_t first[] = {1};
    static const char *const checks[] = {
        "openssl s_client -connect imap.example.org:143 -starttls imap"};
    static const char *const references[] = {"RFC 5530 section 3"};
    static struct evidence evidence[2];
    evidence[0] = fixture_packet(
        13, 1.204, "client: a2 LOGIN j***@example.org ********");
    evidence[1] = fixture_packet(
        15, 3.215,
        "server: a2 NO [AUTHENTICATIONFAILED] Authentication failed.");
    return (struct result_finding){
        .id = "authentication.bad-credentials",
        .title = "The server refused user name or password",
        .family = "authentication",
        .severity = "high",
        .confidence = "certain",
        .where = "account",
        .who = "",
        .scope = "session",
        .effect = VERDICT_FAILURE,
        .primary = true,
        .count = 1,
        .sessions = first,
        .session_count = 1,
        .client = "192.0.2.74",
        .server = "198.51.100.35:143",
        .server_name = "imap.example.org",
        .summary = "imap.example.org answered LOGIN with: Authentication "
                   "failed.",
        .evidence = evidence,
        .evidence_count = 2,
        .filter = "frame.number in {13 15}",
        .remedy_user = "Sign in to webmail with the same name and password. "
                       "If that works, type them again in the mail program.",
        .remedy_admin = "In the mail log look for 192.0.2.74.",
        .checks = checks,
        .check_count = 1,
        .references = references,
        .reference_count = 1,
    };
}

/* What only follows from another finding. */
static inline struct result_finding fixture_symptom(void)
{
    struct result_finding finding = fixture_finding();
    finding.id = "client.gave-up";
    finding.title = "The client closed the connection";
    finding.summary = "the client closed the connection without LOGOUT";
    finding.severity = "low";
    finding.where = "client";
    finding.primary = false;
    finding.effect = VERDICT_HEALTHY;
    finding.explained_by = "authentication.bad-credentials";
    return finding;
}

/* What stands by itself and changes nothing. */
static inline struct result_finding fixture_note(void)
{
    struct result_finding finding = fixture_finding();
    finding.id = "network.ipv6-broken-fallback-ok";
    finding.title = "IPv6 is refused, IPv4 works";
    finding.summary =
        "each connection first tries IPv6, is refused, and loses 0.3 s";
    finding.severity = "info";
    finding.where = "local-network";
    finding.primary = false;
    finding.effect = VERDICT_HEALTHY;
    finding.evidence_count = 0;
    finding.check_count = 0;
    finding.filter = finding.remedy_user = finding.remedy_admin = "";
    finding.client = finding.server = finding.server_name = NULL;
    return finding;
}

static inline void fixture_findings(struct result *result,
                                    const struct result_finding *findings,
                                    size_t n)
{
    struct result_finding *copy =
        arena_alloc(result->mem, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = findings[i];
    result->findings = copy;
    result->finding_count = n;
}

static inline void fixture_sessions(struct result *result, size_t n)
{
    struct result_session *sessions =
        arena_alloc(result->mem, (n + 1) * sizeof *sessions);
    for (size_t i = 0; i < n; i++)
        sessions[i] = fixture_session(i + 1);
    result->sessions = sessions;
    result->session_count = n;
}

/* A capture of one refused login. */
static inline struct result *fixture_refused(void)
{
    struct result *result = result_new("friday.pcapng");
    result->format = "pcapng";
    result->packets = 42;
    result->start = FIXTURE_START;
    result->end = FIXTURE_START + 3100 * (CLOCK_SECOND / 1000);
    result->verdict = VERDICT_FAILURE;
    result->clients = result->servers = 1;
    result->not_the_cause = "DNS, network, TLS and certificate were fine";
    fixture_sessions(result, 1);
    fixture_findings(result,
                     (const struct result_finding[]){fixture_finding(),
                                                     fixture_symptom()},
                     2);
    return result;
}

/* A capture in which all went well, with a remark. */
static inline struct result *fixture_healthy(void)
{
    struct result *result = fixture_refused();
    struct result_finding note = fixture_note();
    result->file = "monday.pcap";
    result->format = "pcap";
    result->verdict = VERDICT_HEALTHY;
    result->healthy_sessions = 3;
    result->good_news = "3 messages fetched over IMAP, 1 sent (queued as 4XyZ9)";
    result->not_the_cause = "";
    fixture_sessions(result, 3);
    fixture_findings(result, &note, 1);
    return result;
}

/* The words of a hostile server: what each format could take for its own. */
#define FIXTURE_HOSTILE                                                        \
    "</failure>]]><script>alert(1)</script> & \"x\" 'y' | `z` ![p](http://h/) "\
    "@all *b* $(id)"

/* A capture where all that comes from packets is hostile. */
static inline struct result *fixture_hostile(void)
{
    static const char *const checks[] = {FIXTURE_HOSTILE};
    static const struct evidence evidence[] = {
        {1, FIXTURE_START, 0, FIXTURE_HOSTILE, false}};
    static const struct quality quality[] = {
        {"capture.one-direction", FIXTURE_HOSTILE}};
    struct result *result = fixture_refused();
    struct result_finding finding = fixture_finding();
    struct result_session session = fixture_session(1);
    struct result_session *kept = arena_alloc(result->mem, sizeof *kept);
    finding.title = finding.summary = FIXTURE_HOSTILE;
    finding.remedy_user = finding.remedy_admin = FIXTURE_HOSTILE;
    finding.server_name = FIXTURE_HOSTILE;
    finding.checks = checks;
    finding.check_count = 1;
    finding.evidence = evidence;
    finding.evidence_count = 1;
    session.server_name = FIXTURE_HOSTILE;
    session.steps[STEP_LOGIN].detail = FIXTURE_HOSTILE;
    *kept = session;
    result->file = FIXTURE_HOSTILE ".pcap";
    result->good_news = result->not_the_cause = FIXTURE_HOSTILE;
    result->error = FIXTURE_HOSTILE;
    result->sessions = kept;
    result->quality = quality;
    result->quality_count = 1;
    fixture_findings(result, &finding, 1);
    return result;
}

/* What the format writes of the results; free() it.  The results are freed. */
static inline char *fixture_written(const struct report_format *format,
                                    struct report_style style, size_t n,
                                    struct result **results)
{
    char *text = NULL;
    size_t size = 0;
    struct report report = {.out = open_memstream(&text, &size),
                            .style = style};
    report.style.version = "1.2.3";
    report.style.rules = 123;
    if (format->begin)
        format->begin(&report);
    for (size_t i = 0; i < n; i++) {
        format->capture(&report, results[i]);
        result_free(&results[i]);
    }
    if (format->end)
        format->end(&report);
    fclose(report.out);
    text_free(&report.body);
    return text;
}

#endif

/* junit.c - for CI: each capture is a test case, a failure found fails it.
 *
 * An unreadable or damaged capture is an <error>, one that can not tell is
 * <skipped>; the totals stand in front, so the cases wait in report->body.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/words.h"

static void attribute(struct text *out, const char *name, const char *value)
{
    text_addf(out, " %s=\"", name);
    escape_xml(out, value);
    text_adds(out, "\"");
}

static void add_finding(struct text *out, const struct result_finding *finding)
{
    escape_xml(out, finding->title);
    text_adds(out, "\n");
    escape_xml(out, finding->summary);
    text_adds(out, "\n");
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        if (evidence->packet)
            text_addf(out, "packet %" PRIu64 ": ", evidence->packet);
        escape_xml(out, evidence->text);
        text_adds(out, "\n");
    }
    text_adds(out, "Who must act: ");
    escape_xml(out, who_acts(finding->where, finding->who));
    text_adds(out, "\n");
    if (*finding->remedy_admin) {
        text_adds(out, "admin: ");
        escape_xml(out, finding->remedy_admin);
        text_adds(out, "\n");
    }
    if (*finding->remedy_user) {
        text_adds(out, "user: ");
        escape_xml(out, finding->remedy_user);
        text_adds(out, "\n");
    }
}

/* One <failure> of a test case names one type; the worst cause gives it, the
 * others follow in the text. */
static void add_failure(struct text *out, const struct result *result)
{
    const struct result_finding *worst = NULL;
    for (size_t i = 0; i < result->finding_count && !worst; i++)
        if (result->findings[i].primary &&
            result->findings[i].effect == VERDICT_FAILURE)
            worst = &result->findings[i];
    text_adds(out, "      <failure");
    attribute(out, "type", worst ? worst->id : "failure");
    attribute(out, "message",
              worst ? worst->title : "mail did not work; no rule knows why");
    text_adds(out, ">");
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].primary &&
            result->findings[i].effect == VERDICT_FAILURE)
            add_finding(out, &result->findings[i]);
    text_adds(out, "</failure>\n");
}

/* What the capture lacks is a finding as well, and needs no telling twice. */
static bool is_in_quality(const struct result *result, const char *id)
{
    for (size_t i = 0; i < result->quality_count; i++)
        if (strcmp(result->quality[i].id, id) == 0)
            return true;
    return false;
}

static void add_note(struct text *notes, const char *id, const char *words)
{
    text_addf(notes, "%s: ", id);
    escape_xml(notes, words);
    text_adds(notes, "\n");
}

/* What was found beside a failure: degraded, worth knowing, not visible. */
static void add_notes(struct text *out, const struct result *result)
{
    struct text notes = {0};
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        bool told = finding->primary && finding->effect == VERDICT_FAILURE &&
                    !result->error;
        if (!told && !finding->explained_by &&
            !is_in_quality(result, finding->id))
            add_note(&notes, finding->id, finding->summary);
    }
    for (size_t i = 0; i < result->quality_count; i++)
        add_note(&notes, result->quality[i].id, result->quality[i].text);
    if (notes.n) {
        text_adds(out, "      <system-out>");
        text_add(out, text_span(&notes));
        text_adds(out, "</system-out>\n");
    }
    text_free(&notes);
}

static void junit_capture(struct report *report, const struct result *result)
{
    struct text *out = &report->body;
    report->captures++;
    text_adds(out, "    <testcase classname=\"mailwhy\"");
    attribute(out, "name", result->file);
    text_adds(out, ">\n");
    if (result->error) {
        report->errors++;
        text_adds(out, "      <error type=\"capture\"");
        attribute(out, "message", result->error);
        text_adds(out, "/>\n");
    }
    /* A test case is either an error or a failure, but not both: a damaged
     * capture keeps what was found in it as output. */
    if (!result->error && result->verdict == VERDICT_FAILURE) {
        report->failures++;
        add_failure(out, result);
    }
    if (!result->error && result->verdict == VERDICT_UNDETERMINED) {
        report->skipped++;
        text_adds(out, "      <skipped message=\"the capture does not show "
                       "it\"/>\n");
    }
    add_notes(out, result);
    text_adds(out, "    </testcase>\n");
}

static void junit_end(struct report *report)
{
    fprintf(report->out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites>\n"
            "  <testsuite name=\"mailwhy\" tests=\"%" PRIu64
            "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
            "\" skipped=\"%" PRIu64 "\">\n%s  </testsuite>\n</testsuites>\n",
            report->captures, report->failures, report->errors, report->skipped,
            text_string(&report->body));
}

const struct report_format report_junit = {
    .name = "junit",
    .capture = junit_capture,
    .end = junit_end,
};

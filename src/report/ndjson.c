/* ndjson.c - one JSON object a line: what a log collector takes.
 *
 * Each line says what it is ("type": finding, session, capture) and which file
 * it is about; the rest is as in docs/report.schema.json.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

#include "report/json.h"

/* Takes the value. */
static void print_line(FILE *out, const char *type, const char *file,
                       json_t *value)
{
    json_t *line = json_object();
    json_object_set_new(line, "type", json_string(type));
    if (file)
        json_object_set_new(line, "file", json_string(file));
    json_object_update(line, value);
    char *text = json_dumps(line, JSON_COMPACT | REPORT_JSON_FLAGS);
    fprintf(out, "%s\n", text ? text : "{}");
    free(text);
    json_decref(line);
    json_decref(value);
}

static void ndjson_capture(struct report *report, const struct result *result)
{
    json_t *whole = json_of_result(result);
    json_object_del(whole, "sessions");
    json_object_del(whole, "findings");
    const char *file = json_string_value(json_object_get(whole, "file"));
    for (size_t i = 0; i < result->session_count; i++)
        print_line(report->out, "session", file,
                   json_of_session(&result->sessions[i]));
    for (size_t i = 0; i < result->finding_count; i++)
        print_line(report->out, "finding", file,
                   json_of_finding(&result->findings[i]));
    print_line(report->out, "capture", file, whole);
    report->captures++;
}

static void ndjson_finding(struct report *report,
                           const struct result_finding *finding)
{
    print_line(report->out, "finding", NULL, json_of_finding(finding));
}

const struct report_format report_ndjson = {
    .name = "ndjson",
    .all_sessions = true,
    .capture = ndjson_capture,
    .finding = ndjson_finding,
};

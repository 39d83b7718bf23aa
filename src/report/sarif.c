/* sarif.c - SARIF 2.1.0, for code hosts that show analysis results.
 *
 * A packet capture has no lines, so a result points at the file and names the
 * packets in its message.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/words.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static const char *level_of(const struct result_finding *finding)
{
    switch (finding->effect) {
    case VERDICT_FAILURE:
        return finding->primary ? "error" : "note";
    case VERDICT_DEGRADED:
    case VERDICT_UNDETERMINED:
        return "warning";
    case VERDICT_HEALTHY:
    case VERDICT_NO_MAIL:
        break;
    }
    return "note";
}

static json_t *text_of(const char *text)
{
    return json_pack("{s:s}", "text", text);
}

/* A relative URI reference: all but unreserved characters and / is
 * percent-encoded (RFC 3986 section 2). */
static json_t *uri_of(const char *file)
{
    struct text uri = {0};
    for (const unsigned char *c = (const unsigned char *)file; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~/", *c);
        text_addf(&uri, plain ? "%c" : "%%%02X", *c);
    }
    json_t *value = json_string(text_string(&uri));
    text_free(&uri);
    return value;
}

static json_t *result_of_finding(const struct result *result,
                                 const struct result_finding *finding)
{
    struct text message = {0};
    say_sentence(&message, finding->title);
    text_adds(&message, " ");
    say_sentence(&message, finding->summary);
    if (*finding->filter)
        text_addf(&message, " In Wireshark: %s", finding->filter);
    json_t *object = json_object(), *location = json_object();
    json_object_set_new(object, "ruleId", json_string(finding->id));
    json_object_set_new(object, "level", json_string(level_of(finding)));
    json_object_set_new(object, "message", text_of(text_string(&message)));
    json_object_set_new(location, "uri", uri_of(result->file));
    json_object_set_new(
        object, "locations",
        json_pack("[{s:{s:o}}]", "physicalLocation", "artifactLocation",
                  location));
    json_object_set_new(object, "properties",
                        json_pack("{s:s,s:s,s:s}", "confidence",
                                  finding->confidence, "where", finding->where,
                                  "severity", finding->severity));
    text_free(&message);
    return object;
}

static json_t *rule_of_finding(const struct result_finding *finding)
{
    json_t *rule = json_object();
    json_object_set_new(rule, "id", json_string(finding->id));
    json_object_set_new(rule, "shortDescription", text_of(finding->title));
    if (*finding->remedy_admin)
        json_object_set_new(rule, "help", text_of(finding->remedy_admin));
    return rule;
}

static void sarif_begin(struct report *report)
{
    report->state = json_pack("{s:[],s:{}}", "results", "rules");
}

static void sarif_capture(struct report *report, const struct result *result)
{
    json_t *results = json_object_get(report->state, "results");
    json_t *rules = json_object_get(report->state, "rules");
    report->captures++;
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (finding->explained_by)
            continue;
        json_array_append_new(results, result_of_finding(result, finding));
        if (!json_object_get(rules, finding->id))
            json_object_set_new(rules, finding->id, rule_of_finding(finding));
    }
}

static void sarif_end(struct report *report)
{
    const char *id;
    json_t *rule, *list = json_array();
    json_object_foreach(json_object_get(report->state, "rules"), id, rule)
        json_array_append(list, rule);
    json_t *driver = json_object();
    json_object_set_new(driver, "name", json_string("mailwhy"));
    json_object_set_new(driver, "version", json_string(report->style.version));
    json_object_set_new(driver, "rules", list);
    json_t *log = json_pack(
        "{s:s,s:s,s:[{s:{s:o},s:O}]}", "$schema", SCHEMA, "version", "2.1.0",
        "runs", "tool", "driver", driver, "results",
        json_object_get(report->state, "results"));
    char *text = json_dumps(log, JSON_INDENT(2) | REPORT_JSON_FLAGS);
    fprintf(report->out, "%s\n", text ? text : "{}");
    free(text);
    json_decref(log);
    json_decref(report->state);
    report->state = NULL;
}

const struct report_format report_sarif = {
    .name = "sarif",
    .begin = sarif_begin,
    .capture = sarif_capture,
    .end = sarif_end,
};

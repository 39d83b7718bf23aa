/* json.c - the report for programs, version 1 of docs/report.schema.json.
 *
 * Keys are in a fixed order and numbers have one form, so that the same input
 * gives the same bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { SCHEMA_VERSION = 1 };

const char *const json_step_states[] = {
    [STEP_ABSENT] = "absent",
    [STEP_OK] = "ok",
    [STEP_FAILED] = "failed",
    [STEP_UNKNOWN] = "unknown",
};

/* A string; NULL gives null.  Paths may hold bytes that are not UTF-8, which
 * JSON can not. */
static json_t *string_of(const char *s)
{
    if (!s)
        return json_null();
    json_t *string = json_string(s);
    if (string)
        return string;
    struct text safe = {0};
    text_add_safe(&safe, span_of(s));
    string = json_string(text_string(&safe));
    text_free(&safe);
    return string;
}

static json_t *count_of(uint64_t n)
{
    return json_integer((json_int_t)n);
}

/* Seconds, to the microsecond. */
static json_t *seconds_of(double seconds)
{
    double rounded = round(seconds * 1e6) / 1e6;
    return json_real(isfinite(rounded) ? rounded : 0);
}

static json_t *time_of(int64_t time)
{
    char text[CLOCK_TEXT];
    if (time == 0)
        return json_null();
    clock_rfc3339(time, text);
    return json_string(text);
}

static json_t *strings_of(const char *const *strings, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, string_of(strings[i]));
    return array;
}

static json_t *steps_of(const struct result_session *session)
{
    json_t *array = json_array();
    for (int i = 0; i < STEPS; i++) {
        const struct step_result *step = &session->steps[i];
        if (step->state == STEP_ABSENT)
            continue;
        json_t *object = json_object();
        json_object_set_new(object, "step", string_of(step_names[i]));
        json_object_set_new(object, "state", string_of(json_step_states[step->state]));
        json_object_set_new(object, "detail",
                            string_of(step->detail ? step->detail : ""));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *metrics_of(const struct result_session *session)
{
    json_t *object = json_object();
    json_object_set_new(object, "rtt", seconds_of(session->rtt));
    json_object_set_new(object, "retransmissions",
                        count_of(session->retransmissions));
    json_object_set_new(object, "client_bytes",
                        count_of(session->client_bytes));
    json_object_set_new(object, "server_bytes",
                        count_of(session->server_bytes));
    return object;
}

json_t *json_of_session(const struct result_session *session)
{
    json_t *object = json_object();
    json_t *client = json_object(), *server = json_object();
    json_object_set_new(client, "address", string_of(session->client_address));
    json_object_set_new(client, "port", count_of(session->client_port));
    json_object_set_new(server, "address", string_of(session->server_address));
    json_object_set_new(server, "port", count_of(session->server_port));
    json_object_set_new(server, "name", string_of(session->server_name));

    json_object_set_new(object, "id", count_of(session->id));
    json_object_set_new(object, "protocol", string_of(session->protocol));
    json_object_set_new(object, "security", string_of(session->security));
    json_object_set_new(object, "client", client);
    json_object_set_new(object, "server", server);
    json_object_set_new(object, "start", time_of(session->start));
    json_object_set_new(object, "duration", seconds_of(session->duration));
    json_object_set_new(object, "packets", count_of(session->packets));
    json_object_set_new(object, "first_packet",
                        count_of(session->first_packet));
    json_object_set_new(object, "last_packet", count_of(session->last_packet));
    json_object_set_new(object, "stage", string_of(session->stage));
    json_object_set_new(object, "steps", steps_of(session));
    json_object_set_new(object, "verdict",
                        string_of(verdict_names[session->verdict]));
    json_object_set_new(object, "decrypted", json_boolean(session->decrypted));
    json_object_set_new(object, "primary", string_of(session->primary));
    json_object_set_new(object, "attempt",
                        session->attempt ? count_of(session->attempt)
                                         : json_null());
    json_object_set_new(object, "healed_by",
                        session->healed_by ? count_of(session->healed_by)
                                           : json_null());
    json_object_set_new(object, "summary", string_of(session->summary));
    json_object_set_new(object, "metrics", metrics_of(session));
    return object;
}

static json_t *evidence_of(const struct result_finding *finding)
{
    json_t *array = json_array();
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        json_t *object = json_object();
        json_object_set_new(object, "packet",
                            evidence->packet ? count_of(evidence->packet)
                                             : json_null());
        json_object_set_new(object, "time", time_of(evidence->time));
        json_object_set_new(object, "offset", seconds_of(evidence->offset));
        json_object_set_new(object, "text", string_of(evidence->text));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *hypotheses_of(const struct result_finding *finding)
{
    json_t *array = json_array();
    for (size_t i = 0; i < finding->hypothesis_count; i++) {
        const struct hypothesis *h = &finding->hypotheses[i];
        json_t *object = json_object();
        json_object_set_new(object, "text", string_of(h->text));
        json_object_set_new(object, "because", string_of(h->because));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *json_of_finding(const struct result_finding *finding)
{
    json_t *object = json_object(), *remedy = json_object();
    json_t *sessions = json_array();
    for (size_t i = 0; i < finding->session_count; i++)
        json_array_append_new(sessions, count_of(finding->sessions[i]));
    json_object_set_new(remedy, "user", string_of(finding->remedy_user));
    json_object_set_new(remedy, "admin", string_of(finding->remedy_admin));

    json_object_set_new(object, "id", string_of(finding->id));
    json_object_set_new(object, "title", string_of(finding->title));
    json_object_set_new(object, "family", string_of(finding->family));
    json_object_set_new(object, "severity", string_of(finding->severity));
    json_object_set_new(object, "confidence", string_of(finding->confidence));
    json_object_set_new(object, "where", string_of(finding->where));
    if (*finding->who)
        json_object_set_new(object, "who", string_of(finding->who));
    json_object_set_new(object, "scope", string_of(finding->scope));
    json_object_set_new(object, "effect",
                        string_of(verdict_names[finding->effect]));
    json_object_set_new(object, "primary", json_boolean(finding->primary));
    json_object_set_new(object, "explained_by",
                        string_of(finding->explained_by));
    json_object_set_new(object, "count", count_of(finding->count));
    json_object_set_new(object, "sessions", sessions);
    json_object_set_new(object, "client", string_of(finding->client));
    json_object_set_new(object, "server", string_of(finding->server));
    json_object_set_new(object, "server_name", string_of(finding->server_name));
    json_object_set_new(object, "summary", string_of(finding->summary));
    json_object_set_new(object, "evidence", evidence_of(finding));
    json_object_set_new(object, "filter", string_of(finding->filter));
    json_object_set_new(object, "remedy", remedy);
    json_object_set_new(object, "checks",
                        strings_of(finding->checks, finding->check_count));
    json_object_set_new(
        object, "references",
        strings_of(finding->references, finding->reference_count));
    json_object_set_new(object, "healed", json_boolean(finding->healed));
    json_object_set_new(object, "confidence_why",
                        string_of(finding->confidence_why));
    json_object_set_new(object, "hypotheses", hypotheses_of(finding));
    json_object_set_new(object, "next",
                        strings_of(finding->next, finding->next_count));
    json_object_set_new(object, "log", string_of(finding->log));
    return object;
}

/* 0 is null: no packet. */
static json_t *packet_of(uint64_t packet)
{
    return packet ? count_of(packet) : json_null();
}

json_t *json_of_attempt(const struct result_attempt *attempt)
{
    json_t *object = json_object(), *sessions = json_array();
    for (size_t i = 0; i < attempt->session_count; i++)
        json_array_append_new(sessions, count_of(attempt->sessions[i]));
    json_object_set_new(object, "id", count_of(attempt->id));
    json_object_set_new(object, "client", string_of(attempt->client));
    json_object_set_new(object, "user", string_of(attempt->user));
    json_object_set_new(object, "service", string_of(attempt->service));
    json_object_set_new(object, "server", string_of(attempt->server));
    json_object_set_new(object, "start", time_of(attempt->start));
    json_object_set_new(object, "duration", seconds_of(attempt->duration));
    json_object_set_new(object, "verdict",
                        string_of(verdict_names[attempt->verdict]));
    json_object_set_new(object, "outcome", string_of(attempt->outcome));
    json_object_set_new(object, "detour", seconds_of(attempt->detour));
    json_object_set_new(object, "cause", string_of(attempt->cause));
    json_object_set_new(object, "fine_until", packet_of(attempt->fine_until));
    json_object_set_new(object, "fine_what", string_of(attempt->fine_what));
    json_object_set_new(object, "broken_at", packet_of(attempt->broken_at));
    json_object_set_new(object, "sessions", sessions);
    return object;
}

static json_t *quality_of(const struct result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < result->quality_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "id", string_of(result->quality[i].id));
        json_object_set_new(object, "text", string_of(result->quality[i].text));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *counts_of(const struct result *result)
{
    json_t *object = json_object();
    json_object_set_new(
        object, "sessions",
        count_of(result->session_count + result->sessions_unlisted));
    json_object_set_new(object, "unlisted",
                        count_of(result->sessions_unlisted));
    json_object_set_new(object, "healthy", count_of(result->healthy_sessions));
    json_object_set_new(object, "clients", count_of(result->clients));
    json_object_set_new(object, "servers", count_of(result->servers));
    json_object_set_new(object, "at_least",
                        json_boolean(result->counts_least));
    return object;
}

json_t *json_of_result(const struct result *result)
{
    json_t *object = json_object();
    json_t *sessions = json_array(), *findings = json_array();
    json_t *attempts = json_array();
    for (size_t i = 0; i < result->session_count; i++)
        json_array_append_new(sessions, json_of_session(&result->sessions[i]));
    for (size_t i = 0; i < result->attempt_count; i++)
        json_array_append_new(attempts, json_of_attempt(&result->attempts[i]));
    for (size_t i = 0; i < result->finding_count; i++)
        json_array_append_new(findings, json_of_finding(&result->findings[i]));

    json_object_set_new(object, "file", string_of(result->file));
    json_object_set_new(object, "format", string_of(result->format));
    json_object_set_new(object, "packets", count_of(result->packets));
    json_object_set_new(object, "start", time_of(result->start));
    json_object_set_new(object, "end", time_of(result->end));
    json_object_set_new(object, "verdict",
                        string_of(verdict_names[result->verdict]));
    json_object_set_new(object, "quality", quality_of(result));
    json_object_set_new(object, "error", string_of(result->error));
    json_object_set_new(object, "offset",
                        result->error_has_offset
                            ? count_of(result->error_offset)
                            : json_null());
    json_object_set_new(object, "good_news", string_of(result->good_news));
    json_object_set_new(object, "not_the_cause",
                        string_of(result->not_the_cause));
    json_object_set_new(object, "counts", counts_of(result));
    json_object_set_new(object, "sessions", sessions);
    json_object_set_new(object, "attempts", attempts);
    json_object_set_new(object, "findings", findings);
    if (result->trace)
        json_object_set_new(object, "trace", json_of_facts(result->trace));
    return object;
}

json_t *json_of_tool(const struct report_style *style)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string("mailwhy"));
    json_object_set_new(object, "version", string_of(style->version));
    json_object_set_new(object, "rules", count_of(style->rules));
    return object;
}

/* Writes the value with every line but the first moved to the right: what
 * json_dumps() would do, were the whole report one value in memory. */
static void print_indented(json_t *value, size_t indent, FILE *out)
{
    char *text = json_dumps(value, JSON_INDENT(2) | REPORT_JSON_FLAGS);
    for (const char *c = text; c && *c; c++) {
        fputc(*c, out);
        for (size_t i = 0; *c == '\n' && i < indent; i++)
            fputc(' ', out);
    }
    free(text);
    json_decref(value);
}

static void json_begin(struct report *report)
{
    fprintf(report->out, "{\n  \"schema_version\": %d,\n  \"tool\": ",
            SCHEMA_VERSION);
    print_indented(json_of_tool(&report->style), 2, report->out);
    fputs(",\n  \"captures\": [", report->out);
}

static void json_capture(struct report *report, const struct result *result)
{
    fputs(report->captures++ ? ",\n    " : "\n    ", report->out);
    print_indented(json_of_result(result), 4, report->out);
}

static void json_end(struct report *report)
{
    fputs(report->captures ? "\n  ]\n}\n" : "]\n}\n", report->out);
}

const struct report_format report_json = {
    .name = "json",
    .all_sessions = true,
    .begin = json_begin,
    .capture = json_capture,
    .end = json_end,
};

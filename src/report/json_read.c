/* json_read.c - a result from its JSON, written by a worker process.
 *
 * Worker processes meet hostile packets, so what they write is not trusted:
 * a key that is missing or of another type gives the empty value, every string
 * is made safe to print, and every number is kept in range.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/json.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define REAL_MAX 1e12 /* seconds: 30 000 years */

/* NULL where it is no string. */
static const char *string_or_null(struct arena *mem, const json_t *object,
                                  const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return NULL;
    struct text safe = {0};
    text_add_safe(&safe, span_of(json_string_value(value)));
    const char *kept = arena_string(mem, text_span(&safe));
    text_free(&safe);
    return kept;
}

static const char *string(struct arena *mem, const json_t *object,
                          const char *key)
{
    const char *s = string_or_null(mem, object, key);
    return s ? s : "";
}

static uint64_t count(const json_t *object, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(object, key));
    return n > 0 ? (uint64_t)n : 0;
}

/* Kept where it can be turned into an integer, and a column, without harm. */
static double real(const json_t *object, const char *key)
{
    double value = json_number_value(json_object_get(object, key));
    return value > REAL_MAX ? REAL_MAX : value < -REAL_MAX ? -REAL_MAX : value;
}

static bool truth(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* What clock_rfc3339() wrote, to the microsecond; 0 for anything else. */
static int64_t time_value(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    struct tm day = {0};
    unsigned micro;
    if (!s || sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d.%6uZ", &day.tm_year,
                     &day.tm_mon, &day.tm_mday, &day.tm_hour, &day.tm_min,
                     &day.tm_sec, &micro) != 7)
        return 0;
    /* Nanoseconds since 1970 fit 64 bits until 2262. */
    if (day.tm_year < 1970 || day.tm_year > 2260)
        return 0;
    day.tm_year -= 1900;
    day.tm_mon -= 1;
    return (int64_t)timegm(&day) * CLOCK_SECOND + (int64_t)micro * 1000;
}

static enum verdict verdict(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    for (enum verdict v = VERDICT_FAILURE; s && v <= VERDICT_NO_MAIL; v++)
        if (strcmp(verdict_names[v], s) == 0)
            return v;
    return VERDICT_UNDETERMINED;
}

static const char *const *strings(struct arena *mem, const json_t *object,
                                  const char *key, size_t *n)
{
    const json_t *array = json_object_get(object, key);
    *n = json_array_size(array);
    const char **list = arena_alloc(mem, (*n + 1) * sizeof *list);
    for (size_t i = 0; i < *n; i++) {
        struct text safe = {0};
        const char *s = json_string_value(json_array_get(array, i));
        text_add_safe(&safe, span_of(s));
        list[i] = arena_string(mem, text_span(&safe));
        text_free(&safe);
    }
    return list;
}

static void read_steps(struct arena *mem, const json_t *object,
                       struct result_session *session)
{
    const json_t *array = json_object_get(object, "steps");
    for (int s = 0; s < STEPS; s++)
        session->steps[s].detail = "";
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *step = json_array_get(array, i);
        const char *name = string(mem, step, "step");
        const char *state = string(mem, step, "state");
        for (int s = 0; s < STEPS; s++) {
            if (strcmp(step_names[s], name) != 0)
                continue;
            session->steps[s].detail = string(mem, step, "detail");
            for (enum step_state k = STEP_ABSENT; k <= STEP_UNKNOWN; k++)
                if (strcmp(json_step_states[k], state) == 0)
                    session->steps[s].state = k;
        }
    }
}

static void read_session(struct arena *mem, const json_t *object,
                         struct result_session *session)
{
    const json_t *client = json_object_get(object, "client");
    const json_t *server = json_object_get(object, "server");
    const json_t *metrics = json_object_get(object, "metrics");
    *session = (struct result_session){
        .id = count(object, "id"),
        .protocol = string(mem, object, "protocol"),
        .security = string(mem, object, "security"),
        .client_address = string(mem, client, "address"),
        .server_address = string(mem, server, "address"),
        .client_port = (uint16_t)count(client, "port"),
        .server_port = (uint16_t)count(server, "port"),
        .server_name = string_or_null(mem, server, "name"),
        .start = time_value(object, "start"),
        .duration = real(object, "duration"),
        .packets = count(object, "packets"),
        .first_packet = count(object, "first_packet"),
        .last_packet = count(object, "last_packet"),
        .stage = string(mem, object, "stage"),
        .verdict = verdict(object, "verdict"),
        .decrypted = truth(object, "decrypted"),
        .primary = string_or_null(mem, object, "primary"),
        .attempt = count(object, "attempt"),
        .healed_by = count(object, "healed_by"),
        .summary = string(mem, object, "summary"),
        .rtt = real(metrics, "rtt"),
        .retransmissions = count(metrics, "retransmissions"),
        .client_bytes = count(metrics, "client_bytes"),
        .server_bytes = count(metrics, "server_bytes"),
    };
    read_steps(mem, object, session);
}

static const uint64_t *numbers(struct arena *mem, const json_t *object,
                               const char *key, size_t *n)
{
    const json_t *array = json_object_get(object, key);
    *n = json_array_size(array);
    uint64_t *list = arena_alloc(mem, (*n + 1) * sizeof *list);
    for (size_t i = 0; i < *n; i++)
        list[i] = (uint64_t)json_integer_value(json_array_get(array, i));
    return list;
}

static void read_attempt(struct arena *mem, const json_t *object,
                         struct result_attempt *attempt)
{
    *attempt = (struct result_attempt){
        .id = count(object, "id"),
        .client = string(mem, object, "client"),
        .user = string(mem, object, "user"),
        .service = string(mem, object, "service"),
        .server = string(mem, object, "server"),
        .start = time_value(object, "start"),
        .duration = real(object, "duration"),
        .verdict = verdict(object, "verdict"),
        .outcome = string(mem, object, "outcome"),
        .detour = real(object, "detour"),
        .cause = string_or_null(mem, object, "cause"),
        .fine_until = count(object, "fine_until"),
        .fine_what = string(mem, object, "fine_what"),
        .broken_at = count(object, "broken_at"),
    };
    attempt->sessions =
        numbers(mem, object, "sessions", &attempt->session_count);
}

static void read_hypotheses(struct arena *mem, const json_t *object,
                            struct result_finding *finding)
{
    const json_t *array = json_object_get(object, "hypotheses");
    size_t n = json_array_size(array);
    struct hypothesis *list = arena_alloc(mem, (n + 1) * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        list[i] = (struct hypothesis){string(mem, item, "text"),
                                      string(mem, item, "because")};
    }
    finding->hypotheses = list;
    finding->hypothesis_count = n;
}

static void read_evidence(struct arena *mem, const json_t *object,
                          struct result_finding *finding)
{
    const json_t *array = json_object_get(object, "evidence");
    size_t n = json_array_size(array);
    struct evidence *list = arena_alloc(mem, (n + 1) * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        const json_t *evidence = json_array_get(array, i);
        list[i] = (struct evidence){
            .packet = count(evidence, "packet"),
            .time = time_value(evidence, "time"),
            .offset = real(evidence, "offset"),
            .text = string(mem, evidence, "text"),
        };
    }
    finding->evidence = list;
    finding->evidence_count = n;
}

static void read_finding(struct arena *mem, const json_t *object,
                         struct result_finding *finding)
{
    const json_t *remedy = json_object_get(object, "remedy");
    *finding = (struct result_finding){
        .id = string(mem, object, "id"),
        .title = string(mem, object, "title"),
        .family = string(mem, object, "family"),
        .severity = string(mem, object, "severity"),
        .confidence = string(mem, object, "confidence"),
        .where = string(mem, object, "where"),
        .who = string(mem, object, "who"),
        .scope = string(mem, object, "scope"),
        .effect = verdict(object, "effect"),
        .primary = truth(object, "primary"),
        .explained_by = string_or_null(mem, object, "explained_by"),
        .count = count(object, "count"),
        .client = string_or_null(mem, object, "client"),
        .server = string_or_null(mem, object, "server"),
        .server_name = string_or_null(mem, object, "server_name"),
        .summary = string(mem, object, "summary"),
        .filter = string(mem, object, "filter"),
        .remedy_user = string(mem, remedy, "user"),
        .remedy_admin = string(mem, remedy, "admin"),
        .healed = truth(object, "healed"),
        .confidence_why = string_or_null(mem, object, "confidence_why"),
        .log = string_or_null(mem, object, "log"),
    };
    finding->sessions =
        numbers(mem, object, "sessions", &finding->session_count);
    finding->next = strings(mem, object, "next", &finding->next_count);
    read_hypotheses(mem, object, finding);
    read_evidence(mem, object, finding);
    finding->checks = strings(mem, object, "checks", &finding->check_count);
    finding->references =
        strings(mem, object, "references", &finding->reference_count);
}

static void read_lists(struct result *result, const json_t *object)
{
    struct arena *mem = result->mem;
    const json_t *array = json_object_get(object, "quality");
    size_t n = json_array_size(array);
    struct quality *quality = arena_alloc(mem, (n + 1) * sizeof *quality);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        quality[i] = (struct quality){string(mem, item, "id"),
                                      string(mem, item, "text")};
    }
    result->quality = quality;
    result->quality_count = n;

    array = json_object_get(object, "sessions");
    n = json_array_size(array);
    struct result_session *sessions =
        arena_alloc(mem, (n + 1) * sizeof *sessions);
    for (size_t i = 0; i < n; i++)
        read_session(mem, json_array_get(array, i), &sessions[i]);
    result->sessions = sessions;
    result->session_count = n;

    array = json_object_get(object, "attempts");
    n = json_array_size(array);
    struct result_attempt *attempts =
        arena_alloc(mem, (n + 1) * sizeof *attempts);
    for (size_t i = 0; i < n; i++)
        read_attempt(mem, json_array_get(array, i), &attempts[i]);
    result->attempts = attempts;
    result->attempt_count = n;

    array = json_object_get(object, "findings");
    n = json_array_size(array);
    struct result_finding *findings =
        arena_alloc(mem, (n + 1) * sizeof *findings);
    for (size_t i = 0; i < n; i++)
        read_finding(mem, json_array_get(array, i), &findings[i]);
    result->findings = findings;
    result->finding_count = n;
}

struct result *result_of_json(struct span text)
{
    json_t *object =
        json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    struct result *result = result_new("");
    struct arena *mem = result->mem;
    const json_t *counts = json_object_get(object, "counts");
    result->file = string(mem, object, "file");
    result->format = string(mem, object, "format");
    result->packets = count(object, "packets");
    result->start = time_value(object, "start");
    result->end = time_value(object, "end");
    result->verdict = verdict(object, "verdict");
    result->error = string_or_null(mem, object, "error");
    result->error_offset = count(object, "offset");
    result->error_has_offset =
        json_is_integer(json_object_get(object, "offset"));
    result->good_news = string(mem, object, "good_news");
    result->not_the_cause = string(mem, object, "not_the_cause");
    result->sessions_unlisted = count(counts, "unlisted");
    result->healthy_sessions = count(counts, "healthy");
    result->clients = count(counts, "clients");
    result->servers = count(counts, "servers");
    result->counts_least = truth(counts, "at_least");
    read_lists(result, object);
    const json_t *trace = json_object_get(object, "trace");
    if (json_is_array(trace))
        result->trace = facts_of_json(trace);
    json_decref(object);
    return result;
}

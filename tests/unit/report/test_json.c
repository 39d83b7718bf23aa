/* test_json.c - the JSON report, its way back, and NDJSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "report/fixture.h"
#include "report/json.h"

static char *dump(const struct result *result)
{
    json_t *json = json_of_result(result);
    char *text = json_dumps(json, JSON_COMPACT | REPORT_JSON_FLAGS);
    json_decref(json);
    return text;
}

/* Takes the result: written, read and written again it is the same. */
static void survives_the_way_back(struct result *result)
{
    char *before = dump(result);
    result_free(&result);
    assert_non_null(before);
    result = result_of_json(span_of(before));
    assert_non_null(result);
    char *after = dump(result);
    assert_string_equal(before, after);
    result_free(&result);
    free(before);
    free(after);
}

static void nothing_is_lost_between_processes(void **state)
{
    (void)state;
    survives_the_way_back(fixture_refused());
    survives_the_way_back(fixture_healthy());
    survives_the_way_back(fixture_hostile());
    survives_the_way_back(result_new("empty.pcap"));
}

static void the_text_report_is_the_same_after_the_way_back(void **state)
{
    (void)state;
    struct report_style style = {.verbose = true};
    struct result *result = fixture_refused();
    char *json = dump(result);
    char *before = fixture_written(&report_text, style, 1, &result);
    result = result_of_json(span_of(json));
    char *after = fixture_written(&report_text, style, 1, &result);
    assert_string_equal(before, after);
    free(json);
    free(before);
    free(after);
}

static void a_report_is_one_object_whatever_is_in_it(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 3; n++) {
        struct result *results[] = {fixture_refused(), fixture_hostile(),
                                    result_new("empty.pcap")};
        char *text = fixture_written(&report_json, (struct report_style){0}, n,
                                     results);
        json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(report);
        assert_int_equal(
            json_integer_value(json_object_get(report, "schema_version")), 1);
        assert_int_equal(json_array_size(json_object_get(report, "captures")),
                         n);
        json_decref(report);
        free(text);
        for (size_t i = n; i < 3; i++)
            result_free(&results[i]);
    }
}

static void numbers_have_one_form(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    struct result_session *session =
        arena_alloc(result->mem, sizeof *session);
    *session = fixture_session(1);
    session->duration = 0.1 + 0.2;
    session->rtt = 1e-9;
    result->sessions = session;
    char *text = dump(result);
    assert_non_null(strstr(text, "\"duration\":0.3,"));
    assert_non_null(strstr(text, "\"rtt\":0.0,"));
    assert_non_null(strstr(text, "\"start\":\"2026-11-24T10:02:12.000000Z\""));
    free(text);
    result_free(&result);
}

static void a_file_name_that_is_no_utf8_is_still_a_string(void **state)
{
    (void)state;
    struct result *result = result_new("caf\xe9.pcap");
    char *text = dump(result);
    assert_non_null(strstr(text, "\"file\":\"caf\\\\xe9.pcap\""));
    free(text);
    result_free(&result);
}

/* What a process that packets took over might send. */
static void a_lying_worker_can_not_harm(void **state)
{
    static const char *const lies[] = {
        "{}",
        "{\"verdict\":7,\"sessions\":{},\"findings\":[1,null,{},[]]}",
        "{\"sessions\":[{\"steps\":[{\"step\":\"dns\",\"state\":9}]},3]}",
        "{\"start\":\"9999-99-99T99:99:99.999999Z\",\"packets\":-1}",
        "{\"start\":\"-999-01-01T00:00:00.000000Z\"}",
        "{\"packets\":1,\"findings\":[{\"primary\":true,\"id\":\"a.b\","
        "\"effect\":\"failure\",\"sessions\":[-1,\"x\"],\"evidence\":"
        "[{\"packet\":9223372036854775807,\"offset\":1e308,"
        "\"text\":\"\\u001b[2J\"},{\"offset\":-1e308}],"
        "\"checks\":[1,null]}]}",
    };
    static const struct report_format *const formats[] = {
        &report_text,  &report_json,  &report_html,   &report_markdown,
        &report_junit, &report_sarif, &report_ndjson, &report_summary,
    };
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
            struct result *result = result_of_json(span_of(lies[i]));
            assert_non_null(result);
            char *text = fixture_written(
                formats[f], (struct report_style){.verbose = true}, 1,
                &result);
            assert_null(strchr(text, '\033'));
            free(text);
        }
    }
    assert_null(result_of_json(SPAN("")));
    assert_null(result_of_json(SPAN("[]")));
    assert_null(result_of_json(SPAN("{\"a\":")));
}

static void ndjson_is_an_object_a_line(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    char *text =
        fixture_written(&report_ndjson, (struct report_style){0}, 1, &result);
    size_t lines = 0;
    for (char *at = text; *at; lines++) {
        size_t n = strcspn(at, "\n");
        json_t *line = json_loadb(at, n, 0, NULL);
        assert_string_equal(
            json_string_value(json_object_get(line, "file")), "friday.pcapng");
        assert_non_null(json_object_get(line, "type"));
        json_decref(line);
        at += n + 1;
    }
    assert_int_equal(lines, 4); /* a session, two findings, the capture */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_between_processes),
        cmocka_unit_test(the_text_report_is_the_same_after_the_way_back),
        cmocka_unit_test(a_report_is_one_object_whatever_is_in_it),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(a_file_name_that_is_no_utf8_is_still_a_string),
        cmocka_unit_test(a_lying_worker_can_not_harm),
        cmocka_unit_test(ndjson_is_an_object_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_markup.c - JUnit, HTML, Markdown and SARIF: nothing from a packet is
 * taken for mark-up.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "report/escape.h"
#include "report/fixture.h"
#include "report/json.h"

static char *written(const struct report_format *format, struct result *result)
{
    return fixture_written(format, (struct report_style){0}, 1, &result);
}

static void assert_escapes(void (*escape)(struct text *, const char *),
                           const char *s, const char *expected)
{
    struct text out = {0};
    escape(&out, s);
    assert_string_equal(text_string(&out), expected);
    text_free(&out);
}

static void xml_escapes_markup_and_drops_what_it_forbids(void **state)
{
    (void)state;
    assert_escapes(escape_xml, "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;"
                                                "&amp;&#39;");
    assert_escapes(escape_xml, "a\x01\x1b[2J\x7f\tb", "a[2J\tb");
    assert_escapes(escape_xml, "x\xef\xbf\xbey\xef\xbf\xbfz", "xyz");
    assert_escapes(escape_xml, "\xc3\xbc", "\xc3\xbc");
}

static void markdown_makes_no_link_mention_or_heading(void **state)
{
    (void)state;
    assert_escapes(escape_markdown, "# *a* [b](c) `d` <e>",
                   "\\# \\*a\\* \\[b\\](c) \\`d\\` &lt;e>");
    assert_escapes(escape_markdown, "http://x www.y @z a|b",
                   "http&#58;//x www&#46;y &#64;z a\\|b");
    assert_escapes(escape_markdown, "- a - b", "\\- a - b");
    assert_escapes(escape_code, "ls", "`ls`");
    assert_escapes(escape_code, "a ``b", "``` a ``b ```");
}

static void junit_fails_the_case_of_a_failure(void **state)
{
    (void)state;
    char *text = written(&report_junit, fixture_refused());
    assert_non_null(strstr(text, "tests=\"1\" failures=\"1\" errors=\"0\" "
                                 "skipped=\"0\""));
    assert_non_null(strstr(text, "<failure type=\"authentication."
                                 "bad-credentials\""));
    assert_null(strstr(text, "client.gave-up"));
    free(text);
}

static void junit_passes_what_is_healthy(void **state)
{
    (void)state;
    char *text = written(&report_junit, fixture_healthy());
    assert_non_null(strstr(text, "failures=\"0\""));
    assert_null(strstr(text, "<failure"));
    assert_non_null(strstr(text, "network.ipv6-broken-fallback-ok"));
    free(text);
}

static void junit_calls_damage_an_error_and_keeps_the_finding(void **state)
{
    (void)state;
    struct result *result = fixture_refused();
    result->error = "cut short";
    char *text = written(&report_junit, result);
    assert_non_null(strstr(text, "failures=\"0\" errors=\"1\""));
    assert_non_null(strstr(text, "message=\"cut short\""));
    assert_non_null(strstr(text, "authentication.bad-credentials"));
    free(text);
}

static void hostile_words_stay_words_in_xml_and_html(void **state)
{
    static const struct report_format *const formats[] = {&report_junit,
                                                          &report_html};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *text = written(formats[i], fixture_hostile());
        assert_null(strstr(text, "<script"));
        assert_null(strstr(text, "]]>"));
        assert_null(strstr(text, "\"x\""));
        assert_non_null(strstr(text, "&lt;script&gt;"));
        free(text);
    }
}

static void hostile_words_stay_words_in_markdown(void **state)
{
    (void)state;
    struct result *result = fixture_hostile();
    struct result_finding finding = result->findings[0];
    finding.check_count = 0; /* in code nothing is mark-up */
    fixture_findings(result, &finding, 1);
    char *text = written(&report_markdown, result);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "![p]"));
    assert_null(strstr(text, "http://"));
    assert_null(strstr(text, "@all"));
    assert_null(strstr(text, " | `z`"));
    free(text);
}

static void html_needs_nothing_from_elsewhere(void **state)
{
    (void)state;
    char *text = written(&report_html, fixture_refused());
    assert_null(strstr(text, "src="));
    assert_null(strstr(text, "href="));
    assert_null(strstr(text, "<script"));
    assert_non_null(strstr(text, "</html>"));
    free(text);
}

static void sarif_names_each_rule_once(void **state)
{
    (void)state;
    struct result *results[] = {fixture_refused(), fixture_refused(),
                                fixture_hostile()};
    char *text =
        fixture_written(&report_sarif, (struct report_style){0}, 3, results);
    json_t *log = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *run = json_array_get(json_object_get(log, "runs"), 0);
    json_t *driver = json_object_get(json_object_get(run, "tool"), "driver");
    assert_int_equal(json_array_size(json_object_get(run, "results")), 3);
    assert_int_equal(json_array_size(json_object_get(driver, "rules")), 1);
    json_decref(log);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_escapes_markup_and_drops_what_it_forbids),
        cmocka_unit_test(markdown_makes_no_link_mention_or_heading),
        cmocka_unit_test(junit_fails_the_case_of_a_failure),
        cmocka_unit_test(junit_passes_what_is_healthy),
        cmocka_unit_test(junit_calls_damage_an_error_and_keeps_the_finding),
        cmocka_unit_test(hostile_words_stay_words_in_xml_and_html),
        cmocka_unit_test(hostile_words_stay_words_in_markdown),
        cmocka_unit_test(html_needs_nothing_from_elsewhere),
        cmocka_unit_test(sarif_names_each_rule_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

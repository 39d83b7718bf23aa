/* test_opened.c - the analysis says when it has opened what it needs: without
 * that no worker would ever enter its sandbox.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "cli/folder.h"
#include "pipeline.h"

/* A pcap file without packets: Ethernet, 65535 bytes of each at most. */
static const struct span empty_pcap =
    SPAN_INIT("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00"
              "\xff\xff\x00\x00\x01\x00\x00\x00");

static int calls;

static void opened(void)
{
    calls++;
}

static void the_analysis_calls_opened_once(void **state)
{
    struct result *result;
    struct err err;
    (void)state;
    folder_write("empty.pcap", empty_pcap);
    struct rules *rules = rules_load(NULL, 0, NULL, NULL, &err);
    assert_non_null(rules);
    const struct analyze_options options = {.rules = rules, .opened = opened};
    assert_true(analyze_file("empty.pcap", &options, &result, &err));
    assert_int_equal(calls, 1);
    assert_int_equal(result->verdict, VERDICT_NO_MAIL);
    result_free(&result);
    rules_free(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_analysis_calls_opened_once,
                                        folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_output.c - a report file is there whole, or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "cli/folder.h"
#include "cli/output.h"

static void a_file_appears_when_it_is_complete(void **state)
{
    struct output output;
    struct err err;
    struct stat st;
    (void)state;
    assert_true(output_open(&output, "report", &err));
    fputs("all of it\n", output.file);
    assert_int_not_equal(stat("report", &st), 0);
    assert_true(output_finish(&output, &err));
    assert_string_equal(folder_read("report"), "all of it\n");
}

static void others_may_read_it_as_the_umask_says(void **state)
{
    struct output output;
    struct err err;
    struct stat st;
    mode_t was = umask(027);
    (void)state;
    assert_true(output_open(&output, "report", &err));
    assert_true(output_finish(&output, &err));
    umask(was);
    assert_int_equal(stat("report", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void an_old_report_survives_a_failure(void **state)
{
    struct output output;
    struct err err;
    (void)state;
    folder_write("report", SPAN("old\n"));
    assert_true(output_open(&output, "report", &err));
    fputs("half", output.file);
    output_abandon(&output);
    assert_string_equal(folder_read("report"), "old\n");
    assert_int_not_equal(system("ls report.* 2>/dev/null"), 0);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    struct output output;
    struct err err;
    struct stat st;
    (void)state;
    assert_true(output_open(&output, "/dev/null", &err));
    assert_true(output_finish(&output, &err));
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    struct output output;
    struct err err;
    (void)state;
    assert_false(output_open(&output, "nowhere/report", &err));
    assert_non_null(strstr(err.text, "-o nowhere/report: can not be written"));
}

static void a_full_disk_is_told(void **state)
{
    struct output output;
    struct err err;
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_true(output_open(&output, "/dev/full", &err));
    fputs("x", output.file);
    assert_false(output_finish(&output, &err));
    assert_non_null(strstr(err.text, "/dev/full: can not be written"));
}

static void a_growing_report_is_added_to(void **state)
{
    struct output output;
    struct err err;
    (void)state;
    folder_write("log", SPAN("one\n"));
    assert_true(output_append(&output, "log", &err));
    fputs("two\n", output.file);
    fflush(output.file);
    assert_string_equal(folder_read("log"), "one\ntwo\n");
    assert_true(output_finish(&output, &err));
}

#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_appears_when_it_is_complete),
        IN_FOLDER(others_may_read_it_as_the_umask_says),
        IN_FOLDER(an_old_report_survives_a_failure),
        IN_FOLDER(what_is_no_file_is_not_replaced),
        IN_FOLDER(a_folder_that_is_not_there_is_told),
        IN_FOLDER(a_full_disk_is_told),
        IN_FOLDER(a_growing_report_is_added_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

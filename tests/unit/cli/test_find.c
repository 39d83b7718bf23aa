/* test_find.c - captures are found by content, in a fixed order.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "cli/find.h"
#include "cli/folder.h"

static const struct span pcap = SPAN_INIT("\xd4\xc3\xb2\xa1\x02\x00\x04\x00");

static void content_tells_not_the_name(void **state)
{
    static const struct span yes[] = {
        SPAN_INIT("\xa1\xb2\xc3\xd4"),
        SPAN_INIT("\x4d\x3c\xb2\xa1\x00"),
        SPAN_INIT("\x0a\x0d\x0d\x0a"),
        SPAN_INIT("\x1f\x8b\x08\x00"),
        SPAN_INIT("\xfd\x37zXZ\x00"),
        SPAN_INIT("\x28\xb5\x2f\xfd"),
        SPAN_INIT("BZh9"),
        SPAN_INIT("snoop\0\0\0\0"),
        SPAN_INIT("\x04\x22\x4d\x18"),
        SPAN_INIT("\xac\x01\x00\x1c"),
    };
    static const struct span no[] = {SPAN_INIT(""), SPAN_INIT("\xa1\xb2\xc3"),
                                     SPAN_INIT("Return-Path:")};
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(find_is_capture(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(find_is_capture(no[i]));
}

static void folders_are_searched_in_order(void **state)
{
    struct found found = {0};
    struct err err;
    (void)state;
    assert_int_equal(mkdir("in", 0700) | mkdir("in/b", 0700), 0);
    folder_write("in/c.txt", pcap);
    folder_write("in/b/z", pcap);
    folder_write("in/a.pcap", pcap);
    folder_write("in/notes.pcap", SPAN("not a capture"));
    folder_write("in/empty.pcap", SPAN(""));
    folder_write("in/d", SPAN("PK\x03\x04"));
    assert_int_equal(symlink("../..", "in/b/up"), 0);
    assert_int_equal(symlink("nowhere", "in/b/broken"), 0);
    assert_int_equal(mkfifo("in/pipe", 0600), 0);
    assert_true(find_captures(&found, "in", &err));
    assert_int_equal(found.count, 4);
    assert_string_equal(found.paths[0], "in/a.pcap");
    assert_string_equal(found.paths[1], "in/b/z");
    assert_string_equal(found.paths[2], "in/c.txt");
    assert_string_equal(found.paths[3], "in/d");
    assert_false(found.named[3]);
    arena_free(&found.mem);
}

static void a_file_that_is_named_is_taken_as_it_is(void **state)
{
    struct found found = {0};
    struct err err;
    (void)state;
    folder_write("x", SPAN("not a capture"));
    assert_true(find_captures(&found, "x", &err));
    assert_int_equal(found.count, 1);
    assert_true(found.named[0]);
    arena_free(&found.mem);
}

static void what_is_not_there_is_told(void **state)
{
    struct found found = {0};
    struct err err;
    (void)state;
    assert_false(find_captures(&found, "nowhere", &err));
    assert_string_equal(err.text, "nowhere: No such file or directory");
    assert_int_equal(found.count, 0);
}

#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_tells_not_the_name),
        IN_FOLDER(folders_are_searched_in_order),
        IN_FOLDER(a_file_that_is_named_is_taken_as_it_is),
        IN_FOLDER(what_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

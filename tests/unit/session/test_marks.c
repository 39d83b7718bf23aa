/* test_marks.c - the packet that brought a byte is found, also when older ones
 * are forgotten.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "session/marks.h"

static void the_packet_that_completed_it_is_found(void **state)
{
    (void)state;
    struct marks marks = {0};
    uint64_t frame = 99;
    int64_t time = 0;
    marks_find(&marks, 5, &frame, &time);
    assert_int_equal(frame, 99);
    marks_add(&marks, 10, 1, 100);
    marks_add(&marks, 20, 4, 400);
    marks_find(&marks, 10, &frame, &time);
    assert_int_equal(frame, 1);
    marks_find(&marks, 11, &frame, &time);
    assert_int_equal(frame, 4);
    assert_int_equal(time, 400);
    marks_find(&marks, 500, &frame, &time);
    assert_int_equal(frame, 4);
    marks_free(&marks);
}

static void what_is_forgotten_is_answered_by_the_oldest_kept(void **state)
{
    (void)state;
    struct marks marks = {0};
    uint64_t frame = 0;
    int64_t time = 0;
    for (uint64_t i = 1; i <= MARKS_MAX + 10; i++)
        marks_add(&marks, i * 10, i, (int64_t)i);
    marks_find(&marks, 10, &frame, &time);
    assert_int_equal(frame, 11);
    marks_find(&marks, (MARKS_MAX + 10) * 10, &frame, &time);
    assert_int_equal(frame, MARKS_MAX + 10);
    marks_free(&marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packet_that_completed_it_is_found),
        cmocka_unit_test(what_is_forgotten_is_answered_by_the_oldest_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

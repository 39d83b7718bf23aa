/* test_gunzip.c - a gzip file yields what is in it, however it ends.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/text.h"
#include "capture/input.h"

enum {
    WINDOW_GZIP = 15 + 16,
    BYTES = 300 * 1000, /* more than any block */
    TRAILER = 8,        /* RFC 1952 2.3: CRC32 and ISIZE */
};

/* Adds a member with `plain` in it; `flush` leaves a place at which all before
 * it can be read, after every so many bytes. */
static void compress_to(struct text *to, struct span plain, size_t flush)
{
    static uint8_t out[BYTES + BYTES / 8];
    z_stream z = {0};
    assert_int_equal(
        deflateInit2(&z, 6, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    z.next_out = out;
    z.avail_out = sizeof out;
    while (plain.n > flush) {
        z.next_in = plain.p;
        z.avail_in = (uInt)flush;
        assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
        plain = span_skip(plain, flush);
    }
    z.next_in = plain.p;
    z.avail_in = (uInt)plain.n;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    text_add(to, (struct span){out, sizeof out - z.avail_out});
    deflateEnd(&z);
}

/* Bytes that compress to about half. */
static struct span some_bytes(void)
{
    static uint8_t bytes[BYTES];
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(state >> 28);
    }
    return (struct span){bytes, sizeof bytes};
}

/* All that the file yields is the beginning of `plain`; how much, and the
 * trouble at its end ("" for none). */
static size_t read_all(struct span file, struct span plain, char trouble[256])
{
    struct err err;
    struct input *input = input_open_memory(file, &err);
    size_t done = 0;
    struct span some;
    assert_non_null(input);
    assert_false(input_is_plain(input));
    while ((some = input_take(input, 5000)).n > 0) {
        assert_true(done + some.n <= plain.n);
        assert_memory_equal(some.p, plain.p + done, some.n);
        done += some.n;
    }
    const char *why = input_trouble(input);
    strncpy(trouble, why ? why : "", 255);
    trouble[255] = '\0';
    input_close(&input);
    return done;
}

static void a_whole_file_is_read_without_trouble(void **state)
{
    (void)state;
    struct text file = {0};
    char trouble[256];
    struct span plain = some_bytes();
    compress_to(&file, plain, 1000);
    assert_int_equal(read_all(text_span(&file), plain, trouble), plain.n);
    assert_string_equal(trouble, "");
    text_free(&file);
}

static void a_cut_file_yields_all_before_the_cut(void **state)
{
    (void)state;
    struct text file = {0};
    char trouble[256];
    struct span plain = span_first(some_bytes(), 5000);
    compress_to(&file, plain, 500);
    size_t before = 0;
    for (size_t cut = 10; cut < file.n; cut++) {
        size_t n = read_all(span_first(text_span(&file), cut), plain, trouble);
        assert_true(n >= before);
        /* What came since the last flush can not be lost by much more. */
        assert_true(n + 1500 >= plain.n * cut / file.n);
        assert_string_equal(trouble, "truncated gzip input");
        before = n;
    }
    assert_int_equal(before, plain.n);
    text_free(&file);
}

static void members_behind_one_another_are_one_file(void **state)
{
    (void)state;
    struct text file = {0};
    char trouble[256];
    struct span plain = some_bytes();
    compress_to(&file, span_first(plain, 70000), BYTES);
    compress_to(&file, span_skip(plain, 70000), BYTES);
    assert_int_equal(read_all(text_span(&file), plain, trouble), plain.n);
    assert_string_equal(trouble, "");
    text_free(&file);
}

static void what_is_padded_behind_is_no_damage(void **state)
{
    (void)state;
    struct text file = {0};
    char trouble[256];
    struct span plain = span_first(some_bytes(), 3000);
    static const uint8_t zeros[70000];
    compress_to(&file, plain, BYTES);
    text_add(&file, (struct span){zeros, sizeof zeros});
    assert_int_equal(read_all(text_span(&file), plain, trouble), plain.n);
    assert_string_equal(trouble, "");
    text_free(&file);
}

static void damage_is_said_and_what_was_before_is_kept(void **state)
{
    (void)state;
    struct text file = {0};
    char trouble[256];
    struct span plain = some_bytes();
    compress_to(&file, plain, 1000);
    struct text wrong = {0};
    text_add(&wrong, span_first(text_span(&file), file.n - TRAILER));
    text_add(&wrong, SPAN("\1\2\3\4\5\6\7\10"));
    assert_int_equal(read_all(text_span(&wrong), plain, trouble), plain.n);
    assert_string_equal(trouble, "damaged gzip input");
    text_free(&wrong);
    text_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read_without_trouble),
        cmocka_unit_test(a_cut_file_yields_all_before_the_cut),
        cmocka_unit_test(members_behind_one_another_are_one_file),
        cmocka_unit_test(what_is_padded_behind_is_no_damage),
        cmocka_unit_test(damage_is_said_and_what_was_before_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

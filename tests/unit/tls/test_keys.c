/* test_keys.c - key logs: what is kept, what is passed over, and that a file
 * may grow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tls/keys.h"

#define RANDOM                                                                 \
    "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define HEX32 "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define HEX48 HEX32 "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"

static const uint8_t client_random[32] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static bool has(const struct tls_keys *keys, enum keys_label label,
                struct span *secret)
{
    return tls_keys_find(keys, label, (struct span){client_random, 32}, secret);
}

static void each_label_is_kept_apart(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    struct span secret;
    tls_keys_add(keys, SPAN("CLIENT_RANDOM " RANDOM " " HEX48 "\r\n"
                            "SERVER_TRAFFIC_SECRET_0 " RANDOM " " HEX32));
    assert_true(has(keys, KEYS_MASTER, &secret));
    assert_int_equal(secret.n, 48);
    assert_int_equal(secret.p[47], 0xcf);
    assert_true(has(keys, KEYS_SERVER_TRAFFIC, &secret));
    assert_int_equal(secret.n, 32);
    assert_false(has(keys, KEYS_CLIENT_TRAFFIC, &secret));
    assert_int_equal(tls_keys_counts(keys)->kept, 2);
    tls_keys_free(&keys);
    assert_null(keys);
}

static void bad_and_unknown_lines_are_counted(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    tls_keys_add(keys, SPAN("# a comment\n"
                            "\n"
                            "EXPORTER_SECRET " RANDOM " " HEX32 "\n"
                            "what is this\n"
                            "CLIENT_RANDOM " RANDOM "\n"
                            "CLIENT_RANDOM " RANDOM " " HEX32 "\n"
                            "CLIENT_RANDOM 0001 " HEX48 "\n"
                            "CLIENT_RANDOM " RANDOM " " HEX48 "00\n"
                            "CLIENT_RANDOM " RANDOM " x" HEX32 "\n"
                            "client_random " RANDOM " " HEX48 "\n"));
    assert_int_equal(tls_keys_counts(keys)->kept, 0);
    assert_int_equal(tls_keys_counts(keys)->unknown, 3);
    assert_int_equal(tls_keys_counts(keys)->bad, 5);
    tls_keys_free(&keys);
}

static void of_two_the_last_counts(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    struct span secret;
    tls_keys_add(keys, SPAN("CLIENT_TRAFFIC_SECRET_0 " RANDOM " " HEX32));
    tls_keys_add(keys, SPAN("CLIENT_TRAFFIC_SECRET_0 " RANDOM " " HEX48));
    assert_true(has(keys, KEYS_CLIENT_TRAFFIC, &secret));
    assert_int_equal(secret.n, 48);
    assert_int_equal(tls_keys_counts(keys)->kept, 1);
    tls_keys_free(&keys);
}

static void many_are_found_again(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    char line[256];
    for (unsigned i = 0; i < 5000; i++) {
        int n =
            snprintf(line, sizeof line, "CLIENT_RANDOM %08x%.56s %.88s%08x\n",
                     i, RANDOM, HEX48, i);
        tls_keys_add(keys, (struct span){(const uint8_t *)line, (size_t)n});
    }
    assert_int_equal(tls_keys_counts(keys)->kept, 5000);
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t id[32] = {0, 0, (uint8_t)(i >> 8), (uint8_t)i};
        struct span secret;
        memcpy(id + 4, client_random, 28);
        assert_true(
            tls_keys_find(keys, KEYS_MASTER, (struct span){id, 32}, &secret));
        assert_int_equal(secret.p[46], i >> 8);
        assert_int_equal(secret.p[47], i & 0xff);
    }
    tls_keys_free(&keys);
}

static void a_file_may_grow_even_inside_a_line(void **state)
{
    (void)state;
    static const char log[] = "SERVER_TRAFFIC_SECRET_0 " RANDOM " " HEX48 "\n"
                              "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " HEX48;
    char path[] = "/tmp/mailwhy-test-XXXXXX";
    struct err err;
    int file = mkstemp(path);
    struct tls_keys *keys = tls_keys_new();
    assert_true(tls_keys_open(keys, path, &err));
    for (size_t i = 0; i < sizeof log - 1; i++) {
        assert_int_equal(write(file, log + i, 1), 1);
        tls_keys_more(keys);
    }
    struct span secret;
    assert_true(has(keys, KEYS_SERVER_TRAFFIC, &secret));
    assert_int_equal(secret.n, 48);
    /* The last line, for want of a newline, is taken as it stands. */
    assert_true(has(keys, KEYS_CLIENT_TRAFFIC, &secret));
    assert_int_equal(secret.n, 48);
    assert_int_equal(tls_keys_counts(keys)->bad, 0);
    tls_keys_free(&keys);
    close(file);
    remove(path);
}

static void a_line_without_end_is_one_bad_line(void **state)
{
    (void)state;
    char path[] = "/tmp/mailwhy-test-XXXXXX";
    struct err err;
    FILE *file = fdopen(mkstemp(path), "w");
    for (int i = 0; i < 100000; i++)
        fputc('A', file);
    fputs("\nCLIENT_RANDOM " RANDOM " " HEX48 "\n", file);
    fclose(file);
    struct tls_keys *keys = tls_keys_new();
    struct span secret;
    assert_true(tls_keys_open(keys, path, &err));
    assert_true(has(keys, KEYS_MASTER, &secret));
    assert_int_equal(tls_keys_counts(keys)->bad, 1);
    tls_keys_free(&keys);
    remove(path);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    struct err err = {""};
    assert_false(tls_keys_open(keys, "/nonexistent/keys", &err));
    assert_non_null(strstr(err.text, "/nonexistent/keys"));
    assert_false(tls_keys_open(keys, "/", &err));
    assert_false(tls_keys_rsa(keys, "/dev/null", &err));
    assert_non_null(strstr(err.text, "RSA"));
    tls_keys_free(&keys);
}

static void premasters_are_found_by_what_was_encrypted(void **state)
{
    (void)state;
    struct tls_keys *keys = tls_keys_new();
    static const uint8_t encrypted[64] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint8_t premaster[KEYS_PREMASTER_SIZE];
    struct span asked = {encrypted, sizeof encrypted};
    assert_false(tls_keys_has_premasters(keys));
    tls_keys_add(keys, SPAN("RSA 0102030405060708 " HEX48));
    assert_true(tls_keys_has_premasters(keys));
    assert_true(tls_keys_premaster(keys, asked, premaster));
    assert_int_equal(premaster[0], 0xa0);
    assert_false(tls_keys_premaster(keys, span_skip(asked, 1), premaster));
    tls_keys_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_label_is_kept_apart),
        cmocka_unit_test(bad_and_unknown_lines_are_counted),
        cmocka_unit_test(of_two_the_last_counts),
        cmocka_unit_test(many_are_found_again),
        cmocka_unit_test(a_file_may_grow_even_inside_a_line),
        cmocka_unit_test(a_line_without_end_is_one_bad_line),
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
        cmocka_unit_test(premasters_are_found_by_what_was_encrypted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

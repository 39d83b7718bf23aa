/* test_secrets.c - TLS secrets inside a pcapng file (Decryption Secrets Blocks).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "base/text.h"
#include "capture/capture.h"

enum { TLS_KEYS = 0x544c534b, WIREGUARD_KEYS = 0x57474b4c };

static void put(struct text *file, uint32_t value, bool big)
{
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * (big ? 3 - i : i));
    text_add(file, (struct span){bytes, 4});
}

static void block(struct text *file, uint32_t type, struct span body, bool big)
{
    static const uint8_t zeros[4];
    size_t padding = (4 - body.n % 4) % 4;
    uint32_t length = (uint32_t)(12 + body.n + padding);
    put(file, type, big);
    put(file, length, big);
    text_add(file, body);
    text_add(file, (struct span){zeros, padding});
    put(file, length, big);
}

static void begin(struct text *file, bool big)
{
    struct text body = {0};
    put(&body, 0x1a2b3c4d, big);
    put(&body, big ? 0x00010000 : 1, big); /* version 1.0 */
    put(&body, 0xffffffff, big);
    put(&body, 0xffffffff, big);
    block(file, 0x0a0d0d0a, text_span(&body), big);
    text_free(&body);
}

/* A block that claims so many bytes of secrets. */
static void secrets(struct text *file, uint32_t kind, const char *lines,
                    uint32_t claimed, bool big)
{
    struct text body = {0};
    put(&body, kind, big);
    put(&body, claimed, big);
    text_adds(&body, lines);
    block(file, 10, text_span(&body), big);
    text_free(&body);
}

static void holds(const struct text *file, const char *expected)
{
    const struct capture_options options = {NULL, 0};
    struct err err;
    struct frame frame;
    struct capture *capture =
        capture_open_memory(text_span(file), &options, &err);
    assert_non_null(capture);
    while (capture_next(capture, &frame, &err) == CAPTURE_FRAME)
        ;
    struct span got = capture_secrets(capture);
    assert_true(span_same(got, span_of(expected)));
    capture_close(&capture);
}

static void blocks_of_either_byte_order_are_joined(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct text file = {0};
        begin(&file, big);
        secrets(&file, TLS_KEYS, "A 1 2\n", 6, big);
        secrets(&file, TLS_KEYS, "B 3 4", 5, big);
        secrets(&file, TLS_KEYS, "C 5 6\nrest", 6, big);
        holds(&file, "A 1 2\nB 3 4\nC 5 6\n");
        text_free(&file);
    }
}

static void other_secrets_and_wrong_lengths_are_passed_over(void **state)
{
    (void)state;
    struct text file = {0};
    begin(&file, false);
    secrets(&file, WIREGUARD_KEYS, "LOCAL x", 7, false);
    secrets(&file, TLS_KEYS, "A 1 2\n", 1000, false);
    secrets(&file, TLS_KEYS, "A 1 2\n", 0xffffffff, false);
    secrets(&file, TLS_KEYS, "", 0, false);
    block(&file, 10, SPAN("xy"), false);
    secrets(&file, TLS_KEYS, "B 3 4\n", 6, false);
    holds(&file, "B 3 4\n");
    text_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_either_byte_order_are_joined),
        cmocka_unit_test(other_secrets_and_wrong_lengths_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

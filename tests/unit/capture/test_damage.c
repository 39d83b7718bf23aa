/* test_damage.c - where a pcap file is damaged, wherever it is read ahead to.
 *
 * A FILE hands the file on in pieces of some kilobytes.  Packets of 100 bytes
 * put the headers of records everywhere in and across these pieces.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "capture/capture.h"

enum {
    PACKETS = 700, /* some pieces, some of which end within a header */
    BYTES = 100,
    HEADER = 24,
    RECORD = 16,
    TOO_LONG = 0x01020304,
};

static void put(struct text *file, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8),
                             (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    text_add(file, (struct span){bytes, sizeof bytes});
}

/* Packet `wrong` says that it is too long. */
static void write_file(struct text *file, uint64_t wrong)
{
    static const uint8_t packet[BYTES];
    const uint32_t header[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
    for (size_t i = 0; i < sizeof header / sizeof header[0]; i++)
        put(file, header[i]);
    for (uint64_t number = 1; number <= PACKETS; number++) {
        put(file, 0);
        put(file, 0);
        put(file, number == wrong ? TOO_LONG : BYTES);
        put(file, BYTES);
        text_add(file, (struct span){packet, BYTES});
    }
}

static uint64_t offset_of(uint64_t number)
{
    return HEADER + (number - 1) * (RECORD + BYTES);
}

/* Reads all; says how it ended. */
static enum capture_result read_file(struct span file, uint64_t *frames,
                                     uint64_t *offset, struct err *err)
{
    const struct capture_options options = {NULL, 0};
    struct capture *capture = capture_open_memory(file, &options, err);
    struct frame frame;
    enum capture_result result;
    assert_non_null(capture);
    *frames = 0;
    while ((result = capture_next(capture, &frame, err)) == CAPTURE_FRAME)
        assert_int_equal(frame.number, ++*frames);
    *offset = capture_offset(capture);
    capture_close(&capture);
    return result;
}

static void a_length_that_can_not_be_is_said_with_its_place(void **state)
{
    (void)state;
    for (uint64_t wrong = 1; wrong <= PACKETS; wrong++) {
        struct text file = {0};
        struct err err = {""};
        char expected[200];
        uint64_t frames, offset;
        write_file(&file, wrong);
        assert_int_equal(read_file(text_span(&file), &frames, &offset, &err),
                         CAPTURE_DAMAGED);
        assert_int_equal(frames, wrong - 1);
        assert_int_equal(offset, offset_of(wrong));
        snprintf(expected, sizeof expected,
                 "damaged at offset %" PRIu64 " (packet %" PRIu64
                 " says %d bytes, which is too long to be true)",
                 offset, wrong, TOO_LONG);
        assert_non_null(strstr(err.text, expected));
        text_free(&file);
    }
}

static void a_file_cut_anywhere_is_said_to_end_in_that_record(void **state)
{
    (void)state;
    struct text file = {0};
    uint64_t frames, offset;
    write_file(&file, 0);
    for (size_t n = HEADER; n < text_span(&file).n; n += 7) {
        struct err err = {""};
        char expected[200];
        uint64_t whole = (n - HEADER) / (RECORD + BYTES);
        size_t rest = (n - HEADER) % (RECORD + BYTES);
        enum capture_result result =
            read_file(span_first(text_span(&file), n), &frames, &offset, &err);
        assert_int_equal(result, rest ? CAPTURE_DAMAGED : CAPTURE_END);
        assert_int_equal(frames, whole);
        assert_int_equal(offset, offset_of(whole + 1));
        if (rest >= RECORD) {
            snprintf(expected, sizeof expected,
                     "packet %" PRIu64 " says %d bytes, %zu", whole + 1, BYTES,
                     rest - RECORD);
            assert_non_null(strstr(err.text, expected));
        }
    }
    text_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_that_can_not_be_is_said_with_its_place),
        cmocka_unit_test(a_file_cut_anywhere_is_said_to_end_in_that_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

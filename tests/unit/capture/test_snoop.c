/* test_snoop.c - snoop files give their packets, and say where they are damaged.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/dlt.h>

#include "base/text.h"
#include "capture/capture.h"

enum { HEADER = 16, RECORD = 24 };

static void put(struct text *file, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 8), (uint8_t)value};
    text_add(file, (struct span){bytes, sizeof bytes});
}

static void put_header(struct text *file, uint32_t version, uint32_t type)
{
    text_add(file, SPAN("snoop\0\0\0"));
    put(file, version);
    put(file, type);
}

/* A packet of 2 bytes for each that it had, and padding. */
static void put_packet(struct text *file, uint32_t captured, uint32_t padding)
{
    put(file, 2 * captured);
    put(file, captured);
    put(file, RECORD + captured + padding);
    put(file, 7); /* drops */
    put(file, 1000000000);
    put(file, 5);
    for (uint32_t i = 0; i < captured + padding; i++)
        text_add(file, i < captured ? SPAN("x") : SPAN("\0"));
}

/* Of memory that holds the file and not one byte more. */
static struct capture *open_exactly(struct span file, uint8_t **memory,
                                    struct err *err)
{
    const struct capture_options options = {NULL, 0};
    *memory = malloc(file.n ? file.n : 1);
    memcpy(*memory, file.p, file.n);
    return capture_open_memory((struct span){*memory, file.n}, &options, err);
}

static void packets_come_as_they_were_captured(void **state)
{
    (void)state;
    struct text file = {0};
    struct err err = {""};
    struct frame frame;
    uint8_t *memory;
    put_header(&file, 2, 4);
    put_packet(&file, 5, 3);
    put_packet(&file, 8, 0);
    put_packet(&file, 0, 100);
    struct capture *capture = open_exactly(text_span(&file), &memory, &err);
    assert_non_null(capture);
    assert_string_equal(capture_format(capture), "snoop");
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
    assert_int_equal(frame.number, 1);
    assert_int_equal(frame.time, INT64_C(1000000000000005000));
    assert_int_equal(frame.length, 10);
    assert_int_equal(frame.link, DLT_EN10MB);
    assert_true(span_same(frame.bytes, SPAN("xxxxx")));
    assert_int_equal(capture_dropped(capture), 7);
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
    assert_true(span_same(frame.bytes, SPAN("xxxxxxxx")));
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
    assert_int_equal(frame.bytes.n, 0);
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_END);
    assert_int_equal(capture_offset(capture), text_span(&file).n);
    capture_close(&capture);
    free(memory);
    text_free(&file);
}

/* How many packets, and then. */
static enum capture_result read_all(struct span file, uint64_t *frames,
                                    uint64_t *offset, struct err *err)
{
    struct frame frame;
    uint8_t *memory;
    enum capture_result result;
    struct capture *capture = open_exactly(file, &memory, err);
    assert_non_null(capture);
    *frames = 0;
    while ((result = capture_next(capture, &frame, err)) == CAPTURE_FRAME)
        ++*frames;
    *offset = capture_offset(capture);
    capture_close(&capture);
    free(memory);
    return result;
}

static void a_file_cut_anywhere_is_said_to_end_in_that_record(void **state)
{
    enum { BYTES = 5, PADDING = 3, WHOLE = RECORD + BYTES + PADDING };
    (void)state;
    struct text file = {0};
    put_header(&file, 2, 4);
    put_packet(&file, BYTES, PADDING);
    put_packet(&file, BYTES, PADDING);
    for (size_t n = HEADER; n <= text_span(&file).n; n++) {
        struct err err = {""};
        char expected[200];
        uint64_t frames, offset;
        size_t whole = (n - HEADER) / WHOLE, rest = (n - HEADER) % WHOLE;
        enum capture_result result =
            read_all(span_first(text_span(&file), n), &frames, &offset, &err);
        assert_int_equal(result, rest ? CAPTURE_DAMAGED : CAPTURE_END);
        assert_int_equal(frames, whole + (rest >= RECORD + BYTES));
        assert_int_equal(offset, HEADER + whole * WHOLE);
        snprintf(expected, sizeof expected, "cut short at offset %zu",
                 HEADER + whole * WHOLE);
        assert_true(!rest || strstr(err.text, expected));
    }
    text_free(&file);
}

/* The first packet is fine, the second is not. */
static void assert_damaged(uint32_t captured, uint32_t record, const char *says)
{
    struct text file = {0};
    struct err err = {""};
    uint64_t frames, offset;
    put_header(&file, 2, 4);
    put_packet(&file, 4, 0);
    put(&file, 60);
    put(&file, captured);
    put(&file, record);
    for (int i = 0; i < 100; i++)
        put(&file, 0);
    assert_int_equal(read_all(text_span(&file), &frames, &offset, &err),
                     CAPTURE_DAMAGED);
    assert_int_equal(frames, 1);
    assert_int_equal(offset, HEADER + RECORD + 4);
    assert_string_equal(err.text, says);
    text_free(&file);
}

static void what_can_not_be_is_said_with_its_place(void **state)
{
    (void)state;
    assert_damaged(0x01020304, 0x01020400,
                   "damaged at offset 44 (packet 2 says 16909060 bytes, which "
                   "is too long to be true); 1 packet was analysed");
    assert_damaged(60, 83,
                   "damaged at offset 44 (the record of packet 2 says 83 bytes "
                   "and holds 84); 1 packet was analysed");
    assert_damaged(60, 0,
                   "damaged at offset 44 (the record of packet 2 says 0 bytes "
                   "and holds 84); 1 packet was analysed");
}

/* LINK_NONE: refused. */
enum { LINK_NONE = -1 };
static const struct row {
    uint32_t type, padding;
    int link;
} rows[] = {
    {0,          0,  DLT_EN10MB },
    {2,          0,  DLT_IEEE802},
    {8,          2,  DLT_FDDI   },
    {26,         0,  DLT_IPOIB  },
    {0x80000005, 0,  DLT_IPNET  },
    {1,          0,  LINK_NONE  }, /* token bus */
    {12,         0,  LINK_NONE  }, /* asynchronous */
    {12,         15, LINK_NONE  }, /* so is this: too little for Surveyor */
    {12,         16, DLT_EN10MB }, /* Surveyor's gigabit Ethernet */
    {18,         0,  DLT_SUNATM },
    {18,         16, LINK_NONE  }, /* Surveyor's 802.11 */
    {0x80000004, 0,  LINK_NONE  },
    {0xffffffff, 0,  LINK_NONE  },
};

static void types_are_those_of_the_registry_or_of_surveyor(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text file = {0};
        struct err err = {""};
        struct frame frame;
        uint8_t *memory;
        put_header(&file, 2, rows[i].type);
        put_packet(&file, 5, rows[i].padding);
        struct capture *capture = open_exactly(text_span(&file), &memory, &err);
        if (rows[i].link == LINK_NONE) {
            assert_null(capture);
            assert_non_null(strstr(err.text, "of data link type 0x"));
        } else {
            assert_non_null(capture);
            assert_int_equal(capture_next(capture, &frame, &err),
                             CAPTURE_FRAME);
            assert_int_equal(frame.link, rows[i].link);
        }
        capture_close(&capture);
        free(memory);
        text_free(&file);
    }
}

static void a_header_that_is_cut_or_of_another_time_is_told(void **state)
{
    (void)state;
    struct text file = {0};
    struct err err = {""};
    uint8_t *memory;
    put_header(&file, 6, 4);
    assert_null(open_exactly(text_span(&file), &memory, &err));
    assert_string_equal(err.text,
                        "is a snoop file of version 6; 2 to 5 are known");
    free(memory);
    assert_null(open_exactly(span_first(text_span(&file), 15), &memory, &err));
    assert_non_null(strstr(err.text, "16 bytes of header, here are 15"));
    free(memory);
    text_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_come_as_they_were_captured),
        cmocka_unit_test(a_file_cut_anywhere_is_said_to_end_in_that_record),
        cmocka_unit_test(what_can_not_be_is_said_with_its_place),
        cmocka_unit_test(types_are_those_of_the_registry_or_of_surveyor),
        cmocka_unit_test(a_header_that_is_cut_or_of_another_time_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_variants.c - what others made of the pcap format, and what it is packed
 * in, is read as the packets that went in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <pcap/dlt.h>

#include "base/text.h"
#include "capture/capture.h"

/* Written in the byte order that is asked for: 2 is 16 bits, 4 is 32. */
struct writer {
    struct text file;
    bool little_endian;
};

static void put(struct writer *w, size_t size, uint32_t value)
{
    for (size_t i = 0; i < size; i++) {
        size_t at = w->little_endian ? i : size - 1 - i;
        uint8_t byte = (uint8_t)(value >> (8 * at));
        text_add(&w->file, (struct span){&byte, 1});
    }
}

/* clang-format off */
static const struct row {
    const char *name;
    uint32_t magic;
    uint16_t major, minor;
    uint32_t link_in_file;
    size_t after_header, after_record; /* bytes more than others have */
    int64_t fraction;                  /* nanoseconds that 5 stands for */
    int link;
} rows[] = {
    {"microseconds", 0xa1b2c3d4, 2, 4, 1, 0, 0, 5000, DLT_EN10MB},
    {"nanoseconds", 0xa1b23c4d, 2, 4, 1, 0, 0, 5, DLT_EN10MB},
    {"a minor version of the future", 0xa1b2c3d4, 2, 9, 1, 0, 0, 5000, DLT_EN10MB},
    {"long records", 0xa1b2cd34, 2, 4, 1, 0, 8, 5000, DLT_EN10MB},
    {"DG/UX", 0xa1b2c3d4, 543, 0, 1, 0, 0, 5000, DLT_EN10MB},
    {"Ixia, software", 0x1c0001ab, 2, 4, 1, 4, 0, 5000, DLT_EN10MB},
    {"Ixia, hardware", 0x1c0001ac, 2, 4, 1, 4, 0, 5, DLT_EN10MB},
    {"AIX, Ethernet", 0xa1b2c3d4, 2, 2, 6, 0, 0, 5, DLT_EN10MB},
    {"AIX, token ring", 0xa1b2c3d4, 2, 2, 9, 0, 0, 5, DLT_IEEE802},
    {"AIX, FDDI", 0xa1b2c3d4, 2, 2, 15, 0, 0, 5, DLT_FDDI},
    {"AIX, loopback", 0xa1b2c3d4, 2, 2, 24, 0, 0, 5, DLT_NULL},
    {"version 2.2, and not AIX", 0xa1b2c3d4, 2, 2, 1, 0, 0, 5000, DLT_EN10MB},
    {"ATM", 0xa1b2c3d4, 2, 4, 100, 0, 0, 5000, DLT_ATM_RFC1483},
    {"raw IP", 0xa1b2c3d4, 2, 4, 101, 0, 0, 5000, DLT_RAW},
    {"ATM of Linux", 0xa1b2c3d4, 2, 4, 106, 0, 0, 5000, DLT_ATM_CLIP},
    {"version 2.4 with a type that AIX has", 0xa1b2c3d4, 2, 4, 9, 0, 0, 5000, DLT_PPP},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

static struct span write_file(struct writer *w, const struct row *row)
{
    put(w, 4, row->magic);
    put(w, 2, row->major);
    put(w, 2, row->minor);
    put(w, 4, 0);
    put(w, 4, 0);
    put(w, 4, 65535);
    put(w, 4, row->link_in_file);
    if (row->after_header)
        put(w, row->after_header, 0);
    for (int i = 0; i < 2; i++) {
        put(w, 4, 1000000000);
        put(w, 4, 5);
        put(w, 4, 4);
        put(w, 4, 4);
        for (size_t n = 0; n < row->after_record; n++)
            put(w, 1, 0);
        text_adds(&w->file, "mail");
    }
    return text_span(&w->file);
}

static void assert_two_packets(struct span file, int64_t fraction, int link)
{
    const struct capture_options options = {NULL, 0};
    struct err err = {""};
    struct frame frame;
    uint8_t *memory = malloc(file.n);
    memcpy(memory, file.p, file.n);
    struct capture *capture =
        capture_open_memory((struct span){memory, file.n}, &options, &err);
    if (!capture)
        fail_msg("%s", err.text);
    for (uint64_t i = 1; i <= 2; i++) {
        assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
        assert_int_equal(frame.number, i);
        assert_int_equal(frame.time, INT64_C(1000000000000000000) + fraction);
        assert_int_equal(frame.link, link);
        assert_true(span_same(frame.bytes, SPAN("mail")));
    }
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_END);
    assert_int_equal(capture_offset(capture), file.n);
    capture_close(&capture);
    free(memory);
}

static void is_read(void **state)
{
    const struct row *row = *state;
    for (int little = 0; little < 2; little++) {
        struct writer w = {.little_endian = little};
        assert_two_packets(write_file(&w, row), row->fraction, row->link);
        text_free(&w.file);
    }
}

/* One packet of "mail" ten times, packed by liblz4 1.9.4. */
static void seconds_go_on_after_2038(void **state)
{
    (void)state;
    const struct capture_options options = {NULL, 0};
    struct err err = {""};
    struct frame frame;
    struct writer w = {.little_endian = true};
    write_file(&w, &rows[0]);
    memset(w.file.s + 24, 0xff, 4); /* the first packet's seconds */
    struct capture *capture =
        capture_open_memory(text_span(&w.file), &options, &err);
    assert_non_null(capture);
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
    assert_int_equal(frame.time, INT64_C(4294967295000005000));
    capture_close(&capture);
    text_free(&w.file);
}

static void formats_of_others_are_named(void **state)
{
    static const struct {
        struct span beginning;
        const char *named;
    } files[] = {
        {SPAN_INIT("GMBU\0\2\1\0"),               "Network Monitor"},
        {SPAN_INIT("\xaa\xaa\xaa\xaa\x20\0\0\0"), "5View"          },
        {SPAN_INIT("\x05VNF\x0a\0\0\0"),          "Visual Networks"},
        {SPAN_INIT("ObserverPktBufferVersion"),   "Observer"       },
    };
    (void)state;
    const struct capture_options options = {NULL, 0};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct err err = {""};
        assert_null(capture_open_memory(files[i].beginning, &options, &err));
        assert_non_null(strstr(err.text, files[i].named));
    }
}

static void lz4_is_unpacked(void **state)
{
    static const struct span file = SPAN_INIT(
        "\x04\x22\x4d\x18\x60\x40\x82\x2a\x00\x00\x00\x84\xd4\xc3\xb2\xa1"
        "\x02\x00\x04\x00\x01\x00\x62\xff\xff\x00\x00\x01\x00\x04\x00\x53"
        "\x02\x00\x00\x00\x28\x04\x00\x4f\x6d\x61\x69\x6c\x04\x00\x0c\x50"
        "\x6c\x6d\x61\x69\x6c\x00\x00\x00\x00");
    (void)state;
    for (size_t n = 0; n <= file.n; n++) { /* and cut anywhere */
        const struct capture_options options = {NULL, 0};
        struct err err = {""};
        struct frame frame;
        struct capture *capture =
            capture_open_memory(span_first(file, n), &options, &err);
        assert_true(n < file.n || capture);
        if (capture && n == file.n) {
            assert_int_equal(capture_next(capture, &frame, &err),
                             CAPTURE_FRAME);
            assert_int_equal(frame.bytes.n, 40);
            assert_true(span_same(span_first(frame.bytes, 8),
                                  SPAN("mailmail")));
            assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_END);
        }
        assert_true(capture || *err.text);
        capture_close(&capture);
    }
}

int main(void)
{
    struct CMUnitTest tests[ROWS + 3];
    for (size_t i = 0; i < ROWS; i++) {
        const void *row = &rows[i];
        tests[i] = (struct CMUnitTest){.name = rows[i].name,
                                       .test_func = is_read};
        memcpy(&tests[i].initial_state, &row, sizeof row);
    }
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(lz4_is_unpacked);
    tests[ROWS + 1] =
        (struct CMUnitTest)cmocka_unit_test(seconds_go_on_after_2038);
    tests[ROWS + 2] =
        (struct CMUnitTest)cmocka_unit_test(formats_of_others_are_named);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

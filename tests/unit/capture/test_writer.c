/* test_writer.c - what is written is read again as it was.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <pcap/dlt.h>

#include "capture/capture.h"
#include "capture/writer.h"

static const int64_t when = INT64_C(1000000000000000005);

/* The file, malloc()ed. */
static struct span written(bool pcapng, int link)
{
    const struct frame frame = {
        .link = link, .length = 6, .time = when, .bytes = SPAN("mail")};
    char *memory;
    size_t n;
    FILE *file = open_memstream(&memory, &n);
    struct writer *writer = writer_new(file, pcapng);
    writer_frame(writer, &frame);
    writer_end(&writer, 0);
    fclose(file);
    return (struct span){(const uint8_t *)memory, n};
}

static void assert_read(struct span file, int link)
{
    const struct capture_options options = {NULL, 0};
    struct err err = {""};
    struct frame frame;
    struct capture *capture = capture_open_memory(file, &options, &err);
    if (!capture)
        fail_msg("%s", err.text);
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_FRAME);
    assert_int_equal(frame.link, link);
    assert_int_equal(frame.time, when);
    assert_int_equal(frame.length, 6);
    assert_true(span_same(frame.bytes, SPAN("mail")));
    assert_int_equal(capture_next(capture, &frame, &err), CAPTURE_END);
    capture_close(&capture);
}

/* Some have other numbers in files than in memory. */
static void link_type_outlives_a_file(void **state)
{
    static const int links[] = {DLT_EN10MB,   DLT_RAW,    DLT_ATM_RFC1483,
                                DLT_ATM_CLIP, DLT_FRELAY, DLT_PKTAP};
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        for (int pcapng = 0; pcapng < 2; pcapng++) {
            struct span file = written(pcapng, links[i]);
            assert_read(file, links[i]);
            free((void *)(uintptr_t)file.p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_type_outlives_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

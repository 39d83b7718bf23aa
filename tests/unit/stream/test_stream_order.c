/* test_stream_order.c - however segments come, the bytes are the same.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

static const char words[] =
    "* OK ready\r\na1 LOGIN bob secret\r\na1 OK done\r\na2 LOGOUT\r\n";

enum { WORDS = sizeof words - 1 };

static struct span part(size_t from, size_t to)
{
    return (struct span){(const uint8_t *)words + from, to - from};
}

static void say_part(struct lab *lab, uint32_t first, size_t from, size_t to)
{
    SAY(lab, .dir = S2C, .seq = first + (uint32_t)from,
        .payload = part(from, to));
}

static void every_cut_gives_the_same_bytes(void **state)
{
    (void)state;
    for (size_t a = 0; a <= WORDS; a++) {
        for (size_t b = a; b <= WORDS; b++) {
            struct lab lab;
            lab_open(&lab);
            stream_begin(lab.stream, S2C, 7);
            say_part(&lab, 7, 0, a);
            say_part(&lab, 7, a, b);
            say_part(&lab, 7, b, WORDS);
            lab_heard(&lab, S2C, words);
            lab_close(&lab);
            lab_forget(&lab);
        }
    }
}

static void any_order_gives_the_same_bytes(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 300; round++) {
        struct lab lab;
        uint32_t first = lab_random(&seed) << 8; /* anywhere in 32 bits */
        size_t order[WORDS];
        for (size_t i = 0; i < WORDS; i++)
            order[i] = i;
        for (size_t i = WORDS - 1; i > 0; i--) {
            size_t j = lab_random(&seed) % (i + 1);
            size_t swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        lab_open(&lab);
        stream_begin(lab.stream, S2C, first);
        for (size_t i = 0; i < WORDS; i++) {
            /* of any length, so they overlap */
            size_t to = order[i] + 1 + lab_random(&seed) % 9;
            say_part(&lab, first, order[i], to < WORDS ? to : WORDS);
        }
        lab_heard(&lab, S2C, words);
        lab_close(&lab);
        lab_heard(&lab, S2C, words);
        lab_forget(&lab);
    }
}

static void duplicates_change_nothing(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    for (size_t i = 0; i < WORDS; i++)
        for (size_t j = i + 1; j <= WORDS && j < i + 4; j++)
            say_part(&lab, 0, i, j);
    say_part(&lab, 0, 0, WORDS);
    lab_heard(&lab, S2C, words);
    lab_close(&lab);
    lab_forget(&lab);
}

static void the_first_copy_of_a_byte_wins(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 100);
    SAY(&lab, .dir = C2S, .seq = 100, .payload = SPAN("good"));
    SAY(&lab, .dir = C2S, .seq = 100, .payload = SPAN("EVIL"));
    SAY(&lab, .dir = C2S, .seq = 102, .payload = SPAN("ILmore"));
    SAY(&lab, .dir = C2S, .seq = 110, .payload = SPAN("last"));
    SAY(&lab, .dir = C2S, .seq = 110, .payload = SPAN("LAST"));
    SAY(&lab, .dir = C2S, .seq = 108, .payload = SPAN(", "));
    lab_heard(&lab, C2S, "goodmore, last");
    lab_close(&lab);
    lab_forget(&lab);
}

static void sequence_numbers_wrap(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= WORDS; before++) {
        struct lab lab;
        lab_open(&lab);
        stream_begin(lab.stream, S2C, 0 - before);
        for (size_t i = WORDS; i-- > 0;)
            say_part(&lab, 0 - before, i, i + 1);
        lab_heard(&lab, S2C, words);
        lab_close(&lab);
        lab_forget(&lab);
    }
}

static void a_syn_counts_as_one_and_its_content_is_taken(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    SAY(&lab, .dir = C2S, .seq = 41, .syn = true, .payload = SPAN("fast"));
    SAY(&lab, .dir = C2S, .seq = 46, .payload = SPAN(" open"));
    lab_heard(&lab, C2S, "fast open");
    lab_close(&lab);
    lab_forget(&lab);
}

static void by_hand_the_syn_is_not_always_counted(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 1);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("* OK\r\n"));
    SAY(&lab, .dir = S2C, .seq = 6, .payload = SPAN("* BYE\r\n"));
    lab_heard(&lab, S2C, "* OK\r\n* BYE\r\n");
    lab_close(&lab);
    lab_forget(&lab);
}

static void from_the_middle_it_begins_with_the_first_segment(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    SAY(&lab, .dir = S2C, .seq = 4000000000u, .ack = 77, .has_ack = true,
        .payload = SPAN("in the"));
    SAY(&lab, .dir = S2C, .seq = 3999999990u, .payload = SPAN("too old"));
    SAY(&lab, .dir = S2C, .seq = 4000000006u, .payload = SPAN(" middle"));
    lab_heard(&lab, S2C, "in the middle");
    lab_close(&lab);
    lab_forget(&lab);
}

static void two_directions_do_not_mix(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 10);
    stream_begin(lab.stream, S2C, 20);
    SAY(&lab, .dir = S2C, .seq = 20, .ack = 10, .has_ack = true,
        .payload = SPAN("+OK\r\n"));
    SAY(&lab, .dir = C2S, .seq = 10, .ack = 25, .has_ack = true,
        .payload = SPAN("STAT\r\n"));
    SAY(&lab, .dir = S2C, .seq = 25, .ack = 16, .has_ack = true,
        .payload = SPAN("+OK 0 0\r\n"));
    lab_heard(&lab, C2S, "STAT\r\n");
    lab_heard(&lab, S2C, "+OK\r\n+OK 0 0\r\n");
    lab_close(&lab);
    lab_forget(&lab);
}

static void many_streams_do_not_mix(void **state)
{
    (void)state;
    struct lab lab[LAB_STREAMS];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LAB_STREAMS; i++)
            lab_open(&lab[i]);
        for (size_t k = 0; k < 50; k++) {
            for (size_t i = 0; i < LAB_STREAMS; i++) {
                char text[8];
                snprintf(text, sizeof text, "%02u:%02u;", (unsigned)i % 100,
                         (unsigned)k % 100);
                SAY(&lab[i], .dir = k % 2 ? C2S : S2C,
                    .seq = (uint32_t)(k / 2 * 6), .payload = span_of(text));
            }
        }
        for (size_t i = 0; i < LAB_STREAMS; i++) {
            char start[16];
            unsigned n = (unsigned)i % 100;
            snprintf(start, sizeof start, "%02u:01;%02u:03;", n, n);
            assert_memory_equal(lab[i].heard[C2S].s, start, 12);
            assert_int_equal(lab[i].heard[C2S].n, 25 * 6);
            assert_int_equal(lab[i].heard[S2C].n, 25 * 6);
            lab_close(&lab[i]);
            lab_forget(&lab[i]);
        }
    }
}

/* The next one may get what libnids had for the one before. */
static void what_a_stream_left_behind_is_not_the_next_one_s(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct lab before, after;
        lab_open(&before);
        stream_begin(before.stream, S2C, 7);
        stream_begin(before.stream, C2S, 9);
        before.keep = round % 3 == 0 ? 4 : 0; /* unused */
        before.abandon = round % 5 == 0;
        say_part(&before, 7, 0, 12);
        SAY(&before, .dir = C2S, .seq = 9, .payload = SPAN("NOOP\r\n"));
        if (round % 2)
            say_part(&before, 7, 20, WORDS); /* waits */
        lab_close(&before);
        lab_forget(&before);

        lab_open(&after);
        stream_begin(after.stream, S2C, (uint32_t)round << 24);
        say_part(&after, (uint32_t)round << 24, 0, 12);
        say_part(&after, (uint32_t)round << 24, 20, WORDS);
        say_part(&after, (uint32_t)round << 24, 12, 20);
        SAY(&after, .dir = C2S, .payload = SPAN("QUIT\r\n"));
        lab_heard(&after, S2C, words);
        lab_heard(&after, C2S, "QUIT\r\n");
        lab_close(&after);
        lab_forget(&after);
    }
}

static void the_engine_starts_again(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct lab lab;
        stream_engine_start(1 + (size_t)i);
        lab_open(&lab);
        SAY(&lab, .dir = C2S, .seq = 5, .payload = SPAN("again"));
        lab_heard(&lab, C2S, "again");
        lab_close(&lab);
        lab_forget(&lab);
        stream_engine_stop();
    }
}

/* A byte of a long stream, by its offset. */
static uint8_t byte_at(uint64_t offset)
{
    return (uint8_t)(offset ^ offset >> 8 ^ offset >> 16);
}

static void megabytes_out_of_order_survive(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20, PIECE = 1460, PIECES = SIZE / PIECE };
    uint8_t *all = must_alloc(SIZE);
    struct lab lab;
    for (size_t i = 0; i < SIZE; i++)
        all[i] = byte_at(i);
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0xfff00000u);
    for (size_t i = PIECES; i-- > 0;) /* the first comes last */
        SAY(&lab, .dir = S2C, .seq = 0xfff00000u + (uint32_t)(i * PIECE),
            .payload = {all + i * PIECE, PIECE});
    assert_int_equal(lab.heard[S2C].n, PIECES * PIECE);
    assert_memory_equal(lab.heard[S2C].s, all, PIECES * PIECE);
    lab_close(&lab);
    lab_forget(&lab);
    free(all);
}

static void a_segment_longer_than_a_packet_is_one(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    uint8_t *all = must_alloc(SIZE);
    struct lab lab;
    for (size_t i = 0; i < SIZE; i++)
        all[i] = byte_at(i);
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 1);
    SAY(&lab, .dir = S2C, .seq = 1 + 1000,
        .payload = {all + 1000, SIZE - 1000});
    SAY(&lab, .dir = S2C, .seq = 1, .payload = {all, 1000});
    assert_int_equal(lab.heard[S2C].n, SIZE);
    assert_memory_equal(lab.heard[S2C].s, all, SIZE);
    lab_close(&lab);
    lab_forget(&lab);
    free(all);
}

/* One side only, past 4 GiB: nobody ever acknowledges. */
static void a_stream_longer_than_4_gigabytes_is_whole(void **state)
{
    (void)state;
    enum { PIECE = 1 << 20 };
    const uint64_t pieces = (UINT64_C(4) << 30) / PIECE + 8;
    struct lab lab;
    uint8_t *piece = must_alloc(PIECE);
    lab_open(&lab);
    lab.quiet = true;
    for (uint64_t i = 0; i < pieces; i++) {
        struct segment segment = {
            .dir = S2C,
            .seq = (uint32_t)(i * PIECE),
            .payload = {piece, PIECE},
            .length = PIECE
        };
        stream_segment(lab.stream, &segment);
    }
    assert_int_equal(lab.reached[S2C], pieces * PIECE);
    assert_int_equal(lab.lost[S2C], 0);
    lab_close(&lab);
    lab_forget(&lab);
    free(piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cut_gives_the_same_bytes,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(any_order_gives_the_same_bytes,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(duplicates_change_nothing, lab_start,
                                        lab_stop),
        cmocka_unit_test_setup_teardown(the_first_copy_of_a_byte_wins,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(sequence_numbers_wrap, lab_start,
                                        lab_stop),
        cmocka_unit_test_setup_teardown(
            a_syn_counts_as_one_and_its_content_is_taken, lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(
            from_the_middle_it_begins_with_the_first_segment, lab_start,
            lab_stop),
        cmocka_unit_test_setup_teardown(by_hand_the_syn_is_not_always_counted,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(two_directions_do_not_mix, lab_start,
                                        lab_stop),
        cmocka_unit_test_setup_teardown(many_streams_do_not_mix, lab_start,
                                        lab_stop),
        cmocka_unit_test_setup_teardown(
            what_a_stream_left_behind_is_not_the_next_one_s, lab_start,
            lab_stop),
        cmocka_unit_test(the_engine_starts_again),
        cmocka_unit_test_setup_teardown(megabytes_out_of_order_survive,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(a_segment_longer_than_a_packet_is_one,
                                        lab_start, lab_stop),
        cmocka_unit_test_setup_teardown(
            a_stream_longer_than_4_gigabytes_is_whole, lab_start, lab_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

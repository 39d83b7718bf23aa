/* test_stream_gaps.c - what was never captured is told as a gap, once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

static void a_hole_nobody_acknowledged_waits(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("one "));
    SAY(&lab, .dir = S2C, .seq = 8, .payload = SPAN("three"));
    SAY(&lab, .dir = C2S, .seq = 0, .ack = 4, .has_ack = true);
    lab_heard(&lab, S2C, "one ");
    SAY(&lab, .dir = S2C, .seq = 4, .payload = SPAN("two "));
    lab_heard(&lab, S2C, "one two three");
    lab_close(&lab);
    lab_forget(&lab);
}

/* C: acknowledges what the capture has not; then speaks of other things. */
static void an_acknowledged_hole_is_a_gap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0xfffffffe);
    SAY(&lab, .dir = S2C, .seq = 0xfffffffe, .payload = SPAN("one "));
    SAY(&lab, .dir = S2C, .seq = 6, .payload = SPAN("three"));
    SAY(&lab, .dir = C2S, .seq = 0, .ack = 11, .has_ack = true);
    SAY(&lab, .dir = S2C, .seq = 11, .payload = SPAN(" four"));
    SAY(&lab, .dir = C2S, .seq = 0, .ack = 16, .has_ack = true);
    lab_heard(&lab, S2C, "one <4>three four");
    assert_int_equal(lab.reached[S2C], 18);
    lab_close(&lab);
    lab_forget(&lab);
}

static void a_gap_comes_before_the_answer_to_it(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("NOOP\r\n"), .time = 1);
    /* ten bytes of the client's were not captured */
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 16, .has_ack = true, .time = 2,
        .payload = SPAN("+OK\r\n"));
    lab_heard(&lab, C2S, "NOOP\r\n");
    lab_heard(&lab, S2C, ""); /* it waits for them, but not for long */
    SAY(&lab, .dir = C2S, .seq = 16, .ack = 5, .has_ack = true, .time = 3,
        .payload = SPAN("QUIT\r\n"));
    lab_heard(&lab, C2S, "NOOP\r\n<10>QUIT\r\n");
    lab_heard(&lab, S2C, "+OK\r\n");
    lab_close(&lab);
    lab_forget(&lab);
}

static void an_answer_stored_before_its_question_waits(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("NOOP\r\n"), .time = 1);
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 12, .has_ack = true, .time = 3,
        .payload = SPAN("+OK\r\n"));
    SAY(&lab, .dir = S2C, .seq = 5, .ack = 12, .has_ack = true, .time = 3,
        .payload = SPAN("+OK bye\r\n"));
    lab_heard(&lab, S2C, "");
    SAY(&lab, .dir = C2S, .seq = 6, .ack = 0, .has_ack = true, .time = 2,
        .payload = SPAN("QUIT\r\n"));
    lab_heard(&lab, C2S, "NOOP\r\nQUIT\r\n");
    lab_heard(&lab, S2C, "+OK\r\n+OK bye\r\n");
    assert_int_equal(lab.lost[C2S], 0);
    lab_close(&lab);
    lab_forget(&lab);
}

/* The greeting is stored after its acknowledgement; so far the server was known
 * by its SYN-ACK alone. */
static void the_first_words_may_be_late_as_well(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 100);
    stream_begin(lab.stream, S2C, 500);
    stream_heard(lab.stream, S2C);
    SAY(&lab, .dir = C2S, .seq = 100, .ack = 506, .has_ack = true,
        .payload = SPAN("a1 NOOP\r\n"), .time = 90000000);
    lab_heard(&lab, C2S, "");
    SAY(&lab, .dir = S2C, .seq = 500, .ack = 100, .has_ack = true, .time = 1,
        .payload = SPAN("* OK\r\n"));
    lab_heard(&lab, S2C, "* OK\r\n");
    lab_heard(&lab, C2S, "a1 NOOP\r\n");
    lab_close(&lab);
    lab_forget(&lab);
}

static void with_one_direction_only_nothing_waits(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 100);
    stream_begin(lab.stream, S2C, 500);
    SAY(&lab, .dir = S2C, .seq = 500, .ack = 100, .has_ack = true,
        .payload = SPAN("* OK\r\n"));
    SAY(&lab, .dir = S2C, .seq = 506, .ack = 130, .has_ack = true,
        .payload = SPAN("a1 OK\r\n"));
    lab_heard(&lab, S2C, "* OK\r\na1 OK\r\n");
    lab_heard(&lab, C2S, "<30>");
    lab_close(&lab);
    lab_forget(&lab);
}

static void the_acknowledgement_of_a_fin_is_no_gap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("QUIT\r\n"), .fin = true);
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 7, .has_ack = true,
        .payload = SPAN("bye"), .fin = true);
    SAY(&lab, .dir = C2S, .seq = 7, .ack = 4, .has_ack = true);
    lab_close(&lab);
    lab_heard(&lab, C2S, "QUIT\r\n");
    lab_heard(&lab, S2C, "bye");
    lab_forget(&lab);
}

static void neither_is_that_of_a_fin_that_was_not_captured(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("QUIT\r\n"));
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 7, .has_ack = true);
    lab_close(&lab);
    lab_heard(&lab, C2S, "QUIT\r\n");
    lab_forget(&lab);
}

static void a_segment_cut_short_leaves_a_gap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("head"), .length = 100);
    SAY(&lab, .dir = S2C, .seq = 100, .payload = SPAN("more"), .length = 50);
    lab_heard(&lab, S2C, "head<96>more<46>");
    /* out of order: the tails wait like the heads */
    SAY(&lab, .dir = S2C, .seq = 160, .payload = SPAN("late"), .length = 20);
    SAY(&lab, .dir = S2C, .seq = 180, .payload = SPAN("end."));
    SAY(&lab, .dir = S2C, .seq = 150, .payload = SPAN("0123456789"));
    lab_heard(&lab, S2C, "head<96>more<46>0123456789late<16>end.");
    lab_close(&lab);
    lab_forget(&lab);
}

static void headers_alone_are_all_gap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    for (uint32_t i = 0; i < 10; i++)
        SAY(&lab, .dir = S2C, .seq = 1000 * i, .length = 1000);
    assert_int_equal(lab.lost[S2C], 10000);
    lab_close(&lab);
    lab_forget(&lab);
}

static void a_whole_copy_mends_one_that_was_cut_short(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 5, .payload = SPAN("ab"), .length = 4);
    SAY(&lab, .dir = S2C, .seq = 5, .payload = SPAN("abcd"));
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("12345"));
    lab_heard(&lab, S2C, "12345abcd");
    lab_close(&lab);
    lab_forget(&lab);
}

static void at_the_end_what_waits_is_handed_over(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    stream_begin(lab.stream, C2S, 0);
    SAY(&lab, .dir = S2C, .seq = 10, .payload = SPAN("two"));
    SAY(&lab, .dir = S2C, .seq = 20, .payload = SPAN("three"), .length = 9);
    SAY(&lab, .dir = C2S, .seq = 1, .payload = SPAN("client"));
    lab_heard(&lab, S2C, "");
    lab_close(&lab);
    lab_heard(&lab, S2C, "<10>two<7>three<4>");
    lab_heard(&lab, C2S, "<1>client");
    lab_forget(&lab);
}

static void unused_bytes_come_again(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab.step = 4;
    stream_begin(lab.stream, C2S, 0);
    for (uint32_t i = 0; i < 9; i++)
        SAY(&lab, .dir = C2S, .seq = i,
            .payload = {(const uint8_t *)"abcdefghi" + i, 1});
    lab_heard(&lab, C2S, "abcdefgh");
    assert_int_equal(lab.most, 4);
    lab_close(&lab);
    lab_forget(&lab);
}

static void what_was_unused_before_a_gap_is_counted_in(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab.step = 4;
    stream_begin(lab.stream, C2S, 0);
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("abcdef"));
    SAY(&lab, .dir = C2S, .seq = 10, .payload = SPAN("klmn"));
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 10, .has_ack = true);
    SAY(&lab, .dir = C2S, .seq = 14, .payload = SPAN("o"));
    lab_heard(&lab, C2S, "abcd<6>klmn");
    SAY(&lab, .dir = S2C, .seq = 0, .ack = 1000, .has_ack = true);
    SAY(&lab, .dir = C2S, .seq = 1000, .payload = SPAN("wxyz"));
    lab_heard(&lab, C2S, "abcd<6>klmn<986>wxyz");
    lab_close(&lab);
    lab_forget(&lab);
}

static void a_taker_that_uses_nothing_loses_it(void **state)
{
    (void)state;
    enum { PIECE = 1000 };
    uint8_t piece[PIECE] = {0};
    struct lab lab;
    lab_open(&lab);
    lab.keep = SIZE_MAX;
    for (uint32_t i = 0; i < 1000; i++)
        SAY(&lab, .dir = S2C, .seq = i * PIECE, .payload = {piece, PIECE});
    assert_true(lab.most > STREAM_UNUSED_MAX - PIECE);
    assert_true(lab.most <= STREAM_UNUSED_MAX + PIECE);
    assert_true(lab.lost[S2C] > 1000 * PIECE - STREAM_UNUSED_MAX - PIECE);
    lab_close(&lab);
    lab_forget(&lab);
}

static void past_the_cap_a_hole_becomes_a_gap(void **state)
{
    (void)state;
    enum { PIECE = 1460, PIECES = STREAM_WAIT_MAX / PIECE + 100 };
    uint8_t piece[PIECE] = {0};
    struct lab lab;
    lab_open(&lab);
    lab.quiet = true;
    stream_begin(lab.stream, S2C, 0);
    for (uint32_t i = 1; i <= PIECES; i++)
        SAY(&lab, .dir = S2C, .seq = i * PIECE, .payload = {piece, PIECE});
    assert_int_equal(lab.lost[S2C], PIECE);
    assert_int_equal(lab.reached[S2C], (PIECES + 1) * PIECE);
    lab_close(&lab);
    lab_forget(&lab);
}

static void tiny_segments_are_capped_by_what_they_cost(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab.quiet = true;
    stream_begin(lab.stream, S2C, 0);
    for (uint32_t i = 40000; i > 0; i--) /* backwards, every second byte */
        SAY(&lab, .dir = S2C, .seq = i * 2, .payload = SPAN("x"));
    assert_true(lab.lost[S2C] > 0);
    lab_close(&lab);
    lab_forget(&lab);
}

static void a_forged_jump_ahead_is_not_believed(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("one "));
    SAY(&lab, .dir = S2C, .seq = 0x40000000, .payload = SPAN("evil"));
    SAY(&lab, .dir = S2C, .seq = 4, .payload = SPAN("two"));
    lab_heard(&lab, S2C, "one two");
    lab_close(&lab);
    lab_heard(&lab, S2C, "one two");
    lab_forget(&lab);
}

static void a_jump_that_goes_on_is_a_long_gap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("one "));
    SAY(&lab, .dir = S2C, .seq = 0x40000000, .payload = SPAN("lost"));
    SAY(&lab, .dir = S2C, .seq = 0x40000004, .payload = SPAN("two"));
    lab_heard(&lab, S2C, "one <1073741824>two");
    lab_close(&lab);
    lab_forget(&lab);
}

static void gaps_of_gigabytes_pass_the_wrap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    stream_begin(lab.stream, S2C, 0);
    uint32_t seq = 0;
    for (int i = 0; i < 200; i++) { /* 200 times 60 MB */
        seq += 60000000;
        SAY(&lab, .dir = C2S, .ack = seq, .has_ack = true);
        SAY(&lab, .dir = S2C, .seq = seq, .payload = SPAN("x"));
        seq++;
    }
    assert_int_equal(lab.reached[S2C], UINT64_C(12000000200));
    assert_int_equal(lab.lost[S2C], UINT64_C(12000000000));
    lab_close(&lab);
    lab_forget(&lab);
}

static void resets_are_not_asked(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    stream_begin(lab.stream, C2S, 0);
    stream_begin(lab.stream, S2C, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("still "));
    SAY(&lab, .dir = C2S, .seq = 0, .ack = 5000, .has_ack = true, .rst = true);
    SAY(&lab, .dir = S2C, .seq = 6, .rst = true, .payload = SPAN("forged"));
    SAY(&lab, .dir = S2C, .seq = 6, .payload = SPAN("here"));
    lab_heard(&lab, S2C, "still here");
    lab_close(&lab);
    lab_forget(&lab);
}

static void an_abandoned_stream_is_silent(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab.abandon = true;
    stream_begin(lab.stream, C2S, 0);
    SAY(&lab, .dir = C2S, .seq = 5, .payload = SPAN("later"));
    SAY(&lab, .dir = C2S, .seq = 0, .payload = SPAN("first"));
    SAY(&lab, .dir = C2S, .seq = 10, .payload = SPAN("never"));
    lab_heard(&lab, C2S, "first");
    stream_abandon(lab.stream);
    lab_close(&lab);
    lab_heard(&lab, C2S, "first");
    lab_forget(&lab);
}

static void every_byte_is_found_in_its_packet(void **state)
{
    (void)state;
    struct lab lab;
    uint64_t frame;
    int64_t time;
    lab_open(&lab);
    stream_begin(lab.stream, S2C, 0);
    stream_locate(lab.stream, S2C, 1, &frame, &time);
    assert_int_equal(frame, 0);
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("aaaa"));         /* 1 */
    SAY(&lab, .dir = S2C, .seq = 8, .payload = SPAN("cccc"));         /* 2 */
    SAY(&lab, .dir = S2C, .seq = 2, .payload = SPAN("AAbbbbCC"));     /* 3 */
    SAY(&lab, .dir = S2C, .seq = 0, .payload = SPAN("aaaabbbbcccc")); /* 4 */
    SAY(&lab, .dir = S2C, .seq = 12, .payload = SPAN("dddd"));        /* 5 */
    static const uint64_t frames[] = {1, 1, 1, 1, 1, 3, 3, 3, 3,
                                      3, 3, 2, 2, 5, 5, 5, 5};
    for (uint64_t i = 1; i <= 16; i++) {
        stream_locate(lab.stream, S2C, i, &frame, &time);
        assert_int_equal(frame, frames[i]);
        assert_int_equal(time, (int64_t)frame * 1000000000);
    }
    lab_close(&lab);
    lab_forget(&lab);
}

static void the_last_packets_are_still_known(void **state)
{
    (void)state;
    struct lab lab;
    uint64_t frame;
    int64_t time;
    lab_open(&lab);
    lab.quiet = true;
    for (uint32_t i = 0; i < 100000; i++)
        SAY(&lab, .dir = S2C, .seq = i, .payload = SPAN("x"));
    for (uint64_t i = 100000; i > 99950; i--) {
        stream_locate(lab.stream, S2C, i, &frame, &time);
        assert_int_equal(frame, i);
    }
    stream_abandon(lab.stream);
    stream_locate(lab.stream, S2C, 100000, &frame, &time);
    assert_int_equal(frame, 100000);
    lab_close(&lab);
    lab_forget(&lab);
}

/* Whatever the numbers: every byte is handed over or told as lost, once. */
static void nonsense_is_survived(void **state)
{
    (void)state;
    static const uint8_t content[3000];
    uint32_t seed = 3;
    for (int round = 0; round < 6; round++) {
        struct lab lab;
        lab_open(&lab);
        lab.keep = round % 3 ? 0 : 10;
        for (int i = 0; i < 5000; i++) {
            uint32_t wild = lab_random(&seed);
            uint32_t cut = lab_random(&seed) % 3000;
            uint32_t near = (uint32_t)i * 700;
            SAY(&lab, .dir = wild & 1 ? C2S : S2C,
                .seq = (wild & 0xfe) == 0 ? lab_random(&seed) << 8
                                          : near + lab_random(&seed) % 9000,
                .ack = (wild & 0x3f00) == 0
                           ? lab_random(&seed) << 8
                           : near - 5000 + lab_random(&seed) % 9000,
                .has_ack = wild >> 14 & 1, .syn = (wild >> 15 & 63) == 0,
                .fin = (wild >> 17 & 63) == 0, .rst = (wild >> 19 & 31) == 0,
                .payload = {content, cut}, .length = wild >> 16 & 1 ? 3000 : 0,
                .time = 1 + (int64_t)(lab_random(&seed) % 200) * 1000000);
        }
        lab_close(&lab);
        lab_forget(&lab);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_start, lab_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hole_nobody_acknowledged_waits),
        TEST(an_acknowledged_hole_is_a_gap),
        TEST(a_gap_comes_before_the_answer_to_it),
        TEST(an_answer_stored_before_its_question_waits),
        TEST(the_first_words_may_be_late_as_well),
        TEST(with_one_direction_only_nothing_waits),
        TEST(the_acknowledgement_of_a_fin_is_no_gap),
        TEST(neither_is_that_of_a_fin_that_was_not_captured),
        TEST(a_segment_cut_short_leaves_a_gap),
        TEST(headers_alone_are_all_gap),
        TEST(a_whole_copy_mends_one_that_was_cut_short),
        TEST(at_the_end_what_waits_is_handed_over),
        TEST(unused_bytes_come_again),
        TEST(what_was_unused_before_a_gap_is_counted_in),
        TEST(a_taker_that_uses_nothing_loses_it),
        TEST(past_the_cap_a_hole_becomes_a_gap),
        TEST(tiny_segments_are_capped_by_what_they_cost),
        TEST(a_forged_jump_ahead_is_not_believed),
        TEST(a_jump_that_goes_on_is_a_long_gap),
        TEST(gaps_of_gigabytes_pass_the_wrap),
        TEST(resets_are_not_asked),
        TEST(an_abandoned_stream_is_silent),
        TEST(every_byte_is_found_in_its_packet),
        TEST(the_last_packets_are_still_known),
        TEST(nonsense_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_flow_content.c - bytes: new, sent again, missed, stalled, not wanted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

static void each_byte_is_counted_once(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    assert_true(
        S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10).new_content);
    assert_false(
        S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10).new_content);
    assert_true(S(.flags = TCP_ACK, .seq = 506, .ack = 101, .n = 10)
                    .new_content); /* half of it is */
    const struct flow_side *server = &lab.last.flow->side[S2C];
    assert_int_equal(server->bytes, 15);
    assert_int_equal(server->segments, 3);
    assert_int_equal(server->retransmissions, 2);
    lab_close(&lab);
}

static void a_hole_that_is_filled_soon_is_no_retransmission(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 511, .ack = 101, .n = 10, .at = 101);
    S(.flags = TCP_ACK, .seq = 531, .ack = 101, .n = 10, .at = 102);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10, .at = 103);
    assert_true(lab.last.new_content);
    S(.flags = TCP_ACK, .seq = 524, .ack = 101, .n = 3,
      .at = 104); /* its middle */
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = 10, .at = 105);
    assert_true(lab.last.new_content);
    C(.flags = TCP_ACK, .seq = 101, .ack = 541, .at = 106);
    const struct flow_side *server = &lab.last.flow->side[S2C];
    assert_int_equal(server->bytes, 40);
    assert_int_equal(server->retransmissions, 1);
    lab_end(&lab);
    assert_int_equal(lab.copy.side[S2C].missed, 0);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void acknowledged_and_never_captured_is_missed(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = 10);
    C(.flags = TCP_ACK, .seq = 101, .ack = 511);
    C(.flags = TCP_ACK, .seq = 101, .ack = 516); /* half of the hole */
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_gap, 0)->bytes, 5);
    assert_int_equal(FRAME(tcp_gap, 0), 7);
    assert_int_equal(flow_table_counts(lab.table)->missed_bytes, 5);
    lab_close(&lab);
}

static void nothing_is_missed_where_an_ack_was_stored_first(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 512);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10);
    assert_true(lab.last.new_content);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 511, .ack = 101);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void keep_alives_are_no_content(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 10);
    S(.flags = TCP_ACK, .seq = 501, .ack = 111);
    C(.flags = TCP_ACK, .seq = 110, .ack = 501);
    C(.flags = TCP_ACK, .seq = 110, .ack = 501, .n = 1);
    assert_false(lab.last.new_content);
    assert_int_equal(lab.last.flow->side[C2S].retransmissions, 0);
    assert_int_equal(lab.last.flow->side[C2S].segments, 1);
    lab_close(&lab);
}

static void sequence_numbers_wrap(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 0xfffffffa);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 0xfffffffb);
    C(.flags = TCP_ACK, .seq = 0xfffffffb, .ack = 501, .n = 10);
    C(.flags = TCP_ACK, .seq = 5, .ack = 501, .n = 10);
    C(.flags = TCP_ACK, .seq = 0xfffffffb, .ack = 501, .n = 10);
    S(.flags = TCP_ACK, .seq = 501, .ack = 15);
    assert_int_equal(lab.last.flow->side[C2S].bytes, 20);
    assert_int_equal(lab.last.flow->side[C2S].retransmissions, 1);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void a_segment_sent_three_times_is_a_stall(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 20, .at = 100);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .at = 110);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = MSS - 12, .at = 5110);
    S(.flags = TCP_ACK, .seq = 1969, .ack = 101, .n = 50, .at = 5111);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .sack = 1969, .at = 5120);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = MSS - 12, .at = 5410);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = MSS - 12, .at = 6010);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = MSS - 12, .at = 7210);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_stall), 1);
    const struct fact_tcp_stall *stall = TOLD(tcp_stall, 0);
    assert_text(stall->by, "server");
    assert_int_equal(stall->bytes, MSS - 12);
    assert_int_equal(stall->count, 4);
    assert_seconds(stall->seconds, 2.1);
    assert_false(stall->delivered);
    assert_true(stall->full_size);
    assert_true(stall->small_passed);
    assert_true(stall->later_sacked);
    assert_true(stall->other_side_alive);
    assert_seconds(stall->idle_before, 5);
    assert_int_equal(FRAME(tcp_stall, 0), 11);
    lab_close(&lab);
}

static void a_stall_that_ends_was_delivered(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 1000);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 1200);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 1600);
    S(.flags = TCP_ACK, .seq = 501, .ack = 121, .at = 1640);
    C(.flags = TCP_ACK, .seq = 121, .ack = 501, .n = 20, .at = 1700);
    C(.flags = TCP_ACK, .seq = 121, .ack = 501, .n = 20, .at = 1900);
    S(.flags = TCP_ACK, .seq = 501, .ack = 141, .at = 1940);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_stall), 1); /* twice is no stall */
    assert_true(TOLD(tcp_stall, 0)->delivered);
    assert_false(TOLD(tcp_stall, 0)->full_size);
    assert_false(TOLD(tcp_stall, 0)->other_side_alive);
    assert_seconds(TOLD(tcp_stall, 0)->seconds, 0.64);
    lab_close(&lab);
}

static void silence_counts_how_often_the_last_word_was_said(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 1000);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 2000);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 20, .at = 4000);
    lab_end(&lab);
    assert_text(TOLD(tcp_silence, 0)->speaker, "client");
    assert_false(TOLD(tcp_silence, 0)->acknowledged);
    assert_int_equal(TOLD(tcp_silence, 0)->retransmissions, 2);
    assert_seconds(TOLD(tcp_silence, 0)->seconds, 3);
    lab_close(&lab);
}

static void a_closed_window_that_opens_again(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 20, .at = 1000);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .window = NO_WINDOW,
      .at = 1010);
    S(.flags = TCP_ACK, .seq = 520, .ack = 101, .at = 2010);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .window = NO_WINDOW,
      .at = 2020);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = 1, .at = 4010);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .window = NO_WINDOW,
      .at = 4020);
    C(.flags = TCP_ACK, .seq = 101, .ack = 522, .at = 5010);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_zero_window), 1);
    assert_text(TOLD(tcp_zero_window, 0)->by, "client");
    assert_seconds(TOLD(tcp_zero_window, 0)->seconds, 4);
    assert_int_equal(TOLD(tcp_zero_window, 0)->probes, 2);
    assert_true(TOLD(tcp_zero_window, 0)->reopened);
    assert_int_equal(FRAME(tcp_zero_window, 0), 5);
    lab_close(&lab);
}

static void a_closed_window_lasts_to_the_end(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .window = NO_WINDOW,
      .at = 1000);
    lab.capture_end = lab.time + 30 * CLOCK_SECOND;
    lab_end(&lab);
    assert_seconds(TOLD(tcp_zero_window, 0)->seconds, 30);
    assert_false(TOLD(tcp_zero_window, 0)->reopened);
    lab_close(&lab);
}

static void a_packet_captured_twice_is_a_duplicate(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 9, .id = 7, .at = 500);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 9, .id = 7, .at = 501,
      .ttl = 63); /* behind a router */
    assert_true(lab.last.duplicate);
    assert_false(lab.last.new_content);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 9, .id = 8, .at = 502);
    assert_false(lab.last.duplicate); /* sent again: another ID */
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 9, .id = 8, .at = 900);
    assert_false(lab.last.duplicate); /* too late for a copy */
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 9, .id = 8, .at = 901,
      .ttl = 20);
    assert_false(lab.last.duplicate); /* from somewhere else */
    assert_int_equal(lab.last.flow->duplicates, 1);
    assert_int_equal(lab.last.flow->side[C2S].packets, 6);
    lab_close(&lab);
}

static void behind_a_translator_it_is_the_same_connection(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .id = 7, .at = 1000);
    C(.flags = TCP_SYN, .seq = 100, .id = 7, .at = 1001, .ttl = 63,
      .port = 50000);
    assert_true(lab.last.duplicate);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .port = 50000);
    assert_true(lab.last.duplicate); /* whatever else it says */
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    assert_false(lab.last.duplicate);
    C(.flags = TCP_SYN, .seq = 100, .id = 8, .at = 1100, .port = 50001);
    assert_false(lab.last.duplicate); /* it only looks like it */
    C(.flags = TCP_SYN, .seq = 100, .id = 8, .at = 1101, .ttl = 63,
      .port = 50001, .to = 993);
    assert_true(lab.last.duplicate); /* a server published with another port */
    C(.flags = TCP_SYN, .seq = 100, .id = 8, .at = 1102, .port = 50003);
    assert_false(lab.last.duplicate); /* no router between: made by a program */
    C(.flags = TCP_SYN, .seq = 100, .id = NO_ID, .at = 1200, .port = 50002);
    C(.flags = TCP_SYN, .seq = 100, .id = NO_ID, .at = 1200.1, .port = 50002,
      .to = 993);
    assert_false(lab.last.duplicate); /* a port scanner */
    lab_close(&lab);
}

static void without_an_ip_id_time_and_timestamps_tell(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .ipv6 = true, .timestamp = 5, .at = 1000);
    C(.flags = TCP_SYN, .seq = 100, .ipv6 = true, .timestamp = 5, .at = 1000.2);
    assert_true(lab.last.duplicate);
    C(.flags = TCP_SYN, .seq = 100, .ipv6 = true, .timestamp = 6, .at = 1000.3);
    assert_false(lab.last.duplicate);
    C(.flags = TCP_SYN, .seq = 100, .ipv6 = true, .timestamp = 6, .at = 1002.3);
    assert_false(lab.last.duplicate);
    assert_int_equal(lab.last.flow->syn_count, 3);
    lab_close(&lab);
}

static void wrong_checksums_everywhere_are_offload(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    for (uint32_t i = 0; i < 20; i++) {
        C(.flags = TCP_ACK, .seq = 101 + i, .ack = 501, .n = 1,
          .bad_checksum = true);
        assert_false(lab.last.dropped);
        assert_true(lab.last.new_content);
    }
    assert_int_equal(flow_table_counts(lab.table)->bad_checksums, 20);
    lab_close(&lab);
}

static void one_wrong_checksum_among_many_is_damage(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    for (uint32_t i = 0; i < 20; i++)
        C(.flags = TCP_ACK, .seq = 101 + i, .ack = 501, .n = 1);
    C(.flags = TCP_ACK, .seq = 121, .ack = 501, .n = 1, .bad_checksum = true);
    assert_true(lab.last.dropped);
    assert_false(lab.last.new_content);
    C(.flags = TCP_ACK, .seq = 121, .ack = 501, .n = 1);
    assert_true(lab.last.new_content);
    assert_int_equal(lab.last.flow->side[C2S].retransmissions, 0);
    lab_close(&lab);
}

static void odd_segments_are_counted(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 3000, .at = 9000);
    assert_int_equal(flow_table_counts(lab.table)->super_segments, 1);
    S(.flags = TCP_ACK, .seq = 3501, .ack = 101, .n = 100, .cut = 60,
      .at = 7000); /* the clock was set back */
    assert_int_equal(flow_table_counts(lab.table)->clock_steps, 1);
    assert_int_equal(lab.last.flow->side[S2C].truncated, 1);
    assert_int_equal(lab.last.flow->side[S2C].bytes, 3100);
    lab_close(&lab);
}

static void other_content_for_the_same_place_is_told(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "HTTP/1.1 302 Found",
      .ttl = 61);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ready");
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_conflict), 1);
    assert_int_equal(TOLD(tcp_conflict, 0)->bytes, 18);
    assert_int_equal(TOLD(tcp_conflict, 0)->bytes_again, 10);
    assert_int_equal(TOLD(tcp_conflict, 0)->ttl, 61);
    assert_int_equal(TOLD(tcp_conflict, 0)->ttl_again, 57);
    assert_int_equal(FRAME(tcp_conflict, 0), 5);
    lab_close(&lab);
}

static void other_content_is_told_however_it_is_cut(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "a1 BAD bl");
    S(.flags = TCP_ACK, .seq = 510, .ack = 101, .text = "ocked");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "a1");
    S(.flags = TCP_ACK, .seq = 503, .ack = 101, .text = " OK done");
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_conflict), 1);
    assert_int_equal(FRAME(tcp_conflict, 0), 7);
    lab_close(&lab);
}

static void numbers_that_stand_still_are_told(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ready");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* CAPABILITY IMAP4");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "a1 OK");
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_standstill), 1);
    assert_int_equal(TOLD(tcp_standstill, 0)->segments, 3);
    assert_int_equal(FRAME(tcp_standstill, 0), 6);
    lab_close(&lab);
}

/* A sender that puts more into what it sends again only makes it longer. */
static void sending_again_is_no_standstill(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ready");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ready");
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_standstill), 0);
    lab_close(&lab);
}

static void the_same_content_in_other_pieces_is_none(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ");
    S(.flags = TCP_ACK, .seq = 506, .ack = 101, .text = "ready");
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .text = "* OK ready");
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_conflict), 0);
    lab_close(&lab);
}

static void what_others_overtook_was_not_lost(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab); /* 10 ms there and back */
    S(.flags = TCP_ACK, .seq = 511, .ack = 101, .n = 10, .at = 100);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10, .at = 102);
    assert_int_equal(lab.last.flow->side[S2C].reordered, 1);
    assert_int_equal(lab.last.flow->side[S2C].retransmissions, 0);
    lab_close(&lab);
}

static void what_was_lost_before_the_capture_was_sent_again(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 511, .ack = 101, .n = 10, .at = 110);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 10, .at = 210);
    assert_int_equal(lab.last.flow->side[S2C].reordered, 0);
    assert_int_equal(lab.last.flow->side[S2C].retransmissions, 1);
    /* later than one that was overtaken, sooner than one that was repeated */
    S(.flags = TCP_ACK, .seq = 531, .ack = 101, .n = 10, .at = 300);
    S(.flags = TCP_ACK, .seq = 521, .ack = 101, .n = 10, .at = 307);
    assert_int_equal(lab.last.flow->side[S2C].reordered, 0);
    assert_int_equal(lab.last.flow->side[S2C].retransmissions, 1);
    lab_close(&lab);
}

static void losses_in_a_row_are_counted(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 30);
    for (uint32_t i = 0; i < 3; i++) {
        S(.flags = TCP_ACK, .seq = 501 + i * 10, .ack = 101, .n = 10);
        S(.flags = TCP_ACK, .seq = 501 + i * 10, .ack = 101, .n = 10);
    }
    assert_int_equal(lab.last.flow->side[S2C].burst, 3);
    lab_close(&lab);
}

static void a_filling_queue_shows_in_the_round_trip(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    double at = 100;
    uint32_t seq = 101;
    for (int i = 0; i < 20; i++, at += 500, seq += 20) {
        C(.flags = TCP_ACK, .seq = seq, .ack = 501, .n = 10, .at = at);
        C(.flags = TCP_ACK, .seq = seq + 10, .ack = 501, .n = 10, .at = at + 1);
        S(.flags = TCP_ACK, .seq = 501, .ack = seq + 20, .at = at + 401);
    }
    const struct flow_side *client = &lab.last.flow->side[C2S];
    assert_int_equal(client->rtt_least, CLOCK_SECOND / 100);
    assert_true(client->rtt_worst > CLOCK_SECOND * 39 / 100);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_is_counted_once),
        cmocka_unit_test(a_hole_that_is_filled_soon_is_no_retransmission),
        cmocka_unit_test(acknowledged_and_never_captured_is_missed),
        cmocka_unit_test(nothing_is_missed_where_an_ack_was_stored_first),
        cmocka_unit_test(keep_alives_are_no_content),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(a_segment_sent_three_times_is_a_stall),
        cmocka_unit_test(a_stall_that_ends_was_delivered),
        cmocka_unit_test(silence_counts_how_often_the_last_word_was_said),
        cmocka_unit_test(a_closed_window_that_opens_again),
        cmocka_unit_test(a_closed_window_lasts_to_the_end),
        cmocka_unit_test(a_packet_captured_twice_is_a_duplicate),
        cmocka_unit_test(behind_a_translator_it_is_the_same_connection),
        cmocka_unit_test(without_an_ip_id_time_and_timestamps_tell),
        cmocka_unit_test(wrong_checksums_everywhere_are_offload),
        cmocka_unit_test(one_wrong_checksum_among_many_is_damage),
        cmocka_unit_test(odd_segments_are_counted),
        cmocka_unit_test(other_content_for_the_same_place_is_told),
        cmocka_unit_test(other_content_is_told_however_it_is_cut),
        cmocka_unit_test(numbers_that_stand_still_are_told),
        cmocka_unit_test(sending_again_is_no_standstill),
        cmocka_unit_test(the_same_content_in_other_pieces_is_none),
        cmocka_unit_test(what_others_overtook_was_not_lost),
        cmocka_unit_test(what_was_lost_before_the_capture_was_sent_again),
        cmocka_unit_test(losses_in_a_row_are_counted),
        cmocka_unit_test(a_filling_queue_shows_in_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_flow_handshake.c - who connects to whom, and what came of it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

static void a_whole_handshake_is_a_connection(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    struct flow_event event = C(.flags = TCP_SYN, .seq = 100, .at = 1000);
    assert_true(event.is_new);
    assert_int_equal(event.dir, C2S);
    assert_int_equal(event.flow->handshake, FLOW_SYN_ONLY);
    event = S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 1030);
    assert_false(event.is_new);
    assert_int_equal(event.dir, S2C);
    assert_int_equal(event.flow->handshake, FLOW_HALF);
    event = C(.flags = TCP_ACK, .seq = 101, .ack = 501, .at = 1031);
    assert_int_equal(event.flow->handshake, FLOW_FULL);
    assert_int_equal(event.flow->side[C2S].port, CLIENT_PORT);
    assert_int_equal(event.flow->rtt, 30 * CLOCK_SECOND / 1000);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_connect), 1);
    assert_seconds(TOLD(tcp_connect, 0)->rtt, 0.03);
    assert_seconds(TOLD(tcp_connect, 0)->delay, 0.031);
    assert_int_equal(FRAME(tcp_connect, 0), 3);
    assert_int_equal(COUNT(tcp_synack_unanswered), 0);
    lab_close(&lab);
}

static void syns_without_answer_are_counted(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .at = 1000);
    C(.flags = TCP_SYN, .seq = 100, .at = 2000);
    C(.flags = TCP_SYN, .seq = 100, .at = 4000);
    lab.time += 5 * CLOCK_SECOND;
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 1);
    assert_int_equal(TOLD(tcp_syn_unanswered, 0)->count, 3);
    assert_int_equal(TOLD(tcp_syn_unanswered, 0)->port, SERVER_PORT);
    assert_seconds(TOLD(tcp_syn_unanswered, 0)->duration, 3);
    assert_seconds(TOLD(tcp_syn_unanswered, 0)->waited, 8);
    assert_int_equal(FRAME(tcp_syn_unanswered, 0), 3);
    assert_int_equal(COUNT(tcp_silence), 0);
    lab_close(&lab);
}

static void the_rtt_is_of_the_syn_that_was_answered(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .at = 1000);
    C(.flags = TCP_SYN, .seq = 100, .at = 2000);
    struct flow_event event =
        S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 2040);
    assert_int_equal(event.flow->rtt, 40 * CLOCK_SECOND / 1000);
    lab_close(&lab);
}

static void a_reset_of_the_syn_is_a_refusal(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101);
    C(.flags = TCP_SYN, .seq = 100); /* Windows asks three times */
    struct flow_event event = S(.flags = TCP_RST | TCP_ACK, .ack = 101);
    assert_int_equal(event.flow->handshake, FLOW_REFUSED);
    assert_true(event.flow->over);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 1);
    assert_int_equal(COUNT(tcp_refused), 1);
    assert_int_equal(COUNT(tcp_reset), 0);
    assert_int_equal(COUNT(tcp_syn_unanswered), 0);
    assert_int_equal(TOLD(tcp_refused, 0)->attempts, 2);
    assert_seconds(TOLD(tcp_refused, 0)->delay, 0.01);
    assert_int_equal(TOLD(tcp_refused, 0)->ttl_usual, 0);
    assert_false(TOLD(tcp_refused, 0)->forged);
    assert_int_equal(FRAME(tcp_refused, 0), 2);
    lab_close(&lab);
}

static void a_refusal_may_be_stored_before_its_syn(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_RST | TCP_ACK, .seq = 0, .ack = 101, .at = 20);
    C(.flags = TCP_SYN, .seq = 100, .at = 10);
    assert_int_equal(lab.last.flow->handshake, FLOW_REFUSED);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_refused, 0)->attempts, 1);
    assert_seconds(TOLD(tcp_refused, 0)->delay, 0.01);
    assert_false(TOLD(tcp_refused, 0)->forged);
    lab_close(&lab);
}

static void but_not_that_of_another_syn(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_RST | TCP_ACK, .seq = 0, .ack = 77, .at = 20);
    C(.flags = TCP_SYN, .seq = 100, .at = 30);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_refused), 0);
    assert_int_equal(COUNT(tcp_syn_unanswered), 1);
    lab_close(&lab);
}

static void a_reset_that_acknowledges_another_syn_refuses_nothing(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_RST, .seq = 0);
    S(.flags = TCP_RST | TCP_ACK, .ack = 4711);
    C(.flags = TCP_RST, .seq = 900); /* of the client: to an old connection */
    assert_int_equal(lab.last.flow->handshake, FLOW_SYN_ONLY);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_refused), 0);
    assert_int_equal(COUNT(tcp_syn_unanswered), 1);
    lab_close(&lab);
}

static void a_challenge_is_no_answer_but_the_next_syn_gets_one(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_ACK, .seq = 77777, .ack = 88888); /* RFC 5961 */
    assert_true(lab.last.dropped);
    assert_int_equal(lab.last.flow->handshake, FLOW_SYN_ONLY);
    C(.flags = TCP_RST, .seq = 88888);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    assert_false(lab.last.flow->over);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 20);
    assert_int_equal(lab.last.flow->side[S2C].bytes, 20);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 1);
    assert_int_equal(COUNT(tcp_reset), 0);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void a_syn_ack_nobody_acknowledges(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .at = 1000);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 1010);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 2010);
    lab.time += 3 * CLOCK_SECOND;
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_synack_unanswered, 0)->count, 2);
    assert_seconds(TOLD(tcp_synack_unanswered, 0)->duration, 1);
    assert_seconds(TOLD(tcp_synack_unanswered, 0)->waited, 4);
    assert_false(TOLD(tcp_synack_unanswered, 0)->client_reset);
    lab_close(&lab);
}

static void a_syn_ack_the_client_resets(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    C(.flags = TCP_RST, .seq = 101);
    assert_true(lab.last.flow->over);
    lab_end(&lab);
    assert_true(TOLD(tcp_synack_unanswered, 0)->client_reset);
    assert_int_equal(COUNT(tcp_reset), 0);
    lab_close(&lab);
}

static void a_reset_that_acknowledges_the_syn_ack_was_connected(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    C(.flags = TCP_RST | TCP_ACK, .seq = 101, .ack = 501);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    C(.flags = TCP_SYN, .seq = 100, .port = 40001);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .port = 40001);
    C(.flags = TCP_RST | TCP_ACK, .seq = 101, .ack = 7, .port = 40001);
    assert_int_equal(lab.last.flow->handshake, FLOW_HALF);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_synack_unanswered), 1);
    assert_int_equal(COUNT(tcp_connect), 1);
    assert_int_equal(COUNT(tcp_reset), 1);
    lab_close(&lab);
}

static void a_syn_ack_stored_before_its_syn(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    assert_int_equal(lab.last.dir, S2C);
    C(.flags = TCP_SYN, .seq = 100);
    assert_int_equal(lab.last.dir, C2S);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    assert_int_equal(lab.last.flow->number, 1);
    lab_close(&lab);
}

static void the_client_alone_shows_that_it_is_connected(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501);
    C(.flags = TCP_ACK, .seq = 101, .ack = 541, .n = 10);
    C(.flags = TCP_ACK, .seq = 111, .ack = 581, .n = 10);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    lab_end(&lab);
    assert_int_equal(lab.copy.side[S2C].missed, 80);
    assert_false(lab.copy.side[S2C].seen);
    assert_int_equal(COUNT(tcp_gap), 1);
    assert_text(TOLD(tcp_gap, 0)->by, "server");
    assert_int_equal(TOLD(tcp_gap, 0)->bytes, 80);
    assert_int_equal(FRAME(tcp_gap, 0), 3);
    assert_int_equal(COUNT(tcp_syn_unanswered), 0);
    lab_close(&lab);
}

static void so_does_the_server_alone(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 30);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    S(.flags = TCP_ACK, .seq = 531, .ack = 141, .n = 30);
    lab_end(&lab);
    assert_int_equal(lab.copy.side[C2S].missed, 40);
    assert_int_equal(COUNT(tcp_synack_unanswered), 0);
    assert_int_equal(COUNT(tcp_connect), 0);
    lab_close(&lab);
}

static void in_the_middle_the_ports_tell_the_client(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_ACK, .seq = 9000, .ack = 100, .n = 5);
    assert_int_equal(lab.last.dir, S2C);
    assert_int_equal(lab.last.flow->handshake, FLOW_MIDSTREAM);
    C(.flags = TCP_ACK, .seq = 100, .ack = 9005, .n = 5);
    assert_int_equal(lab.last.dir, C2S);
    /* a server port above the client's, known to the hook */
    S(.flags = TCP_ACK, .seq = 1, .ack = 1, .n = 1, .to = 2525, .port = 1025);
    assert_int_equal(lab.last.dir, S2C);
    /* unknown ports: the lower one serves */
    S(.flags = TCP_ACK, .seq = 1, .ack = 1, .n = 1, .to = 79, .port = 1025);
    assert_int_equal(lab.last.dir, S2C);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void a_syn_may_carry_content(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    assert_true(C(.flags = TCP_SYN, .seq = 100, .n = 20).new_content);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 121);
    assert_int_equal(lab.last.flow->handshake, FLOW_HALF);
    C(.flags = TCP_ACK, .seq = 121, .ack = 501, .n = 5);
    assert_int_equal(lab.last.flow->side[C2S].bytes, 25);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_gap), 0);
    lab_close(&lab);
}

static void by_hand_the_syn_is_not_always_counted(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN);
    S(.flags = TCP_SYN | TCP_ACK);
    C(.flags = TCP_ACK);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    C(.flags = TCP_ACK, .n = 45);
    S(.flags = TCP_ACK, .n = 21);
    assert_int_equal(lab.last.flow->side[C2S].bytes, 45);
    assert_int_equal(lab.last.flow->side[S2C].bytes, 21);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_gap), 0);
    assert_int_equal(COUNT(tcp_connect), 1);
    lab_close(&lab);
}

static void a_port_used_again_is_another_connection(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 501);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 102);
    C(.flags = TCP_ACK, .seq = 102, .ack = 502);
    assert_int_equal(lab.ended_n, 0);
    C(.flags = TCP_SYN, .seq = 70000);
    assert_true(lab.last.is_new);
    assert_int_equal(lab.last.flow->number, 2);
    assert_int_equal(lab.ended_n, 1);
    lab_close(&lab);
}

static void so_is_another_attempt_after_silence_or_refusal(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    C(.flags = TCP_SYN, .seq = 70000);
    assert_int_equal(lab.last.flow->number, 2);
    S(.flags = TCP_RST | TCP_ACK, .ack = 70001);
    C(.flags = TCP_SYN, .seq = 140000);
    assert_int_equal(lab.last.flow->number, 3);
    S(.flags = TCP_RST | TCP_ACK, .ack = 140001);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_syn_unanswered), 1);
    assert_int_equal(COUNT(tcp_refused), 2);
    lab_close(&lab);
}

static void both_may_open_at_once(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN, .seq = 500);
    C(.flags = TCP_SYN | TCP_ACK, .seq = 100, .ack = 501);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 4);
    assert_int_equal(lab.last.flow->number, 1);
    assert_int_equal(lab.last.flow->handshake, FLOW_FULL);
    lab_close(&lab);
}

static void a_refusal_and_then_the_same_syn_accepted_is_forged(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    C(.flags = TCP_RST, .seq = 101);
    lab_end(&lab);
    assert_true(TOLD(tcp_refused, 0)->forged);
    assert_text(TOLD(tcp_refused, 0)->signs,
                "the server accepted the same SYN");
    lab_close(&lab);
}

static void a_refusal_is_compared_with_the_hosts_other_ports(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .to = 465, .at = 1000);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101, .to = 465, .ttl = 64,
      .at = 1000.05);
    C(.flags = TCP_SYN, .seq = 100, .to = 587, .at = 1100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .to = 587, .ttl = 54,
      .at = 1117);
    lab_end(&lab);
    assert_true(TOLD(tcp_refused, 0)->forged);
    assert_int_equal(TOLD(tcp_refused, 0)->ttl, 64);
    assert_int_equal(TOLD(tcp_refused, 0)->ttl_usual, 54);
    assert_text(TOLD(tcp_refused, 0)->signs,
                "TTL 64 instead of 54, faster than a round trip");
    lab_close(&lab);
}

static void a_hosts_own_refusal_has_no_signs(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .to = 587, .at = 1000);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .to = 587,
      .at = 1030);
    C(.flags = TCP_SYN, .seq = 100, .at = 1100);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101, .id = NO_ID, .at = 1129);
    lab_end(&lab);
    assert_false(TOLD(tcp_refused, 0)->forged);
    assert_int_equal(TOLD(tcp_refused, 0)->ttl_usual, 57);
    assert_text(TOLD(tcp_refused, 0)->signs, "");
    lab_close(&lab);
}

static void a_syn_ack_that_begins_elsewhere_is_told(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 1000);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 900, .ack = 101, .at = 3000);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 700, .ack = 101, .at = 7000);
    C(.flags = TCP_ACK, .seq = 101, .ack = 701);
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_synack_changed), 1);
    assert_int_equal(TOLD(tcp_synack_changed, 0)->count, 4);
    assert_int_equal(TOLD(tcp_synack_changed, 0)->numbers, 3);
    assert_int_equal(FRAME(tcp_synack_changed, 0), 5);
    lab_close(&lab);
}

static void a_syn_ack_sent_again_is_the_same(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    for (int i = 0; i < 3; i++)
        S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101,
          .at = 1000 * (i + 1));
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_synack_changed), 0);
    lab_close(&lab);
}

static void a_stand_in_shows_by_its_distance_and_window(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .window = NO_WINDOW,
      .ttl = 62);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .window = NO_WINDOW);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_connect, 0)->ttl, 62);
    assert_int_equal(TOLD(tcp_connect, 0)->ttl_usual, 57);
    assert_true(TOLD(tcp_connect, 0)->window_closed);
    lab_close(&lab);
}

static void a_window_that_opens_later_is_not_closed(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .window = NO_WINDOW);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .window = 700);
    lab_end(&lab);
    assert_false(TOLD(tcp_connect, 0)->window_closed);
    lab_close(&lab);
}

static void a_fin_tells_of_bytes_that_were_not_seen(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 521, .ack = 101);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 501);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_fin, 0)->unseen, 20);
    assert_int_equal(TOLD(tcp_fin, 1)->unseen, 0);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_handshake_is_a_connection),
        cmocka_unit_test(syns_without_answer_are_counted),
        cmocka_unit_test(the_rtt_is_of_the_syn_that_was_answered),
        cmocka_unit_test(a_reset_of_the_syn_is_a_refusal),
        cmocka_unit_test(a_refusal_may_be_stored_before_its_syn),
        cmocka_unit_test(but_not_that_of_another_syn),
        cmocka_unit_test(a_reset_that_acknowledges_another_syn_refuses_nothing),
        cmocka_unit_test(a_challenge_is_no_answer_but_the_next_syn_gets_one),
        cmocka_unit_test(a_syn_ack_nobody_acknowledges),
        cmocka_unit_test(a_syn_ack_the_client_resets),
        cmocka_unit_test(a_reset_that_acknowledges_the_syn_ack_was_connected),
        cmocka_unit_test(a_syn_ack_stored_before_its_syn),
        cmocka_unit_test(the_client_alone_shows_that_it_is_connected),
        cmocka_unit_test(so_does_the_server_alone),
        cmocka_unit_test(in_the_middle_the_ports_tell_the_client),
        cmocka_unit_test(a_syn_may_carry_content),
        cmocka_unit_test(by_hand_the_syn_is_not_always_counted),
        cmocka_unit_test(a_port_used_again_is_another_connection),
        cmocka_unit_test(so_is_another_attempt_after_silence_or_refusal),
        cmocka_unit_test(both_may_open_at_once),
        cmocka_unit_test(a_refusal_and_then_the_same_syn_accepted_is_forged),
        cmocka_unit_test(a_refusal_is_compared_with_the_hosts_other_ports),
        cmocka_unit_test(a_hosts_own_refusal_has_no_signs),
        cmocka_unit_test(a_syn_ack_that_begins_elsewhere_is_told),
        cmocka_unit_test(a_syn_ack_sent_again_is_the_same),
        cmocka_unit_test(a_stand_in_shows_by_its_distance_and_window),
        cmocka_unit_test(a_window_that_opens_later_is_not_closed),
        cmocka_unit_test(a_fin_tells_of_bytes_that_were_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

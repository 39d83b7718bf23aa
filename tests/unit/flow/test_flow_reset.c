/* test_flow_reset.c - how connections end, and who really sent the reset.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

/* A handshake and some packets each way: next are 131 and 561. */
static void talk(struct lab *lab_)
{
    lab_handshake(lab_);
    for (uint32_t i = 0; i < 3; i++) {
        const struct say ask = {.flags = TCP_ACK,
                                .seq = 101 + 10 * i,
                                .ack = 501 + 20 * i,
                                .n = 10};
        const struct say answer = {.flags = TCP_ACK,
                                   .seq = 501 + 20 * i,
                                   .ack = 111 + 10 * i,
                                   .n = 20};
        lab_say(lab_, C2S, &ask);
        lab_say(lab_, S2C, &answer);
    }
}

static void both_close_in_order(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 131, .ack = 561);
    assert_int_equal(lab.last.flow->end, FLOW_CLIENT_FIN);
    assert_false(lab.last.flow->over);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 561, .ack = 132);
    assert_true(lab.last.flow->over);
    C(.flags = TCP_ACK, .seq = 132, .ack = 562);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_CLIENT_FIN);
    assert_int_equal(COUNT(tcp_fin), 2);
    assert_text(TOLD(tcp_fin, 0)->by, "client");
    assert_true(TOLD(tcp_fin, 0)->first);
    assert_int_equal(TOLD(tcp_fin, 0)->client_bytes, 30);
    assert_int_equal(TOLD(tcp_fin, 0)->server_bytes, 60);
    assert_seconds(TOLD(tcp_fin, 0)->delay, 0.01);
    assert_false(TOLD(tcp_fin, 1)->first);
    assert_int_equal(COUNT(tcp_silence), 0);
    assert_int_equal(COUNT(tcp_gap), 0);
    assert_int_equal(COUNT(tcp_reset), 0);
    lab_close(&lab);
}

static void what_comes_after_a_close_is_told(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 131, .ack = 561);
    lab.time += 12 * CLOCK_SECOND;
    S(.flags = TCP_ACK, .seq = 561, .ack = 132, .n = 17);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_fin, 0)->late_bytes, 17);
    assert_true(TOLD(tcp_fin, 0)->late >= 12);
    assert_true(TOLD(tcp_fin, 0)->before_end >= 12);
    lab_close(&lab);
}

static void a_reset_after_both_fins_is_of_a_closed_connection(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 561, .ack = 131);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 131, .ack = 562);
    C(.flags = TCP_RST, .seq = 132);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_SERVER_FIN);
    assert_text(TOLD(tcp_reset, 0)->state, "closed");
    assert_text(TOLD(tcp_reset, 0)->by, "client");
    lab_close(&lab);
}

static void a_reset_between_the_fins_is_of_a_closing_one(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 561, .ack = 131);
    C(.flags = TCP_RST | TCP_ACK, .seq = 131, .ack = 562);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_CLIENT_RESET);
    assert_text(TOLD(tcp_reset, 0)->state, "closing");
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    lab_close(&lab);
}

static void an_applications_own_reset_has_no_signs(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_ACK, .seq = 131, .ack = 561, .n = 10);
    S(.flags = TCP_RST | TCP_ACK, .seq = 561, .ack = 141);
    lab_end(&lab);
    const struct fact_tcp_reset *reset = TOLD(tcp_reset, 0);
    assert_text(reset->state, "established");
    assert_text(reset->by, "server");
    assert_int_equal(reset->forgery, 0);
    assert_int_equal(reset->ttl, 57);
    assert_int_equal(reset->ttl_usual, 57);
    assert_int_equal(reset->client_bytes, 40);
    assert_seconds(reset->delay, 0.01);
    assert_seconds(reset->idle_before, 0.01);
    assert_int_equal(lab.copy.end, FLOW_SERVER_RESET);
    lab_close(&lab);
}

/* RST without ACK, seq of what it answers, IP-ID 0, no timestamp. */
static void nor_has_that_of_a_kernel_that_knows_nothing(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_ACK, .seq = 131, .ack = 561, .n = 10, .timestamp = 9);
    S(.flags = TCP_RST, .seq = 561, .id = NO_ID, .window = NO_WINDOW);
    S(.flags = TCP_RST, .seq = 561, .id = NO_ID, .window = NO_WINDOW);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    assert_text(TOLD(tcp_reset, 0)->signs, "");
    assert_int_equal(COUNT(tcp_reset), 1);
    assert_int_equal(COUNT(tcp_zero_window), 0);
    lab_close(&lab);
}

static void a_forged_reset_stands_out(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_ACK, .seq = 131, .ack = 561, .n = 10, .at = 500);
    S(.flags = TCP_RST, .seq = 561, .ttl = 117, .id = 40000, .at = 510);
    S(.flags = TCP_RST, .seq = 561 + 1460, .ttl = 117, .id = 40001, .at = 511);
    assert_true(lab.last.flow->over);
    S(.flags = TCP_ACK, .seq = 561, .ack = 141, .n = 20);
    assert_false(lab.last.flow->over);
    assert_true(lab.last.new_content);
    lab_end(&lab);
    const struct fact_tcp_reset *reset = TOLD(tcp_reset, 0);
    assert_true(reset->forgery >= 4);
    assert_true(reset->data_after);
    assert_int_equal(reset->ttl_usual, 57);
    assert_true(span_search(reset->signs, SPAN("TTL 117 instead of 57")) <
                reset->signs.n);
    assert_true(span_search(reset->signs, SPAN("IP-ID")) < reset->signs.n);
    assert_int_equal(lab.copy.end, FLOW_OPEN);
    lab_close(&lab);
}

static void an_answer_faster_than_the_path_is_a_sign(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .at = 1000);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .at = 1050);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .at = 1050.1);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 20, .at = 1100);
    C(.flags = TCP_ACK, .seq = 101, .ack = 521, .n = 10, .at = 1101);
    S(.flags = TCP_RST | TCP_ACK, .seq = 521, .ack = 111, .at = 1103);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 1);
    assert_text(TOLD(tcp_reset, 0)->signs, "faster than a round trip");
    lab_close(&lab);
}

static void a_lone_hop_or_a_missing_timestamp_is_none(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_ACK, .seq = 561, .ack = 131, .n = 5, .timestamp = 5);
    S(.flags = TCP_RST | TCP_ACK, .seq = 566, .ack = 131, .ttl = 58);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    lab_close(&lab);
}

static void a_late_retransmission_is_not_life_after_a_reset(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_RST | TCP_ACK, .seq = 561, .ack = 131);
    S(.flags = TCP_ACK, .seq = 541, .ack = 131, .n = 20);
    lab_end(&lab);
    assert_true(lab.copy.over);
    assert_false(TOLD(tcp_reset, 0)->data_after);
    lab_close(&lab);
}

static void but_a_timer_that_fires_after_a_reset_is(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_RST, .seq = 561, .ttl = 58, .at = 500);
    S(.flags = TCP_ACK, .seq = 541, .ack = 131, .n = 20, .at = 710);
    lab_end(&lab);
    assert_true(TOLD(tcp_reset, 0)->data_after);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 2);
    assert_text(TOLD(tcp_reset, 0)->signs,
                "TTL 58 instead of 57, that side went on sending");
    lab_close(&lab);
}

/* `n` connections are accepted, 600 ms apart, then one is refused. */
static void refuse_after(struct lab *lab_, uint32_t n, uint16_t to, uint8_t ttl)
{
    const struct say syn = {.flags = TCP_SYN, .seq = 100, .port = 50000};
    const struct say refusal = {.flags = TCP_RST | TCP_ACK,
                                .ack = 101,
                                .port = 50000,
                                .ttl = ttl};
    for (uint32_t i = 0; i < n; i++) {
        uint16_t port = (uint16_t)(41000 + i);
        struct say ask = {.flags = TCP_SYN, .seq = 100, .port = port, .to = to};
        struct say yes = {.flags = TCP_SYN | TCP_ACK,
                          .seq = 500,
                          .ack = 101,
                          .port = port,
                          .to = to};
        lab_->time += CLOCK_SECOND / 2;
        lab_say(lab_, C2S, &ask);
        lab_say(lab_, S2C, &yes);
    }
    lab_say(lab_, C2S, &syn);
    lab_say(lab_, S2C, &refusal);
    lab_end(lab_);
}

static void a_hop_counts_where_the_port_just_answered_from_afar(void **state)
{
    static const struct {
        uint32_t n;
        uint16_t to;
        uint8_t ttl;
        bool forged;
    } cases[] = {
        {3, 0,   58, true },
        {3, 0,   57, false}, /* the same distance */
        {3, 0,   56, false}, /* a machine behind a balancer */
        {2, 0,   58, false}, /* too few to know the distance */
        {3, 993, 58, false}, /* another port may be forwarded elsewhere */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab lab;
        lab_open(&lab);
        refuse_after(&lab, cases[i].n, cases[i].to, cases[i].ttl);
        assert_int_equal(COUNT(tcp_refused), 1);
        assert_int_equal(TOLD(tcp_refused, 0)->forged, cases[i].forged);
        lab_close(&lab);
    }
}

static void silence_says_who_spoke_last(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    C(.flags = TCP_ACK, .seq = 131, .ack = 561, .n = 10);
    S(.flags = TCP_ACK, .seq = 561, .ack = 141);
    lab.time += 60 * CLOCK_SECOND;
    lab_end(&lab);
    assert_int_equal(COUNT(tcp_silence), 1);
    assert_text(TOLD(tcp_silence, 0)->speaker, "client");
    assert_true(TOLD(tcp_silence, 0)->acknowledged);
    assert_true(TOLD(tcp_silence, 0)->open);
    assert_seconds(TOLD(tcp_silence, 0)->seconds, 60.01);
    assert_int_equal(FRAME(tcp_silence, 0), 10);
    lab_close(&lab);
}

static void silence_from_the_start_has_no_speaker(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    lab.time += 30 * CLOCK_SECOND;
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 501);
    lab_end(&lab);
    assert_text(TOLD(tcp_silence, 0)->speaker, "none");
    assert_false(TOLD(tcp_silence, 0)->open);
    assert_seconds(TOLD(tcp_silence, 0)->seconds, 30.01);
    lab_close(&lab);
}

/* The server closes first, the client answers that; the two are stored the
 * wrong way round. */
static void who_closed_first_is_not_who_is_stored_first(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 502, .at = 120);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 101, .at = 110);
    S(.flags = TCP_ACK, .seq = 502, .ack = 102, .at = 130);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_SERVER_FIN);
    assert_text(TOLD(tcp_fin, 0)->by, "client");
    assert_false(TOLD(tcp_fin, 0)->first);
    assert_true(TOLD(tcp_fin, 1)->first);
    lab_close(&lab);
}

/* The times may be the storing program's: then the numbers tell. */
static void nor_do_times_count_where_one_acknowledges_the_other(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 502, .at = 110);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 101, .at = 120);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_SERVER_FIN);
    lab_close(&lab);
}

static void a_fin_that_was_missed_is_known_by_its_acknowledgement(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 561, .ack = 132);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_CLIENT_FIN);
    assert_text(TOLD(tcp_fin, 0)->by, "server");
    assert_false(TOLD(tcp_fin, 0)->first);
    lab_close(&lab);
    /* It acknowledges content only: nobody had closed before. */
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 561, .ack = 131);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_SERVER_FIN);
    assert_true(TOLD(tcp_fin, 0)->first);
    lab_close(&lab);
}

static void a_reset_behind_a_missed_fin_is_no_forgery(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_RST, .seq = 562);
    lab_end(&lab);
    assert_text(TOLD(tcp_reset, 0)->state, "closing");
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    lab_close(&lab);
}

static void nor_is_one_behind_bytes_that_the_capture_lost(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_RST | TCP_ACK, .seq = 1561, .ack = 131);
    C(.flags = TCP_ACK, .seq = 131, .ack = 561); /* crossed it */
    lab_end(&lab);
    assert_text(TOLD(tcp_reset, 0)->state, "established");
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    lab_close(&lab);
}

static void but_one_that_its_receiver_finds_too_far_ahead_is(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    S(.flags = TCP_RST | TCP_ACK, .seq = 1561, .ack = 131);
    lab.time += CLOCK_SECOND;
    C(.flags = TCP_ACK, .seq = 131, .ack = 561);
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 1);
    assert_text(TOLD(tcp_reset, 0)->signs,
                "a sequence number that side would not use");
    lab_close(&lab);
}

/* A SYN proxy accepts; the server behind it, further away, refuses. */
/* A reset among 200 bytes that the server sent and nobody acknowledged: the
 * forgery score of one without ACK, or of one with it. */
static uint64_t forgery_of(uint8_t flags, uint32_t seq, bool hole, bool filled)
{
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    if (!hole)
        S(.flags = TCP_ACK, .seq = 561, .ack = 131, .n = 100);
    S(.flags = TCP_ACK, .seq = 661, .ack = 131, .n = 100);
    if (filled) /* the receiver has what is missing here */
        C(.flags = TCP_ACK, .seq = 131, .ack = 661);
    S(.flags = flags, .seq = seq, .ack = 131);
    lab_end(&lab);
    uint64_t forgery = TOLD(tcp_reset, 0)->forgery;
    lab_close(&lab);
    return forgery;
}

static void a_reset_among_what_is_on_its_way_is_odd(void **state)
{
    (void)state;
    assert_int_equal(forgery_of(TCP_RST, 700, false, false), 1);
    assert_int_equal(forgery_of(TCP_RST | TCP_ACK, 661, false, false), 1);
}

/* A kernel's: the acknowledgement that it answers may not have been captured. */
static void but_not_where_the_receiver_may_have_acknowledged(void **state)
{
    (void)state;
    assert_int_equal(forgery_of(TCP_RST, 661, false, false), 0);
}

static void nor_where_the_capture_alone_lost_bytes(void **state)
{
    (void)state;
    assert_int_equal(forgery_of(TCP_RST | TCP_ACK, 700, true, false), 0);
    assert_int_equal(forgery_of(TCP_RST | TCP_ACK, 700, true, true), 0);
    assert_int_equal(forgery_of(TCP_RST | TCP_ACK, 700, false, true), 1);
}

static void who_has_said_nothing_may_be_another_than_who_accepted(void **state)
{
    static const struct {
        const char *name;
        uint32_t content, ack;
        uint32_t forgery;
    } cases[] = {
        {"nothing was said",                  0,  101, 0},
        {"it answers the SYN only",           10, 101, 0},
        {"it has heard what the client said", 10, 111, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab lab;
        lab_open(&lab);
        C(.flags = TCP_SYN, .seq = 100);
        S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .timestamp = 7);
        C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = cases[i].content);
        S(.flags = TCP_RST | TCP_ACK, .seq = 501, .ack = cases[i].ack,
          .ttl = 48);
        lab_end(&lab);
        if (TOLD(tcp_reset, 0)->forgery != cases[i].forgery)
            fail_msg("%s", cases[i].name);
        assert_int_equal(TOLD(tcp_reset, 0)->ttl, 48);
        assert_int_equal(TOLD(tcp_reset, 0)->ttl_usual, 57);
        lab_close(&lab);
    }
}

static void the_pause_is_that_before_all_that_was_said_at_once(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    talk(&lab);
    lab.time += 65 * CLOCK_SECOND;
    C(.flags = TCP_ACK, .seq = 131, .ack = 561, .n = 5);
    C(.flags = TCP_ACK, .seq = 136, .ack = 561, .n = 5);
    S(.flags = TCP_RST, .seq = 561);
    lab_end(&lab);
    assert_true(TOLD(tcp_reset, 0)->idle_before >= 65);
    lab_close(&lab);
}

static void of_fins_that_cross_the_earlier_is_first(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 101, .at = 110);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 501, .at = 109);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_CLIENT_FIN);
    lab_close(&lab);
}

static void a_reset_stored_before_the_fins_was_not_before_them(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 101, .at = 110);
    S(.flags = TCP_RST, .seq = 502, .at = 140);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 502, .at = 120);
    lab_end(&lab);
    assert_int_equal(lab.copy.end, FLOW_SERVER_FIN);
    assert_text(TOLD(tcp_reset, 0)->state, "closed");
    lab_close(&lab);
}

static void resets_far_apart_are_not_of_both_at_once(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_RST, .seq = 101, .at = 300);
    S(.flags = TCP_RST, .seq = 501, .at = 117); /* stored late */
    lab_end(&lab);
    assert_int_equal(TOLD(tcp_reset, 0)->forgery, 0);
    lab_close(&lab);
}

static void a_question_stored_after_its_answer_is_no_last_word(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 107, .n = 5, .at = 140);
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .n = 6, .at = 120);
    lab.capture_end = lab.time + 40 * CLOCK_SECOND;
    lab_end(&lab);
    assert_text(TOLD(tcp_silence, 0)->speaker, "server");
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_close_in_order),
        cmocka_unit_test(what_comes_after_a_close_is_told),
        cmocka_unit_test(a_reset_after_both_fins_is_of_a_closed_connection),
        cmocka_unit_test(a_reset_between_the_fins_is_of_a_closing_one),
        cmocka_unit_test(an_applications_own_reset_has_no_signs),
        cmocka_unit_test(nor_has_that_of_a_kernel_that_knows_nothing),
        cmocka_unit_test(a_forged_reset_stands_out),
        cmocka_unit_test(an_answer_faster_than_the_path_is_a_sign),
        cmocka_unit_test(a_lone_hop_or_a_missing_timestamp_is_none),
        cmocka_unit_test(a_late_retransmission_is_not_life_after_a_reset),
        cmocka_unit_test(but_a_timer_that_fires_after_a_reset_is),
        cmocka_unit_test(a_hop_counts_where_the_port_just_answered_from_afar),
        cmocka_unit_test(silence_says_who_spoke_last),
        cmocka_unit_test(silence_from_the_start_has_no_speaker),
        cmocka_unit_test(who_closed_first_is_not_who_is_stored_first),
        cmocka_unit_test(nor_do_times_count_where_one_acknowledges_the_other),
        cmocka_unit_test(a_fin_that_was_missed_is_known_by_its_acknowledgement),
        cmocka_unit_test(a_reset_behind_a_missed_fin_is_no_forgery),
        cmocka_unit_test(nor_is_one_behind_bytes_that_the_capture_lost),
        cmocka_unit_test(but_one_that_its_receiver_finds_too_far_ahead_is),
        cmocka_unit_test(a_reset_among_what_is_on_its_way_is_odd),
        cmocka_unit_test(but_not_where_the_receiver_may_have_acknowledged),
        cmocka_unit_test(nor_where_the_capture_alone_lost_bytes),
        cmocka_unit_test(who_has_said_nothing_may_be_another_than_who_accepted),
        cmocka_unit_test(the_pause_is_that_before_all_that_was_said_at_once),
        cmocka_unit_test(of_fins_that_cross_the_earlier_is_first),
        cmocka_unit_test(a_reset_stored_before_the_fins_was_not_before_them),
        cmocka_unit_test(resets_far_apart_are_not_of_both_at_once),
        cmocka_unit_test(a_question_stored_after_its_answer_is_no_last_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

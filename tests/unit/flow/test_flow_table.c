/* test_flow_table.c - flows are found, let go in order, and forgotten.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lab.h"

static void flows_end_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    for (uint16_t i = 0; i < 20; i++)
        C(.flags = TCP_SYN, .seq = 100, .port = (uint16_t)(2000 - i));
    C(.flags = TCP_ACK, .seq = 101, .ack = 501, .port = 2000);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 20);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(lab.ended[i], i + 1);
    lab_close(&lab);
}

static void what_is_over_leaves_soon_what_waits_later(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .port = 1001, .at = 1000);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101, .port = 1001, .at = 1010);
    C(.flags = TCP_SYN, .seq = 100, .port = 1002, .at = 1020);
    C(.flags = TCP_ACK, .seq = 100, .ack = 1, .port = 1003, .n = 4, .at = 1030);
    flow_table_tick(lab.table, lab.time + 5 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 0); /* strays may come */
    flow_table_tick(lab.table, lab.time + 15 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 1);
    assert_int_equal(lab.ended[0], 1);
    flow_table_tick(lab.table, lab.time + 200 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 2);
    assert_int_equal(lab.ended[1], 2);
    flow_table_tick(lab.table, lab.time + 7300 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 2); /* keep-alives come every two hours */
    flow_table_tick(lab.table, lab.time - 7300 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 2);
    flow_table_tick(lab.table, lab.time + 4 * 3600 * CLOCK_SECOND);
    assert_int_equal(lab.ended_n, 3);
    lab_close(&lab);
}

static void a_late_packet_belongs_to_the_flow_that_is_over(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    C(.flags = TCP_FIN | TCP_ACK, .seq = 101, .ack = 501);
    S(.flags = TCP_FIN | TCP_ACK, .seq = 501, .ack = 102);
    lab.time += 4 * CLOCK_SECOND;
    flow_table_tick(lab.table, lab.time);
    C(.flags = TCP_RST, .seq = 102);
    assert_false(lab.last.is_new);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 1);
    lab_close(&lab);
}

static void a_clock_that_jumps_does_not_cut_flows(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    lab_handshake(&lab);
    for (uint32_t i = 0; i < 50; i++) { /* two captures, a year apart, mixed */
        const double year = 365.0 * 86400 * 1000;
        C(.flags = TCP_SYN, .seq = 1 + i, .port = (uint16_t)(1000 + i),
          .at = year + i);
        flow_table_tick(lab.table, lab.time);
        S(.flags = TCP_ACK, .seq = 501 + 10 * i, .ack = 101, .n = 10,
          .at = 2000 + i);
        assert_int_equal(lab.last.flow->number, 1);
        flow_table_tick(lab.table, lab.time);
    }
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 51);
    lab_close(&lab);
}

static void the_table_is_capped(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .port = 7, .to = 7);
    C(.flags = TCP_ACK, .seq = 100, .ack = 3, .n = 1, .port = 8, .to = 8);
    C(.flags = TCP_SYN, .seq = 100, .port = 9, .to = 9);
    S(.flags = TCP_RST | TCP_ACK, .ack = 101, .port = 9, .to = 9);
    for (uint32_t i = 0; i < FLOWS_MAX - 3; i++)
        C(.flags = TCP_SYN, .seq = 100, .port = (uint16_t)(i % 60000 + 1000),
          .to = (uint16_t)(i / 60000 + 100));
    assert_int_equal(lab.ended_n, 0);
    for (uint16_t i = 0; i < 3; i++)
        C(.flags = TCP_SYN, .seq = 100, .port = (uint16_t)(1000 + i), .to = 99);
    assert_int_equal(lab.ended_n, 3);
    assert_int_equal(lab.ended[0], 3); /* it was over */
    assert_int_equal(lab.ended[1], 1); /* these were quiet longest */
    assert_int_equal(lab.ended[2], 2);
    assert_int_equal(flow_table_counts(lab.table)->evicted, 3);
    lab_close(&lab);
}

/* A hostile capture may say the same on each of thousands of paths. */
static void twins_are_capped(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    for (uint32_t path = 0; path < 1000; path++)
        C(.flags = TCP_SYN, .seq = 100, .path = path);
    assert_true(lab.ended_n > 900);
    assert_int_equal(lab.ended[0], 1); /* the oldest first */
    assert_int_equal(lab.ended[1], 2);
    C(.flags = TCP_SYN, .seq = 100, .path = 999);
    assert_false(lab.last.is_new);
    lab_close(&lab);
}

static void an_icmp_error_finds_its_flow(void **state)
{
    (void)state;
    struct lab lab;
    enum dir dir = S2C;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    struct packet icmp = {.kind = PACKET_ICMP, .time = lab.time};
    icmp.icmp = (struct icmp_header){
        .version = 4,
        .type = 3,
        .code = 13,
        .quotes = true,
        .quoted_source = lab_address(false, 1),
        .quoted_destination = lab_address(false, 9),
        .quoted_protocol = 6,
        .quoted_source_port = CLIENT_PORT,
        .quoted_destination_port = SERVER_PORT,
    };
    assert_ptr_equal(flow_table_quoted(lab.table, &icmp, &dir), lab.last.flow);
    assert_int_equal(dir, C2S);
    icmp.path = 5; /* met inside a tunnel */
    assert_ptr_equal(flow_table_quoted(lab.table, &icmp, &dir), lab.last.flow);
    icmp.icmp.quoted_protocol = 17;
    assert_null(flow_table_quoted(lab.table, &icmp, &dir));
    icmp.icmp.quoted_protocol = 6;
    icmp.icmp.quoted_source_port = 1;
    assert_null(flow_table_quoted(lab.table, &icmp, &dir));
    lab_close(&lab);
}

/* A mirror port tags one direction only. */
static void the_way_back_may_have_another_path(void **state)
{
    (void)state;
    for (uint32_t out = 0; out < 2; out++) {
        struct lab lab;
        uint32_t back = 1 - out;
        lab_open(&lab);
        C(.flags = TCP_SYN, .seq = 100, .path = out);
        S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .path = back);
        assert_false(lab.last.is_new);
        C(.flags = TCP_ACK, .seq = 101, .ack = 501, .path = out);
        S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 9, .path = back);
        lab_end(&lab);
        assert_int_equal(lab.ended_n, 1);
        assert_int_equal(lab.copy.handshake, FLOW_FULL);
        assert_int_equal(lab.copy.side[S2C].bytes, 9);
        lab_close(&lab);
    }
}

static void a_way_back_is_found_in_the_middle(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .n = 9, .path = 7);
    C(.flags = TCP_ACK, .seq = 90, .ack = 501, .n = 11);
    assert_false(lab.last.is_new);
    assert_int_equal(lab.last.dir, C2S);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 1);
    lab_close(&lab);
}

static void what_has_both_sides_is_another_network(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100, .path = 1);
    C(.flags = TCP_SYN, .seq = 100, .path = 2);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .path = 3);
    assert_true(lab.last.is_new); /* it may be the answer to either */
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .path = 2);
    assert_int_equal(lab.last.flow->number, 2);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101, .path = 1);
    assert_int_equal(lab.last.flow->number, 1);
    S(.flags = TCP_ACK, .seq = 501, .ack = 101, .path = 4);
    assert_int_equal(lab.last.flow->number, 4);
    lab_end(&lab);
    assert_int_equal(lab.ended_n, 4);
    lab_close(&lab);
}

static void what_answers_something_else_is_another_connection(void **state)
{
    (void)state;
    struct lab lab;
    lab_open(&lab);
    C(.flags = TCP_SYN, .seq = 100);
    S(.flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 0x70000000, .path = 7);
    assert_true(lab.last.is_new);
    lab_close(&lab);
}

/* Whatever the flags and numbers: nothing asserts, and each flow ends once. */
static void nonsense_is_survived(void **state)
{
    (void)state;
    struct lab lab;
    uint32_t seed = 7;
    lab_open(&lab);
    for (int i = 0; i < 200000; i++) {
        uint32_t r[6];
        for (size_t k = 0; k < 6; k++) {
            seed = seed * 1664525u + 1013904223u;
            r[k] = seed >> 8;
        }
        struct say say = {
            .flags = (uint8_t)(r[0] & 0x3f),
            .seq = r[1] & 1 ? r[1] << 8 : r[1] % 2000,
            .ack = r[2] & 1 ? r[2] << 8 : r[2] % 2000,
            .n = r[3] & 3 ? 0 : r[3] % 1500,
            .ttl = (uint8_t)(r[4] & 0xff),
            .id = (uint16_t)r[5],
            .window = r[4] & 256 ? NO_WINDOW : 0,
            .port = (uint16_t)(1024 + (r[0] >> 8) % 50),
            .at = 1000 + (double)i * 0.7 + (double)(r[5] % 5000),
            .sack = r[3] >> 4,
            .bad_checksum = (r[2] & 6) == 6,
            .mss = r[1] & 2,
        };
        lab_say(&lab, r[0] & 64 ? C2S : S2C, &say);
        if (i % 100 == 0)
            flow_table_tick(lab.table, lab.time);
    }
    lab_end(&lab);
    assert_int_equal(lab.ended_n, flow_table_counts(lab.table)->flows);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_end_in_the_order_of_their_numbers),
        cmocka_unit_test(what_is_over_leaves_soon_what_waits_later),
        cmocka_unit_test(a_late_packet_belongs_to_the_flow_that_is_over),
        cmocka_unit_test(a_clock_that_jumps_does_not_cut_flows),
        cmocka_unit_test(the_table_is_capped),
        cmocka_unit_test(twins_are_capped),
        cmocka_unit_test(an_icmp_error_finds_its_flow),
        cmocka_unit_test(the_way_back_may_have_another_path),
        cmocka_unit_test(a_way_back_is_found_in_the_middle),
        cmocka_unit_test(what_has_both_sides_is_another_network),
        cmocka_unit_test(what_answers_something_else_is_another_connection),
        cmocka_unit_test(nonsense_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

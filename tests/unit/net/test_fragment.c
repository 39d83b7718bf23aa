/* test_fragment.c - datagrams come whole out of their fragments, in any order,
 * and nothing else does.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <pcap.h>

#include "base/clock.h"
#include "hex.h"

enum { DATAGRAM = 8 + 40 }; /* a UDP header and 40 bytes */

struct piece {
    uint16_t id, offset, length;
    bool more;
    uint16_t captured; /* 0: all */
    int64_t time;
};

/* The datagram's bytes: header, then 'a', 'b', ... */
static uint8_t datagram_byte(size_t i)
{
    static const uint8_t header[8] = {0xc0, 0, 0, 53, 0, DATAGRAM, 0, 0};
    return i < 8 ? header[i] : (uint8_t)('a' + (i - 8) % 26);
}

static bool feed(struct net *net, struct piece piece, struct packet *packet)
{
    size_t n = 20u + (piece.captured ? piece.captured : piece.length);
    uint8_t *bytes = calloc(1, n);
    bytes[0] = 0x45;
    bytes[2] = (uint8_t)((20 + piece.length) >> 8);
    bytes[3] = (uint8_t)(20 + piece.length);
    bytes[4] = (uint8_t)(piece.id >> 8);
    bytes[5] = (uint8_t)piece.id;
    uint16_t flags = (uint16_t)((piece.more ? 0x2000 : 0) | piece.offset / 8);
    bytes[6] = (uint8_t)(flags >> 8);
    bytes[7] = (uint8_t)flags;
    bytes[8] = 64;
    bytes[9] = 17;
    bytes[12] = bytes[16] = 10;
    bytes[15] = 1;
    bytes[19] = 2;
    for (size_t i = 20; i < n; i++)
        bytes[i] = datagram_byte(piece.offset + i - 20);
    struct frame frame = {.number = 1,
                          .time = piece.time,
                          .length = 20u + piece.length,
                          .link = DLT_RAW,
                          .bytes = {bytes, n}};
    bool done = net_decode(net, &frame, packet);
    free(bytes);
    return done;
}

static void check_is_whole(const struct packet *p)
{
    assert_int_equal(p->kind, PACKET_UDP);
    assert_int_equal(p->udp.destination_port, 53);
    assert_int_equal(p->length, DATAGRAM - 8);
    assert_int_equal(p->payload.n, DATAGRAM - 8);
    for (size_t i = 0; i < p->payload.n; i++)
        assert_int_equal(p->payload.p[i], datagram_byte(8 + i));
}

static const struct piece thirds[] = {
    {7, 0, 16, true, 0, 0},
    {7, 16, 16, true, 0, 0},
    {7, 32, 16, false, 0, 0},
};

static void any_order_gives_the_whole(void **state)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct net *net = net_new();
        struct packet p;
        assert_false(feed(net, thirds[orders[i][0]], &p));
        assert_false(feed(net, thirds[orders[i][1]], &p));
        assert_int_equal(net_counts(net)->fragments_given_up, 2);
        assert_true(feed(net, thirds[orders[i][2]], &p));
        check_is_whole(&p);
        assert_int_equal(net_counts(net)->fragments, 3);
        assert_int_equal(net_counts(net)->fragments_given_up, 0);
        net_free(&net);
    }
}

static void repeated_fragments_change_nothing(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    assert_false(feed(net, thirds[0], &p));
    assert_false(feed(net, thirds[0], &p));
    assert_false(feed(net, thirds[2], &p));
    assert_false(feed(net, thirds[2], &p));
    assert_true(feed(net, thirds[1], &p));
    check_is_whole(&p);
    net_free(&net);
}

static void datagrams_are_told_apart(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    struct piece other = thirds[2];
    other.id = 8;
    assert_false(feed(net, thirds[0], &p));
    assert_false(feed(net, thirds[1], &p));
    assert_false(feed(net, other, &p));
    assert_true(feed(net, thirds[2], &p));
    net_free(&net);
}

static void what_does_not_fit_spoils_the_datagram(void **state)
{
    static const struct piece odd[] = {
        {7, 8, 16, true, 0, 0},      /* overlaps */
        {7, 16, 8, true, 0, 0},      /* overlaps what comes */
        {7, 16, 12, true, 0, 0},     /* not a multiple of 8 */
        {7, 16, 0, true, 0, 0},      /* empty */
        {7, 65528, 16, false, 0, 0}, /* beyond the largest datagram */
        {7, 48, 8, true, 0, 0},      /* beyond the end */
        {7, 32, 8, false, 0, 0},     /* another end */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct net *net = net_new();
        struct packet p;
        assert_false(feed(net, thirds[0], &p));
        assert_false(feed(net, thirds[2], &p));
        assert_false(feed(net, odd[i], &p));
        assert_false(feed(net, thirds[1], &p));
        net_free(&net);
    }
}

static void an_old_beginning_is_forgotten(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    struct piece late[3];
    for (int i = 0; i < 3; i++) {
        late[i] = thirds[i];
        late[i].time = 40 * CLOCK_SECOND;
    }
    assert_false(feed(net, thirds[0], &p));
    assert_false(feed(net, late[1], &p));
    assert_false(feed(net, late[2], &p));
    assert_true(feed(net, late[0], &p));
    net_free(&net);
}

static void a_cut_fragment_cuts_the_payload(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    struct piece cut = thirds[1];
    cut.captured = 4;
    assert_false(feed(net, thirds[0], &p));
    assert_false(feed(net, cut, &p));
    assert_true(feed(net, thirds[2], &p));
    assert_int_equal(p.length, DATAGRAM - 8);
    assert_int_equal(p.payload.n, 16 + 4 - 8);
    net_free(&net);
}

/* 10 000 beginnings: the memory is bounded, and what comes last still works. */
static void a_flood_pushes_out_the_oldest(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    for (uint16_t i = 0; i < 10000; i++) {
        struct piece piece = {(uint16_t)(i + 100), 0, 16, true, 0, i};
        assert_false(feed(net, piece, &p));
    }
    struct piece end = {10099, 16, 32, false, 0, 10000};
    assert_true(feed(net, end, &p));
    check_is_whole(&p);
    net_free(&net);
}

static void ipv6_fragments_carry_tcp(void **state)
{
    (void)state;
    struct net *net = net_new();
    struct packet p;
    uint8_t *bytes;
    assert_false(hex_decode(net, DLT_RAW,
                            "60000000 000e 2c 40" DB8("1") DB8("2")
                            "0000 0010 00000005 0000 00006131",
                            &p, &bytes));
    free(bytes);
    assert_true(hex_decode(net, DLT_RAW,
                           "60000000 0018 2c 40" DB8("1") DB8("2")
                           "0600 0001 00000005"
                           "04d2 008f 00000001 00000002 5018 ffff",
                           &p, &bytes));
    assert_int_equal(p.kind, PACKET_TCP);
    assert_true(span_same(p.payload, SPAN("a1")));
    free(bytes);
    net_free(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_whole),
        cmocka_unit_test(repeated_fragments_change_nothing),
        cmocka_unit_test(datagrams_are_told_apart),
        cmocka_unit_test(what_does_not_fit_spoils_the_datagram),
        cmocka_unit_test(an_old_beginning_is_forgotten),
        cmocka_unit_test(a_cut_fragment_cuts_the_payload),
        cmocka_unit_test(a_flood_pushes_out_the_oldest),
        cmocka_unit_test(ipv6_fragments_carry_tcp),
    };
    return cmocka_run_group_tests_name("fragments", tests, NULL, NULL);
}

/* test_packet.c - what is read of IP, TCP, UDP, ICMP, ARP and neighbour
 * discovery, and what is counted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <pcap.h>

#include "hex.h"

struct fixture {
    struct net *net;
    struct packet packet;
    uint8_t *bytes;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->net = net_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    net_free(&f->net);
    free(f->bytes);
    free(f);
    return 0;
}

static bool decode(struct fixture *f, int link, const char *hex)
{
    free(f->bytes);
    return hex_decode(f->net, link, hex, &f->packet, &f->bytes);
}

static void assert_address(const struct address *a, const char *expected)
{
    char text[ADDRESS_TEXT];
    address_text(a, text);
    assert_string_equal(text, expected);
}

static void padding_is_trimmed(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_EN10MB, ETHERNET "0800" IPV4_TCP "000000000000"));
    assert_int_equal(f->packet.length, 2);
    assert_int_equal(f->packet.payload.n, 2);
}

static void total_length_0_is_the_frames(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "45000000 0001 4000 40 06 0000 0a000001 0a000002" TCP_A1
                       "6232"));
    assert_int_equal(f->packet.length, 4);
}

static void what_ip_says_but_was_not_captured_is_truncated(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "450005dc 0001 4000 40 06 0000 0a000001 0a000002" TCP_A1));
    assert_int_equal(f->packet.length, 1500 - 40);
    assert_int_equal(f->packet.payload.n, 2);
    assert_int_equal(net_counts(f->net)->truncated, 1);
}

static void ipv4_options_are_passed_over(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "4600002e abcd 0000 3f 06 0000 0a000001 0a000002"
                       "94040000" TCP_A1));
    assert_int_equal(f->packet.length, 2);
    assert_int_equal(f->packet.ttl, 0x3f);
    assert_int_equal(f->packet.ip_id, 0xabcd);
    assert_false(f->packet.dont_fragment);
}

static void jumbo_length_is_the_options(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "60000000 0000 00 40" DB8("1") DB8("2")
                       "0600 c204 0001001e" TCP_A1));
    assert_int_equal(f->packet.length, 0x1001e - 8 - 20);
    assert_int_equal(f->packet.payload.n, 2);
}

static void tcp_options_are_read(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "45000000 0001 4000 40 06 0000 0a000001 0a000002"
                       "04d2 008f 00000001 00000000 f002 2000 0000 0000"
                       "020405b4 0402 080a0000000100000002 01 03030f"
                       "050a 0000000a 00000014 0101"
                       "0000 000000000000"));
    const struct tcp_header *tcp = &f->packet.tcp;
    assert_true(tcp->has_mss && tcp->mss == 1460);
    assert_true(tcp->has_window_scale);
    assert_int_equal(tcp->window_scale, 14); /* 15 is not allowed */
    assert_true(tcp->sack_permitted);
    assert_true(tcp->has_timestamps);
    assert_int_equal(tcp->timestamp, 1);
    assert_int_equal(tcp->timestamp_echo, 2);
    assert_int_equal(tcp->sack_count, 1);
    assert_int_equal(tcp->sack[0].left, 10);
    assert_int_equal(tcp->sack[0].right, 20);
    assert_int_equal(tcp->flags, TCP_SYN);
    assert_int_equal(f->packet.length, 0);
}

static void broken_tcp_options_are_left_alone(void **state)
{
    static const char *const options[] = {"02ff05b4", "02000000", "01010102",
                                          "08030000"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        char hex[256];
        snprintf(hex, sizeof(hex),
                 "45000000 0001 4000 40 06 0000 0a000001 0a000002"
                 "04d2 008f 00000001 00000000 6002 2000 0000 0000 %s",
                 options[i]);
        assert_true(decode(f, DLT_RAW, hex));
        assert_false(f->packet.tcp.has_mss);
        assert_false(f->packet.tcp.has_timestamps);
    }
}

/* A SYN as Linux sent it; then with one bit turned. */
static void checksum_is_judged(void **state)
{
    struct fixture *f = *state;
    const char *right = "45000028 0001 0000 40 06 0000 0a000001 0a000002"
                        "04d2 008f 00000001 00000000 5002 2000 767e 0000";
    const char *wrong = "45000028 0001 0000 40 06 0000 0a000001 0a000002"
                        "04d2 008f 00000001 00000000 5002 2000 767f 0000";
    const char *cut = "45000029 0001 0000 40 06 0000 0a000001 0a000002"
                      "04d2 008f 00000001 00000000 5002 2000 767f 0000";
    assert_true(decode(f, DLT_RAW, right));
    assert_false(f->packet.tcp.bad_checksum);
    assert_true(decode(f, DLT_RAW, wrong));
    assert_true(f->packet.tcp.bad_checksum);
    assert_true(decode(f, DLT_RAW, cut)); /* not all was captured */
    assert_false(f->packet.tcp.bad_checksum);
}

static void udp_has_ports_and_payload(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "4500001f 0001 0000 40 11 0000 0a000001 0a000035"
                       "c000 0035 000b 0000 616263 00"));
    assert_int_equal(f->packet.kind, PACKET_UDP);
    assert_int_equal(f->packet.udp.source_port, 0xc000);
    assert_int_equal(f->packet.udp.destination_port, 53);
    assert_true(span_same(f->packet.payload, SPAN("abc")));
}

static void a_tunnels_port_alone_is_no_tunnel(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "4500001e 0001 0000 40 11 0000 0a000001 0a000035"
                       "12b5 0035 000a 0000 6162"));
    assert_int_equal(f->packet.kind, PACKET_UDP);
}

static void icmp_error_quotes_tcp(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "45000038 0001 0000 40 01 0000 0a0000fe 0a000001"
                       "0304 0000 0000 0578"
                       "450005dc 0001 4000 07 06 0000 0a000001 0a000002"
                       "04d2 008f 00000009"));
    const struct icmp_header *icmp = &f->packet.icmp;
    assert_int_equal(f->packet.kind, PACKET_ICMP);
    assert_int_equal(icmp->version, 4);
    assert_int_equal(icmp->mtu, 1400);
    assert_true(icmp->quotes && icmp->quoted_has_seq);
    assert_address(&icmp->quoted_source, "10.0.0.1");
    assert_address(&icmp->quoted_destination, "10.0.0.2");
    assert_int_equal(icmp->quoted_source_port, 1234);
    assert_int_equal(icmp->quoted_destination_port, 143);
    assert_int_equal(icmp->quoted_seq, 9);
    assert_int_equal(icmp->quoted_ttl, 7);
    assert_int_equal(icmp->quoted_protocol, 6);
}

static void icmp_quote_of_a_later_fragment_has_no_ports(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "45000038 0001 0000 40 01 0000 0a0000fe 0a000001"
                       "0300 0000 0000 0000"
                       "450005dc 0001 0010 07 06 0000 0a000001 0a000002"
                       "04d2 008f 00000009"));
    assert_false(f->packet.icmp.quotes);
}

static void icmp_echo_has_id_and_sequence(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "4500001c 0001 0000 40 01 0000 0a0000fe 0a000001"
                       "0800 0000 0007 0009"));
    assert_int_equal(f->packet.icmp.id, 7);
    assert_int_equal(f->packet.icmp.sequence, 9);
    assert_false(f->packet.icmp.quotes);
}

static void icmpv6_error_quotes_behind_extension_headers(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_RAW,
                       "60000000 0040 3a 40" DB8("f") DB8("1")
                       "0200 0000 00000500"
                       "60000000 0500 3c 05" DB8("1") DB8("2")
                       "0600 0104 00000000"
                       "04d2 03e1 0000000a"));
    const struct icmp_header *icmp = &f->packet.icmp;
    assert_int_equal(icmp->version, 6);
    assert_int_equal(icmp->mtu, 1280);
    assert_true(icmp->quotes);
    assert_int_equal(icmp->quoted_protocol, 6);
    assert_int_equal(icmp->quoted_destination_port, 993);
    assert_int_equal(icmp->quoted_seq, 10);
    assert_address(&icmp->quoted_destination, "2001:db8::2");
}

static void solicitation_is_a_question(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "86dd 60000000 0020 3a ff" DB8("1") DB8("f")
                       "8700 0000 00000000" DB8("2") "0101 0a0000000001"));
    assert_int_equal(f->packet.kind, PACKET_ARP);
    assert_int_equal(f->packet.icmp.version, 6);
    assert_true(f->packet.arp.request);
    assert_address(&f->packet.arp.sender, "2001:db8::1");
    assert_address(&f->packet.arp.target, "2001:db8::2");
    assert_address(&f->packet.icmp.target, "2001:db8::2");
    assert_memory_equal(f->packet.arp.sender_mac, "\x0a\0\0\0\0\x01", 6);
}

static void advertisement_is_an_answer(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "86dd 60000000 0018 3a ff" DB8("2") DB8("1")
                       "8800 0000 60000000" DB8("2")));
    assert_int_equal(f->packet.kind, PACKET_ARP);
    assert_false(f->packet.arp.request);
    assert_address(&f->packet.arp.sender, "2001:db8::2");
    assert_memory_equal(f->packet.arp.sender_mac, "\x02\0\0\0\0\x01", 6);
}

static void discovery_from_another_network_is_not_believed(void **state)
{
    struct fixture *f = *state;
    assert_false(decode(f, DLT_EN10MB,
                        ETHERNET "86dd 60000000 0018 3a fe" DB8("2") DB8("1")
                        "8800 0000 60000000" DB8("2")));
}

static void arp_is_read(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "0806 0001 0800 06 04 0002"
                       "020000000001 0a000001 020000000002 0a000002"
                       "000000000000000000000000000000000000"));
    assert_int_equal(f->packet.kind, PACKET_ARP);
    assert_false(f->packet.arp.request);
    assert_address(&f->packet.arp.sender, "10.0.0.1");
    assert_address(&f->packet.arp.target, "10.0.0.2");
    assert_true(f->packet.has_macs);
}

static void path_is_the_same_both_ways(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "8100 0064 0800"
                       "45000000 0001 0000 40 04 0000 c0a80001 c0a80002"
                       IPV4_TCP));
    uint32_t there = f->packet.path;
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "8100 2064 0800"
                       "45000000 0001 0000 40 04 0000 c0a80002 c0a80001"
                       IPV4_TCP));
    assert_int_equal(f->packet.path, there);
    assert_true(decode(f, DLT_EN10MB,
                       ETHERNET "8100 0065 0800"
                       "45000000 0001 0000 40 04 0000 c0a80002 c0a80001"
                       IPV4_TCP));
    assert_int_not_equal(f->packet.path, there);
}

static void what_is_not_used_is_counted(void **state)
{
    struct fixture *f = *state;
    assert_false(decode(f, DLT_USB, "00"));
    assert_int_equal(net_counts(f->net)->unknown_link, 1);
    assert_false(decode(f, DLT_EN10MB, ETHERNET "88cc 0000"));
    assert_false(decode(f, DLT_EN10MB, ETHERNET "0003 424203"));
    assert_false(decode(f, DLT_RAW,
                        "45000015 0001 0000 40 59 0000 0a000001 0a000002 00"));
    assert_int_equal(net_counts(f->net)->unknown_protocol, 3);
    assert_false(decode(f, DLT_RAW, "44"));
    assert_false(decode(f, DLT_RAW,
                        "45000013 0001 0000 40 06 0000 0a000001 0a000002"));
    assert_false(decode(f, DLT_EN10MB, ETHERNET));
    assert_int_equal(net_counts(f->net)->damaged, 3);
    assert_int_equal(net_counts(f->net)->frames, 7);
    assert_int_equal(net_counts(f->net)->packets, 0);
}

/* 200 VLAN tags, and MPLS labels without a bottom. */
static void nesting_has_an_end(void **state)
{
    struct fixture *f = *state;
    char hex[2048] = ETHERNET;
    for (int i = 0; i < 200; i++)
        strncat(hex, "81000001", sizeof(hex) - strlen(hex) - 1);
    assert_false(decode(f, DLT_EN10MB, hex));
    assert_int_equal(net_counts(f->net)->damaged, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(padding_is_trimmed),
        TEST(total_length_0_is_the_frames),
        TEST(what_ip_says_but_was_not_captured_is_truncated),
        TEST(ipv4_options_are_passed_over),
        TEST(jumbo_length_is_the_options),
        TEST(tcp_options_are_read),
        TEST(broken_tcp_options_are_left_alone),
        TEST(checksum_is_judged),
        TEST(udp_has_ports_and_payload),
        TEST(a_tunnels_port_alone_is_no_tunnel),
        TEST(icmp_error_quotes_tcp),
        TEST(icmp_quote_of_a_later_fragment_has_no_ports),
        TEST(icmp_echo_has_id_and_sequence),
        TEST(icmpv6_error_quotes_behind_extension_headers),
        TEST(solicitation_is_a_question),
        TEST(advertisement_is_an_answer),
        TEST(discovery_from_another_network_is_not_believed),
        TEST(arp_is_read),
        TEST(path_is_the_same_both_ways),
        TEST(what_is_not_used_is_counted),
        TEST(nesting_has_an_end),
    };
    return cmocka_run_group_tests_name("packets", tests, NULL, NULL);
}

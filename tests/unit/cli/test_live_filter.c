/* test_live_filter.c - the filter of live capture compiles and matches.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <pcap.h>

#include "cli/live_filter.h"

/* Ethernet, IPv4 without options, TCP: the bytes a port filter looks at. */
static const uint8_t plain[60] = {[12] = 0x08, 0x00, 0x45, [23] = 6,
                                  [36] = 0,    143,  [46] = 0x50};

static bool matches(const char *expression, int link, const uint8_t *frame,
                    size_t n)
{
    pcap_t *pcap = pcap_open_dead(link, 262144);
    struct bpf_program program;
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)n,
                                 .len = (bpf_u_int32)n};
    if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
        fail_msg("%s: %s", expression, pcap_geterr(pcap));
    bool hit = pcap_offline_filter(&program, &header, frame) != 0;
    pcap_freecode(&program);
    pcap_close(pcap);
    return hit;
}

static bool wanted(const struct analyze_options *options, bool vlan, int link,
                   const uint8_t *frame, size_t n)
{
    struct text filter = {0};
    live_filter(options, vlan, &filter);
    bool hit = matches(text_string(&filter), link, frame, n);
    text_free(&filter);
    return hit;
}

static void with_port(uint8_t frame[60], uint16_t port)
{
    for (size_t i = 0; i < sizeof plain; i++)
        frame[i] = plain[i];
    frame[36] = (uint8_t)(port >> 8);
    frame[37] = (uint8_t)port;
}

static void mail_ports_are_wanted_and_others_not(void **state)
{
    static const uint16_t mail[] = {24,  25,  110, 143, 465,
                                    587, 993, 995, 2525, 4190};
    struct analyze_options options = {0};
    uint8_t frame[60];
    (void)state;
    for (size_t i = 0; i < sizeof mail / sizeof *mail; i++) {
        with_port(frame, mail[i]);
        assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    }
    with_port(frame, 443);
    assert_false(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
}

static void decode_as_adds_its_port(void **state)
{
    const struct decode_as odd = {1143, "imap", false};
    struct analyze_options options = {.decode_as = &odd, .decode_as_count = 1};
    uint8_t frame[60];
    (void)state;
    with_port(frame, 1143);
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
}

static void the_users_filter_narrows_it(void **state)
{
    struct analyze_options options = {.filter = "port 25 or port 443"};
    uint8_t frame[60];
    (void)state;
    with_port(frame, 143);
    assert_false(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    with_port(frame, 443);
    assert_false(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    with_port(frame, 25);
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
}

static void tagged_frames_are_wanted_too(void **state)
{
    struct analyze_options options = {0};
    uint8_t frame[60], tagged[64] = {[12] = 0x81, 0x00, 0x00, 0x07};
    (void)state;
    with_port(frame, 993);
    for (size_t i = 12; i < sizeof frame; i++)
        tagged[i + 4] = frame[i];
    assert_true(wanted(&options, true, DLT_EN10MB, tagged, sizeof tagged));
    assert_false(wanted(&options, false, DLT_EN10MB, tagged, sizeof tagged));
}

static void what_mail_depends_on_is_wanted(void **state)
{
    struct analyze_options options = {0};
    uint8_t frame[60];
    (void)state;
    with_port(frame, 53);
    frame[23] = 17; /* UDP */
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    frame[23] = 1; /* ICMP */
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    with_port(frame, 443);
    frame[21] = 1; /* a fragment behind the first */
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
    frame[12] = 0x08;
    frame[13] = 0x06; /* ARP */
    assert_true(wanted(&options, true, DLT_EN10MB, frame, sizeof frame));
}

static void without_tags_it_suits_every_link(void **state)
{
    static const int links[] = {DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2,
                                DLT_NULL, DLT_PPP};
    struct analyze_options options = {0};
    uint8_t frame[60] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        assert_false(wanted(&options, false, links[i], frame, sizeof frame));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_ports_are_wanted_and_others_not),
        cmocka_unit_test(decode_as_adds_its_port),
        cmocka_unit_test(the_users_filter_narrows_it),
        cmocka_unit_test(tagged_frames_are_wanted_too),
        cmocka_unit_test(what_mail_depends_on_is_wanted),
        cmocka_unit_test(without_tags_it_suits_every_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_link_types.c - of libpcap's list of link types, which are read, and why
 * the others are not.
 *
 * test_link.c tests each that is read.  A type that is not needs a reason here,
 * so that leaving it out is a decision.  What a newer libpcap adds is only
 * printed: it may not break the build of an older release.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "net/decode.h" /* before cmocka, whose skip() is a macro */

#include "test.h"

#include <pcap.h>

enum { LAST = 300 };

#define BUS          "a bus of machines, cars or planes"
#define USB          "USB: a network card behind it is seen at its interface"
#define BLUETOOTH    "Bluetooth: what carries IP there is seen at its interface"
#define SENSORS      "radio of sensors and cards"
#define SIGNALLING   "signalling of telephone networks"
#define LOCAL        "messages inside a host"
#define VIDEO        "television and displays"
#define PIECES       "packets are cut to pieces over several lines or frames"
#define UNDOCUMENTED "no public description"
#define COOKIE       "a card's cookie, which tcpdump and Wireshark read differently"
#define OLD          "carried IP once; no captures are published"

/* clang-format off */
static const struct left_out {
    int link;
    const char *why;
} left_out[] = {
    {DLT_ARCNET, OLD},
    {DLT_SLIP_BSDOS, OLD},
    {DLT_PPP_BSDOS, OLD},
    {DLT_LTALK, OLD},
    {DLT_ARCNET_LINUX, OLD},
    {DLT_JUNIPER_MLPPP, PIECES},
    {DLT_JUNIPER_MLFR, PIECES},
    {DLT_JUNIPER_ES, COOKIE},
    {DLT_JUNIPER_GGSN, COOKIE},
    {DLT_JUNIPER_MFR, PIECES},
    {DLT_JUNIPER_SERVICES, COOKIE},
    {DLT_MTP2_WITH_PHDR, SIGNALLING},
    {DLT_MTP2, SIGNALLING},
    {DLT_MTP3, SIGNALLING},
    {DLT_SCCP, SIGNALLING},
    {DLT_LINUX_IRDA, OLD},
    {DLT_JUNIPER_MONITOR, COOKIE},
    {DLT_BACNET_MS_TP, BUS},
    {DLT_GPRS_LLC, "cellular radio: usually encrypted"},
    {DLT_GPF_T, "circuits, not packets"},
    {DLT_GPF_F, OLD},
    {DLT_JUNIPER_PIC_PEER, UNDOCUMENTED},
    {DLT_LINUX_LAPD, SIGNALLING},
    {DLT_MFR, PIECES},
    {DLT_JUNIPER_VP, COOKIE},
    {DLT_A429, BUS},
    {DLT_A653_ICM, BUS},
    {DLT_USB_FREEBSD, USB},
    {DLT_BLUETOOTH_HCI_H4, BLUETOOTH},
    {DLT_IEEE802_16_MAC_CPS, "WiMAX: usually encrypted"},
    {DLT_USB_LINUX, USB},
    {DLT_CAN20B, BUS},
    {DLT_IEEE802_15_4_LINUX, SENSORS},
    {DLT_IEEE802_16_MAC_CPS_RADIO, "WiMAX: usually encrypted"},
    {DLT_JUNIPER_ISM, UNDOCUMENTED},
    {DLT_IEEE802_15_4_WITHFCS, SENSORS},
    {DLT_SITA, "lines of airports, of many kinds"},
    {DLT_RAIF1, UNDOCUMENTED},
    {DLT_IPMB_KONTRON, BUS},
    {DLT_JUNIPER_ST, UNDOCUMENTED},
    {DLT_BLUETOOTH_HCI_H4_WITH_PHDR, BLUETOOTH},
    {DLT_AX25_KISS, "amateur radio: no captures with mail are published"},
    {DLT_IPMB_LINUX, BUS},
    {DLT_IEEE802_15_4_NONASK_PHY, SENSORS},
    {DLT_LINUX_EVDEV, LOCAL},
    {DLT_USB_LINUX_MMAPPED, USB},
    {DLT_DECT, SIGNALLING},
    {DLT_AOS, "space radio"},
    {DLT_WIHART, SENSORS},
    {DLT_FC_2, "storage networks: IP there is DLT_IP_OVER_FC"},
    {DLT_FC_2_WITH_FRAME_DELIMS, "storage networks: IP there is DLT_IP_OVER_FC"},
    {DLT_CAN_SOCKETCAN, BUS},
    {DLT_IEEE802_15_4_NOFCS, SENSORS},
    {DLT_DBUS, LOCAL},
    {DLT_JUNIPER_VS, UNDOCUMENTED},
    {DLT_JUNIPER_SRX_E2E, UNDOCUMENTED},
    {DLT_JUNIPER_FIBRECHANNEL, UNDOCUMENTED},
    {DLT_DVB_CI, VIDEO},
    {DLT_MUX27010, SIGNALLING},
    {DLT_STANAG_5066_D_PDU, PIECES},
    {DLT_JUNIPER_ATM_CEMIC, UNDOCUMENTED},
    {DLT_MPEG_2_TS, VIDEO},
    {DLT_NG40, SIGNALLING},
    {DLT_NFC_LLCP, SENSORS},
    {DLT_PFSYNC, "states of a packet filter"},
    {DLT_INFINIBAND, "IP there is DLT_IPOIB"},
    {DLT_SCTP, "SCTP carries no mail"},
    {DLT_USBPCAP, USB},
    {DLT_RTAC_SERIAL, BUS},
    {DLT_BLUETOOTH_LE_LL, BLUETOOTH},
    {DLT_NETLINK, LOCAL},
    {DLT_BLUETOOTH_LINUX_MONITOR, BLUETOOTH},
    {DLT_BLUETOOTH_BREDR_BB, BLUETOOTH},
    {DLT_BLUETOOTH_LE_LL_WITH_PHDR, BLUETOOTH},
    {DLT_PROFIBUS_DL, BUS},
    {DLT_IPMI_HPM_2, BUS},
    {DLT_ZWAVE_R1_R2, SENSORS},
    {DLT_ZWAVE_R3, SENSORS},
    {DLT_WATTSTOPPER_DLM, BUS},
    {DLT_ISO_14443, SENSORS},
    {DLT_RDS, VIDEO},
    {DLT_USB_DARWIN, USB},
    {DLT_OPENFLOW, "control of switches"},
    {DLT_SDLC, OLD},
    {DLT_TI_LLN_SNIFFER, SENSORS},
    {DLT_VSOCK, LOCAL},
    {DLT_NORDIC_BLE, BLUETOOTH},
    {DLT_DOCSIS31_XRA31, PIECES},
    {DLT_DISPLAYPORT_AUX, VIDEO},
    {DLT_OPENVIZSLA, USB},
    {DLT_EBHSCR, BUS},
    {DLT_VPP_DISPATCH, "each packet once for each step inside a router"},
    {DLT_IEEE802_15_4_TAP, SENSORS},
    {DLT_ELEE, "lawful interception, on its way to who ordered it"},
    {DLT_Z_WAVE_SERIAL, SENSORS},
    {DLT_USB_2_0, USB},
    {DLT_ATSC_ALP, VIDEO},
};
/* clang-format on */

static const char *why_not(int link)
{
    for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
        if (left_out[i].link == link)
            return left_out[i].why;
    }
    return NULL;
}

static void each_is_read_or_left_out_for_a_reason(void **state)
{
    (void)state;
    for (int link = 0; link <= LAST; link++) {
        const char *name = pcap_datalink_val_to_name(link);
        const char *why = why_not(link);
        bool is_read = link_decoder(link) != unknown_link;
        if (is_read && why)
            fail_msg("%s (%d) is read, though: %s", name, link, why);
        if (name)
            print_message("%3d %-28s %s\n", link, name,
                          is_read ? "read"
                          : why   ? why
                                  : "NOT JUDGED");
    }
}

/* What the releases of libpcap that are about have in common. */
static void the_list_of_libpcap_1_10_is_judged(void **state)
{
    enum { LAST_OF_1_10 = 289 };
    (void)state;
    for (int link = 0; link <= LAST_OF_1_10; link++) {
        const char *name = pcap_datalink_val_to_name(link);
        if (name && !why_not(link) && link_decoder(link) == unknown_link)
            fail_msg("%s (%d) is not read, and nothing says why", name, link);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_read_or_left_out_for_a_reason),
        cmocka_unit_test(the_list_of_libpcap_1_10_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_link.c - every link type, tag and tunnel leads to the same TCP segment,
 * and none reads past the end wherever the frame is cut.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "net/decode.h" /* before cmocka, whose skip() is a macro */

#include "test.h"

#include <pcap.h>

#include "hex.h"

struct row {
    const char *name;
    int link;
    bool has_path;
    const char *hex;
};

#define ZERO_16 "00000000000000000000000000000000"
#define ZERO_20 "0000000000000000000000000000000000000000"
#define ZERO_24 ZERO_20 "00000000"

/* clang-format off */
static const struct row rows[] = {
    {"Ethernet", DLT_EN10MB, false, ETHERNET "0800" IPV4_TCP},
    {"Ethernet, IPv6", DLT_EN10MB, false, ETHERNET "86dd" IPV6_TCP},
    {"802.3 with LLC and SNAP", DLT_EN10MB, false,
     ETHERNET "0032" SNAP "0800" IPV4_TCP},
    {"802.3 with IP over LLC", DLT_EN10MB, false,
     ETHERNET "002d" "060603" IPV4_TCP},
    {"802.1Q", DLT_EN10MB, true, ETHERNET "8100 0064 0800" IPV4_TCP},
    {"802.1Q with only a priority", DLT_EN10MB, false,
     ETHERNET "8100 e000 0800" IPV4_TCP},
    {"802.1ad around 802.1Q", DLT_EN10MB, true,
     ETHERNET "88a8 0007 8100 0064 86dd" IPV6_TCP},
    {"802.1Q around LLC", DLT_EN10MB, true,
     ETHERNET "8100 0064 0032" SNAP "0800" IPV4_TCP},
    {"FabricPath", DLT_EN10MB, false,
     ETHERNET "8903 0041" ETHERNET "0800" IPV4_TCP},
    {"TrustSec", DLT_EN10MB, false,
     ETHERNET "8909 01 01 0001 0002 0800" IPV4_TCP},
    {"VN-Tag", DLT_EN10MB, false, ETHERNET "8926 80010002 0800" IPV4_TCP},
    {"HSR", DLT_EN10MB, false, ETHERNET "892f 00300001 0800" IPV4_TCP},
    {"R-TAG", DLT_EN10MB, false, ETHERNET "f1c1 00000001 0800" IPV4_TCP},
    {"ISL", DLT_EN10MB, true,
     "01000c0000 00 020000000001 004c aaaa03 00000c 00c8 0000 0000" ETHERNET
     "0800" IPV4_TCP "00000000" "00000000"},
    {"MACsec that does not encrypt", DLT_EN10MB, false,
     ETHERNET "88e5 20 00 00000001 0200000000010001 0800" IPV4_TCP ZERO_16},
    {"MACsec that does not encrypt, without a channel", DLT_EN10MB, false,
     ETHERNET "88e5 00 00 00000001 0800" IPV4_TCP ZERO_16},
    {"provider's backbone", DLT_EN10MB, true,
     ETHERNET "88a8 0005 88e7 00000064" ETHERNET "0800" IPV4_TCP},
    {"TRILL with an option", DLT_EN10MB, false,
     ETHERNET "22f3 0046 0001 0002 00000000" ETHERNET "0800" IPV4_TCP},
    {"NSH", DLT_EN10MB, false, ETHERNET "894f 0fc2 02 01 00000001" IPV4_TCP},
    {"MPLS", DLT_EN10MB, false,
     ETHERNET "8847 00010040 00020140" IPV4_TCP},
    {"MPLS as the link layer", DLT_MPLS, false, "00020140" IPV4_TCP},
    {"MPLS around Ethernet with a control word", DLT_EN10MB, false,
     ETHERNET "8847 00020140 00000000" ETHERNET "0800" IPV4_TCP},
    {"MPLS around Ethernet", DLT_EN10MB, false,
     ETHERNET "8847 00020140" "120000000002 120000000001" "0800" IPV4_TCP},
    {"PPPoE", DLT_EN10MB, false,
     ETHERNET "8864 11 00 0001 002c 0021" IPV4_TCP},
    {"Linux cooked", DLT_LINUX_SLL, false,
     "0000 0001 0006 0200000000010000 0800" IPV4_TCP},
    {"Linux cooked with VLAN", DLT_LINUX_SLL, true,
     "0000 0001 0006 0200000000010000 8100 0005 0800" IPV4_TCP},
    {"Linux cooked, version 2", DLT_LINUX_SLL2, false,
     "86dd 0000 00000002 0001 00 06 0200000000010000" IPV6_TCP},
    {"Linux cooked, 802.11", DLT_LINUX_SLL, false,
     "0000 0321 0000 0000000000000000 0004"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"Linux cooked, radiotap", DLT_LINUX_SLL2, false,
     "0003 0000 00000002 0323 00 00 0000000000000000" "00 00 0800 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"Linux cooked, AVS for Prism", DLT_LINUX_SLL, false,
     "0000 0322 0000 0000000000000000 0003" "80211001 0000000c 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"raw IP", DLT_RAW, false, IPV4_TCP},
    {"raw IP, number of OpenBSD", 14, false, IPV6_TCP},
    {"raw IP, as a probe names it", DLT_PPI, false,
     "00 00 0800 65000000" IPV4_TCP},
    {"raw IP, number in files", 101, false, IPV4_TCP},
    {"raw IPv4", DLT_IPV4, false, IPV4_TCP},
    {"raw IPv6", DLT_IPV6, false, IPV6_TCP},
    {"NULL, little-endian", DLT_NULL, false, "02000000" IPV4_TCP},
    {"NULL, big-endian", DLT_NULL, false, "0000001e" IPV6_TCP},
    {"LOOP", DLT_LOOP, false, "00000002" IPV4_TCP},
    {"PPP", DLT_PPP, false, "ff03 0021" IPV4_TCP},
    {"PPP, header compressed", DLT_PPP_SERIAL, false, "57" IPV6_TCP},
    {"PPP, Cisco's framing", DLT_PPP_SERIAL, false, "0f00 0800" IPV4_TCP},
    {"PPP, Cisco's framing, to all", DLT_PPP, false, "8f00 86dd" IPV6_TCP},
    {"PPP with direction, unframed", DLT_PPP_WITH_DIR, false, "00 0021" IPV4_TCP},
    {"PPP with direction", DLT_PPP_WITH_DIR, false, "01 ff03 0021" IPV4_TCP},
    {"PPP of pppd", DLT_PPP_PPPD, false, "01 03 0021" IPV4_TCP},
    {"PPP over Ethernet link", DLT_PPP_ETHER, false,
     "11 00 0001 002c 0021" IPV4_TCP},
    {"Cisco HDLC", DLT_C_HDLC, false, "0f00 0800" IPV4_TCP},
    {"PPP in HDLC", DLT_C_HDLC, false, "ff03 0057" IPV6_TCP},
    {"FDDI", DLT_FDDI, false, "50" ETHERNET SNAP "0800" IPV4_TCP},
    {"token ring with a route", DLT_IEEE802, false,
     "10 40 020000000002 820000000001" "0630 0011 0020" SNAP "0800" IPV4_TCP},
    {"ATM", DLT_ATM_RFC1483, false, SNAP "0800" IPV4_TCP},
    {"Frame Relay, a long address, Cisco's", DLT_FRELAY, false,
     "18400001 0800" IPV4_TCP},
    {"ATM, bridged Ethernet", DLT_ATM_RFC1483, false,
     "aaaa03 0080c2 0007 0000" ETHERNET "0800" IPV4_TCP},
    {"ATM, IP by ISO's byte", DLT_ATM_RFC1483, false, "fefe03cc" IPV4_TCP},
    {"ATM, IPv6 by ISO's byte, Cisco's", DLT_ATM_RFC1483, false,
     "03 8e" IPV6_TCP},
    {"ATM, PPP", DLT_ATM_RFC1483, false, "fefe03cf 0021" IPV4_TCP},
    {"ATM, classical IP with LLC", DLT_ATM_CLIP, false, SNAP "0800" IPV4_TCP},
    {"ATM, classical IP without", DLT_ATM_CLIP, false, IPV6_TCP},
    {"SunATM, LLC", DLT_SUNATM, false, "82 00 0020" SNAP "0800" IPV4_TCP},
    {"SunATM, LAN emulation", DLT_SUNATM, false,
     "01 00 0020 0001" ETHERNET "0800" IPV4_TCP},
    {"Frame Relay", DLT_FRELAY, false, "1841 03 cc" IPV4_TCP},
    {"Frame Relay, IPv6 with padding", DLT_FRELAY, false,
     "1841 03 00 8e" IPV6_TCP},
    {"Frame Relay, an address of 4 bytes", DLT_FRELAY, false,
     "18400001 03 cc" IPV4_TCP},
    {"Frame Relay, SNAP", DLT_FRELAY, false,
     "1841 03 00 80 000000 0800" IPV4_TCP},
    {"Frame Relay, bridged Ethernet", DLT_FRELAY, false,
     "1841 03 00 80 0080c2 0007" ETHERNET "0800" IPV4_TCP},
    {"Frame Relay, PPP", DLT_FRELAY, false, "1841 03 cf 0021" IPV4_TCP},
    {"Frame Relay, Cisco's", DLT_FRELAY, false, "1841 0800" IPV4_TCP},
    {"Frame Relay with direction", DLT_FRELAY_WITH_DIR, false,
     "01 1841 03 cc" IPV4_TCP},
    {"Cisco HDLC with direction", DLT_C_HDLC_WITH_DIR, false,
     "01 0f00 0800" IPV4_TCP},
    {"SLIP", DLT_SLIP, false,
     "00 400000000000000000000000000000" IPV4_TCP},
    {"IP over Fibre Channel", DLT_IP_OVER_FC, false,
     "1000000000000002 1000000000000001" SNAP "0800" IPV4_TCP},
    {"IP over FireWire", DLT_APPLE_IP_OVER_IEEE1394, false,
     "0000000000000002 0000000000000001 0800" IPV4_TCP},
    {"DOCSIS", DLT_DOCSIS, false,
     "00 00 003c 3107" ETHERNET "0800" IPV4_TCP "00000000"},
    {"DOCSIS, extended", DLT_DOCSIS, false,
     "01 03 003f 010203 24ba" ETHERNET "0800" IPV4_TCP "00000000"},
    {"DOCSIS, isolated", DLT_DOCSIS, false,
     "80 00 003c 5f2a" ETHERNET "0800" IPV4_TCP "00000000"},
    {"PPI around Ethernet", DLT_PPI, false,
     "00 00 0800 01000000" ETHERNET "0800" IPV4_TCP},
    {"PPI around 802.11", DLT_PPI, false,
     "00 00 0c00 69000000 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"ERF, Ethernet", DLT_ERF, false,
     "0000000000000000 02 04 0048 0000 0038 0000" ETHERNET "0800" IPV4_TCP},
    {"ERF, padded, with extension headers", DLT_ERF, false,
     "0000000000000000 82 04 0060 0000 0038"
     "8000000000000000 0000000000000000 0000" ETHERNET "0800" IPV4_TCP
     "000000000000"},
    {"ERF, HDLC", DLT_ERF, false,
     "0000000000000000 01 00 0040 0000 002e 0f00 0800" IPV4_TCP},
    {"ERF, IPv6", DLT_ERF, false,
     "0000000000000000 17 00 004e 0000 003e" IPV6_TCP},
    {"ERF, HDLC of one channel", DLT_ERF, false,
     "0000000000000000 05 00 0044 0000 0032 00000003 0f00 0800" IPV4_TCP},
    {"ERF, AAL5", DLT_ERF, false,
     "0000000000000000 04 00 004a 0000 0036 00000210" SNAP "0800" IPV4_TCP},
    {"ERF, always Ethernet", DLT_ERF_ETH, false,
     "0000000000000000 02 04 0048 0000 0038 0000" ETHERNET "0800" IPV4_TCP},
    {"ERF, always HDLC", DLT_ERF_POS, false,
     "0000000000000000 01 00 0040 0000 002e ff03 0021" IPV4_TCP},
    {"Juniper, Ethernet", DLT_JUNIPER_ETHER, false,
     "4d4743 01" ETHERNET "0800" IPV4_TCP},
    {"Juniper, Ethernet with extensions", DLT_JUNIPER_ETHER, false,
     "4d4743 81 0006 010200000302" ETHERNET "0800" IPV4_TCP},
    {"Juniper, Ethernet left out", DLT_JUNIPER_ETHER, false,
     "4d4743 02 02000000" IPV4_TCP},
    {"Juniper, PPP", DLT_JUNIPER_PPP, false, "4d4743 00 ff030021" IPV4_TCP},
    {"Juniper, Frame Relay", DLT_JUNIPER_FRELAY, false,
     "4d4743 00 184103cc" IPV4_TCP},
    {"Juniper, HDLC", DLT_JUNIPER_CHDLC, false,
     "4d4743 00 0f000800" IPV4_TCP},
    {"Juniper, PPPoE", DLT_JUNIPER_PPPOE, false,
     "4d4743 01" ETHERNET "8864 11 00 0001 002c 0021" IPV4_TCP},
    {"Juniper, PPPoE over ATM", DLT_JUNIPER_PPPOE_ATM, false,
     "4d4743 01 8864 11 00 0001 002c 0021" IPV4_TCP},
    {"Juniper, ATM1, LLC", DLT_JUNIPER_ATM1, false,
     "4d4743 01 00000001" SNAP "0800" IPV4_TCP},
    {"Juniper, ATM1, IP", DLT_JUNIPER_ATM1, false,
     "4d4743 01 00000001" IPV6_TCP},
    {"Juniper, ATM2, bridged", DLT_JUNIPER_ATM2, false,
     "4d4743 01 0000000000000000 aaaa03 0080c2 0007 0000" ETHERNET "0800"
     IPV4_TCP},
    {"Juniper, ATM2, PPP", DLT_JUNIPER_ATM2, false,
     "4d4743 01 0000000000000000 0021" IPV4_TCP},
    {"Juniper, ATM2, IP", DLT_JUNIPER_ATM2, false,
     "4d4743 01 0000000000000000" IPV4_TCP},
    {"TZSP", DLT_TZSP, false, "01 00 0001 01" ETHERNET "0800" IPV4_TCP},
    {"TZSP with tags", DLT_TZSP, false,
     "01 00 0012 00 0a 01 c4 28 04 00000001 01"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"netANALYZER", DLT_NETANALYZER, false,
     "00043c00" ETHERNET "0800" IPV4_TCP "00000000"},
    {"netANALYZER, transparent", DLT_NETANALYZER_TRANSPARENT, false,
     "00063c00 55555555555555d5" ETHERNET "0800" IPV4_TCP "00000000"},
    {"netANALYZER, a short preamble", DLT_NETANALYZER_TRANSPARENT, false,
     "40063c00 5555d5" ETHERNET "0800" IPV4_TCP "00000000"},
    {"mPacket, a whole frame", DLT_ETHERNET_MPACKET, false,
     "55555555555555d5" ETHERNET "0800" IPV4_TCP "9871c790"},
    {"EPON", DLT_EPON, false, "d5555500017a" ETHERNET "0800" IPV4_TCP},
    {"Solaris IPNET", DLT_IPNET, false,
     "01 02 0001 0000002a 00000001 00000000 00000000 00000000" IPV4_TCP},
    {"Symantec", DLT_SYMANTEC_FIREWALL, false,
     "c0a80001 0000 0800 000000000000000000000000000000000000"
     "000000000000000000000000000000000000" IPV4_TCP},
    {"Symantec, version 3", DLT_SYMANTEC_FIREWALL, false,
     "c0a80001 000000000000 86dd 00000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000" IPV6_TCP},
    {"DSA, Broadcom", DLT_DSA_TAG_BRCM, false,
     "020000000002 020000000001 20000005 0800" IPV4_TCP},
    {"DSA, Broadcom, around LLC", DLT_DSA_TAG_BRCM, false,
     "020000000002 020000000001 20000005 0032" SNAP "0800" IPV4_TCP},
    {"DSA, Broadcom's in front", DLT_DSA_TAG_BRCM_PREPEND, false,
     "20000005" ETHERNET "0800" IPV4_TCP},
    {"DSA, Marvell", DLT_DSA_TAG_DSA, false,
     "020000000002 020000000001 c0180001 0800" IPV4_TCP},
    {"DSA, Marvell's with a type", DLT_DSA_TAG_EDSA, false,
     "020000000002 020000000001 dada 0000 c0180001 0800" IPV4_TCP},
    {"pflog, the old one", 17, false,
     "00000002 656d3000000000000000000000000000 0001 0000 0000 0001" IPV4_TCP},
    {"IP over InfiniBand", DLT_IPOIB, false,
     "0000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000 0800 0000" IPV4_TCP},
    {"NFLOG", DLT_NFLOG, false,
     "02 00 0000 0500 0a00 78000000" "2e00 0900" IPV4_TCP "0000"},
    {"NFLOG, big-endian", DLT_NFLOG, false,
     "0a 00 0000 0042 0009" IPV6_TCP "0000"},
    {"NFLOG of a bridge", DLT_NFLOG, false, "07 00 0000 2e00 0900" IPV4_TCP
     "0000"},
    {"OpenBSD enc", DLT_ENC, false, "02000000 00000000 00000000" IPV4_TCP},
    {"pflog", DLT_PFLOG, false, "05 02 00 00 00 000000" IPV4_TCP},
    {"macOS pktap", DLT_PKTAP, false,
     "6c000000 01000000 01000000" ZERO_24 "01000000 02000000 0e000000 00000000"
     ZERO_24 "00000000 0600 0000 00000000" ZERO_20
     ETHERNET "0800" IPV4_TCP},
    {"macOS pktap, its first number", 149, false,
     "6c000000 01000000 01000000" ZERO_24 "01000000 02000000 0e000000 00000000"
     ZERO_24 "00000000 0600 0000 00000000" ZERO_20
     ETHERNET "0800" IPV4_TCP},
    {"macOS pktap, version 2", DLT_PKTAP, false,
     "2c 00 00 28 00 00 0100 0e00 0000 0600 0600 02000000 00000000 00000000"
     "00000000 00000000 01000800 656e3000" ETHERNET "0800" IPV4_TCP},
    {"802.11, to the access point", DLT_IEEE802_11, false,
     "0801 0000 020000000009 020000000001 020000000002 0000" SNAP "0800"
     IPV4_TCP},
    {"802.11, QoS, relayed", DLT_IEEE802_11, false,
     "8803 0000 020000000008 020000000009 020000000002 0000 020000000001 0000"
     SNAP "0800" IPV4_TCP},
    {"802.11, an aggregate", DLT_IEEE802_11, false,
     "8802 0000 020000000002 020000000009 020000000001 0000 8000"
     ETHERNET "0032" SNAP "0800" IPV4_TCP "0000"},
    {"radiotap, padded", DLT_IEEE802_11_RADIO, false,
     "00 00 1100 03000000 0000000000000000 20"
     "8802 0000 020000000002 020000000009 020000000001 0000 0000 0000"
     SNAP "0800" IPV4_TCP},
    {"AVS", DLT_IEEE802_11_RADIO_AVS, false,
     "80211001 0000000c 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"AVS under the number of Prism", DLT_PRISM_HEADER, false,
     "80211001 0000000c 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"IP in IP", DLT_RAW, true, OUTER_IPV4("04") IPV4_TCP},
    {"IPv6 in IPv4", DLT_RAW, true, OUTER_IPV4("29") IPV6_TCP},
    {"IPv4 in IPv6", DLT_RAW, true, OUTER_IPV6("04") IPV4_TCP},
    {"GRE", DLT_RAW, true, OUTER_IPV4("2f") "0000 0800" IPV4_TCP},
    {"GRE with checksum, key and sequence", DLT_RAW, true,
     OUTER_IPV6("2f") "b000 86dd 00000000 00000001 00000001" IPV6_TCP},
    {"Ethernet in GRE", DLT_RAW, true,
     OUTER_IPV4("2f") "2000 6558 00000001" ETHERNET "0800" IPV4_TCP},
    {"PPTP", DLT_RAW, true,
     OUTER_IPV4("2f") "3081 880b 002e0001 00000001 00000002 ff03 0021" IPV4_TCP},
    {"WCCP", DLT_RAW, true, OUTER_IPV4("2f") "0000 883e" IPV4_TCP},
    {"WCCP, version 2", DLT_RAW, true,
     OUTER_IPV4("2f") "0000 883e 00010000" IPV4_TCP},
    {"ERSPAN I", DLT_RAW, true,
     OUTER_IPV4("2f") "0000 88be" ETHERNET "0800" IPV4_TCP},
    {"ERSPAN II", DLT_RAW, true,
     OUTER_IPV4("2f") "1000 88be 00000001 1001000100000000" ETHERNET "0800"
     IPV4_TCP},
    {"ERSPAN III", DLT_RAW, true,
     OUTER_IPV4("2f") "1000 22eb 00000001 2001000100000000 00000001"
     "0000000000000000" ETHERNET "0800" IPV4_TCP},
    {"EtherIP", DLT_RAW, true, OUTER_IPV4("61") "3000" ETHERNET "0800" IPV4_TCP},
    {"MPLS in IP", DLT_RAW, true, OUTER_IPV4("89") "00010140" IPV4_TCP},
    {"VXLAN", DLT_RAW, true,
     OUTER_IPV4("11") "c000 12b5 0000 0000 0800000000002a00" ETHERNET "0800"
     IPV4_TCP},
    {"VXLAN-GPE", DLT_RAW, true,
     OUTER_IPV4("11") "c000 12b6 0000 0000 0c00000200002a00" IPV6_TCP},
    {"Geneve with options", DLT_RAW, true,
     OUTER_IPV6("11") "c000 17c1 0000 0000 0100 6558 00002a00 01020304" ETHERNET
     "0800" IPV4_TCP},
    {"Teredo with authentication and origin", DLT_RAW, false,
     OUTER_IPV4("11") "0dd8 c000 0000 0000" "0001 0000 0000000000000000 00"
     "0000 f227 3f57fefd" IPV6_TCP},
    {"GTP with an extension", DLT_RAW, true,
     OUTER_IPV4("11") "c000 0868 0000 0000" "34ff 0032 00000001 0000 00 85"
     "01 1001 00" IPV4_TCP},
    {"L2TP with length and offset", DLT_RAW, true,
     OUTER_IPV4("11") "06a5 c000 0000 0000" "4202 003c 0001 0002 0002 0000"
     "ff03 0021" IPV4_TCP},
    {"L2TP with sequence, the least of PPP", DLT_RAW, true,
     OUTER_IPV6("11") "c000 06a5 0000 0000" "0802 0001 0002 0003 0004" "57"
     IPV6_TCP},
    {"TZSP over UDP", DLT_RAW, false,
     OUTER_IPV4("11") "c000 9090 0000 0000" "01 00 0001 00 0a02ffff 01" ETHERNET
     "0800" IPV4_TCP},
    {"LISP", DLT_RAW, true,
     OUTER_IPV4("11") "c000 10f5 0000 0000" "88000001 00000701" IPV6_TCP},
    {"MPLS over UDP", DLT_RAW, true,
     OUTER_IPV4("11") "c000 19eb 0000 0000" "00010040 00020140" IPV4_TCP},
    {"GRE over UDP", DLT_RAW, true,
     OUTER_IPV4("11") "c000 1292 0000 0000" "2000 0800 00000001" IPV4_TCP},
    {"CAPWAP", DLT_RAW, true,
     OUTER_IPV4("11") "147f c000 0000 0000" "00 104300 00000000"
     "0802 0000 020000000002 020000000009 020000000001 0000" SNAP "0800"
     IPV4_TCP},
    {"CAPWAP, Cisco's, with an address", DLT_RAW, true,
     OUTER_IPV4("11") "c000 147f 0000 0000" "00 204310 00000000"
     "06 020000000009 00"
     "0188 0000 020000000009 020000000001 020000000002 0000 0000" SNAP "0800"
     IPV4_TCP},
    {"CAPWAP, Ethernet", DLT_RAW, true,
     OUTER_IPV4("11") "147f c000 0000 0000" "00 104200 00000000" ETHERNET "0800"
     IPV4_TCP},
    {"ESP that does not encrypt", DLT_RAW, true,
     OUTER_IPV4("32") "00000100 00000001" IPV4_TCP "0102 02 04"
     "000000000000000000000000"},
    {"ESP that does not encrypt, IPv6", DLT_RAW, true,
     OUTER_IPV6("32") "00000100 00000001" IPV6_TCP "00 29" ZERO_16},
    {"AYIYA", DLT_RAW, true,
     OUTER_IPV4("11") "c000 13d0 0000 0000" "4152 11 29 00000001"
     "00000000000000000000000000000000" "0000000000000000000000000000000000000000"
     IPV6_TCP},
    {"hop-by-hop, destination options, authentication", DLT_RAW, false,
     "60000000 003a 00 40 " DB8("1") DB8("2") "3c00 0104 00000000"
     "3300 0104 00000000" "0603 0000 00000001 00000001 00000000 00000000" TCP_A1},
    {"routing header, source routed", DLT_RAW, false,
     "60000000 002e 2b 40 " DB8("1") DB8("9") "0602 00 01 00000000" DB8("2")
     TCP_A1},
    {"segment routing", DLT_RAW, false,
     "60000000 003e 2b 40 " DB8("1") DB8("9") "0604 04 01 01000000" DB8("2")
     DB8("9") TCP_A1},
    {"home address", DLT_RAW, false,
     "60000000 002e 3c 40 " DB8("9") DB8("2") "0602 0102 0000 c910" DB8("1")
     TCP_A1},
    {"IPv6, the only fragment", DLT_RAW, false,
     "60000000 001e 2c 40 " DB8("1") DB8("2") "0600 0000 00000001" TCP_A1},
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void check_is_the_segment(const struct packet *p)
{
    char source[ADDRESS_TEXT], destination[ADDRESS_TEXT];
    address_text(&p->source, source);
    address_text(&p->destination, destination);
    bool six = p->source.family == 6;
    assert_string_equal(source, six ? "2001:db8::1" : "10.0.0.1");
    assert_string_equal(destination, six ? "2001:db8::2" : "10.0.0.2");
    assert_int_equal(p->kind, PACKET_TCP);
    assert_int_equal(p->tcp.source_port, 1234);
    assert_int_equal(p->tcp.destination_port, 143);
    assert_int_equal(p->tcp.flags, TCP_PSH | TCP_ACK);
    assert_int_equal(p->length, 2);
    assert_true(span_same(p->payload, SPAN("a1")));
}

static void decodes(void **state)
{
    const struct row *row = *state;
    struct net *net = net_new();
    struct packet p;
    uint8_t *bytes;
    assert_true(hex_decode(net, row->link, row->hex, &p, &bytes));
    check_is_the_segment(&p);
    assert_int_equal(p.path != 0, row->has_path);
    assert_int_equal(net_counts(net)->packets, 1);
    assert_int_equal(net_counts(net)->truncated, 0);
    free(bytes);
    net_free(&net);
}

/* Twice: as if the capture cut it, and as if it was so short on the wire. */
static void survives_any_cut(void **state)
{
    const struct row *row = *state;
    struct net *net = net_new();
    size_t whole;
    uint8_t *bytes = hex_bytes(row->hex, &whole);
    for (size_t n = 0; n < whole; n++) {
        uint8_t *cut = malloc(n ? n : 1);
        memcpy(cut, bytes, n);
        struct frame frame = {.length = (uint32_t)whole,
                              .link = row->link,
                              .bytes = {cut, n}};
        struct packet p;
        if (net_decode(net, &frame, &p))
            assert_true(p.payload.n <= p.length);
        frame.length = (uint32_t)n;
        if (net_decode(net, &frame, &p))
            assert_true(p.payload.n <= p.length);
        free(cut);
    }
    assert_true(net_counts(net)->truncated >= whole);
    free(bytes);
    net_free(&net);
}

static bool has_row(int link)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].link == link)
            return true;
    }
    return false;
}

static void each_decoder_has_a_row(void **state)
{
    (void)state;
    for (int link = 0; link < 1000; link++) {
        if (link_decoder(link) != unknown_link && !has_row(link))
            fail_msg("link type %d is read, but not tested", link);
    }
}

/* What is no frame, or a piece of one, and so no damage either. */
static void what_holds_no_ip_is_no_damage(void **state)
{
    /* clang-format off */
    static const struct {
        int link;
        const char *hex;
    } frames[] = {
        /* a signal at a pin of the analyzer */
        {DLT_NETANALYZER, "00050000 0000000000000000000000000000"},
        /* the second piece of an interrupted frame */
        {DLT_ETHERNET_MPACKET, "555555555555611e" ETHERNET "0800" IPV4_TCP},
        /* ARP that went over a bridge */
        {DLT_NFLOG, "07 00 0000 2000 0900 0001080006040001 020000000001"
                    "0a000001 000000000000 0a000002"},
        /* management of a cable modem, of Frame Relay */
        {DLT_DOCSIS, "c2 00 0012 0000" ETHERNET "0000 0000 0000"},
        {DLT_FRELAY, "0001 03 08 00 75 9501 0100 0302 0101"},
        /* a cell that manages a circuit */
        {DLT_JUNIPER_ATM1, "4d4743 01 80000001 18 01 6a6a6a6a"},
        /* TZSP's keep-alive; what ERF tells of itself */
        {DLT_TZSP, "01 04 0000 01"},
        {DLT_ERF, "0000000000000000 1b 00 0020 0000 0000"},
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct net *net = net_new();
        struct packet p;
        uint8_t *bytes;
        assert_false(
            hex_decode(net, frames[i].link, frames[i].hex, &p, &bytes));
        assert_int_equal(net_counts(net)->damaged, 0);
        assert_int_equal(net_counts(net)->unknown_link, 0);
        assert_int_equal(net_counts(net)->unknown_protocol, 1);
        free(bytes);
        net_free(&net);
    }
}

static void encrypted_tunnels_are_counted(void **state)
{
    /* clang-format off */
    static const struct {
        const char *hex;
        bool udp; /* what else it is */
        bool hidden;
    } packets[] = {
        {"4500 0046 0001 0000 40 32 0000 c0a80001 c0a80002" "c0ffee01 00000001"
         "e37f8b00c4d95a9b3e0a" ZERO_20 ZERO_16, false, true},
        /* what begins like IP, but is longer than all, or leaves too much */
        {"4500 0046 0001 0000 40 32 0000 c0a80001 c0a80002" "c0ffee01 00000001"
         "45008b00c4d95a9b3e0a" ZERO_20 ZERO_16, false, true},
        {OUTER_IPV4("11") "1194 1194 0000 0000" "c0ffee01 00000001 e37f8b00",
         true, true},
        /* a key exchange; a keep-alive */
        {OUTER_IPV4("11") "1194 1194 0000 0000" "00000000 0102030405060708",
         true, false},
        {OUTER_IPV4("11") "1194 1194 0009 0000" "ff", true, false},
        /* WireGuard, and its handshake */
        {OUTER_IPV4("11") "ca6c ca6c 0000 0000" "04000000 00000001" ZERO_24,
         true, true},
        {OUTER_IPV4("11") "ca6c ca6c 0000 0000" "01000000 00000001" ZERO_24,
         true, false},
        /* OpenVPN, and its handshake */
        {OUTER_IPV4("11") "c000 04aa 0000 0000" "48000001" ZERO_24, true, true},
        {OUTER_IPV4("11") "c000 04aa 0000 0000" "38000001" ZERO_24, true, false},
        /* CAPWAP with DTLS */
        {OUTER_IPV4("11") "c000 147f 0000 0000" "01000000" ZERO_24, true, true},
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
        struct net *net = net_new();
        struct packet p;
        uint8_t *bytes;
        assert_int_equal(hex_decode(net, DLT_RAW, packets[i].hex, &p, &bytes),
                         packets[i].udp);
        assert_int_equal(net_counts(net)->hidden, packets[i].hidden);
        free(bytes);
        net_free(&net);
    }
    struct net *net = net_new();
    struct packet p;
    uint8_t *bytes;
    assert_false(hex_decode(
        net, DLT_EN10MB,
        ETHERNET "88e5 2c 00 00000001 0200000000010001" ZERO_24, &p, &bytes));
    assert_int_equal(net_counts(net)->hidden, 1);
    free(bytes);
    net_free(&net);
}

int main(void)
{
    struct CMUnitTest tests[2 * ROWS + 3];
    for (size_t i = 0; i < ROWS; i++) {
        /* Only a copy can be passed: cmocka's state is not const. */
        struct row *row = malloc(sizeof(*row));
        *row = rows[i];
        tests[2 * i] = (struct CMUnitTest){
            .name = row->name, .test_func = decodes, .initial_state = row};
        tests[2 * i + 1] = (struct CMUnitTest){.name = row->name,
                                               .test_func = survives_any_cut,
                                               .initial_state = row};
    }
    tests[2 * ROWS] =
        (struct CMUnitTest)cmocka_unit_test(each_decoder_has_a_row);
    tests[2 * ROWS + 1] =
        (struct CMUnitTest)cmocka_unit_test(what_holds_no_ip_is_no_damage);
    tests[2 * ROWS + 2] =
        (struct CMUnitTest)cmocka_unit_test(encrypted_tunnels_are_counted);
    int failed = cmocka_run_group_tests_name("link types and tunnels", tests,
                                             NULL, NULL);
    for (size_t i = 0; i < ROWS; i++)
        free(tests[2 * i].initial_state);
    return failed;
}

/* link.c - what the capture's link types begin with (tcpdump.org/linktypes).
 *
 * One small decoder per link type, and the table that finds it.  Ethernet and
 * what stands in it are in ethernet.c, PPP and its kin in ppp.c, radio in
 * wlan.c, other lines in wan.c, and what capturing devices put in front in
 * probe.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include <pcap/dlt.h>

#include "decode.h"

/* What the kernels write into cooked headers. */
enum {
    COOKED_OUTGOING = 4, /* LINUX_SLL_OUTGOING: the direction */
    COOKED_802_3 = 1,    /* LINUX_SLL_P_802_3: a Novell frame */
    COOKED_LLC = 4,
    ARPHRD_80211 = 801, /* monitor mode, among other interfaces */
    ARPHRD_PRISM = 802,
    ARPHRD_RADIOTAP = 803,
    ARPHRD_NETLINK = 824,
};

static struct next cooked(struct decoding *d, uint16_t hardware,
                          uint16_t protocol)
{
    switch (hardware) {
    case ARPHRD_NETLINK:
        return unknown_link(d);
    case ARPHRD_80211:
        return next_is(decode_80211);
    case ARPHRD_PRISM:
        return next_is(decode_prism);
    case ARPHRD_RADIOTAP:
        return next_is(decode_radiotap);
    default:
        break;
    }
    if (protocol == COOKED_LLC)
        return next_is(decode_llc);
    if (protocol == COOKED_802_3)
        return unknown_protocol(d);
    return ethertype_next(d, protocol);
}

static void cooked_mac(struct decoding *d, size_t length, struct span address)
{
    if (length != 6)
        return;
    memcpy(d->packet->source_mac, address.p, 6);
    d->packet->has_macs = true;
}

/* direction 2 | hardware 2 | address length 2 | address 8 | protocol 2 */
static struct next decode_sll(struct decoding *d)
{
    struct cursor c = take_header(d, 16);
    uint16_t direction = cursor_be16(&c);
    uint16_t hardware = cursor_be16(&c);
    uint16_t address_length = cursor_be16(&c);
    struct span address = cursor_take(&c, 8);
    uint16_t protocol = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    d->packet->sent_here = direction == COOKED_OUTGOING;
    cooked_mac(d, address_length, address);
    return cooked(d, hardware, protocol);
}

/* protocol 2 | zero 2 | interface 4 | hardware 2 | direction 1 |
 * address length 1 | address 8 */
static struct next decode_sll2(struct decoding *d)
{
    struct cursor c = take_header(d, 20);
    uint16_t protocol = cursor_be16(&c);
    cursor_be16(&c);
    cursor_be32(&c);
    uint16_t hardware = cursor_be16(&c);
    uint8_t direction = cursor_u8(&c);
    uint8_t address_length = cursor_u8(&c);
    struct span address = cursor_take(&c, 8);
    if (c.bad)
        return damaged(d);
    d->packet->sent_here = direction == COOKED_OUTGOING;
    cooked_mac(d, address_length, address);
    return cooked(d, hardware, protocol);
}

/* The address family, in the byte order of the capturing machine (NULL) or of
 * the network (LOOP); small numbers, so the order can be seen.  IPv6 is 10 on
 * Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 23 on Windows:
 * the version in the IP header decides. */
static struct next decode_null(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    struct cursor other = c;
    uint32_t big = cursor_be32(&c);
    uint32_t little = cursor_le32(&other);
    if (c.bad)
        return damaged(d);
    switch (big < little ? big : little) {
    case 2:
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
        return next_is(decode_ip);
    default: /* ISDN drivers put an Ethernet type into the last two bytes */
        return ethertype_next(d, (uint16_t)big);
    }
}

/* frame control 1 | destination 6 | source 6 | LLC.  The addresses may be
 * bit-reversed, so they are not used. */
static struct next decode_fddi(struct decoding *d)
{
    struct cursor c = take_header(d, 13);
    uint8_t control = cursor_u8(&c);
    if (c.bad)
        return damaged(d);
    bool is_llc = (control & 0xf0) == 0x50;
    return is_llc ? next_is(decode_llc) : unknown_protocol(d);
}

/* access 1 | frame control 1 | destination 6 | source 6 | route? | LLC.  The
 * first bit of the source says that a route follows, which begins with its
 * length in 5 bits (IEEE 802.5). */
static struct next decode_token_ring(struct decoding *d)
{
    struct cursor c = take_header(d, 14);
    cursor_u8(&c);
    uint8_t control = cursor_u8(&c);
    cursor_take(&c, 6);
    bool routed = (cursor_u8(&c) & 0x80) != 0;
    if (c.bad)
        return damaged(d);
    if ((control & 0xc0) != 0x40)
        return unknown_protocol(d);
    if (routed && !skip(d, byte_at(d, 0) & 0x1f))
        return damaged(d);
    return next_is(decode_llc);
}

/* global route header 40 | type 2 | zero 2 (RFC 4391 section 6) */
static struct next decode_ipoib(struct decoding *d)
{
    struct cursor c = take_header(d, 44);
    cursor_take(&c, 40);
    uint16_t type = cursor_be16(&c);
    return c.bad ? damaged(d) : ethertype_next(d, type);
}

/* nflog: family 1 | version 1 | group 2 | then length 2, type 2, value, padded
 * to 4.  Lengths and types are in the byte order of the capturing machine; a
 * length is below 256 * 256, so a wrong order shows in one that does not fit.
 * The payload begins after the link layer, also when a bridge logged it: then it
 * may be ARP. */
enum { NFLOG_PAYLOAD = 9, FAMILY_BRIDGE = 7 };

static bool nflog_payload(struct span all, bool little_endian, size_t *at,
                          size_t *length)
{
    struct cursor c = cursor_of(all);
    while (c.rest.n >= 4) {
        size_t begin = all.n - c.rest.n + 4;
        size_t n = little_endian ? cursor_le16(&c) : cursor_be16(&c);
        uint16_t type = little_endian ? cursor_le16(&c) : cursor_be16(&c);
        if (n < 4)
            return false;
        if (type == NFLOG_PAYLOAD) {
            *at = begin;
            *length = n - 4;
            return true;
        }
        cursor_take(&c, (n - 4 + 3) / 4 * 4);
        if (c.bad)
            return false;
    }
    return false;
}

static struct next decode_nflog(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    uint8_t family = cursor_u8(&c);
    if (c.bad)
        return damaged(d);
    size_t at = 0, length = 0;
    if (!nflog_payload(d->bytes, true, &at, &length) &&
        !nflog_payload(d->bytes, false, &at, &length))
        return damaged(d);
    if (!skip(d, at))
        return damaged(d);
    set_length(d, (uint32_t)length);
    if (family == FAMILY_BRIDGE && !is_ip(d->bytes))
        return unknown_protocol(d);
    return next_is(decode_ip);
}

/* OpenBSD's enc: family, index, flags, 4 bytes each, then IP. */
static struct next decode_enc(struct decoding *d)
{
    return skip(d, 12) ? next_is(decode_ip) : damaged(d);
}

/* A BSD packet filter's log: its own length 1, ..., padded to 4. */
static struct next decode_pflog(struct decoding *d)
{
    size_t n = ((size_t)byte_at(d, 0) + 3) / 4 * 4;
    return n >= 4 && skip(d, n) ? next_is(decode_ip) : damaged(d);
}

/* macOS, all in little-endian order: header length 4 | what follows 4 | link
 * type 4 | interface 24 | flags 4 | ...; or, as a flag says, version 2: header
 * length 1 | offsets 5 | link type 2 | ... | flags, at the same place, 4 | ... */
static struct next decode_pktap(struct decoding *d)
{
    enum { FLAGS_AT = 36, VERSION_2 = 0x00080000 };
    struct cursor c = cursor_of(d->bytes);
    struct cursor flags = cursor_of(span_skip(d->bytes, FLAGS_AT));
    bool second = (cursor_le32(&flags) & VERSION_2) != 0;
    uint32_t header = second ? cursor_u8(&c) : cursor_le32(&c);
    cursor_take(&c, second ? 5 : 4);
    uint32_t link = second ? cursor_le16(&c) : cursor_le32(&c);
    if (c.bad || flags.bad || header < FLAGS_AT + 4 || !skip(d, header))
        return damaged(d);
    return link <= UINT16_MAX ? next_is(link_decoder((int)link))
                              : unknown_link(d);
}

/* clang-format off */
static const struct link {
    int link;
    decoder *decode;
} links[] = {
    {DLT_EN10MB,             decode_ethernet},
    {DLT_LINUX_SLL,          decode_sll},
    {DLT_LINUX_SLL2,         decode_sll2},
    {DLT_RAW,                decode_ip},
    {14,                     decode_ip}, /* DLT_RAW on OpenBSD */
    {101,                    decode_ip}, /* LINKTYPE_RAW */
    {DLT_IPV4,               decode_ip},
    {DLT_IPV6,               decode_ip},
    {DLT_NULL,               decode_null},
    {DLT_LOOP,               decode_null},
    {DLT_PPP,                decode_ppp_or_hdlc},
    {DLT_PPP_SERIAL,         decode_ppp_or_hdlc},
    {DLT_PPP_PPPD,           decode_ppp_with_direction},
    {DLT_PPP_WITH_DIR,       decode_ppp_with_direction},
    {DLT_PPP_ETHER,          decode_pppoe_session},
    {DLT_C_HDLC,             decode_hdlc},
    {DLT_FDDI,               decode_fddi},
    {DLT_IEEE802,            decode_token_ring},
    {DLT_ATM_RFC1483,        decode_atm},
    {DLT_ATM_CLIP,           decode_atm_clip},
    {DLT_SUNATM,             decode_sunatm},
    {DLT_FRELAY,             decode_frame_relay},
    {DLT_FRELAY_WITH_DIR,    decode_frame_relay_with_direction},
    {DLT_C_HDLC_WITH_DIR,    decode_hdlc_with_direction},
    {DLT_SLIP,               decode_slip},
    {DLT_IP_OVER_FC,         decode_ip_over_fc},
    {DLT_APPLE_IP_OVER_IEEE1394, decode_firewire},
    {DLT_DOCSIS,             decode_docsis},
    {DLT_PPI,                decode_ppi},
    {DLT_ERF,                decode_erf},
    {DLT_ERF_ETH,            decode_erf},
    {DLT_ERF_POS,            decode_erf},
    {DLT_JUNIPER_ETHER,      decode_juniper_ethernet},
    {DLT_JUNIPER_PPPOE,      decode_juniper_ethernet},
    {DLT_JUNIPER_PPPOE_ATM,  decode_juniper_ethertype},
    {DLT_JUNIPER_ATM1,       decode_juniper_atm1},
    {DLT_JUNIPER_ATM2,       decode_juniper_atm2},
    {DLT_JUNIPER_PPP,        decode_juniper_ppp},
    {DLT_JUNIPER_FRELAY,     decode_juniper_frame_relay},
    {DLT_JUNIPER_CHDLC,      decode_juniper_hdlc},
    {DLT_TZSP,               decode_tzsp},
    {DLT_NETANALYZER,        decode_netanalyzer},
    {DLT_NETANALYZER_TRANSPARENT, decode_netanalyzer_transparent},
    {DLT_ETHERNET_MPACKET,   decode_preamble},
    {DLT_EPON,               decode_epon},
    {DLT_IPNET,              decode_ipnet},
    {DLT_SYMANTEC_FIREWALL,  decode_symantec},
    {DLT_DSA_TAG_BRCM,       decode_dsa},
    {DLT_DSA_TAG_DSA,        decode_dsa},
    {DLT_DSA_TAG_EDSA,       decode_dsa_ethertype},
    {DLT_DSA_TAG_BRCM_PREPEND, decode_dsa_prepended},
    {17,                     decode_old_pflog}, /* not named on Linux */
    {DLT_IPOIB,              decode_ipoib},
    {DLT_NFLOG,              decode_nflog},
    {DLT_ENC,                decode_enc},
    {DLT_PFLOG,              decode_pflog},
    {DLT_PKTAP,              decode_pktap},
    {149,                    decode_pktap}, /* Apple's, before it had a number */
    {DLT_MPLS,               decode_mpls},
    {DLT_IEEE802_11,         decode_80211},
    {DLT_IEEE802_11_RADIO,   decode_radiotap},
    {DLT_PRISM_HEADER,       decode_prism},
    {DLT_IEEE802_11_RADIO_AVS, decode_avs},
};
/* clang-format on */

decoder *link_decoder(int link)
{
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (links[i].link == link)
            return links[i].decode;
    }
    return unknown_link;
}

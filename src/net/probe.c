/* probe.c - what capturing devices, routers and firewalls put in front of the
 * frame that they saw.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

/* version 1 | flags 1 | length 2 | link type 4 | fields, all little-endian */
struct next decode_ppi(struct decoding *d)
{
    struct cursor c = cursor_of(d->bytes);
    cursor_le16(&c);
    uint16_t length = cursor_le16(&c);
    uint32_t link = cursor_le32(&c);
    if (c.bad || length < 8 || !skip(d, length))
        return damaged(d);
    return link <= UINT16_MAX ? next_is(link_decoder((int)link))
                              : unknown_link(d);
}

/* Endace: time 8 | type 1 | flags 1 | record length 2 | loss 2 | length 2
 * | extension headers of 8, as long as the first bit of the one before is set
 * | which channel 4, if there are many, or which circuit of ATM */
struct next decode_erf(struct decoding *d)
{
    enum {
        EXTENDED = 0x80,
        HDLC = 1,
        ETHERNET = 2,
        AAL5 = 4,
        CHANNEL_HDLC = 5,
        COLOR_HDLC = 10,
        COLOR_ETHERNET = 11,
        DSM_HDLC = 15,
        DSM_ETHERNET = 16,
        COLOR_CHANNEL_HDLC = 17,
        HASH_HDLC = 19,
        HASH_ETHERNET = 20,
        IPV4 = 22,
        IPV6 = 23,
    };
    struct cursor c = take_header(d, 16);
    cursor_take(&c, 8);
    uint8_t type = cursor_u8(&c);
    cursor_take(&c, 5);
    uint16_t length = cursor_be16(&c);
    bool more = (type & EXTENDED) != 0;
    while (more && !c.bad) {
        more = (byte_at(d, 0) & EXTENDED) != 0;
        c.bad = !skip(d, 8);
    }
    if (c.bad)
        return damaged(d);
    switch (type & ~EXTENDED) {
    case ETHERNET:
    case COLOR_ETHERNET:
    case DSM_ETHERNET:
    case HASH_ETHERNET:
        if (!skip(d, 2)) /* so that what is in it is aligned */
            return damaged(d);
        if (length < d->length)
            set_length(d, length);
        return next_is(decode_ethernet);
    case HDLC:
    case COLOR_HDLC:
    case DSM_HDLC:
    case HASH_HDLC:
        return next_is(decode_hdlc);
    case CHANNEL_HDLC:
    case COLOR_CHANNEL_HDLC:
        return skip(d, 4) ? next_is(decode_hdlc) : damaged(d);
    case AAL5:
        return skip(d, 4) ? next_is(decode_atm) : damaged(d);
    case IPV4:
    case IPV6:
        return next_is(decode_ip);
    default:
        return unknown_protocol(d);
    }
}

/* "MGC" | flags 1 | length 2, extensions if flag 80 | family 4 and IP if flag 2:
 * the link layer was left out */
static struct next juniper(struct decoding *d, decoder *link)
{
    enum { NO_LINK_LAYER = 0x02, EXTENDED = 0x80 };
    struct cursor c = take_header(d, 4);
    uint32_t magic = cursor_be24(&c);
    uint8_t flags = cursor_u8(&c);
    if (c.bad || magic != 0x4d4743)
        return damaged(d);
    if (flags & EXTENDED) {
        struct cursor extended = take_header(d, 2);
        uint16_t length = cursor_be16(&extended);
        if (extended.bad || !skip(d, length))
            return damaged(d);
    }
    if (!(flags & NO_LINK_LAYER))
        return next_is(link);
    return skip(d, 4) ? next_is(decode_ip) : damaged(d);
}

struct next decode_juniper_ethernet(struct decoding *d)
{
    return juniper(d, decode_ethernet);
}

struct next decode_juniper_ppp(struct decoding *d)
{
    return juniper(d, decode_ppp);
}

struct next decode_juniper_frame_relay(struct decoding *d)
{
    return juniper(d, decode_frame_relay);
}

struct next decode_juniper_hdlc(struct decoding *d)
{
    return juniper(d, decode_hdlc);
}

struct next decode_juniper_ethertype(struct decoding *d)
{
    return juniper(d, only_ethertype);
}

/* The circuit's configuration says what it carries, and nothing in the frame:
 * IP at once, PPP (its numbers for IP begin with 0), or LLC. */
static struct next circuit(struct decoding *d)
{
    uint8_t first = byte_at(d, 0);
    bool ipv4 = first >= 0x45 && first <= 0x4f;
    if (ipv4 || ip_version(d->bytes) == 6)
        return next_is(decode_ip);
    return next_is(first == 0 ? decode_ppp : decode_atm);
}

static struct next circuit_of_atm1(struct decoding *d)
{
    return skip(d, 4) ? next_is(circuit) : damaged(d);
}

static struct next circuit_of_atm2(struct decoding *d)
{
    return skip(d, 8) ? next_is(circuit) : damaged(d);
}

struct next decode_juniper_atm1(struct decoding *d)
{
    return juniper(d, circuit_of_atm1);
}

struct next decode_juniper_atm2(struct decoding *d)
{
    return juniper(d, circuit_of_atm2);
}

/* Mirrored by access points and by MikroTik's routers, also over UDP: version 1
 * | kind 1 | what is in it 2 | tags: number 1, and but for the first two length 1,
 * value.  It comes from the one mirroring device, so its ends are no path. */
enum {
    TZSP_HEADER = 4,
    TZSP_VERSION = 1,
    TZSP_RECEIVED = 0,
    TZSP_TO_SEND = 1,
    TZSP_ETHERNET = 1,
    TZSP_80211 = 18,
    TZSP_PRISM = 119,
    TZSP_AVS = 127,
};

bool tzsp_is(struct span payload)
{
    return payload.n > TZSP_HEADER && payload.p[0] == TZSP_VERSION &&
           payload.p[1] <= TZSP_TO_SEND && payload.p[2] == 0;
}

static bool skip_tzsp_tags(struct decoding *d)
{
    enum { PADDING = 0, END = 1 };
    while (d->bytes.n > 0) {
        uint8_t tag = byte_at(d, 0);
        bool plain = tag == PADDING || tag == END;
        if (!skip(d, plain ? 1 : 2 + (size_t)byte_at(d, 1)))
            return false;
        if (tag == END)
            return true;
    }
    return false;
}

struct next decode_tzsp(struct decoding *d)
{
    struct cursor c = take_header(d, TZSP_HEADER);
    uint8_t version = cursor_u8(&c);
    uint8_t kind = cursor_u8(&c);
    uint16_t inside = cursor_be16(&c);
    if (c.bad || version != TZSP_VERSION)
        return damaged(d);
    if (kind != TZSP_RECEIVED && kind != TZSP_TO_SEND)
        return unknown_protocol(d); /* configuration, keep-alive */
    if (!skip_tzsp_tags(d))
        return damaged(d);
    switch (inside) {
    case TZSP_ETHERNET:
        return next_is(decode_ethernet);
    case TZSP_80211:
        return next_is(decode_80211);
    case TZSP_PRISM:
        return next_is(decode_prism);
    case TZSP_AVS:
        return next_is(decode_avs);
    default:
        return unknown_protocol(d);
    }
}

/* Hilscher's analyzer: errors 1 | bits, the lowest: this is no frame but a signal
 * at a pin 1 | length 2 | frame, from the preamble on if it is "transparent" */
static struct next netanalyzer(struct decoding *d, decoder *frame)
{
    bool signal = (byte_at(d, 1) & 0x01) != 0;
    if (!skip(d, 4))
        return damaged(d);
    return signal ? unknown_protocol(d) : next_is(frame);
}

struct next decode_netanalyzer(struct decoding *d)
{
    return netanalyzer(d, decode_ethernet);
}

struct next decode_netanalyzer_transparent(struct decoding *d)
{
    return netanalyzer(d, decode_preamble);
}

/* Solaris' IP observability: version 1 | family 1 | kind 2 | length 4
 * | interfaces 8 | zones 8 */
struct next decode_ipnet(struct decoding *d)
{
    return skip(d, 24) ? next_is(decode_ip) : damaged(d);
}

/* Symantec's firewalls: interface 4 | 0 2 | type 2 | 0 36, and from version 3
 * on interface 4 | 0 6 | type 2 | 0 44 */
struct next decode_symantec(struct decoding *d)
{
    struct cursor c = cursor_of(d->bytes);
    cursor_take(&c, 6);
    uint16_t older = cursor_be16(&c);
    cursor_be16(&c);
    uint16_t newer = cursor_be16(&c);
    if (c.bad || (older == 0) == (newer == 0) || !skip(d, older ? 44 : 56))
        return damaged(d);
    return ethertype_next(d, older ? older : newer);
}

/* The first log of OpenBSD's packet filter: family 4 | interface 16 | rule 2
 * | reason 2 | action 2 | direction 2 */
struct next decode_old_pflog(struct decoding *d)
{
    return skip(d, 28) ? next_is(decode_ip) : damaged(d);
}

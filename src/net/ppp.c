/* ppp.c - PPP, what carries it (PPPoE), and Cisco's HDLC.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

enum {
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057,
    PPP_MPLS = 0x0281,
    PPP_PAP = 0xc023,
    PPP_CHAP = 0xc223,
};

/* FF 03, unless it was agreed to leave that out | protocol 2, or 1 if its first
 * byte would be 0: then it is odd (RFC 1661 sections 2, 6.5, 6.6) */
struct next decode_ppp(struct decoding *d)
{
    if (byte_at(d, 0) == 0xff && byte_at(d, 1) == 0x03)
        skip(d, 2);
    bool compressed = (byte_at(d, 0) & 1) != 0;
    struct cursor c = take_header(d, compressed ? 1 : 2);
    uint16_t protocol = compressed ? cursor_u8(&c) : cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    switch (protocol) {
    case PPP_IPV4:
        return next_is(decode_ipv4);
    case PPP_IPV6:
        return next_is(decode_ipv6);
    case PPP_MPLS:
        return next_is(decode_mpls);
    case PPP_PAP:
        return next_is(decode_pap);
    case PPP_CHAP:
        return next_is(decode_chap);
    default:
        return unknown_protocol(d); /* link control, compressed, ... */
    }
}

/* Serial lines: the first byte tells PPP from Cisco's framing, which is for one
 * station or for all (RFC 1547 section 4.3.1). */
struct next decode_ppp_or_hdlc(struct decoding *d)
{
    enum { UNICAST = 0x0f, MULTICAST = 0x8f };
    uint8_t address = byte_at(d, 0);
    bool hdlc = address == UNICAST || address == MULTICAST;
    return next_is(hdlc ? decode_hdlc : decode_ppp);
}

/* A byte in front says which way it went; one variant puts it in FF's place. */
struct next decode_ppp_with_direction(struct decoding *d)
{
    if (!skip(d, 1))
        return damaged(d);
    if (byte_at(d, 0) == 0x03)
        skip(d, 1);
    return next_is(decode_ppp);
}

/* version and type 1 | code 1 | session 2 | length 2 (RFC 2516 section 4); but
 * a link of type PPP_ETHER may also carry plain PPP frames */
struct next decode_pppoe_session(struct decoding *d)
{
    if (byte_at(d, 0) == 0xff && byte_at(d, 1) == 0x03)
        return next_is(decode_ppp);
    struct cursor c = take_header(d, 6);
    uint8_t version = cursor_u8(&c);
    uint8_t code = cursor_u8(&c);
    cursor_be16(&c);
    uint16_t length = cursor_be16(&c);
    if (c.bad || version != 0x11)
        return damaged(d);
    if (code != 0)
        return unknown_protocol(d); /* discovery */
    if (length < d->length)
        set_length(d, length); /* Ethernet's padding */
    return next_is(decode_ppp);
}

/* address 1 | control 1 | type 2: Cisco's, or with address FF real PPP */
struct next decode_hdlc(struct decoding *d)
{
    if (byte_at(d, 0) == 0xff && byte_at(d, 1) == 0x03)
        return next_is(decode_ppp);
    struct cursor c = take_header(d, 4);
    cursor_be16(&c);
    uint16_t type = cursor_be16(&c);
    return c.bad ? damaged(d) : ethertype_next(d, type);
}

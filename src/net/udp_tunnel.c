/* udp_tunnel.c - what carries other packets over UDP: VXLAN, Geneve, Teredo,
 * GTP, L2TP and AYIYA; TZSP is in probe.c.  What they add to the path: see tunnel.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

/* flags 1 | reserved 3 (GPE: the last is the protocol) | network 3 | 0
 * (RFC 7348).  Bit 3 says that there is a network number, bit 2 that there is a
 * protocol; not all who set one set the bit. */
enum { VXLAN_NETWORK = 0x08, VXLAN_PROTOCOL = 0x04, VXLAN_HEADER = 8 };

bool vxlan_is(struct span payload)
{
    return payload.n >= VXLAN_HEADER &&
           (payload.p[0] & (VXLAN_NETWORK | VXLAN_PROTOCOL));
}

struct next decode_vxlan(struct decoding *d)
{
    enum { GPE_IPV4 = 1, GPE_IPV6 = 2, GPE_ETHERNET = 3, GPE_MPLS = 5 };
    struct cursor c = take_header(d, VXLAN_HEADER);
    cursor_be24(&c);
    uint8_t protocol = cursor_u8(&c);
    uint32_t network = cursor_be24(&c);
    if (c.bad)
        return damaged(d);
    path_between(d);
    path_through(d, PATH_SEGMENT, network);
    if (protocol == 0 || protocol == GPE_ETHERNET)
        return next_is(decode_ethernet);
    if (protocol == GPE_IPV4 || protocol == GPE_IPV6)
        return next_is(decode_ip);
    return protocol == GPE_MPLS ? next_is(decode_mpls) : unknown_protocol(d);
}

/* version 2 bits, options length in 4 bytes 6 | flags 1 | type 2 | network 3 |
 * 0 | options (RFC 8926) */
bool geneve_is(struct span payload)
{
    return payload.n >= 8 && payload.p[0] >> 6 == 0;
}

struct next decode_geneve(struct decoding *d)
{
    struct cursor c = take_header(d, 8);
    size_t options = (size_t)(cursor_u8(&c) & 0x3f) * 4;
    cursor_u8(&c);
    uint16_t type = cursor_be16(&c);
    uint32_t network = cursor_be24(&c);
    if (c.bad || !skip(d, options))
        return damaged(d);
    path_between(d);
    path_through(d, PATH_SEGMENT, network);
    return ethertype_next(d, type);
}

/* authentication? | origin? | an IPv6 packet (RFC 4380 section 5.1.1).  Its
 * outer ends change from packet to packet, so they are no path. */
enum { TEREDO_ORIGIN = 0x0000, TEREDO_AUTHENTICATION = 0x0001 };

/* How long the indications in front are. */
static size_t teredo_front(struct span payload)
{
    struct cursor c = cursor_of(payload);
    uint16_t indication = cursor_be16(&c);
    if (indication == TEREDO_AUTHENTICATION) {
        size_t client = cursor_u8(&c);
        size_t value = cursor_u8(&c);
        cursor_take(&c, client + value + 9); /* nonce, confirmation */
        if (cursor_be16(&c) != TEREDO_ORIGIN)
            return 4 + client + value + 9;
        return 4 + client + value + 9 + 8;
    }
    return indication == TEREDO_ORIGIN ? 8 : 0;
}

bool teredo_is(struct span payload)
{
    struct span inner = span_skip(payload, teredo_front(payload));
    return inner.n >= 40 && inner.p[0] >> 4 == 6;
}

struct next decode_teredo(struct decoding *d)
{
    return skip(d, teredo_front(d->bytes)) ? next_is(decode_ipv6) : damaged(d);
}

/* version 3 bits, type 1, reserved, three flags | message 1 | length 2 |
 * tunnel 4 | 4 more if any flag | extensions, each length in 4 bytes 1, ...,
 * next 1 (3GPP TS 29.281).  Message 255 is a user's packet. */
enum { GTP_V1 = 0x30, GTP_FLAGS = 0x07, GTP_EXTENDED = 0x04, GTP_PACKET = 255 };

bool gtp_is(struct span payload)
{
    return payload.n >= 8 && (payload.p[0] & 0xf0) == GTP_V1 &&
           payload.p[1] == GTP_PACKET;
}

struct next decode_gtp(struct decoding *d)
{
    struct cursor c = take_header(d, 8);
    uint8_t flags = cursor_u8(&c);
    if (c.bad)
        return damaged(d);
    path_between(d);
    if (!(flags & GTP_FLAGS))
        return next_is(decode_ip);
    struct cursor more = take_header(d, 4);
    cursor_be24(&more);
    uint8_t extension = (flags & GTP_EXTENDED) ? cursor_u8(&more) : 0;
    while (extension != 0 && !more.bad) {
        size_t length = (size_t)byte_at(d, 0) * 4;
        if (length == 0)
            return damaged(d);
        more = take_header(d, length);
        cursor_take(&more, length - 1);
        extension = cursor_u8(&more);
    }
    return more.bad ? damaged(d) : next_is(decode_ip);
}

/* flags, version 2 | length 2? | tunnel 2 | session 2 | sequence 4? | offset 2,
 * padding? | a PPP frame (RFC 2661 section 3.1).  Control messages carry none. */
enum {
    L2TP_CONTROL = 0x8000,
    L2TP_LENGTH = 0x4000,
    L2TP_SEQUENCE = 0x0800,
    L2TP_OFFSET = 0x0200,
    L2TP_VERSION = 0x000f,
    L2TP_V2 = 2,
};

bool l2tp_is(struct span payload)
{
    struct cursor c = cursor_of(payload);
    uint16_t flags = cursor_be16(&c);
    return !c.bad && (flags & L2TP_VERSION) == L2TP_V2 &&
           !(flags & L2TP_CONTROL);
}

struct next decode_l2tp(struct decoding *d)
{
    struct cursor c = take_header(d, 2);
    uint16_t flags = cursor_be16(&c);
    size_t rest = 4; /* tunnel, session */
    rest += (flags & L2TP_LENGTH) ? 2 : 0;
    rest += (flags & L2TP_SEQUENCE) ? 4 : 0;
    if (c.bad || !skip(d, rest))
        return damaged(d);
    if (flags & L2TP_OFFSET) {
        struct cursor o = take_header(d, 2);
        size_t padding = cursor_be16(&o);
        if (o.bad || !skip(d, padding))
            return damaged(d);
    }
    path_between(d);
    return next_is(decode_ppp);
}

/* identity length 2^n 4 bits, its type 4 | signature length in 4 bytes 4,
 * hash 4 | authentication 4, operation 4 | next protocol 1 | time 4 | identity |
 * signature (draft-massar-v6ops-ayiya) */
enum { AYIYA_FORWARD = 1, AYIYA_HEADER = 8, AYIYA_IPV6 = 41 };

bool ayiya_is(struct span payload)
{
    return payload.n >= AYIYA_HEADER && payload.p[0] >> 4 <= 8 &&
           (payload.p[2] & 0x0f) == AYIYA_FORWARD && payload.p[3] == AYIYA_IPV6;
}

struct next decode_ayiya(struct decoding *d)
{
    size_t identity = (size_t)1 << (byte_at(d, 0) >> 4);
    size_t signature = (size_t)(byte_at(d, 1) >> 4) * 4;
    if (!skip(d, AYIYA_HEADER + identity + signature))
        return damaged(d);
    path_between(d);
    return next_is(decode_ipv6);
}

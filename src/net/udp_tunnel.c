/* udp_tunnel.c - what carries other packets over UDP: VXLAN, Geneve, Teredo,
 * GTP, L2TP, AYIYA, LISP and CAPWAP; and what encrypts.  TZSP is in probe.c.
 * What they add to the path: see tunnel.c.
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
    return inner.n >= 40 && ip_version(inner) == 6;
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

/* flags 1 | nonce or versions 3 | locators or instance 4 | IP (RFC 9300 section
 * 5.1) */
enum { LISP_HEADER = 8 };

bool lisp_is(struct span payload)
{
    return is_ip(span_skip(payload, LISP_HEADER));
}

struct next decode_lisp(struct decoding *d)
{
    path_between(d);
    return skip(d, LISP_HEADER) ? next_is(decode_ip) : damaged(d);
}

/* A label, of which there is a bottom, and something below it. */
bool mpls_is(struct span payload)
{
    while (payload.n > 4 && !(payload.p[2] & 1))
        payload = span_skip(payload, 4);
    return payload.n > 4;
}

bool gre_is(struct span payload)
{
    return payload.n >= 4 && (payload.p[0] & 0x4f) == 0 && payload.p[1] == 0;
}

/* Between access points and their controller: version 4 bits, DTLS or not 4 |
 * header's length in 4 bytes 5 bits, radio 5, which kind of it 5, its frame as
 * it is 1, fragment 1, last 1, ..., keep-alive 1, 0 3 | fragment 4 | ... (RFC
 * 5415 section 4.3).  Cisco's sends the two bytes of frame control in the other
 * order. */
enum {
    CAPWAP_PLAIN = 0,
    CAPWAP_DTLS = 1,
    CAPWAP_HEADER = 8,
    CAPWAP_NATIVE = 0x000100,
    CAPWAP_FRAGMENT = 0x000080,
    CAPWAP_KEEP_ALIVE = 0x000008,
};

bool capwap_is(struct span payload)
{
    return payload.n >= CAPWAP_HEADER && payload.p[0] == CAPWAP_PLAIN;
}

bool capwap_dtls_is(struct span payload)
{
    return payload.n >= CAPWAP_HEADER && payload.p[0] == CAPWAP_DTLS;
}

struct next decode_capwap(struct decoding *d)
{
    struct cursor c = cursor_of(d->bytes);
    cursor_u8(&c);
    uint32_t bits = cursor_be24(&c);
    size_t header = (size_t)(bits >> 19) * 4;
    if (c.bad || header < CAPWAP_HEADER || !skip(d, header))
        return damaged(d);
    if (bits & (CAPWAP_FRAGMENT | CAPWAP_KEEP_ALIVE))
        return unknown_protocol(d);
    path_between(d);
    if (!(bits & CAPWAP_NATIVE))
        return next_is(decode_ethernet);
    enum { VERSION_AND_TYPE = 0x0f, DATA = 0x08 };
    bool swapped = (byte_at(d, 0) & VERSION_AND_TYPE) != DATA &&
                   (byte_at(d, 1) & VERSION_AND_TYPE) == DATA;
    return next_is(swapped ? decode_80211_swapped : decode_80211);
}

/* ---- what encrypts: only counted ---- */

/* Zeros there would be a key exchange, one byte FF a keep-alive (RFC 3948). */
bool esp_in_udp_is(struct span payload)
{
    struct cursor c = cursor_of(payload);
    return cursor_be32(&c) != 0 && !c.bad && payload.n > 8;
}

/* kind 1 | 0 3 | receiver 4 | counter 8 | what is encrypted, in 16 bytes, and 16
 * more (wireguard.com/protocol) */
bool wireguard_is(struct span payload)
{
    struct cursor c = cursor_of(payload);
    enum { DATA = 0x04000000 };
    return cursor_be32(&c) == DATA && payload.n >= 32 && payload.n % 16 == 0;
}

/* kind 5 bits, key 3 | ...: data is of kind 6 or, with the peer's number, 9. */
bool openvpn_is(struct span payload)
{
    enum { DATA_V1 = 6, DATA_V2 = 9 };
    return payload.n > 24 &&
           (payload.p[0] >> 3 == DATA_V1 || payload.p[0] >> 3 == DATA_V2);
}

struct next decode_hidden_udp(struct decoding *d)
{
    hidden(d);
    return finished(d, PACKET_UDP);
}

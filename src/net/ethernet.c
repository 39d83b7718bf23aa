/* ethernet.c - Ethernet, and the tags and headers of switches and bridges that
 * stand before, in and behind its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "decode.h"

/* Up to here it is a length (IEEE 802.3 3.2.6, RFC 7042 appendix B.1). */
enum { ETHERTYPE_802_3 = 1500 };

/* type, or the length of an LLC frame */
static inline struct next type_or_length(struct decoding *d, uint16_t type)
{
    if (type > ETHERTYPE_802_3)
        return ethertype_next(d, type);
    if (type < d->length)
        set_length(d, type);
    return next_is(decode_llc);
}

/* Cisco's ISL, before there was 802.1Q: 01 or 03 00 0c 00 00 | kind and class 1
 * | source 6 | length 2 | AA AA 03 | source's vendor 3 | VLAN 15 bits, spanning
 * tree 1 | index 2 | reserved 2 | Ethernet, if the kind is 0 */
static bool isl_is(struct span frame)
{
    static const struct span group = SPAN_INIT("\x00\x0c\x00\x00");
    static const struct span llc = SPAN_INIT("\xaa\xaa\x03");
    enum { LLC_AT = 14 };
    return frame.n && (frame.p[0] == 1 || frame.p[0] == 3) &&
           span_same(span_first(span_skip(frame, 1), group.n), group) &&
           span_same(span_first(span_skip(frame, LLC_AT), llc.n), llc);
}

static struct next decode_isl(struct decoding *d)
{
    enum { BEFORE_VLAN = 20, KIND = 0xf0 };
    bool is_ethernet = (byte_at(d, 5) & KIND) == 0;
    struct cursor c = take_header(d, 26);
    cursor_take(&c, BEFORE_VLAN);
    uint16_t vlan = cursor_be16(&c) >> 1;
    if (c.bad)
        return damaged(d);
    path_through(d, PATH_VLAN, vlan);
    return is_ethernet ? next_is(decode_ethernet) : unknown_protocol(d);
}

/* destination MAC 6 | source MAC 6 | a tag of a switch | type or length 2 */
static inline struct next ethernet(struct decoding *d, size_t tag)
{
    struct cursor c = take_header(d, 14 + tag);
    if (c.bad)
        return damaged(d);
    struct span destination = cursor_take(&c, 6);
    struct span source = cursor_take(&c, 6);
    cursor_take(&c, tag);
    uint16_t type = cursor_be16(&c);
    memcpy(d->packet->destination_mac, destination.p, 6);
    memcpy(d->packet->source_mac, source.p, 6);
    d->packet->has_macs = true;
    return type_or_length(d, type);
}

struct next decode_ethernet(struct decoding *d)
{
    return isl_is(d->bytes) ? decode_isl(d) : ethernet(d, 0);
}

/* What Linux has of a switch chip (DSA): Broadcom's tag and Marvell's take 4
 * bytes, Marvell's with a type of its own 8; Broadcom's may stand in front. */
struct next decode_dsa(struct decoding *d)
{
    return ethernet(d, 4);
}

struct next decode_dsa_ethertype(struct decoding *d)
{
    return ethernet(d, 8);
}

struct next decode_dsa_prepended(struct decoding *d)
{
    return skip(d, 4) ? next_is(decode_ethernet) : damaged(d);
}

/* preamble, as many 55 as arrived | delimiter D5 | Ethernet.  Other delimiters
 * begin a piece of a frame that was interrupted (IEEE 802.3 section 99.3). */
struct next decode_preamble(struct decoding *d)
{
    enum { PREAMBLE = 0x55, START_OF_FRAME = 0xd5 };
    while (byte_at(d, 0) == PREAMBLE)
        skip(d, 1);
    bool whole = byte_at(d, 0) == START_OF_FRAME;
    if (!skip(d, 1))
        return damaged(d);
    return whole ? next_is(decode_ethernet) : unknown_protocol(d);
}

/* A passive optical network puts its link's id into the preamble, of which the
 * last 6 bytes are there (IEEE 802.3 section 65.1.3.2). */
struct next decode_epon(struct decoding *d)
{
    return skip(d, 6) ? next_is(decode_ethernet) : damaged(d);
}

/* IEEE 802.2: AA AA 03 | who 3 | type 2 is SNAP (RFC 1042); 06 06 03 is IP. */
struct next decode_llc(struct decoding *d)
{
    if (byte_at(d, 0) == 0x06 && byte_at(d, 1) == 0x06)
        return skip(d, 3) ? next_is(decode_ip) : damaged(d);
    if (byte_at(d, 0) != 0xaa || byte_at(d, 1) != 0xaa)
        return unknown_protocol(d); /* spanning tree, IPX, IS-IS, ... */
    struct cursor c = take_header(d, 8);
    cursor_take(&c, 3);
    uint32_t who = cursor_be24(&c);
    uint16_t type = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    bool is_ethertype = who == 0 || who == 0x0000f8; /* 802.1H bridges */
    return is_ethertype ? ethertype_next(d, type) : unknown_protocol(d);
}

/* priority 3 bits, drop 1, VLAN id 12 | type 2.  Id 0 is "none, only a
 * priority" (IEEE 802.1Q 9.6) and may be on one direction only. */
struct next decode_vlan(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    uint16_t id = cursor_be16(&c) & 0x0fff;
    uint16_t type = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    if (id != 0)
        path_through(d, PATH_VLAN, id);
    return type_or_length(d, type);
}

/* Cisco's MAC-in-MAC: after the type comes a tag, then the inner frame. */
struct next decode_fabricpath(struct decoding *d)
{
    return skip(d, 2) ? next_is(decode_ethernet) : damaged(d);
}

/* Cisco's TrustSec: version 1 | length 1 | options 2 | group 2 | type 2 */
struct next decode_trustsec(struct decoding *d)
{
    return skip(d, 6) ? only_ethertype(d) : damaged(d);
}

/* Four bytes of its own | type 2: VN-Tag of virtual interfaces (IEEE 802.1Qbh),
 * and the numbers of frames that are sent twice, HSR's (IEC 62439-3) and R-TAG
 * (IEEE 802.1CB). */
struct next decode_tag4(struct decoding *d)
{
    return skip(d, 4) ? only_ethertype(d) : damaged(d);
}

/* flags 1, of which 08 and 04 say that it is encrypted or changed | association
 * 1 | number 4 | channel 8, if flag 20 | type 2 | ... | a check value: IEEE
 * 802.1AE section 9 */
struct next decode_macsec(struct decoding *d)
{
    enum { CHANNEL = 0x20, SECRET = 0x0c };
    uint8_t flags = byte_at(d, 0);
    struct cursor c = take_header(d, 6 + ((flags & CHANNEL) ? 8 : 0));
    if (c.bad)
        return damaged(d);
    return flags & SECRET ? hidden(d) : only_ethertype(d);
}

/* Provider's backbone (IEEE 802.1Q section 9.7): flags 1 | service 3, then the
 * customer's frame */
struct next decode_backbone(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    cursor_u8(&c);
    uint32_t service = cursor_be24(&c);
    if (c.bad)
        return damaged(d);
    path_through(d, PATH_SEGMENT, service);
    return next_is(decode_ethernet);
}

/* version 2 bits, reserved 2, to many 1, options in 4 bytes 5, hops 6 | out 2
 * | in 2 | options (RFC 6325 section 3.2) */
struct next decode_trill(struct decoding *d)
{
    struct cursor c = take_header(d, 6);
    size_t options = (size_t)(cursor_be16(&c) >> 6 & 0x1f) * 4;
    if (c.bad || !skip(d, options))
        return damaged(d);
    return next_is(decode_ethernet);
}

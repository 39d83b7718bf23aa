/* wan.c - lines between places, and what was once fast: Frame Relay, ATM, SLIP,
 * Fibre Channel, FireWire, cable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

enum {
    UI = 0x03, /* unnumbered information, the only control that carries data */
    NLPID_SNAP = 0x80,
    NLPID_IPV6 = 0x8e,
    NLPID_IPV4 = 0xcc,
    NLPID_PPP = 0xcf, /* RFC 1973 section 4 */
    OUI_BRIDGED = 0x0080c2,
    BRIDGED_ETHERNET = 0x0001, /* with its check sequence, and */
    BRIDGED_ETHERNET_NO_FCS = 0x0007,
};

static bool is_bridged_ethernet(uint32_t who, uint16_t what)
{
    return who == OUI_BRIDGED &&
           (what == BRIDGED_ETHERNET || what == BRIDGED_ETHERNET_NO_FCS);
}

/* who 3 | type 2 (RFC 2427 section 4.2) */
static struct next snap_next(struct decoding *d)
{
    struct cursor c = take_header(d, 5);
    uint32_t who = cursor_be24(&c);
    uint16_t type = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    if (is_bridged_ethernet(who, type))
        return next_is(decode_ethernet);
    return who == 0 ? ethertype_next(d, type) : unknown_protocol(d);
}

/* The byte by which ISO names network protocols. */
static struct next nlpid_next(struct decoding *d)
{
    struct cursor c = take_header(d, 1);
    uint8_t protocol = cursor_u8(&c);
    if (c.bad)
        return damaged(d);
    switch (protocol) {
    case NLPID_IPV4:
        return next_is(decode_ipv4);
    case NLPID_IPV6:
        return next_is(decode_ipv6);
    case NLPID_PPP:
        return next_is(decode_ppp);
    case NLPID_SNAP:
        return snap_next(d);
    default:
        return unknown_protocol(d); /* management of the line, ... */
    }
}

/* address 2 to 4, the last byte is odd | control 1 | 0? | protocol 1 (RFC 2427);
 * or, Cisco's, address | type 2, which never begins with 3 */
struct next decode_frame_relay(struct decoding *d)
{
    size_t address = 1;
    while (address < 4 && !(byte_at(d, address - 1) & 1))
        address++;
    if (address < 2 || !(byte_at(d, address - 1) & 1) || !skip(d, address))
        return damaged(d);
    if (byte_at(d, 0) != UI) {
        struct cursor type = take_header(d, 2);
        uint16_t ethertype = cursor_be16(&type);
        return type.bad ? damaged(d) : ethertype_next(d, ethertype);
    }
    skip(d, byte_at(d, 1) == 0 ? 2 : 1);
    return nlpid_next(d);
}

/* A byte in front says which way it went. */
struct next decode_frame_relay_with_direction(struct decoding *d)
{
    return skip(d, 1) ? next_is(decode_frame_relay) : damaged(d);
}

struct next decode_hdlc_with_direction(struct decoding *d)
{
    return skip(d, 1) ? next_is(decode_hdlc) : damaged(d);
}

/* AAL5: LLC; with SNAP AA AA 03 | 00 80 C2 | what 2 | 0 2 a bridged Ethernet
 * frame (RFC 2684 section 5.3).  FE FE 03 is followed by ISO's byte (5.1), PPP's
 * for one (RFC 2364 section 4); Cisco's 03 without FE FE as well. */
struct next decode_atm(struct decoding *d)
{
    enum { SNAP = 0xaaaa03, ISO = 0xfefe03 };
    struct cursor c = cursor_of(d->bytes);
    uint32_t llc = cursor_be24(&c);
    uint32_t who = cursor_be24(&c);
    uint16_t what = cursor_be16(&c);
    if (llc == SNAP && is_bridged_ethernet(who, what))
        return skip(d, 10) ? next_is(decode_ethernet) : damaged(d);
    bool is_cisco = byte_at(d, 0) == UI;
    if (llc != ISO && !is_cisco)
        return next_is(decode_llc);
    skip(d, is_cisco ? 1 : 3);
    return nlpid_next(d);
}

/* Linux's classical IP over ATM: with LLC, or IP at once. */
struct next decode_atm_clip(struct decoding *d)
{
    return next_is(byte_at(d, 0) == 0xaa ? decode_atm : decode_ip);
}

/* direction 1 bit, kind 4 in the first byte | path 1 | channel 2 | ... */
struct next decode_sunatm(struct decoding *d)
{
    enum { LANE = 1, LLC = 2 };
    uint8_t kind = byte_at(d, 0) & 0x0f;
    if (!skip(d, 4))
        return damaged(d);
    if (kind == LLC)
        return next_is(decode_atm);
    if (kind != LANE)
        return unknown_protocol(d); /* signalling */
    return skip(d, 2) ? next_is(decode_ethernet) : damaged(d);
}

/* direction 1 | what was compressed 15; what follows is not */
struct next decode_slip(struct decoding *d)
{
    return skip(d, 16) ? next_is(decode_ip) : damaged(d);
}

/* destination 8 | source 8 | LLC (RFC 2625 section 3) */
struct next decode_ip_over_fc(struct decoding *d)
{
    return skip(d, 16) ? next_is(decode_llc) : damaged(d);
}

/* Apple's FireWire: destination 8 | source 8 | type 2 */
struct next decode_firewire(struct decoding *d)
{
    return skip(d, 16) ? only_ethertype(d) : damaged(d);
}

/* control 1: type 2 bits, its parameter 5, extended 1 | parameter 1 | length 2
 * | extended header, of so many bytes as the parameter says, if extended
 * | check sequence 2 | Ethernet.  DOCSIS MULPI section 6.2. */
struct next decode_docsis(struct decoding *d)
{
    enum { PACKET = 0, ISOLATED_PACKET = 2 }; /* others: management, ATM */
    uint8_t control = byte_at(d, 0);
    size_t extended = (control & 1) ? byte_at(d, 1) : 0;
    if (d->bytes.n == 0)
        return damaged(d);
    if (control >> 6 != PACKET && control >> 6 != ISOLATED_PACKET)
        return unknown_protocol(d);
    return skip(d, 6 + extended) ? next_is(decode_ethernet) : damaged(d);
}

/* icmp.c - ICMP (RFC 792), ICMPv6 (RFC 4443), and neighbour discovery
 * (RFC 4861) in the terms of ARP.
 *
 *   type 1 | code 1 | checksum 2 | four bytes by type | body
 *
 * An error's body is the beginning of the packet it is about.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "decode.h"

enum {
    V4_ECHO_REPLY = 0,
    V4_UNREACHABLE = 3,
    V4_SOURCE_QUENCH = 4,
    V4_REDIRECT = 5,
    V4_ECHO = 8,
    V4_TIME_EXCEEDED = 11,
    V4_PARAMETER_PROBLEM = 12,
    V4_FRAGMENTATION_NEEDED = 4, /* code of V4_UNREACHABLE */
};

enum {
    V6_PACKET_TOO_BIG = 2,
    V6_ERROR_LAST = 127, /* 1..127 are errors (RFC 4443 section 2.1) */
    V6_ECHO = 128,
    V6_ECHO_REPLY = 129,
    V6_SOLICITATION = 135,
    V6_ADVERTISEMENT = 136,
};

enum {
    OPTION_SOURCE_MAC = 1,
    OPTION_TARGET_MAC = 2,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
};

/* The ports, and TCP's sequence number: RFC 792 promises 8 bytes.  Today's
 * routers quote more (RFC 1812 section 4.3.2.3), so often the flags too. */
static void read_quoted_ports(struct cursor *c, struct icmp_header *icmp)
{
    if (icmp->quoted_protocol != PROTOCOL_TCP &&
        icmp->quoted_protocol != PROTOCOL_UDP)
        return;
    icmp->quoted_source_port = cursor_be16(c);
    icmp->quoted_destination_port = cursor_be16(c);
    icmp->quotes = !c->bad;
    uint32_t sequence = cursor_be32(c);
    if (icmp->quoted_protocol == PROTOCOL_TCP && !c->bad) {
        icmp->quoted_has_seq = true;
        icmp->quoted_seq = sequence;
        cursor_be32(c);
        cursor_u8(c);
        icmp->quoted_flags = cursor_u8(c) & 0x3f;
        icmp->quoted_has_flags = !c->bad;
    }
}

static void read_quoted_ipv4(struct span quoted, struct icmp_header *icmp)
{
    struct cursor c = cursor_of(quoted);
    size_t header = (size_t)(cursor_u8(&c) & 0x0f) * 4;
    cursor_u8(&c);
    cursor_be32(&c);
    uint16_t fragment = cursor_be16(&c);
    icmp->quoted_ttl = cursor_u8(&c);
    icmp->quoted_protocol = cursor_u8(&c);
    cursor_be16(&c);
    icmp->quoted_source = address_of(cursor_take(&c, 4));
    icmp->quoted_destination = address_of(cursor_take(&c, 4));
    if (header < 20 || (fragment & 0x1fff) != 0)
        return; /* a later fragment has no ports */
    cursor_take(&c, header - 20);
    read_quoted_ports(&c, icmp);
}

/* Extension headers are rare here and only those of fixed shape are passed. */
static void read_quoted_ipv6(struct span quoted, struct icmp_header *icmp)
{
    enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 };
    struct cursor c = cursor_of(quoted);
    cursor_take(&c, 6);
    uint8_t next = cursor_u8(&c);
    icmp->quoted_ttl = cursor_u8(&c);
    icmp->quoted_source = address_of(cursor_take(&c, 16));
    icmp->quoted_destination = address_of(cursor_take(&c, 16));
    while (!c.bad && (next == HOP_BY_HOP || next == ROUTING ||
                      next == FRAGMENT || next == DESTINATION)) {
        bool fragment = next == FRAGMENT;
        next = cursor_u8(&c);
        uint8_t length = cursor_u8(&c);
        uint16_t offset = cursor_be16(&c);
        if (fragment && (offset & 0xfff8u))
            return; /* a later fragment has no ports */
        cursor_take(&c, fragment ? 4 : (size_t)length * 8 + 4);
    }
    icmp->quoted_protocol = next;
    read_quoted_ports(&c, icmp);
}

static void read_quote(struct span quoted, struct icmp_header *icmp)
{
    unsigned version = ip_version(quoted);
    if (version == 4)
        read_quoted_ipv4(quoted, icmp);
    else if (version == 6)
        read_quoted_ipv6(quoted, icmp);
}

struct next decode_icmp(struct decoding *d)
{
    struct icmp_header *icmp = &d->packet->icmp;
    struct cursor c = take_header(d, 8);
    icmp->version = 4;
    icmp->type = cursor_u8(&c);
    icmp->code = cursor_u8(&c);
    cursor_be16(&c);
    uint16_t first = cursor_be16(&c);
    uint16_t second = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    switch (icmp->type) {
    case V4_ECHO:
    case V4_ECHO_REPLY:
        icmp->id = first;
        icmp->sequence = second;
        break;
    case V4_UNREACHABLE:
        if (icmp->code == V4_FRAGMENTATION_NEEDED)
            icmp->mtu = second; /* RFC 1191; 0 from old routers */
        read_quote(d->bytes, icmp);
        break;
    case V4_SOURCE_QUENCH:
    case V4_REDIRECT:
    case V4_TIME_EXCEEDED:
    case V4_PARAMETER_PROBLEM:
        read_quote(d->bytes, icmp);
        break;
    default:
        break;
    }
    return finished(d, PACKET_ICMP);
}

/* The link-layer address of the option asked for: type 1 | length in 8 bytes 1 |
 * address.  False if there is none of Ethernet's length. */
static bool find_mac(struct span options, uint8_t wanted, uint8_t mac[6])
{
    struct cursor c = cursor_of(options);
    while (c.rest.n > 0 && !c.bad) {
        uint8_t type = cursor_u8(&c);
        uint8_t length = cursor_u8(&c);
        if (length == 0)
            return false; /* RFC 4861 section 4.6: to be discarded */
        struct span value = cursor_take(&c, (size_t)length * 8 - 2);
        if (type == wanted && value.n == 6) {
            memcpy(mac, value.p, 6);
            return true;
        }
    }
    return false;
}

/* target 16 | options.  A hop limit below 255 says that it came from another
 * network and is not to be believed (RFC 4861 section 7.1). */
static struct next neighbour(struct decoding *d)
{
    struct packet *packet = d->packet;
    struct arp_header *arp = &packet->arp;
    struct cursor c = take_header(d, 16);
    packet->icmp.target = address_of(cursor_take(&c, 16));
    if (c.bad || packet->ttl != 255)
        return damaged(d);
    arp->request = packet->icmp.type == V6_SOLICITATION;
    arp->sender = arp->request ? packet->source : packet->icmp.target;
    arp->target = arp->request ? packet->icmp.target : packet->destination;
    uint8_t wanted = arp->request ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
    if (!find_mac(d->bytes, wanted, arp->sender_mac))
        memcpy(arp->sender_mac, packet->source_mac, 6);
    return finished(d, PACKET_ARP);
}

struct next decode_icmpv6(struct decoding *d)
{
    struct icmp_header *icmp = &d->packet->icmp;
    struct cursor c = take_header(d, 8);
    icmp->version = 6;
    icmp->type = cursor_u8(&c);
    icmp->code = cursor_u8(&c);
    cursor_be16(&c);
    uint32_t value = cursor_be32(&c);
    if (c.bad)
        return damaged(d);
    switch (icmp->type) {
    case V6_ECHO:
    case V6_ECHO_REPLY:
        icmp->id = (uint16_t)(value >> 16);
        icmp->sequence = (uint16_t)value;
        break;
    case V6_SOLICITATION:
    case V6_ADVERTISEMENT:
        return neighbour(d);
    default:
        if (icmp->type == V6_PACKET_TOO_BIG)
            icmp->mtu = value;
        if (icmp->type <= V6_ERROR_LAST)
            read_quote(d->bytes, icmp);
        break;
    }
    return finished(d, PACKET_ICMP);
}

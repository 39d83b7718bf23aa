/* tunnel.c - what carries other packets: GRE, MPLS, EtherIP, NSH, ESP; over UDP
 * see udp_tunnel.c.
 *
 * What a tunnel adds to the path must be the same in both directions: the pair
 * of its ends and the number of the virtual network are; keys, labels and
 * session numbers often are not, so they are left out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000, /* deprecated by RFC 2784, and gone */
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGEMENT = 0x0080, /* RFC 2637 (PPTP), version 1 */
    GRE_VERSION = 0x0007,
    GRE_ERSPAN = 0x88be,
    GRE_ERSPAN_3 = 0x22eb,
};

/* Mirrored frames.  Type I has no header of its own; type II, told by the GRE
 * sequence number, has 8 bytes; type III has 12, and 8 more if its last bit
 * says so. */
static struct next erspan(struct decoding *d, uint16_t type, bool sequence)
{
    size_t header = sequence ? 8 : 0;
    if (type == GRE_ERSPAN_3)
        header = (byte_at(d, 11) & 1) ? 20 : 12;
    return skip(d, header) ? next_is(decode_ethernet) : damaged(d);
}

/* flags, version 2 | type 2 | checksum 4? | key 4? | sequence 4? |
 * acknowledgement 4? (RFC 2784, 2890, 2637) */
struct next decode_gre(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    uint16_t flags = cursor_be16(&c);
    uint16_t type = cursor_be16(&c);
    uint16_t version = flags & GRE_VERSION;
    if (c.bad || (flags & GRE_ROUTING) || version > 1)
        return damaged(d);
    size_t optional = 0;
    optional += (flags & GRE_CHECKSUM) ? 4 : 0;
    optional += (flags & GRE_KEY) ? 4 : 0;
    optional += (flags & GRE_SEQUENCE) ? 4 : 0;
    optional += version == 1 && (flags & GRE_ACKNOWLEDGEMENT) ? 4 : 0;
    if (!skip(d, optional))
        return damaged(d);
    path_between(d);
    if (type == GRE_ERSPAN || type == GRE_ERSPAN_3)
        return erspan(d, type, (flags & GRE_SEQUENCE) != 0);
    return ethertype_next(d, type);
}

/* Web traffic that a router turns aside to a cache: from WCCP version 2 on with
 * 4 bytes of its own, which do not look like IPv4. */
struct next decode_wccp(struct decoding *d)
{
    if (ip_version(d->bytes) != 4 && !skip(d, 4))
        return damaged(d);
    return next_is(decode_ipv4);
}

/* label 20 bits, class 3, bottom of stack 1, ttl 8 (RFC 3032).  What is below
 * is not said: IP by its version, else Ethernet, perhaps behind a control word
 * that begins with four zero bits (RFC 4385). */
struct next decode_mpls(struct decoding *d)
{
    struct cursor c = take_header(d, 4);
    bool bottom = cursor_be32(&c) >> 8 & 1;
    if (c.bad)
        return damaged(d);
    if (!bottom)
        return next_is(decode_mpls);
    if (is_ip(d->bytes))
        return next_is(decode_ip);
    if (byte_at(d, 0) >> 4 == 0 && !skip(d, 4))
        return damaged(d);
    return next_is(decode_ethernet);
}

struct next decode_mpls_in_ip(struct decoding *d)
{
    path_between(d);
    return next_is(decode_mpls);
}

/* version 4 bits, reserved 12 (RFC 3378) */
struct next decode_etherip(struct decoding *d)
{
    path_between(d);
    return skip(d, 2) ? next_is(decode_ethernet) : damaged(d);
}

/* version 2 bits, flags 2, ttl 6, length in 4 bytes 6 | type 1 | next 1 | ...
 * (RFC 8300).  It belongs to the service chain, not to the path. */
struct next decode_nsh(struct decoding *d)
{
    enum { NSH_IPV4 = 1, NSH_IPV6 = 2, NSH_ETHERNET = 3, NSH_MPLS = 5 };
    size_t header = (size_t)(byte_at(d, 1) & 0x3f) * 4;
    uint8_t next = byte_at(d, 3);
    if (header < 8 || !skip(d, header))
        return damaged(d);
    if (next == NSH_IPV4 || next == NSH_IPV6)
        return next_is(decode_ip);
    if (next == NSH_ETHERNET)
        return next_is(decode_ethernet);
    return next == NSH_MPLS ? next_is(decode_mpls) : unknown_protocol(d);
}

/* association 4 | number 4 | what it carries | padding | its length 1 | next 1
 * | check value (RFC 4303).  Without encryption (RFC 2410) the IP packet stands
 * there as it is.  Nothing says so; but what begins like one whose length leaves
 * room for the end, and for no more, is one (RFC 5879). */
enum { ESP_HEADER = 8, ESP_END = 2, ESP_PADDING_MAX = 255, ESP_CHECK_MAX = 64 };

static bool esp_is_plain(const struct decoding *d)
{
    struct cursor four = cursor_of(span_skip(d->bytes, 2));
    struct cursor six = cursor_of(span_skip(d->bytes, 4));
    uint32_t length;
    if (byte_at(d, 0) == 0x45)
        length = cursor_be16(&four);
    else if (ip_version(d->bytes) == 6)
        length = 40u + cursor_be16(&six);
    else
        return false;
    return length + ESP_END <= d->length &&
           d->length - length <= ESP_END + ESP_PADDING_MAX + ESP_CHECK_MAX;
}

struct next decode_esp(struct decoding *d)
{
    if (!skip(d, ESP_HEADER))
        return damaged(d);
    if (!esp_is_plain(d))
        return hidden(d);
    path_between(d);
    return next_is(decode_ip);
}

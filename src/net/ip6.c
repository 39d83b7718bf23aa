/* ip6.c - IPv6 and its extension headers (RFC 8200).
 *
 *   version, class, flow 4 | payload length 2 | next header 1 | hop limit 1
 *   source 16 | destination 16 | extension headers
 *
 * Two of the headers change who is talking: a routing header says where the
 * packet is going in the end, a home address (RFC 6275) who it is from.  The
 * ends, and the checksum, go by those.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"
#include "fragment.h"

enum { IPV6_HEADER = 40, NEXT_HOP_BY_HOP = 0 };

enum {
    OPTION_PAD1 = 0x00,
    OPTION_JUMBO = 0xc2, /* RFC 2675 */
    OPTION_HOME_ADDRESS = 0xc9,
};

enum {
    ROUTING_SOURCE = 0,  /* RFC 2460; deprecated by RFC 5095 */
    ROUTING_HOME = 2,    /* RFC 6275 section 6.4 */
    ROUTING_SEGMENT = 4, /* RFC 8754 */
};

/* What options an extension header had that change something. */
struct options {
    uint32_t jumbo; /* 0: none */
    struct address home;
};

struct next decode_ipv6(struct decoding *d)
{
    struct cursor c = take_header(d, IPV6_HEADER);
    uint8_t version = cursor_u8(&c) >> 4;
    cursor_be24(&c);
    uint16_t length = cursor_be16(&c);
    uint8_t next = cursor_u8(&c);
    d->packet->ttl = cursor_u8(&c);
    d->packet->source = address_of(cursor_take(&c, 16));
    d->packet->destination = address_of(cursor_take(&c, 16));
    d->packet->ip_id = 0;
    d->packet->dont_fragment = true; /* routers never do, section 5 */
    if (c.bad || version != 6)
        return damaged(d);
    /* 0 says that a jumbo option has it (RFC 2675), or the card was to fill it
     * in: until told otherwise it is as long as the frame. */
    if (length != 0)
        set_length(d, length);
    return protocol_next(d, next);
}

static struct options read_options(struct span all)
{
    struct options found = {0};
    struct cursor c = cursor_of(all);
    while (c.rest.n > 0 && !c.bad) {
        uint8_t type = cursor_u8(&c);
        if (type == OPTION_PAD1)
            continue;
        struct span value = cursor_take(&c, cursor_u8(&c));
        struct cursor v = cursor_of(value);
        if (type == OPTION_JUMBO && value.n == 4)
            found.jumbo = cursor_be32(&v);
        if (type == OPTION_HOME_ADDRESS)
            found.home = address_of(value);
    }
    return found;
}

/* next header 1 | length in 8 bytes, the first 8 not counted 1 | body */
static bool take_extension(struct decoding *d, uint8_t *next,
                           struct cursor *body)
{
    *body = take_header(d, ((size_t)byte_at(d, 1) + 1) * 8);
    *next = cursor_u8(body);
    cursor_u8(body);
    return !body->bad;
}

struct next decode_hop_by_hop(struct decoding *d)
{
    uint8_t next;
    struct cursor body;
    uint32_t before = d->length;
    if (!take_extension(d, &next, &body))
        return damaged(d);
    struct options options = read_options(body.rest);
    uint32_t header = before - d->length;
    if (options.jumbo > UINT16_MAX && options.jumbo >= header)
        set_length(d, options.jumbo - header);
    return protocol_next(d, next);
}

struct next decode_destination_options(struct decoding *d)
{
    uint8_t next;
    struct cursor body;
    if (!take_extension(d, &next, &body))
        return damaged(d);
    struct options options = read_options(body.rest);
    if (options.home.family == 6)
        d->packet->source = options.home;
    return protocol_next(d, next);
}

/* ..., type 1 | segments left 1 | four bytes of its own | addresses */
struct next decode_routing(struct decoding *d)
{
    uint8_t next;
    struct cursor body;
    if (!take_extension(d, &next, &body))
        return damaged(d);
    uint8_t type = cursor_u8(&body);
    uint8_t left = cursor_u8(&body);
    cursor_be32(&body);
    struct span addresses = body.rest;
    if (left == 0 || addresses.n < 16)
        return protocol_next(d, next);
    /* A segment routing header lists them backwards. */
    size_t last = type == ROUTING_SEGMENT ? 0 : (addresses.n / 16 - 1) * 16;
    if (type == ROUTING_SOURCE || type == ROUTING_HOME ||
        type == ROUTING_SEGMENT)
        d->packet->destination =
            address_of(span_first(span_skip(addresses, last), 16));
    return protocol_next(d, next);
}

/* next 1 | length in 4 bytes, less 2 1 | ... (RFC 4302): signed, not secret */
struct next decode_authentication_header(struct decoding *d)
{
    struct cursor c = take_header(d, ((size_t)byte_at(d, 1) + 2) * 4);
    uint8_t next = cursor_u8(&c);
    return c.bad ? damaged(d) : protocol_next(d, next);
}

/* next 1 | reserved 1 | offset 13 bits, 2 reserved, more 1 | id 4 */
struct next decode_fragment_header(struct decoding *d)
{
    struct cursor c = take_header(d, 8);
    uint8_t next = cursor_u8(&c);
    cursor_u8(&c);
    uint16_t offset = cursor_be16(&c);
    uint32_t id = cursor_be32(&c);
    if (c.bad || d->packet->source.family != 6)
        return damaged(d);
    /* The only fragment there is: "atomic", not to be mixed with others that
     * have its id (RFC 6946 section 4). */
    if ((offset & ~6u) == 0)
        return protocol_next(d, next);
    struct fragment fragment = {
        .id = id,
        .protocol = next,
        .offset = offset & 0xfff8u,
        .more = offset & 1,
    };
    return fragment_next(d, &fragment);
}

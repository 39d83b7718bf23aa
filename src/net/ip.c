/* ip.c - IPv4 (RFC 791), and who decides between it and IPv6.
 *
 *   version, header length 1 | service 1 | total length 2
 *   id 2                     | flags 3 bits, offset 13
 *   ttl 1 | protocol 1       | checksum 2
 *   source 4 | destination 4 | options
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"
#include "fragment.h"

enum {
    IPV4_HEADER = 20,
    DONT_FRAGMENT = 0x4000,
    MORE_FRAGMENTS = 0x2000,
    OFFSET_MASK = 0x1fff, /* in units of 8 bytes */
};

struct next decode_ip(struct decoding *d)
{
    switch (ip_version(d->bytes)) {
    case 4:
        return next_is(decode_ipv4);
    case 6:
        return next_is(decode_ipv6);
    default:
        return damaged(d);
    }
}

/* The IP header in front was a tunnel's. */
struct next decode_ipip(struct decoding *d)
{
    path_between(d);
    return next_is(decode_ip);
}

struct next fragment_next(struct decoding *d, const struct fragment *fragment)
{
    d->counts->fragments++;
    struct datagram whole;
    bool complete = fragments_add(d->fragments, fragment, d->packet, d->bytes,
                                  d->length, &whole);
    d->counts->fragments_given_up = fragments_unused(d->fragments);
    if (!complete)
        return nothing_yet();
    d->bytes = whole.bytes;
    set_length(d, whole.length);
    return protocol_next(d, whole.protocol);
}

struct next decode_ipv4(struct decoding *d)
{
    struct packet *packet = d->packet;
    uint8_t first = byte_at(d, 0);
    size_t header = (size_t)(first & 0x0f) * 4;
    if (first >> 4 != 4 || header < IPV4_HEADER)
        return damaged(d);
    struct cursor c = take_header(d, header);
    if (c.bad)
        return damaged(d);
    cursor_be16(&c);
    uint16_t total = cursor_be16(&c);
    packet->ip_id = cursor_be16(&c);
    uint16_t flags = cursor_be16(&c);
    packet->ttl = cursor_u8(&c);
    uint8_t protocol = cursor_u8(&c);
    cursor_be16(&c);
    packet->source = address_of(cursor_take(&c, 4));
    packet->destination = address_of(cursor_take(&c, 4));
    packet->dont_fragment = (flags & DONT_FRAGMENT) != 0;
    /* A total length of 0 means that the card was to cut it up and fill it in
     * (segmentation offload): then it is as long as the frame. */
    if (total != 0 && total < header)
        return damaged(d);
    if (total != 0)
        set_length(d, total - (uint32_t)header);

    if ((flags & (MORE_FRAGMENTS | OFFSET_MASK)) == 0)
        return protocol_next(d, protocol);
    struct fragment fragment = {
        .id = packet->ip_id,
        .protocol = protocol,
        .offset = (uint32_t)(flags & OFFSET_MASK) * 8,
        .more = (flags & MORE_FRAGMENTS) != 0,
    };
    return fragment_next(d, &fragment);
}

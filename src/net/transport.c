/* transport.c - TCP (RFC 9293) and UDP (RFC 768).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <arpa/inet.h>
#include <string.h>

#include "decode.h"

enum {
    OPTION_END = 0,
    OPTION_NOTHING = 1,
    OPTION_MSS = 2,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK_PERMITTED = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
    WINDOW_SCALE_MAX = 14, /* RFC 7323 section 2.3: use 14 if it is more */
    TCP_HEADER = 20,
    PROTOCOL_TCP = 6,
};

static void read_sack(struct span value, struct tcp_header *tcp)
{
    struct cursor c = cursor_of(value);
    while (c.rest.n >= 8 && tcp->sack_count < SACK_BLOCKS) {
        tcp->sack[tcp->sack_count].left = cursor_be32(&c);
        tcp->sack[tcp->sack_count].right = cursor_be32(&c);
        tcp->sack_count++;
    }
}

static void read_option(uint8_t kind, struct span value, struct tcp_header *tcp)
{
    struct cursor c = cursor_of(value);
    if (kind == OPTION_MSS && value.n == 2) {
        tcp->has_mss = true;
        tcp->mss = cursor_be16(&c);
    } else if (kind == OPTION_WINDOW_SCALE && value.n == 1) {
        uint8_t scale = cursor_u8(&c);
        tcp->has_window_scale = true;
        tcp->window_scale = scale < WINDOW_SCALE_MAX ? scale : WINDOW_SCALE_MAX;
    } else if (kind == OPTION_SACK_PERMITTED && value.n == 0) {
        tcp->sack_permitted = true;
    } else if (kind == OPTION_SACK) {
        read_sack(value, tcp);
    } else if (kind == OPTION_TIMESTAMPS && value.n == 8) {
        tcp->has_timestamps = true;
        tcp->timestamp = cursor_be32(&c);
        tcp->timestamp_echo = cursor_be32(&c);
    }
}

/* kind 1 | length with these two bytes 1 | value.  Options that do not fit are
 * left alone: a receiver does the same. */
static void read_options(struct span options, struct tcp_header *tcp)
{
    struct cursor c = cursor_of(options);
    while (c.rest.n > 0) {
        uint8_t kind = cursor_u8(&c);
        if (kind == OPTION_END)
            return;
        if (kind == OPTION_NOTHING)
            continue;
        size_t length = cursor_u8(&c);
        if (length < 2)
            return;
        struct span value = cursor_take(&c, length - 2);
        if (c.bad)
            return;
        read_option(kind, value, tcp);
    }
}

/* The ones' complement sum of four words at once: what is carried out comes in
 * again below. */
static uint64_t add(uint64_t sum, uint64_t words)
{
    sum += words;
    return sum + (sum < words);
}

/* In the order of this machine's bytes: the sum does not mind (RFC 1071 section
 * 2).  The sizes are constants, so that no call is made for some bytes. */
static uint64_t add_bytes(uint64_t sum, struct span s)
{
    uint64_t eight;
    uint32_t four;
    for (; s.n >= 8; s = span_skip(s, 8)) {
        memcpy(&eight, s.p, 8);
        sum = add(sum, eight);
    }
    if (s.n >= 4) {
        memcpy(&four, s.p, 4);
        sum = add(sum, four);
        s = span_skip(s, 4);
    }
    uint8_t last[4] = {0};
    for (size_t i = 0; i < s.n; i++)
        last[i] = s.p[i];
    memcpy(&four, last, 4);
    return add(sum, four);
}

static uint64_t add_address(uint64_t sum, const struct address *address)
{
    size_t n = address->family == 6 ? 16 : 4;
    return add_bytes(sum, (struct span){address->bytes, n});
}

/* The ones' complement sum over addresses, protocol, length and segment; all
 * ones when it is right (RFC 9293 section 3.1, RFC 8200 section 8.1). */
static bool checksum_is_wrong(const struct packet *packet, struct span segment)
{
    uint64_t sum = htonl(PROTOCOL_TCP);
    sum = add(sum, htonl((uint32_t)segment.n));
    sum = add_address(sum, &packet->source);
    sum = add_address(sum, &packet->destination);
    sum = add_bytes(sum, segment);
    sum = (sum & 0xffffffff) + (sum >> 32);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum != 0xffff;
}

/* source port 2 | destination port 2 | sequence 4 | acknowledgement 4 |
 * header length in 4 bytes 4 bits, reserved 4, flags 8 | window 2 |
 * checksum 2 | urgent 2 | options */
struct next decode_tcp(struct decoding *d)
{
    struct tcp_header *tcp = &d->packet->tcp;
    struct span segment = d->bytes;
    bool whole = d->bytes.n == d->length;
    size_t header = (size_t)(byte_at(d, 12) >> 4) * 4;
    struct cursor c = take_header(d, TCP_HEADER);
    if (c.bad || header < TCP_HEADER || header - TCP_HEADER > d->length)
        return damaged(d);
    tcp->source_port = cursor_be16(&c);
    tcp->destination_port = cursor_be16(&c);
    tcp->seq = cursor_be32(&c);
    tcp->ack = cursor_be32(&c);
    cursor_u8(&c);
    tcp->flags = cursor_u8(&c) & 0x3f;
    tcp->window = cursor_be16(&c);

    /* A snaplen may have cut the options: what is there is read. */
    struct span options = span_first(d->bytes, header - TCP_HEADER);
    read_options(options, tcp);
    skip(d, options.n);
    d->length -= (uint32_t)(header - TCP_HEADER - options.n);
    if (whole)
        tcp->bad_checksum = checksum_is_wrong(d->packet, segment);
    return finished(d, PACKET_TCP);
}

/* source port 2 | destination port 2 | length with this header 2 | checksum 2.
 * A length of 0 is a jumbogram (RFC 2675) or the card's to fill in. */
struct next decode_udp(struct decoding *d)
{
    struct cursor c = take_header(d, 8);
    d->packet->udp.source_port = cursor_be16(&c);
    d->packet->udp.destination_port = cursor_be16(&c);
    uint16_t length = cursor_be16(&c);
    if (c.bad || (length != 0 && length < 8))
        return damaged(d);
    if (length != 0)
        set_length(d, length - 8u);
    decoder *tunnel = udp_tunnel(d->packet->udp.source_port,
                                 d->packet->udp.destination_port, d->bytes);
    return tunnel ? next_is(tunnel) : finished(d, PACKET_UDP);
}

/* veil.c - see veil.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "redact/veil.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    TCP_LEAST = 20,
    TCP_MOST = 60,
    TCP_CHECKSUM = 16,
    UDP_HEADER = 8,
    UDP_CHECKSUM = 6,
    ICMP_HEADER = 8,
    ICMP_CHECKSUM = 2,
};

void veil_frame(struct veil *v, const struct frame *frame)
{
    if (frame->bytes.n > v->room) {
        v->room = frame->bytes.n;
        v->bytes = must_realloc(v->bytes, v->room);
    }
    v->n = frame->bytes.n;
    if (v->n)
        memcpy(v->bytes, frame->bytes.p, v->n);
}

void veil_free(struct veil *v)
{
    free(v->bytes);
    *v = (struct veil){0};
}

bool veil_content(const struct frame *frame, const struct packet *packet,
                  size_t *at)
{
    uintptr_t begin = (uintptr_t)frame->bytes.p;
    uintptr_t content = (uintptr_t)packet->payload.p;
    if (packet->payload.n == 0 || content < begin ||
        content - begin > frame->bytes.n ||
        packet->payload.n > frame->bytes.n - (content - begin))
        return false;
    *at = content - begin;
    return true;
}

void veil_trailer(struct veil *v, const struct frame *frame,
                  const struct packet *packet)
{
    uintptr_t begin = (uintptr_t)frame->bytes.p;
    uintptr_t end = (uintptr_t)packet->payload.p + packet->payload.n;
    if (packet->payload.p && end >= begin && end - begin < v->n)
        memset(v->bytes + (end - begin), 0, v->n - (end - begin));
}

static uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* The decoder does not say how long the header was; its ports and its own
 * length in it do. */
static size_t tcp_header(const struct frame *frame,
                         const struct packet *packet, size_t at)
{
    for (size_t n = TCP_LEAST; n <= TCP_MOST && n <= at; n += 4) {
        const uint8_t *p = frame->bytes.p + at - n;
        if (be16(p) == packet->tcp.source_port &&
            be16(p + 2) == packet->tcp.destination_port &&
            (size_t)(p[12] >> 4) * 4 == n)
            return n;
    }
    return 0;
}

/* Where the checksum stands and where what it covers begins; false when that is
 * not known, or there is none. */
static bool find_checksum(const struct frame *frame,
                          const struct packet *packet, size_t at,
                          size_t *begin, size_t *checksum)
{
    size_t header = 0, where = 0;
    switch (packet->kind) {
    case PACKET_TCP:
        header = tcp_header(frame, packet, at);
        where = TCP_CHECKSUM;
        break;
    case PACKET_UDP:
        header = UDP_HEADER;
        where = UDP_CHECKSUM;
        break;
    case PACKET_ICMP:
        header = ICMP_HEADER;
        where = ICMP_CHECKSUM;
        break;
    case PACKET_ARP:
    case PACKET_LINK:
        break;
    }
    if (header == 0 || header > at)
        return false;
    *begin = at - header;
    *checksum = *begin + where;
    return packet->kind != PACKET_UDP || be16(frame->bytes.p + *checksum) != 0;
}

/* One's complement sum of what the bytes from `at` on add to a checksum whose
 * cover begins at `begin`. */
static uint32_t sum(const uint8_t *p, size_t begin, size_t at, size_t end)
{
    uint64_t total = 0;
    for (size_t i = at; i < end; i++)
        total += (i - begin) % 2 ? p[i] : (uint32_t)p[i] << 8;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

void veil_mend(struct veil *v, const struct frame *frame,
               const struct packet *packet, size_t at)
{
    size_t begin, checksum, end = at + packet->payload.n;
    if (!find_checksum(frame, packet, at, &begin, &checksum) || end > v->n)
        return;
    uint32_t old = sum(frame->bytes.p, begin, at, end);
    uint32_t new = sum(v->bytes, begin, at, end);
    if (old == new)
        return;
    /* ~(~checksum + ~old + new), RFC 1624 equation 3 */
    uint32_t total = (uint16_t)~be16(v->bytes + checksum) +
                     (uint32_t)(uint16_t)~old + new;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    total = (uint16_t)~total;
    v->bytes[checksum] = (uint8_t)(total >> 8);
    v->bytes[checksum + 1] = (uint8_t)total;
}

void veil_cut(struct veil *v, size_t at)
{
    if (at < v->n)
        v->n = at;
}

/* hex.h - packets written as hexadecimal text, for tests of net/.
 *
 * Spaces are for the reader.  Parts are glued together as string literals:
 * ETHERNET "0800" IPV4_TCP.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_UNIT_NET_HEX_H
#define TESTS_UNIT_NET_HEX_H

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "capture/capture.h"
#include "net/packet.h"

#define ETHERNET "020000000002 020000000001 "
#define SNAP "aaaa03 000000 "

/* 10.0.0.1 port 1234 to 10.0.0.2 port 143, ACK and PSH, content "a1" */
#define TCP_A1 "04d2 008f 00000001 00000002 5018 ffff 0000 0000 6131 "
#define IPV4_TCP "4500002a 0001 4000 40 06 0000 0a000001 0a000002 " TCP_A1

/* The same from 2001:db8::1 to 2001:db8::2 */
#define DB8(n) "20010db8 00000000 00000000 0000000" n " "
#define IPV6_TCP "60000000 0016 06 40 " DB8("1") DB8("2") TCP_A1

/* How a tunnel's outer header begins; length 0 is "as long as the frame". */
#define OUTER_IPV4(protocol)                                                   \
    "45000000 0001 0000 40 " protocol " 0000 c0a80001 c0a80002 "
#define OUTER_IPV6(protocol) "60000000 0000 " protocol " 40 " DB8("a") DB8("b")

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes, malloc()ed with not one byte to spare; *n is how many. */
static inline uint8_t *hex_bytes(const char *hex, size_t *n)
{
    uint8_t *room = malloc(strlen(hex) / 2 + 1);
    *n = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        room[(*n)++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
        hex++;
    }
    uint8_t *exact = malloc(*n ? *n : 1);
    memcpy(exact, room, *n);
    free(room);
    return exact;
}

/* Decodes one frame; its bytes are kept in *bytes for as long as the packet is
 * looked at.  free() them. */
static inline bool hex_decode(struct net *net, int link, const char *hex,
                              struct packet *packet, uint8_t **bytes)
{
    size_t n;
    *bytes = hex_bytes(hex, &n);
    struct frame frame = {
        .number = 1, .length = (uint32_t)n, .link = link, .bytes = {*bytes, n}};
    return net_decode(net, &frame, packet);
}

#endif

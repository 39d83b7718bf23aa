/* arp.c - ARP for IPv4 over Ethernet (RFC 826).
 *
 *   hardware 2 | protocol 2 | hardware length 1 | protocol length 1 |
 *   operation 2 | sender MAC 6 | sender 4 | target MAC 6 | target 4
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "decode.h"

enum { PROTOCOL_IPV4 = 0x0800, OPERATION_REQUEST = 1, OPERATION_REPLY = 2 };

struct next decode_arp(struct decoding *d)
{
    struct arp_header *arp = &d->packet->arp;
    struct cursor c = take_header(d, 8);
    cursor_be16(&c); /* 1, or 6 for IEEE 802: the lengths say enough */
    uint16_t protocol = cursor_be16(&c);
    uint8_t hardware_length = cursor_u8(&c);
    uint8_t protocol_length = cursor_u8(&c);
    uint16_t operation = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    if (protocol != PROTOCOL_IPV4 || hardware_length != 6 ||
        protocol_length != 4 ||
        (operation != OPERATION_REQUEST && operation != OPERATION_REPLY))
        return unknown_protocol(d);
    struct cursor body = take_header(d, 20);
    struct span mac = cursor_take(&body, 6);
    struct span sender = cursor_take(&body, 4);
    cursor_take(&body, 6);
    struct span target = cursor_take(&body, 4);
    if (body.bad)
        return damaged(d);
    set_length(d, 0); /* what else there is pads the frame */
    memcpy(arp->sender_mac, mac.p, 6);
    arp->sender = address_of(sender);
    arp->target = address_of(target);
    arp->request = operation == OPERATION_REQUEST;
    d->packet->source = arp->sender;
    d->packet->destination = arp->target;
    return finished(d, PACKET_ARP);
}

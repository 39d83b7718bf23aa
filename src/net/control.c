/* control.c - what the ends of a link say about it: 802.1X and the keys of a
 * Wi-Fi (EAPOL), PPPoE's discovery, PPP's own protocols.  Of logins nothing is
 * kept but the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

struct next link_says(struct decoding *d, enum link_message message,
                      bool from_station, uint16_t reason)
{
    d->packet->link = (struct link_header){message, from_station, reason};
    return finished(d, PACKET_LINK);
}

/* code 1 | id 1 | length 2 | ... (RFC 3748 section 4) */
static struct next decode_eap(struct decoding *d)
{
    enum { RESPONSE = 2, SUCCESS = 3, FAILURE = 4 };
    uint8_t code = byte_at(d, 0);
    if (!skip(d, 1))
        return damaged(d);
    switch (code) {
    case RESPONSE:
        return link_says(d, LINK_EAP_ANSWERED, true, 0);
    case SUCCESS:
        return link_says(d, LINK_EAP_SUCCESS, false, 0);
    case FAILURE:
        return link_says(d, LINK_EAP_FAILURE, false, 0);
    default:
        return unknown_protocol(d);
    }
}

/* descriptor 1 | information 2 | key length 2 | counter 8 | nonce 32 | IV 16 |
 * sequence 8 | id 8 | check value 16 | data length 2 (IEEE 802.11 section
 * 12.7.2).  Of the four messages the first and the third ask for an answer; the
 * second has data, the fourth none, and in WPA2 a mark of its own. */
static struct next decode_key(struct decoding *d)
{
    enum {
        PAIRWISE = 0x0008,
        ASKS = 0x0080,
        CHECKED = 0x0100,
        SECURE = 0x0200,
        REQUEST = 0x0800,
        TO_INFORMATION = 3,
    };
    struct cursor c = cursor_of(d->bytes);
    cursor_u8(&c);
    uint16_t information = cursor_be16(&c);
    cursor_take(&c, 2 + 8 + 32 + 16 + 8 + 8 + 16);
    bool has_data = cursor_be16(&c) > 0;
    if (c.bad || !skip(d, TO_INFORMATION))
        return damaged(d);
    if (!(information & PAIRWISE) || !(information & CHECKED) ||
        (information & REQUEST))
        return unknown_protocol(d);
    bool asks = (information & ASKS) != 0;
    bool second = !asks && has_data && !(information & SECURE);
    return link_says(d, second ? LINK_KEY_PROVED : LINK_KEY_AGREED, !asks, 0);
}

/* version 1 | type 1 | length 2 (IEEE 802.1X section 11.3) */
struct next decode_eapol(struct decoding *d)
{
    enum { EAP = 0, KEY = 3 };
    struct cursor c = take_header(d, 4);
    cursor_u8(&c);
    uint8_t type = cursor_u8(&c);
    if (c.bad)
        return damaged(d);
    return type == EAP   ? decode_eap(d)
           : type == KEY ? decode_key(d)
                         : unknown_protocol(d);
}

/* version and type 1 | code 1 | session 2 | length 2 (RFC 2516 section 5) */
struct next decode_pppoe_discovery(struct decoding *d)
{
    enum { PADO = 0x07, PADI = 0x09, PADS = 0x65, PADT = 0xa7 };
    struct cursor c = take_header(d, 6);
    cursor_u8(&c);
    uint8_t code = cursor_u8(&c);
    uint16_t session = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    switch (code) {
    case PADI:
        return link_says(d, LINK_PPPOE_SOUGHT, true, 0);
    case PADO:
        return link_says(d, LINK_PPPOE_FOUND, false, 0);
    case PADS: /* session 0: it was refused */
        return link_says(d, session ? LINK_PPPOE_BEGUN : LINK_PPPOE_FOUND,
                         false, 0);
    case PADT:
        return link_says(d, LINK_PPPOE_ENDED, false, 0);
    default:
        return unknown_protocol(d);
    }
}

/* code 1 | id 1 | length 2 | ... (RFC 1334 section 2.2, RFC 1994 section 4) */
static struct next login_answer(struct decoding *d, uint8_t yes, uint8_t no)
{
    uint8_t code = byte_at(d, 0);
    if (!skip(d, 1))
        return damaged(d);
    if (code != yes && code != no)
        return unknown_protocol(d);
    return link_says(d, code == yes ? LINK_LOGIN_TAKEN : LINK_LOGIN_REFUSED,
                     false, 0);
}

struct next decode_pap(struct decoding *d)
{
    enum { ACK = 2, NAK = 3 };
    return login_answer(d, ACK, NAK);
}

struct next decode_chap(struct decoding *d)
{
    enum { SUCCESS = 3, FAILURE = 4 };
    return login_answer(d, SUCCESS, FAILURE);
}

/* wlan.c - IEEE 802.11 data frames, as far as they are not encrypted, and who
 * is let in or put out.
 *
 *   control 2 | duration 2 | address 6 x3 | sequence 2 | address? | QoS? | HT?
 *
 * and what monitor mode puts in front: radiotap, Prism, AVS.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "decode.h"

enum {
    /* The first byte of frame control. */
    TYPE_MASK = 0x0c,
    TYPE_MANAGEMENT = 0x00,
    TYPE_DATA = 0x08,
    DATA_QOS = 0x80,
    DATA_EMPTY = 0x40,
    /* The second. */
    TO_DS = 0x01,
    FROM_DS = 0x02,
    MORE_FRAGMENTS = 0x04,
    RETRY = 0x08,
    PROTECTED = 0x40,
    ORDER = 0x80,
    /* QoS control. */
    QOS_AGGREGATE = 0x80,
};

/* Which of the addresses are the ends' depends on who relays (9.3.2.1). */
static void take_macs(struct decoding *d, uint8_t flags,
                      const struct span address[4])
{
    bool to = (flags & TO_DS) != 0, from = (flags & FROM_DS) != 0;
    struct span destination = to ? address[2] : address[0];
    struct span source = !from ? address[1] : to ? address[3] : address[2];
    memcpy(d->packet->destination_mac, destination.p, 6);
    memcpy(d->packet->source_mac, source.p, 6);
    d->packet->has_macs = true;
}

/* Several packets may share one frame: destination 6 | source 6 | length 2
 * each.  Only the first is followed; there is one packet to a frame. */
static struct next first_of_aggregate(struct decoding *d)
{
    struct cursor c = take_header(d, 14);
    cursor_take(&c, 12);
    uint16_t length = cursor_be16(&c);
    if (c.bad)
        return damaged(d);
    if (length < d->length)
        set_length(d, length);
    return next_is(decode_llc);
}

/* Of a station or by it: the access point is the one that has the network's
 * name (9.3.3.2).  The body is a reason 2; or capabilities 2 | status 2; or
 * algorithm 2 | step 2 | status 2. */
static struct next management(struct decoding *d, uint8_t type,
                              const struct span address[3])
{
    enum {
        SUBTYPE = 0xf0,
        ASSOCIATED = 0x10,
        REASSOCIATED = 0x30,
        DISASSOCIATED = 0xa0,
        AUTHENTICATION = 0xb0,
        DEAUTHENTICATED = 0xc0,
        TOKEN_WANTED = 76, /* of SAE: steps of one that goes on */
        HASH_TO_ELEMENT = 126,
        SAE_PK = 127,
    };
    uint8_t subtype = type & SUBTYPE;
    bool ends = subtype == DISASSOCIATED || subtype == DEAUTHENTICATED;
    bool answers = subtype == ASSOCIATED || subtype == REASSOCIATED;
    bool from_station = !span_same(address[1], address[2]);
    if (!ends && !answers && subtype != AUTHENTICATION)
        return unknown_protocol(d);
    size_t before = ends ? 0 : answers ? 2 : 4;
    struct cursor c = take_header(d, before + 2);
    cursor_take(&c, before);
    uint16_t number = cursor_le16(&c);
    if (c.bad)
        return damaged(d);
    memcpy(d->packet->destination_mac, address[0].p, 6);
    memcpy(d->packet->source_mac, address[1].p, 6);
    d->packet->has_macs = true;
    if (ends)
        return link_says(d, LINK_PUT_OUT, from_station, number);
    if (answers && number == 0)
        return link_says(d, LINK_ASSOCIATED, from_station, 0);
    bool goes_on = number == 0 || number == TOKEN_WANTED ||
                   number == HASH_TO_ELEMENT || number == SAE_PK;
    return goes_on || from_station
               ? unknown_protocol(d)
               : link_says(d, LINK_NOT_ASSOCIATED, false, number);
}

enum how {
    AS_IT_IS,
    PADDED,  /* a driver aligned the body to 4 bytes (radiotap's data pad) */
    SWAPPED, /* the two bytes of frame control are in the other order */
};

static struct next decode_frame(struct decoding *d, enum how how)
{
    uint32_t before = d->length;
    struct cursor c = take_header(d, 24);
    uint16_t control = how == SWAPPED ? cursor_be16(&c) : cursor_le16(&c);
    uint8_t type = (uint8_t)(control & 0xff);
    uint8_t flags = (uint8_t)(control >> 8);
    cursor_be16(&c);
    struct span address[4] = {{NULL, 0}};
    for (int i = 0; i < 3; i++)
        address[i] = cursor_take(&c, 6);
    uint16_t sequence = cursor_le16(&c);
    if (c.bad)
        return damaged(d);
    if ((type & TYPE_MASK) == TYPE_DATA) {
        d->counts->wlan_frames++;
        d->counts->wlan_retries += (flags & RETRY) != 0;
        d->counts->wlan_encrypted +=
            (flags & PROTECTED) && !(type & DATA_EMPTY);
    }
    bool fragment = (flags & MORE_FRAGMENTS) || (sequence & 0x000f);
    if ((type & TYPE_MASK) == TYPE_MANAGEMENT &&
        !(flags & (PROTECTED | ORDER)) && !fragment)
        return management(d, type, address);
    if ((type & TYPE_MASK) != TYPE_DATA || (type & DATA_EMPTY) ||
        (flags & PROTECTED) || fragment)
        return unknown_protocol(d);

    bool relayed = (flags & TO_DS) && (flags & FROM_DS);
    struct cursor more = take_header(d, relayed ? 6 : 0);
    if (relayed)
        address[3] = cursor_take(&more, 6);
    if (more.bad)
        return damaged(d);
    take_macs(d, flags, address);

    bool qos = (type & DATA_QOS) != 0;
    bool aggregate = qos && (byte_at(d, 0) & QOS_AGGREGATE);
    size_t rest = qos ? ((flags & ORDER) ? 6 : 2) : 0;
    size_t header = before - d->length + rest;
    if (how == PADDED)
        rest += (4 - header % 4) % 4;
    if (!skip(d, rest))
        return damaged(d);
    return aggregate ? first_of_aggregate(d) : next_is(decode_llc);
}

struct next decode_80211(struct decoding *d)
{
    return decode_frame(d, AS_IT_IS);
}

struct next decode_80211_swapped(struct decoding *d)
{
    return decode_frame(d, SWAPPED);
}

/* version 1 | pad 1 | length 2 | present 4, more while its top bit is set |
 * fields, each aligned: time 8 if bit 0, flags 1 if bit 1 (radiotap.org) */
struct next decode_radiotap(struct decoding *d)
{
    enum { HAS_TIME = 1u << 0, HAS_FLAGS = 1u << 1, FLAG_PADDED = 0x20 };
    struct cursor c = cursor_of(d->bytes);
    cursor_le16(&c);
    uint16_t length = cursor_le16(&c);
    uint32_t present = cursor_le32(&c);
    uint32_t more = present;
    while ((more >> 31) && !c.bad)
        more = cursor_le32(&c);
    bool padded = false;
    if (present & HAS_FLAGS) {
        size_t at = d->bytes.n - c.rest.n;
        if (present & HAS_TIME)
            at = (at + 7) / 8 * 8 + 8;
        padded = at < length && (byte_at(d, at) & FLAG_PADDED);
    }
    if (c.bad || length < 8 || !skip(d, length))
        return damaged(d);
    return decode_frame(d, padded ? PADDED : AS_IT_IS);
}

/* AVS: version 4 | length 4 | ... */
struct next decode_avs(struct decoding *d)
{
    struct cursor c = cursor_of(d->bytes);
    cursor_be32(&c);
    uint32_t length = cursor_be32(&c);
    if (c.bad || length < 8 || !skip(d, length))
        return damaged(d);
    return next_is(decode_80211);
}

/* Prism headers are 144 bytes; some drivers wrote AVS ones under that type,
 * whose version begins with 80 21 10. */
struct next decode_prism(struct decoding *d)
{
    if (byte_at(d, 0) == 0x80 && byte_at(d, 1) == 0x21 && byte_at(d, 2) == 0x10)
        return next_is(decode_avs);
    return skip(d, 144) ? next_is(decode_80211) : damaged(d);
}

/* leases.c - see leases.h.
 *
 *   op 1 | htype 1 | hlen 1 | hops 1 | xid 4 | secs 2 | flags 2 | ciaddr 4 |
 *   yiaddr 4 | siaddr 4 | giaddr 4 | chaddr 16 | sname 64 | file 128 |
 *   63 82 53 63 | options: code 1, length 1, value
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "leases.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cursor.h"

enum {
    ETHERNET = 1,
    MAC_BYTES = 6,
    COOKIE = 0x63825363, /* RFC 2131 section 3 */
    OPTION_PAD = 0,
    OPTION_REQUESTED = 50,
    OPTION_TYPE = 53,
    OPTION_SERVER = 54,
    OPTION_END = 255,
};

enum type { DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK };

struct message {
    uint8_t mac[MAC_BYTES];
    uint8_t type;
    struct address yours, wanted, server;
};

struct lease {
    uint8_t mac[MAC_BYTES];
    uint64_t seen[NAK + 1]; /* how many of each type */
    bool refused_last;
    struct address address, wanted, server;
    int64_t open_since; /* it asks, and has got nothing good; 0: it has */
    uint64_t frame;
    int64_t time;
};

struct leases {
    struct lease table[LEASES_MAX];
    size_t n;
};

struct leases *leases_new(void)
{
    return must_alloc(sizeof(struct leases));
}

void leases_free(struct leases **leases)
{
    free(*leases);
    *leases = NULL;
}

static void read_option(struct message *m, uint8_t code, struct span value)
{
    if (code == OPTION_TYPE && value.n == 1)
        m->type = value.p[0];
    else if (code == OPTION_REQUESTED && value.n == 4)
        m->wanted = address_of(value);
    else if (code == OPTION_SERVER && value.n == 4)
        m->server = address_of(value);
}

/* BOOTP messages without a type (RFC 951) are none of ours. */
static bool read_message(struct span bytes, struct message *m)
{
    struct cursor c = cursor_of(bytes);
    cursor_u8(&c);
    uint8_t hardware = cursor_u8(&c);
    uint8_t length = cursor_u8(&c);
    cursor_take(&c, 13);
    m->yours = address_of(cursor_take(&c, 4));
    cursor_take(&c, 8);
    struct span chaddr = cursor_take(&c, 16);
    cursor_take(&c, 64 + 128);
    uint32_t cookie = cursor_be32(&c);
    if (c.bad || hardware != ETHERNET || length != MAC_BYTES ||
        cookie != COOKIE)
        return false;
    memcpy(m->mac, chaddr.p, MAC_BYTES);
    while (c.rest.n > 0) {
        uint8_t code = cursor_u8(&c);
        if (code == OPTION_END)
            break;
        if (code == OPTION_PAD)
            continue;
        struct span value = cursor_take(&c, cursor_u8(&c));
        if (c.bad)
            break;
        read_option(m, code, value);
    }
    return m->type >= DISCOVER && m->type <= NAK;
}

static struct lease *lease_of(struct leases *l, const uint8_t mac[MAC_BYTES])
{
    for (size_t i = 0; i < l->n; i++)
        if (memcmp(l->table[i].mac, mac, MAC_BYTES) == 0)
            return &l->table[i];
    if (l->n == LEASES_MAX)
        return NULL;
    struct lease *lease = &l->table[l->n++];
    memcpy(lease->mac, mac, MAC_BYTES);
    return lease;
}

void leases_message(struct leases *l, struct span bytes, uint64_t frame,
                    int64_t time)
{
    struct message m = {0};
    struct lease *lease = read_message(bytes, &m) ? lease_of(l, m.mac) : NULL;
    if (!lease)
        return;
    lease->seen[m.type]++;
    lease->frame = frame;
    lease->time = time;
    switch ((enum type)m.type) {
    case DISCOVER:
    case REQUEST:
        if (lease->open_since == 0)
            lease->open_since = time;
        if (m.wanted.family)
            lease->wanted = m.wanted;
        break;
    case ACK:
        lease->open_since = 0;
        lease->refused_last = false;
        if (address_class(&m.yours) != ADDRESS_UNSPECIFIED)
            lease->address = m.yours;
        break;
    case NAK:
        lease->refused_last = true;
        break;
    case OFFER:
    case DECLINE:
        break;
    }
    if ((m.type == OFFER || m.type == ACK || m.type == NAK) && m.server.family)
        lease->server = m.server;
}

static int by_frame(const void *a, const void *b)
{
    const struct lease *x = *(const struct lease *const *)a;
    const struct lease *y = *(const struct lease *const *)b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

static struct span text_of(const struct address *a, char out[ADDRESS_TEXT])
{
    out[0] = '\0';
    if (a->family)
        address_text(a, out);
    return span_of(out);
}

void leases_tell(const struct leases *l, int64_t capture_end,
                 bool (*alone)(void *user, const uint8_t mac[6]), void *user,
                 struct facts *out)
{
    const struct lease *sorted[LEASES_MAX];
    for (size_t i = 0; i < l->n; i++)
        sorted[i] = &l->table[i];
    if (l->n)
        qsort(sorted, l->n, sizeof sorted[0], by_frame);
    for (size_t i = 0; i < l->n; i++) {
        const struct lease *lease = sorted[i];
        char mac[STATION_TEXT];
        char address[ADDRESS_TEXT], wanted[ADDRESS_TEXT], server[ADDRESS_TEXT];
        int64_t since = lease->open_since;
        station_text(lease->mac, mac);
        facts_stamp(out, lease->frame, lease->time);
        TELL(out, dhcp_exchange, .station = span_of(mac),
             .discovers = lease->seen[DISCOVER], .offers = lease->seen[OFFER],
             .requests = lease->seen[REQUEST], .acks = lease->seen[ACK],
             .naks = lease->seen[NAK], .refused_last = lease->refused_last,
             .address = text_of(&lease->address, address),
             .wanted = text_of(&lease->wanted, wanted),
             .server = text_of(&lease->server, server),
             .waited = since && capture_end > since
                           ? clock_seconds(capture_end - since)
                           : 0,
             .alone = alone && alone(user, lease->mac));
    }
}

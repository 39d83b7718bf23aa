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

enum type { DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE };

struct message {
    uint8_t mac[MAC_BYTES];
    uint8_t type;
    uint32_t xid;
    struct address uses, yours, wanted, server;
};

/* What a client says and hears until it has an address, or has kept it. */
struct exchange {
    uint64_t seen[RELEASE + 1]; /* how many of each type */
    uint64_t selections;        /* REQUESTs that name whose offer they take */
    uint64_t renewals;          /* REQUESTs from the address that is kept */
    uint32_t xid;               /* of the last question */
    bool begun;
    bool settled; /* it got its address, or gave it back */
    bool refused_last;
    int64_t first; /* time of its first message */
};

struct lease {
    uint8_t mac[MAC_BYTES];
    struct exchange last;
    uint64_t declines; /* since an address was kept */
    struct address address, wanted, server, declined;
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
    cursor_u8(&c);
    m->xid = cursor_be32(&c);
    cursor_take(&c, 4);
    m->uses = address_of(cursor_take(&c, 4));
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
    return m->type >= DISCOVER && m->type <= RELEASE;
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

static bool is_set(const struct address *a)
{
    return a->family && address_class(a) != ADDRESS_UNSPECIFIED;
}

/* A client that is served asks again when its lease runs out, when it starts, or
 * when it joins a network (RFC 2131 section 4.4); the same question twice is no
 * new one, but some renew under the number of old.  A DISCOVER after mere
 * attempts to keep an address gives those up (section 4.4.5); one after a refusal
 * is what the refusal asks for. */
static bool begins_exchange(const struct exchange *e, const struct message *m)
{
    if (m->type == REQUEST)
        return e->settled && (m->xid != e->xid || is_set(&m->uses));
    return m->type == DISCOVER &&
           (e->settled || (e->seen[DISCOVER] == 0 && e->seen[NAK] == 0));
}

static void on_question(struct lease *lease, const struct message *m)
{
    struct exchange *e = &lease->last;
    e->xid = m->xid;
    if (m->type == REQUEST) {
        e->selections += m->server.family != 0;
        e->renewals += is_set(&m->uses);
    }
    if (m->wanted.family)
        lease->wanted = m->wanted;
    else if (is_set(&m->uses))
        lease->wanted = m->uses;
}

static void on_ack(struct lease *lease, const struct message *m)
{
    lease->last.settled = true;
    lease->last.refused_last = false;
    lease->address = m->yours;
}

/* Somebody else uses what it was given (RFC 2131 section 3.1 item 5): it has
 * nothing, and begins again. */
static void on_decline(struct lease *lease, const struct message *m)
{
    lease->last = (struct exchange){
        .begun = true, .seen[DECLINE] = 1, .first = lease->time};
    lease->declines++;
    lease->declined = m->wanted;
    lease->address = (struct address){0};
}

/* What is declined is declined at once, before it is used; what a client asks
 * for after it used an address is another story. */
static void begin_exchange(struct lease *lease)
{
    if (lease->address.family)
        lease->declines = 0;
    lease->last = (struct exchange){.begun = true, .first = lease->time};
}

void leases_message(struct leases *l, struct span bytes, uint64_t frame,
                    int64_t time)
{
    struct message m = {0};
    struct lease *lease = read_message(bytes, &m) ? lease_of(l, m.mac) : NULL;
    /* What answers an INFORM gives no address (section 4.3.5). */
    if (!lease || (m.type == ACK && !is_set(&m.yours)))
        return;
    lease->frame = frame;
    lease->time = time;
    if (!lease->last.begun || begins_exchange(&lease->last, &m))
        begin_exchange(lease);
    lease->last.seen[m.type]++;
    switch ((enum type)m.type) {
    case DISCOVER:
    case REQUEST:
        on_question(lease, &m);
        break;
    case ACK:
        on_ack(lease, &m);
        break;
    case NAK:
        lease->last.refused_last = true;
        break;
    case DECLINE:
        on_decline(lease, &m);
        break;
    case RELEASE:
        lease->last.settled = true;
        lease->address = (struct address){0};
        lease->declines = 0;
        break;
    case OFFER:
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

static void tell(const struct lease *lease, int64_t capture_start,
                 int64_t capture_end, bool alone, struct facts *out)
{
    const struct exchange *e = &lease->last;
    char mac[STATION_TEXT];
    char address[ADDRESS_TEXT], wanted[ADDRESS_TEXT], server[ADDRESS_TEXT];
    char declined[ADDRESS_TEXT];
    station_text(lease->mac, mac);
    facts_stamp(out, lease->frame, lease->time);
    TELL(out, dhcp_exchange, .station = span_of(mac),
         .began = clock_between(capture_start, e->first),
         .discovers = e->seen[DISCOVER], .offers = e->seen[OFFER],
         .requests = e->seen[REQUEST], .selections = e->selections,
         .renewals = e->renewals, .acks = e->seen[ACK], .naks = e->seen[NAK],
         .refused_last = e->refused_last, .declines = lease->declines,
         .declined = text_of(&lease->declined, declined),
         .address = text_of(&lease->address, address),
         .wanted = text_of(&lease->wanted, wanted),
         .server = text_of(&lease->server, server),
         .waited = e->settled ? 0 : clock_between(e->first, capture_end),
         .alone = alone);
}

void leases_tell(const struct leases *l, int64_t capture_start,
                 int64_t capture_end,
                 bool (*alone)(void *user, const uint8_t mac[6]), void *user,
                 struct facts *out)
{
    const struct lease *sorted[LEASES_MAX];
    for (size_t i = 0; i < l->n; i++)
        sorted[i] = &l->table[i];
    if (l->n)
        qsort(sorted, l->n, sizeof sorted[0], by_frame);
    for (size_t i = 0; i < l->n; i++)
        tell(sorted[i], capture_start, capture_end,
             alone && alone(user, sorted[i]->mac), out);
}

/* stations.c - see stations.h.
 *
 * Tables of fixed size, as in neighbours.c.  A packet that is neither ARP nor
 * ICMP, nor from 169.254.0.0/16, costs two comparisons.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/stations.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"

enum {
    PLACES = STATIONS_SETS * STATIONS_WAYS,
    ROUND_TABLE = 64, /* broadcasts of which copies are counted */
    ROUND_MIN = 4,    /* fewer copies are not worth telling */
    MOVES_MAX = 2,    /* who has more addresses is a router, or a proxy */
    ECHO_V4_REPLY = 0,
    ECHO_V4 = 8,
    ECHO_V6 = 128,
    ECHO_V6_REPLY = 129,
};

struct station {
    int64_t touched; /* 0: free */
    uint8_t mac[6];
    struct address self;     /* 169.254.x.y, if it gave itself one */
    struct address now, was; /* of all others */
    bool back;               /* it used an address again that it had left */
    int moves;
    uint64_t self_frame, move_frame;
    int64_t self_time, move_time, now_time;
};

/* How often one broadcast came. */
struct round {
    uint64_t key; /* 0: free */
    uint8_t mac[6];
    int64_t since;
    uint64_t copies, most, most_frame;
    int64_t most_time;
};

struct echo {
    int64_t touched; /* 0: free */
    struct address asker, target;
    uint64_t requests, replies, frame;
    int64_t time;
};

struct stations {
    struct station table[PLACES];
    struct echo echoes[PLACES];
    struct round rounds[ROUND_TABLE];
    int64_t turn;
    uint64_t selves; /* stations that gave themselves an address */
    struct {
        uint8_t mac[6];
        bool in; /* of all unicasts */
    } ends[2];   /* of the first one */
    bool unicast;
    bool sends_here; /* ends[0] was said to */
};

struct stations *stations_new(void)
{
    return must_alloc(sizeof(struct stations));
}

void stations_free(struct stations **stations)
{
    free(*stations);
    *stations = NULL;
}

static bool same_mac(const uint8_t a[6], const uint8_t b[6])
{
    return memcmp(a, b, 6) == 0;
}

static size_t set_of(uint64_t hash)
{
    return hash % STATIONS_SETS * STATIONS_WAYS;
}

static struct station *station_of(struct stations *s, const uint8_t mac[6])
{
    struct station *set =
        s->table + set_of(hash_bytes((struct span){mac, 6}, 0));
    struct station *oldest = set;
    for (int i = 0; i < STATIONS_WAYS; i++) {
        if (set[i].touched && same_mac(set[i].mac, mac)) {
            set[i].touched = s->turn;
            return &set[i];
        }
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    *oldest = (struct station){.touched = s->turn};
    memcpy(oldest->mac, mac, 6);
    return oldest;
}

/* ---- addresses ---- */

/* RFC 3927 section 2.1: the first and the last 256 are reserved; and
 * 169.254.169.254 is where clouds answer their machines. */
static bool is_self_assigned(const struct address *a)
{
    static const uint8_t cloud[4] = {169, 254, 169, 254};
    return a->family == 4 && a->bytes[0] == 169 && a->bytes[1] == 254 &&
           a->bytes[2] != 0 && a->bytes[2] != 255 &&
           memcmp(a->bytes, cloud, 4) != 0;
}

static void uses_self_assigned(struct stations *s, const uint8_t mac[6],
                               const struct address *address,
                               const struct packet *packet)
{
    struct station *station = station_of(s, mac);
    if (station->self.family && station->self_time >= station->now_time)
        return;
    s->selves += station->self.family == 0;
    station->self = *address;
    station->self_frame = packet->frame;
    station->self_time = packet->time;
}

static void uses(struct stations *s, const uint8_t mac[6],
                 const struct address *address, const struct packet *packet)
{
    struct station *station = station_of(s, mac);
    station->now_time = packet->time;
    if (station->now.family == 0 || address_same(&station->now, address)) {
        station->now = *address;
        return;
    }
    if (station->was.family && address_same(&station->was, address)) {
        station->back = true; /* it has both */
        return;
    }
    station->was = station->now;
    station->now = *address;
    station->moves++;
    station->move_frame = packet->frame;
    station->move_time = packet->time;
}

static void on_arp(struct stations *s, const struct packet *packet)
{
    const struct arp_header *arp = &packet->arp;
    if (arp->sender.family != 4 ||
        address_class(&arp->sender) == ADDRESS_UNSPECIFIED ||
        (packet->has_macs && !same_mac(arp->sender_mac, packet->source_mac)))
        return; /* a probe asks without an address; others speak for him */
    if (is_self_assigned(&arp->sender))
        uses_self_assigned(s, arp->sender_mac, &arp->sender, packet);
    else
        uses(s, arp->sender_mac, &arp->sender, packet);
}

static void on_ip(struct stations *s, const struct packet *packet)
{
    const struct address *source = &packet->source;
    if (!packet->has_macs || source->family != 4)
        return;
    if (is_self_assigned(source)) {
        uses_self_assigned(s, packet->source_mac, source, packet);
    } else if (s->selves > 0 && address_class(source) != ADDRESS_UNSPECIFIED) {
        /* Whoever gave himself an address may have another after all. */
        struct station *station = station_of(s, packet->source_mac);
        if (station->self.family && station->now.family == 0)
            station->now = *source;
        if (address_same(&station->now, source))
            station->now_time = packet->time;
    }
}

/* ---- broadcasts that come again ---- */

static void on_broadcast(struct stations *s, const struct packet *packet)
{
    const struct arp_header *arp = &packet->arp;
    uint64_t key = hash_bytes((struct span){arp->sender_mac, 6}, arp->request);
    key = hash_bytes((struct span){arp->sender.bytes, 16}, key);
    key = hash_bytes((struct span){arp->target.bytes, 16}, key) | 1;
    struct round *round = &s->rounds[key / 2 % ROUND_TABLE];

    if (round->key != key && round->most < ROUND_MIN) {
        *round = (struct round){.key = key};
        memcpy(round->mac, packet->source_mac, 6);
    }
    if (round->key != key)
        return;
    if (round->copies == 0 || packet->time - round->since > CLOCK_SECOND) {
        round->since = packet->time;
        round->copies = 0;
    }
    if (++round->copies > round->most) {
        round->most = round->copies;
        round->most_frame = packet->frame;
        round->most_time = packet->time;
    }
}

/* ---- ping ---- */

static struct echo *echo_of(struct stations *s, const struct address *asker,
                            const struct address *target)
{
    uint64_t hash = hash_bytes((struct span){asker->bytes, 16}, 1);
    struct echo *set =
        s->echoes + set_of(hash_bytes((struct span){target->bytes, 16}, hash));
    struct echo *oldest = set;
    for (int i = 0; i < STATIONS_WAYS; i++) {
        if (set[i].touched && address_same(&set[i].asker, asker) &&
            address_same(&set[i].target, target))
            return &set[i];
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    *oldest = (struct echo){.asker = *asker, .target = *target};
    return oldest;
}

static void on_icmp(struct stations *s, const struct packet *packet)
{
    const struct icmp_header *icmp = &packet->icmp;
    bool v6 = icmp->version == 6;
    bool request = icmp->type == (v6 ? ECHO_V6 : ECHO_V4);
    bool reply = icmp->type == (v6 ? ECHO_V6_REPLY : ECHO_V4_REPLY);
    if (!request && !reply)
        return;
    struct echo *echo =
        request ? echo_of(s, &packet->source, &packet->destination)
                : echo_of(s, &packet->destination, &packet->source);
    echo->touched = s->turn;
    echo->requests += request;
    echo->replies += reply;
    if (reply || echo->replies == 0) {
        echo->frame = packet->frame;
        echo->time = packet->time;
    }
}

/* Where all unicasts have one end in common, that is where they were
 * captured. */
static void on_unicast(struct stations *s, const struct packet *packet)
{
    if (!s->unicast) {
        s->unicast = s->ends[0].in = s->ends[1].in = true;
        memcpy(s->ends[0].mac, packet->source_mac, 6);
        memcpy(s->ends[1].mac, packet->destination_mac, 6);
        return;
    }
    for (int i = 0; i < 2; i++)
        s->ends[i].in &= same_mac(s->ends[i].mac, packet->source_mac) ||
                         same_mac(s->ends[i].mac, packet->destination_mac);
}

/* A cooked header names no destination, but says who sends from here. */
static void on_cooked(struct stations *s, const struct packet *packet)
{
    s->unicast = true;
    if (!packet->sent_here)
        return;
    if (!s->sends_here) {
        s->sends_here = s->ends[0].in = true;
        memcpy(s->ends[0].mac, packet->source_mac, 6);
    }
    s->ends[0].in &= same_mac(s->ends[0].mac, packet->source_mac);
}

static void note_ends(struct stations *s, const struct packet *packet)
{
    static const uint8_t unknown[6];
    if (same_mac(packet->destination_mac, unknown))
        on_cooked(s, packet);
    else if (!(packet->destination_mac[0] & 1) &&
             (!s->unicast || s->ends[0].in || s->ends[1].in))
        on_unicast(s, packet);
}

void stations_packet(struct stations *s, const struct packet *packet)
{
    s->turn++;
    if (packet->has_macs)
        note_ends(s, packet);
    if (packet->kind == PACKET_ARP) {
        on_arp(s, packet);
        if (packet->has_macs && packet->destination_mac[0] & 1)
            on_broadcast(s, packet);
        return;
    }
    if (packet->kind == PACKET_ICMP)
        on_icmp(s, packet);
    if (s->selves > 0 || packet->source.bytes[0] == 169)
        on_ip(s, packet);
}

bool stations_alone(const struct stations *s, const uint8_t mac[6])
{
    return !s->unicast || (s->ends[0].in && same_mac(s->ends[0].mac, mac)) ||
           (s->ends[1].in && same_mac(s->ends[1].mac, mac));
}

/* ---- telling ---- */

/* What is to be told, by packet. */
struct item {
    uint64_t frame;
    const void *what;
};

static int by_frame(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

static void tell_self(const struct stations *s, const struct item *item,
                      int64_t capture_start, struct facts *out)
{
    const struct station *station = item->what;
    char mac[STATION_TEXT], address[ADDRESS_TEXT];
    station_text(station->mac, mac);
    address_text(&station->self, address);
    facts_stamp(out, station->self_frame, station->self_time);
    TELL(out, address_self_assigned, .address = span_of(address),
         .station = span_of(mac),
         .began = clock_seconds(station->self_time - capture_start),
         .only = station->now_time < station->self_time,
         .alone = stations_alone(s, station->mac));
}

static void tell_move(const struct item *item, struct facts *out)
{
    const struct station *station = item->what;
    char mac[STATION_TEXT], before[ADDRESS_TEXT], after[ADDRESS_TEXT];
    station_text(station->mac, mac);
    address_text(&station->was, before);
    address_text(&station->now, after);
    facts_stamp(out, station->move_frame, station->move_time);
    TELL(out, address_changed, .station = span_of(mac),
         .before = span_of(before), .after = span_of(after));
}

static void tell_round(const struct item *item, struct facts *out)
{
    const struct round *round = item->what;
    char mac[STATION_TEXT];
    station_text(round->mac, mac);
    facts_stamp(out, round->most_frame, round->most_time);
    TELL(out, link_loop, .station = span_of(mac), .copies = round->most);
}

static void tell_echo(const struct item *item, struct facts *out)
{
    const struct echo *echo = item->what;
    char asker[ADDRESS_TEXT], target[ADDRESS_TEXT];
    address_text(&echo->asker, asker);
    address_text(&echo->target, target);
    facts_stamp(out, echo->frame, echo->time);
    TELL(out, icmp_echo, .asker = span_of(asker), .target = span_of(target),
         .requests = echo->requests, .replies = echo->replies);
}

static void sort(struct item *items, size_t n)
{
    if (n)
        qsort(items, n, sizeof *items, by_frame);
}

void stations_tell(const struct stations *s, int64_t capture_start,
                   struct facts *out)
{
    struct item *items = must_alloc(PLACES * sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < PLACES; i++)
        if (s->table[i].self.family)
            items[n++] = (struct item){s->table[i].self_frame, &s->table[i]};
    sort(items, n);
    for (size_t i = 0; i < n; i++)
        tell_self(s, &items[i], capture_start, out);

    n = 0;
    for (size_t i = 0; i < PLACES; i++) {
        const struct station *t = &s->table[i];
        if (t->moves > 0 && t->moves <= MOVES_MAX && !t->back)
            items[n++] = (struct item){t->move_frame, t};
    }
    sort(items, n);
    for (size_t i = 0; i < n; i++)
        tell_move(&items[i], out);

    n = 0;
    for (size_t i = 0; i < ROUND_TABLE; i++)
        if (s->rounds[i].most >= ROUND_MIN)
            items[n++] = (struct item){s->rounds[i].most_frame, &s->rounds[i]};
    sort(items, n);
    for (size_t i = 0; i < n; i++)
        tell_round(&items[i], out);

    n = 0;
    for (size_t i = 0; i < PLACES; i++)
        if (s->echoes[i].touched)
            items[n++] = (struct item){s->echoes[i].frame, &s->echoes[i]};
    sort(items, n);
    for (size_t i = 0; i < n; i++)
        tell_echo(&items[i], out);
    free(items);
}

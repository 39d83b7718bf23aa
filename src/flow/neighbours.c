/* neighbours.c - see neighbours.h.
 *
 * Three tables of fixed size, each set-associative: memory does not grow with
 * the network, and a scan of a /16 pushes out only what shares its sets.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/neighbours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"

/* Questions are a second apart (RFC 1122 section 2.3.2.1, RFC 4861 section 10);
 * three take two seconds, give or take the timer. */
#define UNANSWERED_SPAN  (CLOCK_SECOND * 3 / 2)
#define UNANSWERED_WATCH (CLOCK_SECOND * 2)

/* The same question sooner than this is the same packet, captured twice. */
#define DUPLICATE_WITHIN (CLOCK_SECOND / 20)

/* A system that has to answer a SYN and knows no way back asks for one at once:
 * on the wire the question follows within microseconds. */
#define PROMPTED_WITHIN (CLOCK_SECOND / 200)

/* Two answers to one question come within this. */
#define SAME_QUESTION (CLOCK_SECOND * 2)

enum { PLACES = NEIGHBOURS_SETS * NEIGHBOURS_WAYS };

/* Where an address means one station: a VLAN of an interface. */
struct place {
    uint32_t path, interface;
};

struct ask {
    int64_t touched; /* 0: free */
    struct place place;
    struct address asker, target;
    uint8_t asker_mac[6];
    bool ndp;
    uint64_t count;
    uint64_t prompted; /* of these, by a SYN for the asker */
    int64_t first, last;
    uint64_t last_frame;
};

struct claim {
    int64_t touched; /* 0: free */
    struct place place;
    struct address address;
    uint8_t first[6], second[6]; /* second: all zero if there is none */
    bool conflict;
    bool last_was_first; /* who claimed last */
    int64_t last;
    uint64_t frame; /* that shows the conflict, and when */
    int64_t time;
};

/* A station to which unicast frames were captured, or which sent some. */
struct visible {
    int64_t touched;
    uint8_t mac[6];
};

struct neighbours {
    struct ask asks[PLACES];
    struct claim claims[PLACES];
    struct visible visible[PLACES];
    struct visible *recent[2]; /* the ends of the last unicast frame */
    bool unicast; /* a packet for a single station was captured, not counting
                     ARP and NDP, with which stations keep in touch */
    struct address called; /* who the last SYN was for, and when */
    int64_t called_time;
    int64_t turn; /* counts packets: what was touched last is newest */
};

struct neighbours *neighbours_new(void)
{
    struct neighbours *neighbours = must_alloc(sizeof(*neighbours));
    memset(neighbours, 0, sizeof(*neighbours));
    return neighbours;
}

void neighbours_free(struct neighbours **neighbours)
{
    free(*neighbours);
    *neighbours = NULL;
}

static uint64_t address_hash(const struct address *a, uint64_t seed)
{
    return hash_bytes((struct span){a->bytes, sizeof(a->bytes)}, seed);
}

static size_t set_of(uint64_t hash)
{
    return hash % NEIGHBOURS_SETS * NEIGHBOURS_WAYS;
}

static bool same_place(struct place a, struct place b)
{
    return a.path == b.path && a.interface == b.interface;
}

static bool same_mac(const uint8_t a[6], const uint8_t b[6])
{
    return memcmp(a, b, 6) == 0;
}

static bool is_zero_mac(const uint8_t mac[6])
{
    static const uint8_t zero[6];
    return same_mac(mac, zero);
}

static bool is_unicast_mac(const uint8_t mac[6])
{
    return (mac[0] & 1) == 0 && !is_zero_mac(mac);
}

/* ---- whose frames are seen ---- */

static bool is_visible(const struct neighbours *n, const uint8_t mac[6])
{
    const struct visible *set =
        n->visible + set_of(hash_bytes((struct span){mac, 6}, 0));
    for (int i = 0; i < NEIGHBOURS_WAYS; i++) {
        if (set[i].touched && same_mac(set[i].mac, mac))
            return true;
    }
    return false;
}

/* Its place in the table; the oldest of its set makes room for a new one. */
static struct visible *place_visible(struct neighbours *n, const uint8_t mac[6])
{
    struct visible *set =
        n->visible + set_of(hash_bytes((struct span){mac, 6}, 0));
    struct visible *oldest = set;
    for (int i = 0; i < NEIGHBOURS_WAYS; i++) {
        if (set[i].touched && same_mac(set[i].mac, mac))
            return &set[i];
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    memcpy(oldest->mac, mac, 6);
    return oldest;
}

/* Nearly always it is one of the two that sent or got the frame before: the
 * table need not be asked for each packet. */
static void make_visible(struct neighbours *n, const uint8_t mac[6], int end)
{
    for (int i = 0; i < 2; i++) {
        if (n->recent[i] && same_mac(n->recent[i]->mac, mac)) {
            n->recent[i]->touched = n->turn;
            return;
        }
    }
    n->recent[end] = place_visible(n, mac);
    n->recent[end]->touched = n->turn;
}

/* ---- questions ---- */

/* By target only, so that an answer finds all who asked. */
static struct ask *ask_set(struct neighbours *n, const struct address *target)
{
    return n->asks + set_of(address_hash(target, 1));
}

static bool is_question(const struct packet *packet)
{
    const struct arp_header *arp = &packet->arp;
    /* Without a sender it probes whether the address is free, and from the
     * target itself it is an announcement: no answer is good (RFC 5227). */
    return arp->request && address_class(&arp->sender) != ADDRESS_UNSPECIFIED &&
           !address_same(&arp->sender, &arp->target);
}

static void on_question(struct neighbours *n, const struct packet *packet,
                        struct place place)
{
    const struct arp_header *arp = &packet->arp;
    struct ask *set = ask_set(n, &arp->target), *found = NULL, *oldest = set;
    for (int i = 0; i < NEIGHBOURS_WAYS && !found; i++) {
        if (set[i].touched && same_place(set[i].place, place) &&
            address_same(&set[i].asker, &arp->sender) &&
            address_same(&set[i].target, &arp->target))
            found = &set[i];
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    if (!found) {
        found = oldest;
        *found = (struct ask){.place = place,
                              .asker = arp->sender,
                              .target = arp->target,
                              .ndp = packet->icmp.version == 6,
                              .first = packet->time};
        memcpy(found->asker_mac, arp->sender_mac, 6);
    } else if (packet->time - found->last < DUPLICATE_WITHIN) {
        return;
    }
    found->touched = n->turn;
    found->count++;
    found->prompted += address_same(&n->called, &arp->sender) &&
                       packet->time - n->called_time < PROMPTED_WITHIN;
    found->last = packet->time;
    found->last_frame = packet->frame;
}

/* The address is alive: who asked for it before has got his answer, or could
 * have. */
static void on_life(struct neighbours *n, const struct address *address,
                    struct place place)
{
    struct ask *set = ask_set(n, address);
    for (int i = 0; i < NEIGHBOURS_WAYS; i++) {
        if (set[i].touched && same_place(set[i].place, place) &&
            address_same(&set[i].target, address))
            set[i].touched = 0;
    }
}

/* ---- claims ---- */

/* MACs that are meant to move from one machine to another. */
static bool is_shared_mac(const uint8_t mac[6])
{
    static const struct {
        uint8_t n, bytes[5];
    } shared[] = {
        {5, {0x00, 0x00, 0x5e, 0x00, 0x01}}, /* VRRP, CARP (RFC 5798) */
        {5, {0x00, 0x00, 0x5e, 0x00, 0x02}}, /* VRRP for IPv6 */
        {5, {0x00, 0x00, 0x0c, 0x07, 0xac}}, /* HSRP */
        {4, {0x00, 0x00, 0x0c, 0x9f}      }, /* HSRP version 2 */
        {4, {0x00, 0x05, 0x73, 0xa0}      }, /* HSRP for IPv6 */
        {3, {0x00, 0x07, 0xb4}            }, /* GLBP */
        {2, {0x02, 0xbf}                  }, /* Windows load balancing */
    };
    for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
        if (memcmp(mac, shared[i].bytes, shared[i].n) == 0)
            return true;
    }
    return false;
}

static struct claim *find_claim(struct neighbours *n,
                                const struct address *address,
                                struct place place)
{
    struct claim *set = n->claims + set_of(address_hash(address, 2));
    struct claim *oldest = set;
    for (int i = 0; i < NEIGHBOURS_WAYS; i++) {
        if (set[i].touched && same_place(set[i].place, place) &&
            address_same(&set[i].address, address))
            return &set[i];
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    *oldest = (struct claim){.place = place, .address = *address};
    return oldest;
}

/* One station after another may have an address: it failed over, or was given
 * away.  It is a conflict when the first claims it again after the second, or
 * when both answer one question. */
static void on_claim(struct neighbours *n, const struct packet *packet,
                     struct place place)
{
    const struct arp_header *arp = &packet->arp;
    if (!is_unicast_mac(arp->sender_mac) || is_shared_mac(arp->sender_mac))
        return;
    struct claim *claim = find_claim(n, &arp->sender, place);
    bool is_new = claim->touched == 0;
    if (is_new)
        memcpy(claim->first, arp->sender_mac, 6);
    claim->touched = n->turn;
    bool by_first = same_mac(claim->first, arp->sender_mac);
    bool changed = !is_new && by_first != claim->last_was_first;
    bool answer = !arp->request && !address_same(&arp->sender, &arp->target);
    bool both = answer && packet->time - claim->last < SAME_QUESTION;
    if (!by_first && is_zero_mac(claim->second))
        memcpy(claim->second, arp->sender_mac, 6);
    if (changed && !claim->conflict && (by_first || both)) {
        claim->conflict = true;
        claim->frame = packet->frame;
        claim->time = packet->time;
    }
    claim->last_was_first = by_first;
    claim->last = packet->time;
}

void neighbours_packet(struct neighbours *n, const struct packet *packet)
{
    n->turn++;
    if (packet->has_macs && is_unicast_mac(packet->destination_mac)) {
        n->unicast |= packet->kind != PACKET_ARP;
        make_visible(n, packet->destination_mac, 0);
        make_visible(n, packet->source_mac, 1);
    }
    if (packet->kind == PACKET_TCP && tcp_flags_open(packet->tcp.flags)) {
        n->called = packet->destination;
        n->called_time = packet->time;
    }
    if (packet->kind != PACKET_ARP)
        return;
    struct place place = {packet->path, packet->interface};
    if (address_class(&packet->arp.sender) != ADDRESS_UNSPECIFIED) {
        on_claim(n, packet, place);
        on_life(n, &packet->arp.sender, place);
    }
    if (is_question(packet))
        on_question(n, packet, place);
}

/* ---- telling ---- */

static bool is_unanswered(const struct ask *ask, int64_t capture_end)
{
    return ask->touched && ask->count >= UNANSWERED_MIN &&
           ask->last - ask->first >= UNANSWERED_SPAN &&
           capture_end - ask->first >= UNANSWERED_WATCH;
}

/* Who asks alone is most likely who captured. */
static bool is_alone(const struct neighbours *n, const struct ask *ask)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (n->asks[i].touched &&
            !same_mac(n->asks[i].asker_mac, ask->asker_mac))
            return false;
    }
    return true;
}

/* It gets no further than this question: there is no other one, but for the
 * same in IPv6, and not one packet to a single station. */
static bool is_only(const struct neighbours *n, const struct ask *ask)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (n->asks[i].touched && &n->asks[i] != ask &&
            n->asks[i].ndp == ask->ndp)
            return false;
    }
    return !n->unicast && is_alone(n, ask);
}

static bool answers_many(const struct neighbours *n, const uint8_t mac[6])
{
    int count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        const struct claim *c = &n->claims[i];
        if (c->touched && (same_mac(c->first, mac) || same_mac(c->second, mac)))
            count++;
    }
    return count >= PROXY_MIN;
}

/* A machine with two cards in one network answers on both for both addresses
 * (Linux does unless arp_ignore is set): then two addresses have the same two
 * MACs. */
static bool is_one_machine(const struct neighbours *n,
                           const struct claim *claim)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct claim *c = &n->claims[i];
        bool same = same_mac(c->first, claim->first) &&
                    same_mac(c->second, claim->second);
        bool swapped = same_mac(c->first, claim->second) &&
                       same_mac(c->second, claim->first);
        /* (The same address again is a tap that shows it in a VLAN as well.) */
        if (c->touched && !address_same(&c->address, &claim->address) &&
            (same || swapped))
            return true;
    }
    return false;
}

enum { MAC_TEXT = 18 };

static struct span mac_text(const uint8_t mac[6], char out[MAC_TEXT])
{
    snprintf(out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
             mac[2], mac[3], mac[4], mac[5]);
    return span_of(out);
}

static int compare_asks(const void *a, const void *b)
{
    const struct ask *x = *(const struct ask *const *)a;
    const struct ask *y = *(const struct ask *const *)b;
    return (x->last_frame > y->last_frame) - (x->last_frame < y->last_frame);
}

static int compare_claims(const void *a, const void *b)
{
    const struct claim *x = *(const struct claim *const *)a;
    const struct claim *y = *(const struct claim *const *)b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

static void tell_unanswered(const struct neighbours *n, int64_t capture_start,
                            int64_t capture_end,
                            bool (*needed)(void *, const struct address *),
                            void *user, struct facts *out)
{
    const struct ask **found = must_alloc(PLACES * sizeof(const struct ask *));
    size_t count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        const struct ask *ask = &n->asks[i];
        if (is_unanswered(ask, capture_end) &&
            (is_visible(n, ask->asker_mac) || is_alone(n, ask)))
            found[count++] = ask;
    }
    qsort(found, count, sizeof(*found), compare_asks);
    for (size_t i = 0; i < count; i++) {
        const struct ask *ask = found[i];
        char target[ADDRESS_TEXT], asker[ADDRESS_TEXT];
        address_text(&ask->target, target);
        address_text(&ask->asker, asker);
        facts_stamp(out, ask->last_frame, ask->last);
        TELL(out, arp_unanswered, .target = span_of(target),
             .asker = span_of(asker), .count = ask->count,
             .prompted = ask->prompted,
             .began = clock_seconds(ask->first - capture_start),
             .duration = clock_seconds(capture_end - ask->first),
             .ndp = ask->ndp, .only = is_only(n, ask),
             .mail = needed && needed(user, &ask->target));
    }
    free(found);
}

static void tell_conflicts(const struct neighbours *n, struct facts *out)
{
    const struct claim **found =
        must_alloc(PLACES * sizeof(const struct claim *));
    size_t count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        const struct claim *claim = &n->claims[i];
        if (claim->touched && claim->conflict &&
            !answers_many(n, claim->first) && !answers_many(n, claim->second) &&
            !is_one_machine(n, claim))
            found[count++] = claim;
    }
    qsort(found, count, sizeof(*found), compare_claims);
    for (size_t i = 0; i < count; i++) {
        char address[ADDRESS_TEXT], first[MAC_TEXT], second[MAC_TEXT];
        address_text(&found[i]->address, address);
        facts_stamp(out, found[i]->frame, found[i]->time);
        TELL(out, arp_conflict, .address = span_of(address),
             .first = mac_text(found[i]->first, first),
             .second = mac_text(found[i]->second, second));
    }
    free(found);
}

void neighbours_tell(const struct neighbours *neighbours, int64_t capture_start,
                     int64_t capture_end,
                     bool (*needed)(void *user, const struct address *address),
                     void *user, struct facts *out)
{
    tell_unanswered(neighbours, capture_start, capture_end, needed, user, out);
    tell_conflicts(neighbours, out);
}

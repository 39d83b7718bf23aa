/* table.c - finds the connection of each packet, and lets it go.
 *
 * A hash table of pooled entries, chained; an entry is also in one of four
 * lists, by what it waits for, the one that was quiet longest at the front.
 * Nothing that is shown depends on the order in the hash table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "flow/detail.h"
#include "flow/pool.h"

enum {
    BUCKETS = 1 << 16,
    HOSTS = 1 << 12, /* remembered; a newer one may take an older one's place */
    MIDSTREAM_PACKETS = 3, /* a SYN may be stored so many packets late */
    ACK_NEAR = 1 << 22,    /* as much may be on its way, and unacknowledged */
    TWINS_MAX = 64, /* connections between the same ends on other paths: they
                       stand in one chain, which must not grow long */
};

/* A capture whose clock moves so far between two packets was put together from
 * several, or has damaged times: quiet is then counted in packets, too. */
#define JUMP_BACK  (3600 * CLOCK_SECOND)
#define JUMP_AHEAD (24 * 3600 * CLOCK_SECOND)
enum { QUIET_PACKETS = 1000 };

/* What an entry waits for, and for how long it may be quiet. */
enum waiting {
    WAITS_ANSWER,  /* of a SYN or a SYN-ACK: Linux pauses up to 64 s between
                      tries (tcp_syn_retries), others less */
    WAITS_CONTENT, /* keep-alives come every two hours at least (RFC 9293
                      section 3.8.4), and are tried for some minutes */
    WAITS_LAST,    /* it is over: what crossed the end on its way may still
                      come, within some round trips (LAST_TRIPS); this is for
                      those whose round trip is not known */
    WAITS_STRAYS,  /* it was told: a last FIN or RST may still come again; with
                      the usual 0.2 s doubled each time, five do.  All that is
                      kept is who they belong to.  Or it was refused, and the
                      client may try again with the same SYN */
    WAITING,
};
static const int64_t patience[WAITING] = {
    [WAITS_ANSWER] = 180 * CLOCK_SECOND,
    [WAITS_CONTENT] = 3 * 3600 * CLOCK_SECOND,
    [WAITS_LAST] = 1 * CLOCK_SECOND,
    [WAITS_STRAYS] = 10 * CLOCK_SECOND,
};

/* Not less than LAST_LEAST: a sender may be slow to notice. */
enum { LAST_TRIPS = 8 };
#define LAST_LEAST (CLOCK_SECOND / 10)

struct entry {
    struct flow flow; /* first: a flow is found back from it */
    uint64_t hash;
    struct entry *next_in_bucket;
    struct entry *older, *newer; /* in its list */
    enum waiting waiting;
    uint32_t path_back; /* flow.path, or that of the other direction */
    bool told;      /* to hooks.ended */
    uint64_t jumps; /* of the clock, before its last packet */
};

struct list {
    struct entry *oldest, *newest;
};

struct flow_table {
    struct flow_table_hooks hooks;
    struct flow_counts counts;
    size_t n;
    uint64_t jumps;      /* of the capture's clock */
    uint64_t last_frame; /* of any flow */
    int64_t last_time;
    struct list lists[WAITING];
    struct pool entries, details;
    struct entry *buckets[BUCKETS];
    struct host hosts[HOSTS];
    struct openings openings;
};

/* One end of a connection, as a key; the address is a packet's. */
struct endpoint {
    const struct address *address;
    uint16_t port;
};

/* ---- the hash table ---- */

static uint64_t hash_endpoint(const struct endpoint *end)
{
    uint64_t seed = (uint64_t)end->address->family << 16 | end->port;
    return hash_bytes((struct span){end->address->bytes, 16}, seed);
}

/* The same for both directions, and for every path. */
static uint64_t hash_of(const struct endpoint *a, const struct endpoint *b)
{
    return hash_endpoint(a) + hash_endpoint(b);
}

static bool is_end(const struct flow_side *side, const struct endpoint *end)
{
    return side->port == end->port &&
           address_same(&side->address, end->address);
}

static bool is_between(const struct entry *entry, const struct endpoint *from,
                       const struct endpoint *to, enum dir *dir)
{
    const struct flow_side *side = entry->flow.side;
    *dir = is_end(&side[C2S], from) && is_end(&side[S2C], to) ? C2S : S2C;
    return *dir == C2S || (is_end(&side[C2S], to) && is_end(&side[S2C], from));
}

static bool goes_by(const struct entry *entry, uint32_t path)
{
    return entry->flow.path == path || entry->path_back == path;
}

/* *dir is who sends from a to b. */
static struct entry *find(const struct flow_table *table,
                          const struct endpoint *a, const struct endpoint *b,
                          uint32_t path, enum dir *dir)
{
    uint64_t hash = hash_of(a, b);
    for (struct entry *e = table->buckets[hash % BUCKETS]; e;
         e = e->next_in_bucket) {
        if (e->hash == hash && goes_by(e, path) && is_between(e, a, b, dir))
            return e;
    }
    return NULL;
}

/* The packet is what the other side of a connection answers of which only one
 * side was captured so far. */
static bool is_other_half(const struct entry *entry, enum dir dir,
                          const struct packet *packet)
{
    const struct flow_side *peer = &entry->flow.side[other_dir(dir)];
    uint32_t said = peer->next_seq - peer->first_seq;
    uint32_t acked = packet->tcp.ack - peer->first_seq;
    return !entry->told && !entry->flow.side[dir].seen && peer->seq_known &&
           packet->tcp.flags & TCP_ACK &&
           acked + ACK_NEAR <= said + 2 * ACK_NEAR;
}

/* Some mirror ports tag what comes in and not what goes out, and some tunnels
 * carry one direction only: then the way back has another path.  A connection
 * has it that waits for just this packet; one whose two sides were seen is
 * another one, of another network with the same addresses. */
static struct entry *find_half(const struct flow_table *table,
                               const struct packet *packet,
                               const struct endpoint *from,
                               const struct endpoint *to, enum dir *dir)
{
    uint64_t hash = hash_of(from, to);
    struct entry *found = NULL;
    for (struct entry *e = table->buckets[hash % BUCKETS]; e;
         e = e->next_in_bucket) {
        enum dir way;
        if (e->hash != hash || !is_between(e, from, to, &way) ||
            !is_other_half(e, way, packet))
            continue;
        if (found)
            return NULL; /* it may be either's */
        found = e;
        *dir = way;
    }
    if (found)
        found->path_back = packet->path;
    return found;
}

/* ---- the lists ---- */

static void list_remove(struct flow_table *table, struct entry *entry)
{
    struct list *list = &table->lists[entry->waiting];
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        list->oldest = entry->newer;
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        list->newest = entry->older;
}

static void list_append(struct flow_table *table, struct entry *entry)
{
    struct list *list = &table->lists[entry->waiting];
    entry->older = list->newest;
    entry->newer = NULL;
    if (list->newest)
        list->newest->newer = entry;
    else
        list->oldest = entry;
    list->newest = entry;
}

static enum waiting waits_for(const struct entry *entry)
{
    const struct flow *flow = &entry->flow;
    if (flow->over)
        return entry->told || flow->handshake == FLOW_REFUSED ? WAITS_STRAYS
                                                              : WAITS_LAST;
    return flow->handshake == FLOW_SYN_ONLY || flow->handshake == FLOW_HALF
               ? WAITS_ANSWER
               : WAITS_CONTENT;
}

/* ---- hosts: what other connections tell of an address ---- */

static struct host *host_slot(struct flow_table *table,
                              const struct address *address)
{
    uint64_t hash =
        hash_bytes((struct span){address->bytes, 16}, address->family);
    return &table->hosts[hash % HOSTS];
}

static struct host *host_of(struct flow_table *table,
                            const struct address *address)
{
    struct host *host = host_slot(table, address);
    if (!address_same(&host->address, address))
        *host = (struct host){.address = *address};
    return host;
}

static void host_answers(struct host *host, const struct packet *packet)
{
    uint16_t port = packet->tcp.source_port;
    if (host->answers.count == 0 || host->answers.port != port ||
        host->answers.ttl != packet->ttl) {
        host->answers.port = port;
        host->answers.ttl = packet->ttl;
        host->answers.count = 0;
        host->answers.since = packet->time;
    }
    host->answers.count++;
    host->answers.until = packet->time;
}

static void host_learn(struct flow_table *table, const struct flow *flow,
                       const struct packet *packet)
{
    struct host *host = host_of(table, &packet->source);
    /* A SYN-ACK may be a stand-in's: it counts until something better comes. */
    if (!(packet->tcp.flags & TCP_SYN) || host->ttl == 0)
        host->ttl = packet->ttl;
    if (packet->tcp.flags & TCP_SYN)
        host_answers(host, packet);
    if (flow->rtt > 0 && (host->rtt == 0 || flow->rtt < host->rtt))
        host->rtt = flow->rtt;
}

/* ---- the life of an entry ---- */

static void tell_end(struct flow_table *table, struct entry *entry)
{
    struct flow *flow = &entry->flow;
    const struct address *server = &flow->side[S2C].address;
    const struct host *host = host_slot(table, server);

    entry->told = true;
    track_end(flow, address_same(&host->address, server) ? host : NULL);
    table->counts.missed_bytes +=
        flow->side[C2S].missed + flow->side[S2C].missed;
    table->hooks.ended(table->hooks.user, flow);
    for (enum dir dir = C2S; dir <= S2C; dir++) {
        if (flow->side[dir].detail)
            pool_put(&table->details, flow->side[dir].detail);
        flow->side[dir].detail = NULL;
    }
}

static void end_entry(struct flow_table *table, struct entry *entry)
{
    struct entry **link = &table->buckets[entry->hash % BUCKETS];

    while (*link != entry)
        link = &(*link)->next_in_bucket;
    *link = entry->next_in_bucket;
    list_remove(table, entry);
    table->n--;
    if (!entry->told)
        tell_end(table, entry);
    pool_put(&table->entries, entry);
}

/* Puts an entry to the end of the list it belongs to now. */
static void list_again(struct flow_table *table, struct entry *entry)
{
    enum waiting waiting = waits_for(entry);
    entry->jumps = table->jumps;
    if (waiting == entry->waiting && !entry->newer)
        return; /* it is there */
    list_remove(table, entry);
    entry->waiting = waiting;
    list_append(table, entry);
}

/* Ends one to make room: what is over first, then what was quiet longest. */
static void evict(struct flow_table *table)
{
    struct entry *victim = table->lists[WAITS_STRAYS].oldest;
    struct entry *asking = table->lists[WAITS_ANSWER].oldest;
    if (!victim)
        victim = table->lists[WAITS_LAST].oldest;
    if (!victim)
        victim = table->lists[WAITS_CONTENT].oldest;
    if (!victim || (asking && !victim->flow.over &&
                    asking->flow.last_frame < victim->flow.last_frame))
        victim = asking;
    assert(victim);
    table->counts.evicted++;
    end_entry(table, victim);
}

/* Whether the sender of the packet is the client of a new connection. */
static bool is_client(const struct flow_table *table,
                      const struct packet *packet)
{
    const struct tcp_header *tcp = &packet->tcp;
    if (tcp->flags & TCP_SYN)
        return !(tcp->flags & TCP_ACK);
    int (*rank)(uint16_t) = table->hooks.port_rank;
    int source = rank ? rank(tcp->source_port) : 0;
    int destination = rank ? rank(tcp->destination_port) : 0;
    if (source != destination)
        return source < destination;
    /* Clients get high ports (RFC 6335 section 6). */
    return tcp->source_port >= tcp->destination_port;
}

/* Ends the oldest of too many between the same ends. */
static void make_room(struct flow_table *table, uint64_t hash)
{
    struct entry *oldest = NULL;
    size_t twins = 0;
    for (struct entry *e = table->buckets[hash % BUCKETS]; e;
         e = e->next_in_bucket) {
        if (e->hash != hash)
            continue;
        oldest = e;
        twins++;
    }
    if (twins < TWINS_MAX)
        return;
    table->counts.evicted++;
    end_entry(table, oldest);
}

static struct entry *add(struct flow_table *table, const struct packet *packet,
                         const struct endpoint *from, const struct endpoint *to,
                         enum dir *dir)
{
    uint64_t hash = hash_of(from, to);
    make_room(table, hash);
    if (table->n == FLOWS_MAX)
        evict(table);
    *dir = is_client(table, packet) ? C2S : S2C;
    struct entry *entry = pool_get(&table->entries);
    struct flow *flow = &entry->flow;
    flow->number = ++table->counts.flows;
    flow->path = entry->path_back = packet->path;
    flow->translated = tcp_flags_open(packet->tcp.flags) &&
                       duplicate_opens(&table->openings, packet);
    flow->side[*dir].address = *from->address;
    flow->side[*dir].port = from->port;
    flow->side[other_dir(*dir)].address = *to->address;
    flow->side[other_dir(*dir)].port = to->port;
    entry->hash = hash;
    entry->next_in_bucket = table->buckets[hash % BUCKETS];
    table->buckets[hash % BUCKETS] = entry;
    entry->waiting = WAITS_ANSWER;
    list_append(table, entry);
    table->n++;
    return entry;
}

/* A SYN is either sent again, with the number it had, or begins another
 * connection between the same ports. */
static bool opens_another(const struct flow *flow, enum dir dir,
                          const struct packet *packet)
{
    const struct flow_side *side = &flow->side[dir];
    if (!tcp_flags_open(packet->tcp.flags))
        return false;
    if (dir == S2C) /* both at once (RFC 9293 section 3.5)? */
        return flow->handshake != FLOW_SYN_ONLY;
    if (side->seq_known && packet->tcp.seq + 1 == side->first_seq)
        return false;
    /* The SYN was stored after what follows it. */
    bool began =
        flow->side[C2S].packets + flow->side[S2C].packets > MIDSTREAM_PACKETS;
    return side->seq_known || began;
}

static void need_details(struct flow_table *table, struct flow *flow,
                         enum dir dir, const struct packet *packet)
{
    if (flow->side[C2S].detail && flow->side[S2C].detail)
        return;
    bool alone = tcp_flags_open(packet->tcp.flags) && packet->length == 0;
    for (enum dir d = C2S; d <= S2C; d++)
        if (!flow->side[d].detail && (d == dir || !alone))
            flow->side[d].detail = pool_get(&table->details);
}

static void take_clock(struct flow_table *table, const struct packet *packet)
{
    int64_t step = packet->time - table->last_time;
    if (table->last_frame > 0 && (step < -JUMP_BACK || step > JUMP_AHEAD))
        table->jumps++;
    table->last_time = packet->time;
    table->last_frame = packet->frame;
}

static int64_t patience_with(const struct entry *entry)
{
    int64_t most = patience[entry->waiting];
    int64_t trip = entry->flow.rtt; /* centuries where clocks are broken */
    if (entry->waiting != WAITS_LAST || trip == 0 || trip > most / LAST_TRIPS)
        return most;
    return trip < LAST_LEAST / LAST_TRIPS ? LAST_LEAST : trip * LAST_TRIPS;
}

static bool is_stale(const struct flow_table *table, const struct entry *entry,
                     int64_t now)
{
    const struct flow *flow = &entry->flow;
    return now - flow->last_time > patience_with(entry) &&
           (entry->jumps == table->jumps ||
            table->last_frame - flow->last_frame > QUIET_PACKETS);
}

/* ---- what flow.h promises ---- */

struct flow_table *flow_table_new(const struct flow_table_hooks *hooks)
{
    struct flow_table *table = must_alloc(sizeof *table);
    table->hooks = *hooks;
    pool_init(&table->entries, sizeof(struct entry), sizeof(struct entry));
    pool_init(&table->details, sizeof(struct flow_detail),
              offsetof(struct flow_detail, prints)); /* the first list */
    return table;
}

void flow_table_free(struct flow_table **table)
{
    if (!*table)
        return;
    flow_table_end(*table);
    pool_free(&(*table)->entries);
    pool_free(&(*table)->details);
    free(*table);
    *table = NULL;
}

struct flow_event flow_table_packet(struct flow_table *table,
                                    const struct packet *packet)
{
    const struct tcp_header *tcp = &packet->tcp;
    const struct endpoint from = {&packet->source, tcp->source_port};
    const struct endpoint to = {&packet->destination, tcp->destination_port};
    struct flow_event event = {0};
    struct entry *entry = find(table, &from, &to, packet->path, &event.dir);

    assert(packet->kind == PACKET_TCP);
    take_clock(table, packet);
    if (entry && opens_another(&entry->flow, event.dir, packet)) {
        end_entry(table, entry);
        entry = NULL;
    }
    if (!entry)
        entry = find_half(table, packet, &from, &to, &event.dir);
    if (!entry) {
        entry = add(table, packet, &from, &to, &event.dir);
        event.is_new = true;
    }
    struct flow *flow = &entry->flow;
    event.flow = flow;
    if (entry->told) {
        flow->last_time = packet->time;
        flow->last_frame = packet->frame;
        list_again(table, entry);
        event.dropped = true;
        return event;
    }
    need_details(table, flow, event.dir, packet);
    track_packet(flow, event.dir, packet, &table->counts, &event);
    if (flow->translated && !event.duplicate) {
        event.duplicate = true;
        flow->duplicates++;
        table->counts.duplicates++;
    }
    if (event.dir == S2C && !event.duplicate && !event.dropped &&
        (tcp->flags & (TCP_SYN | TCP_RST)) != TCP_RST &&
        (tcp->flags & TCP_SYN || flow->side[S2C].packets == 1))
        host_learn(table, flow, packet);
    list_again(table, entry);
    return event;
}

struct flow *flow_table_quoted(struct flow_table *table,
                               const struct packet *icmp, enum dir *dir)
{
    const struct icmp_header *h = &icmp->icmp;
    const struct endpoint from = {&h->quoted_source, h->quoted_source_port};
    const struct endpoint to = {&h->quoted_destination,
                                h->quoted_destination_port};

    if (!h->quotes || h->quoted_protocol != 6)
        return NULL;
    struct entry *entry = find(table, &from, &to, icmp->path, dir);
    if (!entry && icmp->path != 0) /* the router may sit outside the tunnel */
        entry = find(table, &from, &to, 0, dir);
    return entry ? &entry->flow : NULL;
}

void flow_table_echo(struct flow_table *table, const struct packet *icmp)
{
    enum { V4_REPLY = 0, V6_REPLY = 129 };
    const struct icmp_header *h = &icmp->icmp;
    if (h->type == (h->version == 6 ? V6_REPLY : V4_REPLY))
        host_of(table, &icmp->source)->ttl_echo = icmp->ttl;
}

void flow_table_tick(struct flow_table *table, int64_t now)
{
    if (now - table->last_time > JUMP_AHEAD)
        now = table->last_time;
    for (int i = 0; i < WAITING; i++) {
        struct entry *oldest;
        while ((oldest = table->lists[i].oldest) != NULL &&
               is_stale(table, oldest, now)) {
            if (i == WAITS_LAST) {
                tell_end(table, oldest);
                list_again(table, oldest);
            } else {
                end_entry(table, oldest);
            }
        }
    }
}

static int by_number(const void *a, const void *b)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;
    return (*x)->flow.number < (*y)->flow.number ? -1 : 1;
}

void flow_table_end(struct flow_table *table)
{
    struct entry **all = must_alloc(table->n * sizeof *all);
    size_t n = 0;
    for (int i = 0; i < WAITING; i++)
        for (struct entry *e = table->lists[i].oldest; e; e = e->newer)
            all[n++] = e;
    assert(n == table->n);
    qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; i < n; i++)
        end_entry(table, all[i]);
    free(all);
}

const struct flow_counts *flow_table_counts(const struct flow_table *table)
{
    return &table->counts;
}

/* lookups_names.c - which name a connection is for: who got which address by
 * which lookup, and what is known of hosts besides their questions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups_table.h"

/* ---- hosts ---- */

const struct host *host_find(const struct lookups *lookups,
                             const struct address *address)
{
    const struct host *host =
        lookups->hosts[address_hash(address, 0) % BUCKETS];
    while (host && !address_same(&host->address, address))
        host = host->older;
    return host;
}

/* NULL when there are too many. */
static struct host *host_of(struct lookups *lookups,
                            const struct address *address)
{
    struct host **bucket = &lookups->hosts[address_hash(address, 0) % BUCKETS];
    struct host *host = *bucket;
    while (host && !address_same(&host->address, address))
        host = host->older;
    if (host || lookups->host_count == LOOKUPS_MAX)
        return host;
    host = arena_alloc(lookups->arena, sizeof(*host));
    host->address = *address;
    host->older = *bucket;
    *bucket = host;
    lookups->host_count++;
    return host;
}

void lookups_serves(struct lookups *lookups, const struct address *address)
{
    struct host *host = host_of(lookups, address);
    if (host)
        host->serves = true;
}

void lookups_active(struct lookups *lookups, const struct address *address)
{
    /* Half of the room is left for those that serve. */
    if (lookups->host_count >= LOOKUPS_MAX / 2 && !host_find(lookups, address))
        return;
    struct host *host = host_of(lookups, address);
    if (host)
        host->active = true;
}

/* ---- addresses that clients got ---- */

static size_t address_bucket(const struct address *client,
                             const struct address *address)
{
    return address_hash(address, address_hash(client, 0)) % BUCKETS;
}

/* A host with both families asks over one and connects over the other: then
 * all that is known of who asked is the family. */
static struct address anybody(uint8_t family)
{
    return (struct address){.family = family};
}

static void address_add_for(struct lookups *lookups, struct lookup_node *node,
                            size_t i, const struct address *client)
{
    struct address_node *added = arena_alloc(lookups->arena, sizeof(*added));
    const struct lookup *l = &node->lookup;
    size_t bucket = address_bucket(client, &l->addresses[i]);
    added->of = node;
    added->address = &l->addresses[i];
    added->older = lookups->addresses[bucket];
    lookups->addresses[bucket] = added;
}

void address_add(struct lookups *lookups, struct lookup_node *node, size_t i)
{
    struct address family = anybody(node->lookup.client.family);
    address_add_for(lookups, node, i, &node->lookup.client);
    address_add_for(lookups, node, i, &family);
}

static struct lookup_name name_of(const struct lookup *l)
{
    return (struct lookup_name){
        .name = l->name,
        .delay = l->answered - l->first_asked,
        .answered = l->answered,
        .frame = l->answer_frame,
        .asker = l->client,
    };
}

/* Who may have asked for the name that the client then used: itself; itself by
 * its address of the other family; itself by an address that is never used for
 * connections to far away, such as that of a resolver on the same host. */
enum asker { ASKER_SELF, ASKER_OTHER_FAMILY, ASKER_NEAR, ASKERS };

struct wanted {
    enum asker asker;
    const struct address *client, *server;
    int64_t time; /* the answer came before */
};

static uint8_t asker_family(const struct wanted *w)
{
    bool other = w->asker == ASKER_OTHER_FAMILY;
    return (w->client->family == 4) == other ? 6 : 4;
}

static bool is_near(const struct address *asker)
{
    enum address_class class = address_class(asker);
    return class == ADDRESS_LOOPBACK || class == ADDRESS_LINK_LOCAL ||
           (class == ADDRESS_PRIVATE && asker->family == 6);
}

static struct address_node *first_node(const struct lookups *lookups,
                                       const struct wanted *w)
{
    struct address key = *w->client;
    if (w->asker != ASKER_SELF)
        key = anybody(asker_family(w));
    return lookups->addresses[address_bucket(&key, w->server)];
}

static bool is_wanted(const struct address_node *node, const struct wanted *w)
{
    const struct lookup *l = &node->of->lookup;
    if (l->answered > w->time || !address_same(node->address, w->server))
        return false;
    if (w->asker == ASKER_SELF)
        return address_same(&l->client, w->client);
    return l->client.family == asker_family(w) &&
           (w->asker == ASKER_OTHER_FAMILY || is_near(&l->client));
}

/* The last answer; but where several names have the address, the last of those
 * that are names of mail hosts: it is mail that asks which name it was. */
static const struct lookup *best_name(const struct lookups *lookups,
                                      const struct wanted *w)
{
    const struct lookup *last = NULL;
    size_t seen = 0;
    for (const struct address_node *node = first_node(lookups, w);
         node && seen < NODES_MAX; node = node->older, seen++) {
        const struct lookup *l = &node->of->lookup;
        if (!is_wanted(node, w))
            continue;
        if (lookups_role(lookups, l) == LOOKUP_MAILHOST)
            return l;
        last = last ? last : l;
    }
    return last;
}

bool lookups_name(const struct lookups *lookups, const struct address *client,
                  const struct address *server, int64_t time,
                  struct lookup_name *found)
{
    const struct lookup *l = NULL;
    for (int asker = ASKER_SELF; asker < ASKERS && !l; asker++) {
        struct wanted w = {(enum asker)asker, client, server, time};
        l = best_name(lookups, &w);
    }
    if (l)
        *found = name_of(l);
    return l != NULL;
}

static void mark_used(const struct lookups *lookups, const struct wanted *w)
{
    size_t seen = 0;
    for (struct address_node *node = first_node(lookups, w);
         node && seen < NODES_MAX; node = node->older, seen++) {
        if (!is_wanted(node, w))
            continue;
        node->of->lookup.used = true;
    }
}

void lookups_kept(struct lookups *lookups, const struct address *client,
                  const struct address *server, int64_t until)
{
    for (int asker = ASKER_SELF; asker < ASKERS; asker++) {
        struct wanted w = {(enum asker)asker, client, server, until};
        mark_used(lookups, &w);
    }
}

static void use(struct lookups *lookups, const struct use *u)
{
    struct lookup_name found;
    if (u->mail &&
        lookups_name(lookups, &u->client, &u->server, INT64_MAX, &found))
        mail_name_add(lookups, found.name);
    lookups_kept(lookups, &u->client, &u->server, INT64_MAX);
}

void lookups_used(struct lookups *lookups, const struct address *client,
                  const struct address *server, bool mail, int64_t time)
{
    struct use *u = &lookups->uses[lookups->use_count++ % USES];
    *u = (struct use){*client, *server, mail, time};
    use(lookups, u);
}

void lookups_use_again(struct lookups *lookups, int64_t answered)
{
    for (size_t i = 0; i < USES && i < lookups->use_count; i++) {
        const struct use *u = &lookups->uses[i];
        if (u->time < answered + SAME_WITHIN &&
            u->time > answered - SAME_WITHIN)
            use(lookups, u);
    }
}

/* Who sends goes through the list it was given, however long that takes: five
 * minutes for a greeting that does not come (RFC 5321 section 4.5.3.2.1). */
#define MX_WORKED_THROUGH (900 * CLOCK_SECOND)

struct span lookups_mail_domain(const struct lookups *lookups,
                                const struct address *client, struct span host,
                                int64_t time)
{
    size_t seen = 0;
    for (const struct lookup_node *node = lookups->mx; node && seen < NODES_MAX;
         node = node->older_mx, seen++) {
        const struct lookup *l = &node->lookup;
        int64_t holds_until =
            l->answered + l->ttl * CLOCK_SECOND + MX_WORKED_THROUGH;
        if (l->answered <= time && time <= holds_until &&
            address_same(&l->client, client) && span_has_word(l->targets, host))
            return l->name;
    }
    return (struct span){NULL, 0};
}

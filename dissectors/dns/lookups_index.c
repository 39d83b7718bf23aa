/* lookups_index.c - see lookups_index.h: sorted hashes.  A collision of 64 bits
 * would hide or make up one relation.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups_index.h"

#include <stdlib.h>

#include "base/hash.h"

/* A client and what it got, and the domain it got it for. */
struct shared {
    uint64_t key, domain;
};

struct lookups_index {
    uint64_t *asked; /* client and name, of each lookup for mail's sake */
    size_t asked_count;
    uint64_t *resolved; /* of each that got an address */
    size_t resolved_count;
    struct shared *shared; /* each once */
    size_t shared_count;
};

static uint64_t key_of(const struct address *client, struct span name)
{
    uint64_t seed = hash_bytes((struct span){client->bytes, 16}, 1);
    return hash_bytes(name, seed);
}

static uint64_t address_key(const struct address *client,
                            const struct address *got)
{
    return key_of(client, (struct span){got->bytes, sizeof got->bytes});
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int compare_shared(const void *a, const void *b)
{
    const struct shared *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->domain > y->domain) - (x->domain < y->domain);
}

static void add_lookup(struct lookups_index *index, const struct lookup *l)
{
    bool of_address = l->type == DNS_A || l->type == DNS_AAAA;
    if (!of_address && l->type != DNS_MX && l->type != DNS_SRV)
        return;
    uint64_t key = key_of(&l->client, l->name);
    index->asked[index->asked_count++] = key;
    if (l->address_count == 0)
        return;
    index->resolved[index->resolved_count++] = key;
    /* The first one stands for all: who answers for everything has but one. */
    index->shared[index->shared_count++] =
        (struct shared){address_key(&l->client, &l->addresses[0]),
                        hash_bytes(dns_domain(l->name), 0)};
}

static void sort_shared(struct lookups_index *index)
{
    size_t kept = 0;
    if (index->shared_count)
        qsort(index->shared, index->shared_count, sizeof *index->shared,
              compare_shared);
    for (size_t i = 0; i < index->shared_count; i++) {
        if (kept == 0 ||
            compare_shared(&index->shared[kept - 1], &index->shared[i]) != 0)
            index->shared[kept++] = index->shared[i];
    }
    index->shared_count = kept;
}

struct lookups_index *lookups_index_new(const struct lookups *lookups)
{
    struct lookups_index *index = must_alloc(sizeof *index);
    size_t room = lookups->count + 1;
    index->asked = must_alloc(room * sizeof *index->asked);
    index->resolved = must_alloc(room * sizeof *index->resolved);
    index->shared = must_alloc(room * sizeof *index->shared);
    for (size_t i = 0; i < lookups->count; i++)
        add_lookup(index, &lookups->all[i]->lookup);
    qsort(index->asked, index->asked_count, sizeof(uint64_t), compare_keys);
    qsort(index->resolved, index->resolved_count, sizeof(uint64_t),
          compare_keys);
    sort_shared(index);
    return index;
}

void lookups_index_free(struct lookups_index **index)
{
    if (!*index)
        return;
    free((*index)->asked);
    free((*index)->resolved);
    free((*index)->shared);
    free(*index);
    *index = NULL;
}

static bool has_key(const uint64_t *keys, size_t count, uint64_t key)
{
    return bsearch(&key, keys, count, sizeof *keys, compare_keys) != NULL;
}

/* How many lookups got an address for this; each lookup is one key. */
static size_t count_resolved(const struct lookups_index *index, uint64_t key)
{
    size_t low = 0, high = index->resolved_count, count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->resolved[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    while (count < 2 && low + count < index->resolved_count &&
           index->resolved[low + count] == key)
        count++; /* whether there is another one is all that matters */
    return count;
}

struct span lookups_index_typed(const struct lookups_index *index,
                                const struct lookup *l, bool *resolved)
{
    struct span found = {NULL, 0};
    size_t dots = 0;
    *resolved = false;
    for (size_t i = 0; i < l->name.n; i++) {
        if (l->name.p[i] != '.' || dots++ == 0)
            continue;
        struct span typed = span_first(l->name, i);
        uint64_t key = key_of(&l->client, typed);
        if (!has_key(index->asked, index->asked_count, key))
            continue;
        found = typed;
        *resolved = *resolved || count_resolved(index, key) > 0;
    }
    return found;
}

bool lookups_index_otherwise(const struct lookups_index *index,
                             const struct lookup *l)
{
    size_t own = l->address_count > 0;
    bool typed_resolved;
    if (count_resolved(index, key_of(&l->client, l->name)) > own)
        return true;
    lookups_index_typed(index, l, &typed_resolved);
    return own == 0 && typed_resolved;
}

size_t lookups_index_shared(const struct lookups_index *index,
                            const struct lookup *l)
{
    enum { ENOUGH = 255 }; /* bounds the walk; no rule asks for more */
    if (l->address_count == 0)
        return 0;
    uint64_t key = address_key(&l->client, &l->addresses[0]);
    uint64_t domain = hash_bytes(dns_domain(l->name), 0);
    size_t low = 0, high = index->shared_count, others = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->shared[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->shared_count && index->shared[low].key == key; low++) {
        others += index->shared[low].domain != domain;
        if (others == ENOUGH)
            break;
    }
    return others;
}

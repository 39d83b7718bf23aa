/* attempts.c - see attempts.h.
 *
 * The sessions are gone through in order; each joins the youngest attempt of
 * its client for the same service at the same server (by name or by address)
 * that it fits, or begins one.  Open attempts are found by hash, of each key
 * only the youngest few are looked at: O(n) for n sessions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "story/attempts.h"

#include <stdlib.h>
#include <string.h>

#include "base/account.h"
#include "base/clock.h"
#include "base/hash.h"

const char *const service_names[] = {"incoming", "outgoing", "filters"};

enum {
    /* As long as nothing worked, what begins within so many seconds after the
     * last packet is a further try: mail programs look for mail every 5 to 15
     * minutes, and servers repeat a deferred message after 5 to 15. */
    TRY_AGAIN = 900,
    /* Once something worked, only what begins so soon belongs to the same
     * errand: parallel connections, the next folder. */
    TOGETHER = 5,
    /* IPv6 is given up for IPv4 after 127 s at most (Linux, RFC 6298). */
    FAMILIES = 140,
    YOUNGEST = 16, /* attempts of one key that are looked at */
};

static const size_t NONE = SIZE_MAX;

/* An attempt while it grows. */
struct growing {
    struct attempt attempt;
    int64_t worked_end; /* of what worked; 0: nothing did */
    bool six;           /* the last session ran over IPv6 */
    bool connected;     /* some session did */
    size_t first, last; /* sessions, chained by .next */
};

/* An attempt as it is found under a key. */
struct place {
    size_t attempt, older; /* older: a place with the same hash, or NONE */
};

struct finder {
    struct book *book;
    struct growing *list;
    size_t count;
    size_t *next; /* session -> the next one of its attempt */
    struct place *places;
    size_t place_count;
    size_t *slots; /* hash -> the youngest place */
    size_t slot_count;
    bool crossed;  /* some attempt went from one family to the other */
    bool one_pair; /* the sessions are of one IPv4 and one IPv6 client */
};

static enum service service_of(const struct fact_session *s)
{
    struct span p = s->expected.n ? s->expected : s->protocol;
    if (span_same(p, SPAN("smtp")))
        return SERVICE_OUTGOING;
    return span_same(p, SPAN("sieve")) ? SERVICE_FILTERS : SERVICE_INCOMING;
}

static uint64_t key_of(enum service service, struct span server, uint64_t seed)
{
    return hash_bytes(server, seed * 8 + (uint64_t)service);
}

static size_t *slot(struct finder *f, uint64_t key)
{
    return &f->slots[key % f->slot_count];
}

static void remember(struct finder *f, uint64_t key, size_t attempt)
{
    size_t *at = slot(f, key);
    if (*at != NONE && f->places[*at].attempt == attempt)
        return;
    f->places[f->place_count] = (struct place){attempt, *at};
    *at = f->place_count++;
}

/* The same machine under an address of the other family: only where there is
 * no other machine it could be. */
static bool is_same_client(const struct finder *f, const struct growing *g,
                           const struct book_entry *e)
{
    if (span_same(g->attempt.client, e->session.client))
        return true;
    return f->one_pair && g->six != e->session.ipv6 && !g->connected &&
           e->start - g->attempt.end <= FAMILIES * CLOCK_SECOND;
}

/* Who types the whole address where the short name was refused is the same
 * person; users whose masked names look alike are not. */
static bool may_be_same_user(const struct attempt *a,
                             const struct fact_session *s)
{
    if (a->account && s->account)
        return account_may_be(a->account, s->account);
    return !a->user.n || !s->user.n || span_same(a->user, s->user);
}

static bool fits(const struct finder *f, const struct growing *g,
                 const struct book_entry *e)
{
    const struct attempt *a = &g->attempt;
    const struct book_entry *last = book_get(f->book, g->last);
    bool server = span_same(last->session.server, e->session.server) ||
                  (e->session.name.n && span_is(a->name, e->session.name));
    int64_t since = g->worked_end ? g->worked_end : a->end;
    int64_t most = g->worked_end ? TOGETHER : TRY_AGAIN;
    return a->service == service_of(&e->session) && server &&
           may_be_same_user(a, &e->session) &&
           e->start - since <= most * CLOCK_SECOND && is_same_client(f, g, e);
}

static size_t find(struct finder *f, uint64_t key, const struct book_entry *e)
{
    size_t at = *slot(f, key);
    for (int i = 0; i < YOUNGEST && at != NONE; i++) {
        size_t attempt = f->places[at].attempt;
        if (fits(f, &f->list[attempt], e))
            return attempt;
        at = f->places[at].older;
    }
    return NONE;
}

static size_t begin(struct finder *f, const struct book_entry *e, size_t i)
{
    struct growing *g = &f->list[f->count];
    *g = (struct growing){.first = i, .last = i};
    g->attempt = (struct attempt){
        .service = service_of(&e->session),
        .client = e->session.client,
        .name = e->session.name.n ? e->session.name : e->session.server,
        .start = e->start,
        .end = e->start,
    };
    return f->count++;
}

static void join(struct finder *f, size_t attempt, size_t i)
{
    const struct book_entry *e = book_get(f->book, i);
    struct growing *g = &f->list[attempt];
    struct attempt *a = &g->attempt;
    int64_t end = book_end(e);
    if (a->count++ > 0) {
        f->next[g->last] = i;
        f->crossed |= g->six != e->session.ipv6;
    }
    f->next[i] = NONE;
    g->last = i;
    g->six = e->session.ipv6;
    g->connected |= span_same(e->session.handshake, SPAN("full"));
    a->end = end > a->end ? end : a->end;
    if (e->session.worked)
        g->worked_end = end > g->worked_end ? end : g->worked_end;
    else if (e->start >= g->worked_end)
        g->worked_end = 0; /* the errand is open again */
    if (e->session.user.n) {
        a->user = e->session.user;
        a->account = e->session.account;
    }
}

static void place(struct finder *f, size_t i)
{
    const struct book_entry *e = book_get(f->book, i);
    enum service service = service_of(&e->session);
    uint64_t by_server = key_of(service, e->session.server, 1);
    uint64_t by_name = key_of(service, e->session.name, 2);
    size_t attempt = find(f, by_server, e);
    if (attempt == NONE && e->session.name.n)
        attempt = find(f, by_name, e);
    if (attempt == NONE)
        attempt = begin(f, e, i);
    join(f, attempt, i);
    remember(f, by_server, attempt);
    if (e->session.name.n)
        remember(f, by_name, attempt);
}

static bool is_one_pair(struct book *book)
{
    struct span client[2] = {{NULL, 0}, {NULL, 0}};
    for (size_t i = 0; i < book_count(book); i++) {
        const struct fact_session *s = &book_get(book, i)->session;
        struct span *known = &client[s->ipv6];
        if (known->n && !span_same(*known, s->client))
            return false;
        *known = s->client;
    }
    return client[0].n && client[1].n;
}

static int by_client(const void *a, const void *b, void *user)
{
    const struct attempts *attempts = user;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = span_compare(attempts->list[x].client,
                             attempts->list[y].client);
    return order ? order : (x > y) - (x < y);
}

static void sort_by_client(struct attempts *attempts)
{
    size_t n = attempts->count;
    attempts->by_client = arena_alloc(attempts->mem, n * sizeof(size_t));
    for (size_t i = 0; i < n; i++)
        attempts->by_client[i] = i;
    if (n)
        qsort_r(attempts->by_client, n, sizeof(size_t), by_client, attempts);
}

static struct attempts *collect(const struct finder *f)
{
    struct attempts *attempts = must_alloc(sizeof *attempts);
    attempts->mem = arena_new();
    attempts->count = f->count;
    attempts->one_pair = f->one_pair;
    attempts->one_machine = f->one_pair && f->crossed;
    attempts->list = arena_alloc(attempts->mem,
                                 f->count * sizeof *attempts->list);
    for (size_t i = 0; i < f->count; i++) {
        const struct growing *g = &f->list[i];
        size_t *sessions = arena_alloc(attempts->mem,
                                       g->attempt.count * sizeof *sessions);
        size_t n = 0;
        for (size_t s = g->first; s != NONE; s = f->next[s])
            sessions[n++] = s;
        attempts->list[i] = g->attempt;
        attempts->list[i].sessions = sessions;
    }
    sort_by_client(attempts);
    return attempts;
}

struct attempts *attempts_find(struct book *book)
{
    size_t n = book_count(book);
    struct finder f = {.book = book, .slot_count = 2 * n + 1};
    f.list = must_alloc((n + 1) * sizeof *f.list);
    f.next = must_alloc((n + 1) * sizeof *f.next);
    f.places = must_alloc((2 * n + 1) * sizeof *f.places);
    f.slots = must_alloc(f.slot_count * sizeof *f.slots);
    for (size_t i = 0; i < f.slot_count; i++)
        f.slots[i] = NONE;
    f.one_pair = is_one_pair(book);
    for (size_t i = 0; i < n; i++)
        place(&f, i);
    struct attempts *attempts = collect(&f);
    free(f.list);
    free(f.next);
    free(f.places);
    free(f.slots);
    return attempts;
}

void attempts_free(struct attempts **attempts)
{
    if (!*attempts)
        return;
    arena_free(&(*attempts)->mem);
    free(*attempts);
    *attempts = NULL;
}

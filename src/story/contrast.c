/* contrast.c - see contrast.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "story/contrast.h"

#include <stdlib.h>

#include "base/clock.h"

enum {
    /* "At the same time", in seconds: just before or after, or both before and
     * after. */
    JUST = 5,
    MEANWHILE = 60,
    /* Sessions of one server, or of one client, that are looked at for one
     * finding: bounds the work, and no rule asks for more than some. */
    LOOKED_AT = 8192,
    TOLD_APART = 64, /* servers, ports */
};

struct contrasting {
    struct book *book;
    struct arena *mem;
    const struct book_entry **by_server, **by_client;
    size_t count;
};

static int in_order(const struct book_entry *a, const struct book_entry *b)
{
    return (a->session.id > b->session.id) - (a->session.id < b->session.id);
}

static int by_server(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = book_compare_servers(x, y);
    if (!order)
        order = span_compare(x->session.client, y->session.client);
    return order ? order : in_order(x, y);
}

static int by_client(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = span_compare(x->session.client, y->session.client);
    return order ? order : in_order(x, y);
}

static const struct book_entry **sorted(struct book *book,
                                        int (*order)(const void *,
                                                     const void *))
{
    size_t n = book_count(book);
    const struct book_entry **list = must_alloc((n + 1) * sizeof(void *));
    for (size_t i = 0; i < n; i++)
        list[i] = book_get(book, i);
    if (n)
        qsort(list, n, sizeof(void *), order);
    return list;
}

/* The first that is not less than `like` in what `compare` looks at. */
static size_t lower(const struct book_entry *const *list, size_t count,
                    const struct book_entry *like,
                    int (*compare)(const struct book_entry *,
                                   const struct book_entry *))
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(list[middle], like) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_endpoints(const struct book_entry *a,
                             const struct book_entry *b)
{
    int order = span_compare(a->session.server, b->session.server);
    if (order || a->session.port == b->session.port)
        return order;
    return a->session.port < b->session.port ? -1 : 1;
}

static int compare_clients(const struct book_entry *a,
                           const struct book_entry *b)
{
    return span_compare(a->session.client, b->session.client);
}

/* When the first and the last session of the finding began. */
struct window {
    int64_t from, until;
};

/* Others who were served around that time.  One side alone says little: a
 * server that served them half a minute ago may be dead by now. */
struct others {
    uint64_t before, just, after;
};

static void count_other(struct others *others, struct window w, int64_t start)
{
    if (start < w.from - MEANWHILE * CLOCK_SECOND ||
        start > w.until + MEANWHILE * CLOCK_SECOND)
        return;
    if (start < w.from - JUST * CLOCK_SECOND)
        others->before++;
    else if (start > w.until + JUST * CLOCK_SECOND)
        others->after++;
    else
        others->just++;
}

static uint64_t meanwhile(const struct others *others)
{
    bool around = others->just || (others->before && others->after);
    return around ? others->before + others->just + others->after : 0;
}

static void look_at_endpoint(const struct contrasting *c,
                             const struct book_entry *e, struct window w,
                             struct fact_contrast *out)
{
    size_t i = lower(c->by_server, c->count, e, compare_endpoints);
    struct span last = {NULL, 0};
    struct others others = {0};
    for (size_t n = 0; n < LOOKED_AT && i < c->count; n++, i++) {
        const struct book_entry *other = c->by_server[i];
        const struct fact_session *s = &other->session;
        if (compare_endpoints(other, e) != 0)
            break;
        if (!s->worked)
            continue;
        if (span_same(s->client, e->session.client)) {
            out->worked++;
            continue;
        }
        count_other(&others, w, other->start);
        out->clients_worked += !span_same(s->client, last);
        last = s->client;
    }
    out->worked_meanwhile = meanwhile(&others);
}

/* Counts a key that is new. */
static void note(uint64_t *seen, size_t *n, uint64_t key)
{
    for (size_t i = 0; i < *n; i++) {
        if (seen[i] == key)
            return;
    }
    if (*n < TOLD_APART)
        seen[(*n)++] = key;
}

static void look_at_client(const struct contrasting *c,
                           const struct book_entry *e,
                           struct fact_contrast *out)
{
    uint64_t servers[TOLD_APART], ports[TOLD_APART];
    size_t server_count = 0, port_count = 0;
    size_t i = lower(c->by_client, c->count, e, compare_clients);
    for (size_t n = 0; n < LOOKED_AT && i < c->count; n++, i++) {
        const struct fact_session *s = &c->by_client[i]->session;
        if (!span_same(s->client, e->session.client))
            break;
        if (!s->worked)
            continue;
        /* The book keeps each text once. */
        if (!span_same(s->server, e->session.server))
            note(servers, &server_count, (uint64_t)(uintptr_t)s->server.p);
        else if (s->port != e->session.port)
            note(ports, &port_count, s->port);
    }
    out->servers_worked = server_count;
    out->ports_worked = port_count;
}

static const struct book_entry *find(struct book *book, uint64_t id)
{
    size_t low = 0, high = book_count(book);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (book_get(book, middle)->session.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    const struct book_entry *e =
        low < book_count(book) ? book_get(book, low) : NULL;
    return e && e->session.id == id ? e : NULL;
}

static struct window window_of(struct book *book, const struct weighed *w)
{
    struct window out = {INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < w->session_count; i++) {
        const struct book_entry *e = find(book, w->sessions[i]);
        if (!e)
            continue;
        out.from = e->start < out.from ? e->start : out.from;
        out.until = e->start > out.until ? e->start : out.until;
    }
    return out;
}

static struct weighing weigh(void *user, const struct weighed *w)
{
    struct contrasting *c = user;
    const struct book_entry *e = find(c->book, w->sessions[0]);
    if (!e)
        return (struct weighing){.why = ""};
    struct fact_contrast told = {
        .clients_same = w->clients_same,
        .servers_same = w->servers_same,
        .tries = w->session_count,
    };
    look_at_endpoint(c, e, window_of(c->book, w), &told);
    look_at_client(c, e, &told);
    const struct fact session = {.kind = &fact_kinds[FACT_KIND_session],
                                 .values = &e->session};
    const struct fact contrast = {.kind = &fact_kinds[FACT_KIND_contrast],
                                  .values = &told};
    return rule_weigh(w->rule, &session, &contrast, c->mem);
}

void contrast_weigh(struct findings *findings, struct book *book,
                    struct arena *mem)
{
    struct contrasting c = {.book = book, .mem = mem};
    c.count = book_count(book);
    c.by_server = sorted(book, by_server);
    c.by_client = sorted(book, by_client);
    findings_weigh(findings, weigh, &c);
    free(c.by_server);
    free(c.by_client);
}

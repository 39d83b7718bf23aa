/* visits.c - see visits.h.  Counted here, in one walk over the sorted sessions,
 * and not by rules, which would compare each session with all others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "story/visits.h"

#include <stdlib.h>

#include "base/clock.h"

/* facts.def says so too. */
enum {
    BRIEF = 5,          /* seconds that a short connection lasts at most */
    MINUTE = 60,        /* seconds in which short connections are counted */
    FOUR_MINUTES = 240, /* ... and visits */
    ONE_VISIT = 5,      /* seconds between connections of one visit */
};

static int by_server(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int order = book_compare_servers(x, y);
    if (order)
        return order;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->session.id > y->session.id) - (x->session.id < y->session.id);
}

static bool is_brief(const struct fact_session *s)
{
    return span_same(s->handshake, SPAN("full")) && s->duration < BRIEF;
}

static bool is_login(const struct fact_session *s)
{
    return s->logins_ok > 0 && s->finished;
}

/* Those that are looked for, in order of time, and where most of them are close
 * together. */
struct crowd {
    const struct book_entry **list;
    size_t count;
    size_t first, most; /* from list[first] on */
};

static void find_most(struct crowd *c, int64_t within)
{
    for (size_t first = 0, end = 0; first < c->count; first++) {
        while (end < c->count &&
               c->list[end]->start < c->list[first]->start + within)
            end++;
        if (end - first > c->most) {
            c->most = end - first;
            c->first = first;
        }
    }
}

static uint64_t first_id(const struct crowd *c)
{
    return c->most ? c->list[c->first]->session.id : 0;
}

static void tell_server(const struct book_entry *const *sessions, size_t count,
                        const struct book_entry **room, struct facts *out)
{
    struct crowd brief = {.list = room}, visits = {.list = room + count};
    const struct book_entry *last = NULL; /* login */
    for (size_t i = 0; i < count; i++) {
        const struct fact_session *s = &sessions[i]->session;
        if (is_brief(s))
            brief.list[brief.count++] = sessions[i];
        if (!is_login(s))
            continue;
        if (!last ||
            sessions[i]->start - last->start >= ONE_VISIT * CLOCK_SECOND)
            visits.list[visits.count++] = sessions[i];
        last = sessions[i];
    }
    find_most(&brief, MINUTE * CLOCK_SECOND);
    find_most(&visits, FOUR_MINUTES * CLOCK_SECOND);
    const struct fact_session *s = &sessions[0]->session;
    facts_stamp(out, sessions[0]->first_frame, sessions[0]->start);
    TELL(out, client_visits, .client = s->client, .server = s->server,
         .port = s->port, .brief = brief.most, .first_brief = first_id(&brief),
         .visits = visits.most, .first_visit = first_id(&visits));
}

void visits_tell(const struct book_entry *const *sessions, size_t count,
                 struct facts *out)
{
    if (count < 2)
        return;
    const struct book_entry **sorted = must_alloc(3 * count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = sessions[i];
    qsort(sorted, count, sizeof *sorted, by_server);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count; end++) {
            if (book_compare_servers(sorted[i], sorted[end]) != 0)
                break;
        }
        if (end - i > 1)
            tell_server((const struct book_entry *const *)sorted + i, end - i,
                        sorted + count, out);
    }
    free(sorted);
}

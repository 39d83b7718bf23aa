/* endpoints.c - see endpoints.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "story/endpoints.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What the server gave a session. */
enum given {
    GIVEN_SESSION, /* a greeting, or TLS */
    GIVEN_MUTE,    /* a connection without a byte */
    GIVEN_REFUSAL,
    GIVEN_SILENCE,
    GIVEN_UNKNOWN, /* the capture does not show it */
};

static bool is(struct span text, const char *word)
{
    return span_same(text, span_of(word));
}

/* A server that is given less time than this has not left anybody alone. */
static const double patience = 10; /* seconds */

static enum given given(const struct fact_session *s)
{
    double waited = s->duration + s->observed_after;
    if (s->greeted || s->worked || is(s->tls, "ok") || s->encrypted)
        return GIVEN_SESSION;
    if (s->midstream || s->only_from.n)
        return GIVEN_UNKNOWN;
    if (is(s->handshake, "refused"))
        return GIVEN_REFUSAL;
    if (is(s->handshake, "syn-only"))
        return s->syn_count >= 2 || waited >= patience ? GIVEN_SILENCE
                                                       : GIVEN_UNKNOWN;
    bool left_by_server = is(s->end, "server-fin") || is(s->end, "server-reset");
    /* A server may close without a word what only asked whether it is there. */
    if (is(s->handshake, "full") && s->server_bytes == 0 && !s->health_check &&
        (left_by_server || waited >= patience))
        return GIVEN_MUTE;
    return GIVEN_UNKNOWN;
}

/* ---- clients ---- */

/* What became of one client's sessions here. */
struct client {
    struct span address; /* the book's */
    bool worked, failed;
    bool served, turned_away; /* ever given a session; a mute one or a refusal */
};

static int by_address(const void *a, const void *b)
{
    const struct client *x = a, *y = b;
    int order = span_compare(x->address, y->address);
    if (order)
        return order;
    return (y->worked - x->worked) * 2 + (y->failed - x->failed);
}

static int by_address_alone(const void *a, const void *b)
{
    const struct client *x = a, *y = b;
    return span_compare(x->address, y->address);
}

/* One entry for each client, by address. */
static struct client *clients_of(const struct book_entry *const *sessions,
                                 size_t count, size_t *clients)
{
    struct client *list = must_alloc((count + 1) * sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct fact_session *s = &sessions[i]->session;
        enum given g = given(s);
        list[i] = (struct client){
            .address = s->client,
            .worked = s->worked,
            .failed = is(s->verdict, "failure") && !s->healed,
            .served = g == GIVEN_SESSION,
            .turned_away = g == GIVEN_MUTE || g == GIVEN_REFUSAL,
        };
    }
    if (count)
        qsort(list, count, sizeof *list, by_address);
    for (size_t i = 0; i < count; i++) {
        bool same = n > 0 && span_same(list[n - 1].address, list[i].address);
        if (!same)
            list[n++] = list[i];
        list[n - 1].worked |= list[i].worked;
        list[n - 1].failed |= list[i].failed;
        list[n - 1].served |= list[i].served;
        list[n - 1].turned_away |= list[i].turned_away;
    }
    *clients = n;
    return list;
}

/* The first three numbers of an IPv4 address, or the first four groups of an
 * IPv6 address as it is written: /24 and /64. */
static struct span network_of(struct span address)
{
    bool six = span_find(address, ':') < address.n;
    size_t parts = 0, want = six ? 4 : 3;
    for (size_t i = 0; i < address.n; i++) {
        if (address.p[i] != (six ? ':' : '.'))
            continue;
        if (++parts == want || (six && i + 1 < address.n &&
                                address.p[i + 1] == ':'))
            return span_first(address, i);
    }
    return address;
}

static void tell_network(const struct client *list, size_t n, char *out,
                         size_t room)
{
    struct span network = {NULL, 0};
    size_t failed = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (list[i].worked || !list[i].failed)
            continue;
        struct span of = network_of(list[i].address);
        if (failed++ && !span_same(of, network))
            return;
        network = of;
    }
    for (size_t i = 0; i < n; i++) {
        if (list[i].worked && span_same(network_of(list[i].address), network))
            return;
    }
    bool six = span_find(network, ':') < network.n;
    struct span tail = six ? SPAN("::/64") : SPAN(".0/24");
    if (failed < 2 || network.n + tail.n >= room)
        return;
    memcpy(out, network.p, network.n);
    memcpy(out + network.n, tail.p, tail.n);
    out[network.n + tail.n] = '\0';
}

static void tell_clients(const struct client *list, size_t n,
                         struct fact_endpoint *out)
{
    out->clients = n;
    for (size_t i = 0; i < n; i++) {
        out->clients_worked += list[i].worked;
        if (list[i].worked || !list[i].failed)
            continue;
        if (out->clients_failed++ == 0)
            out->failed_client = list[i].address;
    }
}

/* ---- outages ---- */

/* Two failures so far apart, with nothing between them, are not known to be of
 * one outage: mail programs look for mail every few minutes. */
static const int64_t one_outage = 3600 * CLOCK_SECOND;


struct run {
    size_t first, count; /* of its sessions */
    size_t nowhere;      /* those that got nowhere; of the others it is unknown */
    int64_t end;
    enum given how;
    bool mixed;
};

/* Of the clients of the run (given in order), those that were greeted before or
 * after it. */
static size_t clients_back(const struct book_entry *const *sessions,
                           size_t count, const struct run *run,
                           struct client *clients, size_t client_count)
{
    size_t back = 0;
    for (size_t i = 0; i < client_count; i++)
        clients[i].worked = false;
    for (size_t i = 0; i < count; i++) {
        const struct fact_session *s = &sessions[i]->session;
        bool in_run = i >= run->first && i < run->first + run->count;
        if (in_run || given(s) != GIVEN_SESSION)
            continue;
        const struct client key = {.address = s->client};
        struct client *found = bsearch(&key, clients, client_count,
                                       sizeof *clients, by_address_alone);
        if (found && !found->worked) {
            found->worked = true;
            back++;
        }
    }
    return back;
}

static void tell_outage(const struct book_entry *const *sessions, size_t count,
                        const struct run *run, size_t before,
                        struct facts *out)
{
    static const char *const how[] = {"", "mute", "refused", "silent", ""};
    const struct book_entry *first = sessions[run->first];
    const struct fact_session *s = &first->session;
    size_t next = run->first + run->count, after = 0;
    int64_t end = run->end;
    size_t n = 0;
    struct client *clients =
        clients_of(sessions + run->first, run->count, &n);
    for (size_t i = next; i < count; i++) {
        if (given(&sessions[i]->session) != GIVEN_SESSION)
            continue;
        if (after++ == 0)
            end = sessions[i]->start;
    }
    facts_stamp(out, first->first_frame, first->start);
    TELL(out, server_outage, .server = s->server, .port = s->port, .name = s->name,
         .sessions = run->nowhere, .clients = n,
         .clients_back = clients_back(sessions, count, run, clients, n),
         .how = span_of(run->mixed ? "mixed" : how[run->how]),
         .began = s->began, .duration = clock_seconds(end - first->start),
         .before = before, .after = after);
    free(clients);
}

/* How many outages it is: one session alone is none. */
static size_t tell_run(const struct book_entry *const *sessions, size_t count,
                       const struct run *run, size_t before,
                       struct facts *out)
{
    if (run->nowhere < 2)
        return 0;
    tell_outage(sessions, count, run, before, out);
    return 1;
}

static void tell_outages(const struct book_entry *const *sessions, size_t count,
                         struct facts *out)
{
    struct run run = {0};
    size_t greeted = 0, told = 0;
    for (size_t i = 0; i <= count && told < OUTAGES_MAX; i++) {
        enum given g = i < count ? given(&sessions[i]->session) : GIVEN_SESSION;
        if (g == GIVEN_SESSION) {
            told += tell_run(sessions, count, &run, greeted, out);
            greeted += i < count;
            run = (struct run){0};
            continue;
        }
        if (g == GIVEN_UNKNOWN)
            continue;
        if (run.nowhere > 0 && sessions[i]->start - run.end > one_outage) {
            told += tell_run(sessions, count, &run, greeted, out);
            run = (struct run){0};
        }
        if (run.nowhere++ == 0)
            run.first = i;
        run.mixed |= run.nowhere > 1 && g != run.how;
        run.how = g;
        run.count = i + 1 - run.first;
        if (book_end(sessions[i]) > run.end)
            run.end = book_end(sessions[i]);
    }
}

/* ---- good and bad by turns ---- */

/* A balancer that gives connections in turn shows it within this time, if it is
 * asked often enough to show it at all.  Over a day, a few unrelated failures
 * would look the same. */
static const int64_t stretch_max = 3600 * CLOCK_SECOND;

/* The sessions that were given something or turned away, as far as known. */
struct served {
    size_t *sessions; /* indices */
    size_t *turns;    /* from the first to this one */
    size_t count;
};

static bool is_turned_away(const struct book_entry *e)
{
    enum given g = given(&e->session);
    return g == GIVEN_MUTE || g == GIVEN_REFUSAL;
}

static struct served list_served(const struct book_entry *const *sessions,
                                 size_t count)
{
    struct served out = {must_alloc(count * sizeof(size_t)),
                         must_alloc(count * sizeof(size_t)), 0};
    bool before = false;
    for (size_t i = 0; i < count; i++) {
        bool away = is_turned_away(sessions[i]);
        if (!away && given(&sessions[i]->session) != GIVEN_SESSION)
            continue;
        size_t n = out.count++;
        out.sessions[n] = i;
        out.turns[n] = n ? out.turns[n - 1] + (away != before) : 0;
        before = away;
    }
    return out;
}

/* Tells of the stretch with the most turns. */
static void tell_turns(const struct book_entry *const *sessions, size_t count,
                       struct facts *out)
{
    struct served served = list_served(sessions, count);
    size_t first = 0, last = 0;
    for (size_t i = 0, j = 0; j < served.count; j++) {
        while (sessions[served.sessions[j]]->start -
                   sessions[served.sessions[i]]->start >
               stretch_max)
            i++;
        if (served.turns[j] - served.turns[i] >
            served.turns[last] - served.turns[first]) {
            first = i;
            last = j;
        }
    }
    if (served.count == 0 || served.turns[last] == served.turns[first]) {
        free(served.sessions);
        free(served.turns);
        return;
    }
    size_t begin = served.sessions[first];
    size_t n = served.sessions[last] + 1 - begin, client_count = 0;
    const struct book_entry *const *those = sessions + begin;
    const struct fact_session *s = &those[0]->session;
    struct fact_server_turns told = {
        .server = s->server,
        .port = s->port,
        .name = s->name,
        .began = s->began,
        .duration = clock_seconds(those[n - 1]->start - those[0]->start),
        .turns = served.turns[last] - served.turns[first],
    };
    for (size_t i = first; i <= last; i++) {
        told.sessions++;
        told.turned_away += is_turned_away(sessions[served.sessions[i]]);
    }
    struct client *clients = clients_of(those, n, &client_count);
    for (size_t i = 0; i < client_count; i++)
        told.clients_both += clients[i].served && clients[i].turned_away;
    facts_stamp(out, those[0]->first_frame, those[0]->start);
    facts_add(out, FACT_KIND_server_turns, &told);
    free(clients);
    free(served.sessions);
    free(served.turns);
}

/* ---- the whole ---- */

static void count_answers(const struct book_entry *const *sessions,
                          size_t count, struct fact_endpoint *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct fact_session *s = &sessions[i]->session;
        enum given now = given(s);
        out->sessions++;
        out->worked += s->worked;
        if (!out->name.n)
            out->name = s->name;
        out->greeted += now == GIVEN_SESSION;
        out->mute += now == GIVEN_MUTE;
        out->refused += now == GIVEN_REFUSAL;
    }
}

void endpoint_tell(const struct book_entry *const *sessions, size_t count,
                   struct facts *out)
{
    char network[64];
    size_t n = 0;
    if (count == 0)
        return;
    const struct fact_session *s = &sessions[0]->session;
    struct fact_endpoint told = {.server = s->server, .port = s->port};
    struct client *clients = clients_of(sessions, count, &n);
    count_answers(sessions, count, &told);
    tell_clients(clients, n, &told);
    tell_network(clients, n, network, sizeof network);
    told.failed_network = span_of(network);
    facts_stamp(out, 0, sessions[0]->start);
    facts_add(out, FACT_KIND_endpoint, &told);
    tell_outages(sessions, count, out);
    tell_turns(sessions, count, out);
    free(clients);
}

/* heal.c - attempts_heal(): what a later session made up for.
 *
 * Each attempt is gone through from its end; of what worked, the nearest and
 * the last so far are known for each port.  A message whose recipients are
 * known is looked for by them, and past the end of its attempt: other people's
 * messages end that, and are no substitute.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "story/attempts.h"

enum {
    SOON = 900,     /* seconds within which success must follow */
    NOTICEABLE = 5, /* seconds that a person who waits for mail notices */
    PORTS_MAX = 16, /* of one attempt; what is past them heals nothing */
    RACE = 2, /* seconds between addresses tried at once (RFC 8305 section 8) */
    LOOKED_AT = 1024, /* sessions that may have brought a message after all */
};

/* What later sessions did: the nearest of them, and the last. */
enum deed { DEED_WORK, DEED_LOGIN, DEED_SENT, DEED_FETCHED, DEEDS };

struct port {
    uint64_t number;
    const struct book_entry *nearest[DEEDS], *last[DEEDS];
};

struct later {
    struct port any;
    struct port ports[PORTS_MAX];
    size_t count;
};

static struct port *port_of(struct later *later, uint64_t number)
{
    for (size_t i = 0; i < later->count; i++) {
        if (later->ports[i].number == number)
            return &later->ports[i];
    }
    if (later->count == PORTS_MAX)
        return NULL;
    later->ports[later->count] = (struct port){.number = number};
    return &later->ports[later->count++];
}

static bool did(const struct book_entry *e, enum deed deed)
{
    const struct fact_session *s = &e->session;
    bool unseen = s->encrypted && s->worked;
    switch (deed) {
    case DEED_WORK:
        return s->worked;
    case DEED_LOGIN:
        return s->logins_ok > 0 || unseen;
    case DEED_SENT:
        return s->sent > 0 || e->stored > 0 || unseen;
    case DEED_FETCHED:
        return s->received > 0 || unseen;
    case DEEDS:
        break;
    }
    return false;
}

static void note(struct port *port, const struct book_entry *e)
{
    for (int deed = 0; port && deed < DEEDS; deed++) {
        if (!did(e, (enum deed)deed))
            continue;
        port->nearest[deed] = e;
        if (!port->last[deed])
            port->last[deed] = e;
    }
}

/* A session that broke off in the middle can only be made up for by one that
 * began after that; one that never got so far, by whatever began later. */
static const struct book_entry *after(const struct port *port, enum deed deed,
                                      const struct book_entry *e, bool middle)
{
    const struct book_entry *near = port ? port->nearest[deed] : NULL;
    if (!near)
        return NULL;
    int64_t end = book_end(e);
    if (middle && near->start < end)
        near = port->last[deed];
    if ((middle && near->start < end) ||
        near->start - end > SOON * CLOCK_SECOND)
        return NULL;
    return near;
}

/* Of the same client at the same server, or at another of the same name. */
static bool goes_the_same_way(const struct fact_session *a,
                              const struct fact_session *b)
{
    return a->port == b->port && span_same(a->client, b->client) &&
           (span_same(a->server, b->server) ||
            (a->name.n && span_same(a->name, b->name)));
}

/* A domain may name several servers (MX, RFC 5321 section 5.1): what one of
 * them deferred, another takes, perhaps while the first one's goodbye is under
 * way.  Sender and recipients must be known for the same. */
static bool goes_to_another_mx(const struct book_entry *a,
                               const struct book_entry *b)
{
    return a->session.port == 25 && b->session.port == 25 &&
           span_same(a->session.client, b->session.client) &&
           envelopes_some_refused(&a->envelopes) && !a->envelopes.more &&
           b->envelopes.count > 0 && !b->envelopes.more;
}

/* Whether the later session did what this one did not. */
typedef bool made_up(const struct attempts *attempts,
                     const struct book_entry *e,
                     const struct book_entry *later);

/* The next session, of those that began soon after the end of this one or
 * before it, that did. */
static const struct book_entry *next_that(made_up *did_it,
                                          const struct attempts *attempts,
                                          struct book *book, size_t i)
{
    const struct book_entry *e = book_get(book, i);
    int64_t last = book_end(e) + SOON * CLOCK_SECOND;
    for (size_t k = i + 1; k < book_count(book) && k - i <= LOOKED_AT; k++) {
        const struct book_entry *later = book_get(book, k);
        if (later->start > last)
            break;
        if (did_it(attempts, e, later))
            return later;
    }
    return NULL;
}

static bool comes_the_same_way(const struct book_entry *e,
                               const struct book_entry *later)
{
    return later->start >= book_end(e) &&
           goes_the_same_way(&e->session, &later->session);
}

/* It brought their message to those who had not got it. */
static bool brought_message(const struct attempts *attempts,
                            const struct book_entry *e,
                            const struct book_entry *later)
{
    (void)attempts;
    return did(later, DEED_SENT) &&
           (comes_the_same_way(e, later) || goes_to_another_mx(e, later)) &&
           envelopes_made_up(&e->envelopes, &later->envelopes);
}

/* The same user stored what this one could not: one message as large at
 * least. */
static bool stored_message(const struct attempts *attempts,
                           const struct book_entry *e,
                           const struct book_entry *later)
{
    (void)attempts;
    return later->stored > 0 &&
           later->largest_stored >= e->largest_not_stored &&
           later->session.account == e->session.account &&
           comes_the_same_way(e, later);
}

static bool is_one_of(struct span word, const char *const *words)
{
    for (; *words; words++) {
        if (span_same(word, span_of(*words)))
            return true;
    }
    return false;
}

/* It had got no further than what comes before any mail. */
static bool is_early(const struct book_entry *e)
{
    static const char *const early[] = {"connect", "greeting", "tls", NULL};
    return is_one_of(e->session.stage, early);
}

/* Turned away before it could say for whom its message was, or told to come
 * again with it. */
static bool is_to_be_tried_elsewhere(const struct book_entry *e)
{
    const struct envelopes *envelopes = &e->envelopes;
    if (!e->session.mail_domain.n || e->sent > 0 || envelopes->for_good ||
        envelopes->more)
        return false;
    return envelopes->count > 0 ? envelopes_some_refused(envelopes)
                                : is_early(e);
}

/* Perhaps from its address of the other family. */
static bool is_same_machine(const struct attempts *attempts,
                            const struct fact_session *a,
                            const struct fact_session *b)
{
    return attempts->one_machine || span_same(a->client, b->client) ||
           (a->station.n && span_same(a->station, b->station));
}

/* Another server of the domain, or the same one under another address, took what
 * this one did not. */
static bool took_it_instead(const struct attempts *attempts,
                            const struct book_entry *e,
                            const struct book_entry *later)
{
    return did(later, DEED_SENT) &&
           span_same(later->session.mail_domain, e->session.mail_domain) &&
           !span_same(later->session.server, e->session.server) &&
           is_same_machine(attempts, &later->session, &e->session) &&
           envelopes_made_up(&e->envelopes, &later->envelopes);
}

static bool left_without_a_word(const struct fact_session *s)
{
    return s->client_bytes == 0 && (span_same(s->end, SPAN("client-fin")) ||
                                    span_same(s->end, SPAN("client-reset")));
}

/* Where no hardware addresses were captured (tunnels, telephones) and there is
 * one client of each family, what they do at once one machine does. */
static bool may_race(const struct attempts *attempts,
                     const struct fact_session *a, const struct fact_session *b)
{
    return is_same_machine(attempts, a, b) ||
           (attempts->one_pair && a->ipv6 != b->ipv6 && !a->station.n &&
            !b->station.n);
}

/* Of two addresses that were tried at once the slower is left without a word
 * (RFC 8305 section 5).  What the two have in common need not be in the
 * capture: their name was looked up before, or stands in a file. */
static bool won_the_race(const struct attempts *attempts,
                         const struct book_entry *winner,
                         const struct book_entry *loser)
{
    const struct fact_session *a = &winner->session, *b = &loser->session;
    int64_t apart = winner->start - loser->start;
    return a->worked && a->port == b->port &&
           !span_same(a->server, b->server) &&
           (apart < 0 ? -apart : apart) <= RACE * CLOCK_SECOND &&
           book_end(loser) - winner->start <= RACE * CLOCK_SECOND &&
           may_race(attempts, a, b);
}

static const struct book_entry *winner_of_race(const struct attempts *attempts,
                                               struct book *book, size_t i)
{
    const struct book_entry *e = book_get(book, i);
    size_t first = i < LOOKED_AT ? 0 : i - LOOKED_AT;
    if (!left_without_a_word(&e->session))
        return NULL;
    for (size_t k = first; k < book_count(book) && k - first <= 2 * LOOKED_AT;
         k++) {
        const struct book_entry *other = book_get(book, k);
        if (other->start - e->start > RACE * CLOCK_SECOND)
            break;
        if (won_the_race(attempts, other, e))
            return other;
    }
    return NULL;
}

static const struct book_entry *healer(const struct attempts *attempts,
                                       struct book *book, size_t i,
                                       struct later *later, enum heal heal)
{
    const struct book_entry *e = book_get(book, i);
    const struct port *port = port_of(later, e->session.port);
    bool smtp = span_same(e->session.protocol, SPAN("smtp"));
    bool begun = !is_early(e) && !span_same(e->session.stage, SPAN("login"));
    if (heal == HEAL_BY_STAGE) {
        if (begun)
            return NULL; /* what was wanted inside, only a rule can know */
        heal = span_same(e->session.stage, SPAN("login")) ? HEAL_LOGIN
                                                          : HEAL_WORK;
    }
    switch (heal) {
    case HEAL_WORK:
        return after(port, DEED_WORK, e, begun);
    case HEAL_LOGIN:
        return after(port, DEED_LOGIN, e, begun);
    case HEAL_MESSAGE:
        if (e->envelopes.count > 0)
            return next_that(brought_message, attempts, book, i);
        if (e->session.stored_refused > 0)
            return next_that(stored_message, attempts, book, i);
        return after(port, smtp ? DEED_SENT : DEED_FETCHED, e, begun);
    case HEAL_ANY_PORT:
        return after(&later->any, DEED_WORK, e, begun);
    case HEAL_BY_STAGE:
    case HEAL_NOTHING:
    case HEALS:
        break;
    }
    return NULL;
}

static void heal(const struct attempts *attempts, struct book *book,
                 const struct rules *rules, size_t i, struct later *later,
                 struct result_session *session)
{
    const struct book_entry *e = book_get(book, i);
    const struct rule *rule =
        session->primary ? rules_find(rules, session->primary) : NULL;
    if (session->verdict != VERDICT_FAILURE &&
        session->verdict != VERDICT_UNDETERMINED &&
        !(rule && rule->heal != HEAL_BY_STAGE))
        return;
    if (session->verdict == VERDICT_UNDETERMINED && e->session.worked)
        return; /* it did its work: the doubt is about something else */
    const struct book_entry *by =
        healer(attempts, book, i, later, rule ? rule->heal : HEAL_BY_STAGE);
    bool failed = session->verdict == VERDICT_FAILURE ||
                  span_same(e->session.handshake, SPAN("syn-only"));
    /* What is left of it then, server.mx-fallback-worked says, or
     * client.closed-at-once. */
    bool elsewhere = !by;
    if (!by && failed && (!rule || rule->heal != HEAL_NOTHING) &&
        is_to_be_tried_elsewhere(e))
        by = next_that(took_it_instead, attempts, book, i);
    if (!by && session->verdict == VERDICT_UNDETERMINED)
        by = winner_of_race(attempts, book, i);
    if (!by)
        return;
    session->healed_by = by->session.id;
    session->healed_effect = elsewhere                  ? VERDICT_HEALTHY
                             : rule && rule->heal_known ? rule->heal_effect
                             : by->start - e->start >= NOTICEABLE * CLOCK_SECOND
                                 ? VERDICT_DEGRADED
                                 : VERDICT_HEALTHY;
    book_heal(book, i);
}

void attempts_heal(const struct attempts *attempts, struct book *book,
                   const struct rules *rules, struct result_session *sessions)
{
    for (size_t a = 0; a < attempts->count; a++) {
        const struct attempt *attempt = &attempts->list[a];
        struct later later = {0};
        for (size_t k = attempt->count; k-- > 0;) {
            size_t i = attempt->sessions[k];
            const struct book_entry *e = book_get(book, i);
            heal(attempts, book, rules, i, &later, &sessions[i]);
            if (sessions[i].verdict > VERDICT_FAILURE) {
                note(&later.any, e);
                note(port_of(&later, e->session.port), e);
            }
        }
    }
}

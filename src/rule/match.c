/* match.c - see match.h: which facts show it, which sessions it is about, who
 * took part, and the texts filled in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rule/base.h"
#include "rule/request.h"
#include "rule/say.h"

enum {
    EVIDENCE_MAX = 8,       /* facts shown of one match */
    EVIDENCE_COUNTED = 4,   /* of these, what one aggregate took in */
    MATCH_SESSIONS_MAX = 4096,
};

/* Facts that take part in a match, as they are found. */
struct parts {
    const struct rule *rule;
    struct view *view;
    const struct fact *shown[EVIDENCE_MAX];
    size_t shown_count;
    uint64_t *sessions;
    size_t session_count, session_room;
    /* What all of them agree in: empty until known, then `many` if they do
     * not. */
    const struct fact *session; /* the first of kind session */
    const struct fact *lookup;  /* the first of kind dns.lookup */
    const struct fact *attempt; /* the first of kind attempt */
    bool clients_differ, servers_differ, names_differ;
    int64_t first_time, last_time; /* 0: nothing took part so far */
    struct arena *mem;
};

static const struct fact_session *session_of(const struct fact *fact)
{
    return fact->values;
}

static const struct fact_dns_lookup *lookup_of(const struct fact *fact)
{
    return fact->values;
}

static void show(struct parts *parts, const struct fact *fact)
{
    for (size_t i = 0; i < parts->shown_count; i++) {
        if (parts->shown[i] == fact)
            return;
    }
    if (parts->shown_count < EVIDENCE_MAX)
        parts->shown[parts->shown_count++] = fact;
}

static void add_session_id(struct parts *parts, uint64_t id)
{
    if (id == 0 || parts->session_count == MATCH_SESSIONS_MAX)
        return;
    if (parts->session_count &&
        parts->sessions[parts->session_count - 1] == id)
        return;
    parts->sessions = arena_grow(parts->mem, parts->sessions,
                                 parts->session_count, &parts->session_room,
                                 parts->session_count + 1,
                                 sizeof *parts->sessions);
    parts->sessions[parts->session_count++] = id;
}

static void note_session(struct parts *parts, const struct fact *fact)
{
    const struct fact_session *s = session_of(fact);
    if (!parts->session) {
        parts->session = fact;
        return;
    }
    const struct fact_session *first = session_of(parts->session);
    if (!span_same(first->client, s->client))
        parts->clients_differ = true;
    if (!span_same(first->server, s->server) || first->port != s->port)
        parts->servers_differ = true;
    if (!span_is(first->name, s->name))
        parts->names_differ = true;
}

static int64_t end_of_session(const struct fact *fact)
{
    return fact->time +
           (int64_t)(session_of(fact)->duration * (double)CLOCK_SECOND);
}

/* When what the fact tells was over, where it tells of a stretch of time. */
static int64_t end_of(const struct fact *fact)
{
    static const char *const names[] = {"duration", "seconds"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct fact_field *field =
            fact_field_find(fact->kind, span_of(names[i]));
        if (field && field->type == FACT_REAL)
            return fact->time +
                   (int64_t)(fact_real(fact, field) * (double)CLOCK_SECOND);
    }
    return fact->time;
}

static void note_time(struct parts *parts, const struct fact *fact)
{
    int64_t end = end_of(fact);
    if (parts->first_time == 0 || fact->time < parts->first_time)
        parts->first_time = fact->time;
    if (end > parts->last_time)
        parts->last_time = end;
}

static void take_part(struct parts *parts, const struct fact *fact)
{
    if (parts->rule->scope != SCOPE_SESSION)
        note_time(parts, fact);
    enum fact_kind_number kind = (enum fact_kind_number)fact->kind->number;
    if (kind == FACT_KIND_session) {
        note_session(parts, fact);
        add_session_id(parts, session_of(fact)->id);
    } else if (kind == FACT_KIND_dns_lookup && !parts->lookup) {
        parts->lookup = fact;
    } else if (kind == FACT_KIND_attempt && !parts->attempt) {
        parts->attempt = fact;
    }
    add_session_id(parts, fact->session);
}

/* The facts an aggregate took into account; the decisive one of min and max
 * only. */
static void take_witnesses(struct parts *parts, const struct counted *counted)
{
    const struct aggregate *a = counted->aggregate;
    struct view *view = parts->view;
    const struct fact *fact, *best = NULL;
    size_t i = 0, shown = 0;
    view->slot[counted->slot] = NULL;
    while ((fact = aggregate_next(a, view, &i))) {
        if (a->what == AGGREGATE_MIN || a->what == AGGREGATE_MAX) {
            bool better =
                best && (a->what == AGGREGATE_MIN
                             ? field_number(fact, a->field) <
                                   field_number(best, a->field)
                             : field_number(fact, a->field) >
                                   field_number(best, a->field));
            best = !best || better ? fact : best;
            continue;
        }
        best = best ? best : fact;
        take_part(parts, fact);
        if (shown++ < EVIDENCE_COUNTED)
            show(parts, fact);
        if (a->what == AGGREGATE_EXISTS)
            break;
    }
    view->slot[counted->slot] = best;
    if (best) {
        take_part(parts, best);
        show(parts, best);
    }
}

/* What texts may ask of the facts counted, and which of them take part.  Within
 * one session all are part of the picture, but for what must not be there and
 * stands in an alternative that does not hold; of many sessions, those that only
 * had to be few, or not there, are not what the finding is about. */
static void take_counted(struct parts *parts, const struct condition *c)
{
    bool witness[COUNTED_MAX];
    struct view *view = parts->view;
    view->steps = SIZE_MAX; /* all was evaluated before: it comes to an end */
    if (parts->rule->scope == SCOPE_SESSION)
        condition_wanted(c, witness);
    else
        condition_witnesses(c, view, witness);
    for (size_t i = 0; i < c->counted_count; i++) {
        const struct counted *counted = &c->counted[i];
        size_t first = 0;
        if (!counted->aggregate)
            view->slot[counted->slot] =
                facts_get(view->facts, counted->kind->number, 0);
        else if (witness[i])
            take_witnesses(parts, counted);
        else
            view->slot[counted->slot] =
                aggregate_next(counted->aggregate, view, &first);
    }
}

static void gather(struct parts *parts)
{
    const struct condition *c = parts->rule->condition;
    struct view *view = parts->view;
    const struct fact *session = view->slot[SLOT_SESSION];
    if (session && scope_has_session(parts->rule->scope))
        note_session(parts, session);
    if (session && parts->rule->scope == SCOPE_SESSION) {
        parts->first_time = session->time;
        parts->last_time = end_of_session(session);
    }
    for (size_t i = 0; i < c->when_count; i++) {
        take_part(parts, view->slot[c->when[i].slot]);
        show(parts, view->slot[c->when[i].slot]);
    }
    take_counted(parts, c);
    if (parts->shown_count == 0 && session)
        show(parts, session); /* tests of the session alone */
    if (parts->rule->scope == SCOPE_SESSION && session)
        add_session_id(parts, session_of(session)->id);
}

static int by_time(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* An answer that took this long says so. */
static const double slow_answer = 1; /* seconds */

static void show_latency(const struct fact *fact, struct text *text)
{
    const struct fact_field *field =
        fact_field_find(fact->kind, SPAN("latency"));
    if (field && field->type == FACT_REAL &&
        fact_real(fact, field) >= slow_answer)
        text_addf(text, " (after %.1f s)", fact_real(fact, field));
}

static struct evidence evidence_of(struct parts *parts, const struct fact *fact,
                                   bool context)
{
    struct text text = {0};
    fact_show(fact, &text);
    show_latency(fact, &text);
    struct evidence evidence = {
        .packet = fact->frame,
        .time = fact->time,
        .text = arena_string(parts->mem, text_span(&text)),
        .context = context,
    };
    text_free(&text);
    return evidence;
}

static const char *ending(const struct fact_session *s)
{
    static const struct {
        const char *end, *words;
    } table[] = {
        {"client-fin", "the client had closed it"},
        {"server-fin", "the server had closed it"},
        {"client-reset", "the client had reset it"},
        {"server-reset", "the server had reset it"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (span_same(s->end, span_of(table[i].end)))
            return table[i].words;
    }
    return "nobody had closed it";
}

/* Where nothing but a connection as a whole is to be shown: how it ended. */
static struct evidence last_packet(struct parts *parts, const struct fact *fact)
{
    const struct fact_session *s = session_of(fact);
    return (struct evidence){
        .packet = s->last_frame,
        .time = end_of_session(fact),
        .text = arena_printf(parts->mem, "its last packet; %s", ending(s)),
    };
}

static bool is_long_session(const struct fact *fact)
{
    return fact->kind->number == FACT_KIND_session &&
           session_of(fact)->last_frame > fact->frame;
}

/* Each in order of time, an answer behind the request that it answers. */
static void make_evidence(struct parts *parts, struct match *match)
{
    if (parts->shown_count)
        qsort(parts->shown, parts->shown_count, sizeof *parts->shown, by_time);
    struct evidence *list =
        arena_alloc(parts->mem, 2 * parts->shown_count * sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < parts->shown_count; i++) {
        const struct fact *fact = parts->shown[i];
        const struct fact *request = request_of(parts->view->facts, fact);
        if (request)
            list[n++] = evidence_of(parts, request, true);
        list[n++] = evidence_of(parts, fact, false);
    }
    if (parts->shown_count == 1 && is_long_session(parts->shown[0]))
        list[n++] = last_packet(parts, parts->shown[0]);
    match->evidence = list;
    match->evidence_count = n;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_sessions(struct parts *parts)
{
    size_t kept = 0;
    if (parts->session_count)
        qsort(parts->sessions, parts->session_count, sizeof *parts->sessions,
              by_number);
    for (size_t i = 0; i < parts->session_count; i++) {
        if (kept == 0 || parts->sessions[kept - 1] != parts->sessions[i])
            parts->sessions[kept++] = parts->sessions[i];
    }
    parts->session_count = kept;
}

/* Whoever the subject is about, where no fact that takes part says so: a
 * client's first session or lookup is as good as any of them. */
static void note_subject(struct parts *parts)
{
    const struct facts *facts = parts->view->facts;
    enum scope scope = parts->rule->scope;
    if (parts->attempt)
        return;
    if (!parts->lookup && (scope == SCOPE_LOOKUP || scope == SCOPE_CLIENT))
        parts->lookup = facts_get(facts, FACT_KIND_dns_lookup, 0);
    if (!parts->session && scope == SCOPE_CLIENT && !parts->lookup) {
        parts->session = facts_get(facts, FACT_KIND_session, 0);
        parts->servers_differ = parts->names_differ = true;
    }
}

static struct span or_else(struct span a, struct span b)
{
    return a.n ? a : b;
}

static struct span asker_of(const struct parts *parts)
{
    for (size_t i = 0; i < parts->shown_count; i++) {
        if (parts->shown[i]->kind->number != FACT_KIND_arp_unanswered)
            continue;
        const struct fact_arp_unanswered *arp = parts->shown[i]->values;
        return arp->asker;
    }
    return (struct span){NULL, 0};
}

/* For texts: the first where there are several. */
struct clock_words {
    char time[CLOCK_TEXT], clock[CLOCK_TEXT], from[CLOCK_TEXT], until[CLOCK_TEXT];
};

/* A server's clock need not agree to the second, nor its log be written at
 * once. */
static const int64_t log_slack = 2 * CLOCK_SECOND;

/* Whether the server of this session wants STARTTLS before TLS. */
static bool tls_comes_later(const struct fact_session *s)
{
    if (span_same(s->security, SPAN("starttls")))
        return true;
    if (span_same(s->expected_security, SPAN("implicit-tls")))
        return false;
    if (!span_same(s->security, SPAN("implicit-tls")))
        return span_same(s->security, SPAN("plain")) ||
               span_same(s->expected_security, SPAN("plain"));
    /* The client began with TLS.  That it may only where the server joins in.
     */
    bool joined = span_same(s->tls, SPAN("ok")) ||
                  !span_same(s->tls_reached, SPAN("client_hello")) ||
                  span_same(s->tls_ended, SPAN("alert"));
    return !joined && span_same(s->expected_security, SPAN("plain"));
}

/* With which option openssl s_client gets to the same TLS; "" where TLS comes
 * first, or there is no telling. */
static const char *starttls_of(const struct fact_session *s)
{
    static const char *const options[][2] = {
        {"imap", " -starttls imap"},
        {"pop3", " -starttls pop3"},
        {"smtp", " -starttls smtp"},
        {"sieve", " -starttls sieve"},
    };
    bool later = tls_comes_later(s);
    struct span protocol = s->expected.n ? s->expected : s->protocol;
    for (size_t i = 0; later && i < sizeof options / sizeof *options; i++) {
        if (span_same(protocol, span_of(options[i][0])))
            return options[i][1];
    }
    return "";
}

/* A public server is not asked from a private address (RFC 1918, RFC 6598): a
 * router on the way has put another in its place.  Behind it, where the server
 * stands, the capture would not show the private one, unless there is none. */
bool match_is_translated(const struct fact_session *s)
{
    return s->client_private && s->server_public && !s->server_near;
}

static struct who make_who(const struct parts *parts, char port[SPAN_DECIMAL])
{
    struct who who = {.time = "", .clock = "", .from = "", .until = "",
                      .starttls = ""};
    if (parts->session) {
        const struct fact_session *s = session_of(parts->session);
        who.client = s->client;
        who.translated = match_is_translated(s);
        who.server = s->server;
        who.host = s->name;
        who.starttls = starttls_of(s);
        who.port = span_decimal(s->port, port);
    }
    if (parts->lookup) {
        who.client = or_else(who.client, lookup_of(parts->lookup)->client);
        who.host = or_else(who.host, lookup_of(parts->lookup)->name);
    }
    if (parts->attempt) {
        const struct fact_attempt *a = parts->attempt->values;
        who.client = or_else(who.client, a->client);
        who.host = or_else(who.host, a->name);
    }
    who.client = or_else(who.client, asker_of(parts));
    who.host = or_else(who.host, who.server);
    return who;
}

/* The evidence must be in order. */
static void add_clock(const struct parts *parts, struct clock_words *clock,
                      struct who *who)
{
    if (parts->shown_count == 0)
        return;
    int64_t last = parts->shown[parts->shown_count - 1]->time;
    clock_rfc3339(parts->shown[0]->time, clock->time);
    clock_hms(parts->shown[0]->time - log_slack, clock->from);
    clock_hms(last + log_slack, clock->until);
    char hms[CLOCK_TEXT];
    clock_hms(parts->shown[0]->time, hms);
    snprintf(clock->clock, sizeof clock->clock, "%.20s UTC", hms);
    who->time = clock->time;
    who->clock = clock->clock;
    who->from = clock->from;
    who->until = clock->until;
}

static const char *safe_string(struct arena *mem, struct span words)
{
    if (text_is_safe(words))
        return arena_string(mem, words);
    struct text text = {0};
    text_add_safe(&text, words);
    const char *s = arena_string(mem, text_span(&text));
    text_free(&text);
    return s;
}

/* Who all parts agree on, as the finding has it. */
static void name_parties(const struct parts *parts, const struct who *who,
                         struct match *match)
{
    bool six = span_find(who->server, ':') < who->server.n;
    struct span name = parts->session ? session_of(parts->session)->name
                       : parts->lookup ? lookup_of(parts->lookup)->name
                       : parts->attempt ? who->host
                                        : (struct span){NULL, 0};
    struct span address[] = {six ? SPAN("[") : SPAN(""), who->server,
                             six ? SPAN("]:") : SPAN(":"), who->port};
    match->client = match->server = match->server_name = "";
    if (!parts->clients_differ)
        match->client = safe_string(parts->mem, who->client);
    if (!parts->names_differ)
        match->server_name = safe_string(parts->mem, name);
    if (!parts->servers_differ && who->server.n)
        match->server = safe_string(
            parts->mem, span_of(arena_join(parts->mem, address, 4)));
}

/* Only who can be found in a server's log is looked for there. */
static const char *say_log(const struct rules *rules, const struct parts *parts,
                           const struct saying *saying)
{
    const struct rule *rule = parts->rule;
    if (rule->scope != SCOPE_SESSION || !parts->session ||
        (strcmp(rule->where, "server") != 0 &&
         strcmp(rule->where, "account") != 0) ||
        !session_of(parts->session)->greeted)
        return "";
    const struct product *product =
        product_find(rules, session_of(parts->session)->product);
    return product ? say(saying, product->log) : "";
}

/* What a finding is told by, as far as it has words. */
static void fill_words(const struct rules *rules, struct parts *parts,
                       struct who *who, struct match *match)
{
    const struct condition *c = parts->rule->condition;
    const struct saying saying = {parts->view, who, parts->mem};
    const struct said_list checks = checks_of(rules, parts->rule);
    struct clock_words clock;
    make_evidence(parts, match); /* also puts the facts in order */
    add_clock(parts, &clock, who);
    match->summary = say(&saying, c->says);
    match->remedy.user = say(&saying, c->user);
    match->remedy.admin = say(&saying, c->admin);
    match->checks = say_list(&saying, &checks, &match->check_count);
    match->next = say_list(&saying, &c->next, &match->next_count);
    match->hypotheses =
        say_hypotheses(&saying, &c->hypotheses, &match->hypothesis_count);
    match->log = say_log(rules, parts, &saying);
}

struct match match_make(const struct rules *rules, const struct rule *rule,
                        struct view *view, struct arena *mem,
                        const struct judge_taker *taker)
{
    struct parts parts = {.rule = rule, .view = view, .mem = mem};
    struct match match = {
        .rule = rule, .summary = "", .remedy = {"", ""}, .log = ""};
    char port[SPAN_DECIMAL];
    gather(&parts);
    note_subject(&parts);
    sort_sessions(&parts);
    match.sessions = parts.sessions;
    match.session_count = parts.session_count;
    match.first_time = parts.first_time;
    match.last_time = parts.last_time;
    struct who who = make_who(&parts, port);
    name_parties(&parts, &who, &match);
    match.one_for =
        say(&(struct saying){view, &who, mem}, rule->condition->one_for);
    if (!taker->wants_words || taker->wants_words(taker->user, &match))
        fill_words(rules, &parts, &who, &match);
    return match;
}

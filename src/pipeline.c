/* pipeline.c - see pipeline.h.  Frames in, result out; nothing here has an
 * opinion, it only hands from one layer to the next.
 *
 *   frame -> net -> flow table -> conversation -> facts -> rules -> findings
 *                \-> lookups (DNS), neighbours (ARP, NDP), ICMP
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "assemble.h"
#include "base/text.h"
#include "beside.h"
#include "dissector.h"
#include "finding/findings.h"
#include "flow/flow.h"
#include "judge.h"
#include "net/packet.h"
#include "session/book.h"
#include "session/conversation.h"
#include "session/detect.h"
#include "story/contrast.h"
#include "stream/stream.h"
#include "tls/keys.h"
#include "tls/trust.h"
#include "trace.h"
#include "unreachable.h"

enum {
    PORT_DNS = 53,
    PROTOCOL_TCP = 6,
    TICK_EVERY = 64,     /* packets between two looks for flows that are over */
    TRIES_MAX = 16,      /* segments of a server on an odd port to look at */
    SCRATCH_EVERY = 1024 /* sessions between two fresh scratch arenas */
};

struct analysis {
    const struct analyze_options *options;
    struct result *result;
    struct net *net;
    struct flow_table *flows;
    struct beside *beside;
    struct book *book;
    struct findings *findings;
    struct tls_keys *keys;
    struct tls_trust *trust;
    struct conversation_settings settings;
    struct arena *scratch; /* for matches, until findings copied them */
    unsigned scratch_used;
    uint64_t dropped;
    int64_t now;
    void (*watcher)(void *user, const struct result_finding *finding);
    void *watcher_user;
};

/* ---- one session is over ---- */

static void session_found(void *user, const struct match *match)
{
    struct analysis *a = user;
    findings_add(a->findings, match);
    if (a->watcher)
        a->watcher(a->watcher_user,
                   findings_alone(a->findings, SCOPE_SESSION, match));
}

static bool wants_words(void *user, const struct match *match)
{
    struct analysis *a = user;
    return a->watcher || findings_want_words(a->findings, match);
}

static void judge_session(struct analysis *a, struct facts *facts)
{
    if (++a->scratch_used % SCRATCH_EVERY == 0) {
        arena_free(&a->scratch);
        a->scratch = arena_new();
    }
    const struct judge_taker taker = {wants_words, session_found, a};
    rules_judge_for(a->options->rules, SCOPE_SESSION, facts, a->scratch,
                    &taker);
}

static void copy_text(char *out, size_t room, const char *text)
{
    size_t n = strnlen(text, room - 1);
    memcpy(out, text, n);
    out[n] = '\0';
}

static void session_over(struct analysis *a, struct conversation *c,
                         const struct flow *flow)
{
    struct summary_texts texts;
    struct facts *facts = conversation_facts(c);
    conversation_end(c, a->now);
    const struct summary *summary = conversation_summary(c);
    struct summary_context context = conversation_context(c, a->now);
    context.id = flow->number;
    context.began = a->result->start;
    struct book_entry entry = {
        .session = summary_session(summary, &context, &texts),
        .first_frame = flow->first_frame,
        .last_frame = flow->last_frame,
        .start = flow->first_time,
        .sent = summary->sent,
        .received = summary->received,
        .stored = summary->stored,
        .largest_stored = summary->largest_stored,
        .largest_not_stored = summary->largest_not_stored,
        .envelopes = summary->envelopes,
        .dns_delay = beside_name_delay(a->beside, flow),
    };
    beside_session(a->beside, flow, &entry.session);
    beside_tell_ident(a->beside, flow, facts);
    copy_text(entry.sent_as, sizeof entry.sent_as, summary->sent_as);
    copy_text(entry.tls_version, sizeof entry.tls_version,
              summary->tls_version);
    memcpy(entry.milestones, summary->milestones, sizeof entry.milestones);
    entry.milestone_count = summary->milestone_count;
    entry.session.product = rules_product(a->options->rules, facts);
    facts_stamp(facts, flow->first_frame, flow->first_time);
    facts_add(facts, FACT_KIND_session, &entry.session);
    judge_session(a, facts);
    if (a->options->trace && a->options->traced == flow->number)
        a->result->trace = trace_session(facts);
    book_add(a->book, &entry);
}

static void flow_over(void *user, struct flow *flow)
{
    struct analysis *a = user;
    struct conversation *c = flow->user;
    beside_over(a->beside, flow);
    if (!c)
        return;
    bool scan = flow->side[C2S].bytes == 0 &&
                (beside_ports_tried(a->beside, flow) == PAIR_PORTS ||
                 beside_probed(a->beside, flow));
    if (flow->handshake == FLOW_SYN_ONLY)
        beside_silent(a->beside, flow);
    else if (flow->handshake != FLOW_MIDSTREAM)
        beside_answered(a->beside, flow);
    if (conversation_is_mail(c) && !scan)
        session_over(a, c, flow);
    conversation_free(&c);
    flow->user = NULL;
}

/* ---- packets ---- */

static struct forced forced(const struct analysis *a, uint16_t port)
{
    for (size_t i = 0; i < a->options->decode_as_count; i++) {
        const struct decode_as *as = &a->options->decode_as[i];
        if (as->port != port)
            continue;
        for (size_t d = 0; d < dissector_count; d++) {
            if (strcmp(dissectors[d]->name, as->protocol) == 0)
                return (struct forced){dissectors[d], as->implicit_tls};
        }
    }
    return (struct forced){NULL, false};
}

/* Flows to mail ports are followed from their first packet; others only when a
 * server greets like a mail server. */
static void maybe_follow(struct analysis *a, const struct flow_event *event,
                         const struct packet *packet)
{
    struct flow *flow = event->flow;
    const struct flow_side *server = &flow->side[S2C];
    struct forced as = forced(a, server->port);
    bool mail_port = as.mail || port_protocol(server->port);
    bool try = event->dir == S2C && event->new_content &&
               server->segments <= TRIES_MAX &&
               conversation_worth_trying(packet->payload);
    if ((mail_port && event->is_new) || (!mail_port && try)) {
        struct span name = beside_name(a->beside, flow);
        struct conversation *c =
            conversation_new(flow, as, name, &a->settings, !event->is_new);
        if (name.n)
            conversation_expects(
                c, beside_tlsa(a->beside, flow, name, conversation_facts(c)));
        flow->user = c;
        beside_serves(a->beside, flow);
    }
}

static void tcp_packet(struct analysis *a, const struct packet *packet)
{
    struct flow_event event = flow_table_packet(a->flows, packet);
    if (!event.flow || event.duplicate || event.dropped)
        return;
    if (event.is_new && event.flow->handshake == FLOW_SYN_ONLY)
        beside_attempt(a->beside, event.flow);
    else if (event.is_new)
        beside_stray(a->beside, event.flow, packet);
    if (!event.flow->user)
        maybe_follow(a, &event, packet);
    struct conversation *c = event.flow->user;
    if (c) {
        conversation_packet(c, &event, packet);
        if (conversation_is_foreign(c)) {
            conversation_free(&c);
            event.flow->user = NULL;
        }
    } else {
        beside_tcp(a->beside, event.flow, packet);
    }
}

/* The SYN itself may be missing from the capture, but not from the error that
 * quotes it: a host's own kernel answers before anything leaves. */
static struct flow *flow_quoted(struct analysis *a, const struct packet *icmp)
{
    enum dir dir;
    const struct icmp_header *i = &icmp->icmp;
    struct flow *flow = flow_table_quoted(a->flows, icmp, &dir);
    bool syn = i->quotes && i->quoted_protocol == PROTOCOL_TCP &&
               i->quoted_has_flags && tcp_flags_open(i->quoted_flags);
    if (flow || !syn || !unreachable_is(i))
        return flow;
    const struct packet quoted = {
        .kind = PACKET_TCP,
        .frame = icmp->frame,
        .time = icmp->time,
        .path = icmp->path,
        .source = i->quoted_source,
        .destination = i->quoted_destination,
        .ttl = i->quoted_ttl,
        .tcp = {.source_port = i->quoted_source_port,
                .destination_port = i->quoted_destination_port,
                .seq = i->quoted_seq,
                .flags = TCP_SYN},
    };
    tcp_packet(a, &quoted);
    return flow_table_quoted(a->flows, icmp, &dir);
}

static void icmp_packet(struct analysis *a, const struct packet *packet)
{
    struct flow *flow = flow_quoted(a, packet);
    flow_table_echo(a->flows, packet);
    beside_icmp(a->beside, packet);
    if (flow && flow->user)
        beside_tell_icmp(packet, flow, conversation_facts(flow->user));
}

static void packet(struct analysis *a, const struct packet *p)
{
    beside_any(a->beside, p);
    switch (p->kind) {
    case PACKET_TCP:
        tcp_packet(a, p);
        break;
    case PACKET_UDP:
        beside_udp(a->beside, p);
        break;
    case PACKET_ICMP:
        icmp_packet(a, p);
        break;
    case PACKET_ARP: /* beside_any() had it */
    case PACKET_LINK:
        break;
    }
}

void analysis_frame(struct analysis *a, const struct frame *frame)
{
    struct packet p;
    struct result *r = a->result;
    if (r->packets++ == 0)
        r->start = r->end = frame->time;
    if (frame->time < r->start)
        r->start = frame->time;
    if (frame->time > r->end)
        r->end = frame->time;
    a->now = r->end;
    if (net_decode(a->net, frame, &p))
        packet(a, &p);
    /* Not a->now: when the clock steps back, flows still alive look old. */
    if (r->packets % TICK_EVERY == 0)
        flow_table_tick(a->flows, frame->time);
}

void analysis_tick(struct analysis *a, int64_t now)
{
    if (now > a->now)
        a->now = now;
    flow_table_tick(a->flows, a->now);
}

void analysis_secrets(struct analysis *a, struct span keylog)
{
    tls_keys_add(a->keys, keylog);
}

void analysis_watch(struct analysis *a,
                    void (*found)(void *user,
                                  const struct result_finding *finding),
                    void *user)
{
    a->watcher = found;
    a->watcher_user = user;
}

/* ---- the end: what the sessions say together ---- */

/* The rules of wider scope may ask what became of each session. */
static void write_down_verdicts(struct analysis *a)
{
    for (size_t i = 0; i < a->result->session_count; i++) {
        const struct result_session *s = &a->result->sessions[i];
        book_judge(a->book, i, span_of(verdict_names[s->verdict]),
                   span_of(s->primary));
    }
}

static void judge_together(struct analysis *a, const struct facts *beside)
{
    struct result *r = a->result;
    /* The result's sessions are its own until it is handed out. */
    struct result_session *sessions =
        (struct result_session *)(uintptr_t)r->sessions;
    struct attempts *attempts = attempts_find(a->book);
    findings_preview(a->findings, r);
    write_down_verdicts(a);
    attempts_heal(attempts, a->book, a->options->rules, sessions);
    judge_whole(a->options->rules, a->book, attempts, r, beside, a->scratch,
                a->findings);
    contrast_weigh(a->findings, a->book, r->mem);
    for (size_t i = 0; i < r->session_count; i++) {
        sessions[i].verdict = judge_default(&book_get(a->book, i)->session);
        sessions[i].primary = NULL;
    }
    findings_finish(a->findings, r);
    attempts_show(attempts, a->book, r);
    attempts_free(&attempts);
}

/* ---- beginning and end ---- */

/* For flows whose beginning was not captured: which port is the server's.
 * Services below 1024 that privileged clients of other services may use as
 * their own port (NFS does) rank below the well-known port of that service. */
static int port_rank(uint16_t port)
{
    static const uint16_t known[] = {20,   21,   22,   23,   53,   80,  111,
                                     139,  179,  389,  443,  445,  514, 636,
                                     1433, 2049, 3306, 3389, 5432, 8080};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i] == port)
            return 3;
    }
    if (port_protocol(port))
        return 2;
    return port < 1024 ? 1 : 0;
}

static bool load_secrets(struct analysis *a, struct err *err)
{
    const struct analyze_options *o = a->options;
    a->keys = tls_keys_new();
    a->trust = tls_trust_new(o->ca, err);
    if (!a->trust)
        return false;
    if (o->keylog && !tls_keys_open(a->keys, o->keylog, err))
        return false;
    if (o->key && !tls_keys_rsa(a->keys, o->key, err))
        return false;
    a->settings = (struct conversation_settings){
        .keys = a->keys, .trust = a->trust, .show_users = o->show_users};
    return true;
}

static void analysis_free(struct analysis *a)
{
    beside_free(&a->beside);
    book_free(&a->book);
    net_free(&a->net);
    findings_free(&a->findings);
    tls_keys_free(&a->keys);
    tls_trust_free(&a->trust);
    arena_free(&a->scratch);
    free(a);
}

/* libnids prepares for as many streams as it is told: 65536 take longer than
 * most captures, and a capture has no more streams than packets. */
static struct analysis *begin(const struct analyze_options *options,
                              const char *name, uint64_t packets_most,
                              struct err *err)
{
    struct analysis *a = must_alloc(sizeof *a);
    a->options = options;
    if (!load_secrets(a, err)) {
        analysis_free(a);
        return NULL;
    }
    const struct flow_table_hooks hooks = {flow_over, port_rank, a};
    a->result = result_new(name);
    a->net = net_new();
    a->flows = flow_table_new(&hooks);
    a->beside = beside_new();
    a->book = book_new();
    a->findings = findings_new(a->result->mem);
    a->scratch = arena_new();
    stream_engine_start(packets_most < FLOWS_MAX ? (size_t)packets_most + 1
                                                 : FLOWS_MAX);
    return a;
}

struct analysis *analysis_new(const struct analyze_options *options,
                              const char *name, struct err *err)
{
    return begin(options, name, UINT64_MAX, err);
}

static void add_beside(struct result *result, const struct facts *beside)
{
    if (!result->trace)
        result->trace = facts_new(0);
    const struct fact *session =
        facts_get(result->trace, FACT_KIND_session, 0);
    trace_beside(result->trace, beside, session ? session->values : NULL);
}

struct result *analysis_finish(struct analysis **analysis)
{
    struct analysis *a = *analysis;
    struct result *result = a->result;
    flow_table_end(a->flows);
    stream_engine_stop();
    assemble_sessions(result, a->book);
    struct facts *whole = facts_new(0);
    facts_keep(whole, BOOK_MAX);
    const struct beside_counts counts = {
        a->dropped, flow_table_counts(a->flows), net_counts(a->net),
        tls_keys_counts(a->keys)};
    beside_tell(a->beside, a->book, result, &counts, whole);
    judge_together(a, whole);
    if (a->options->trace)
        add_beside(result, whole);
    assemble_end(result, a->book);
    if (a->options->sessions_listed)
        result_list_at_most(result, a->options->sessions_listed);
    facts_free(&whole);
    flow_table_free(&a->flows);
    analysis_free(a);
    *analysis = NULL;
    return result;
}

static void read_all(struct analysis *a, struct capture *capture)
{
    struct frame frame;
    struct err damage = {""};
    enum capture_result got;
    size_t secrets = 0;
    while ((got = capture_next(capture, &frame, &damage)) == CAPTURE_FRAME) {
        struct span all = capture_secrets(capture);
        if (all.n > secrets) {
            analysis_secrets(a, span_skip(all, secrets));
            secrets = all.n;
        }
        analysis_frame(a, &frame);
    }
    if (got == CAPTURE_DAMAGED) {
        a->result->error = arena_string(a->result->mem, span_of(damage.text));
        a->result->error_offset = capture_offset(capture);
        a->result->error_has_offset = true;
    }
    a->result->format = capture_format(capture);
    a->dropped = capture_dropped(capture);
}

bool analyze_file(const char *path, const struct analyze_options *options,
                  struct result **result, struct err *err)
{
    const struct capture_options how = {.filter = options->filter};
    struct capture *capture = capture_open(path, &how, err);
    struct analysis *a = NULL;
    if (capture)
        a = begin(options, path, capture_packets_most(capture), err);
    if (!a) {
        capture_close(&capture);
        *result = result_failed(path, err->text);
        return false;
    }
    if (options->opened)
        options->opened();
    read_all(a, capture);
    capture_close(&capture);
    *result = analysis_finish(&a);
    if ((*result)->error)
        return err_set(err, "%s", (*result)->error);
    return true;
}

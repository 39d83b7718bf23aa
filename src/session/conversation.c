/* conversation.c - see conversation.h.
 *
 *   stream bytes ─┬─ not yet decided: held, in the order they came
 *                 ├─ TLS ── decrypted ──┐
 *                 └─ plain ─────────────┴─ mail dissector
 *
 * Bytes that a dissector leaves unused stay with the stream, except where they
 * came out of `held` or out of TLS: then they wait in the inlet.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/conversation.h"

#include <string.h>

#include "base/text.h"
#include "session/cut_line.h"
#include "session/detect.h"
#include "session/marks.h"
#include "session/proxy_header.h"
#include "session/segment.h"
#include "stream/stream.h"

enum {
    HELD_MAX = 64 << 10, /* bytes waiting for the protocol to be known */
    PIECES_MAX = 64,     /* in how many pieces they came */
    STRAY_MAX = 3,       /* bare packets without a SYN that are no session */
};

/* Bytes of one direction that wait here and not in the stream. */
struct inlet {
    struct text held;
    uint64_t offset;       /* of held's first byte */
    uint64_t marked_until; /* up to this offset, `marks` knows the packets */
    struct marks marks;
};

struct conversation {
    struct flow *flow;
    struct arena *mem;
    struct facts *facts;
    struct stream *stream;
    struct flow_context context;
    struct flow_context tls_context;
    struct forced forced;
    const struct dissector *mail; /* NULL until decided */
    void *mail_self;
    void *tls_self; /* NULL: no TLS so far */
    bool tls;       /* what comes now is TLS */
    bool implicit;  /* TLS without STARTTLS */
    bool tls_began[2]; /* TLS had bytes of this side, or missed some */
    bool decrypted;
    bool late; /* begins in the middle of its flow, on purpose */
    bool decided, done, foreign;
    bool proxy_looked; /* for a header of the PROXY protocol */
    struct inlet outer[2]; /* not yet decided, and what was left of it */
    struct inlet inner[2]; /* decrypted */
    struct cut_line *cut[2]; /* of the mail protocol, in the clear */
    struct piece {
        enum dir dir;
        size_t n;
    } * pieces; /* what is held, in the order it came */
    size_t piece_count, piece_room;
    struct summary summary;
};

static size_t on_data(void *user, enum dir dir, uint64_t offset,
                      struct span bytes);
static void on_gap(void *user, enum dir dir, uint64_t lost);

static const struct stream_taker taker = {on_data, on_gap};

/* Offsets of the stream. */
static void locate_outer(void *user, enum dir dir, uint64_t offset,
                         uint64_t *frame, int64_t *time)
{
    const struct conversation *c = user;
    const struct inlet *in = &c->outer[dir];
    if (c->stream && offset > in->marked_until)
        stream_locate(c->stream, dir, offset, frame, time);
    else
        marks_find(&in->marks, offset, frame, time);
}

/* Offsets of what was decrypted. */
static void locate_inner(void *user, enum dir dir, uint64_t offset,
                         uint64_t *frame, int64_t *time)
{
    const struct conversation *c = user;
    marks_find(&c->inner[dir].marks, offset, frame, time);
}

static void locate_by(struct conversation *c, bool inner)
{
    facts_locator_set(c->facts, (struct facts_locator){
                                    inner ? locate_inner : locate_outer, c});
}

struct conversation *conversation_new(struct flow *flow,
                                      struct forced forced,
                                      struct span name,
                                      const struct conversation_settings *s,
                                      bool late)
{
    struct arena *mem = arena_new();
    struct conversation *c = arena_alloc(mem, sizeof *c);
    char *server = arena_alloc(mem, ADDRESS_TEXT);
    address_text(&flow->side[S2C].address, server);
    c->mem = mem;
    c->flow = flow;
    c->forced = forced;
    c->late = late;
    c->context = (struct flow_context){
        .server_port = flow->side[S2C].port,
        .server_name = arena_copy(mem, name),
        .server_address = span_of(server),
        .midstream = flow->handshake == FLOW_MIDSTREAM,
        .keys = s->keys,
        .trust = s->trust,
    };
    c->facts = facts_new(flow->number);
    facts_show_users(c->facts, s->show_users);
    locate_by(c, false);
    facts_listen(c->facts, summary_take, &c->summary);
    return c;
}

void conversation_expects(struct conversation *c, struct tlsa_set tlsa)
{
    c->context.tlsa = tlsa;
}

void conversation_free(struct conversation **conversation)
{
    struct conversation *c = *conversation;
    if (!c)
        return;
    if (c->stream) {
        stream_abandon(c->stream);
        stream_close(&c->stream);
    }
    for (int dir = C2S; dir <= S2C; dir++) {
        text_free(&c->outer[dir].held);
        marks_free(&c->outer[dir].marks);
        text_free(&c->inner[dir].held);
        marks_free(&c->inner[dir].marks);
    }
    facts_free(&c->facts);
    struct arena *mem = c->mem; /* c itself lives in it */
    arena_free(&mem);
    *conversation = NULL;
}

static void give_up_bytes(struct conversation *c)
{
    c->done = true;
    if (c->stream)
        stream_abandon(c->stream);
}

/* Drops the first n held bytes. */
static void inlet_drop(struct inlet *in, size_t n)
{
    if (n == 0)
        return;
    memmove(in->held.s, in->held.s + n, in->held.n - n);
    in->held.n -= n;
    in->offset += n;
}

static void begin_tls(struct conversation *c, bool implicit)
{
    c->tls = true;
    c->implicit = implicit;
    c->tls_context = c->context;
    c->tls_context.starttls = !implicit;
    c->tls_self = tls_dissector.open(c->mem, &c->tls_context);
    c->summary.starttls = !implicit;
}

/* The mail dissector takes what it can of these bytes.  Stops early when the
 * protocol hands over to TLS. */
static size_t mail_feed(struct conversation *c, enum dir dir, uint64_t offset,
                        struct span bytes)
{
    size_t used = 0;
    while (used < bytes.n && !c->done) {
        struct chunk chunk = {dir, offset + used, span_skip(bytes, used)};
        struct fed fed = c->mail->feed(c->mail_self, &chunk, c->facts);
        used += fed.used;
        if (fed.done)
            give_up_bytes(c);
        if (fed.starttls && !c->tls_self) {
            begin_tls(c, false);
            break;
        }
        if (fed.used == 0 || c->tls)
            break;
    }
    return used;
}

/* Decrypted content goes to the mail dissector; half a message waits. */
static void clear_data(struct conversation *c, enum dir dir, struct span bytes,
                       uint64_t frame, int64_t time)
{
    struct inlet *in = &c->inner[dir];
    c->decrypted = true;
    marks_add(&in->marks, in->offset + in->held.n + bytes.n, frame, time);
    text_add(&in->held, bytes);
    if (!c->mail) {
        c->mail =
            detect_mail(text_span(&c->inner[C2S].held),
                        text_span(&c->inner[S2C].held), c->context.server_port);
        if (!c->mail)
            return;
        c->context.over_tls = true;
        c->mail_self = c->mail->open(c->mem, &c->context);
    }
    locate_by(c, true);
    inlet_drop(in, mail_feed(c, dir, in->offset, text_span(&in->held)));
    if (in->held.n > HELD_MAX) {
        c->mail->gap(c->mail_self, dir, in->held.n, c->facts);
        inlet_drop(in, in->held.n);
    }
    locate_by(c, false);
}

/* After STARTTLS was agreed upon somebody may still speak in the clear: an
 * attack, a broken server, or a capture whose TLS was replaced by its content.
 * True when these bytes are no TLS record (RFC 8446 section 5.1). */
static bool is_not_tls(struct span bytes)
{
    bool record = bytes.p[0] >= 20 && bytes.p[0] <= 24;
    bool ssl2 = (bytes.p[0] & 0x80) != 0;
    return !record && !ssl2;
}

static size_t tls_feed(struct conversation *c, enum dir dir, uint64_t offset,
                       struct span bytes)
{
    size_t used = 0;
    while (used < bytes.n && !c->done) {
        struct chunk chunk = {dir, offset + used, span_skip(bytes, used)};
        struct fed fed = tls_dissector.feed(c->tls_self, &chunk, c->facts);
        used += fed.used;
        if (fed.clear.n) {
            uint64_t frame = 0;
            int64_t time = 0;
            locate_outer(c, dir, offset + used, &frame, &time);
            facts_stamp(c->facts, frame, time);
            clear_data(c, dir, fed.clear, frame, time);
        }
        if (fed.done)
            give_up_bytes(c);
        if (fed.used == 0)
            break;
    }
    return used;
}

/* TLS that turned out to be the mail protocol in the clear: go on with it.  Only
 * the first bytes tell: after them, or after a gap, a record may go on. */
static bool back_to_plain(struct conversation *c, enum dir dir,
                          struct span bytes)
{
    if (c->implicit || c->tls_began[dir] || c->summary.tls == TLS_STARTED ||
        c->summary.tls == TLS_OK || !is_not_tls(bytes))
        return false;
    struct span line = span_first(bytes, span_find(bytes, '\n'));
    line = span_trim(span_first(line, 120));
    /* What the client says may be a password. */
    if (dir == C2S)
        line = SPAN("");
    TELL(c->facts, tls_not_tls,
         .side = dir == C2S ? SPAN("client") : SPAN("server"), .line = line,
         .starttls = true);
    c->tls = false;
    c->tls_self = NULL;
    c->summary.starttls = false;
    return true;
}

static size_t plain_or_tls(struct conversation *c, enum dir dir,
                           uint64_t offset, struct span bytes)
{
    size_t used = 0;
    while (used < bytes.n && !c->done) {
        struct span rest = span_skip(bytes, used);
        size_t n;
        if (c->tls && !back_to_plain(c, dir, rest)) {
            n = tls_feed(c, dir, offset + used, rest);
            c->tls_began[dir] = true;
        } else {
            n = mail_feed(c, dir, offset + used, rest);
        }
        if (n == 0)
            break;
        used += n;
    }
    return used;
}

/* Gives the held pieces to whoever was decided upon, in the order they came. */
static void replay(struct conversation *c)
{
    size_t available[2] = {0, 0};
    for (size_t i = 0; i < c->piece_count; i++) {
        enum dir dir = c->pieces[i].dir;
        struct inlet *in = &c->outer[dir];
        available[dir] += c->pieces[i].n;
        size_t used =
            plain_or_tls(c, dir, in->offset,
                         span_first(text_span(&in->held), available[dir]));
        inlet_drop(in, used);
        available[dir] -= used;
    }
    c->piece_count = 0;
}

/* Cuts n bytes off the front of what the client said. */
static void forget_front(struct conversation *c, size_t n)
{
    inlet_drop(&c->outer[C2S], n);
    for (size_t i = 0; i < c->piece_count && n > 0; i++) {
        struct piece *piece = &c->pieces[i];
        if (piece->dir != C2S)
            continue;
        size_t part = piece->n < n ? piece->n : n;
        piece->n -= part;
        n -= part;
    }
}

/* What a balancer says in front is neither mail nor TLS: *n of the client's
 * first bytes.  False: they may be that, and are not there whole. */
static bool find_proxy_header(struct conversation *c, struct span bytes,
                              bool final, size_t *n)
{
    struct proxy_header header;
    *n = 0;
    if (c->proxy_looked || c->context.midstream || bytes.n == 0)
        return true;
    enum proxy_found found = proxy_header_read(bytes, &header);
    if (found == PROXY_PART && !final)
        return false;
    c->proxy_looked = true;
    if (found == PROXY_WHOLE) {
        TELL(c->facts, proxy_header, .version = header.version,
             .client = span_of(header.client), .bytes = header.n);
        *n = header.n;
    }
    return true;
}

static void decide(struct conversation *c, bool final)
{
    size_t front;
    if (!find_proxy_header(c, text_span(&c->outer[C2S].held), final, &front))
        return;
    forget_front(c, front);
    struct span client = text_span(&c->outer[C2S].held);
    struct span server = text_span(&c->outer[S2C].held);
    struct detected d = detect(client, server, c->context.server_port,
                               c->forced.mail, c->context.midstream, final);
    if (d.what == DETECT_LATER)
        return;
    c->decided = true;
    if (d.what == DETECT_FOREIGN) {
        c->foreign = true;
        give_up_bytes(c);
        return;
    }
    if (d.what == DETECT_TLS) {
        begin_tls(c, true);
    } else {
        c->mail = d.mail;
        c->mail_self = c->mail->open(c->mem, &c->context);
    }
    replay(c);
}

/* Takes over bytes that the stream shall not offer again. */
static void hold(struct conversation *c, enum dir dir, uint64_t offset,
                 struct span bytes)
{
    struct inlet *in = &c->outer[dir];
    uint64_t frame = 0;
    int64_t time = 0;
    if (in->held.n == 0)
        in->offset = offset;
    text_add(&in->held, bytes);
    in->marked_until = offset + bytes.n;
    stream_locate(c->stream, dir, in->marked_until, &frame, &time);
    marks_add(&in->marks, in->marked_until, frame, time);
    facts_stamp(c->facts, frame, time);
}

static void hold_until_decided(struct conversation *c, enum dir dir,
                               uint64_t offset, struct span bytes)
{
    hold(c, dir, offset, bytes);
    c->pieces = arena_grow(c->mem, c->pieces, c->piece_count, &c->piece_room,
                           c->piece_count + 1, sizeof *c->pieces);
    c->pieces[c->piece_count++] = (struct piece){dir, bytes.n};
    bool full = c->piece_count == PIECES_MAX ||
                c->outer[C2S].held.n + c->outer[S2C].held.n > HELD_MAX;
    decide(c, full);
}

static size_t on_data(void *user, enum dir dir, uint64_t offset,
                      struct span bytes)
{
    struct conversation *c = user;
    struct inlet *in = &c->outer[dir];
    if (c->done)
        return bytes.n;
    if (!c->decided) {
        hold_until_decided(c, dir, offset, bytes);
        return bytes.n;
    }
    if (in->held.n) { /* half a message from before the decision */
        hold(c, dir, offset, bytes);
        inlet_drop(in, plain_or_tls(c, dir, in->offset, text_span(&in->held)));
        return bytes.n;
    }
    uint64_t frame = 0;
    int64_t time = 0;
    size_t front = 0;
    stream_locate(c->stream, dir, offset + bytes.n, &frame, &time);
    facts_stamp(c->facts, frame, time);
    if (dir == C2S) /* the server may have been faster */
        find_proxy_header(c, bytes, true, &front);
    size_t used = front + plain_or_tls(c, dir, offset + front,
                                       span_skip(bytes, front));
    if (!c->tls)
        cut_line_keep(&c->cut[dir], c->mem, offset + used,
                      span_skip(bytes, used));
    return used;
}

/* The beginning of a line counts as a line, if it says enough. */
static void feed_cut_line(struct conversation *c, enum dir dir,
                          struct span line_end)
{
    struct cut_line *cut = c->cut[dir];
    if (!cut || cut->n == 0 || c->tls || !c->mail->tells ||
        !c->mail->tells(dir, (struct span){cut->bytes, cut->n}))
        return;
    struct span line = cut_line_ended(cut, line_end);
    uint64_t end = cut->offset + cut->n, frame = 0;
    int64_t time = 0;
    locate_outer(c, dir, end, &frame, &time);
    facts_stamp(c->facts, frame, time);
    /* So that it ends where the bytes do. */
    mail_feed(c, dir, end > line.n ? end - line.n : 0, line);
    cut->n = 0;
}

/* Half a line from before the decision. */
static void keep_held(struct conversation *c, enum dir dir)
{
    const struct inlet *in = &c->outer[dir];
    if (in->held.n)
        cut_line_keep(&c->cut[dir], c->mem, in->offset, text_span(&in->held));
}

static void on_gap(void *user, enum dir dir, uint64_t lost)
{
    struct conversation *c = user;
    struct inlet *out = &c->outer[dir], *in = &c->inner[dir];
    if (!c->decided && !c->done)
        decide(c, true);
    if (!c->decided || c->done)
        return;
    keep_held(c, dir);
    lost += out->held.n; /* half a message before the hole is lost as well */
    inlet_drop(out, out->held.n);
    if (!c->tls) {
        /* A server's is shown; that it is cut off must be seen. */
        feed_cut_line(c, dir, dir == S2C ? SPAN("...\r\n") : SPAN("\r\n"));
        if (c->tls || c->done)
            return; /* the line was all that was lost */
    }
    if (c->tls) {
        c->tls_began[dir] = c->summary.tls_missed = true;
        tls_dissector.gap(c->tls_self, dir, lost, c->facts);
        if (!c->decrypted)
            return;
        lost += in->held.n;
        inlet_drop(in, in->held.n);
    }
    if (c->mail)
        c->mail->gap(c->mail_self, dir, lost, c->facts);
}

static void begin_stream(struct conversation *c, enum dir dir,
                         const struct tcp_header *tcp)
{
    c->context.synack_missed = c->flow->synack_time == 0;
    c->context.established = c->flow->established_time;
    c->stream = stream_open(&taker, c);
    for (enum dir d = C2S; d <= S2C; d++) {
        if (c->flow->side[d].seen)
            stream_heard(c->stream, d);
    }
    if (c->late) {
        stream_begin(c->stream, dir, tcp->seq);
        stream_begin(c->stream, dir == C2S ? S2C : C2S, tcp->ack);
        return;
    }
    for (int side = C2S; side <= S2C; side++) {
        if (c->flow->side[side].seq_known)
            stream_begin(c->stream, (enum dir)side,
                         c->flow->side[side].first_seq);
    }
}

/* Whoever sent the first FIN, also if the other side answered with a reset. */
static void tell_who_closed(struct conversation *c)
{
    if (c->context.closed_time)
        return;
    enum flow_end end = c->flow->end;
    enum dir by = end == FLOW_CLIENT_FIN || end == FLOW_CLIENT_RESET ? C2S : S2C;
    c->context.closed_by_known = c->tls_context.closed_by_known =
        end != FLOW_OPEN;
    c->context.closed_by = c->tls_context.closed_by = by;
}

/* An alert after the other side's FIN is no more than an answer to it. */
static void on_fin(struct conversation *c, int64_t time)
{
    if (c->tls_context.closed_time)
        return;
    tell_who_closed(c);
    c->context.closed_time = c->tls_context.closed_time = time;
}

void conversation_packet(struct conversation *c, const struct flow_event *event,
                         const struct packet *packet)
{
    const struct tcp_header *tcp = &packet->tcp;
    if (tcp->flags & TCP_FIN)
        on_fin(c, packet->time);
    if (!c->stream && packet->length == 0)
        return;
    if (!c->stream)
        begin_stream(c, event->dir, tcp);
    const struct segment segment = segment_of(packet, event->dir);
    stream_segment(c->stream, &segment);
}

static enum end how_it_ended(const struct flow *flow)
{
    switch (flow->end) {
    case FLOW_CLIENT_FIN:
    case FLOW_SERVER_FIN:
        return END_FIN;
    case FLOW_CLIENT_RESET:
    case FLOW_SERVER_RESET:
        return END_RESET;
    case FLOW_OPEN:
        break;
    }
    return END_OF_CAPTURE;
}

/* How much of what a side said the other's TCP took; false if that is unknown. */
static bool taken(const struct flow_side *side, uint64_t *bytes)
{
    uint32_t acknowledged = side->acked - side->first_seq;
    *bytes = acknowledged;
    return side->seq_known && acknowledged <= side->bytes + 1;
}

/* What the TLS dissector can not see in the bytes: who hung up, how much of
 * what was said the other side's TCP took, and how long nothing came. */
static void tell_tls_of_tcp(struct conversation *c, int64_t now)
{
    const struct flow *f = c->flow;
    uint64_t bytes;
    tell_who_closed(c);
    if (taken(&f->side[C2S], &bytes))
        c->tls_context.acknowledged = bytes;
    /* Who resets need not have acknowledged; but then nothing is repeated. */
    c->tls_context.heard_known = f->side[C2S].seen &&
                                 f->side[S2C].retransmissions > 0 &&
                                 taken(&f->side[S2C], &c->tls_context.heard);
    c->context.quiet = c->tls_context.quiet = flow_quiet_for(f, now);
}

/* A server that hangs up may not have ended its last line: nothing more can
 * come.  What it reset may have been meant to go on. */
static void feed_last_line(struct conversation *c)
{
    const struct flow_side *server = &c->flow->side[S2C];
    if (!c->stream || !(server->fin || server->reset) || c->done)
        return;
    if (!c->decided && c->piece_count)
        decide(c, true);
    if (!c->mail)
        return;
    keep_held(c, S2C);
    const struct cut_line *cut = c->cut[S2C];
    if (cut && (uint32_t)(cut->offset + cut->n) ==
                   server->next_seq - server->first_seq)
        feed_cut_line(c, S2C, server->fin ? SPAN("\r\n") : SPAN("...\r\n"));
}

void conversation_end(struct conversation *c, int64_t now)
{
    enum end why = how_it_ended(c->flow);
    feed_last_line(c);
    if (c->stream)
        stream_close(&c->stream);
    if (!c->decided && c->piece_count)
        decide(c, true);
    tell_tls_of_tcp(c, now);
    facts_stamp(c->facts, c->flow->last_frame, c->flow->last_time);
    if (c->tls_self)
        tls_dissector.close(c->tls_self, why, c->facts);
    if (c->mail)
        c->mail->close(c->mail_self, why, c->facts);
    flow_tell(c->flow, now, c->facts);
}

bool conversation_is_mail(const struct conversation *c)
{
    const struct flow *f = c->flow;
    if (c->foreign)
        return false;
    /* A few bare packets of something that was over, or not yet begun: a probe
     * or a late acknowledgement, no session. */
    if (f->handshake == FLOW_MIDSTREAM &&
        f->side[C2S].bytes + f->side[S2C].bytes == 0 &&
        f->side[C2S].packets + f->side[S2C].packets <= STRAY_MAX)
        return false;
    if (c->mail || c->forced.mail)
        return true;
    return detect_port_is_mail(c->context.server_port);
}

bool conversation_is_foreign(const struct conversation *c)
{
    return c->foreign;
}

struct facts *conversation_facts(struct conversation *c)
{
    return c->facts;
}

const struct summary *conversation_summary(const struct conversation *c)
{
    return &c->summary;
}

struct summary_context conversation_context(const struct conversation *c,
                                            int64_t now)
{
    const char *expected = c->forced.mail
                               ? c->forced.mail->name
                               : port_protocol(c->context.server_port);
    const char *spoken = c->mail ? c->mail->name : NULL;
    return (struct summary_context){
        .flow = c->flow,
        .name = c->context.server_name,
        .protocol = spoken ? spoken : expected,
        .expected = expected,
        .expected_tls = c->forced.implicit_tls ||
                        port_is_implicit_tls(c->context.server_port),
        .implicit_tls = c->implicit,
        .content = c->flow->side[C2S].bytes + c->flow->side[S2C].bytes > 0,
        .decrypted = c->decrypted,
        .now = now,
    };
}

bool conversation_worth_trying(struct span server_content)
{
    return detect_greeting(server_content);
}

/* redact.c - see redact.h.
 *
 *   first reading:   frame -> net -> flow -> stream -> script, one per mail flow
 *   second reading:  frame -> net -> flow -> what its script says -> the copy
 *
 * Both readings number the flows alike, as they see the same frames.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "redact/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "capture/writer.h"
#include "dissector.h"
#include "flow/flow.h"
#include "redact/script.h"
#include "redact/veil.h"
#include "session/segment.h"

enum {
    PORT_DNS = 53,
    PORT_DHCP_SERVER = 67,
    PORT_DHCP_CLIENT = 68,
    PROTOCOL_TCP = 6,
    TICK_EVERY = 64,
    TRIES_MAX = 16,     /* segments of a server on an odd port to look at */
    HEADERS_LEAST = 34, /* Ethernet and IPv4: of what can not be placed */
};

/* A mail connection. */
struct plan {
    struct script *script;
    struct stream *stream; /* of the first reading */
    bool begun;            /* content came; until then SYNs may count anew */
    bool known[2];
    uint32_t base[2]; /* sequence number of the first byte of content */
    int64_t at[2];    /* the second reading's latest offset: numbers wrap */
};

struct redaction {
    const struct redact_options *options;
    struct redact_counts *counts;
    struct plan **plans; /* by the number of their flow; most are NULL */
    size_t room;
    struct net *net;
    struct flow_table *flows;
    uint64_t frames;
};

/* ---- the first reading ---- */

static size_t on_data(void *user, enum dir dir, uint64_t offset,
                      struct span bytes)
{
    struct plan *plan = user;
    return script_data(plan->script, dir, offset, bytes);
}

static void on_gap(void *user, enum dir dir, uint64_t lost)
{
    struct plan *plan = user;
    script_gap(plan->script, dir, lost);
}

static const struct stream_taker taker = {on_data, on_gap};

static void flow_over(void *user, struct flow *flow)
{
    struct plan *plan = flow->user;
    (void)user;
    if (!plan)
        return;
    if (plan->stream)
        stream_close(&plan->stream);
    script_end(plan->script);
    flow->user = NULL;
}

static int port_rank(uint16_t port)
{
    if (port_protocol(port))
        return 2;
    return port < 1024 ? 1 : 0;
}

static enum redact_protocol protocol_of(uint16_t port)
{
    static const char *const names[] = {[REDACT_IMAP] = "imap",
                                        [REDACT_POP3] = "pop3",
                                        [REDACT_SMTP] = "smtp",
                                        [REDACT_SIEVE] = "sieve"};
    const char *name = port_protocol(port);
    for (int i = REDACT_IMAP; name && i <= REDACT_SIEVE; i++)
        if (strcmp(names[i], name) == 0)
            return (enum redact_protocol)i;
    return REDACT_UNKNOWN;
}

/* Whoever greets like a mail server does so within the first line. */
static bool greets(struct span content)
{
    static const struct span greetings[] = {SPAN_INIT("* "), SPAN_INIT("+OK"),
                                            SPAN_INIT("-ERR"),
                                            SPAN_INIT("\"IMPLEMENTATION")};
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++)
        if (span_starts(content, greetings[i]))
            return true;
    return content.n > 3 &&
           (content.p[0] == '2' || content.p[0] == '4' ||
            content.p[0] == '5') &&
           content.p[1] >= '0' && content.p[1] <= '5' &&
           (content.p[3] == ' ' || content.p[3] == '-');
}

static struct plan **plan_of(struct redaction *r, uint64_t number)
{
    if (number >= r->room) {
        size_t room = (size_t)number * 2 + 64;
        r->plans = must_realloc(r->plans, room * sizeof *r->plans);
        memset(r->plans + r->room, 0, (room - r->room) * sizeof *r->plans);
        r->room = room;
    }
    return &r->plans[number];
}

static void maybe_follow(struct redaction *r, const struct flow_event *event,
                         const struct packet *packet)
{
    struct flow *flow = event->flow;
    const struct flow_side *server = &flow->side[S2C];
    bool mail_port = port_protocol(server->port) != NULL;
    bool try = event->dir == S2C && event->new_content &&
               server->segments <= TRIES_MAX && greets(packet->payload);
    if (!(mail_port && event->is_new) && !(!mail_port && try))
        return;
    struct plan *plan = must_alloc(sizeof *plan);
    *plan = (struct plan){
        .script = script_new(
            protocol_of(server->port), port_is_implicit_tls(server->port),
            flow->handshake == FLOW_MIDSTREAM, r->options->key, r->counts),
    };
    plan->stream = stream_open(&taker, plan);
    if (!event->is_new) { /* what was said before is hidden */
        plan->known[C2S] = plan->known[S2C] = true;
        plan->base[S2C] = packet->tcp.seq;
        plan->base[C2S] = packet->tcp.ack;
        stream_begin(plan->stream, S2C, packet->tcp.seq);
        stream_begin(plan->stream, C2S, packet->tcp.ack);
    }
    *plan_of(r, flow->number) = plan;
    flow->user = plan;
}

static void learn_bases(struct plan *plan, const struct flow *flow)
{
    for (int dir = C2S; dir <= S2C; dir++) {
        const struct flow_side *side = &flow->side[dir];
        if (plan->known[dir] || !side->seq_known)
            continue;
        plan->known[dir] = true;
        plan->base[dir] = side->first_seq;
        stream_begin(plan->stream, (enum dir)dir, side->first_seq);
    }
}

static void learn_tcp(struct redaction *r, const struct packet *packet)
{
    struct flow_event event = flow_table_packet(r->flows, packet);
    if (!event.flow || event.duplicate || event.dropped)
        return;
    if (!event.flow->user)
        maybe_follow(r, &event, packet);
    struct plan *plan = event.flow->user;
    if (!plan)
        return;
    plan->begun |= packet->length > 0;
    if (!plan->begun)
        return;
    learn_bases(plan, event.flow);
    const struct segment segment = segment_of(packet, event.dir);
    stream_segment(plan->stream, &segment);
}

/* ---- the second reading ---- */

static void apply_tcp(struct plan *plan, const struct flow_event *event,
                      const struct packet *packet, uint8_t *content)
{
    enum dir dir = event->dir;
    size_t n = packet->payload.n;
    if (!plan->known[dir]) {
        hide_content(content, n);
        return;
    }
    uint32_t seq = packet->tcp.seq + ((packet->tcp.flags & TCP_SYN) != 0);
    uint32_t here = plan->base[dir] + (uint32_t)plan->at[dir];
    int64_t offset = plan->at[dir] + (int32_t)(seq - here);
    script_apply(plan->script, dir, offset, content, n);
    if (offset > plan->at[dir])
        plan->at[dir] = offset;
}

static void cut(struct redaction *r, struct veil *veil, size_t at)
{
    r->counts->packets_cut += at < veil->n;
    veil_cut(veil, at);
}

static bool is_dns(uint16_t a, uint16_t b)
{
    return a == PORT_DNS || b == PORT_DNS;
}

static void veil_tcp(struct redaction *r, const struct frame *frame,
                     const struct packet *packet, struct veil *veil)
{
    size_t at;
    struct flow_event event = flow_table_packet(r->flows, packet);
    struct plan *plan = event.flow ? *plan_of(r, event.flow->number) : NULL;
    if (!veil_content(frame, packet, &at))
        return;
    if (plan) {
        apply_tcp(plan, &event, packet, veil->bytes + at);
        veil_mend(veil, frame, packet, at);
    } else if (!is_dns(packet->tcp.source_port, packet->tcp.destination_port)) {
        cut(r, veil, at);
    }
}

/* An error quotes the beginning of a packet, today's routers more than its
 * headers (RFC 1812 section 4.3.2.3). */
static void veil_quote(const struct frame *frame, const struct packet *packet,
                       struct veil *veil, size_t at)
{
    const uint8_t *quoted = frame->bytes.p + at;
    size_t n = packet->payload.n;
    size_t header = quoted[0] >> 4 == 4 ? (size_t)(quoted[0] & 15) * 4 : 40;
    if (packet->icmp.quoted_protocol == PROTOCOL_TCP)
        header += header + 12 < n ? (size_t)(quoted[header + 12] >> 4) * 4 : 20;
    else if (is_dns(packet->icmp.quoted_source_port,
                    packet->icmp.quoted_destination_port))
        return;
    else
        header += 8;
    if (header >= n)
        return;
    hide_content(veil->bytes + at + header, n - header);
    veil_mend(veil, frame, packet, at);
}

static bool is_dhcp(uint16_t port)
{
    return port == PORT_DHCP_SERVER || port == PORT_DHCP_CLIENT;
}

static void veil_udp(struct redaction *r, const struct frame *frame,
                     const struct packet *packet, struct veil *veil)
{
    size_t at;
    uint16_t from = packet->udp.source_port;
    uint16_t to = packet->udp.destination_port;
    bool kept = is_dns(from, to) || (is_dhcp(from) && is_dhcp(to));
    if (!kept && veil_content(frame, packet, &at))
        cut(r, veil, at);
}

/* Put together from fragments: nothing of it stands in this frame alone. */
static bool is_elsewhere(const struct frame *frame, const struct packet *packet)
{
    size_t at;
    return packet->payload.n && !veil_content(frame, packet, &at);
}

static void veil_packet(struct redaction *r, const struct frame *frame,
                        const struct packet *packet, struct veil *veil)
{
    size_t at;
    if (is_elsewhere(frame, packet))
        cut(r, veil, HEADERS_LEAST);
    switch (packet->kind) {
    case PACKET_TCP: /* the table sees all of them, as in the first reading */
        veil_tcp(r, frame, packet, veil);
        break;
    case PACKET_UDP:
        veil_udp(r, frame, packet, veil);
        break;
    case PACKET_ICMP:
        if (packet->icmp.quotes && veil_content(frame, packet, &at))
            veil_quote(frame, packet, veil, at);
        break;
    case PACKET_ARP:
        break;
    case PACKET_LINK: /* names, passwords, proofs of them */
        if (veil_content(frame, packet, &at))
            hide_content(veil->bytes + at, veil->n - at);
        break;
    }
}

/* ---- both ---- */

static void begin(struct redaction *r)
{
    const struct flow_table_hooks hooks = {flow_over, port_rank, r};
    r->net = net_new();
    r->flows = flow_table_new(&hooks);
    r->frames = 0;
}

static void end(struct redaction *r)
{
    flow_table_end(r->flows);
    flow_table_free(&r->flows);
    net_free(&r->net);
}

/* After each packet, as time is the same in both readings. */
static void tick(struct redaction *r, const struct frame *frame)
{
    if (++r->frames % TICK_EVERY == 0)
        flow_table_tick(r->flows, frame->time);
}

static void learn(struct redaction *r, struct capture *capture)
{
    struct frame frame;
    struct packet packet;
    struct err damage;
    uint64_t most = capture_packets_most(capture);
    stream_engine_start(most < FLOWS_MAX ? (size_t)most + 1 : FLOWS_MAX);
    begin(r);
    while (capture_next(capture, &frame, &damage) == CAPTURE_FRAME) {
        if (net_decode(r->net, &frame, &packet) && packet.kind == PACKET_TCP)
            learn_tcp(r, &packet);
        tick(r, &frame);
    }
    end(r);
    stream_engine_stop();
}

static void write_frame(struct redaction *r, struct frame *frame,
                        struct veil *veil, struct writer *writer)
{
    struct packet packet;
    size_t at;
    veil_frame(veil, frame);
    if (net_decode(r->net, frame, &packet))
        veil_packet(r, frame, &packet, veil);
    else if (is_elsewhere(frame, &packet))
        cut(r, veil, HEADERS_LEAST);
    else if (veil_content(frame, &packet, &at))
        cut(r, veil, at);
    veil_trailer(veil, frame, &packet);
    frame->bytes = (struct span){veil->bytes, veil->n};
    writer_frame(writer, frame);
}

static bool copy(struct redaction *r, struct capture *capture, FILE *out,
                 struct err *err)
{
    struct frame frame;
    struct veil veil = {0};
    bool pcapng = strcmp(capture_format(capture), "pcapng") == 0;
    struct writer *writer = writer_new(out, pcapng);
    enum capture_result got;
    begin(r);
    while ((got = capture_next(capture, &frame, err)) == CAPTURE_FRAME) {
        write_frame(r, &frame, &veil, writer);
        tick(r, &frame);
    }
    end(r);
    writer_end(&writer, capture_dropped(capture));
    veil_free(&veil);
    r->counts->tls_secrets = capture_secrets(capture).n;
    return got != CAPTURE_DAMAGED;
}

static void redaction_free(struct redaction *r)
{
    for (size_t i = 0; i < r->room; i++) {
        if (!r->plans[i])
            continue;
        script_free(&r->plans[i]->script);
        free(r->plans[i]);
    }
    free(r->plans);
}

bool redact_file(const char *path, const struct redact_options *options,
                 FILE *out, struct redact_counts *counts, uint64_t *packets,
                 struct err *err)
{
    struct redaction r = {.options = options, .counts = counts};
    struct capture *first = capture_open(path, NULL, err);
    struct capture *second = first ? capture_open(path, NULL, err) : NULL;
    *packets = 0;
    *counts = (struct redact_counts){0};
    bool ok = second != NULL;
    if (ok) {
        if (options->opened)
            options->opened();
        learn(&r, first);
        ok = copy(&r, second, out, err);
        *packets = r.frames;
        redaction_free(&r);
    }
    capture_close(&first);
    if (second)
        capture_close(&second);
    return ok;
}

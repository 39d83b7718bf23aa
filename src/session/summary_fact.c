/* summary_fact.c - the `session` fact: what a summary and its flow come to; see
 * summary.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "session/summary.h"

/* Whoever says QUIT and has all answers but that one has done what was to be
 * done. */
static bool finished(const struct summary *s)
{
    return s->tls_closed || (s->client_goodbye && !s->left_undone);
}

static const char *stage(const struct summary *s,
                         const struct summary_context *c)
{
    if (c->flow->handshake != FLOW_FULL &&
        c->flow->handshake != FLOW_MIDSTREAM && !c->content)
        return "connect";
    if (s->tls == TLS_STARTED || s->tls == TLS_FAILED)
        return "tls";
    if (s->encrypted_both && !c->decrypted)
        return "tls";
    if (!s->greeted && !s->logins_ok && s->tls == TLS_OK)
        return "tls";
    /* A client that did not wait for the greeting got no further for that. */
    bool both = c->flow->handshake == FLOW_FULL && c->flow->side[S2C].seen;
    if (!s->greeted && !s->logins_ok && (both || s->commands == 0))
        return "greeting";
    if (s->greeting_refused)
        return "greeting";
    if (s->client_goodbye && !s->refused_messages && !s->logins_refused &&
        !s->left_undone)
        return "close";
    if (s->transfer_begun)
        return "transfer";
    if (s->mailbox_opened)
        return "mailbox";
    if (s->logins_refused && !s->logins_ok)
        return "login";
    if (s->logins_ok)
        return "mailbox";
    return s->commands ? "login" : "greeting";
}

static uint64_t missed_bytes(const struct flow *flow)
{
    const struct flow_side *c = &flow->side[C2S], *s = &flow->side[S2C];
    return c->missed + c->cut_off + s->missed + s->cut_off;
}

/* It did what such a session is for, as far as can be seen: mail changed
 * hands, or the account was entered, or both sides said goodbye without a
 * refusal (one may be among what the capture missed), or TLS carried content
 * both ways that nobody can read, or was closed in order after the server had
 * spoken inside it.  Not so when it got stuck afterwards. */
static bool worked(const struct summary *s, const struct summary_context *c)
{
    if (s->stuck && !finished(s))
        return false;
    if (s->sent || s->received || s->stored)
        return true;
    if (s->encrypted_both && !c->decrypted)
        return s->tls == TLS_OK || c->flow->handshake == FLOW_MIDSTREAM;
    if (s->encrypted_server && !c->decrypted)
        return s->tls == TLS_OK && s->tls_closed;
    if (s->refused_messages || s->recipients_refused)
        return false;
    bool smtp = c->protocol && strcmp(c->protocol, "smtp") == 0;
    if (s->logins_ok && !smtp)
        return true;
    return s->greeted && !s->greeting_refused && s->client_goodbye &&
           !s->left_undone && !(s->logins_refused && !s->logins_ok) &&
           missed_bytes(c->flow) == 0;
}

/* Who hangs up waits no longer, however long the capture goes on. */
static double observed_after(const struct flow *flow, int64_t now)
{
    bool left = flow->end == FLOW_CLIENT_FIN || flow->end == FLOW_CLIENT_RESET;
    return left ? 0 : clock_seconds(now - flow->last_time);
}

static const char *end_name(const struct flow *flow)
{
    switch (flow->end) {
    case FLOW_CLIENT_FIN:
        return "client-fin";
    case FLOW_SERVER_FIN:
        return "server-fin";
    case FLOW_CLIENT_RESET:
        return "client-reset";
    case FLOW_SERVER_RESET:
        return "server-reset";
    case FLOW_OPEN:
        break;
    }
    return "none";
}

static const char *handshake_name(const struct flow *flow)
{
    switch (flow->handshake) {
    case FLOW_SYN_ONLY:
        return "syn-only";
    case FLOW_REFUSED:
        return "refused";
    case FLOW_HALF:
        return "half";
    case FLOW_FULL:
        return "full";
    case FLOW_MIDSTREAM:
        break;
    }
    return "midstream";
}

static const char *security(const struct summary *s,
                            const struct summary_context *c)
{
    if (c->implicit_tls)
        return "implicit-tls";
    if (s->starttls &&
        (s->tls_missed || (s->tls != TLS_NONE && s->tls != TLS_OFFERED)))
        return "starttls";
    if (c->content)
        return "plain";
    return c->expected_tls ? "implicit-tls" : "unknown";
}

/* What was spoken; where neither side spoke mail, that is not what the port is
 * for. */
static const char *protocol(const struct summary *s,
                            const struct summary_context *c)
{
    bool client = s->another[C2S] || s->commands > 0;
    if (client && s->known_commands == 0 && s->another[S2C] && !s->greeted)
        return "other";
    return c->protocol ? c->protocol : "unknown";
}

/* Whose packets alone were captured, or "".  An attempt to connect that nobody
 * answered is not that. */
static const char *only_from(const struct flow *flow)
{
    const struct flow_side *client = &flow->side[C2S];
    const struct flow_side *server = &flow->side[S2C];
    if (!client->seen && server->packets > 1)
        return "server";
    if (!server->seen && flow->handshake != FLOW_SYN_ONLY &&
        client->packets > 1)
        return "client";
    if (!server->seen && client->segments > 0)
        return "client";
    return "";
}

/* Every combination is a text of its own, so none has to be put together. */
static const char *options_of(const struct flow_side *side)
{
    static const char *const names[16] = {"none",
                                          "mss",
                                          "window-scale",
                                          "mss window-scale",
                                          "sack",
                                          "mss sack",
                                          "window-scale sack",
                                          "mss window-scale sack",
                                          "timestamps",
                                          "mss timestamps",
                                          "window-scale timestamps",
                                          "mss window-scale timestamps",
                                          "sack timestamps",
                                          "mss sack timestamps",
                                          "window-scale sack timestamps",
                                          "mss window-scale sack timestamps"};
    _Static_assert(FLOW_MSS == 2 && FLOW_TIMESTAMPS == 16, "order of names");
    return side->options & FLOW_SYN_SEEN ? names[side->options >> 1 & 15] : "";
}

static void fill_in_quality(struct fact_session *out, const struct flow *f)
{
    const struct flow_side *cs = &f->side[C2S], *ss = &f->side[S2C];
    bool down = ss->rtt_worst - ss->rtt_least > cs->rtt_worst - cs->rtt_least;
    const struct flow_side *slow = down ? ss : cs;
    out->rtt_least = clock_seconds(slow->rtt_least);
    out->rtt_worst = clock_seconds(slow->rtt_worst);
    out->client_options = span_of(options_of(cs));
    out->server_options = span_of(options_of(ss));
    out->client_burst = cs->burst;
    out->server_burst = ss->burst;
    out->client_reordered = cs->reordered;
    out->server_reordered = ss->reordered;
    out->client_window = cs->window_max;
    out->server_window = ss->window_max;
}

struct fact_session summary_session(const struct summary *s,
                                    const struct summary_context *c,
                                    struct summary_texts *texts)
{
    static const char *const tls_names[] = {"none", "offered", "started", "ok",
                                            "failed"};
    const struct flow *f = c->flow;
    const struct flow_side *cs = &f->side[C2S], *ss = &f->side[S2C];
    address_text(&cs->address, texts->client);
    address_text(&ss->address, texts->server);
    station_text(cs->mac, texts->station);
    struct fact_session out = {
        .id = c->id,
        .client = span_of(texts->client),
        .server = span_of(texts->server),
        .station = span_of(texts->station),
        .began = clock_seconds(f->first_time - c->began),
        .greeting_host = span_of(s->greeting_host),
        .greeting_domain = span_domain(span_of(s->greeting_host)),
        .client_port = cs->port,
        .port = ss->port,
        .name = c->name.n ? c->name : span_of(s->server_name),
        .ipv6 = ss->address.family == 6,
        .protocol = span_of(protocol(s, c)),
        .expected = span_of(c->expected),
        .expected_security = span_of(
            !c->expected ? NULL : (c->expected_tls ? "implicit-tls" : "plain")),
        .security = span_of(security(s, c)),
        .stage = span_of(stage(s, c)),
        .handshake = span_of(handshake_name(f)),
        .syn_count = f->syn_count,
        .rtt = clock_seconds(f->rtt),
        .midstream = f->handshake == FLOW_MIDSTREAM,
        .only_from = span_of(only_from(f)),
        .truncated = cs->truncated || ss->truncated,
        .missed_bytes = missed_bytes(f),
        .packets = cs->packets + ss->packets,
        .client_bytes = cs->bytes - s->proxy_header,
        .server_bytes = ss->bytes,
        .client_segments = cs->segments,
        .server_segments = ss->segments,
        .client_retransmissions = cs->retransmissions,
        .server_retransmissions = ss->retransmissions,
        .duration = clock_seconds(f->last_time - f->first_time),
        .last_frame = f->last_frame,
        .idle = clock_seconds(f->idle_max),
        .observed_after = observed_after(f, c->now),
        .end = span_of(end_name(f)),
        .greeted = s->greeted,
        .commands = s->commands,
        .logins_ok = s->logins_ok,
        .logins_refused = s->logins_refused,
        .received = s->received,
        .sent = s->sent,
        .refused_messages = s->refused_messages + s->recipients_refused,
        .stored = s->stored,
        .stored_refused = s->stored_refused,
        .deletions = s->deletions,
        .messages = s->messages,
        .uidvalidity = s->uidvalidity,
        .quota_percent = s->quota_percent,
        .first_message = span_of(s->first_message),
        .user = span_of(s->user),
        .account = s->account,
        .dismissal = span_of(s->dismissal),
        .finished = finished(s),
        .worked = worked(s, c),
        .encrypted = s->encrypted_both && !c->decrypted,
        .decrypted = c->decrypted,
        .tls = span_of(tls_names[s->tls]),
        .client_private = address_class(&cs->address) == ADDRESS_PRIVATE,
        .server_public = address_class(&ss->address) == ADDRESS_PUBLIC,
        .client_near = ttl_is_whole(cs->ttl),
        .client_last = cs->seen ? clock_seconds(cs->last_time - c->began) : 0,
        .server_last = ss->seen ? clock_seconds(ss->last_time - c->began) : 0,
        .server_near = ttl_is_whole(ss->ttl),
        .server_ttl = ss->ttl ? ss->ttl : s->refusal_ttl,
        .tls_offered = s->tls_offered,
        .tls_hello_bytes = s->tls_hello_bytes,
        .health_check = s->health_check,
        .tls_post_quantum = s->tls_post_quantum,
        .tls_resumption = s->tls_resumption,
        .tls_reached = span_of(s->tls_reached),
        .tls_ended = span_of(s->tls_ended),
        .tls_ended_by = span_of(s->tls_ended_by),
        .tls_alert = s->tls_alert,
        .certificate = span_of(s->certificate),
        .certificate_subject = span_of(s->certificate_subject),
        .certificate_issuer = span_of(s->certificate_issuer),
        .certificate_chain = span_of(s->certificate_chain),
        .certificate_mismatch = s->certificate_mismatch,
        .cut_off = s->cut_off,
    };
    out.domain = span_domain(out.name);
    fill_in_quality(&out, f);
    if (s->greeted && f->established_time)
        out.greeting_delay =
            clock_seconds(s->greeting_time - f->established_time);
    return out;
}

/* summary.c - see summary.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/summary.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail.h"

static void keep(char *out, size_t room, struct span text)
{
    size_t n = span_first(text, room - 1).n;
    if (n)
        memcpy(out, text.p, n);
    out[n] = '\0';
}

const char *const milestone_names[] = {
    "the greeting",    "the answer to STARTTLS", "the TLS handshake",
    "the login",       "the opened mailbox",     "a message that went through",
};

/* The last of its kind; one that comes again moves to the end. */
static void reach(struct summary *s, enum milestone_kind kind, uint64_t frame)
{
    size_t n = 0;
    for (size_t i = 0; i < s->milestone_count; i++) {
        if (s->milestones[i].kind != kind)
            s->milestones[n++] = s->milestones[i];
    }
    s->milestones[n++] = (struct milestone){frame, kind};
    s->milestone_count = n;
}

static void grow_to(uint64_t *most, uint64_t bytes)
{
    *most = bytes > *most ? bytes : *most;
}

static void take_message(struct summary *s, const struct fact_mail_message *m)
{
    bool ok = span_same(m->result, SPAN("ok"));
    s->transfer_begun = true;
    if (span_same(m->result, SPAN("unknown")) ||
        span_same(m->result, SPAN("incomplete"))) {
        s->unknown_messages++;
    } else if (!ok) {
        s->refused_messages++;
        if (span_same(m->direction, SPAN("stored"))) {
            s->stored_refused++;
            grow_to(&s->largest_not_stored, m->bytes);
        }
    } else if (span_same(m->direction, SPAN("sent"))) {
        struct text safe = {0};
        s->sent++;
        text_add_safe(&safe, span_first(m->line, SUMMARY_TEXT - 1));
        keep(s->sent_as, sizeof s->sent_as, text_span(&safe));
        text_free(&safe);
    } else if (span_same(m->direction, SPAN("stored"))) {
        s->stored++;
        grow_to(&s->largest_stored, m->bytes);
    } else {
        s->received++;
        if (!s->first_message[0])
            keep(s->first_message, sizeof s->first_message, m->key);
    }
}

static void take_wrong_protocol(struct summary *s,
                                const struct fact_mail_wrong_protocol *w)
{
    /* TLS hides what it carries, and overwritten contents say nothing. */
    s->another[span_same(w->side, SPAN("server")) ? S2C : C2S] =
        !mail_is_protocol(w->spoken) && !span_same(w->spoken, SPAN("tls")) &&
        !span_same(w->spoken, SPAN("pop3 or smtp")) &&
        !span_same(w->spoken, SPAN("nothing"));
}

static void take_request(struct summary *s, bool known)
{
    s->commands++;
    s->known_commands += known;
}

static void take_mailbox(struct summary *s, const struct fact_imap_mailbox *m)
{
    s->mailbox_opened = true;
    if (!span_is(m->folder, SPAN("INBOX")))
        return;
    s->messages = m->exists;
    s->uidvalidity = m->uidvalidity ? m->uidvalidity : s->uidvalidity;
}

static void take_login(struct summary *s, const struct fact_mail_login *l)
{
    if (span_same(l->result, SPAN("ok")))
        s->logins_ok++;
    else if (span_same(l->result, SPAN("refused")))
        s->logins_refused++;
    if (l->user.n) {
        keep(s->user, sizeof s->user, l->user);
        s->account = l->account;
    }
}

static void take_handshake(struct summary *s,
                           const struct fact_tls_handshake *h)
{
    s->starttls = h->starttls;
    if (span_same(h->result, SPAN("ok"))) {
        s->tls = TLS_OK;
        keep(s->tls_version, sizeof s->tls_version, h->version);
    } else {
        s->tls = TLS_FAILED;
        keep(s->tls_reached, sizeof s->tls_reached, h->reached);
        keep(s->tls_ended, sizeof s->tls_ended, h->ended_how);
        keep(s->tls_ended_by, sizeof s->tls_ended_by, h->ended_by);
    }
}

static void take_hello(struct summary *s, const struct fact_tls_client_hello *h)
{
    if (s->tls != TLS_OK) /* else it only negotiates anew */
        s->tls = TLS_STARTED;
    keep(s->server_name, sizeof s->server_name, h->server_name);
    if (s->tls_hello_seen)
        return;
    s->tls_hello_seen = true;
    s->tls_offered = h->version_number;
    s->tls_hello_bytes = h->bytes;
    s->health_check = h->health_check;
    s->tls_post_quantum = h->post_quantum;
    s->tls_resumption = h->resumption;
}

/* Of what it asks for nothing is known but how long it is. */
static void take_hidden_hello(struct summary *s,
                              const struct fact_tls_client_hello_hidden *h)
{
    if (!s->tls_hello_seen)
        s->tls_hello_bytes = h->bytes;
}

static void take_certificate(struct summary *s,
                             const struct fact_tls_certificate *c)
{
    keep(s->certificate, sizeof s->certificate, c->fingerprint);
    keep(s->certificate_chain, sizeof s->certificate_chain, c->chain);
    keep(s->certificate_subject, sizeof s->certificate_subject, c->subject);
    keep(s->certificate_issuer, sizeof s->certificate_issuer, c->issuer);
    s->certificate_mismatch = c->name_known && !c->name_matches;
}

static void take_smtp_response(struct summary *s,
                               const struct fact_smtp_response *r)
{
    envelopes_reply(&s->envelopes, r);
    if (span_same(r->command, SPAN("RCPT")) && r->code >= 400)
        s->recipients_refused++;
    if (span_same(r->command, SPAN("RCPT")) && r->code < 300)
        s->transfer_begun = true;
}

/* Seconds until who waits for an answer is called impatient; the same as in
 * client.timeout-too-short, which tells of it. */
static const double patience = 4.5;

/* Who leaves since nobody greets says goodbye out of politeness. */
static void take_close(struct summary *s, const struct fact_mail_close *c)
{
    if (span_same(c->by, SPAN("client"))) {
        s->client_goodbye = true;
        s->left_undone |= c->waited >= patience;
        return;
    }
    s->server_goodbye = true;
    keep(s->dismissal, sizeof s->dismissal, c->line);
}

/* A command that waited in vain: not one that may wait (IDLE) or asks for
 * nothing (NOOP), nor a goodbye, nor one that the end of the capture overtook.
 * Who is sent away without an answer says goodbye out of politeness. */
static void take_unanswered(struct summary *s,
                            const struct fact_mail_unanswered *u)
{
    const double soon = 5; /* seconds; servers that work answer before */
    if (span_same(u->command, SPAN("IDLE")) ||
        span_same(u->command, SPAN("LOGOUT")) ||
        span_same(u->command, SPAN("QUIT")) ||
        span_same(u->command, SPAN("NOOP")))
        return;
    if (u->waited < soon && span_same(u->end, SPAN("end-of-capture")))
        return;
    s->stuck = true;
    if (s->server_goodbye || span_same(u->stage, SPAN("login")) ||
        (span_same(u->protocol, SPAN("smtp")) &&
         span_same(u->stage, SPAN("transfer")) &&
         !span_same(u->command, SPAN("RSET"))))
        s->left_undone = true;
}

/* The client does not know of an answer that came so late; one that came while
 * it said goodbye is another matter. */
static void take_late_reply(struct summary *s,
                            const struct fact_mail_late_reply *l)
{
    const double afterwards = 0.5; /* seconds; see there too */
    s->left_undone |= l->waited >= patience && l->late >= afterwards;
}

/* Whoever says QUIT and has all answers but that one has done what was to be
 * done. */
static bool finished(const struct summary *s)
{
    return s->tls_closed || (s->client_goodbye && !s->left_undone);
}

/* An unanswered keep-alive is no work that was left undone. */
static void take_stall(struct summary *s, const struct fact_tcp_stall *t)
{
    s->stuck |= t->bytes > 0 && !t->delivered;
}

/* A message on its way to the client; one it stores is its own affair. */
static void take_literal(struct summary *s, const struct fact_imap_literal *l)
{
    if (span_same(l->by, SPAN("server")))
        s->cut_off = l->announced;
}

/* "220 mx.example.org ESMTP ...": RFC 5321 section 4.2 wants the name. */
static void take_greeting_host(struct summary *s,
                               const struct fact_mail_greeting *g)
{
    struct span host = span_first(g->text, span_find(g->text, ' '));
    if (!span_same(g->protocol, SPAN("smtp")) || host.n >= SUMMARY_TEXT ||
        span_find(host, '.') == host.n)
        return;
    for (size_t i = 0; i < host.n; i++) {
        uint8_t c = host.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.')
            return;
    }
    keep(s->greeting_host, sizeof s->greeting_host, host);
}

static void take_mail(struct summary *s, const struct fact *fact)
{
    switch (fact->kind->number) {
    case FACT_KIND_mail_greeting: {
        const struct fact_mail_greeting *g = fact->values;
        s->greeted = true;
        s->greeting_refused = span_same(g->result, SPAN("refused"));
        s->greeting_time = fact->time;
        take_greeting_host(s, g);
        if (!s->greeting_refused)
            reach(s, MILESTONE_GREETING, fact->frame);
        if (span_same(g->result, SPAN("preauth")))
            s->logins_ok++;
        break;
    }
    case FACT_KIND_mail_login:
        take_login(s, fact->values);
        if (span_same(((const struct fact_mail_login *)fact->values)->result,
                      SPAN("ok")))
            reach(s, MILESTONE_LOGIN, fact->frame);
        break;
    case FACT_KIND_mail_message:
        take_message(s, fact->values);
        if (span_same(((const struct fact_mail_message *)fact->values)->result,
                      SPAN("ok")))
            reach(s, MILESTONE_MESSAGE, fact->frame);
        break;
    case FACT_KIND_mail_close:
        take_close(s, fact->values);
        break;
    case FACT_KIND_mail_unanswered:
        take_unanswered(s, fact->values);
        break;
    case FACT_KIND_mail_late_reply:
        take_late_reply(s, fact->values);
        break;
    case FACT_KIND_imap_literal:
        s->stuck = true;
        take_literal(s, fact->values);
        break;
    case FACT_KIND_pop_transfer:
        s->stuck = true;
        s->cut_off =
            ((const struct fact_pop_transfer *)fact->values)->announced;
        break;
    case FACT_KIND_tcp_stall:
        take_stall(s, fact->values);
        break;
    case FACT_KIND_tcp_refused:
        s->refusal_ttl = ((const struct fact_tcp_refused *)fact->values)->ttl;
        break;
    case FACT_KIND_mail_wrong_protocol:
        take_wrong_protocol(s, fact->values);
        break;
    case FACT_KIND_imap_mailbox:
        take_mailbox(s, fact->values);
        break;
    case FACT_KIND_pop_maildrop:
        s->mailbox_opened = true;
        s->messages =
            ((const struct fact_pop_maildrop *)fact->values)->messages;
        reach(s, MILESTONE_MAILBOX, fact->frame);
        break;
    case FACT_KIND_pop_deletions:
        s->deletions =
            ((const struct fact_pop_deletions *)fact->values)->count;
        break;
    case FACT_KIND_imap_quota: {
        const struct fact_imap_quota *q = fact->values;
        if (q->limit && q->percent > s->quota_percent)
            s->quota_percent = q->percent;
        break;
    }
    case FACT_KIND_imap_request:
        take_request(s,
                     ((const struct fact_imap_request *)fact->values)->known);
        break;
    case FACT_KIND_pop_request:
        take_request(s, ((const struct fact_pop_request *)fact->values)->known);
        break;
    case FACT_KIND_smtp_request:
        take_request(s,
                     ((const struct fact_smtp_request *)fact->values)->known);
        break;
    case FACT_KIND_sieve_request:
        take_request(s,
                     ((const struct fact_sieve_request *)fact->values)->known);
        break;
    case FACT_KIND_smtp_response:
        take_smtp_response(s, fact->values);
        break;
    default:
        break;
    }
}

static void take_tls(struct summary *s, const struct fact *fact)
{
    switch (fact->kind->number) {
    case FACT_KIND_imap_capability:
        if (((const struct fact_imap_capability *)fact->values)->starttls &&
            s->tls == TLS_NONE)
            s->tls = TLS_OFFERED;
        break;
    case FACT_KIND_smtp_capability:
        if (((const struct fact_smtp_capability *)fact->values)->starttls &&
            s->tls == TLS_NONE)
            s->tls = TLS_OFFERED;
        break;
    case FACT_KIND_pop_capability:
        if (((const struct fact_pop_capability *)fact->values)->stls &&
            s->tls == TLS_NONE)
            s->tls = TLS_OFFERED;
        break;
    case FACT_KIND_proxy_header:
        s->proxy_header =
            ((const struct fact_proxy_header *)fact->values)->bytes;
        break;
    case FACT_KIND_starttls:
        if (span_same(((const struct fact_starttls *)fact->values)->result,
                      SPAN("refused")))
            s->tls = TLS_FAILED;
        else if (span_same(((const struct fact_starttls *)fact->values)->result,
                           SPAN("ok")))
            reach(s, MILESTONE_STARTTLS, fact->frame);
        break;
    case FACT_KIND_tls_client_hello:
        take_hello(s, fact->values);
        break;
    case FACT_KIND_tls_client_hello_hidden:
        take_hidden_hello(s, fact->values);
        break;
    case FACT_KIND_tls_certificate:
        take_certificate(s, fact->values);
        break;
    case FACT_KIND_tls_alert: {
        const struct fact_tls_alert *a = fact->values;
        if (a->desc)
            s->tls_alert = a->desc;
        break;
    }
    case FACT_KIND_tls_handshake:
        take_handshake(s, fact->values);
        if (s->tls == TLS_OK)
            reach(s, MILESTONE_TLS, fact->frame);
        break;
    case FACT_KIND_tls_shape: {
        const struct fact_tls_shape *t = fact->values;
        s->encrypted_both = t->client_records > 0 && t->server_records > 0;
        s->encrypted_server = t->server_records > 0;
        s->tls_closed = t->close_notify;
        break;
    }
    default:
        break;
    }
}

void summary_take(void *summary, const struct fact *fact)
{
    take_mail(summary, fact);
    take_tls(summary, fact);
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
    static const char *const names[16] = {
        "none", "mss", "window-scale", "mss window-scale", "sack", "mss sack",
        "window-scale sack", "mss window-scale sack", "timestamps",
        "mss timestamps", "window-scale timestamps",
        "mss window-scale timestamps", "sack timestamps", "mss sack timestamps",
        "window-scale sack timestamps", "mss window-scale sack timestamps"};
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

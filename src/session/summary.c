/* summary.c - listens to the facts of a session; see summary.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/summary.h"

#include <string.h>

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

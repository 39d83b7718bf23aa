/* smtp.c - SMTP, Submission and LMTP (RFC 5321, 6409, 2033): bytes in.
 *
 *   S: 220 mx.example.org ESMTP
 *   C: MAIL FROM:<jane@example.org>      lines ...
 *   S: 250 2.1.0 Ok
 *   C: DATA
 *   S: 354 go ahead
 *   C: ... text ...                      ... content up to a dot ...
 *   C: .
 *   S: 250 2.0.0 Ok: queued as 4XyZ9
 *   C: BDAT 1000 LAST                    ... or by count (RFC 3030)
 *
 * Content begins right after DATA: a client need not, but may, go on before
 * the server said 354.  When it is refused instead, the client is read line by
 * line again.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

/* Cuts a line with its end off *rest, or so much of it as is looked at; then
 * *cut is set and the rest of the line is to be passed over. */
static bool take_line(struct span *rest, struct span *line, bool *cut)
{
    size_t n = span_find(span_first(*rest, SMTP_LINE_MAX), '\n');
    *cut = n == SMTP_LINE_MAX;
    if (n == rest->n && !*cut)
        return false;
    *line = span_first(*rest, *cut ? n : n + 1);
    *rest = span_skip(*rest, line->n);
    return true;
}

/* The rest of a line, with its end; false when that has not come yet. */
static bool pass_rest(struct span *rest)
{
    size_t n = span_find(*rest, '\n');
    bool ended = n < rest->n;
    *rest = span_skip(*rest, n + 1);
    return ended;
}

static uint64_t offset(const struct chunk *in, struct span rest)
{
    return in->offset + (in->bytes.n - rest.n);
}

static bool read_client_line(struct smtp *s, const struct chunk *in,
                             struct span *rest, struct facts *out)
{
    struct span line;
    bool cut;
    if (!take_line(rest, &line, &cut))
        return false;
    facts_at(out, C2S, offset(in, *rest));
    smtp_command(s, line, out);
    if (cut && s->reading == SMTP_READ_LINE)
        s->reading = SMTP_READ_REST;
    if (cut)
        smtp_malformed(s, C2S, SMTP_ODD_LONG, MAIL_HIDDEN, out);
    return true;
}

/* TLS where text was expected has no lines to wait for. */
static bool is_client_hello(struct span bytes)
{
    return bytes.p[0] == 0x16;
}

static void on_client_hello(struct smtp *s, const struct chunk *in,
                            struct span rest, struct facts *out)
{
    facts_at(out, C2S, offset(in, span_skip(rest, 1)));
    s->reading = SMTP_READ_NOTHING;
    TELL(out, mail_wrong_protocol, .side = SPAN("client"),
         .spoken = SPAN("tls"), .other = SPAN("smtp"),
         .line = SPAN("(TLS handshake)"));
}

/* The first bytes of the client: what is no text has no lines to wait for.
 * False: too few to say. */
static bool meet_client(struct smtp *s, const struct chunk *in,
                        struct facts *out)
{
    if (is_client_hello(in->bytes))
        return s->client_met = true;
    struct span spoken = mail_client_speaks(in->bytes);
    if (spoken.n == 0)
        return false;
    if (mail_is_text(in->bytes.p[0]) &&
        (!span_same(spoken, SPAN("other")) || mail_is_line(in->bytes)))
        return s->client_met = true;
    s->client_met = s->guarded = s->wrong_told = true;
    facts_at(out, C2S, in->offset + 1);
    TELL(out, mail_wrong_protocol, .side = SPAN("client"), .spoken = spoken,
         .other = SPAN("smtp"), .line = MAIL_NO_TEXT);
    return true;
}

/* Packets are lost whole and most begin with a line: what comes next may be the
 * rest of a lost command, or the next one.  False while that is not known. */
static bool read_after_loss(struct smtp *s, const struct chunk *in,
                            struct span *rest, struct facts *out)
{
    struct span line;
    bool cut;
    if (!take_line(rest, &line, &cut))
        return false;
    s->reading = cut ? SMTP_READ_REST : SMTP_READ_LINE;
    if (cut || !smtp_command_is_sure(span_trim(line)))
        return true;
    facts_at(out, C2S, offset(in, *rest));
    smtp_command(s, line, out);
    return true;
}

static void feed_client(struct smtp *s, const struct chunk *in,
                        struct span *rest, struct facts *out)
{
    size_t n;
    if (!s->client_met && rest->n && !meet_client(s, in, out))
        return;
    while (rest->n) {
        switch (s->reading) {
        case SMTP_READ_LINE:
            if (is_client_hello(*rest) && smtp_starttls_is_pending(s))
                return; /* it did not wait for the answer */
            if (is_client_hello(*rest))
                on_client_hello(s, in, *rest, out);
            else if (!read_client_line(s, in, rest, out))
                return;
            break;
        case SMTP_READ_REST:
            if (pass_rest(rest))
                s->reading = SMTP_READ_LINE;
            break;
        case SMTP_READ_LOST:
            if (!read_after_loss(s, in, rest, out))
                return;
            break;
        case SMTP_READ_CONTENT:
            if (smtp_content_pass(&s->content, rest)) {
                facts_at(out, C2S, offset(in, *rest));
                smtp_content_end(s, out);
            }
            break;
        case SMTP_READ_CHUNK:
            n = span_first(*rest, s->chunk_left).n;
            *rest = span_skip(*rest, n);
            s->chunk_left -= n;
            if (s->chunk_left == 0) {
                facts_at(out, C2S, offset(in, *rest));
                smtp_chunk_end(s, out);
            }
            break;
        case SMTP_READ_NOTHING:
            *rest = (struct span){NULL, 0};
            break;
        }
    }
}

static void smtp_gap(void *self, enum dir dir, uint64_t lost,
                     struct facts *out);

/* The first bytes of the server: is it SMTP at all?  False: too few to say. */
static bool meet_server(struct smtp *s, const struct chunk *in,
                        struct facts *out)
{
    struct span spoken = mail_server_speaks(in->bytes);
    struct smtp_shown line = {0};
    if (spoken.n == 0)
        return false;
    s->met = true;
    if (span_is(spoken, SPAN("smtp")))
        return true;
    if (mail_begins_late(s->context, S2C, spoken)) {
        smtp_gap(s, S2C, 1, out);
        return true;
    }
    /* An odd line alone may be followed by something better. */
    s->foreign = !span_is(spoken, SPAN("other"));
    struct span rest = in->bytes;
    struct span first = MAIL_NO_TEXT;
    if (mail_is_text(in->bytes.p[0]) && mail_is_line(in->bytes))
        span_take_line(&rest, &first);
    facts_at(out, S2C, in->offset + (in->bytes.n - rest.n));
    smtp_show_masked(&line, span_first(first, 200), out);
    TELL(out, mail_wrong_protocol, .side = SPAN("server"), .spoken = spoken,
         .other = SPAN("smtp"), .line = smtp_shown_span(&line));
    return true;
}

/* FTP greets as SMTP does.  What gives it away are its answers to USER and PASS
 * and to AUTH TLS (RFC 959 section 4.2, RFC 4217 section 4), which SMTP does not
 * have. */
static bool is_ftp_reply(const struct smtp *s)
{
    static const unsigned codes[] = {230, 234, 331, 332};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (s->reply.code == codes[i])
            return true;
    }
    return false;
}

static void turns_out_as_ftp(struct smtp *s, struct facts *out)
{
    struct smtp_shown line;
    smtp_reply_line(s, &line, out);
    s->foreign = true;
    s->reading = SMTP_READ_NOTHING;
    TELL(out, mail_wrong_protocol, .side = SPAN("server"),
         .spoken = SPAN("ftp"), .other = SPAN("smtp"),
         .line = smtp_shown_span(&line));
}

/* After lost bytes: a line that begins like a reply is one.  False while there
 * are too few bytes to say. */
static bool know_line(struct smtp *s, struct span rest)
{
    if (!s->server_lost)
        return true;
    if (rest.n < SMTP_REPLY_BEGINS && span_find(rest, '\n') == rest.n)
        return false;
    s->server_lost = false;
    s->server_rest = !smtp_reply_begins(rest);
    return true;
}

/* Returns true when TLS is next. */
static bool feed_server(struct smtp *s, const struct chunk *in,
                        struct span *rest, struct facts *out)
{
    struct span line;
    bool cut;
    if (!s->met && !meet_server(s, in, out))
        return false;
    while (rest->n) {
        if (s->foreign) {
            *rest = (struct span){NULL, 0};
        } else if (!know_line(s, *rest)) {
            return false;
        } else if (s->server_rest) {
            s->server_rest = !pass_rest(rest);
        } else if (take_line(rest, &line, &cut)) {
            facts_at(out, S2C, offset(in, *rest));
            s->server_rest = cut;
            line = span_trim(line);
            bool complete = smtp_reply_take(s, line, out);
            if (complete && is_ftp_reply(s)) {
                turns_out_as_ftp(s, out);
                continue;
            }
            bool tls = complete && smtp_answer(s, rest->n, out);
            if (complete)
                smtp_reply_reset(s);
            if (tls)
                return true;
        } else {
            return false;
        }
    }
    return false;
}

static struct fed smtp_feed(void *self, const struct chunk *in,
                            struct facts *out)
{
    struct smtp *s = self;
    struct span rest = in->bytes;
    struct fed fed = {0};
    s->client_heard |= in->dir == C2S && in->bytes.n > 0;
    if (in->dir == C2S)
        feed_client(s, in, &rest, out);
    else
        fed.starttls = feed_server(s, in, &rest, out);
    fed.used = in->bytes.n - rest.n;
    return fed;
}

static bool smtp_tells(enum dir dir, struct span beginning)
{
    if (dir == C2S)
        return smtp_command_is_sure(span_trim(beginning));
    return smtp_reply_begins(beginning) && beginning.p[3] == ' ';
}

static void gap_in_client(struct smtp *s, uint64_t lost)
{
    switch (s->reading) {
    case SMTP_READ_CHUNK:
        if (lost < s->chunk_left) {
            s->chunk_left -= lost; /* still in step */
            return;
        }
        break;
    case SMTP_READ_CONTENT:
        s->content.bytes += lost;
        s->content.doubtful = true; /* the end may have been in there */
        s->content.at = IN_LINE;
        return;
    case SMTP_READ_NOTHING:
        return;
    case SMTP_READ_LINE:
    case SMTP_READ_REST:
    case SMTP_READ_LOST:
        break;
    }
    s->reading = SMTP_READ_LOST;
    s->guarded = s->client_doubt = true;
}

static void smtp_gap(void *self, enum dir dir, uint64_t lost, struct facts *out)
{
    struct smtp *s = self;
    (void)out;
    s->missed = true;
    if (dir == C2S) {
        s->client_met = true;
        gap_in_client(s, lost);
        return;
    }
    smtp_reply_reset(s);
    s->met = s->greeted = true; /* or it never will be known */
    s->server_rest = s->server_lost = true;
    s->server_doubt = true;
}

static void smtp_close(void *self, enum end why, struct facts *out)
{
    struct smtp *s = self;
    smtp_unanswered(s, why, out);
    smtp_login_close(s, out);
    smtp_transaction_close(s, why, out);
}

static void *smtp_open(struct arena *mem, const struct flow_context *context)
{
    struct smtp *s = arena_alloc(mem, sizeof *s);
    s->mem = mem;
    s->context = context;
    s->over_tls = context->over_tls;
    s->met = s->greeted = s->guarded = s->client_doubt = context->midstream;
    s->client_met = context->midstream || context->over_tls;
    return s;
}

static int smtp_probe(struct span from_client, struct span from_server)
{
    struct span server = mail_server_speaks(from_server);
    struct span client = mail_client_speaks(from_client);
    bool named = span_search(from_server, SPAN("SMTP")) < from_server.n ||
                 span_search(from_server, SPAN("LMTP")) < from_server.n;
    if (span_is(client, SPAN("smtp")))
        return server.n == 0 || span_is(server, SPAN("smtp")) ? PROBE_SURE
                                                              : PROBE_MAYBE;
    if (!span_is(server, SPAN("smtp")))
        return PROBE_NO;
    return named ? PROBE_SURE : PROBE_LIKELY;
}

const struct dissector smtp_dissector = {
    .name = "smtp",
    .probe = smtp_probe,
    .open = smtp_open,
    .feed = smtp_feed,
    .tells = smtp_tells,
    .gap = smtp_gap,
    .close = smtp_close,
};

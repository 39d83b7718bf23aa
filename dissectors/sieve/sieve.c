/* sieve.c - ManageSieve (RFC 5804): filters and vacation notices, port 4190.
 *
 *   S: "SASL" "PLAIN"
 *   S: OK "ready"
 *   C: PUTSCRIPT "mine" {10+}      a line may announce a literal ...
 *   C: discard;                    ... so many bytes, then the line goes on
 *   C:
 *   S: NO {27}                     so does the server
 *   S: line 1: unknown command.
 *
 * Literals are passed over by count; those that hold a server's words or a
 * login are waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sieve/sieve.h"

static uint64_t offset(const struct chunk *in, struct span rest)
{
    return in->offset + (in->bytes.n - rest.n);
}

/* Passes over what is left of a literal or a line; false: more must come. */
static bool pass(struct sieve_half *half, struct span *rest)
{
    size_t n = span_first(*rest, half->literal).n;
    *rest = span_skip(*rest, n);
    half->literal -= n;
    if (half->literal)
        return false;
    if (!half->rest)
        return true;
    /* What follows a literal may announce the next one. */
    size_t end = span_find(span_first(*rest, SIEVE_LINE_MAX), '\n');
    struct span line = span_first(*rest, end);
    if (end == rest->n && end < SIEVE_LINE_MAX)
        return false;
    *rest = span_skip(*rest, end + (end < SIEVE_LINE_MAX));
    half->rest = end == SIEVE_LINE_MAX ||
                 sieve_announces(span_trim(line), &half->literal);
    return true;
}

enum taken { TAKE_MORE, TAKE_NOTHING, TAKE_LINE };

/* Takes a line, with its literal if that is wanted. */
static enum taken take(struct sieve *s, enum dir dir, struct span *rest,
                       struct span *line, struct span *literal)
{
    struct sieve_half *half = &s->half[dir];
    struct span after = *rest;
    uint64_t n = 0;
    if (half->literal || half->rest)
        return pass(half, rest) ? TAKE_NOTHING : TAKE_MORE;
    if (!span_take_line(&after, line) || line->n > SIEVE_LINE_MAX) {
        if (rest->n <= SIEVE_LINE_MAX)
            return TAKE_MORE;
        half->rest = true; /* too long for any command */
        return TAKE_NOTHING;
    }
    *literal = span_first(after, 0);
    if (sieve_announces(*line, &n)) {
        bool wanted = dir == C2S ? sieve_command_needs_literal(s, *line)
                                 : sieve_response_needs_literal(*line);
        if (wanted && n <= SIEVE_STRING_MAX) {
            if (after.n < n)
                return TAKE_MORE;
            *literal = span_first(after, n);
            after = span_skip(after, n);
            n = 0;
        }
        half->literal = n;
        half->rest = true;
    }
    *rest = after;
    return TAKE_LINE;
}

/* The first bytes of the server: is it ManageSieve?  False: too few to say. */
static bool meet_server(struct sieve *s, const struct chunk *in,
                        struct facts *out)
{
    struct span spoken = mail_server_speaks(in->bytes);
    struct span rest = in->bytes;
    struct span line = MAIL_NO_TEXT;
    if (spoken.n == 0)
        return false;
    s->met = true;
    if (mail_is_text(in->bytes.p[0]) && mail_is_line(in->bytes))
        span_take_line(&rest, &line);
    struct span words = line;
    struct span first = mail_word(&words);
    if (span_is(spoken, SPAN("sieve")) || span_is(first, SPAN("OK")) ||
        span_is(first, SPAN("NO")) || span_is(first, SPAN("BYE")) ||
        (line.n && line.p[0] == '"'))
        return true;
    s->foreign = true;
    facts_at(out, S2C, offset(in, rest));
    TELL(out, mail_wrong_protocol, .side = SPAN("server"), .spoken = spoken,
         .other = SPAN("sieve"), .line = span_first(line, 200));
    return true;
}

/* The first bytes of the client: what is no text has no lines to wait for.
 * False: too few to say. */
static bool meet_client(struct sieve *s, const struct chunk *in,
                        struct facts *out)
{
    struct span spoken = mail_client_speaks(in->bytes);
    if (spoken.n == 0)
        return false;
    s->client_met = true;
    if (mail_is_text(in->bytes.p[0]) && mail_is_line(in->bytes))
        return true;
    s->no_lines = s->wrong_told = true;
    facts_at(out, C2S, in->offset + 1);
    TELL(out, mail_wrong_protocol, .side = SPAN("client"), .spoken = spoken,
         .other = SPAN("sieve"), .line = MAIL_NO_TEXT);
    return true;
}

static struct fed sieve_feed(void *self, const struct chunk *in,
                             struct facts *out)
{
    struct sieve *s = self;
    struct span rest = in->bytes;
    struct span line;
    struct span literal;
    struct fed fed = {0};
    if (in->dir == S2C && !s->met && !meet_server(s, in, out))
        return fed;
    if (in->dir == C2S && !s->client_met && !meet_client(s, in, out))
        return fed;
    if (in->dir == S2C ? s->foreign : s->no_lines)
        rest.n = 0;
    while (rest.n && !fed.starttls) {
        enum taken taken = take(s, in->dir, &rest, &line, &literal);
        if (taken == TAKE_MORE)
            break;
        if (taken == TAKE_NOTHING)
            continue;
        facts_at(out, in->dir, offset(in, rest));
        if (in->dir == C2S)
            sieve_command(s, line, literal, out);
        else
            fed.starttls = sieve_response(s, line, literal, rest.n, out);
    }
    fed.used = in->bytes.n - rest.n;
    return fed;
}

static void sieve_gap(void *self, enum dir dir, uint64_t lost,
                      struct facts *out)
{
    struct sieve *s = self;
    struct sieve_half *half = &s->half[dir];
    (void)out;
    if (lost <= half->literal) {
        half->literal -= lost; /* still in step */
        return;
    }
    *half = (struct sieve_half){.rest = true};
    if (dir == S2C) { /* replies may be lost: better none than the wrong one */
        s->met = s->greeted = true;
        s->pending_n = 0;
    }
}

static void sieve_close(void *self, enum end why, struct facts *out)
{
    sieve_unanswered(self, why, out);
}

static void *sieve_open(struct arena *mem, const struct flow_context *context)
{
    struct sieve *s = arena_alloc(mem, sizeof *s);
    s->context = context;
    s->mem = mem;
    s->over_tls = context->over_tls;
    s->met = s->client_met = s->greeted = context->midstream;
    s->half[C2S].rest = s->half[S2C].rest = context->midstream;
    return s;
}

static int sieve_probe(struct span from_client, struct span from_server)
{
    struct span server = mail_server_speaks(from_server);
    struct span client = mail_client_speaks(from_client);
    if (span_is(server, SPAN("sieve")))
        return PROBE_SURE;
    if (!span_is(client, SPAN("sieve")))
        return PROBE_NO;
    return server.n == 0 ? PROBE_LIKELY : PROBE_MAYBE;
}

const struct dissector sieve_dissector = {
    .name = "sieve",
    .probe = sieve_probe,
    .open = sieve_open,
    .feed = sieve_feed,
    .gap = sieve_gap,
    .close = sieve_close,
};

/* pop3.c - POP3 (RFC 1939, 2449, 2595, 5034): commands, and the replies they
 * met.
 *
 *   S: +OK ready                     greeting, once
 *   C: USER bob
 *   S: +OK
 *   C: RETR 1
 *   S: +OK 120 octets                a first line, then content up to a dot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pop3.h"

/* What is told next has no end yet: the last packet of the chunk shows it. */
static void at_end(const struct chunk *in, struct facts *out)
{
    facts_at(out, in->dir, in->offset + in->bytes.n);
}

static void tell_foreign(struct pop3 *pop, const struct chunk *in,
                         struct span spoken, struct span bytes,
                         struct facts *out)
{
    struct mail_kept line;
    enum dir dir = in->dir;
    mail_first_line(&line, dir, bytes);
    mail_foreign_began(&pop->foreign[dir], dir, spoken);
    at_end(in, out);
    TELL(out, mail_wrong_protocol,
         .side = dir == C2S ? SPAN("client") : SPAN("server"), .spoken = spoken,
         .other = SPAN("pop3"), .line = mail_kept(&line));
}

static void pop3_gap(void *self, enum dir dir, uint64_t lost,
                     struct facts *out);

/* Where a new line begins: is it POP3 at all?  False while that is not yet
 * known, or once it is known that it is not. */
static bool is_ours(struct pop3 *pop, const struct chunk *in, struct span bytes,
                    struct facts *out)
{
    enum dir dir = in->dir;
    bool text = mail_is_text(bytes.p[0]);
    bool judged = dir == C2S ? pop->client_spoke : pop->greeted;
    if (text && judged)
        return true;
    if (dir == S2C && pop->unsure)
        return true; /* it may be anything */
    if (dir == C2S && !text && pop3_pending_what(pop, POP3_STLS))
        return false; /* TLS already, or so it seems: wait for the answer */
    struct span spoken =
        dir == C2S ? mail_client_speaks(bytes) : mail_server_speaks(bytes);
    if (spoken.n == 0)
        return false;
    pop->client_spoke |= dir == C2S;
    if (span_same(spoken, SPAN("pop3")) ||
        (dir == C2S && span_same(spoken, SPAN("other")) && mail_is_line(bytes)))
        return true;
    if (!judged && mail_begins_late(pop->context, dir, spoken)) {
        pop3_gap(pop, dir, 1, out);
        return true;
    }
    tell_foreign(pop, in, spoken, bytes, out);
    return false;
}

/* Packets are lost whole and most begin with a line: what comes after lost bytes
 * is a reply or a command if it looks like one.  False while its end is to come,
 * which tells them from a line that is cut off. */
static bool know_line(struct pop3 *pop, enum dir dir, struct span rest)
{
    size_t end = span_find(rest, '\n');
    struct span line = span_first(rest, end);
    if (!pop->lost[dir])
        return true;
    if (end == rest.n && end <= POP3_LINE_MAX)
        return false;
    pop->lost[dir] = false;
    pop->skip[dir] =
        dir == S2C ? !span_starts(line, SPAN("+OK")) &&
                         !span_starts(line, SPAN("-ERR"))
                   : !pop3_is_command(span_trim(line));
    return true;
}

/* Passes over what is left of a lost line; false while its end is to come. */
static bool skip_line(struct pop3 *pop, enum dir dir, struct span *rest)
{
    if (!know_line(pop, dir, *rest))
        return false;
    if (pop->skip[dir]) {
        size_t n = span_find(*rest, '\n');
        pop->skip[dir] = n == rest->n;
        *rest = span_skip(*rest, n + 1);
    }
    return rest->n > 0;
}

/* Cuts a line off; of one that is too long the beginning. */
static bool take_line(struct pop3 *pop, enum dir dir, struct span *rest,
                      struct span *line, bool *bare)
{
    size_t n = span_find(*rest, '\n');
    if (n > POP3_LINE_MAX) {
        *line = span_first(*rest, POP3_LINE_MAX);
        *rest = span_skip(*rest, POP3_LINE_MAX);
        pop->skip[dir] = true;
        return true;
    }
    *bare = n == 0 || rest->p[n - 1] != '\r';
    return span_take_line(rest, line);
}

static bool take_content(struct pop3 *pop, const struct chunk *in,
                         struct span *rest, struct facts *out)
{
    enum pop3_took took = pop3_content_take(pop, rest);
    facts_at(out, S2C, in->offset + (in->bytes.n - rest->n));
    if (took == POP3_TOOK_END)
        pop3_content_end(pop, out);
    if (took == POP3_TOOK_LOST)
        pop3_content_lost(pop, out);
    return took != POP3_TOOK_NOTHING;
}

/* What follows is encrypted: the session begins anew inside (RFC 2595 section
 * 4), but without a greeting. */
static void enter_tls(struct pop3 *pop)
{
    pop->over_tls = true;
    pop->pending_n = 0;
    pop->offers_stls = false;
    pop->login.sasl = false;
    pop->skip[C2S] = pop->skip[S2C] = false;
    pop->lost[C2S] = pop->lost[S2C] = false;
}

static bool take_one(struct pop3 *pop, const struct chunk *in,
                     struct span *rest, struct fed *fed, struct facts *out)
{
    struct span line;
    bool bare = false;
    if (pop->foreign[in->dir].on)
        return mail_foreign_passes(&pop->foreign[in->dir], SPAN("pop3"), rest);
    if (in->dir == S2C && pop->content.on)
        return take_content(pop, in, rest, out);
    if (!skip_line(pop, in->dir, rest) || !is_ours(pop, in, *rest, out) ||
        !take_line(pop, in->dir, rest, &line, &bare)) {
        at_end(in, out);
        return pop->foreign[in->dir].on;
    }
    facts_at(out, in->dir, in->offset + (in->bytes.n - rest->n));
    if (in->dir == C2S) {
        pop3_client_line(pop, line, out);
        return true;
    }
    fed->starttls = pop3_server_line(pop, line, bare, *rest, out);
    if (fed->starttls)
        enter_tls(pop);
    return !fed->starttls;
}

static struct fed pop3_feed(void *self, const struct chunk *in,
                            struct facts *out)
{
    struct pop3 *pop = self;
    struct span rest = in->bytes;
    struct fed fed = {0};
    pop->client_heard |= in->dir == C2S && in->bytes.n > 0;
    if (pop->client_heard)
        pop3_early_settle(pop, out);
    while (rest.n && take_one(pop, in, &rest, &fed, out))
        continue;
    fed.used = pop->foreign[in->dir].deaf ? in->bytes.n : in->bytes.n - rest.n;
    return fed;
}

static bool pop3_tells(enum dir dir, struct span beginning)
{
    if (dir == C2S)
        return span_find(beginning, ' ') < beginning.n &&
               pop3_is_command(beginning);
    return span_starts(beginning, SPAN("+OK ")) ||
           span_starts(beginning, SPAN("-ERR "));
}

/* Replies are matched by counting, so when bytes are missing it is not known
 * any more whose reply comes next: nothing is matched to the commands of
 * before. */
static void pop3_gap(void *self, enum dir dir, uint64_t lost, struct facts *out)
{
    struct pop3 *pop = self;
    (void)out;
    if (dir == S2C && pop->content.on) {
        pop3_content_gap(pop, lost);
        return;
    }
    if (dir == S2C)
        pop->held.n = 0; /* more came behind it */
    pop->skip[dir] = pop->lost[dir] = true;
    pop->unsure = true;
    pop->pending_n = 0;
    pop->login.sasl = false;
    if (dir == C2S)
        pop->client_spoke = pop->client_missed = true;
    else
        pop->greeted = true; /* if it was lost there is none to expect */
}

static int pop3_probe(struct span from_client, struct span from_server)
{
    struct span server = mail_server_speaks(from_server);
    struct span client = mail_client_speaks(from_client);
    if (span_same(server, SPAN("pop3")))
        return PROBE_SURE;
    /* FTP clients say USER and PASS too. */
    bool foreign = mail_is_protocol(server) || span_same(server, SPAN("ftp"));
    return !foreign && span_same(client, SPAN("pop3")) ? PROBE_LIKELY
                                                       : PROBE_NO;
}

static void *pop3_open(struct arena *mem, const struct flow_context *context)
{
    struct pop3 *pop = arena_alloc(mem, sizeof *pop);
    pop->mem = mem;
    pop->context = context;
    pop->over_tls = context->over_tls;
    pop->greeted = pop->client_spoke = pop->unsure = context->midstream;
    return pop;
}

const struct dissector pop3_dissector = {
    .name = "pop3",
    .probe = pop3_probe,
    .open = pop3_open,
    .feed = pop3_feed,
    .tells = pop3_tells,
    .gap = pop3_gap,
    .close = pop3_end,
};

/* imap.c - IMAP4 (RFC 9051, 3501): commands, and the replies they met.
 *
 *   S: * OK ready                    greeting, once
 *   C: a1 LOGIN bob {4+}             tag, command; {n} announces a literal,
 *   C: 1234                          n bytes after which the line goes on
 *   S: a1 NO [AUTHENTICATIONFAILED] no
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "imap.h"

static void tell_foreign(struct imap *im, enum dir dir, struct span spoken,
                         struct span bytes, struct facts *out)
{
    struct mail_kept line;
    mail_first_line(&line, dir, bytes);
    mail_foreign_began(&im->foreign[dir], dir, spoken);
    TELL(out, mail_wrong_protocol,
         .side = dir == C2S ? SPAN("client") : SPAN("server"), .spoken = spoken,
         .other = SPAN("imap"), .line = mail_kept(&line));
}

/* How POP3 and SMTP take their leave; IMAP has a tag in front, and LOGOUT. */
static bool is_bare_quit(struct span bytes)
{
    struct span line;
    return span_take_line(&bytes, &line) && span_is(line, SPAN("QUIT"));
}

static void imap_gap(void *self, enum dir dir, uint64_t lost,
                     struct facts *out);

/* Where a new line begins: is it IMAP at all?  False while that is not yet
 * known, or once it is known that it is not. */
static bool is_ours(struct imap *im, enum dir dir, struct span bytes,
                    struct facts *out)
{
    bool text = mail_is_text(bytes.p[0]);
    bool judged = dir == C2S ? im->client_spoke : im->greeted;
    if (text && judged)
        return true;
    if (im->lines[dir].unsure)
        return true; /* lines that are none are passed over there */
    if (dir == C2S && !text && imap_pending_what(im, IMAP_STARTTLS))
        return false; /* TLS already, or so it seems: wait for the answer */
    struct span spoken =
        dir == C2S ? mail_client_speaks(bytes) : mail_server_speaks(bytes);
    if (spoken.n == 0)
        return false;
    im->client_spoke |= dir == C2S;
    if (dir == C2S && is_bare_quit(bytes))
        spoken = SPAN("pop3 or smtp");
    if (span_same(spoken, SPAN("imap")) ||
        (span_same(spoken, SPAN("other")) && mail_is_line(bytes) &&
         (dir == C2S || bytes.p[0] == '*')))
        return true;
    if (!judged && mail_begins_late(im->context, dir, spoken)) {
        imap_gap(im, dir, 1, out);
        return true;
    }
    tell_foreign(im, dir, spoken, bytes, out);
    return false;
}

static void on_part(struct imap *im, enum dir dir, struct span line,
                    struct facts *out)
{
    if (dir == C2S) {
        imap_client_line(im, line, false, out);
    } else if (imap_is_body(line)) {
        im->body = true;
        im->body_bytes = im->lines[S2C].announced;
    }
}

/* What follows is encrypted: the session begins anew inside (RFC 9051 section
 * 6.2.1), but without a greeting. */
static void enter_tls(struct imap *im)
{
    im->over_tls = true;
    im->pending_n = 0;
    im->offers_starttls = false;
    im->login.sasl = im->in_command = false;
    imap_lines_drop(&im->lines[C2S]);
    imap_lines_drop(&im->lines[S2C]);
}

static void enter_deflate(struct imap *im, struct facts *out)
{
    im->deflate = true;
    TELL(out, flow_capped,
         .what = SPAN("the session is compressed from here on "
                      "(COMPRESS=DEFLATE), so its text can not be read"));
}

/* A literal was longer or shorter than announced, so nobody knows where lines
 * begin.  Only lines that can hardly be anything else count from here on, and
 * nothing of it is shown: it may be of a message. */
static void wrong_length(struct imap *im, enum dir dir, struct facts *out)
{
    im->lines[dir].unsure = true;
    im->body &= dir == C2S;
    TELL(out, imap_malformed,
         .side = dir == C2S ? SPAN("client") : SPAN("server"),
         .why = SPAN("text follows a literal where none may stand"));
}

static bool take_one(struct imap *im, const struct chunk *in, struct span *rest,
                     struct fed *fed, struct facts *out)
{
    struct imap_lines *lines = &im->lines[in->dir];
    struct span line;
    facts_at(out, in->dir, in->offset + in->bytes.n);
    if (im->foreign[in->dir].on)
        return mail_foreign_passes(&im->foreign[in->dir], SPAN("imap"), rest);
    if (!imap_lines_skip(lines, rest))
        return false;
    if (imap_lines_fresh(lines) && !is_ours(im, in->dir, *rest, out))
        return im->foreign[in->dir].on;
    enum imap_took took = imap_lines_take(lines, rest, &line);
    if (took == IMAP_TOOK_NOTHING)
        return false;
    facts_at(out, in->dir, in->offset + (in->bytes.n - rest->n));
    if (lines->misfit)
        wrong_length(im, in->dir, out);
    if (took == IMAP_TOOK_PART) {
        on_part(im, in->dir, line, out);
        return true;
    }
    if (in->dir == C2S) {
        imap_client_line(im, line, true, out);
        return true;
    }
    enum imap_then then = imap_server_line(im, line, *rest, out);
    if (then == IMAP_TLS_NEXT)
        enter_tls(im);
    if (then == IMAP_DEFLATE_NEXT)
        enter_deflate(im, out);
    fed->starttls = then == IMAP_TLS_NEXT;
    fed->done = then == IMAP_DEFLATE_NEXT;
    return then == IMAP_GO_ON;
}

static struct fed imap_feed(void *self, const struct chunk *in,
                            struct facts *out)
{
    struct imap *im = self;
    struct span rest = in->bytes;
    struct fed fed = {0};
    im->client_heard |= in->dir == C2S && in->bytes.n > 0;
    im->server_heard |= in->dir == S2C && in->bytes.n > 0;
    while (take_one(im, in, &rest, &fed, out))
        continue;
    fed.used = im->foreign[in->dir].deaf ? in->bytes.n : in->bytes.n - rest.n;
    return fed;
}

static bool imap_tells(enum dir dir, struct span beginning)
{
    struct span tag = mail_word(&beginning);
    if (dir == C2S)
        return tag.n > 0 && imap_verb_find(imap_verb_cut(&beginning)) &&
               beginning.n > 0;
    struct span word = mail_word(&beginning);
    bool opened = span_same(tag, SPAN("*")) && span_same(word, SPAN("FLAGS"));
    return (imap_is_status(word) || opened) && beginning.n > 0;
}

static void imap_gap(void *self, enum dir dir, uint64_t lost, struct facts *out)
{
    struct imap *im = self;
    (void)out;
    imap_lines_gap(&im->lines[dir], lost);
    if (dir == C2S) {
        im->client_spoke = im->client_missed = true;
        im->in_command &= im->lines[C2S].more;
    } else {
        im->body &= im->lines[S2C].more;
        im->held.n = 0; /* more came behind it */
        im->idle.invited |= im->idle.on; /* the "+" may be what was lost */
        if (im->server_heard && im->greeted)
            im->login.answer_lost |= imap_pending_what(im, IMAP_LOGIN) ||
                                     imap_pending_what(im, IMAP_AUTHENTICATE);
        im->greeted = true; /* if it was lost there is none to expect */
    }
}

/* From the middle of a session, where nobody introduces himself. */
static bool looks_like_imap(struct span from_client, struct span from_server)
{
    uint64_t number;
    struct span tag = mail_word(&from_client);
    if (mail_has_digit(tag) && imap_verb_find(imap_verb_cut(&from_client)))
        return true;
    struct span first = mail_word(&from_server);
    struct span second = mail_word(&from_server);
    if (span_same(first, SPAN("*")))
        return span_uint(second, &number) || span_same(second, SPAN("FLAGS"));
    return mail_has_digit(first) && mail_is_word(first) &&
           (span_same(second, SPAN("OK")) || span_same(second, SPAN("NO")) ||
            span_same(second, SPAN("BAD")));
}

static int imap_probe(struct span from_client, struct span from_server)
{
    struct span server = mail_server_speaks(from_server);
    struct span client = mail_client_speaks(from_client);
    if (span_same(server, SPAN("imap")))
        return PROBE_SURE;
    if (mail_is_protocol(server))
        return PROBE_NO;
    if (span_same(client, SPAN("imap")))
        return PROBE_LIKELY;
    return !mail_is_protocol(client) &&
                   looks_like_imap(from_client, from_server)
               ? PROBE_LIKELY
               : PROBE_NO;
}

static void *imap_open(struct arena *mem, const struct flow_context *context)
{
    struct imap *im = arena_alloc(mem, sizeof *im);
    im->mem = mem;
    im->context = context;
    im->over_tls = context->over_tls;
    im->greeted = im->client_spoke = context->midstream;
    for (int dir = C2S; dir <= S2C; dir++) {
        im->lines[dir].dir = (enum dir)dir;
        im->lines[dir].unsure = context->midstream;
    }
    return im;
}

const struct dissector imap_dissector = {
    .name = "imap",
    .probe = imap_probe,
    .open = imap_open,
    .feed = imap_feed,
    .tells = imap_tells,
    .gap = imap_gap,
    .close = imap_end,
};

/* command.c - a line of the client: which command, and what it says.
 *
 *   EHLO client.example.net
 *   MAIL FROM:<jane@example.org> SIZE=1000
 *   AUTH PLAIN AGphbmUAc2VjcmV0
 *
 * Words that no SMTP has are told as such, but hardly shown: they may be a
 * password typed too late, or the text of a message whose DATA was refused.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

#include <string.h>

#include "base/hash.h"

/* A command of some extension, XYZZY or xyzzy.  Not every word: base64, which
 * may be a password, mixes cases and has digits. */
static bool looks_like_verb(struct span word)
{
    for (size_t i = 0; i < word.n; i++) {
        bool upper = word.p[i] >= 'A' && word.p[i] <= 'Z';
        bool lower = word.p[i] >= 'a' && word.p[i] <= 'z';
        bool first_upper = word.p[0] >= 'A' && word.p[0] <= 'Z';
        if (!(upper || lower) || upper != first_upper)
            return false;
    }
    return word.n >= 3 && word.n <= 12;
}

/* What is told of one command, gathered by the functions below. */
struct told {
    const struct smtp_verb *verb;
    struct smtp_shown line;
    struct mail_kept command;
    struct span domain;
    uint64_t size;
    bool routed;
};

static void read_path(struct told *t, struct smtp_pending *p,
                      struct span arguments, struct facts *out)
{
    struct smtp_path path = smtp_path_parse(arguments);
    smtp_show_path(&t->line, &path, out);
    t->domain = span_first(path.domain, sizeof p->domain);
    t->routed = t->verb->id == SMTP_RCPT && path.routed;
    span_uint(smtp_parameter(path.parameters, SPAN("SIZE")), &t->size);
    p->size = t->size;
    p->address = hash_bytes(path.address, 0);
    p->domain_n = t->domain.n;
    if (t->domain.n)
        memcpy(p->domain, t->domain.p, t->domain.n);
}

static void read_bdat(struct smtp *s, struct smtp_pending *p,
                      struct span arguments)
{
    struct span size = smtp_word(&arguments);
    bool last = span_is(arguments, SPAN("LAST"));
    if (!span_uint(size, &p->bytes) || (arguments.n && !last))
        return; /* the server will say so */
    if (last)
        p->verb = &smtp_bdat_last;
    s->chunk_left = p->bytes;
    if (s->chunk_left)
        s->reading = SMTP_READ_CHUNK;
}

void smtp_chunk_end(struct smtp *s, const struct facts *out)
{
    s->reading = SMTP_READ_LINE;
    if (s->pending_n) /* the reply is due from now on */
        smtp_pending_at(s, s->pending_n - 1)->time = facts_time(out);
}

static void read_arguments(struct smtp *s, struct told *t,
                           struct smtp_pending *p, struct span arguments,
                           struct facts *out)
{
    struct span all = arguments;
    if (arguments.n)
        smtp_show(&t->line, SPAN(" "));
    switch ((int)t->verb->id) {
    case SMTP_HELO:
        t->domain = smtp_word(&arguments);
        smtp_show(&t->line, all);
        break;
    case SMTP_MAIL:
    case SMTP_RCPT:
        read_path(t, p, arguments, out);
        break;
    case SMTP_AUTH:
        smtp_login_begin(s, arguments, out);
        smtp_show(&t->line, mail_kept(&s->auth.mechanism));
        smtp_word(&arguments);
        if (arguments.n)
            smtp_show(&t->line, SPAN(" ********"));
        break;
    case SMTP_LOOKUP:
        smtp_show(&t->line, facts_user(out, arguments));
        break;
    case SMTP_HIDDEN:
        if (arguments.n)
            smtp_show(&t->line, MAIL_HIDDEN);
        break;
    case SMTP_BDAT:
        read_bdat(s, p, arguments);
        smtp_show(&t->line, all);
        break;
    case SMTP_XEXCH50:
        span_uint(smtp_word(&arguments), &p->bytes);
        smtp_show(&t->line, all);
        break;
    default:
        smtp_show(&t->line, all);
        break;
    }
}

static void tell_request(struct smtp *s, const struct told *t,
                         struct facts *out)
{
    bool login = t->verb->id == SMTP_AUTH;
    TELL(out, smtp_request, .command = mail_kept(&t->command),
         .line = smtp_shown_span(&t->line), .domain = t->domain,
         .size = t->size, .routed = t->routed,
         .mechanism = login ? mail_kept(&s->auth.mechanism) : SPAN(""),
         .over_tls = s->over_tls,
         .before_greeting = !s->greeted && !s->context->synack_missed,
         .known = t->verb != &smtp_verb_other);
}

/* The server may answer it or not, see pending.c. */
static void junk(struct smtp *s, struct facts *out)
{
    struct smtp_pending *p = NULL;
    if (s->pending_n)
        p = smtp_pending_at(s, s->pending_n - 1);
    if (!p || p->verb->id != SMTP_JUNK)
        p = smtp_pending_add(s, &smtp_junk, out);
    p->lines++;
}

/* The client speaks another protocol; nothing but SMTP is looked at then. */
static bool is_foreign(struct smtp *s, struct span raw, struct facts *out)
{
    struct span spoken = mail_client_speaks(raw);
    struct span words = span_trim(raw);
    struct smtp_shown line = {0};
    if (spoken.n == 0 || span_is(spoken, SPAN("other")))
        return false;
    s->guarded = true;
    if (s->wrong_told)
        return true;
    s->wrong_told = true;
    /* Method and path, or tag and command; what follows may be secret, and so
     * is what stands behind USER, PASS, or the ? of a path. */
    smtp_show(&line, span_first(smtp_word(&words), 80));
    if (span_is(spoken, SPAN("http")) || span_is(spoken, SPAN("imap"))) {
        struct span second = span_first(smtp_word(&words), 80);
        smtp_show(&line, SPAN(" "));
        smtp_show(&line, span_first(second, span_find(second, '?')));
    }
    smtp_show(&line, words.n ? SPAN(" ...") : SPAN(""));
    TELL(out, mail_wrong_protocol, .side = SPAN("client"), .spoken = spoken,
         .other = SPAN("smtp"), .line = smtp_shown_span(&line));
    return true;
}

/* A line while only sure commands are taken for commands. */
static bool pass_guarded(struct smtp *s, struct span line, struct facts *out)
{
    if (!s->guarded || smtp_command_is_sure(line)) {
        s->guarded = s->text_lost = false;
        return false;
    }
    junk(s, out);
    if (s->text_lost && span_same(line, SPAN("."))) {
        s->text_lost = false;
        smtp_transaction_lost_text(s, out);
    }
    return true;
}

static void on_command(struct smtp *s, const struct smtp_verb *verb,
                       struct span word, struct span arguments, bool lenient,
                       struct facts *out)
{
    struct told t = {.verb = verb};
    bool shown = verb != &smtp_verb_other || looks_like_verb(word);
    mail_keep_upper(&t.command, shown ? word : verb->name);
    smtp_show(&t.line, shown ? word : MAIL_HIDDEN);
    if (!shown)
        mail_secret(&s->secrets, s->mem, word);
    struct smtp_pending *p = smtp_pending_add(s, verb, out);
    read_arguments(s, &t, p, arguments, out);
    tell_request(s, &t, out);
    if (verb->id == SMTP_DATA)
        smtp_content_begin(s, lenient);
    if (verb->id == SMTP_HELO)
        s->lmtp = span_is(word, SPAN("LHLO"));
    if (verb->id == SMTP_QUIT) {
        s->quit_time = s->quit_time ? s->quit_time : facts_time(out);
        mail_client_leaves(s->context, !s->greeted && s->pending_n == 1,
                           smtp_shown_span(&t.line), out);
    } else {
        s->quit_time = 0; /* who goes on has not left */
    }
}

void smtp_command(struct smtp *s, struct span raw, struct facts *out)
{
    bool ended = raw.n && raw.p[raw.n - 1] == '\n';
    bool lenient = ended && (raw.n < 2 || raw.p[raw.n - 2] != '\r');
    struct span line = span_first(raw, raw.n - ended - (ended && !lenient));
    if (s->auth.open && smtp_login_line(s, line, out))
        return;
    if (pass_guarded(s, line, out))
        return;
    struct span arguments = line;
    struct span word = smtp_word(&arguments);
    const struct smtp_verb *verb = smtp_verb_find(word);
    if (span_find(line, '\0') < line.n)
        smtp_malformed(s, C2S, SMTP_ODD_NUL, MAIL_HIDDEN, out);
    if (word.n == 0 || span_find(line, '\0') < line.n ||
        (verb == &smtp_verb_other && is_foreign(s, raw, out))) {
        junk(s, out);
        return;
    }
    if (lenient)
        smtp_malformed(s, C2S, SMTP_ODD_BARE,
                       verb == &smtp_verb_other ? MAIL_HIDDEN : word, out);
    /* Replies are missing, and this command would have waited for them. */
    while (s->server_doubt && s->pending_n)
        smtp_pending_lose(s, out);
    s->server_doubt = false;
    on_command(s, verb, word, arguments, lenient, out);
}

/* rows_mail.c - greetings, offers, logins, commands and messages.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "diff/rows.h"

static bool is_ident(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == '@' || byte == '<';
}

/* Words of a server that hold digits or addresses are times, ids and the like:
 * they differ every time. */
static void said(struct rows_maker *maker, struct row *row, struct span text,
                 enum weight weight)
{
    struct text kept = {0};
    while (text.n) {
        struct span word = span_cut(&text, ' ');
        bool ident = false;
        for (size_t i = 0; i < word.n; i++)
            ident |= is_ident(word.p[i]);
        if (kept.n)
            text_adds(&kept, " ");
        text_add(&kept, ident ? SPAN("#") : word);
    }
    row_aspect(maker, row, "words", text_span(&kept), weight);
    text_free(&kept);
}

static void greeting(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_mail_greeting *g = fact->values;
    struct row *row = row_add(maker, "greeting", fact);
    bool refused = is(g->result, "refused");
    row->bad = refused;
    row->seconds = maker->rows.session && maker->rows.session->greeted
                       ? maker->rows.session->greeting_delay
                       : -1;
    row_aspect(maker, row, "result", g->result, WEIGHT_MATTERS);
    row_aspect(maker, row, "code", refused ? g->code : SPAN(""),
               WEIGHT_MATTERS);
    said(maker, row, g->text, WEIGHT_LESSER);
    row_show(maker, row, "%s", row_text(maker, g->line));
}

/* What a server offers before TLS, within it, and after the login differs by
 * intention. */
static struct row *offer(struct rows_maker *maker, const struct fact *fact,
                         struct span list, bool over_tls, bool logged_in)
{
    struct row *row = row_add(maker,
                              logged_in  ? "offer to user"
                              : over_tls ? "offer in tls"
                                         : "offer",
                              fact);
    row_aspect(maker, row, "offered", list, WEIGHT_WORDS);
    row_show(maker, row, "%s", row_text(maker, list));
    return row;
}

/* STARTTLS is not offered twice, so that it is missing within TLS is right. */
static void offers_tls(struct rows_maker *maker, struct row *row, bool offered,
                       bool over_tls)
{
    if (!over_tls)
        row_yes(maker, row, "STARTTLS", offered, WEIGHT_VIRTUE);
}

static void imap_offer(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_imap_capability *c = fact->values;
    struct row *row = offer(maker, fact, c->list, c->over_tls, c->logged_in);
    if (c->logged_in)
        return;
    offers_tls(maker, row, c->starttls, c->over_tls);
    row_yes(maker, row, "LOGINDISABLED", c->logindisabled, WEIGHT_FLAW);
    row_aspect(maker, row, "mechanisms", c->mechanisms, WEIGHT_NEEDED);
}

static void pop_offer(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_pop_capability *c = fact->values;
    struct row *row = offer(maker, fact, c->list, c->over_tls, false);
    offers_tls(maker, row, c->stls, c->over_tls);
    row_yes(maker, row, "USER", c->user, WEIGHT_LESSER);
    row_aspect(maker, row, "mechanisms", c->mechanisms, WEIGHT_WORDS);
}

static void smtp_offer(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_smtp_capability *c = fact->values;
    struct row *row = offer(maker, fact, c->list, c->over_tls, false);
    offers_tls(maker, row, c->starttls, c->over_tls);
    row_yes(maker, row, "blotted out", c->masked, WEIGHT_FLAW);
    row_aspect(maker, row, "mechanisms", c->mechanisms, WEIGHT_NEEDED);
}

static void sieve_offer(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_sieve_capability *c = fact->values;
    struct row *row = offer(maker, fact, c->list, c->over_tls, false);
    offers_tls(maker, row, c->starttls, c->over_tls);
    row_aspect(maker, row, "mechanisms", c->mechanisms, WEIGHT_NEEDED);
}

/* "A002 NO no" without the tag. */
static const char *untagged(struct rows_maker *maker, struct span tag,
                            struct span line)
{
    if (tag.n && span_starts(line, tag))
        line = span_trim(span_skip(line, tag.n));
    return row_text(maker, line);
}

static void login(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_mail_login *l = fact->values;
    struct row *row = row_add(maker, "login", fact);
    bool refused = is(l->result, "refused");
    struct span tag = {NULL, 0}, rest = l->line;
    char reply[24] = "";
    if (is(l->protocol, "imap"))
        tag = span_cut(&rest, ' ');
    if (refused && l->reply)
        snprintf(reply, sizeof reply, "%" PRIu64, l->reply);
    row->bad = !is(l->result, "ok");
    row->seconds = l->latency;
    row_aspect(maker, row, "result", l->result, WEIGHT_MATTERS);
    row_aspect(maker, row, "code", refused ? l->code : SPAN(""),
               WEIGHT_MATTERS);
    row_aspect(maker, row, "reply", span_of(reply), WEIGHT_MATTERS);
    row_aspect(maker, row, "command", l->command, WEIGHT_LESSER);
    row_aspect(maker, row, "mechanism", l->mechanism, WEIGHT_LESSER);
    row_aspect(maker, row, "user", l->user, WEIGHT_LESSER);
    row_yes(maker, row, "user is a whole address", l->user_has_at,
            WEIGHT_LESSER);
    row_yes(maker, row, "within TLS", l->over_tls, WEIGHT_LESSER);
    if (refused)
        said(maker, row, l->text, WEIGHT_LESSER);
    row_show(maker, row, "%s", untagged(maker, tag, l->line));
}

static bool logs_in(struct span command)
{
    static const char *const logins[] = {"LOGIN", "AUTHENTICATE", "AUTH",
                                         "PASS", "APOP", "X-EXPS"};
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++)
        if (is(command, logins[i]))
            return true;
    return false;
}

/* Commands of which other rows tell: some as long as they are not refused. */
static bool told_elsewhere(struct span command, bool ok)
{
    static const char *const others[] = {
        "CAPABILITY", "CAPA",     "EHLO",      "NOOP", "FETCH",
        "UID FETCH",  "DATA-END", "BDAT-LAST", "RETR", "IDLE"};
    if (logs_in(command) || is(command, "STARTTLS") || is(command, "STLS") ||
        is(command, "X-ANONYMOUSTLS"))
        return true;
    for (size_t i = 0; ok && i < sizeof others / sizeof *others; i++)
        if (is(command, others[i]))
            return true;
    return false;
}

struct reply {
    struct span command, status, code, line, text;
    bool ok;
    double latency;
};

static struct row *replied(struct rows_maker *maker, const struct fact *fact,
                           const struct reply *r)
{
    if (r->command.n == 0 || told_elsewhere(r->command, r->ok))
        return NULL;
    struct row *row = row_add(maker, row_text(maker, r->command), fact);
    row->bad = !r->ok;
    row->seconds = r->latency;
    row_aspect(maker, row, "answer", r->status, WEIGHT_MATTERS);
    row_aspect(maker, row, "code", r->ok ? SPAN("") : r->code, WEIGHT_MATTERS);
    if (!r->ok)
        said(maker, row, r->text, WEIGHT_LESSER);
    row_show(maker, row, "%s", row_text(maker, r->line));
    return row;
}

static void imap_reply(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_imap_response *r = fact->values;
    const struct reply reply = {
        .command = r->command,
        .status = r->status,
        .code = r->code,
        .line = r->line,
        .text = r->text,
        .ok = is(r->status, "OK"),
        .latency = r->latency,
    };
    struct row *row = replied(maker, fact, &reply);
    if (!row)
        return;
    row_aspect(maker, row, "folder", r->folder, WEIGHT_LESSER);
    row_show(maker, row, "%s%s%s", row_text(maker, r->folder),
             r->folder.n ? ": " : "", untagged(maker, r->tag, r->line));
}

static void pop_reply(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_pop_response *r = fact->values;
    const struct reply reply = {
        .command = r->command,
        .status = r->indicator,
        .code = r->code,
        .line = r->line,
        .text = r->text,
        .ok = is(r->indicator, "+OK"),
        .latency = r->latency,
    };
    replied(maker, fact, &reply);
}

/* 250 and 251 are both a yes, and so are 354 and 334. */
static void smtp_reply(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_smtp_response *r = fact->values;
    char code[48];
    struct span enhanced = r->enhanced;
    snprintf(code, sizeof code, "%" PRIu64 " %.*s", r->code,
             (int)span_first(enhanced, 12).n, (const char *)enhanced.p);
    const struct reply reply = {
        .command = r->command,
        .status = r->code < 400   ? SPAN("yes")
                  : r->code < 500 ? SPAN("not now")
                                  : SPAN("no"),
        .code = span_trim(span_of(code)),
        .line = r->line,
        .text = r->text,
        .ok = r->code < 400,
        .latency = r->latency,
    };
    struct row *row = replied(maker, fact, &reply);
    if (row && !reply.ok)
        row_aspect(maker, row, "domain", r->domain, WEIGHT_LESSER);
}

static void sieve_reply(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_sieve_response *r = fact->values;
    const struct reply reply = {
        .command = r->command,
        .status = r->status,
        .code = r->code,
        .line = r->line,
        .text = r->text,
        .ok = is(r->status, "OK"),
        .latency = r->latency,
    };
    replied(maker, fact, &reply);
}

/* Beside what the command would have been had it been answered. */
static void unanswered(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_mail_unanswered *u = fact->values;
    const char *key =
        logs_in(u->command) ? "login" : row_text(maker, u->command);
    struct row *row = row_add(maker, key, fact);
    row->bad = true;
    row->seconds = u->waited;
    row_aspect(maker, row, strcmp(key, "login") ? "answer" : "result",
               SPAN("none"), WEIGHT_MATTERS);
    row_show(maker, row, "%s: no answer in %.1f s (%s)",
             row_text(maker, u->command), u->waited, row_text(maker, u->end));
}

static void message(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_mail_message *m = fact->values;
    struct row *row = row_add(
        maker,
        arena_printf(maker->mem, "mail %s", row_text(maker, m->direction)),
        fact);
    bool ok = is(m->result, "ok");
    row->bad = !ok && !is(m->result, "unknown");
    row_aspect(maker, row, "result", m->result,
               is(m->result, "unknown") ? WEIGHT_LESSER : WEIGHT_MATTERS);
    if (!ok)
        said(maker, row, m->line, WEIGHT_LESSER);
}

static void spoken_to(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_imap_untagged *u = fact->values;
    if (!is(u->status, "BYE") || u->after_logout)
        return;
    struct row *row = row_add(maker, "bye", fact);
    row->bad = true;
    row_aspect(maker, row, "code", u->code, WEIGHT_MATTERS);
    said(maker, row, u->text, WEIGHT_LESSER);
    row_show(maker, row, "%s", row_text(maker, u->line));
}

static void cut_off(struct rows_maker *maker, const struct fact *fact)
{
    row_add(maker, "cut off", fact)->bad = true;
}

static void wrong_protocol(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_mail_wrong_protocol *w = fact->values;
    struct row *row = row_add(maker, "wrong protocol", fact);
    row->bad = true;
    row_aspect(maker, row, "side", w->side, WEIGHT_MATTERS);
    row_aspect(maker, row, "spoken", w->spoken, WEIGHT_MATTERS);
}

static void challenge(struct rows_maker *maker, const struct fact *fact)
{
    row_add(maker, "token", fact)->bad = true;
}

/* "bare LF from the client: ..."; most servers take it, so alone it is little. */
static void odd(struct rows_maker *maker, const struct fact *fact,
                struct span side, struct span why, struct span line)
{
    struct row *row = row_add(maker, "malformed", fact);
    row->bad = !is(why, "bare LF");
    row_aspect(maker, row, "what", why, WEIGHT_LESSER);
    row_show(maker, row, "%s from the %s: %s", row_text(maker, why),
             row_text(maker, side), row_text(maker, line));
}

static void imap_odd(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_imap_malformed *m = fact->values;
    odd(maker, fact, m->side, m->why, m->line);
}

static void pop_odd(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_pop_malformed *m = fact->values;
    odd(maker, fact, m->side, m->why, m->line);
}

static void smtp_odd(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_smtp_malformed *m = fact->values;
    odd(maker, fact, m->side, m->why, m->line);
}

/* clang-format off */
const struct rows_teller rows_of_mail[] = {
    {FACT_KIND_mail_greeting,       greeting},
    {FACT_KIND_imap_capability,     imap_offer},
    {FACT_KIND_pop_capability,      pop_offer},
    {FACT_KIND_smtp_capability,     smtp_offer},
    {FACT_KIND_sieve_capability,    sieve_offer},
    {FACT_KIND_imap_response,       imap_reply},
    {FACT_KIND_pop_response,        pop_reply},
    {FACT_KIND_smtp_response,       smtp_reply},
    {FACT_KIND_sieve_response,      sieve_reply},
    {FACT_KIND_mail_login,          login},
    {FACT_KIND_mail_unanswered,     unanswered},
    {FACT_KIND_mail_message,        message},
    {FACT_KIND_imap_untagged,       spoken_to},
    {FACT_KIND_imap_literal,        cut_off},
    {FACT_KIND_pop_transfer,        cut_off},
    {FACT_KIND_mail_wrong_protocol, wrong_protocol},
    {FACT_KIND_imap_sasl_challenge, challenge},
    {FACT_KIND_pop_sasl_challenge,  challenge},
    {FACT_KIND_smtp_sasl_challenge, challenge},
    {FACT_KIND_imap_malformed,      imap_odd},
    {FACT_KIND_pop_malformed,       pop_odd},
    {FACT_KIND_smtp_malformed,      smtp_odd},
    {0, NULL},
};
/* clang-format on */

/* reply.c - a line of the server, and the command it answers.
 *
 *   S: * OK [CAPABILITY IMAP4rev1] ready      the greeting, once
 *   S: * 12 EXISTS                            untagged: data, or a status
 *   S: + idling                               go on: a literal, SASL, IDLE
 *   S: a1 NO [AUTHENTICATIONFAILED] no        tagged: the end of a command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"
#include "imap.h"

/* "OK [CODE arguments] text", after the tag. */
static struct imap_reply read_status(struct span tag, struct span status,
                                     struct span rest, struct span line)
{
    struct mail_code code = mail_code(rest);
    struct imap_reply reply = {.tag = tag,
                               .status = status,
                               .text = code.rest,
                               .argument = code.argument,
                               .line = line};
    mail_keep_upper(&reply.code, code.code);
    return reply;
}

static bool has_code(const struct imap_reply *reply, struct span code)
{
    return span_same(mail_kept(&reply->code), code);
}

/* Statuses in capitals, whatever the server sent. */
static struct span status_of(struct span word)
{
    static const struct span all[] = {SPAN_INIT("OK"), SPAN_INIT("NO"),
                                      SPAN_INIT("BAD"), SPAN_INIT("BYE"),
                                      SPAN_INIT("PREAUTH")};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (span_is(word, all[i]))
            return all[i];
    }
    return (struct span){NULL, 0};
}

static void bye(struct imap *im, struct span line, struct facts *out)
{
    if (!im->logout)
        TELL(out, mail_close, .by = SPAN("server"), .line = line);
    if (im->idle.on && im->idle.invited)
        imap_idle_tell(im, SPAN("bye"), out);
}

static void greeting(struct imap *im, const struct imap_reply *reply,
                     struct facts *out)
{
    bool refused = span_same(reply->status, SPAN("BYE"));
    bool preauth = span_same(reply->status, SPAN("PREAUTH"));
    im->greeted = true;
    im->logged_in = preauth;
    TELL(out, imap_greeting, .status = reply->status,
         .code = mail_kept(&reply->code), .text = reply->text,
         .line = reply->line);
    TELL(out, mail_greeting, .protocol = SPAN("imap"),
         .result = refused   ? SPAN("refused")
                   : preauth ? SPAN("preauth")
                             : SPAN("ok"),
         .code = mail_kept(&reply->code), .text = reply->text,
         .line = reply->line);
    if (has_code(reply, SPAN("CAPABILITY")))
        imap_capability(im, reply->argument, out);
    if (refused)
        bye(im, reply->line, out);
}

/* An OK that only describes the mailbox being opened: there are many, and they
 * say nothing of trouble. */
static bool is_description(const struct imap_reply *reply)
{
    static const struct span codes[] = {
        SPAN_INIT("UIDVALIDITY"),   SPAN_INIT("UIDNEXT"),
        SPAN_INIT("UNSEEN"),        SPAN_INIT("PERMANENTFLAGS"),
        SPAN_INIT("HIGHESTMODSEQ"), SPAN_INIT("MAILBOXID"),
        SPAN_INIT("NOMODSEQ"),      SPAN_INIT("CLOSED"),
        SPAN_INIT("COPYUID"),       SPAN_INIT("APPENDUID"),
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (has_code(reply, codes[i]))
            return span_same(reply->status, SPAN("OK"));
    }
    return false;
}

static void untagged_status(struct imap *im, const struct imap_reply *reply,
                            struct facts *out)
{
    imap_box_code(im, reply);
    if (has_code(reply, SPAN("CAPABILITY")))
        imap_capability(im, reply->argument, out);
    if (is_description(reply))
        return;
    TELL(out, imap_untagged, .status = reply->status,
         .code = mail_kept(&reply->code), .argument = reply->argument,
         .text = reply->text, .line = reply->line,
         .during = im->pending_n ? mail_kept(&im->pending[0].name) : SPAN(""),
         .logged_in = im->logged_in, .after_logout = im->logout);
    if (span_same(reply->status, SPAN("BYE")))
        bye(im, reply->line, out);
}

/* All of a message was fetched.  Of the line only "* 1 FETCH" is shown: what
 * follows is of the message. */
static void fetched(struct imap *im, struct span line, struct facts *out)
{
    struct span end = line;
    struct imap_fetched fetched = imap_fetched_read(line);
    struct text key = {0};
    for (int words = 0; words < 3; words++)
        mail_word(&end);
    if (fetched.uid) {
        text_add(&key, mail_kept(&im->box.folder));
        text_addf(&key, " %llu %llu", (unsigned long long)im->box.validity,
                  (unsigned long long)fetched.uid);
    }
    TELL(out, mail_message, .protocol = SPAN("imap"),
         .direction = SPAN("received"), .result = SPAN("ok"),
         .bytes = im->body_bytes, .announced = fetched.size,
         .key = text_span(&key), .what = SPAN("a message was fetched"),
         .line = span_trim(span_first(line, line.n - end.n)));
    text_free(&key);
    im->body = false;
}

static void untagged(struct imap *im, struct span rest, struct span line,
                     struct facts *out)
{
    struct span data = rest;
    struct span status = status_of(mail_word(&rest));
    /* Some tell what is new without saying "+" first: they do wait. */
    im->idle.invited |= im->idle.on && im->pending_n == 1 && !status.n;
    if (status.n) {
        line = mail_without_secrets(im->secrets, line, out);
        rest = line;
        mail_word(&rest);
        mail_word(&rest);
        struct imap_reply reply = read_status(SPAN("*"), status, rest, line);
        reply.text = mail_without_users(im->secrets, reply.text, out);
        /* Who was asked to say BYE has greeted before. */
        im->greeted |= span_same(status, SPAN("BYE")) &&
                       imap_pending_what(im, IMAP_LOGOUT);
        im->greeted |= mail_greeting_missed(im->context, im->pending_n);
        if (im->greeted)
            untagged_status(im, &reply, out);
        else
            greeting(im, &reply, out);
        return;
    }
    if (imap_login_is_unproved(im) && imap_is_of_account(data))
        imap_login_is_past(im, true, out);
    if (!imap_data(im, data, out)) {
        struct imap_reply reply = {.text = data, .line = line};
        untagged_status(im, &reply, out);
    } else if (im->body) {
        fetched(im, line, out);
    }
}

/* "+ text": who waits for it? */
static void continuation(struct imap *im, struct span text, struct facts *out)
{
    struct imap_pending *last =
        im->pending_n ? &im->pending[im->pending_n - 1] : NULL;
    if (last && last->waits)
        last->waits = false;
    else if (im->login.sasl)
        imap_login_challenge(im, text, out);
    else if (im->idle.on)
        im->idle.invited = true;
}

static void starttls_answered(struct imap *im, const struct imap_reply *reply,
                              struct span after, struct facts *out)
{
    bool ok = span_same(reply->status, SPAN("OK"));
    bool tls = after.n && (after.p[0] == 0x15 || after.p[0] == 0x16);
    TELL(out, starttls, .protocol = SPAN("imap"), .command = SPAN("STARTTLS"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .offered = im->offers_starttls, .text = reply->text,
         .line = reply->line, .extra_bytes = ok && !tls ? after.n : 0);
}

static void append_answered(const struct imap_pending *p,
                            const struct imap_reply *reply, struct facts *out)
{
    bool ok = span_same(reply->status, SPAN("OK"));
    struct text what = {0};
    text_adds(&what, ok ? "a message was stored in " : "storing a message in ");
    text_add(&what, mail_kept(&p->folder));
    if (!ok) {
        text_adds(&what, " was refused: ");
        text_add(&what, reply->line);
    }
    TELL(out, mail_message, .protocol = SPAN("imap"),
         .direction = SPAN("stored"),
         .result = ok ? SPAN("ok") : SPAN("refused"), .bytes = p->bytes,
         .what = text_span(&what), .line = reply->line);
    text_free(&what);
}

/* What the end of a command means beyond itself. */
static enum imap_then answered(struct imap *im, const struct imap_pending *p,
                               const struct imap_reply *reply,
                               struct span after, struct facts *out)
{
    bool ok = span_same(reply->status, SPAN("OK"));
    bool read_only = has_code(reply, SPAN("READ-ONLY"));
    if (ok && !p->verb->any_state && imap_login_is_unproved(im))
        imap_logged_in_unseen(im, true, reply->line, out);
    switch (p->verb->what) {
    case IMAP_LOGIN:
    case IMAP_AUTHENTICATE:
        imap_login_answered(im, p, reply, out);
        break;
    case IMAP_STARTTLS:
        starttls_answered(im, reply, after, out);
        return ok ? IMAP_TLS_NEXT : IMAP_GO_ON;
    case IMAP_SELECT:
        if (ok)
            imap_box_opened(im, p, read_only, out);
        break;
    case IMAP_APPEND:
        append_answered(p, reply, out);
        break;
    case IMAP_IDLE:
        if (im->idle.on && ok)
            imap_idle_tell(im, SPAN("done"), out);
        else if (im->idle.on && im->idle.invited)
            imap_idle_tell(im, SPAN("broken"), out);
        im->idle.on = false;
        break;
    case IMAP_COMPRESS:
        return ok ? IMAP_DEFLATE_NEXT : IMAP_GO_ON;
    case IMAP_FETCH:
    case IMAP_ID:
    case IMAP_LOGOUT:
    case IMAP_OTHER:
    case IMAP_UNKNOWN:
        break;
    }
    return IMAP_GO_ON;
}

/* Answers that only a login gets (RFC 5530 section 3, and texts). */
static bool refuses_login(const struct imap_reply *reply)
{
    static const struct span codes[] = {
        SPAN_INIT("AUTHENTICATIONFAILED"), SPAN_INIT("AUTHORIZATIONFAILED"),
        SPAN_INIT("EXPIRED"), SPAN_INIT("PRIVACYREQUIRED")};
    static const struct span texts[] = {
        SPAN_INIT("LOGIN failed"), SPAN_INIT("AUTHENTICATE failed"),
        SPAN_INIT("Maximum number of connections from user")};
    if (!span_same(reply->status, SPAN("NO")))
        return false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (has_code(reply, codes[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (span_starts(reply->text, texts[i]))
            return true;
    }
    return false;
}

/* The command that this OK answers; empty if it was no login. */
static struct span accepts_login(const struct imap_reply *reply)
{
    static const struct {
        struct span says, command;
    } texts[] = {
        {SPAN_INIT("AUTHENTICATE completed"), SPAN_INIT("AUTHENTICATE")},
        {SPAN_INIT("LOGIN completed"),        SPAN_INIT("LOGIN")       },
        {SPAN_INIT("Logged in"),              SPAN_INIT("LOGIN")       },
        {SPAN_INIT("User logged in"),         SPAN_INIT("LOGIN")       },
        {SPAN_INIT("LOGIN Ok"),               SPAN_INIT("LOGIN")       },
    };
    bool ok = span_same(reply->status, SPAN("OK"));
    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++) {
        if (span_starts(reply->text, texts[i].says))
            return texts[i].command;
    }
    return SPAN("");
}

/* The command was not captured: the server's own words say what it was. */
static void login_unasked(struct imap *im, const struct imap_reply *reply,
                          struct facts *out)
{
    struct span command = accepts_login(reply);
    bool ok = command.n > 0;
    if ((im->client_heard && !im->client_missed) || im->logged_in ||
        (!ok && !refuses_login(reply)))
        return;
    im->logged_in = ok;
    TELL(out, mail_login, .protocol = SPAN("imap"),
         .command = ok ? command : SPAN("LOGIN"),
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .code = mail_kept(&reply->code), .text = reply->text,
         .line = reply->line, .over_tls = im->over_tls,
         .attempt = ++im->login.attempts);
}

/* Servers take the first word of a line that is no command for its tag.  It may
 * be a password, so a tag that was not recognised as one is not shown, but for
 * the word that begins a balancer's header (PROXY protocol, section 2.1). */
static bool is_private(const struct imap *im, struct span tag)
{
    return im->client_heard && !span_is(tag, SPAN("PROXY"));
}

static void tell_reply(struct imap *im, const struct imap_pending *p,
                       const struct imap_reply *reply, struct facts *out)
{
    static const struct imap_pending none;
    double latency = p ? mail_since(out, p->time) : 0;
    bool hide = !p && is_private(im, reply->tag);
    struct span line = reply->line;
    if (hide)
        mail_word(&line);
    p = p ? p : &none;
    struct span text = mail_without_name(&im->secrets, im->mem, reply->text,
                                         mail_kept(&p->folder));
    TELL(out, imap_response, .tag = hide ? MAIL_HIDDEN : reply->tag,
         .command = mail_kept(&p->name), .folder = mail_kept(&p->folder),
         .status = reply->status, .code = mail_kept(&reply->code),
         .argument = reply->argument, .text = text, .line = line,
         .latency = latency, .over_tls = im->over_tls,
         .logged_in = im->logged_in);
}

/* A server may answer before a command's literal was sent, and the client then
 * does not send it (RFC 9051 section 4.3). */
static void cut_short(struct imap *im, struct imap_pending *p,
                      struct facts *out)
{
    struct imap_lines *lines = &im->lines[C2S];
    imap_request_tell_part(im, p, out);
    if (!p->complete && lines->more && lines->waits &&
        lines->literal == lines->announced) {
        imap_lines_drop(lines);
        im->in_command = false;
    }
}

static enum imap_then tagged(struct imap *im, const struct imap_reply *reply,
                             struct span after, struct facts *out)
{
    struct imap_pending *p = imap_pending_find(im, reply->tag);
    enum imap_then then = IMAP_GO_ON;
    if (p)
        cut_short(im, p, out);
    tell_reply(im, p, reply, out);
    if (p)
        then = answered(im, p, reply, after, out);
    else
        login_unasked(im, reply, out);
    if (has_code(reply, SPAN("CAPABILITY")))
        imap_capability(im, reply->argument, out);
    if (p)
        imap_pending_drop(im, p);
    return then;
}

/* What a line is while it may be part of a message. */
enum guess {
    GUESS_CONTENT, /* it looks like nothing else */
    GUESS_STATUS,  /* or a reply, to a command that was not captured */
    GUESS_DATA,
    GUESS_REPLY, /* hardly anything else */
};

static enum guess guess_untagged(struct span line)
{
    uint64_t number;
    struct span word = mail_word(&line);
    struct span status = status_of(word);
    if (status.n)
        return span_same(word, status) ? GUESS_STATUS : GUESS_CONTENT;
    if (span_uint(word, &number))
        return span_is(mail_word(&line), SPAN("FETCH")) &&
                       span_starts(line, SPAN("("))
                   ? GUESS_REPLY
                   : GUESS_DATA;
    return span_same(word, SPAN("FLAGS")) || span_same(word, SPAN("CAPABILITY"))
               ? GUESS_DATA
               : GUESS_CONTENT;
}

static enum guess guess(struct imap *im, struct span line)
{
    struct span tag = mail_word(&line);
    if (span_same(tag, SPAN("*")))
        return guess_untagged(line);
    if (imap_pending_find(im, tag))
        return GUESS_REPLY;
    struct span word = mail_word(&line);
    struct span status = status_of(word);
    return status.n && span_same(word, status) && mail_is_word(tag) &&
                   mail_has_digit(tag)
               ? GUESS_STATUS
               : GUESS_CONTENT;
}

static enum imap_then tagged_line(struct imap *im, struct span line,
                                  struct span after, struct facts *out)
{
    struct span rest = line;
    mail_word(&rest);
    struct span status = status_of(mail_word(&rest));
    if (status.n) {
        line = mail_without_secrets(im->secrets, line, out);
        rest = line;
        struct span tag = mail_word(&rest);
        mail_word(&rest); /* the status, known already */
        struct imap_reply reply = read_status(tag, status, rest, line);
        reply.text = mail_without_users(im->secrets, reply.text, out);
        return tagged(im, &reply, after, out);
    }
    TELL(out, imap_malformed, .side = SPAN("server"),
         .why = SPAN("neither untagged data nor a reply"), .line = line);
    return IMAP_GO_ON;
}

static enum imap_then server_line(struct imap *im, struct span line,
                                  struct span after, struct facts *out)
{
    struct span rest = line;
    struct span first = mail_word(&rest);
    if (span_same(first, SPAN("*")))
        untagged(im, rest, line, out);
    else if (span_same(first, SPAN("+")))
        continuation(im, rest, out);
    else
        return tagged_line(im, line, after, out);
    return IMAP_GO_ON;
}

static void take_held(struct imap *im, struct mail_held *held,
                      struct facts *out)
{
    struct stamp now;
    struct span line = mail_held_take(held, out, &now);
    server_line(im, line, SPAN(""), out);
    facts_swap_stamp(out, now);
}

void imap_held_settle(struct imap *im, struct facts *out)
{
    if (im->held.n == 0)
        return;
    im->lines[S2C].unsure = false;
    take_held(im, &im->held, out);
}

/* Where the client was not captured, it may have said LOGOUT: then BYE comes
 * first and the command's OK behind it (RFC 9051 section 6.1.3). */
static bool may_answer_logout(const struct imap *im, struct span line)
{
    struct span tag = mail_word(&line);
    return (!im->client_heard || im->client_missed) && im->greeted &&
           !im->logout && span_same(tag, SPAN("*")) &&
           span_is(mail_word(&line), SPAN("BYE"));
}

void imap_bye_settle(struct imap *im, struct span line, struct facts *out)
{
    struct span tag = mail_word(&line);
    if (im->bye.n == 0)
        return;
    im->logout |= mail_is_word(tag) && span_is(mail_word(&line), SPAN("OK"));
    take_held(im, &im->bye, out);
}

/* False while the line may be part of a message. */
static bool is_sure(struct imap *im, struct span line, struct facts *out)
{
    if (im->held.followed)
        imap_held_settle(im, out);
    if (!im->lines[S2C].unsure)
        return true;
    enum guess what = guess(im, line);
    switch (what) {
    case GUESS_CONTENT:
        im->held.n = 0;
        return false;
    case GUESS_STATUS:
        mail_hold(&im->held, im->mem, line, out);
        return false;
    case GUESS_DATA:
    case GUESS_REPLY:
        break;
    }
    imap_held_settle(im, out);
    if (what == GUESS_REPLY)
        im->lines[S2C].unsure = false;
    return true;
}

enum imap_then imap_server_line(struct imap *im, struct span line,
                                struct span after, struct facts *out)
{
    if (!is_sure(im, line, out) || line.n == 0)
        return IMAP_GO_ON;
    imap_bye_settle(im, line, out);
    if (may_answer_logout(im, line)) {
        mail_hold(&im->bye, im->mem, line, out);
        return IMAP_GO_ON;
    }
    return server_line(im, line, after, out);
}

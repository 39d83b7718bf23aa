/* lines.c - see lines.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "redact/lines.h"

#include <string.h>

/* What a command's arguments are. */
enum arguments {
    HARMLESS, /* but for mail addresses */
    PRIVATE,
    NAME,      /* of a user */
    NAME_THEN, /* ... and a secret, or its digest */
    MECHANISM, /* of SASL, and perhaps the first answer */
    PATH,      /* <local@domain>, and parameters */
    QUOTED,    /* what stands in quotes is private: search words */
    MESSAGE,   /* POP3: harmless, but the answer is a message */
    DATA,
    SIZE, /* BDAT: so many bytes of content follow */
    REQUEST,
};

/* clang-format off */
static const struct verb {
    struct span name;
    enum arguments arguments;
} verbs[] = {
    {SPAN_INIT("LOGIN"), NAME_THEN},
    {SPAN_INIT("USER"), NAME},
    {SPAN_INIT("PASS"), PRIVATE},
    {SPAN_INIT("APOP"), NAME_THEN},
    {SPAN_INIT("AUTH"), MECHANISM},
    {SPAN_INIT("X-EXPS"), MECHANISM},
    {SPAN_INIT("AUTHENTICATE"), MECHANISM},
    {SPAN_INIT("MAIL"), PATH},
    {SPAN_INIT("RCPT"), PATH},
    {SPAN_INIT("VRFY"), PRIVATE},
    {SPAN_INIT("EXPN"), PRIVATE},
    {SPAN_INIT("DATA"), DATA},
    {SPAN_INIT("BDAT"), SIZE},
    {SPAN_INIT("RETR"), MESSAGE},
    {SPAN_INIT("TOP"), MESSAGE},
    {SPAN_INIT("SEARCH"), QUOTED},
    {SPAN_INIT("UID"), QUOTED},
    {SPAN_INIT("SORT"), QUOTED},
    {SPAN_INIT("THREAD"), QUOTED},
    {SPAN_INIT("GET"), REQUEST},
    {SPAN_INIT("HEAD"), REQUEST},
    {SPAN_INIT("POST"), REQUEST},
    {SPAN_INIT("CONNECT"), REQUEST},
    {SPAN_INIT("EHLO"), HARMLESS},
    {SPAN_INIT("HELO"), HARMLESS},
    {SPAN_INIT("LHLO"), HARMLESS},
    {SPAN_INIT("STARTTLS"), HARMLESS},
    {SPAN_INIT("X-ANONYMOUSTLS"), HARMLESS},
    {SPAN_INIT("STLS"), HARMLESS},
    {SPAN_INIT("RSET"), HARMLESS},
    {SPAN_INIT("NOOP"), HARMLESS},
    {SPAN_INIT("QUIT"), HARMLESS},
    {SPAN_INIT("HELP"), HARMLESS},
    {SPAN_INIT("ETRN"), HARMLESS},
    {SPAN_INIT("XCLIENT"), PRIVATE},
    {SPAN_INIT("CAPA"), HARMLESS},
    {SPAN_INIT("STAT"), HARMLESS},
    {SPAN_INIT("LIST"), HARMLESS},
    {SPAN_INIT("UIDL"), HARMLESS},
    {SPAN_INIT("DELE"), HARMLESS},
    {SPAN_INIT("LAST"), HARMLESS},
    {SPAN_INIT("UTF8"), HARMLESS},
    {SPAN_INIT("LANG"), HARMLESS},
    {SPAN_INIT("CAPABILITY"), HARMLESS},
    {SPAN_INIT("LOGOUT"), HARMLESS},
    {SPAN_INIT("ID"), HARMLESS},
    {SPAN_INIT("ENABLE"), HARMLESS},
    {SPAN_INIT("SELECT"), HARMLESS},
    {SPAN_INIT("EXAMINE"), HARMLESS},
    {SPAN_INIT("CREATE"), HARMLESS},
    {SPAN_INIT("DELETE"), HARMLESS},
    {SPAN_INIT("RENAME"), HARMLESS},
    {SPAN_INIT("SUBSCRIBE"), HARMLESS},
    {SPAN_INIT("UNSUBSCRIBE"), HARMLESS},
    {SPAN_INIT("LSUB"), HARMLESS},
    {SPAN_INIT("XLIST"), HARMLESS},
    {SPAN_INIT("NAMESPACE"), HARMLESS},
    {SPAN_INIT("STATUS"), HARMLESS},
    {SPAN_INIT("APPEND"), HARMLESS},
    {SPAN_INIT("IDLE"), HARMLESS},
    {SPAN_INIT("DONE"), HARMLESS},
    {SPAN_INIT("CHECK"), HARMLESS},
    {SPAN_INIT("CLOSE"), HARMLESS},
    {SPAN_INIT("UNSELECT"), HARMLESS},
    {SPAN_INIT("EXPUNGE"), HARMLESS},
    {SPAN_INIT("FETCH"), HARMLESS},
    {SPAN_INIT("STORE"), HARMLESS},
    {SPAN_INIT("COPY"), HARMLESS},
    {SPAN_INIT("MOVE"), HARMLESS},
    {SPAN_INIT("COMPRESS"), HARMLESS},
    {SPAN_INIT("GETQUOTA"), HARMLESS},
    {SPAN_INIT("GETQUOTAROOT"), HARMLESS},
    {SPAN_INIT("NOTIFY"), HARMLESS},
    {SPAN_INIT("HAVESPACE"), HARMLESS},
    {SPAN_INIT("PUTSCRIPT"), HARMLESS},
    {SPAN_INIT("LISTSCRIPTS"), HARMLESS},
    {SPAN_INIT("SETACTIVE"), HARMLESS},
    {SPAN_INIT("GETSCRIPT"), HARMLESS},
    {SPAN_INIT("DELETESCRIPT"), HARMLESS},
    {SPAN_INIT("CHECKSCRIPT"), HARMLESS},
};
/* clang-format on */

static const struct verb *verb_of(struct span word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (span_is(verbs[i].name, word))
            return &verbs[i];
    return NULL;
}

static uint8_t *writable(struct span s)
{
    return (uint8_t *)(uintptr_t)s.p; /* of the line, which is ours */
}

static void fill(struct span s)
{
    if (s.n)
        memset(writable(s), 'x', s.n);
}

/* "{12}" or "{12+}" (RFC 7888) at the end of a line: how long it is, and how
 * many bytes follow. */
static size_t literal_announced(struct span line, uint64_t *bytes)
{
    size_t at = line.n;
    *bytes = 0;
    if (line.n < 3 || line.p[line.n - 1] != '}')
        return 0;
    while (at > 0 && line.p[at - 1] != '{')
        at--;
    if (at == 0)
        return 0;
    struct span number = {line.p + at, line.n - at - 1};
    if (number.n && (number.p[number.n - 1] == '+' ||
                     number.p[number.n - 1] == '-'))
        number.n--;
    return span_uint(number, bytes) ? line.n - at + 1 : 0;
}

/* Cuts one argument off: a word, or what stands in quotes, without them. */
static struct span argument(struct span *rest)
{
    while (rest->n && rest->p[0] == ' ')
        *rest = span_skip(*rest, 1);
    if (rest->n == 0 || rest->p[0] != '"')
        return span_cut(rest, ' ');
    *rest = span_skip(*rest, 1);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '"')
        n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
    if (n >= rest->n) /* never closed: a word, so that a secret is not a name */
        return span_cut(rest, ' ');
    struct span inside = span_first(*rest, n);
    *rest = span_skip(*rest, n + 1);
    return inside;
}

/* What stands in quotes; an unclosed one reaches to the end. */
static void hide_quoted(struct span rest)
{
    while (rest.n) {
        span_cut(&rest, '"');
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '"')
            n += rest.p[n] == '\\' && n + 1 < rest.n ? 2 : 1;
        fill(span_first(rest, n));
        rest = span_skip(rest, n + 1);
    }
}

/* ---- the client ---- */

static void hide_name_of(struct talk *t, struct span name)
{
    uint64_t bytes;
    if (name.n && !literal_announced(name, &bytes))
        hide_name(&t->hider, writable(name), name.n);
}

/* All the rest, but an announced literal. */
static void hide_secret_rest(struct talk *t, struct span rest)
{
    uint64_t bytes;
    size_t literal = literal_announced(rest, &bytes);
    rest.n -= literal;
    while (rest.n && rest.p[0] == ' ')
        rest = span_skip(rest, 1);
    while (literal && rest.n && rest.p[rest.n - 1] == ' ')
        rest.n--;
    if (rest.n > 1 && rest.p[0] == '"' && rest.p[rest.n - 1] == '"')
        rest = (struct span){rest.p + 1, rest.n - 2};
    if (rest.n)
        hide_secret(&t->hider, writable(rest), rest.n);
}

static void sasl_answer(struct talk *t, struct span answer)
{
    hide_sasl(&t->hider, writable(answer), answer.n, t->sasl_name);
    t->sasl_name = false;
}

static void hide_mechanism(struct talk *t, struct span rest)
{
    struct span mechanism = argument(&rest);
    struct span first = argument(&rest);
    uint64_t bytes;
    t->sasl = mechanism.n > 0;
    t->sasl_name = span_is(mechanism, SPAN("LOGIN"));
    if (first.n && !literal_announced(first, &bytes))
        sasl_answer(t, first);
    fill(rest);
}

/* MAIL FROM:<bob@example.org> SIZE=1 AUTH=bob@example.org; a local part without
 * a domain too. */
static void hide_path(struct talk *t, struct span rest)
{
    struct span after = rest;
    span_cut(&after, '<');
    struct span path = span_first(after, span_find(after, '>'));
    if (span_find(path, '@') == path.n && path.n)
        hide_name(&t->hider, writable(path), path.n);
    hide_addresses(&t->hider, writable(rest), rest.n);
}

/* GET /what?who HTTP/1.1: what is asked for is private. */
static void hide_request(struct talk *t, struct span rest)
{
    span_cut(&rest, '/');
    fill(span_first(rest, span_find(rest, ' ')));
    t->http = true;
}

static struct follows size_follows(struct span rest)
{
    struct follows f = {.chunk = true};
    if (!span_uint(argument(&rest), &f.literal))
        f.literal = 0;
    return f;
}

static void ask(struct talk *t, bool message)
{
    if (t->asked_count == ASKED_MAX)
        return;
    t->asked[(t->asked_first + t->asked_count++) % ASKED_MAX] = message;
}

static struct follows command(struct talk *t, const struct verb *verb,
                              struct span rest)
{
    struct follows f = {0};
    ask(t, verb->arguments == MESSAGE);
    t->sasl = false;
    literal_announced(rest, &f.literal);
    switch (verb->arguments) {
    case PRIVATE:
        hide_secret_rest(t, rest);
        break;
    case NAME:
        hide_name_of(t, span_trim(rest));
        break;
    case NAME_THEN:
        hide_name_of(t, argument(&rest));
        hide_secret_rest(t, rest);
        break;
    case MECHANISM:
        hide_mechanism(t, rest);
        break;
    case PATH:
        hide_path(t, rest);
        break;
    case QUOTED:
        hide_quoted(rest);
        break;
    case DATA:
        t->data = true;
        t->data_refused = false;
        break;
    case SIZE:
        return size_follows(rest);
    case REQUEST:
        hide_request(t, rest);
        break;
    case HARMLESS:
    case MESSAGE:
        hide_addresses(&t->hider, writable(rest), rest.n);
        break;
    }
    return f;
}

/* Finds the verb: the first word, or the second after IMAP's tag. */
static const struct verb *find_verb(const struct talk *t, struct span line,
                                    struct span *rest)
{
    struct span after_first = line;
    struct span first = span_cut(&after_first, ' ');
    *rest = after_first;
    const struct verb *verb = verb_of(first);
    if (verb && t->protocol != REDACT_IMAP)
        return verb;
    const struct verb *second = verb_of(span_cut(rest, ' '));
    if (second && first.n && first.n <= 32)
        return second;
    *rest = after_first;
    return verb;
}

static bool is_mark(struct span line)
{
    return line.n == 0 || span_is(line, SPAN("*")) || span_is(line, SPAN(".")) ||
           span_is(line, SPAN("DONE"));
}

/* After DATA everything is content, unless DATA was refused and what comes is a
 * command. */
static bool begins_content(struct talk *t, const struct verb *verb)
{
    bool was = t->data && !(t->data_refused && verb);
    t->data = false;
    return was;
}

static struct follows client_tail(struct talk *t, struct span line)
{
    struct follows f = {0};
    literal_announced(line, &f.literal);
    hide_secret_rest(t, line);
    return f;
}

static void sasl_line(struct talk *t, struct span line)
{
    /* ManageSieve has its answers in quotes (RFC 5804 section 2.1). */
    sasl_answer(t, line.p[0] == '"' ? argument(&line) : line);
}

struct follows client_line(struct talk *t, uint8_t *p, size_t n, bool tail)
{
    struct span line = {p, n}, rest;
    const struct verb *verb = find_verb(t, line, &rest);
    uint64_t bytes;
    if (tail)
        return client_tail(t, line);
    if (begins_content(t, verb)) {
        hide_content(p, span_is(line, SPAN(".")) ? 0 : n);
        return (struct follows){.content = !span_is(line, SPAN("."))};
    }
    if (is_mark(line) || span_starts(line, SPAN("SSH-")))
        return (struct follows){0};
    if (verb)
        return command(t, verb, rest);
    if (t->sasl && !literal_announced(line, &bytes))
        sasl_line(t, line);
    else
        return client_tail(t, line);
    return (struct follows){0};
}

/* ---- the server ---- */

static bool is_reply_code(struct span line)
{
    for (size_t i = 0; i < 3; i++)
        if (i >= line.n || line.p[i] < '0' || line.p[i] > '9')
            return false;
    return line.n == 3 || line.p[3] == ' ' || line.p[3] == '-';
}

static bool is_one_of(struct span word, const struct span *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_is(word, words[i]))
            return true;
    return false;
}

static bool is_status(struct span word)
{
    static const struct span words[] = {
        SPAN_INIT("OK"), SPAN_INIT("NO"), SPAN_INIT("BAD"), SPAN_INIT("BYE"),
        SPAN_INIT("PREAUTH")};
    return is_one_of(word, words, sizeof words / sizeof *words);
}

static bool is_untagged(struct span word)
{
    static const struct span words[] = {
        SPAN_INIT("CAPABILITY"), SPAN_INIT("LIST"),    SPAN_INIT("LSUB"),
        SPAN_INIT("XLIST"),      SPAN_INIT("STATUS"),  SPAN_INIT("SEARCH"),
        SPAN_INIT("ESEARCH"),    SPAN_INIT("FLAGS"),   SPAN_INIT("ID"),
        SPAN_INIT("NAMESPACE"),  SPAN_INIT("ENABLED"), SPAN_INIT("QUOTA"),
        SPAN_INIT("QUOTAROOT"),  SPAN_INIT("SORT"),    SPAN_INIT("THREAD"),
        SPAN_INIT("VANISHED"),   SPAN_INIT("ACL"),     SPAN_INIT("MYRIGHTS")};
    uint64_t number;
    return is_status(word) || span_uint(word, &number) ||
           is_one_of(word, words, sizeof words / sizeof *words);
}

/* A challenge of SASL: what asks for a name and a password says nothing, nor
 * does the error of OAuth, which is JSON ("{" in base64). */
static void hide_challenge(struct talk *t, struct span text)
{
    if (!t->sasl || text.n == 0 || span_starts(text, SPAN("VXNlcm5hbWU")) ||
        span_starts(text, SPAN("UGFzc3dvcmQ")) ||
        span_starts(text, SPAN("eyJ")) || span_find(text, ' ') < text.n)
        return;
    hide_sasl(&t->hider, writable(text), text.n, false);
}

static void hide_said(struct talk *t, struct span line)
{
    hide_repeats(&t->hider, writable(line), line.n);
    hide_addresses(&t->hider, writable(line), line.n);
}

static struct follows imap_server(struct talk *t, struct span line)
{
    struct follows f = {0};
    struct span rest = line;
    struct span tag = span_cut(&rest, ' ');
    struct span all = rest;
    struct span word = span_cut(&rest, ' ');
    literal_announced(line, &f.literal);
    if (span_is(tag, SPAN("+")))
        hide_challenge(t, all);
    else if (span_is(tag, SPAN("*")) ? !is_untagged(word) : !is_status(word))
        fill(span_first(line, line.n - literal_announced(line, &f.literal)));
    else if (span_starts(rest, SPAN("FETCH")))
        hide_quoted(rest);
    hide_said(t, line);
    return f;
}

static struct follows smtp_server(struct talk *t, struct span line)
{
    if (!is_reply_code(line)) {
        fill(line);
        return (struct follows){0};
    }
    if (line.p[0] == '3' && line.n > 4 && span_starts(line, SPAN("334")))
        hide_challenge(t, span_skip(line, 4));
    t->data_refused = line.p[0] == '4' || line.p[0] == '5';
    hide_said(t, line);
    return (struct follows){0};
}

/* A line of LIST or UIDL, or a capability. */
static bool is_listing(struct span line)
{
    static const struct span words[] = {
        SPAN_INIT("TOP"),        SPAN_INIT("USER"), SPAN_INIT("SASL"),
        SPAN_INIT("RESP-CODES"), SPAN_INIT("UIDL"), SPAN_INIT("STLS"),
        SPAN_INIT("PIPELINING"), SPAN_INIT("LANG"), SPAN_INIT("EXPIRE"),
        SPAN_INIT("LOGIN-DELAY"), SPAN_INIT("UTF8"),
        SPAN_INIT("AUTH-RESP-CODE"), SPAN_INIT("IMPLEMENTATION"),
        SPAN_INIT("APOP"), SPAN_INIT("CAPA")};
    uint64_t number;
    struct span word = span_cut(&line, ' ');
    return (span_uint(word, &number) && line.n &&
            span_find(line, ' ') == line.n) ||
           is_one_of(word, words, sizeof words / sizeof *words);
}

static struct follows pop3_server(struct talk *t, struct span line)
{
    struct follows f = {0};
    bool ok = span_starts(line, SPAN("+OK"));
    if (ok || span_starts(line, SPAN("-ERR"))) {
        f.content = ok && t->asked_count && t->asked[t->asked_first];
        if (t->asked_count) {
            t->asked_first = (t->asked_first + 1) % ASKED_MAX;
            t->asked_count--;
        }
        hide_said(t, line);
    } else if (span_starts(line, SPAN("+ "))) {
        hide_challenge(t, span_skip(line, 2));
        hide_said(t, line);
    } else if (is_listing(line)) {
        hide_said(t, line);
    } else if (!is_mark(line)) {
        fill(line);
    }
    return f;
}

/* Errors may come as literals (RFC 5804 section 1.2): they are content, too;
 * what they quote of a script is nobody's business. */
static struct follows sieve_server(struct talk *t, struct span line)
{
    struct follows f = {0};
    struct span rest = line;
    size_t literal = literal_announced(line, &f.literal);
    struct span word = span_first(line, span_find(line, ' '));
    if (t->sasl && line.n > 1 && line.p[0] == '"')
        hide_challenge(t, argument(&rest));
    else if (!is_status(word) && line.n && line.p[0] != '"')
        fill(span_first(line, line.n - literal));
    hide_said(t, line);
    return f;
}

/* Letters and a number, as clients count: "a1", "A0003", "CBIO1". */
static bool is_counted(struct span tag)
{
    return tag.n > 1 && tag.p[tag.n - 1] >= '0' && tag.p[tag.n - 1] <= '9' &&
           (tag.p[0] < '0' || tag.p[0] > '9');
}

static bool client_is_sure(const struct talk *t, struct span line)
{
    struct span rest;
    const struct verb *verb = find_verb(t, line, &rest);
    if (!verb)
        return false;
    switch (t->protocol) {
    case REDACT_IMAP:
        return is_counted(span_cut(&line, ' '));
    case REDACT_SMTP:
        return rest.n == 0 || (verb->arguments == PATH &&
                               (span_starts(rest, SPAN("FROM:<")) ||
                                span_starts(rest, SPAN("TO:<"))));
    case REDACT_POP3:
        return rest.n == 0 || verb->arguments == NAME ||
               verb->arguments == PRIVATE;
    case REDACT_UNKNOWN:
    case REDACT_SIEVE:
        break;
    }
    return false;
}

/* What a mailbox is like, which names nothing (RFC 9051 section 7.3.1). */
static bool is_flags(struct span line)
{
    return span_starts(line, SPAN("* FLAGS (\\"));
}

bool line_is_sure(const struct talk *t, bool client, struct span line)
{
    struct span rest = line;
    if (client)
        return client_is_sure(t, line);
    switch (t->protocol) {
    case REDACT_IMAP:
        return is_flags(line) || (is_counted(span_cut(&rest, ' ')) &&
                                  is_status(span_cut(&rest, ' ')));
    case REDACT_SMTP:
        return is_reply_code(line);
    case REDACT_POP3:
        return span_starts(line, SPAN("+OK")) ||
               span_starts(line, SPAN("-ERR"));
    case REDACT_UNKNOWN:
    case REDACT_SIEVE:
        break;
    }
    return false;
}

/* Nobody knows yet: the line itself says it, or nothing does. */
static void recognise(struct talk *t, struct span line)
{
    if (span_starts(line, SPAN("* ")))
        t->protocol = REDACT_IMAP;
    else if (span_starts(line, SPAN("+OK")) || span_starts(line, SPAN("-ERR")))
        t->protocol = REDACT_POP3;
    else if (is_reply_code(line))
        t->protocol = REDACT_SMTP;
    else if (span_starts(line, SPAN("\"IMPLEMENTATION")))
        t->protocol = REDACT_SIEVE;
}

static bool is_header(struct span line)
{
    size_t colon = span_find(line, ':');
    return colon > 0 && colon < line.n && span_find(line, ' ') > colon;
}

/* Of no mail protocol: SSH's first line, and HTTP's status and headers tell
 * what it is. */
static void foreign_line(struct talk *t, struct span line)
{
    if (span_starts(line, SPAN("HTTP/")))
        t->http = true;
    else if (t->http && line.n == 0)
        t->http = false;
    else if (!span_starts(line, SPAN("SSH-")) &&
             !(t->http && is_header(line) &&
               !span_starts(line, SPAN("Set-Cookie"))))
        fill(line);
    hide_said(t, line);
}

struct follows server_line(struct talk *t, uint8_t *p, size_t n, bool tail)
{
    struct span line = {p, n};
    struct follows f = {0};
    if (tail) {
        size_t literal = literal_announced(line, &f.literal);
        hide_quoted(span_first(line, n - literal));
        hide_said(t, line);
        return f;
    }
    recognise(t, t->protocol == REDACT_UNKNOWN ? line : (struct span){NULL, 0});
    if (t->http || span_starts(line, SPAN("HTTP/")) ||
        span_starts(line, SPAN("SSH-"))) {
        foreign_line(t, line);
        return f;
    }
    switch (t->protocol) {
    case REDACT_IMAP:
        return imap_server(t, line);
    case REDACT_POP3:
        return pop3_server(t, line);
    case REDACT_SMTP:
        return smtp_server(t, line);
    case REDACT_SIEVE:
        return sieve_server(t, line);
    case REDACT_UNKNOWN:
        break;
    }
    foreign_line(t, line);
    return f;
}

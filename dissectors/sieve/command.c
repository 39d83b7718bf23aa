/* command.c - what the client of ManageSieve says.
 *
 *   C: AUTHENTICATE "PLAIN" "AGphbmUAc2VjcmV0"
 *   C: PUTSCRIPT "vacation" {31+}
 *   C: ... the script ...
 *   C: "bmV4dA=="                  an answer within AUTHENTICATE
 *
 * Scripts and SASL data are nobody's business.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "sieve/sieve.h"

static const struct sieve_verb verbs[] = {
    {SPAN_INIT("AUTHENTICATE"), SPAN_INIT("login")},
    {SPAN_INIT("STARTTLS"), SPAN_INIT("tls")},
    {SPAN_INIT("LOGOUT"), SPAN_INIT("close")},
    {SPAN_INIT("CAPABILITY"), SPAN_INIT("greeting")},
    {SPAN_INIT("NOOP"), SPAN_INIT("mailbox")},
    {SPAN_INIT("HAVESPACE"), SPAN_INIT("transfer")},
    {SPAN_INIT("PUTSCRIPT"), SPAN_INIT("transfer")},
    {SPAN_INIT("CHECKSCRIPT"), SPAN_INIT("transfer")},
    {SPAN_INIT("GETSCRIPT"), SPAN_INIT("transfer")},
    {SPAN_INIT("LISTSCRIPTS"), SPAN_INIT("mailbox")},
    {SPAN_INIT("SETACTIVE"), SPAN_INIT("mailbox")},
    {SPAN_INIT("DELETESCRIPT"), SPAN_INIT("mailbox")},
    {SPAN_INIT("RENAMESCRIPT"), SPAN_INIT("mailbox")},
    {SPAN_INIT("UNAUTHENTICATE"), SPAN_INIT("login")},
};

static const struct sieve_verb other = {SPAN_INIT("UNKNOWN"),
                                        SPAN_INIT("mailbox")};

static const struct sieve_verb *find(struct span word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (span_is(word, verbs[i].name))
            return &verbs[i];
    }
    return &other;
}

void sieve_pending_drop(struct sieve *s)
{
    s->pending_n--;
    memmove(s->pending, s->pending + 1,
            s->pending_n * sizeof s->pending[0]);
}

static void pending_add(struct sieve *s, const struct sieve_verb *verb,
                        const struct facts *out)
{
    if (s->pending_n == SIEVE_PENDING_MAX)
        sieve_pending_drop(s);
    s->pending[s->pending_n++] = (struct sieve_pending){
        .verb = verb, .frame = facts_frame(out), .time = facts_time(out)};
}

static bool is_literal(struct span line)
{
    return line.n && line.p[0] == '{';
}

/* Only strings begin so, and only SASL data is a string alone. */
static bool is_answer(const struct sieve *s, struct span line)
{
    return s->auth.open && line.n && (line.p[0] == '"' || line.p[0] == '{');
}

bool sieve_command_needs_literal(const struct sieve *s, struct span line)
{
    return is_answer(s, line) || span_is(mail_word(&line), verbs[0].name);
}

/* One message of the client, base64. */
static void take_message(struct sieve *s, struct span base64)
{
    struct sieve_auth *auth = &s->auth;
    if (mail_secret_message(&s->secrets, s->mem, mail_kept(&auth->mechanism),
                            auth->said++, base64, &auth->user))
        auth->user_known = true;
}

static void take_answer(struct sieve *s, struct span line, struct span literal,
                        const struct facts *out)
{
    struct span data = is_literal(line) ? literal : sieve_string(&line);
    if (span_same(data, SPAN("*")))
        s->auth.cancelled = true;
    take_message(s, data);
    if (s->pending_n)
        s->pending[s->pending_n - 1].time = facts_time(out);
}

static void login_begin(struct sieve *s, struct span arguments,
                        struct span literal)
{
    uint64_t attempts = s->auth.attempts;
    s->auth = (struct sieve_auth){.open = true, .attempts = attempts + 1};
    struct span mechanism = sieve_string(&arguments);
    if (mail_is_word(mechanism))
        mail_keep_upper(&s->auth.mechanism, span_first(mechanism, 20));
    if (arguments.n == 0)
        return;
    s->auth.prompts++; /* an initial response answers an unsaid challenge */
    take_message(s, is_literal(arguments) ? literal
                                          : sieve_string(&arguments));
}

static void tell_request(struct sieve *s, const struct sieve_verb *verb,
                         struct span line, struct facts *out)
{
    uint8_t shown[80];
    bool login = verb == &verbs[0];
    struct span mechanism = mail_kept(&s->auth.mechanism);
    if (login) {
        /* AUTHENTICATE "PLAIN" ********: as long as the parts are at most */
        size_t n = 0;
        struct span parts[] = {verb->name, SPAN(" \""), mechanism,
                               SPAN("\" "), MAIL_HIDDEN};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            if (parts[i].n)
                memcpy(shown + n, parts[i].p, parts[i].n);
            n += parts[i].n;
        }
        line = (struct span){shown, n};
    }
    TELL(out, sieve_request, .command = verb->name,
         .mechanism = login ? mechanism : SPAN(""),
         .line = verb == &other ? MAIL_HIDDEN : line,
         .over_tls = s->over_tls, .known = verb != &other);
}

/* Another protocol than ManageSieve; true if it was told, now or before. */
static bool is_foreign(struct sieve *s, struct span line, struct facts *out)
{
    uint8_t whole[256];
    line = span_first(line, sizeof whole - 1);
    memcpy(whole, line.p, line.n);
    whole[line.n] = '\n';
    struct span spoken =
        mail_client_speaks((struct span){whole, line.n + 1});
    if (spoken.n == 0 || span_is(spoken, SPAN("other")) ||
        span_is(spoken, SPAN("sieve")))
        return false;
    struct span first = mail_word(&line);
    if (!s->wrong_told)
        TELL(out, mail_wrong_protocol, .side = SPAN("client"),
             .spoken = spoken, .other = SPAN("sieve"),
             .line = span_first(first, 80));
    s->wrong_told = true;
    return true;
}

void sieve_command(struct sieve *s, struct span line, struct span literal,
                   struct facts *out)
{
    if (is_answer(s, line)) {
        take_answer(s, line, literal, out);
        return;
    }
    struct span arguments = line;
    struct span word = mail_word(&arguments);
    const struct sieve_verb *verb = find(word);
    if (word.n == 0)
        return;
    pending_add(s, verb, out);
    if (verb == &other && is_foreign(s, line, out))
        return;
    if (verb == &verbs[0])
        login_begin(s, arguments, literal);
    tell_request(s, verb, line, out);
    if (span_is(word, SPAN("LOGOUT")))
        TELL(out, mail_close, .by = SPAN("client"), .line = line);
}

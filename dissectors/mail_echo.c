/* mail_echo.c - what a client said in confidence, found again in the words of
 * the server.
 *
 *   C: PASS secret7
 *   S: -ERR Password secret7 supplied for "bob@example.org" is incorrect.
 *   S: -ERR Password ******** supplied for "b***@example.org" is incorrect.
 *
 * A word of letters alone ("password", "bob") may stand in the server's
 * sentence for itself; it is taken for an echo only where it is quoted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "mail.h"

enum {
    SECRETS_MAX = 8, /* the last ones said; older ones make room */
    SECRET_MIN = 4,  /* shorter ones would be found in anything */
    USER_MIN = 2,
    SHOWN_MAX = 1024,
};

struct secret {
    struct mail_kept text;
    bool user;   /* a name: masked, not hidden */
    bool quoted; /* looked for between quotes only */
};

struct mail_secrets {
    size_t n, next, shown_n;
    struct secret all[SECRETS_MAX];
    uint8_t shown[SHOWN_MAX], words[SHOWN_MAX];
};

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_letters(struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!is_letter(text.p[i]))
            return false;
    }
    return true;
}

static bool is_kept(const struct mail_secrets *s, struct span text)
{
    for (size_t i = 0; i < s->n; i++) {
        if (span_same(mail_kept(&s->all[i].text), text))
            return true;
    }
    return false;
}

static struct mail_secrets *made(struct mail_secrets **secrets,
                                 struct arena *mem)
{
    if (!*secrets) {
        struct mail_secrets *s = arena_room(mem, sizeof *s);
        s->n = s->next = s->shown_n = 0;
        *secrets = s;
    }
    return *secrets;
}

static void keep(struct mail_secrets **secrets, struct arena *mem,
                 struct span text, bool user)
{
    text = span_first(text, MAIL_KEPT_MAX);
    if (text.n < (user ? USER_MIN : SECRET_MIN))
        return;
    struct mail_secrets *s = made(secrets, mem);
    if (is_kept(s, text))
        return;
    struct secret *secret = &s->all[s->next];
    mail_keep(&secret->text, text);
    secret->user = user;
    secret->quoted = user ? !mail_has_at(text) : is_letters(text);
    s->next = (s->next + 1) % SECRETS_MAX;
    s->n = s->n < SECRETS_MAX ? s->n + 1 : s->n;
}

void mail_secret(struct mail_secrets **secrets, struct arena *mem,
                 struct span text)
{
    keep(secrets, mem, text, false);
}

void mail_secret_user(struct mail_secrets **secrets, struct arena *mem,
                      struct span user)
{
    keep(secrets, mem, user, true);
}

bool mail_secret_message(struct mail_secrets **secrets, struct arena *mem,
                         struct span mechanism, uint64_t step,
                         struct span base64, struct mail_kept *user)
{
    struct mail_kept within;
    keep(secrets, mem, base64, false);
    if (mail_sasl_secret(mechanism, step, base64, &within))
        keep(secrets, mem, mail_kept(&within), false);
    if (!mail_sasl_user(mechanism, step, base64, user))
        return false;
    mail_secret_user(secrets, mem, mail_kept(user));
    return true;
}

static bool is_quote(uint8_t c)
{
    return c && strchr("\"'`<>()[]{}", c);
}

/* The text from `at` to `end` stands for itself, and is not part of a word. */
static bool stands_alone(struct span line, size_t at, size_t end, bool quoted)
{
    uint8_t before = at > 0 ? line.p[at - 1] : ' ';
    uint8_t after = end < line.n ? line.p[end] : ' ';
    struct span said = span_first(line, at);
    if (!quoted)
        return !mail_is_alnum(before) && !mail_is_alnum(after);
    return (is_quote(before) && is_quote(after)) ||
           (said.n >= 5 && span_is(span_skip(said, said.n - 5), SPAN("PASS ")));
}

/* Where a secret begins in the line, and *end where it ends; line.n if it is
 * not there.  Of a long one only the beginning is known. */
static size_t find(struct span line, const struct secret *secret, size_t *end)
{
    struct span text = mail_kept(&secret->text);
    for (size_t at = 0; at < line.n; at++) {
        at += span_search(span_skip(line, at), text);
        if (at == line.n)
            break;
        *end = at + text.n;
        while (text.n == MAIL_KEPT_MAX && *end < line.n &&
               line.p[*end] > ' ' && !is_quote(line.p[*end]))
            (*end)++;
        if (stands_alone(line, at, *end, secret->quoted))
            return at;
    }
    return line.n;
}

/* Behind the first *n bytes, which may be where the text is from. */
static void append(uint8_t *bytes, size_t *n, struct span text)
{
    if (text.n) /* or there may be none to point to */
        memmove(bytes + *n, text.p, text.n);
    *n += text.n;
}

static void show(struct mail_secrets *s, struct span text)
{
    append(s->shown, &s->shown_n, span_first(text, SHOWN_MAX - s->shown_n));
}

struct span mail_without_secrets(struct mail_secrets *s, struct span line,
                                 struct facts *out)
{
    struct span rest = line;
    if (!s)
        return line;
    s->shown_n = 0;
    for (;;) {
        const struct secret *first = NULL;
        size_t start = rest.n;
        size_t end = rest.n;
        for (size_t i = 0; i < s->n; i++) {
            size_t its_end = 0;
            size_t at = find(rest, &s->all[i], &its_end);
            if (at < start || (at < rest.n && at == start && its_end > end)) {
                first = &s->all[i];
                start = at;
                end = its_end;
            }
        }
        if (!first)
            break;
        show(s, span_first(rest, start));
        show(s, first->user ? facts_user(out, mail_kept(&first->text))
                            : MAIL_HIDDEN);
        rest = span_skip(rest, end);
    }
    if (rest.n == line.n)
        return line;
    show(s, rest);
    return (struct span){s->shown, s->shown_n};
}

/* Overwrites the name wherever it stands for itself.  Nothing comes out longer:
 * names are not shorter than what stands for them. */
static struct span blank(uint8_t *words, struct span text, struct span name)
{
    const struct span gone = SPAN("***");
    struct span rest = text;
    text.n = 0;
    text.p = words;
    for (;;) {
        size_t at = span_search(rest, name);
        if (at == rest.n)
            break;
        size_t end = at + name.n;
        bool alone = stands_alone(rest, at, end, false);
        append(words, &text.n, span_first(rest, alone ? at : end));
        if (alone)
            append(words, &text.n, gone);
        rest = span_skip(rest, end);
    }
    append(words, &text.n, rest);
    return text;
}

struct span mail_without_name(struct mail_secrets **secrets, struct arena *mem,
                              struct span text, struct span name)
{
    if (text.n > SHOWN_MAX || name.n < SECRET_MIN || is_letters(name) ||
        span_search(text, name) == text.n)
        return text;
    return blank(made(secrets, mem)->words, text, name);
}

struct span mail_without_users(struct mail_secrets *s, struct span text,
                               struct facts *out)
{
    for (size_t i = 0; s && i < s->n; i++) {
        if (s->all[i].user && !s->all[i].quoted)
            text = mail_without_name(
                &s, NULL, text, facts_user(out, mail_kept(&s->all[i].text)));
    }
    return text;
}

static bool is_base64(uint8_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=';
}

/* Padded, or letters of both cases and digits mixed as no language does. */
static bool looks_coded(struct span word)
{
    enum { LOWER = 1, UPPER = 2, DIGIT = 4, ALL = 7 };
    const size_t least = 8;
    unsigned seen = 0;
    if (word.n < least)
        return false;
    for (size_t i = 0; i < word.n; i++) {
        uint8_t c = word.p[i];
        seen |= c >= 'a' && c <= 'z' ? LOWER : 0;
        seen |= c >= 'A' && c <= 'Z' ? UPPER : 0;
        seen |= c >= '0' && c <= '9' ? DIGIT : 0;
    }
    return seen == ALL || (word.p[word.n - 1] == '=' && word.n % 4 == 0);
}

struct span mail_without_base64(struct mail_secrets **secrets,
                                struct arena *mem, struct span line)
{
    bool masked = false;
    line = span_first(line, SHOWN_MAX);
    for (size_t at = 0, end; at < line.n; at = end + 1) {
        for (end = at; end < line.n && is_base64(line.p[end]);)
            end++;
        if (!looks_coded((struct span){line.p + at, end - at}))
            continue;
        if (!masked) {
            struct mail_secrets *s = made(secrets, mem);
            s->shown_n = 0;
            show(s, line);
            line = (struct span){s->shown, s->shown_n};
            masked = true;
        }
        memset((*secrets)->shown + at, '*', end - at);
    }
    return line;
}

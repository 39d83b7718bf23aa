/* show.c - lines as they may be shown: addresses masked, secrets left out.
 *
 *   MAIL FROM:<jane@example.org> SIZE=1000 AUTH=<jane@example.org>
 *   MAIL FROM:<j***@example.org> SIZE=1000 AUTH=***
 *
 * Whether whole names may be shown is for facts_user() to know.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

#include <string.h>

struct span smtp_shown_span(const struct smtp_shown *shown)
{
    return (struct span){shown->bytes, shown->n};
}

void smtp_show(struct smtp_shown *shown, struct span text)
{
    text = span_first(text, sizeof shown->bytes - shown->n);
    if (text.n == 0)
        return;
    memcpy(shown->bytes + shown->n, text.p, text.n);
    shown->n += text.n;
}

/* What a local part without quotes may hold (RFC 5321 section 4.1.2). */
static bool is_atom(uint8_t c)
{
    static const char others[] = "!#$%&'*+-/=?^_`{|}~.";
    return mail_is_alnum(c) || (c && strchr(others, c));
}

/* Of a text that has an @ at `at`: where the address around it begins. */
static size_t address_start(struct span text, size_t at)
{
    while (at > 0 && is_atom(text.p[at - 1]))
        at--;
    return at;
}

static size_t address_end(struct span text, size_t at)
{
    for (at++; at < text.n; at++) {
        uint8_t c = text.p[at];
        if (!mail_is_alnum(c) && c != '.' && c != '-')
            break;
    }
    return at;
}

void smtp_show_masked(struct smtp_shown *shown, struct span text,
                      struct facts *out)
{
    for (size_t at; (at = span_find(text, '@')) < text.n;) {
        size_t start = address_start(text, at);
        size_t end = address_end(text, at);
        struct span address = {text.p + start, end - start};
        smtp_show(shown, span_first(text, start));
        smtp_show(shown, start < at ? facts_user(out, address) : address);
        text = span_skip(text, end);
    }
    smtp_show(shown, text);
}

/* Up to the > that closes the path; one in a quoted local part does not. */
static size_t path_end(struct span text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            quoted = !quoted;
        else if (quoted && text.p[i] == '\\')
            i++;
        else if (!quoted && text.p[i] == '>')
            return i;
    }
    return text.n;
}

/* jane%c.example, c.example!jane, jane@c.example: ways to another host in the
 * local part (RFC 5321 appendix F.2, RFC 1123 section 5.2.16). */
static bool names_a_way(const struct smtp_path *path)
{
    struct span local =
        span_first(path->address,
                   path->address.n - path->domain.n - (path->domain.p ? 1 : 0));
    return span_find(local, '%') < local.n || span_find(local, '!') < local.n ||
           span_find(local, '@') < local.n;
}

struct smtp_path smtp_path_parse(struct span arguments)
{
    struct smtp_path path = {0};
    size_t n = span_find(arguments, ':');
    path.keyword = span_first(arguments, n < arguments.n ? n + 1 : 0);
    arguments = span_trim(span_skip(arguments, path.keyword.n));
    path.angled = arguments.n && arguments.p[0] == '<';
    if (path.angled) {
        arguments = span_skip(arguments, 1);
        path.address = span_first(arguments, path_end(arguments));
        path.parameters = span_skip(arguments, path.address.n + 1);
    } else {
        path.address = span_cut(&arguments, ' ');
        path.parameters = arguments;
    }
    path.parameters = span_trim(path.parameters);
    /* A source route, obsolete since RFC 2821: @a.example,@b.example:jane@c */
    bool source_route = path.address.n && path.address.p[0] == '@';
    if (source_route)
        path.address =
            span_skip(path.address, span_find(path.address, ':') + 1);
    for (size_t i = path.address.n; i > 0 && !path.domain.p; i--) {
        if (path.address.p[i - 1] == '@')
            path.domain = span_skip(path.address, i);
    }
    if (span_find(path.domain, '"') < path.domain.n)
        path.domain = (struct span){NULL, 0}; /* all of it was quoted */
    path.routed = source_route || names_a_way(&path);
    return path;
}

struct span smtp_parameter(struct span parameters, struct span key)
{
    while (parameters.n) {
        struct span value = span_cut(&parameters, ' ');
        if (span_is(span_cut(&value, '='), key))
            return value;
    }
    return (struct span){NULL, 0};
}

/* Values that name nobody. */
static bool parameter_is_open(struct span key)
{
    static const struct span open[] = {
        SPAN_INIT("SIZE"),        SPAN_INIT("BODY"),    SPAN_INIT("RET"),
        SPAN_INIT("NOTIFY"),      SPAN_INIT("BY"),      SPAN_INIT("SMTPUTF8"),
        SPAN_INIT("MT-PRIORITY"), SPAN_INIT("HOLDFOR"), SPAN_INIT("HOLDUNTIL"),
        SPAN_INIT("REQUIRETLS"),  SPAN_INIT("PRDR"),
    };
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (span_is(key, open[i]))
            return true;
    }
    return false;
}

/* A word of letters, as all parameters are. */
static bool is_word(struct span word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (!mail_is_alnum(word.p[i]) && word.p[i] != '-')
            return false;
    }
    return word.n > 0 && word.n <= 20;
}

/* facts_user() keeps all from the first @ on, which is part of the name when
 * the local part is quoted: "a@b"@example.org. */
static void show_address(struct smtp_shown *shown, const struct smtp_path *path,
                         struct facts *out)
{
    if (path->address.n && path->address.p[0] == '"') {
        smtp_show(shown, SPAN("\"***\"@"));
        smtp_show(shown, path->domain);
    } else if (path->address.n) {
        smtp_show(shown, facts_user(out, path->address));
    }
}

void smtp_show_path(struct smtp_shown *shown, const struct smtp_path *path,
                    struct facts *out)
{
    struct span parameters = path->parameters;
    smtp_show(shown, path->keyword);
    smtp_show(shown, path->angled ? SPAN("<") : SPAN(""));
    show_address(shown, path, out);
    smtp_show(shown, path->angled ? SPAN(">") : SPAN(""));
    while (parameters.n) {
        struct span value = span_cut(&parameters, ' ');
        struct span key = span_cut(&value, '=');
        if (key.n == 0 && value.n == 0)
            continue;
        smtp_show(shown, SPAN(" "));
        smtp_show(shown, is_word(key) ? key : SPAN("***"));
        if (value.n == 0)
            continue;
        smtp_show(shown, SPAN("="));
        smtp_show(shown, parameter_is_open(key) ? value : SPAN("***"));
    }
}

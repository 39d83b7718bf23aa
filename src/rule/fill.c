/* fill.c - see fill.h.
 *
 *   text  = { literal | "{{" | "}}" | "{" value { "|" value } "}" }
 *   value = field | NAME.field | KIND.field | threshold | built-in | expression
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/fill.h"

#include <string.h>

#include "rule/lexer.h"
#include "rule/show.h"

enum built_in {
    NOT_BUILT_IN,
    BUILT_IN_CLIENT,
    BUILT_IN_CALLER,
    BUILT_IN_SERVER,
    BUILT_IN_PORT,
    BUILT_IN_HOST,
    BUILT_IN_TIME,
    BUILT_IN_CLOCK,
    BUILT_IN_FROM,
    BUILT_IN_UNTIL,
    BUILT_IN_STARTTLS,
};
static const char *const built_in_names[] = {
    "",     "client", "caller", "server", "port",    "host",
    "time", "clock",  "from",   "until",  "starttls"};
enum { BUILT_INS = sizeof built_in_names / sizeof *built_in_names };

struct value {
    enum built_in built_in;
    struct span literal;     /* of a threshold; empty for none */
    const struct expr *expr; /* else this */
};

enum { VALUES_MAX = 24 };

struct part {
    struct span literal;
    const struct value *values; /* NULL: only the literal */
    size_t value_count;
};

struct template {
    bool command;
    const struct part *parts;
    size_t count;
};

struct reading {
    const struct parsing *parsing;
    struct names *names;
    unsigned line;
    bool command;
    uint8_t quote; /* a command's literal so far is inside these, or 0 */
    struct part *parts;
    size_t count, room;
};

static struct part *add_part(struct reading *r)
{
    r->parts = arena_grow(r->parsing->mem, r->parts, r->count, &r->room,
                          r->count + 1, sizeof *r->parts);
    return &r->parts[r->count++];
}

static bool add_value(struct reading *r, struct value *values, size_t *n,
                      struct value value)
{
    if (*n == VALUES_MAX) {
        complain(r->parsing->complaints, r->line,
                 "more than %d alternatives in one place of a text",
                 VALUES_MAX);
        return false;
    }
    values[(*n)++] = value;
    return true;
}

static struct expr *place_expr(struct reading *r, struct place place)
{
    struct expr *e = arena_alloc(r->parsing->mem, sizeof *e);
    e->op = OP_FIELD;
    e->type = place.field->type == FACT_TEXT   ? TYPE_TEXT
              : place.field->type == FACT_BOOL ? TYPE_BOOL
                                               : TYPE_NUMBER;
    e->seconds = place.field->type == FACT_REAL;
    e->slot = place.slot;
    e->field = place.field;
    return e;
}

/* A field may be found in several places, of which not all need be filled: a
 * rule that fires for one fact or another mentions both. */
static bool add_places(struct reading *r, struct span path,
                       struct value *values, size_t *n, bool *added)
{
    struct place places[VALUES_MAX];
    size_t dot = path.n;
    if (r->names->in_contrast) /* two facts, both certain: parse_value() */
        return true;
    while (dot > 0 && path.p[dot - 1] != '.')
        dot--;
    const struct fact_kind *kind = NULL;
    if (dot > 0) {
        struct span front = span_first(path, dot - 1);
        kind = fact_kind_find(front);
        if (names_bound(r->names, front) || !kind ||
            !scope_has(r->names->scope, kind) ||
            (kind->number == FACT_KIND_session &&
             scope_has_session(r->names->scope)))
            return true; /* there is only one, or a mistake: parse_value() */
    }
    size_t count = names_places(r->names, kind, span_skip(path, dot), places,
                                VALUES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct value value = {.expr = place_expr(r, places[i])};
        if (!add_value(r, values, n, value))
            return false;
    }
    *added = count > 0;
    return true;
}

static bool read_value(struct reading *r, struct span source,
                       struct value *values, size_t *n)
{
    struct lexer lexer = {source};
    struct token first = lexer_next(&lexer);
    bool added = false;
    if (first.kind == TOKEN_NAME && lexer_next(&lexer).kind == TOKEN_END) {
        for (size_t i = 1; i < BUILT_INS; i++) {
            if (token_is(&first, built_in_names[i]))
                return add_value(r, values, n,
                                 (struct value){.built_in = (enum built_in)i});
        }
        const struct threshold *t = names_threshold(r->names, first.source);
        if (t)
            return add_value(r, values, n,
                             (struct value){.literal = span_of(t->shown)});
        if (!add_places(r, first.source, values, n, &added))
            return false;
        if (added)
            return true;
    }
    const struct expr *e =
        parse_value(r->parsing, r->names, source, r->line);
    return e && add_value(r, values, n, (struct value){.expr = e});
}

/* Where the place ends, or the next alternative begins: not inside a text or a
 * set of the expression. */
static size_t value_length(struct span s)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\')
            i++;
        else if (!quoted && c == '{')
            depth++;
        else if (!quoted && c == '}' && depth > 0)
            depth--;
        else if (!quoted && depth == 0 && (c == '}' || c == '|'))
            return i;
    }
    return s.n;
}

/* What is filled into a command is quoted as a whole, which fails inside other
 * quotes. */
static bool may_stand_here(struct reading *r)
{
    const struct part *before = r->count ? &r->parts[r->count - 1] : NULL;
    bool escaped = before && before->literal.n &&
                   before->literal.p[before->literal.n - 1] == '\\';
    if (!r->command || (!r->quote && !escaped))
        return true;
    complain(r->parsing->complaints, r->line,
             "leave out the quotes around {...} in a command: what is filled "
             "in is quoted where needed");
    return false;
}

/* A place, of which *rest begins after the brace. */
static bool read_place(struct reading *r, struct span *rest)
{
    struct value values[VALUES_MAX];
    size_t n = 0;
    if (!may_stand_here(r))
        return false;
    for (bool more = true; more;) {
        size_t length = value_length(*rest);
        if (length == rest->n) {
            complain(r->parsing->complaints, r->line,
                     "\"{%.*s\" has no closing brace; a brace that is meant "
                     "as such is written twice",
                     SHOWN(*rest));
            return false;
        }
        if (!read_value(r, span_trim(span_first(*rest, length)), values, &n))
            return false;
        more = rest->p[length] == '|';
        *rest = span_skip(*rest, length + 1);
    }
    struct value *kept = arena_alloc(r->parsing->mem, n * sizeof *kept);
    memcpy(kept, values, n * sizeof *kept);
    struct part *part = add_part(r);
    part->values = kept;
    part->value_count = n;
    return true;
}

static void follow_quotes(struct reading *r, struct span literal)
{
    for (size_t i = 0; i < literal.n; i++) {
        uint8_t c = literal.p[i];
        if (c == '\\' && r->quote != '\'')
            i++;
        else if (r->quote ? c == r->quote : c == '"' || c == '\'')
            r->quote = r->quote ? 0 : c;
    }
}

/* Seconds come with their unit, so that of "{latency} s" is theirs. */
static struct span without_unit(struct reading *r, struct span rest)
{
    if (r->count == 0 || !r->parts[r->count - 1].values)
        return rest;
    const struct expr *e = r->parts[r->count - 1].values[0].expr;
    bool letter_follows =
        rest.n > 2 && ((rest.p[2] | 0x20) >= 'a' && (rest.p[2] | 0x20) <= 'z');
    if (e && e->seconds && span_starts(rest, SPAN(" s")) && !letter_follows)
        return span_skip(rest, 2);
    return rest;
}

static void read_literal(struct reading *r, struct span *rest)
{
    size_t n = span_find(*rest, '{'), closing = span_find(*rest, '}');
    if (closing < n)
        n = closing;
    size_t doubled = n + 1 < rest->n && rest->p[n] == rest->p[n + 1];
    if (n < rest->n && (doubled || rest->p[n] == '}'))
        n++; /* the brace itself belongs to it */
    follow_quotes(r, span_first(*rest, n));
    add_part(r)->literal = span_first(*rest, n);
    *rest = span_skip(*rest, n + doubled);
}

const struct template *template_parse(const struct parsing *parsing,
                                      struct names *names, const char *text,
                                      unsigned line, bool command)
{
    struct reading r = {.parsing = parsing,
                        .names = names,
                        .line = line,
                        .command = command};
    struct span rest = span_of(text);
    while (rest.n) {
        bool doubled = rest.n > 1 && rest.p[1] == '{';
        if (rest.p[0] != '{' || doubled) {
            read_literal(&r, &rest);
            continue;
        }
        rest = span_skip(rest, 1);
        if (!read_place(&r, &rest))
            return NULL;
        rest = without_unit(&r, rest);
    }
    struct template *t = arena_alloc(parsing->mem, sizeof *t);
    *t = (struct template){command, r.parts, r.count};
    return t;
}

/* The client as the server's side knows it. */
static void fill_caller(const struct who *who, struct text *out)
{
    text_adds(out, who->translated ? "the public address behind which " : "");
    text_add_safe(out, who->client);
    text_adds(out, who->translated ? " stands (NAT)" : "");
}

static void fill_value(const struct value *value, struct view *view,
                       const struct who *who, struct text *out)
{
    switch (value->built_in) {
    case BUILT_IN_CLIENT:
        text_add_safe(out, who->client);
        return;
    case BUILT_IN_CALLER:
        fill_caller(who, out);
        return;
    case BUILT_IN_SERVER:
        text_add_safe(out, who->server);
        return;
    case BUILT_IN_PORT:
        text_add_safe(out, who->port);
        return;
    case BUILT_IN_HOST:
        text_add_safe(out, who->host);
        return;
    case BUILT_IN_TIME:
        text_adds(out, who->time);
        return;
    case BUILT_IN_CLOCK:
        text_adds(out, who->clock);
        return;
    case BUILT_IN_STARTTLS:
        text_adds(out, who->starttls);
        return;
    case BUILT_IN_FROM:
        text_adds(out, who->from);
        return;
    case BUILT_IN_UNTIL:
        text_adds(out, who->until);
        return;
    case NOT_BUILT_IN:
        break;
    }
    if (value->expr)
        show_value(value->expr, view, out);
    else
        text_add(out, value->literal);
}

/* An IPv6 address before a port: the host of "{host}:{port}". */
static bool needs_brackets(const struct template *t, size_t i,
                           const struct text *filled)
{
    struct span host = text_span(filled);
    size_t hex = 0;
    while (hex < host.n && (host.p[hex] == ':' ||
                            (host.p[hex] >= '0' && host.p[hex] <= '9') ||
                            (host.p[hex] >= 'a' && host.p[hex] <= 'f')))
        hex++;
    return t->parts[i].values[0].built_in == BUILT_IN_HOST && host.n &&
           hex == host.n && span_find(host, ':') < host.n &&
           i + 1 < t->count && span_starts(t->parts[i + 1].literal, SPAN(":"));
}

void template_fill(const struct template *template, struct view *view,
                   const struct who *who, struct text *out)
{
    struct text filled = {0};
    for (size_t i = 0; i < template->count; i++) {
        const struct part *part = &template->parts[i];
        text_add(out, part->literal);
        text_clear(&filled);
        for (size_t j = 0; j < part->value_count && filled.n == 0; j++)
            fill_value(&part->values[j], view, who, &filled);
        if (part->values && part->values[0].built_in == BUILT_IN_STARTTLS)
            text_add(out, text_span(&filled)); /* our own words, or nothing */
        else if (part->values && template->command &&
                 needs_brackets(template, i, &filled))
            text_addf(out, "'[%s]'", text_string(&filled));
        else if (part->values && template->command)
            show_shell_word(text_span(&filled), out);
        else
            text_add(out, text_span(&filled));
    }
    text_free(&filled);
}

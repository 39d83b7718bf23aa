/* parse_value.c - the leaves of an expression: literals, fields, named values,
 * aggregates; see parser.h.
 *
 *   aggregate = ("count" | "exists" | "sum" | "min" | "max")
 *               "(" ["distinct"] KIND ["." FIELD] ["where" any] ")"
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/parser.h"

struct span parse_string(struct parser *p, const struct token *token)
{
    struct span raw = span_skip(span_first(token->source, token->source.n - 1),
                                1);
    uint8_t *out = arena_alloc(p->shared->mem, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '\\' && i + 1 < raw.n &&
            (raw.p[i + 1] == '"' || raw.p[i + 1] == '\\'))
            i++;
        out[n++] = raw.p[i];
    }
    return (struct span){out, n};
}

static struct expr *field_of(struct parser *p, const uint8_t *start,
                             uint8_t slot, const struct fact_field *field)
{
    static const enum expr_type types[] = {
        [FACT_TEXT] = TYPE_TEXT,
        [FACT_UINT] = TYPE_NUMBER,
        [FACT_REAL] = TYPE_NUMBER,
        [FACT_BOOL] = TYPE_BOOL,
    };
    struct expr *e = parser_expr(p, start, OP_FIELD, types[field->type]);
    e->slot = slot;
    e->field = field;
    e->seconds = field->type == FACT_REAL;
    return e;
}

static struct expr *named_value(struct parser *p, const uint8_t *start,
                                struct threshold *t)
{
    t->used = t->used || !p->names->in_text;
    struct expr *e = parser_expr(p, start, OP_CONSTANT,
                                 t->is_number ? TYPE_NUMBER : TYPE_TEXT);
    if (t->is_number)
        e->number = t->number;
    else
        e->text = span_of(t->shown);
    return e;
}

/* Its test is read as if it stood here in parentheses. */
static struct expr *named_condition(struct parser *p, struct named *named)
{
    const struct fact_kind *current = p->names->current;
    if (p->named)
        return parser_fail(p, "a condition with a name uses no other (%s)",
                           named->name);
    if (named->about != current)
        return parser_fail(p, "the condition \"%s\" is about %s, not about %s",
                           named->name,
                           named->about ? named->about->name : "the whole",
                           current ? current->name : "the whole");
    const char *wrong = names_use(p->names, named);
    if (wrong)
        return parser_fail(p, "the condition \"%s\": %s", named->name, wrong);
    return parse_named(p, named);
}

static struct expr *bare_name(struct parser *p, const uint8_t *start,
                              struct span name)
{
    struct names *names = p->names;
    struct threshold *t = names_threshold(names, name);
    const struct fact_field *field =
        names->current ? fact_field_find(names->current, name) : NULL;
    if (t && field)
        return parser_fail(p,
                           "the threshold \"%s\" is also a field of %s; give "
                           "it another name",
                           t->name, names->current->name);
    if (t)
        return named_value(p, start, t);
    if (field)
        return field_of(p, start, SLOT_CURRENT, field);
    struct place place;
    if (names->in_text && !names->current &&
        names_places(names, NULL, name, &place, 1))
        return field_of(p, start, place.slot, place.field);
    struct named *named = named_find(p->shared->named, name);
    if (named)
        return named_condition(p, named);
    if (names->current)
        return parser_fail(p, "%s has no field \"%.*s\"%s",
                           names->current->name, SHOWN(name),
                           names_perhaps_field(names->current, name).text);
    if (names->in_text)
        return parser_fail(p, "no fact of this rule has a field \"%.*s\"",
                           SHOWN(name));
    return parser_fail(p,
                       "\"%.*s\" is no threshold and no condition above this "
                       "rule; a field needs its kind in "
                       "front of the expression, or session.FIELD",
                       SHOWN(name));
}

/* The kind's own field, found at slot. */
static struct expr *field_at(struct parser *p, const uint8_t *start,
                             const struct fact_kind *kind, struct span name,
                             uint8_t slot)
{
    const struct fact_field *field = fact_field_find(kind, name);
    if (!field)
        return parser_fail(p, "%s has no field \"%.*s\"%s", kind->name,
                           SHOWN(name), names_perhaps_field(kind, name).text);
    return field_of(p, start, slot, field);
}

/* KIND.field where no slot is certain. */
static struct expr *kind_field(struct parser *p, const uint8_t *start,
                               const struct fact_kind *kind, struct span name)
{
    struct names *names = p->names;
    struct place place;
    if (!scope_has(names->scope, kind))
        return parser_fail(p, "a rule of scope %s sees no %s",
                           scope_names[names->scope], kind->name);
    if (!fact_field_find(kind, name))
        return field_at(p, start, kind, name, SLOT_CURRENT);
    if (names->in_text && names_places(names, kind, name, &place, 1))
        return field_of(p, start, place.slot, place.field);
    if (kind->number == FACT_KIND_session)
        return parser_fail(p,
                           "a rule of scope %s has many sessions; use a "
                           "pattern with \"as\", or exists(session where ...)",
                           scope_names[names->scope]);
    return parser_fail(p,
                       "which %s? give its pattern a name with \"as\", or use "
                       "exists(%s where ...)",
                       kind->name, kind->name);
}

static void split_path(struct span path, struct span *front, struct span *last)
{
    size_t dot = path.n;
    while (dot > 0 && path.p[dot - 1] != '.')
        dot--;
    *last = span_skip(path, dot);
    *front = span_first(path, dot ? dot - 1 : 0);
}

static struct expr *parse_name(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    struct span path = p->token.source, front, name;
    struct names *names = p->names;
    parser_advance(p);
    split_path(path, &front, &name);
    if (front.n == 0)
        return bare_name(p, start, name);
    const struct bound *bound = names_bound(names, front);
    if (bound)
        return field_at(p, start, bound->kind, name, bound->slot);
    const struct fact_kind *kind = fact_kind_find(front);
    if (!kind)
        return parser_fail(p,
                           "\"%.*s\" is neither a kind of fact nor a name "
                           "given with \"as\" before%s",
                           SHOWN(front),
                           names_perhaps_kind(names, front).text);
    if (names->in_contrast) {
        if (kind->number == FACT_KIND_contrast)
            return field_at(p, start, kind, name, SLOT_CONTRAST);
        if (kind->number == FACT_KIND_session)
            return field_at(p, start, kind, name, SLOT_SESSION);
        return parser_fail(p, "only session.FIELD and contrast.FIELD can stand "
                              "here");
    }
    if (kind->number == FACT_KIND_session && scope_has_session(names->scope))
        return field_at(p, start, kind, name, SLOT_SESSION);
    if (kind->number == FACT_KIND_capture && names->scope == SCOPE_CAPTURE)
        return field_at(p, start, kind, name, SLOT_CAPTURE);
    if (kind == names->current)
        return field_at(p, start, kind, name, SLOT_CURRENT);
    return kind_field(p, start, kind, name);
}

static const struct aggregate_name {
    const char *name;
    enum aggregate_what what;
    bool needs_number; /* of a field */
} aggregate_names[] = {
    /* clang-format off */
    {"count",  AGGREGATE_COUNT,  false},
    {"exists", AGGREGATE_EXISTS, false},
    {"sum",    AGGREGATE_SUM,    true },
    {"min",    AGGREGATE_MIN,    true },
    {"max",    AGGREGATE_MAX,    true },
    /* clang-format on */
};
enum { AGGREGATES = sizeof aggregate_names / sizeof *aggregate_names };

/* KIND or KIND.field after the parenthesis; false: it was complained about. */
static bool aggregate_target(struct parser *p, struct aggregate *a)
{
    struct span path = p->token.source, front, name;
    if (p->token.kind != TOKEN_NAME) {
        parser_fail(p, "a kind of fact should come before \"%.*s\"",
                    SHOWN(path));
        return false;
    }
    parser_advance(p);
    split_path(path, &front, &name);
    a->kind = fact_kind_find(path);
    if (!a->kind) {
        a->kind = fact_kind_find(front);
        if (!a->kind) {
            parser_fail(p, "there is no kind of fact \"%.*s\"%s", SHOWN(path),
                        names_perhaps_kind(p->names, path).text);
            return false;
        }
        a->field = fact_field_find(a->kind, name);
        if (!a->field) {
            field_at(p, NULL, a->kind, name, SLOT_CURRENT);
            return false;
        }
    }
    if (scope_has(p->names->scope, a->kind) && !p->names->in_contrast)
        return true;
    parser_fail(p, "a rule of scope %s sees no %s",
                scope_names[p->names->scope], a->kind->name);
    return false;
}

/* Whether field, distinct and what fit together. */
static bool aggregate_fits(struct parser *p, const struct aggregate *a,
                           const struct aggregate_name *n)
{
    bool number = a->field && (a->field->type == FACT_UINT ||
                               a->field->type == FACT_REAL);
    if (n->needs_number && !number)
        parser_fail(p, "%s() needs a field that is a number: %s(%s.FIELD)",
                    n->name, n->name, a->kind->name);
    else if (a->distinct && a->what != AGGREGATE_COUNT)
        parser_fail(p, "\"distinct\" goes with count() only");
    else if (a->distinct && !a->field)
        parser_fail(p, "count(distinct ...) needs a field: %s.FIELD",
                    a->kind->name);
    else if (!n->needs_number && !a->distinct && a->field)
        parser_fail(p, "%s() takes a kind of fact, not a field%s", n->name,
                    a->what == AGGREGATE_COUNT ? "; or write distinct" : "");
    return !p->failed;
}

static void aggregate_where(struct parser *p, struct aggregate *a)
{
    struct names *names = p->names;
    const struct fact_kind *outer = names->current;
    names->current = a->kind;
    p->in_aggregate = true;
    a->where = parse_truth(p);
    p->in_aggregate = false;
    names->current = outer;
}

static struct expr *parse_aggregate(struct parser *p, const uint8_t *start,
                                    const struct aggregate_name *n)
{
    struct names *names = p->names;
    if (p->in_aggregate)
        return parser_fail(p, "%s() inside another aggregate", n->name);
    if (names->current)
        return parser_fail(p,
                           "%s() looks at all facts, not at this one; put it "
                           "in a line of its own",
                           n->name);
    struct aggregate *a = arena_alloc(p->shared->code, sizeof *a);
    a->what = n->what;
    parser_expect(p, "(");
    a->distinct = parser_accept(p, "distinct");
    if (p->failed || !aggregate_target(p, a) || !aggregate_fits(p, a, n))
        return parser_fail(p, "in %s()", n->name);
    if (parser_accept(p, "where"))
        aggregate_where(p, a);
    parser_expect(p, ")");
    if (names->in_condition && names->counted_count < COUNTED_MAX) {
        a->slot = (uint8_t)(SLOT_COUNTED + names->counted_count);
        names->counted[names->counted_count++] =
            (struct counted){a, a->kind, a->slot};
    }
    struct expr *e = parser_expr(p, start, OP_AGGREGATE,
                                 n->what == AGGREGATE_EXISTS ? TYPE_BOOL
                                                             : TYPE_NUMBER);
    e->aggregate = a;
    e->seconds = a->field && a->field->type == FACT_REAL && !a->distinct;
    e->cost = 100;
    return e;
}

static struct expr *literal(struct parser *p)
{
    struct token token = p->token;
    parser_advance(p);
    struct expr *e = parser_expr(
        p, token.source.p, OP_CONSTANT,
        token.kind == TOKEN_NUMBER ? TYPE_NUMBER : TYPE_TEXT);
    if (token.kind == TOKEN_NUMBER)
        e->number = token.number;
    else
        e->text = parse_string(p, &token);
    return e;
}

static struct expr *parse_word(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    bool yes = token_is(&p->token, "true");
    if (yes || token_is(&p->token, "false")) {
        parser_advance(p);
        struct expr *e = parser_expr(p, start, OP_CONSTANT, TYPE_BOOL);
        e->truth = yes;
        return e;
    }
    struct lexer ahead = p->lexer;
    struct token next = lexer_next(&ahead);
    for (size_t i = 0; i < AGGREGATES && token_is(&next, "("); i++) {
        if (parser_accept(p, aggregate_names[i].name))
            return parse_aggregate(p, start, &aggregate_names[i]);
    }
    static const char *const words[] = {"and", "or",  "in",     "contains",
                                        "has", "matches", "where"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (token_is(&p->token, words[i]))
            return parser_fail(p, "a value should come before \"%s\"",
                               words[i]);
    }
    if (token_is(&next, "("))
        return parser_fail(p,
                           "there is no %.*s(); there are count, exists, sum, "
                           "min and max",
                           SHOWN(p->token.source));
    return parse_name(p);
}

struct expr *parse_primary(struct parser *p)
{
    switch (p->token.kind) {
    case TOKEN_NUMBER:
    case TOKEN_STRING:
        return literal(p);
    case TOKEN_NAME:
        return parse_word(p);
    case TOKEN_BAD:
        return parser_fail(p, "the text %.*s has no closing double quote",
                           SHOWN(p->token.source));
    case TOKEN_END:
        return parser_fail(p, "the expression ends too early");
    case TOKEN_SIGN:
        break;
    }
    if (token_is(&p->token, "'"))
        return parser_fail(p, "texts stand in double quotes");
    if (!parser_accept(p, "("))
        return parser_fail(p, "a value should come before \"%.*s\"",
                           SHOWN(p->token.source));
    struct expr *e = parse_any(p);
    parser_expect(p, ")");
    return e;
}

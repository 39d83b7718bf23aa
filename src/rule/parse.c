/* parse.c - the grammar of expressions, by recursive descent; see parse.h.
 *
 *   any        = all { "or" all }
 *   all        = not { "and" not }
 *   not        = "not" not | comparison
 *   comparison = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum
 *                    | ["not"] "in" "{" elements "}"
 *                    | ("contains" | "has") sum
 *                    | "matches" (string | name of a list) ]
 *   sum        = product { ("+" | "-") product }
 *   product    = sign { ("*" | "/") sign }
 *   sign       = "-" sign | primary
 *   primary    = literal | name | aggregate | "(" any ")"
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rule/parser.h"
#include "rule/steps.h"

static const char *const type_names[] = {"a text", "a number", "true or false"};

void parser_advance(struct parser *p)
{
    p->end = p->token.source.p + p->token.source.n;
    p->token = lexer_next(&p->lexer);
}

bool parser_accept(struct parser *p, const char *what)
{
    if (!token_is(&p->token, what))
        return false;
    parser_advance(p);
    return true;
}

void parser_expect(struct parser *p, const char *what)
{
    if (parser_accept(p, what))
        return;
    if (p->token.kind == TOKEN_END)
        parser_fail(p, "the expression ends where \"%s\" should come", what);
    else
        parser_fail(p, "\"%s\" should come before \"%.*s\"", what,
                    SHOWN(p->token.source));
}

struct expr *parser_fail(struct parser *p, const char *format, ...)
{
    if (!p->failed) {
        char said[512];
        va_list args;
        va_start(args, format);
        vsnprintf(said, sizeof said, format, args);
        va_end(args);
        complain(p->shared->complaints, p->line, "%s", said);
    }
    p->failed = true;
    p->lexer.rest = span_skip(p->lexer.rest, p->lexer.rest.n);
    p->token = lexer_next(&p->lexer);
    return parser_expr(p, NULL, OP_CONSTANT, TYPE_BOOL);
}

struct span parser_source(const struct parser *p, const uint8_t *start)
{
    if (!start || !p->end || p->end < start)
        return (struct span){NULL, 0};
    return (struct span){start, (size_t)(p->end - start)};
}

struct expr *parser_expr(struct parser *p, const uint8_t *start,
                         enum expr_op op, enum expr_type type)
{
    struct expr *e = arena_alloc(p->shared->code, sizeof *e);
    *e = (struct expr){.op = op, .type = type, .cost = 1};
    e->source = parser_source(p, start);
    return e;
}

static struct expr *not_empty(struct parser *p, const struct expr *text)
{
    struct expr *e = parser_expr(p, NULL, OP_NOT_EMPTY, TYPE_BOOL);
    e->source = text->source;
    e->left = text;
    return e;
}

/* Made true or false, and ready to be asked: by itself, or as a part of `and`
 * that is asked for many rules at once. */
static struct expr *truth(struct parser *p, struct expr *e)
{
    if (p->failed)
        return e;
    if (e->type == TYPE_NUMBER)
        return parser_fail(p, "\"%.*s\" is a number; compare it with something",
                           SHOWN(e->source));
    if (e->type == TYPE_TEXT)
        e = not_empty(p, e);
    e->steps = steps_compile(e, p->shared->code);
    return e;
}

static bool is(struct parser *p, const struct expr *e, enum expr_type type,
               const char *needed_by)
{
    if (p->failed)
        return false;
    if (e->type == type)
        return true;
    parser_fail(p, "\"%.*s\" is %s; %s needs %s", SHOWN(e->source),
                type_names[e->type], needed_by, type_names[type]);
    return false;
}

static struct expr *binary(struct parser *p, const uint8_t *start,
                           enum expr_op op, enum expr_type type,
                           const struct expr *left, const struct expr *right)
{
    struct expr *e = parser_expr(p, start, op, type);
    e->left = left;
    e->right = right;
    e->cost = left->cost + right->cost + 1;
    return e;
}

static struct expr *parse_sign(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    if (!parser_accept(p, "-"))
        return parse_primary(p);
    if (++p->depth > EXPR_DEPTH_MAX)
        return parser_fail(p, "the expression is nested too deeply");
    struct expr *operand = parse_sign(p);
    p->depth--;
    if (!is(p, operand, TYPE_NUMBER, "\"-\""))
        return operand;
    struct expr *e = parser_expr(p, start, OP_NEGATE, TYPE_NUMBER);
    e->left = operand;
    e->seconds = operand->seconds;
    e->cost = operand->cost + 1;
    return e;
}

static struct expr *parse_product(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    struct expr *left = parse_sign(p);
    for (;;) {
        bool times = parser_accept(p, "*");
        if (!times && !parser_accept(p, "/"))
            return left;
        struct expr *right = parse_sign(p);
        const char *sign = times ? "\"*\"" : "\"/\"";
        if (!is(p, left, TYPE_NUMBER, sign) || !is(p, right, TYPE_NUMBER, sign))
            return left;
        /* Seconds times a number are seconds; seconds by seconds are not. */
        bool seconds = times ? left->seconds != right->seconds
                             : left->seconds && !right->seconds;
        left = binary(p, start, times ? OP_MULTIPLY : OP_DIVIDE, TYPE_NUMBER,
                      left, right);
        left->seconds = seconds;
    }
}

static struct expr *parse_sum(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    struct expr *left = parse_product(p);
    for (;;) {
        bool plus = parser_accept(p, "+");
        if (!plus && !parser_accept(p, "-"))
            return left;
        struct expr *right = parse_product(p);
        const char *sign = plus ? "\"+\"" : "\"-\"";
        if (!is(p, left, TYPE_NUMBER, sign) || !is(p, right, TYPE_NUMBER, sign))
            return left;
        bool seconds = left->seconds || right->seconds;
        left = binary(p, start, plus ? OP_ADD : OP_SUBTRACT, TYPE_NUMBER, left,
                      right);
        left->seconds = seconds;
    }
}

static const struct comparison {
    const char *sign;
    enum expr_op op;
    bool swapped; /* a > b is b < a */
    bool equality;
    bool negated; /* for texts and truth: != is not == */
} comparisons[] = {
    /* clang-format off */
    {"==", OP_EQUAL,   false, true,  false},
    {"!=", OP_UNEQUAL, false, true,  true },
    {"<",  OP_LESS,    false, false, false},
    {"<=", OP_AT_MOST, false, false, false},
    {">",  OP_LESS,    true,  false, false},
    {">=", OP_AT_MOST, true,  false, false},
    /* clang-format on */
};
enum { COMPARISONS = sizeof comparisons / sizeof *comparisons };

static struct expr *negated(struct parser *p, const uint8_t *start,
                            const struct expr *of)
{
    struct expr *e = parser_expr(p, start, OP_NOT, TYPE_BOOL);
    e->left = of;
    e->cost = of->cost;
    return e;
}

static struct expr *compared(struct parser *p, const uint8_t *start,
                             const struct comparison *c, struct expr *left,
                             struct expr *right)
{
    if (p->failed)
        return left;
    if (left->type != right->type)
        return parser_fail(p, "\"%.*s\" is %s, but \"%.*s\" is %s",
                           SHOWN(left->source), type_names[left->type],
                           SHOWN(right->source), type_names[right->type]);
    if (left->type == TYPE_NUMBER)
        return binary(p, start, c->op, TYPE_BOOL, c->swapped ? right : left,
                      c->swapped ? left : right);
    if (!c->equality)
        return parser_fail(p, "\"%.*s\" is %s; \"%s\" compares numbers",
                           SHOWN(left->source), type_names[left->type],
                           c->sign);
    struct expr *same =
        binary(p, start, left->type == TYPE_TEXT ? OP_SAME_TEXT : OP_SAME_BOOL,
               TYPE_BOOL, left, right);
    return c->negated ? negated(p, start, same) : same;
}

enum { SET_MAX = 256 };

static bool set_ends(struct parser *p, size_t n)
{
    parser_accept(p, ",");
    if (p->failed || token_is(&p->token, "}"))
        return true;
    if (n < SET_MAX)
        return false;
    parser_fail(p, "a set of more than %d", SET_MAX);
    return true;
}

static struct expr *parse_texts(struct parser *p, const uint8_t *start,
                                const struct expr *left)
{
    struct span *texts = NULL;
    size_t n = 0, room = 0;
    while (!set_ends(p, n)) {
        if (p->token.kind != TOKEN_STRING)
            return parser_fail(p,
                               "\"%.*s\" is a text; the set after it holds "
                               "\"%.*s\", which is none in double quotes",
                               SHOWN(left->source), SHOWN(p->token.source));
        texts = arena_grow(p->shared->code, texts, n, &room, n + 1,
                           sizeof *texts);
        texts[n++] = parse_string(p, &p->token);
        parser_advance(p);
    }
    parser_expect(p, "}");
    struct expr *e = parser_expr(p, start, OP_IN_TEXTS, TYPE_BOOL);
    e->left = left;
    e->texts = texts;
    e->text_count = n;
    e->cost = left->cost + 2;
    return e;
}

static double parse_number(struct parser *p)
{
    bool minus = parser_accept(p, "-");
    if (p->token.kind != TOKEN_NUMBER) {
        parser_fail(p, "a set of numbers holds \"%.*s\", which is none",
                    SHOWN(p->token.source));
        return 0;
    }
    double number = p->token.number;
    parser_advance(p);
    return minus ? -number : number;
}

static struct expr *parse_ranges(struct parser *p, const uint8_t *start,
                                 const struct expr *left)
{
    struct range *ranges = NULL;
    size_t n = 0, room = 0;
    while (!set_ends(p, n)) {
        double low = parse_number(p);
        double high = parser_accept(p, "..") ? parse_number(p) : low;
        if (high < low)
            parser_fail(p, "the range %g..%g is empty", low, high);
        ranges = arena_grow(p->shared->code, ranges, n, &room, n + 1,
                            sizeof *ranges);
        ranges[n++] = (struct range){low, high};
    }
    parser_expect(p, "}");
    struct expr *e = parser_expr(p, start, OP_IN_NUMBERS, TYPE_BOOL);
    e->left = left;
    e->ranges = ranges;
    e->range_count = n;
    e->cost = left->cost + 2;
    return e;
}

static struct expr *parse_in(struct parser *p, const uint8_t *start,
                             const struct expr *left)
{
    parser_expect(p, "{");
    if (p->failed)
        return parser_fail(p, "after \"in\" comes a set: {143 993}");
    if (token_is(&p->token, "}"))
        return parser_fail(p, "an empty set holds nothing");
    if (left->type == TYPE_TEXT)
        return parse_texts(p, start, left);
    if (!is(p, left, TYPE_NUMBER, "\"in\""))
        return parser_fail(p, "\"in\" is for texts and numbers");
    return parse_ranges(p, start, left);
}

/* What stands after "matches"; NULL: it was complained about. */
static const struct regex *shared_regex(struct parser *p)
{
    struct err err;
    if (p->token.kind == TOKEN_NAME) {
        const struct list *list = list_find(p->shared->lists, p->token.source);
        if (!list)
            parser_fail(p, "there is no list \"%.*s\" above this rule",
                        SHOWN(p->token.source));
        return list ? list->regex : NULL;
    }
    if (p->token.kind != TOKEN_STRING) {
        parser_fail(p, "after \"matches\" comes a regular expression in "
                       "double quotes, or the name of a list");
        return NULL;
    }
    const struct regex *regex =
        regexes_add(p->shared->regexes, parse_string(p, &p->token), &err);
    if (!regex)
        parser_fail(p, "the regular expression %.*s: %s",
                    SHOWN(p->token.source), err.text);
    return regex;
}

static struct expr *parse_matches(struct parser *p, const uint8_t *start,
                                  const struct expr *left)
{
    if (!is(p, left, TYPE_TEXT, "\"matches\""))
        return parser_fail(p, "\"matches\" is for texts");
    const struct regex *regex = shared_regex(p);
    if (!regex)
        return parser_fail(p, "after \"matches\"");
    parser_advance(p);
    struct expr *e = parser_expr(p, start, OP_MATCHES, TYPE_BOOL);
    e->left = left;
    e->regex = regex;
    e->cost = left->cost + 50;
    return e;
}

static struct expr *parse_within(struct parser *p, const uint8_t *start,
                                 enum expr_op op, const struct expr *left)
{
    const char *word = op == OP_HAS ? "\"has\"" : "\"contains\"";
    const struct expr *right = parse_sum(p);
    if (!is(p, left, TYPE_TEXT, word) || !is(p, right, TYPE_TEXT, word))
        return parser_fail(p, "%s is for texts", word);
    struct expr *e = binary(p, start, op, TYPE_BOOL, left, right);
    e->cost += 10;
    return e;
}

/* What people write who know other languages. */
static struct expr *foreign_sign(struct parser *p, struct expr *left)
{
    static const char *const signs[][2] = {
        {"=", "=="}, {"&&", "and"}, {"||", "or"}, {"~", "matches"},
        {"&", "and"}, {"|", "or"},  {"<>", "!="},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (token_is(&p->token, signs[i][0]))
            return parser_fail(p, "write \"%s\" instead of \"%s\"", signs[i][1],
                               signs[i][0]);
    }
    return left;
}

static struct expr *parse_comparison(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    struct expr *left = parse_sum(p);
    for (size_t i = 0; i < COMPARISONS; i++) {
        if (!parser_accept(p, comparisons[i].sign))
            continue;
        struct expr *right = parse_sum(p);
        left = compared(p, start, &comparisons[i], left, right);
        for (size_t j = 0; j < COMPARISONS && !p->failed; j++) {
            if (token_is(&p->token, comparisons[j].sign))
                return parser_fail(p, "two comparisons in a row; join them "
                                      "with \"and\"");
        }
        return left;
    }
    if (parser_accept(p, "in"))
        return parse_in(p, start, left);
    if (parser_accept(p, "contains"))
        return parse_within(p, start, OP_CONTAINS, left);
    if (parser_accept(p, "has"))
        return parse_within(p, start, OP_HAS, left);
    if (parser_accept(p, "matches"))
        return parse_matches(p, start, left);
    if (parser_accept(p, "not")) {
        parser_expect(p, "in");
        return p->failed ? left
                         : negated(p, start, parse_in(p, start, left));
    }
    return foreign_sign(p, left);
}

static struct expr *parse_not(struct parser *p)
{
    const uint8_t *start = p->token.source.p;
    if (token_is(&p->token, "!"))
        return parser_fail(p, "write \"not\" instead of \"!\"");
    if (!parser_accept(p, "not"))
        return parse_comparison(p);
    if (++p->depth > EXPR_DEPTH_MAX)
        return parser_fail(p, "the expression is nested too deeply");
    const struct expr *operand = truth(p, parse_not(p));
    p->depth--;
    return negated(p, start, operand);
}

/* Nothing has side effects, so the cheap ones may go first. */
static void sort_by_cost(const struct expr **list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct expr *e = list[i];
        size_t at = i;
        for (; at > 0 && list[at - 1]->cost > e->cost; at--)
            list[at] = list[at - 1];
        list[at] = e;
    }
}

static struct expr *parse_joined(struct parser *p, const char *word,
                                 enum expr_op op,
                                 struct expr *(*part)(struct parser *))
{
    const uint8_t *start = p->token.source.p;
    struct expr *first = part(p);
    if (!token_is(&p->token, word))
        return first;
    const struct expr **list = NULL;
    size_t n = 0, room = 0;
    unsigned cost = 0;
    const struct expr *next = truth(p, first);
    for (;;) {
        list = arena_grow(p->shared->code, list, n, &room, n + 1, sizeof *list);
        list[n++] = next;
        cost += next->cost;
        if (!parser_accept(p, word))
            break;
        next = truth(p, part(p));
    }
    sort_by_cost(list, n);
    struct expr *e = parser_expr(p, start, op, TYPE_BOOL);
    e->list = list;
    e->count = n;
    e->cost = cost;
    return e;
}

static struct expr *parse_all(struct parser *p)
{
    return parse_joined(p, "and", OP_ALL, parse_not);
}

struct expr *parse_any(struct parser *p)
{
    if (++p->depth > EXPR_DEPTH_MAX)
        return parser_fail(p, "the expression is nested too deeply");
    struct expr *e = parse_joined(p, "or", OP_ONE_OF, parse_all);
    p->depth--;
    return e;
}

const struct expr *parse_truth(struct parser *p)
{
    return truth(p, parse_any(p));
}

static struct parser begin(const struct parsing *parsing, struct names *names,
                           struct span text, unsigned line)
{
    struct parser p = {.shared = parsing, .names = names, .line = line};
    p.lexer.rest = arena_copy(parsing->mem, text); /* for expr.source */
    p.token = lexer_next(&p.lexer);
    if (p.token.kind == TOKEN_END)
        parser_fail(&p, "an expression is missing");
    return p;
}

/* Complains if there is more. */
static void expect_end(struct parser *p)
{
    if (!p->failed && p->token.kind == TOKEN_BAD)
        parser_fail(p, "the text %.*s has no closing double quote",
                    SHOWN(p->token.source));
    else if (!p->failed && p->token.kind != TOKEN_END)
        parser_fail(p, "\"and\" or \"or\" should come before \"%.*s\"",
                    SHOWN(p->token.source));
}

static const struct expr *finish(struct parser *p, const struct expr *e)
{
    expect_end(p);
    return p->failed ? NULL : e;
}

struct expr *parse_named(struct parser *p, const struct named *named)
{
    struct complaints *complaints = p->shared->complaints;
    const char *file = complaints->file;
    struct parser outer = *p;
    complaints->file = named->file;
    p->named = true;
    p->line = named->line;
    p->lexer.rest = span_of(named->test);
    p->token = lexer_next(&p->lexer);
    struct expr *e = parse_any(p);
    expect_end(p);
    complaints->file = file;
    if (!p->failed)
        *p = outer;
    return e;
}

const struct expr *parse_condition(const struct parsing *parsing,
                                   struct names *names, struct span text,
                                   unsigned line)
{
    struct parser p = begin(parsing, names, text, line);
    const struct expr *e = parse_truth(&p);
    return finish(&p, e);
}

const struct expr *parse_value(const struct parsing *parsing,
                               struct names *names, struct span text,
                               unsigned line)
{
    struct parser p = begin(parsing, names, text, line);
    const struct expr *e = parse_any(&p);
    return finish(&p, e);
}

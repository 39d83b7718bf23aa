/* parser.h - the parser's own state; private to parse*.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_PARSER_H
#define RULE_PARSER_H

#include "rule/lexer.h"
#include "rule/parse.h"

struct parser {
    const struct parsing *shared;
    struct names *names;
    struct lexer lexer;
    struct token token; /* the next one */
    const uint8_t *end; /* of the last one that was taken */
    unsigned line;
    unsigned depth;
    bool in_aggregate;
    bool named;  /* it reads a condition with a name */
    bool failed; /* one message is enough: what follows only echoes it */
};

void parser_advance(struct parser *p);

/* Takes the name or sign if it is next. */
bool parser_accept(struct parser *p, const char *what);

/* The same; complains if it is not. */
void parser_expect(struct parser *p, const char *what);

/* Complains, once, and skips the rest.  What it returns may be used like any
 * other expression. */
struct expr *parser_fail(struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A new expression whose text begins at `start`. */
struct expr *parser_expr(struct parser *p, const uint8_t *start,
                         enum expr_op op, enum expr_type type);

/* The same, to be shown in a message: "status", "latency * 2". */
struct span parser_source(const struct parser *p, const uint8_t *start);

/* parse.c: everything that `or` can join. */
struct expr *parse_any(struct parser *p);

/* parse.c: the same, made true or false, or complained about. */
const struct expr *parse_truth(struct parser *p);

/* parse.c: all of the test of a condition with a name. */
struct expr *parse_named(struct parser *p, const struct named *named);

/* parse_value.c: a literal, a field, a named value, or an aggregate. */
struct expr *parse_primary(struct parser *p);

/* parse_value.c: the text of a string token, without quotes and escapes. */
struct span parse_string(struct parser *p, const struct token *token);

#endif

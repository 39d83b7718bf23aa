/* lexer.h - the words of an expression.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_LEXER_H
#define RULE_LEXER_H

#include "base/span.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,   /* imap.response.status, at-once, and */
    TOKEN_NUMBER, /* 12, 1.5, 0x0303 */
    TOKEN_STRING, /* "..." */
    TOKEN_SIGN,   /* == != <= >= .. && || or one character */
    TOKEN_BAD,    /* a string that does not end */
};

struct token {
    enum token_kind kind;
    struct span source; /* as it stands there; a string with its quotes */
    double number;
};

struct lexer {
    struct span rest;
};

/* The next token; TOKEN_END again and again at the end. */
struct token lexer_next(struct lexer *lexer);

/* The token is this name or sign. */
bool token_is(const struct token *token, const char *what);

#endif

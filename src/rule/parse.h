/* parse.h - from the text of an expression to struct expr, every name and type
 * checked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_PARSE_H
#define RULE_PARSE_H

#include "base/arena.h"
#include "rule/list.h"
#include "rule/names.h"

/* Deeper nesting than this is no expression that a person wrote. */
enum { EXPR_DEPTH_MAX = 64 };

/* What all parsing of a rule base shares. */
struct parsing {
    struct arena *mem;  /* texts and all else that judging seldom reads */
    struct arena *code; /* expressions: close together, judging is faster */
    struct regexes *regexes;
    struct complaints *complaints;
    struct lists *lists;
    struct nameds *named;
};

/* A whole text that is true or false.  NULL: it was complained about. */
const struct expr *parse_condition(const struct parsing *parsing,
                                   struct names *names, struct span text,
                                   unsigned line);

/* A whole text of any type, to be shown. */
const struct expr *parse_value(const struct parsing *parsing,
                               struct names *names, struct span text,
                               unsigned line);

#endif

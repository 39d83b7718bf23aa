/* names.h - what a name in an expression or a text can stand for.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_NAMES_H
#define RULE_NAMES_H

#include "rule/complain.h"
#include "rule/expr.h"
#include "rule/named.h"
#include "rule/rule.h"

/* A pattern of `when`, as far as others can refer to it. */
struct bound {
    const char *name; /* of `as`; NULL for none */
    const struct fact_kind *kind;
    uint8_t slot;
};

/* What texts can show besides what patterns matched: the first fact that an
 * aggregate took into account, or (aggregate NULL) the first of its kind. */
struct counted {
    const struct aggregate *aggregate;
    const struct fact_kind *kind;
    uint8_t slot;
};

enum { NAMED_MAX = 8 }; /* conditions with a name that one rule uses */

struct names {
    enum scope scope;
    const struct fact_kind *current; /* whose fields are bare; or NULL */
    bool in_text;      /* bare fields are those of any matched fact */
    bool in_contrast;  /* only session.FIELD and contrast.FIELD are there */
    bool in_condition; /* aggregates leave their first fact for texts */
    struct thresholds thresholds;
    struct named *named[NAMED_MAX]; /* that were used: theirs count too */
    size_t named_count;
    struct bound bound[PATTERNS_MAX];
    size_t bound_count;
    struct counted counted[COUNTED_MAX];
    size_t counted_count;
};

struct threshold *names_threshold(struct names *names, struct span name);
const struct bound *names_bound(const struct names *names, struct span name);

/* Notes that the condition is used: its thresholds are the rule's from now on.
 * NULL, or what is wrong with that. */
const char *names_use(struct names *names, struct named *named);

/* Whether subjects of the scope can have facts of the kind. */
bool scope_has(enum scope scope, const struct fact_kind *kind);

/* Whether `session.field` means one session: the subject is or shares one. */
bool scope_has_session(enum scope scope);

/* The text mode: facts where KIND.field (or, with kind NULL, a bare field) may
 * be found, best first; up to max, returns how many. */
struct place {
    uint8_t slot;
    const struct fact_field *field;
};
size_t names_places(struct names *names, const struct fact_kind *kind,
                    struct span field, struct place *places, size_t max);

/* What to say of a name that stands for nothing. */
struct perhaps names_perhaps_field(const struct fact_kind *kind,
                                   struct span field);
struct perhaps names_perhaps_kind(const struct names *names, struct span name);

#endif

/* expr.h - what a rule asks of facts: an expression, typed and compiled.
 *
 * parse.c makes them and finds every mistake then, so that evaluating can not
 * fail: it reads what is there, allocates nothing, and takes bounded time (see
 * VIEW_STEPS).  rules/README.md describes the language.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_EXPR_H
#define RULE_EXPR_H

#include "fact/store.h"
#include "rule/regex.h"

/* An expression names facts by slot: the places of a view. */
enum {
    SLOT_CURRENT,  /* the fact that a pattern or an aggregate looks at */
    SLOT_SESSION,  /* the session of the subject */
    SLOT_CAPTURE,  /* the capture as a whole */
    SLOT_CONTRAST, /* how other sessions fared: raised-by, lowered-by */
    SLOT_PATTERNS, /* what the patterns of `when` matched */
    PATTERNS_MAX = 12,
    SLOT_COUNTED = SLOT_PATTERNS + PATTERNS_MAX, /* what aggregates met first */
    COUNTED_MAX = 40,
    SLOTS = SLOT_COUNTED + COUNTED_MAX,
};

/* How many facts may be looked at for one rule and one subject: so many, and so
 * many times those that there are.  An ordinary rule looks at each once or
 * twice; only facts made to be multiplied with each other come to an end of it,
 * and then the rule does not fire. */
enum { VIEW_STEPS = 1 << 16, VIEW_STEPS_PER_FACT = 16 };

/* What an expression can see. */
struct view {
    const struct facts *facts;
    const struct fact *slot[SLOTS]; /* NULL: no such fact */
    size_t steps; /* left */
};

enum expr_type { TYPE_TEXT, TYPE_NUMBER, TYPE_BOOL };

enum expr_op {
    /* a value */
    OP_FIELD,
    OP_CONSTANT,
    OP_AGGREGATE,
    /* numbers */
    OP_NEGATE,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    /* truth */
    OP_ALL,
    OP_ONE_OF,
    OP_NOT,
    OP_NOT_EMPTY,
    OP_SAME_TEXT,
    OP_SAME_BOOL,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_AT_MOST,
    OP_IN_TEXTS,
    OP_IN_NUMBERS,
    OP_CONTAINS,
    OP_HAS,
    OP_MATCHES,
};

struct range { /* both ends belong to it */
    double low, high;
};

static inline bool range_has(struct range range, double number)
{
    return number >= range.low && number <= range.high;
}

enum aggregate_what {
    AGGREGATE_COUNT,
    AGGREGATE_EXISTS,
    AGGREGATE_SUM,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
};

/* More different values than this are not told apart: no rule needs more, and
 * each is compared with all before it. */
enum { DISTINCT_MAX = 256 };

/* count(distinct KIND.field where EXPR) and its like. */
struct aggregate {
    enum aggregate_what what;
    bool distinct;
    const struct fact_kind *kind;
    const struct fact_field *field; /* NULL where facts are counted */
    const struct expr *where;       /* NULL: all of the kind */
    uint8_t slot; /* where texts find the first fact it met; 0: nowhere */
};

struct step;

struct expr {
    enum expr_op op;
    enum expr_type type;
    uint8_t slot;       /* of OP_FIELD */
    bool seconds;       /* a number that is a time in seconds */
    unsigned cost;      /* to evaluate, roughly: the cheap ones go first */
    struct span source; /* as it was written, for messages */
    const struct step *steps; /* see steps.h; NULL: evaluate the tree */
    union {
        const struct fact_field *field; /* OP_FIELD */
        double number;                  /* OP_CONSTANT */
        struct span text;               /* OP_CONSTANT */
        bool truth;                     /* OP_CONSTANT */
        const struct aggregate *aggregate;
        struct { /* OP_ALL, OP_ONE_OF */
            const struct expr **list;
            size_t count;
        };
        struct { /* all others */
            const struct expr *left;
            union {
                const struct expr *right;
                const struct regex *regex; /* OP_MATCHES */
                struct {
                    const struct span *texts; /* OP_IN_TEXTS */
                    size_t text_count;
                };
                struct {
                    const struct range *ranges; /* OP_IN_NUMBERS */
                    size_t range_count;
                };
            };
        };
    };
};

/* The expression must be of the type.  A number may be none (NaN): dividing by
 * zero, the least of nothing; comparisons with it are false. */
bool expr_true(const struct expr *e, struct view *view);
double expr_number(const struct expr *e, struct view *view);
struct span expr_text(const struct expr *e, struct view *view);

/* Whether one of the values of OP_IN_TEXTS, or OP_IN_NUMBERS, is this one. */
bool expr_has_text(const struct expr *e, struct span text);
bool expr_has_number(const struct expr *e, double number);

/* Walks the facts that an aggregate takes into account: *i begins at 0; NULL at
 * the end. */
const struct fact *aggregate_next(const struct aggregate *a, struct view *view,
                                  size_t *i);

/* Whether it takes any fact into account: what exists() asks. */
bool aggregate_exists(const struct aggregate *a, struct view *view);

/* The number in a UINT or REAL field. */
double field_number(const struct fact *fact, const struct fact_field *field);

#endif

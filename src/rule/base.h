/* base.h - the loaded rule base; private to rule/.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_BASE_H
#define RULE_BASE_H

#include "rule/answers.h"
#include "rule/condition.h"
#include "rule/default_checks.h"
#include "rule/product.h"
#include "rule/rule.h"

/* The rules of one scope, as judging goes through them. */
struct entries {
    const struct rule **list; /* in the order of the base */
    size_t count;
    struct questions questions; /* of all of them */
    struct opening *openings;   /* the only part that judging changes */
};

struct rules {
    struct arena *mem, *code; /* see struct parsing */
    uint64_t digest;
    struct regexes *regexes;
    struct rule **list; /* in the order of the files */
    size_t count, room;
    struct product **products; /* in the order of the files */
    size_t product_count, product_room;
    struct default_checks **defaults; /* in the order of the files */
    size_t default_count, default_room;
    struct entries entries[SCOPES];
};

#endif

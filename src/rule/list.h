/* list.h - patterns that several rules share, with a name: knowledge that is a
 * table and no sentence, such as the names of products.
 *
 *   - list: inspecting-products
 *     because: who says so, and as of when
 *     patterns: [regular expression, ...]
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_LIST_H
#define RULE_LIST_H

#include "rule/document.h"
#include "rule/regex.h"

struct list {
    const char *name;
    const struct regex *regex; /* one of its patterns matches */
    struct list *next;
};

/* Of one rule base; a later list of the same name takes the place of an
 * earlier one in what is read after it. */
struct lists {
    struct list *first;
};

/* Whether this element of a rule file is a list and not a rule. */
bool list_is(struct document *d, const yaml_node_t *node);

/* Reads it; mistakes are complained about. */
void list_read(struct document *d, const yaml_node_t *node, struct lists *lists,
               struct regexes *regexes);

/* NULL: there is none. */
const struct list *list_find(const struct lists *lists, struct span name);

#endif

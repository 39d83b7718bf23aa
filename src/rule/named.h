/* named.h - conditions that several rules share, with a name:
 *
 *   - condition: served
 *     about: session              # optional: facts of this kind
 *     means: the server did something for the client in it
 *     thresholds: {least: {value: 1, because: one is enough}}     # optional
 *     test: sent + received >= least
 *
 * Where the name stands in an expression, the test is read as if it stood there
 * in parentheses: it sees the names of that rule, and brings its thresholds
 * along.  So nothing that looks at expressions knows of it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_NAMED_H
#define RULE_NAMED_H

#include "rule/thresholds.h"

struct named {
    const char *name;
    const char *means;
    const struct fact_kind *about; /* NULL: a test of the whole */
    struct thresholds thresholds;
    const char *test;
    const char *file;
    unsigned line; /* of the test */
    bool used;
    struct named *next;
};

/* Of one rule base; a later one of the same name takes the place of an earlier
 * one in what is read after it. */
struct nameds {
    struct named *first;
};

/* Reads an entry that begins with `condition`; mistakes are complained about. */
void named_read(struct document *d, const yaml_node_t *node,
                struct nameds *nameds);

/* NULL: there is none. */
struct named *named_find(const struct nameds *nameds, struct span name);

/* Complains about those that nothing uses. */
void named_check(const struct nameds *nameds, struct complaints *complaints);

#endif

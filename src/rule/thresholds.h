/* thresholds.h - numbers and words that a rule gives a name, with the reason:
 *
 *   thresholds:
 *     slow: {value: 1.5, because: servers wait on purpose}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_THRESHOLDS_H
#define RULE_THRESHOLDS_H

#include "rule/document.h"

/* One of them. */
struct threshold {
    const char *name;
    const char *because;
    const char *shown; /* as it was written */
    bool is_number;
    double number;
    unsigned line;
    bool used; /* by a condition */
};

enum { THRESHOLDS_MAX = 16 };

struct thresholds {
    struct threshold list[THRESHOLDS_MAX];
    size_t count;
};

/* NULL: there is none of that name. */
struct threshold *thresholds_find(struct thresholds *thresholds,
                                  struct span name);

/* Adds those of the map.  False: it was complained about. */
bool thresholds_read(struct document *d, const yaml_node_t *node,
                     struct thresholds *out);

/* Complains about those that no condition uses; false: there are some. */
bool thresholds_check(const struct thresholds *thresholds,
                      struct complaints *complaints);

#endif

/* lint.h - what a rule base that is handed to others must have beyond being
 * right: proof, references, and words for everybody.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_LINT_H
#define RULE_LINT_H

#include "rule/rule.h"

/* Complains, one line each as FILE:LINE: MESSAGE, about rules that wanted()
 * says yes to; gives the number of complaints. */
size_t rules_lint(const struct rules *rules,
                  bool (*wanted)(const void *user, const struct rule *rule),
                  const void *user, void (*complain)(const char *message));

#endif

/* rules_test.h - mailwhy rules test: whether rules fire on the captures they
 * name, and on no others of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_RULES_TEST_H
#define CLI_RULES_TEST_H

#include "cli/rulebase.h"

/* Tests the rules of the base that `wanted` says yes to; gives the exit
 * status. */
int rules_test(const struct rulebase *base, const struct rules *rules,
               bool (*wanted)(const struct rulebase *base,
                              const struct rule *rule));

#endif

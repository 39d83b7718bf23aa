/* default_checks.h - commands to run next for rules that name none of their
 * own; private to rule/.
 *
 * Told in rules/checks.yaml, with the names of rules as `explains` has them:
 *
 *   - checks-for: [network.*, firewall.*]
 *     checks:
 *       - traceroute -T -p {session.port} {session.server}
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_DEFAULT_CHECKS_H
#define RULE_DEFAULT_CHECKS_H

#include "rule/condition.h"

struct default_checks {
    const char *const *names;
    size_t name_count;
    struct said_list checks;
};

struct rules;
struct rule;

/* Those of the rule itself, or else of the first entry that names it; what it
 * names sees one session and nothing else, so rules of wider scope get none. */
struct said_list checks_of(const struct rules *rules, const struct rule *rule);

#endif

/* regex.h - regular expressions of rules: PCRE2, without regard to case.
 *
 * The words they meet come from strangers, so the effort of one match is
 * limited; past the limit it does not match.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_REGEX_H
#define RULE_REGEX_H

#include "base/err.h"
#include "base/span.h"

struct regex;

/* All of a rule base: they share what a match needs, and die together. */
struct regexes;

struct regexes *regexes_new(void);
void regexes_free(struct regexes **regexes);

/* Lives as long as regexes.  NULL: err says what is wrong with the pattern. */
const struct regex *regexes_add(struct regexes *regexes, struct span pattern,
                                struct err *err);

bool regex_matches(const struct regex *regex, struct span subject);

#endif

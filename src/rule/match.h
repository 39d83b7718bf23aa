/* match.h - what is told of a rule that fired; private to rule/.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_MATCH_H
#define RULE_MATCH_H

#include "rule/condition.h"

/* Makes the match of a rule whose patterns stand bound in the view, with words
 * if the taker wants them; lives in mem. */
struct match match_make(const struct rules *rules, const struct rule *rule,
                        struct view *view, struct arena *mem,
                        const struct judge_taker *taker);

/* Whether the server knows the session's client by another address (NAT). */
bool match_is_translated(const struct fact_session *session);

#endif

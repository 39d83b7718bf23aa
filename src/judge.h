/* judge.h - brings the rules before their subjects: single sessions as they
 * end, and names, endpoints, clients and the capture when all has been seen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "finding/findings.h"
#include "rule/rule.h"
#include "session/book.h"

/* What stands beside the sessions: dns.lookup, arp.*, and `capture` facts. */
void judge_whole(const struct rules *rules, struct book *book,
                 const struct facts *beside, struct arena *mem,
                 struct findings *findings);

/* What a session's verdict is when no rule speaks: healthy if it did its work
 * as far as can be seen, otherwise undetermined. */
enum verdict judge_default(const struct fact_session *session);

#endif

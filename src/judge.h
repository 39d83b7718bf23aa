/* judge.h - brings the rules before their subjects: single sessions as they
 * end, and names, endpoints, clients and the capture when all has been seen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "finding/findings.h"
#include "rule/rule.h"
#include "session/book.h"
#include "story/attempts.h"

/* beside: what stands beside the sessions: dns.lookup, arp.*, and `capture`
 * facts.  The result's sessions come with what findings_preview() said. */
void judge_whole(const struct rules *rules, struct book *book,
                 const struct attempts *attempts, const struct result *result,
                 const struct facts *beside, struct arena *mem,
                 struct findings *findings);

/* What a session's verdict is when no rule speaks: healthy if it did its work
 * as far as can be seen, otherwise undetermined. */
enum verdict judge_default(const struct fact_session *session);

#endif

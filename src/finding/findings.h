/* findings.h - collects what rules found over a capture, and ranks it.
 *
 * The same rule with the same client and server is one finding, however many
 * sessions show it.  findings_finish() tells causes from symptoms and names
 * one primary finding for each session.  What is kept is bounded by the caps
 * below; past them it is only counted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FINDING_FINDINGS_H
#define FINDING_FINDINGS_H

#include "finding/result.h"
#include "rule/rule.h"

enum {
    FINDINGS_MAX = 4096,              /* different ones; */
    FINDINGS_MINOR_MAX = 2048,        /* of them such as are no failure */
    FINDING_SESSIONS_LISTED = 1000,   /* of one finding, in the result */
    FINDING_SESSIONS_KEPT = 1 << 20,  /* of all findings, for ranking */
    FINDING_EVIDENCE_MAX = 12,        /* of one finding */
};

struct findings;

/* What goes into the result lives in mem, which must outlive the findings. */
struct findings *findings_new(struct arena *mem);
void findings_free(struct findings **findings);

/* Copies the match. */
void findings_add(struct findings *findings, const struct match *match);

/* Whether findings_add() would keep any words of it. */
bool findings_want_words(struct findings *findings, const struct match *match);

/* The match in the form of a finding about this subject alone, not yet ranked:
 * valid until the next call and while the match is. */
const struct result_finding *findings_alone(struct findings *findings,
                                            enum scope scope,
                                            const struct match *match);

/* Ranks what was found so far, and fills in of each of result->sessions its
 * ->primary and ->verdict: what rules of wider scope want to know of sessions.
 * Nothing is decided by it; more may be added. */
void findings_preview(struct findings *findings, struct result *result);

/* Lets contrast with other sessions raise or lower the confidence of findings,
 * and put right what they say:
 * weigh() is asked once for each that it may matter to, by the ids of the
 * finding's client, server and sessions. */
struct weighed {
    const struct rule *rule;
    const char *client, *server; /* "" where many */
    const uint64_t *sessions;
    size_t session_count;
    size_t clients_same; /* other clients of which the same was found there */
    size_t servers_same; /* other servers at which it was, of this client */
};
void findings_weigh(struct findings *findings,
                    struct weighing (*weigh)(void *user,
                                             const struct weighed *finding),
                    void *user);

/* Ranks, and fills in result->findings, ->quality and ->verdict, and for each
 * of result->sessions its ->primary and ->verdict.  The sessions come with the
 * verdict that holds where no rule speaks, and with what healed them. */
void findings_finish(struct findings *findings, struct result *result);

#endif

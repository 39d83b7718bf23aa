/* words.h - how figures, protocols and verdicts are said to people.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "base/text.h"
#include "finding/result.h"

/* FAILED, DEGRADED, CAN NOT TELL, OK, NO MAIL. */
const char *verdict_label(enum verdict verdict);

/* Who must act: `who` if it says so, else by `where`: "the account's owner". */
const char *who_acts(const char *where, const char *who);

/* 91204 as 91 204. */
void say_count(struct text *out, uint64_t n);

/* "one session", "3 sessions". */
void say_how_many(struct text *out, uint64_t n, const char *one,
                  const char *many);

/* "21 ms", "3.1 s", "15 min", "2.5 h". */
void say_duration(struct text *out, double seconds);

/* "IMAP", "IMAPS", "mail" where it is not known. */
void say_protocol(struct text *out, const struct result_session *session);

/* "192.0.2.74 -> imap.example.org (198.51.100.35) port 143, IMAP with
 * STARTTLS" */
void say_session(struct text *out, const struct result_session *session);

/* "dns ok > connect ok 21 ms > login REFUSED"; "" when no step is known. */
void say_steps(struct text *out, const struct result_session *session);

/* "What to do: Sign in to webmail ...": the first sentence that the one who must
 * act is told; where the capture can not tell, what decides. */
void say_first_step(struct text *out, const struct result_finding *finding);

/* Nothing of it was analysed: its error is all there is to say. */
bool is_unreadable(const struct result *result);

/* "42 packets in 3.1 s, one IMAP session"; "not analysed" */
void say_capture(struct text *out, const struct result *result);

/* The first listed session that the finding is about, or NULL. */
const struct result_session *session_of(const struct result *result,
                                        const struct result_finding *finding);

/* It decides a verdict: shown at length. */
bool is_cause(const struct result_finding *finding);

/* It decides nothing and stands by itself: shown as worth knowing. */
bool is_note(const struct result_finding *finding);

/* Findings of one rule with one effect are shown as one, by the first of them:
 * whether the i-th is that. */
bool is_first_like(const struct result *result, size_t i);

/* Of whom else the same was found as in the i-th: "The same: 192.0.2.7 at
 * imap.example.org (3 times) and 12 more"; nothing where there are none. */
void say_likes(struct text *out, const struct result *result, size_t i);

/* The i-th as an observation in a sentence or two; grouped: with a word on
 * those like it. */
void say_note(struct text *out, const struct result *result, size_t i,
              bool grouped);

/* Adds a full stop where the sentence has no end of its own. */
void say_sentence(struct text *out, const char *sentence);

#endif

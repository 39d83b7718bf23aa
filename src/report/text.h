/* text.h - the parts of the text report that have a file of their own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/page.h"
#include "report/report.h"

/* The label that a verdict is known by, in its colour. */
enum ink text_ink(enum verdict verdict);

/* Where the words after a label begin. */
size_t text_column(const char *label);

/* FAILED, the sentence, who must act, what to do: what a help desk needs. */
void text_cause(struct page *page, const struct result_finding *finding,
                bool quiet);

/* Session, steps, evidence, what to do: what an administrator needs.
 * not_the_cause may be "". */
void text_detail(struct page *page, const struct result *result,
                 const struct result_finding *finding,
                 const char *not_the_cause);

/* A few lines for each session; of many only the first, unless `all`. */
void text_sessions(struct page *page, const struct result *result, bool all);

#endif

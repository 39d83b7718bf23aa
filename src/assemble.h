/* assemble.h - makes the result that reports show out of what was found.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ASSEMBLE_H
#define ASSEMBLE_H

#include "finding/result.h"
#include "session/book.h"

/* Lists the sessions of the book, each with judge_default()'s verdict, its
 * steps and its summary; counts clients and servers. */
void assemble_sessions(struct result *result, struct book *book);

/* After the findings are ranked and verdicts set: the steps that failed, the
 * good news, what was not the cause. */
void assemble_end(struct result *result, struct book *book);

#endif

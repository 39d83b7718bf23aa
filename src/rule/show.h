/* show.h - values of facts as people read them, safe to print.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_SHOW_H
#define RULE_SHOW_H

#include "base/text.h"
#include "rule/expr.h"

/* "21 ms", "1.5 s", "4 min 10 s", "3 h", "12 days". */
void show_seconds(double seconds, struct text *out);

/* Whole where it is whole, else with three places at most; nothing for no
 * number. */
void show_number(double number, struct text *out);

/* At most SHOWN_MAX bytes of it, cut between characters. */
enum { SHOWN_MAX = 400 };
void show_words(struct span words, struct text *out);

/* The value of an expression; nothing where there is none. */
void show_value(const struct expr *e, struct view *view, struct text *out);

/* As one word of a shell command, quoted where needed.  A word that would be
 * taken for an option, or nothing at all, becomes '?'. */
void show_shell_word(struct span safe, struct text *out);

#endif

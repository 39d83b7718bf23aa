/* rulebase.h - what the subcommands about rules have in common: their options,
 * and the rule base they speak of.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_RULEBASE_H
#define CLI_RULEBASE_H

#include "cli/cli.h"
#include "report/page.h"
#include "rule/rule.h"

struct rulebase {
    const char **extra; /* --rules PATH, or files to check, in their order */
    size_t extra_count;
    const char *dialogs; /* --dialogs DIR; NULL: none */
    const char *samples; /* --samples DIR; NULL: beside the rules */
    char **words;        /* what is no option */
    size_t word_count;
};

enum rulebase_result { RULEBASE_GO, RULEBASE_DONE, RULEBASE_WRONG };

/* Parses argv; prints help where it is asked for, and complains of wrong use.
 * End with rulebase_free(), whatever it returned. */
enum rulebase_result rulebase_parse(struct rulebase *base, int argc,
                                    char **argv, const char *help);
void rulebase_free(struct rulebase *base);

/* The rules that come with mailwhy and the extra ones, those of them that lie
 * in the same folder only once.  Every mistake is printed on standard error,
 * as FILE:LINE: MESSAGE; NULL when there was any. */
struct rules *rulebase_load(const struct rulebase *base);

/* Where samples lie: --samples, or beside the rules.  Valid until the next
 * call. */
const char *rulebase_samples(const struct rulebase *base);

/* Complains that there is no such rule, with what was perhaps meant. */
void rulebase_unknown(const struct rules *rules, const char *id);

/* A text with its {places} as <words>: what a person reads before there is
 * anything to fill in. */
void rulebase_unfilled(const char *text, struct text *out);

#endif

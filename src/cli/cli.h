/* cli.h - what a subcommand is, and which there are.
 *
 * A subcommand is a row in main's table.  It reads its own options (options.h
 * for those of analysis), prints what it found on standard output, messages on
 * standard error, and gives the exit status.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/err.h"

/* The exit status of the program; docs/mailwhy.1 promises them. */
enum {
    STATUS_FINE = 0,    /* no failure found */
    STATUS_FAILURE = 1, /* at least one */
    STATUS_WRONG = 2,   /* wrong use, unreadable or damaged input */
};

struct subcommand {
    const char *name;
    const char *usage;   /* what follows the name: "CAPTURE..." */
    const char *summary; /* one line of `mailwhy --help` */
    /* argv[0] is the subcommand's name. */
    int (*run)(int argc, char **argv);
};

extern const struct subcommand analyze_subcommand;
extern const struct subcommand scan_subcommand;
extern const struct subcommand live_subcommand;
extern const struct subcommand rules_subcommand;
extern const struct subcommand explain_subcommand;
extern const struct subcommand facts_subcommand;
extern const struct subcommand redact_subcommand;
extern const struct subcommand diff_subcommand;

/* One line on standard error, after "mailwhy: ". */
void cli_complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Wrong use: complains with the text of err and gives STATUS_WRONG. */
int cli_wrong(const struct err *err);

/* The version of the program. */
const char *cli_version(void);

#endif

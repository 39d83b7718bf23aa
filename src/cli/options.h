/* options.h - the options that the analysing subcommands share.
 *
 * One table says which there are, which subcommand takes them, and what --help
 * tells of them.  Wrong use is one clear line that names the option and the
 * fix.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"
#include "pipeline.h"
#include "report/report.h"

/* Which subcommands an option is for. */
enum {
    FOR_ANALYZE = 1,
    FOR_SCAN = 2,
    FOR_LIVE = 4,
    FOR_DIFF = 8,
    FOR_FILES = FOR_ANALYZE | FOR_SCAN,
    FOR_REPORTS = FOR_FILES | FOR_LIVE,
    FOR_ALL = FOR_REPORTS | FOR_DIFF,
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct options {
    struct arena *mem; /* holds the lists */
    const struct report_format *format;
    const char *output; /* NULL: standard output */
    const char **rules; /* as given with --rules */
    size_t rules_count;
    const char **disabled; /* ids of rules */
    size_t disabled_count;
    struct analyze_options analyze; /* but for the rules */
    const char *severity;           /* NULL: all */
    enum when color, progress;
    bool verbose, all, quiet;
    uint64_t jobs, timeout; /* scan; 0: as many as processors; no limit */
    uint64_t good_session, bad_session; /* diff; 0: choose */
    const char *state;      /* scan: where it remembers; NULL: nowhere */
    const char *interface;  /* live */
    const char *user;       /* live: whom to become */
    char **words;           /* what is no option, */
    size_t word_count;      /* in the order given */
};

enum options_result {
    OPTIONS_GO,
    OPTIONS_DONE, /* --help or --version was printed: end with STATUS_FINE */
    OPTIONS_WRONG,
};

/* Parses argv for one of the subcommands; borrows from argv.  Free what it
 * filled with options_free(), whatever it returned. */
enum options_result options_parse(int argc, char **argv,
                                  const struct subcommand *subcommand,
                                  unsigned whose, struct options *options,
                                  struct err *err);
void options_free(struct options *options);

/* A subcommand that consists of its options: parses them, complains of wrong
 * use, or goes on with `go`.  Gives the exit status. */
int options_run(int argc, char **argv, const struct subcommand *subcommand,
                unsigned whose, int (*go)(const struct options *options));

/* Loads the rule base: the one that comes with mailwhy, those of --rules, less
 * those of --disable.  Complains of each mistake; NULL when there was any. */
struct rules *options_rules(const struct options *options);

/* How to show results, given what standard output is. */
struct report_style options_style(const struct options *options,
                                  const struct rules *rules);

#endif

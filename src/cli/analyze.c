/* analyze.c - mailwhy CAPTURE...: explains each capture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/reporting.h"

static int analyze(const struct options *options)
{
    if (options->word_count > 0)
        return report_batch(options, options->format,
                            (const char *const *)options->words, NULL,
                            options->word_count);
    cli_complain("which capture? mailwhy FILE..., or mailwhy - for standard "
                 "input");
    return STATUS_WRONG;
}

static int run(int argc, char **argv)
{
    return options_run(argc, argv, &analyze_subcommand, FOR_ANALYZE, analyze);
}

const struct subcommand analyze_subcommand = {
    .name = "analyze",
    .usage = "CAPTURE...",
    .summary = "the same as mailwhy CAPTURE...",
    .run = run,
};

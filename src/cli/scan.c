/* scan.c - mailwhy scan PATH...: many captures, side by side.
 *
 * Text is one line for each capture and totals by cause; the other formats are
 * those of analyze.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/cli.h"
#include "cli/find.h"
#include "cli/options.h"
#include "cli/reporting.h"

static int scan(const struct options *options)
{
    struct found found = {0};
    struct err err;
    bool all = true;
    if (options->word_count == 0) {
        cli_complain("scan what? mailwhy scan FOLDER...");
        return STATUS_WRONG;
    }
    for (size_t i = 0; i < options->word_count; i++) {
        if (find_captures(&found, options->words[i], &err))
            continue;
        cli_complain("%s", err.text);
        all = false;
    }
    int status = STATUS_FINE;
    if (found.count == 0 && all)
        cli_complain("no captures there (pcap, pcapng or snoop, plain or as "
                     "gz, xz, zst, bz2, lz4, or in tar, ZIP and 7-Zip archives)");
    if (found.count == 0)
        status = STATUS_WRONG;
    else
        status = report_batch(options,
                              options->format == &report_text ? &report_summary
                                                              : options->format,
                              found.paths, found.named, found.count);
    arena_free(&found.mem);
    return all ? status : STATUS_WRONG;
}

static int run(int argc, char **argv)
{
    return options_run(argc, argv, &scan_subcommand, FOR_SCAN, scan);
}

const struct subcommand scan_subcommand = {
    .name = "scan",
    .usage = "PATH...",
    .summary = "many captures: files, folders, archives, side by side",
    .run = run,
};

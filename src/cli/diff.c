/* diff.c - mailwhy diff GOOD BAD: where a failing session first differs from a
 * working one.
 *
 * Each capture is analysed twice, in a worker of its own: once to see which
 * sessions there are, and once more for the facts of the one that was chosen.
 * Keeping the facts of all of them would need memory that grows with the
 * capture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "diff/diff.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/worker.h"

enum { GOOD, BAD, BOTH };

static bool may_be_read_twice(const char *path, struct err *err)
{
    struct stat st;
    if (strcmp(path, "-") == 0)
        return err_set(err, "diff reads its captures twice, so neither can be "
                            "standard input: save it to a file first");
    if (stat(path, &st) != 0)
        return err_set(err, "%s: can not be opened: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err,
                       "%s: is no file, and diff reads its captures "
                       "twice",
                       path);
    return true;
}

static bool check(const struct options *options, struct err *err)
{
    if (options->word_count != BOTH)
        return err_set(err,
                       "diff wants a capture of a session that works and "
                       "one of a session that does not: mailwhy diff GOOD BAD");
    if (options->format != &report_text && options->format != &report_json)
        return err_set(err, "--format %s: diff has text and json",
                       options->format->name);
    return may_be_read_twice(options->words[GOOD], err) &&
           may_be_read_twice(options->words[BAD], err);
}

/* Both at the same time. */
static void analyze(char *const *paths, const struct analyze_options *how,
                    struct result **results)
{
    struct worker *workers[BOTH];
    for (int i = 0; i < BOTH; i++)
        workers[i] = worker_start(paths[i], &how[i]);
    for (;;) {
        struct pollfd fds[BOTH];
        bool any = false;
        for (int i = 0; i < BOTH; i++) {
            fds[i] = (struct pollfd){worker_fd(workers[i]), POLLIN, 0};
            any |= fds[i].fd >= 0;
        }
        if (!any)
            break;
        if (poll(fds, BOTH, -1) <= 0)
            continue;
        for (int i = 0; i < BOTH; i++)
            if (fds[i].fd >= 0 && fds[i].revents)
                worker_read(workers[i]);
    }
    for (int i = 0; i < BOTH; i++)
        results[i] = worker_finish(&workers[i], NULL);
}

static void forget(struct result **results)
{
    for (int i = 0; i < BOTH; i++)
        result_free(&results[i]);
}

/* Complains of what is damaged; false where nothing could be read. */
static bool readable(struct result *const *results, bool *damaged)
{
    bool ok = true;
    for (int i = 0; i < BOTH; i++) {
        if (!results[i]->error)
            continue;
        cli_complain("%s: %s", results[i]->file, results[i]->error);
        *damaged = true;
        ok &= results[i]->packets > 0;
    }
    return ok;
}

static int report(const struct options *options, const struct rules *rules,
                  const struct diff *diff)
{
    const struct report_style style = options_style(options, rules);
    struct output output;
    struct err err;
    if (!output_open(&output, options->output, &err))
        return cli_wrong(&err);
    if (options->format == &report_json)
        diff_print_json(diff, &style, output.file);
    else
        diff_print_text(diff, &style, output.file);
    if (!output_finish(&output, &err))
        return cli_wrong(&err);
    return diff->first ? STATUS_FAILURE : STATUS_FINE;
}

/* The second reading, of the sessions that were chosen. */
static int compare(const struct options *options,
                   const struct analyze_options *how, const uint64_t *ids)
{
    struct analyze_options traced[BOTH] = {*how, *how};
    struct result *results[BOTH];
    int status = STATUS_WRONG;
    for (int i = 0; i < BOTH; i++) {
        traced[i].trace = true;
        traced[i].traced = ids[i];
    }
    analyze(options->words, traced, results);
    bool same = results[GOOD]->trace && results[BAD]->trace &&
                result_session(results[GOOD], ids[GOOD]) &&
                (!ids[BAD] || result_session(results[BAD], ids[BAD]));
    if (same) {
        struct diff *diff =
            diff_of(results[GOOD], ids[GOOD], results[BAD], ids[BAD]);
        status = report(options, how->rules, diff);
        diff_free(&diff);
    } else {
        cli_complain("the captures changed, or could not be read again");
    }
    forget(results);
    return status;
}

static int diff_with(const struct options *options,
                     const struct analyze_options *how)
{
    const struct analyze_options plain[BOTH] = {*how, *how};
    struct result *results[BOTH];
    uint64_t ids[BOTH] = {options->good_session, options->bad_session};
    struct err err;
    bool damaged = false;
    analyze(options->words, plain, results);
    bool ok = readable(results, &damaged);
    if (ok &&
        !diff_pick(results[GOOD], results[BAD], &ids[GOOD], &ids[BAD], &err)) {
        cli_complain("%s", err.text);
        ok = false;
    }
    forget(results);
    int status = ok ? compare(options, how, ids) : STATUS_WRONG;
    return damaged ? STATUS_WRONG : status;
}

static int diff(const struct options *options)
{
    struct analyze_options how = options->analyze;
    struct err err;
    if (!check(options, &err))
        return cli_wrong(&err);
    struct rules *rules = options_rules(options);
    if (!rules)
        return STATUS_WRONG;
    how.rules = rules;
    int status = diff_with(options, &how);
    rules_free(&rules);
    return status;
}

static int run(int argc, char **argv)
{
    return options_run(argc, argv, &diff_subcommand, FOR_DIFF, diff);
}

const struct subcommand diff_subcommand = {
    .name = "diff",
    .usage = "GOOD BAD",
    .summary = "where a failing session first differs from a working one",
    .run = run,
};

/* reporting.c - see reporting.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/reporting.h"

#include <string.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/fingerprint.h"
#include "cli/state.h"

/* Reports for people group sessions and name only some of them; so many are
 * sent from worker to parent. */
enum { SESSIONS_LISTED = 1000 };

bool reporting_begin(struct reporting *reporting, const struct options *options,
                     const struct report_format *format,
                     const struct rules *rules, bool growing, struct err *err)
{
    *reporting = (struct reporting){.options = options, .format = format};
    struct output *output = &reporting->output;
    if (!(growing ? output_append(output, options->output, err)
                  : output_open(output, options->output, err)))
        return false;
    reporting->report = (struct report){
        .out = reporting->output.file,
        .style = options_style(options, rules),
    };
    if (format->begin)
        format->begin(&reporting->report);
    return true;
}

void reporting_add(struct reporting *reporting, struct result *result)
{
    if (result->error) {
        reporting->damaged = true;
        cli_complain("%s: %s", result->file, result->error);
    }
    reporting->failure |= result->verdict == VERDICT_FAILURE;
    if (reporting->options->severity)
        report_leave_out(result, reporting->options->severity);
    reporting->format->capture(&reporting->report, result);
}

int reporting_end(struct reporting *reporting)
{
    struct err err;
    if (reporting->format->end)
        reporting->format->end(&reporting->report);
    text_free(&reporting->report.body);
    if (!output_finish(&reporting->output, &err))
        return cli_wrong(&err);
    if (reporting->damaged)
        return STATUS_WRONG;
    return reporting->failure ? STATUS_FAILURE : STATUS_FINE;
}

static void on_result(void *user, struct result *result)
{
    reporting_add(user, result);
}

static bool terminal_as_input(const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(paths[i], "-") == 0 && isatty(STDIN_FILENO))
            return true;
    return false;
}

/* NULL when it can not be used. */
static struct state *state_for(const struct options *options,
                               const struct analyze_options *analyze,
                               struct err *err)
{
    bool anew;
    struct state *state =
        state_open(options->state, fingerprint(analyze), &anew, err);
    if (state && anew)
        cli_complain("--state %s: is from another mailwhy, other rules or "
                     "other options; begins anew",
                     options->state);
    return state;
}

/* Runs the batch into a report; gives the exit status. */
static int run_into(struct reporting *reporting, struct batch *batch)
{
    struct err err;
    batch->done = on_result;
    batch->user = reporting;
    bool complete = batch_run(batch);
    int status = reporting_end(reporting);
    if (!state_close(&batch->state, &err))
        status = cli_wrong(&err);
    if (complete)
        return status;
    cli_complain(reporting->options->state
                     ? "stopped; what was reported is not all, but the same "
                       "command goes on from here"
                     : "stopped; what was reported is not all");
    return STATUS_WRONG;
}

/* The same, from files that are opened here. */
static int run_batch(const struct options *options,
                     const struct report_format *format, struct batch *batch)
{
    struct reporting reporting;
    struct err err;
    if (options->state) {
        batch->state = state_for(options, batch->options, &err);
        if (!batch->state)
            return cli_wrong(&err);
    }
    if (reporting_begin(&reporting, options, format, batch->options->rules,
                        false, &err))
        return run_into(&reporting, batch);
    cli_wrong(&err);
    state_close(&batch->state, &err);
    return STATUS_WRONG;
}

int report_batch(const struct options *options,
                 const struct report_format *format, const char *const *paths,
                 const bool *named, size_t count)
{
    struct analyze_options analyze = options->analyze;
    if (terminal_as_input(paths, count)) {
        cli_complain("standard input is a terminal; pipe a capture into it: "
                     "tcpdump -w - | mailwhy -");
        return STATUS_WRONG;
    }
    struct rules *rules = options_rules(options);
    if (!rules)
        return STATUS_WRONG;
    analyze.rules = rules;
    if (!format->all_sessions && !options->verbose)
        analyze.sessions_listed = SESSIONS_LISTED;
    struct batch batch = {
        .paths = paths,
        .named = named,
        .count = count,
        .options = &analyze,
        .jobs = (size_t)options->jobs,
        .timeout = options->timeout,
        .progress = options->progress == WHEN_AUTO && isatty(STDERR_FILENO),
    };
    int status = run_batch(options, format, &batch);
    rules_free(&rules);
    return status;
}

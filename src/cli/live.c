/* live.c - mailwhy live -i INTERFACE: a gateway's traffic, until stopped.
 *
 * Findings are told as they become certain; SIGINT or SIGTERM end it with a
 * summary.  Root is needed to open the interface and is given up right after.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/live_filter.h"
#include "cli/options.h"
#include "cli/reporting.h"
#include "cli/sandbox.h"

static volatile sig_atomic_t stop;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static void on_finding(void *user, const struct result_finding *finding)
{
    struct reporting *reporting = user;
    const char *least = reporting->options->severity;
    if (!reporting->format->finding)
        return;
    if (least && report_severity_rank(finding->severity) >
                     report_severity_rank(least))
        return;
    reporting->format->finding(&reporting->report, finding);
    fflush(reporting->output.file);
}

static struct capture *open_interface(const struct options *options,
                                      struct err *err)
{
    struct capture *capture = NULL;
    for (int vlan = 1; vlan >= 0 && !capture; vlan--) {
        struct text filter = {0};
        live_filter(&options->analyze, vlan, &filter);
        capture = capture_open_live(
            options->interface,
            &(struct capture_options){.filter = text_string(&filter)}, err);
        text_free(&filter);
    }
    return capture;
}

/* Live packets carry the wall clock's time, so that is what passes. */
static int64_t wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

/* Listens until told to stop; false when the interface failed. */
static bool listen_until_stopped(struct capture *capture,
                                 struct analysis *analysis, struct err *err)
{
    while (!stop) {
        struct frame frame;
        switch (capture_next(capture, &frame, err)) {
        case CAPTURE_FRAME:
            analysis_frame(analysis, &frame);
            break;
        case CAPTURE_NOTHING:
            analysis_tick(analysis, wall_clock());
            break;
        case CAPTURE_END:
            return true;
        case CAPTURE_DAMAGED:
            return false;
        }
    }
    return true;
}

static bool give_up_rights(const struct options *options, struct err *err)
{
    return sandbox_become(options->user, err) && sandbox_enter(err);
}

/* With everything open: listens, then sums up. */
static int listen_and_report(const struct options *options,
                             struct reporting *reporting,
                             struct capture *capture,
                             struct analysis *analysis)
{
    struct sigaction action = {.sa_handler = on_stop};
    struct err err;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    analysis_watch(analysis, on_finding, reporting);
    if (!options->quiet)
        cli_complain("listening on %s; Ctrl-C ends it with a summary",
                     options->interface);
    bool ok = listen_until_stopped(capture, analysis, &err);
    struct result *result = analysis_finish(&analysis);
    if (!ok)
        result->error = arena_string(result->mem, span_of(err.text));
    reporting_add(reporting, result);
    result_free(&result);
    return reporting_end(reporting);
}

static bool asks_for_interface(const struct options *options)
{
    if (options->word_count > 0)
        cli_complain("%s: live reads an interface, not files; mailwhy FILE... "
                     "reads those",
                     options->words[0]);
    else if (!options->interface)
        cli_complain("which interface? mailwhy live -i NAME");
    return options->word_count == 0 && options->interface;
}

static int live(const struct options *options)
{
    struct analyze_options analyze = options->analyze;
    struct reporting reporting;
    struct analysis *analysis = NULL;
    struct capture *capture = NULL;
    struct err err;
    int status = STATUS_WRONG;
    if (!asks_for_interface(options))
        return STATUS_WRONG;
    struct rules *rules = options_rules(options);
    if (!rules)
        return STATUS_WRONG;
    analyze.rules = rules;
    analyze.filter = NULL; /* the interface has it */
    if (!reporting_begin(&reporting, options, options->format, rules, true,
                         &err)) {
        rules_free(&rules);
        return cli_wrong(&err);
    }
    analysis = analysis_new(&analyze, options->interface, &err);
    if (analysis)
        capture = open_interface(options, &err);
    if (capture && give_up_rights(options, &err)) {
        status = listen_and_report(options, &reporting, capture, analysis);
        analysis = NULL;
    } else {
        cli_complain("%s", err.text);
        output_abandon(&reporting.output);
    }
    if (analysis) {
        struct result *unused = analysis_finish(&analysis);
        result_free(&unused);
    }
    capture_close(&capture);
    rules_free(&rules);
    return status;
}

static int run(int argc, char **argv)
{
    return options_run(argc, argv, &live_subcommand, FOR_LIVE, live);
}

const struct subcommand live_subcommand = {
    .name = "live",
    .usage = "-i INTERFACE",
    .summary = "a gateway's traffic, until stopped",
    .run = run,
};

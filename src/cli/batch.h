/* batch.h - many captures analysed side by side, reported in order.
 *
 * A path may be an archive: then the captures in it are analysed, as
 * ARCHIVE/MEMBER, in the order of the archive; if something keeps the rest from
 * being read, a result about the archive itself follows them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "cli/state.h"
#include "pipeline.h"

struct batch {
    const char *const *paths;
    const bool *named; /* by the user, who expects captures there; of a folder
                          some archives hold none.  NULL: all are */
    size_t count;
    const struct analyze_options *options;
    size_t jobs;      /* processes at the same time; 0: one per processor */
    uint64_t timeout; /* seconds for one capture; 0: no limit */
    struct state *state; /* may be NULL; results it has are taken from it, new
                            ones are added to it as soon as they are there */
    bool progress;    /* tell on standard error how far it is */
    /* Called for each capture, in the order of the paths and within archives;
     * the result is freed afterwards. */
    void (*done)(void *user, struct result *result);
    void *user;
};

/* False when a signal ended it early: what was under way is then left out.
 * While standard input is read the first SIGINT is not for us: it ends the
 * tcpdump in front of the pipe, and what that captured is to be reported. */
bool batch_run(const struct batch *batch);

#endif

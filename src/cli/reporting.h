/* reporting.h - from options and results to a report and an exit status.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_REPORTING_H
#define CLI_REPORTING_H

#include "cli/options.h"
#include "cli/output.h"

/* A report being written. */
struct reporting {
    const struct options *options;
    const struct report_format *format;
    struct report report;
    struct output output;
    bool failure, damaged;
};

/* False when there is nowhere to write to.  A growing report is written as it
 * comes, others all at once. */
bool reporting_begin(struct reporting *reporting, const struct options *options,
                     const struct report_format *format,
                     const struct rules *rules, bool growing, struct err *err);

/* Shows a result; complains of what is damaged in it. */
void reporting_add(struct reporting *reporting, struct result *result);

/* Ends the report and gives the exit status. */
int reporting_end(struct reporting *reporting);

/* All of it: analyses the captures and reports them in their order.  `named`
 * is as in struct batch. */
int report_batch(const struct options *options,
                 const struct report_format *format, const char *const *paths,
                 const bool *named, size_t count);

#endif

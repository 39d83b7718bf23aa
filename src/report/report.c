/* report.c - see report.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/report.h"

#include <string.h>

static const struct report_format *const formats[] = {
    &report_text,  &report_json,  &report_html,   &report_markdown,
    &report_junit, &report_sarif, &report_ndjson,
};

const struct report_format *report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const char *report_format_names(void)
{
    return "text, json, html, markdown, junit, sarif, ndjson";
}

int report_severity_rank(const char *severity)
{
    static const char *const ranks[] = {"critical", "high", "medium", "low",
                                        "info"};
    for (int i = 0; i < (int)(sizeof ranks / sizeof *ranks); i++)
        if (strcmp(ranks[i], severity) == 0)
            return i;
    return -1;
}

bool report_leave_out(struct result *result, const char *least)
{
    int rank = report_severity_rank(least);
    if (rank < 0)
        return false;
    struct result_finding *kept = arena_alloc(
        result->mem, (result->finding_count + 1) * sizeof *kept);
    size_t n = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        if (report_severity_rank(result->findings[i].severity) <= rank)
            kept[n++] = result->findings[i];
    result->findings = kept;
    result->finding_count = n;
    return true;
}

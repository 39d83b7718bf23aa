/* report.h - the ways in which results are shown: one format, one file.
 *
 * A report is begun, given one result after another, and ended; so a scan of
 * ten thousand captures needs the memory of one.  A format reads nothing but
 * struct result (and the few words of struct report_style), and escapes for
 * what it writes: the strings of a result are free of control characters, but
 * not of what XML, HTML or Markdown take for their own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

#include "base/text.h"
#include "finding/result.h"

enum { REPORT_WIDTH = 100 }; /* columns of the text report */

struct report_style {
    const char *version; /* of mailwhy */
    size_t rules;        /* how many were judged with */
    size_t width;        /* columns of the text report; 0: REPORT_WIDTH */
    bool color;
    bool ascii;   /* the terminal can not show more */
    bool verbose; /* sessions and observations too */
    bool all;     /* and nothing grouped: every one of them */
    bool quiet;   /* the verdicts and nothing else */
};

struct report {
    FILE *out; /* borrowed */
    struct report_style style;
    uint64_t captures; /* how many were shown, and of them: */
    uint64_t failures, errors, skipped;
    struct text body;  /* for formats that must count before they write */
    void *state;       /* the format's own, from begin() to end() */
};

struct report_format {
    const char *name;
    void (*begin)(struct report *report); /* NULL: nothing to say */
    void (*capture)(struct report *report, const struct result *result);
    void (*end)(struct report *report); /* NULL: nothing to say */
    /* A finding by itself, while a live capture runs; NULL: not possible. */
    void (*finding)(struct report *report,
                    const struct result_finding *finding);
    bool all_sessions; /* it lists every session there is */
};

extern const struct report_format report_text;
extern const struct report_format report_json;
extern const struct report_format report_html;
extern const struct report_format report_markdown;
extern const struct report_format report_junit;
extern const struct report_format report_sarif;
extern const struct report_format report_ndjson;
/* Text for many captures: a line for each, and totals by cause. */
extern const struct report_format report_summary;

/* By the name that --format takes; NULL if there is none. */
const struct report_format *report_format_find(const char *name);

/* "text, json, ...": for messages. */
const char *report_format_names(void);

/* Leaves out of the result what is less severe than `least`; false when that
 * is not a severity. */
bool report_leave_out(struct result *result, const char *least);

/* critical is 0, info is 4; -1 when it is not a severity. */
int report_severity_rank(const char *severity);

#endif

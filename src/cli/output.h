/* output.h - where a report goes: standard output, or a file all at once.
 *
 * A file is written beside its place and renamed into it, so that nobody ever
 * reads half a report, and an old one survives a failure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdio.h>

#include "base/err.h"

struct output {
    FILE *file;
    const char *path; /* borrowed; NULL for standard output */
    char *temporary;  /* NULL when it is written in place */
};

/* path may be NULL.  What exists and is no regular file (a pipe, /dev/null) is
 * written to, not replaced. */
bool output_open(struct output *output, const char *path, struct err *err);

/* The same for what is to be read while it grows: a file is added to. */
bool output_append(struct output *output, const char *path, struct err *err);

/* Everything was written: puts the file in its place. */
bool output_finish(struct output *output, struct err *err);

/* Gives up what output_open() opened. */
void output_abandon(struct output *output);

#endif

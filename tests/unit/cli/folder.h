/* folder.h - a folder of its own for each test, gone afterwards.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_CLI_FOLDER_H
#define TESTS_CLI_FOLDER_H

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"

/* Setup and teardown of a test: makes the folder and works in it. */
static inline int folder_enter(void **state)
{
    static char name[] = "/tmp/mailwhy-test-XXXXXX";
    snprintf(name, sizeof name, "/tmp/mailwhy-test-XXXXXX");
    *state = mkdtemp(name);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static inline int folder_leave(void **state)
{
    char *roots[] = {*state, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (const FTSENT *entry; tree && (entry = fts_read(tree));)
        if (entry->fts_info != FTS_D)
            remove(entry->fts_accpath);
    if (tree)
        fts_close(tree);
    return chdir("/");
}

static inline void folder_write(const char *path, struct span bytes)
{
    FILE *file = fopen(path, "we");
    if (!file || fwrite(bytes.p, 1, bytes.n, file) != bytes.n ||
        fclose(file) != 0)
        abort();
}

/* Of a file that fits; NUL-terminated, valid until the next call. */
static inline const char *folder_read(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "re");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[n] = '\0';
    return text;
}

#endif

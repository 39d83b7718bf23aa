/* output.c - see output.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* What mkstemp() made is for its owner alone; a report is for whom the user
 * allows to read his files. */
static void open_to_readers(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
}

bool output_open(struct output *output, const char *path, struct err *err)
{
    struct stat st;
    *output = (struct output){.file = stdout, .path = path};
    if (!path)
        return true;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        output->file = fopen(path, "we");
    } else {
        struct text name = {0};
        text_addf(&name, "%s.XXXXXX", path);
        output->temporary = name.s;
        int fd = mkostemp(output->temporary, O_CLOEXEC);
        output->file = fd < 0 ? NULL : fdopen(fd, "w");
        if (output->file)
            open_to_readers(fd);
    }
    if (output->file)
        return true;
    int reason = errno;
    free(output->temporary);
    output->temporary = NULL;
    return err_set(err, "-o %s: can not be written: %s", path,
                   strerror(reason));
}

bool output_append(struct output *output, const char *path, struct err *err)
{
    *output = (struct output){.file = stdout, .path = path};
    if (path)
        output->file = fopen(path, "ae");
    return output->file || err_set(err, "-o %s: can not be written: %s", path,
                                   strerror(errno));
}

bool output_finish(struct output *output, struct err *err)
{
    const char *name = output->path ? output->path : "standard output";
    bool ok = fflush(output->file) == 0 && !ferror(output->file);
    int reason = errno;
    if (output->path && fclose(output->file) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    output->file = NULL;
    if (ok && output->temporary &&
        rename(output->temporary, output->path) != 0) {
        ok = false;
        reason = errno;
    }
    if (!ok)
        err_set(err, "%s: can not be written: %s", name, strerror(reason));
    if (!ok && output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
    return ok;
}

void output_abandon(struct output *output)
{
    if (output->path && output->file)
        fclose(output->file);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    *output = (struct output){0};
}

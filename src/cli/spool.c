/* spool.c - see spool.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char *folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/var/tmp";
}

static bool complain(struct err *err)
{
    return err_set(err,
                   "can not be unpacked to %s: %s; let TMPDIR name a folder "
                   "with room",
                   folder(), strerror(errno));
}

int spool_new(struct err *err)
{
    struct text name = {0};
    text_addf(&name, "%s/mailwhy.XXXXXX", folder());
    int fd = mkostemp(name.s, O_CLOEXEC);
    if (fd >= 0)
        unlink(name.s);
    else
        complain(err);
    text_free(&name);
    return fd;
}

bool spool_add(int spool, struct span bytes, struct err *err)
{
    while (bytes.n > 0) {
        ssize_t n = write(spool, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            return complain(err);
        bytes = span_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

void spool_rewind(int spool)
{
    lseek(spool, 0, SEEK_SET);
}

void spool_empty(int spool)
{
    while (ftruncate(spool, 0) != 0 && errno == EINTR)
        ;
}

/* find.h - the captures in folders, told by what is in them, not by name.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "base/arena.h"
#include "base/err.h"

struct found {
    struct arena *mem; /* holds the list */
    const char **paths;
    bool *named; /* by the user; others were found in folders */
    size_t count, paths_room, named_room;
};

/* Adds what the path names: a file as it is, of a folder all captures and
 * archives in it and below, folder by folder, in byte order of their names.  Links to folders are not followed.
 * False, and err says why, when the path can not be read. */
bool find_captures(struct found *found, const char *path, struct err *err);

/* Whether these first bytes are those of a capture, or of a compressed file
 * that may be one. */
bool find_is_capture(struct span beginning);

#endif

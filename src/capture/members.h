/* members.h - the files in an archive, one after the other, in its order.
 *
 * tar (plain, or compressed as a capture may be), ZIP and 7-Zip.  Nothing is
 * written anywhere: a member is bytes with a name, and its name is never a path.
 * Folders, links and devices are passed over.
 *
 * Archives are hostile.  How much is unpacked is bounded here; the time that
 * takes, and the memory, are for the caller to bound.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_MEMBERS_H
#define CAPTURE_MEMBERS_H

#include "base/err.h"
#include "base/span.h"

enum {
    MEMBERS_MAX = 100000,    /* in one archive, of whatever kind */
    MEMBERS_NAME_MAX = 4096, /* bytes of a name; the rest of it is cut off */
};

/* An archive may unpack to so much in any case, and to so many times its own
 * size.  Captures shrink to a fifth, or to a fiftieth when they repeat
 * themselves; what shrinks more is a bomb. */
#define MEMBERS_ALWAYS_FINE (UINT64_C(64) << 20)
enum { MEMBERS_RATIO_MAX = 200 };

enum members_result {
    MEMBERS_ONE,
    MEMBERS_END,
    MEMBERS_DAMAGED, /* or past a bound: err says what and where; nothing
                        follows */
};

struct member {
    struct span name; /* "" where it has none; borrowed until the next call */
    bool encrypted;   /* can not be read */
};

struct members;

/* The archive in this file ("-" is standard input); NULL when it is none, or
 * can not be told without taking bytes from a pipe: then the file is as if it
 * had not been looked at.  Looks at its first bytes only. */
struct members *members_open(const char *path);
void members_close(struct members **members);

/* On to the next member, whether or not this one was read. */
enum members_result members_next(struct members *members, struct member *member,
                                 struct err *err);

/* Up to n bytes of the member; fewer only at its end.  When it is damaged, or is
 * not what its checksum says, err tells; it is otherwise left alone. */
size_t members_read(struct members *members, void *to, size_t n,
                    struct err *err);

#endif

/* trail.h - in which packet each byte of a direction was captured.
 *
 * One step per segment, sorted by where it ends.  Steps that nobody can ask
 * about any more are forgotten, but for the last TRAIL_KEEP of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STREAM_TRAIL_H
#define STREAM_TRAIL_H

#include <stddef.h>
#include <stdint.h>

enum {
    TRAIL_KEEP = 64,  /* steps behind what was used: a message is often
                          located after the bytes that follow it were fed */
    TRAIL_MAX = 8192, /* steps kept at most (256 KiB); segments past that
                          are counted to the last step */
};

struct step {
    uint64_t start, end; /* stream offsets */
    uint64_t frame;
    int64_t time;
};

/* Zero-initialise; trail_free(). */
struct trail {
    struct step *list;
    size_t first, n, room; /* in use: list[first] .. list[first + n - 1] */
};

void trail_add(struct trail *trail, const struct step *step);

/* Who brought the byte before `offset`.  NULL if nothing was added; the
 * nearest step for an offset inside a gap, or forgotten. */
const struct step *trail_find(const struct trail *trail, uint64_t offset);

/* Nobody will ask for what lies far before `offset`. */
void trail_prune(struct trail *trail, uint64_t offset);

/* Forgets all but the last step. */
void trail_shrink(struct trail *trail);

void trail_free(struct trail *trail);

#endif

/* marks.h - which packet brought which bytes: the last few hundred.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_MARKS_H
#define SESSION_MARKS_H

#include <stddef.h>
#include <stdint.h>

enum {
    MARKS_MAX = 256, /* older ones are forgotten */
    MARKS_FEW = 4,   /* most sessions need no more, and there are many */
};

struct marks {
    struct mark {
        uint64_t end; /* one past the last byte it brought */
        uint64_t frame;
        int64_t time;
    } * ring; /* NULL until the first */
    size_t used, room, oldest;
};

/* Ends must not fall. */
void marks_add(struct marks *marks, uint64_t end, uint64_t frame, int64_t time);

/* The packet that brought the byte before offset.  Where that is forgotten,
 * the oldest that is not; without any, the outputs are left alone. */
void marks_find(const struct marks *marks, uint64_t offset, uint64_t *frame,
                int64_t *time);

void marks_free(struct marks *marks);

#endif

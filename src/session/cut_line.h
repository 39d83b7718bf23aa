/* cut_line.h - the beginning of a line whose end never came.
 *
 * Where only the first bytes of each packet were kept, few lines are whole, but
 * nearly all have the word that counts: "250 2.0.0 Ok: qu", "a1 NO Log".  And
 * some servers hang up without ending what they said last.  Such a beginning is
 * remembered while its end may still come, and gets one when it will not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_CUT_LINE_H
#define SESSION_CUT_LINE_H

#include "base/arena.h"
#include "dissector.h"

enum { CUT_LINE_MAX = 512 };

struct cut_line {
    uint64_t offset; /* of the first byte */
    size_t n;        /* bytes, without what was added */
    uint8_t bytes[CUT_LINE_MAX + 8];
};

/* What a dissector left unused, n bytes from this offset on; none or too many
 * make it forget.  *cut is NULL until there is something; it lives in mem. */
void cut_line_keep(struct cut_line **cut, struct arena *mem, uint64_t offset,
                   struct span unused);

/* With an end, which is no longer than "..." and CRLF. */
struct span cut_line_ended(struct cut_line *cut, struct span end);

#endif

/* redact.h - a copy of a capture that is safe to send to somebody else.
 *
 * The same packets, times, sizes and sequence numbers; what is private in mail
 * is other text of the same length, what is no mail is cut to its headers.
 * Checksums that were right stay right, and wrong ones wrong.
 *
 * The capture is read twice: what a byte is can depend on packets that come
 * after its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REDACT_REDACT_H
#define REDACT_REDACT_H

#include <stdio.h>

#include "base/err.h"
#include "redact/words.h"

struct redact_options {
    uint64_t key; /* chance, see words.h */
    /* Called when the capture is open and nothing has been read: the moment to
     * give up rights.  May be NULL. */
    void (*opened)(void);
};

/* Writes the copy of the file at `path` (not standard input: it is read twice).
 * False when it could not be read, or not to its end; err says why, and what
 * could be read is in the copy.  *packets is how many that are. */
bool redact_file(const char *path, const struct redact_options *options,
                 FILE *out, struct redact_counts *counts, uint64_t *packets,
                 struct err *err);

#endif

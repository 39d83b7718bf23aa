/* spool.h - a file without a name, where a member of an archive waits for its
 * analysis; gone as soon as it is closed, whatever happens.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_SPOOL_H
#define CLI_SPOOL_H

#include "base/err.h"
#include "base/span.h"

/* A descriptor, in the folder that TMPDIR names or in /var/tmp, readable by
 * nobody else; -1 when that can not be. */
int spool_new(struct err *err);

/* False when there is no room. */
bool spool_add(int spool, struct span bytes, struct err *err);

/* Back to its beginning, to be read. */
void spool_rewind(int spool);

/* Gives the room back, even while another process has it open. */
void spool_empty(int spool);

#endif

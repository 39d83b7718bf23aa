/* worker.h - one capture analysed in a process of its own.
 *
 * Packets are hostile: what they may do to the analysis, they do to a process
 * that holds nothing but the open capture and a pipe, and whose result is read
 * with suspicion.  A crash is an error about that capture and no other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include <sys/types.h>

#include "cli/parcel.h"
#include "pipeline.h"

/* An archive is unpacked by such a process, too.  Its answer is then no result
 * but parcels, with the captures that are inside; each is given to a worker of
 * its own. */
struct worker; /* one that runs, or has ended and was not asked for its result */

/* path "-" is standard input.  Always gives a worker; what goes wrong is in its
 * result. */
struct worker *worker_start(const char *path,
                            const struct analyze_options *options);

/* The same, but if the file is an archive it is unpacked. */
struct worker *worker_start_inside(const char *path,
                                   const struct analyze_options *options);

/* A member of an archive, by the name that is to be shown for it.  Takes the
 * descriptor, which is at the beginning of the file. */
struct worker *worker_start_member(const char *name, int file,
                                   const struct analyze_options *options);

/* The descriptor to poll for reading; -1 when it has ended. */
int worker_fd(const struct worker *worker);

/* To be called when worker_fd() is readable; false when it has ended. */
bool worker_read(struct worker *worker);

/* Whether it turned out to unpack an archive. */
bool worker_unpacks(const struct worker *worker);

/* Takes the next of what that found, of what was read so far.  Valid until
 * worker_read(). */
enum parcel_result worker_parcel(struct worker *worker, struct parcel *parcel);

/* Ends it before its time; `why` is then the error of its capture. */
void worker_kill(struct worker *worker, const char *why);

/* How far it is, 0 to 1; negative where that can not be known. */
double worker_progress(const struct worker *worker);

/* Frees a worker that has ended and gives its result.  It is NULL only when an
 * archive was unpacked, to its end and without trouble.  *lasting (may be NULL)
 * is whether the same file will have the same result again, which is not so when
 * the process was killed or crashed. */
struct result *worker_finish(struct worker **worker, bool *lasting);

#endif

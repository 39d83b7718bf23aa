/* state.h - what a scan has done already, in a file, so that one that was
 * interrupted goes on where it stopped.
 *
 *   {"mailwhy_state":1,"how":"0123456789abcdef"}
 *   {"path":"a.pcap","size":9,"mtime":9,"member":0,...,"hash":"..."} RESULT
 *   {"path":"b.zip","size":9,"mtime":9,"member":1,...,"hash":"..."} RESULT
 *   {"path":"b.zip","size":9,"mtime":9,"member":0,"members":1,...} null
 *
 * A line is added when a result is there, with one write().  So whatever ends
 * the scan, all lines but the last are whole, and the last is one that another
 * scan cuts off.  RESULT is that of json.h and holds no more than reports do.
 *
 * A file is the same as before if it has the same name, size and time of last
 * change; what is done to it is the same if `how` is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "base/err.h"
#include "finding/result.h"

/* What a result is about. */
struct state_key {
    const char *path; /* borrowed; NULL: nothing that can be known again */
    uint64_t size;    /* bytes */
    int64_t mtime;    /* nanoseconds since 1970 */
    uint64_t member;  /* of the archive that the file is, from 1; 0: itself */
};

/* Of the file as it is now; nothing but regular files are known again, and not
 * "-", which is standard input. */
struct state_key state_key_of(const char *path);

struct state; /* NULL is one that knows nothing and takes nothing */

/* Opens the file, for its owner alone, or makes it.  Results that came about
 * in another way than `how` (see fingerprint.h) are thrown away; *anew tells of
 * that.  NULL when it is no state of ours, when another scan uses it, or when
 * it can not be written; then it is left as it is. */
struct state *state_open(const char *path, uint64_t how, bool *anew,
                         struct err *err);

/* False when something could not be written; err says what. */
bool state_close(struct state **state, struct err *err);

/* Whether there was a result when it was opened. */
bool state_has(const struct state *state, const struct state_key *key);

/* How many members the archive has that are to be reported. */
uint64_t state_members(const struct state *state, const struct state_key *key);

/* A result that it has.  NULL is that of an archive of which there was nothing
 * to say but its members. */
struct result *state_result(const struct state *state,
                            const struct state_key *key);

/* Adds a result, which may be NULL as above. */
void state_add(struct state *state, const struct state_key *key,
               uint64_t members, const struct result *result);

#endif

/* unpacked.h - what comes out of an archive, from its parcels to members that
 * can be analysed (see unpack.h for the other end).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_UNPACKED_H
#define CLI_UNPACKED_H

#include "cli/item.h"
#include "cli/parcel.h"

/* Whether more may come out of an archive now. */
bool unpacked_may_go_on(const struct run *run, const struct item *archive);

/* Takes what its unpacking says. */
void unpacked_take(struct run *run, struct item *archive,
                   const struct parcel *parcel);

/* All of the open member, if there is one, has come that will come. */
void unpacked_close(struct run *run, struct item *archive, const char *trouble);

/* Says beside what the analysis has to say against a member what the archive
 * has. */
void unpacked_blame(struct result *result, const char *trouble);

#endif

/* unpack.h - the life of a process that unpacks an archive.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_UNPACK_H
#define CLI_UNPACK_H

#include "capture/members.h"

/* What is said of an archive that is a member of another. */
#define UNPACK_NESTED                                                          \
    "is an archive in an archive, and is not looked into; unpack it and scan " \
    "what is inside"

/* Gives up all rights but to read the archive and to write to standard output,
 * and goes through it: members that are captures by their content are written
 * there as parcels.  Takes the members; ends the process. */
_Noreturn void unpack(struct members *members);

#endif

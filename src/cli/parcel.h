/* parcel.h - what the process that unpacks an archive says to its parent.
 *
 *   m NAME        a capture begins: a member that looks like one
 *   b BYTES       some of its bytes, again and again
 *   e [TROUBLE]   it is complete, or damaged from here on
 *   n NAME \0 WHY a member that is not looked into, though it may hold captures
 *   d [TROUBLE]   the archive is done, or nothing more of it can be read
 *
 * Each is a letter, the size of what follows (4 bytes, big endian), and that.
 * Never is the letter '{', with which a result begins.  The parent trusts none
 * of it: any bytes are either parcels or PARCEL_WRONG.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_PARCEL_H
#define CLI_PARCEL_H

#include "base/span.h"

enum parcel_kind {
    PARCEL_MEMBER = 'm',
    PARCEL_BYTES = 'b',
    PARCEL_END = 'e',
    PARCEL_NOT_READ = 'n',
    PARCEL_DONE = 'd',
};

enum { PARCEL_MAX = 1 << 16 };

struct parcel {
    enum parcel_kind kind;
    struct span bytes; /* borrowed from where it was taken */
};

enum parcel_result {
    PARCEL_OK,
    PARCEL_MORE, /* not all of it is there yet; nothing was taken */
    PARCEL_WRONG,
};

/* Takes one off the front. */
enum parcel_result parcel_take(struct span *from, struct parcel *parcel);

/* Writes one, of PARCEL_MAX bytes at most; false when nobody reads. */
bool parcel_write(int fd, enum parcel_kind kind, struct span bytes);

#endif

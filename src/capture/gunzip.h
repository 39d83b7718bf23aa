/* gunzip.h - uncompresses gzip (RFC 1952) to the last byte that is there.
 *
 * Of a file that was cut short in a mail or an interrupted download people want
 * what can still be read; libarchive's decoder keeps back its last block then.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_GUNZIP_H
#define CAPTURE_GUNZIP_H

#include "base/span.h"

struct gunzip;

/* Whether a file that begins like this is compressed with gzip. */
bool gunzip_is(struct span beginning);

struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip **g);

/* Uncompresses some of `in` and takes what it used from it.  The result may be
 * empty while `in` is not, and is borrowed until the next call.  Members that
 * follow one another are one file; what comes behind the last and is no member
 * is skipped, as gzip itself does. */
struct span gunzip_some(struct gunzip *g, struct span *in);

/* Why the file is not whole, when `in` has come to its end or to something that
 * is damaged; NULL when it is.  Valid as long as g. */
const char *gunzip_trouble(const struct gunzip *g);

#endif

/* looks.h - what a file that is no capture seems to be, and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_LOOKS_H
#define CAPTURE_LOOKS_H

#include "base/err.h"
#include "base/span.h"

/* How many bytes looks_like() wants to see. */
enum { LOOKS_WANTS = 512 };

/* Always false, as err_set(). */
bool looks_like(struct span beginning, struct err *err);

/* Whether it is the beginning of an archive that members.h can read.  Documents
 * and programs that are ZIP files inside (.docx, .odt, .jar) are not meant. */
bool looks_archive(struct span beginning);

#endif

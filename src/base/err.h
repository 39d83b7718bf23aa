/* err.h - one message about what the user or the system got wrong.
 *
 * Functions that can fail for such a reason return bool and fill a struct err.
 * Whoever knows the file or the option puts it in front once
 * ("friday.pcap: ..."), and src/cli prints it.  Odd bytes off the wire are never an err: they are our subject.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
    char text[1024];
};

/* Sets the message, cut where it is too long; always returns false, so that
 * callers can return it. */
bool err_set(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

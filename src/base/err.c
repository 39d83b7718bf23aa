/* err.c - see err.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool err_in(struct err *err, const char *format, ...)
{
    struct err was = *err;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    size_t at = n < 0 ? 0 : (size_t)n;
    if (at + 2 >= sizeof err->text)
        return false;
    memcpy(err->text + at, ": ", 2);
    at += 2;
    size_t keep = strnlen(was.text, sizeof err->text - at - 1);
    memcpy(err->text + at, was.text, keep);
    err->text[at + keep] = '\0';
    return false;
}

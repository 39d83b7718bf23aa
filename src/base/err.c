/* err.c - see err.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The last character may have lost bytes, and goes as a whole: what is no UTF-8
 * can not stand in a report. */
static void drop_half_character(char *text)
{
    size_t lead = strlen(text);
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead > 0 && (unsigned char)text[lead - 1] >= 0xc0)
        text[lead - 1] = '\0';
}

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (n >= (int)sizeof err->text)
        drop_half_character(err->text);
    return false;
}

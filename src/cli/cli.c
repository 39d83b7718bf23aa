/* cli.c - see cli.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

void cli_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("mailwhy: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int cli_wrong(const struct err *err)
{
    cli_complain("%s", err->text);
    return STATUS_WRONG;
}

const char *cli_version(void)
{
    return MAILWHY_VERSION;
}

/* verdict.c - see verdict.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/verdict.h"

const char *const verdict_names[] = {"failure", "degraded", "undetermined",
                                     "healthy", "no-mail"};

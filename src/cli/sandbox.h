/* sandbox.h - gives up the rights that hostile packets could misuse.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include <stdint.h>

#include "base/err.h"

/* From here on this process can read and write what it has open, and compute;
 * it can not open files, connect, start programs, or make memory executable:
 * such calls fail with EPERM.  Does nothing, and says true, where the sanitizers
 * are built in (they need more) or the kernel has no seccomp. */
bool sandbox_enter(struct err *err);

/* For a child that must not go on without: complains and ends it with
 * STATUS_WRONG if sandbox_enter() can not be done. */
void sandbox_enter_or_exit(void);

/* From here on this process can not have more memory than that, in bytes: what
 * asks for more is told that there is none.  Does nothing where the sanitizers
 * are built in. */
void sandbox_bound_memory(uint64_t most);

/* Root becomes this user, for good, without groups and capabilities; other
 * users stay who they are.  Programs started later gain no rights either. */
bool sandbox_become(const char *user, struct err *err);

#endif

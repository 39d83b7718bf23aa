/* rules_path.h - where the rules are that come with mailwhy.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_RULES_PATH_H
#define CLI_RULES_PATH_H

/* A folder: what the environment variable MAILWHY_RULES names; else that of
 * the installation the program belongs to; else that of the source tree it was
 * built from.  Valid until the next call. */
const char *rules_path(void);

#endif

/* fingerprint.h - all that a result depends on besides the capture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_FINGERPRINT_H
#define CLI_FINGERPRINT_H

#include "pipeline.h"

/* A hash of the program, the rules, the options, and the files that these name:
 * as long as it is the same, so is the result for the same capture.  (But for
 * the system's certificate authorities and libraries.) */
uint64_t fingerprint(const struct analyze_options *options);

#endif

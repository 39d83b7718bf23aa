/* verdict.h - how something ended, and the packets that show it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_VERDICT_H
#define RULE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* Best last, so that the worst of several is the smallest. */
enum verdict {
    VERDICT_FAILURE,
    VERDICT_DEGRADED,
    VERDICT_UNDETERMINED,
    VERDICT_HEALTHY,
    VERDICT_NO_MAIL,
};
extern const char *const verdict_names[]; /* "failure", ... "no-mail" */

struct evidence {
    uint64_t packet;  /* 0: no single packet shows it */
    int64_t time;     /* nanoseconds since 1970 */
    double offset;    /* seconds since the first packet of the capture */
    const char *text; /* "server: a1 NO [AUTHENTICATIONFAILED] ..." */
    bool context;     /* only leads up to it: the request that was answered */
};

#endif

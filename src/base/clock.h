/* clock.h - the capture's own time, the only time there is.
 *
 * Nanoseconds since 1970-01-01 UTC, without leap seconds, as in pcap.  The
 * wall clock is never read: the same file gives the same report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define CLOCK_SECOND INT64_C(1000000000)

/* Long enough for what the functions below write, NUL included. */
enum { CLOCK_TEXT = 40 };

static inline double clock_seconds(int64_t duration)
{
    return (double)duration / (double)CLOCK_SECOND;
}

/* Seconds that passed; never negative, whatever the capture's clock did. */
static inline double clock_between(int64_t from, int64_t to)
{
    return to > from ? clock_seconds(to - from) : 0;
}

/* 1995-01-01: no TLS and no capture in today's formats is older.  Earlier times
 * come from a clock that was never set, or count from the first packet. */
#define CLOCK_EARLIEST (INT64_C(788918400) * CLOCK_SECOND)

static inline bool clock_is_set(int64_t time)
{
    return time >= CLOCK_EARLIEST;
}

/* RFC 3339 in UTC with microseconds: 2026-11-24T10:02:13.204117Z. */
void clock_rfc3339(int64_t time, char out[CLOCK_TEXT]);

/* The beginning of a day in UTC, written 2026-11-24; false if it is no date. */
bool clock_date(struct span text, int64_t *time);

/* The time of day: 10:02:13 (UTC). */
void clock_hms(int64_t time, char out[CLOCK_TEXT]);

#endif

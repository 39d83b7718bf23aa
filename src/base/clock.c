/* clock.c - see clock.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static struct tm utc(int64_t time, long *nanoseconds)
{
    int64_t seconds = time / CLOCK_SECOND;
    int64_t rest = time % CLOCK_SECOND;
    if (rest < 0) {
        rest += CLOCK_SECOND;
        seconds--;
    }
    time_t t = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    *nanoseconds = (long)rest;
    return tm;
}

void clock_rfc3339(int64_t time, char out[CLOCK_TEXT])
{
    long nanoseconds;
    struct tm tm = utc(time, &nanoseconds);
    size_t n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, CLOCK_TEXT - n, ".%06ldZ", nanoseconds / 1000);
}

void clock_hms(int64_t time, char out[CLOCK_TEXT])
{
    long nanoseconds;
    struct tm tm = utc(time, &nanoseconds);
    strftime(out, CLOCK_TEXT, "%H:%M:%S", &tm);
}

bool clock_date(struct span text, int64_t *time)
{
    uint64_t year, month, day;
    if (!span_uint(span_cut(&text, '-'), &year) ||
        !span_uint(span_cut(&text, '-'), &month) || !span_uint(text, &day) ||
        year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 ||
        day > 31)
        return false;
    struct tm tm = {.tm_year = (int)year - 1900,
                    .tm_mon = (int)month - 1,
                    .tm_mday = (int)day};
    time_t t = timegm(&tm);
    *time = (int64_t)t * CLOCK_SECOND;
    return tm.tm_mday == (int)day; /* not the 31st of February */
}

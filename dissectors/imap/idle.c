/* idle.c - IDLE (RFC 2177): how long the client waited for news.
 *
 *   C: a3 IDLE
 *   S: + idling
 *   C: DONE
 *   S: a3 OK done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "imap.h"

void imap_idle_tell(struct imap *im, struct span ended, struct facts *out)
{
    int64_t until = im->idle.done ? im->idle.until : facts_time(out);
    TELL(out, imap_idle, .seconds = clock_seconds(until - im->idle.since),
         .ended = ended);
    im->idle.on = false;
}

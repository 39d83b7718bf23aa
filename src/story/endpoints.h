/* endpoints.h - the sessions with one server and port, seen as a whole.
 *
 * Tells the facts `endpoint` and `server.outage`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORY_ENDPOINTS_H
#define STORY_ENDPOINTS_H

#include "fact/store.h"
#include "session/book.h"

/* Of each endpoint so many outages are told; more are a flapping line. */
enum { OUTAGES_MAX = 16 };

/* All sessions with one server and port, in order of their first packets. */
void endpoint_tell(const struct book_entry *const *sessions, size_t count,
                   struct facts *out);

#endif

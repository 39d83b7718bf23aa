/* visits.h - how close together one client's connections came.
 *
 * Tells the fact `client.visits`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORY_VISITS_H
#define STORY_VISITS_H

#include "fact/store.h"
#include "session/book.h"

/* All sessions of one client, in order of their first packets: one fact for
 * each server and port that got more than one. */
void visits_tell(const struct book_entry *const *sessions, size_t count,
                 struct facts *out);

#endif

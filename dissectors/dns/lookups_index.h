/* lookups_index.h - inside dns/: what the lookups of one client have to do with
 * each other, found quickly.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DNS_LOOKUPS_INDEX_H
#define DISSECTORS_DNS_LOOKUPS_INDEX_H

#include "lookups_table.h"

struct lookups_index;

/* Of the lookups as they are now. */
struct lookups_index *lookups_index_new(const struct lookups *lookups);
void lookups_index_free(struct lookups_index **index);

/* Whether this client got an address for the name by another lookup, or by the
 * name as it was typed. */
bool lookups_index_otherwise(const struct lookups_index *index,
                             const struct lookup *lookup);

/* A search list makes imap.example.org into imap.example.org.corp.example too.
 * The name as it was typed, if this client asked for that as well, of at least
 * two labels; else empty.  *resolved: and got an address. */
struct span lookups_index_typed(const struct lookups_index *index,
                                const struct lookup *lookup, bool *resolved);

/* For names of how many other domains this client got the first address. */
size_t lookups_index_shared(const struct lookups_index *index,
                            const struct lookup *lookup);

#endif

/* attempts.h - which sessions belong together: one client's tries to get, or to
 * send, its mail.
 *
 * Made once all sessions have ended, from the records of the book: a few
 * hundred bytes for each attempt, of which there are never more than sessions
 * in the book.  What is past BOOK_MAX belongs to no attempt; the result counts
 * it as unlisted.  The order is that of the sessions, so the same capture gives
 * the same attempts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORY_ATTEMPTS_H
#define STORY_ATTEMPTS_H

#include "fact/store.h"
#include "finding/result.h"
#include "session/book.h"

enum service { SERVICE_INCOMING, SERVICE_OUTGOING, SERVICE_FILTERS };
extern const char *const service_names[]; /* "incoming", ... */

struct attempt {
    enum service service;
    struct span client, user, name; /* the book's; user may be empty */
    uint64_t account;               /* the user's number; 0: unknown */
    const size_t *sessions;         /* in the book, in order */
    size_t count;
    int64_t start, end; /* of all its packets */
};

struct attempts {
    struct arena *mem;
    struct attempt *list; /* in order of first packet */
    size_t count;
    bool one_pair;    /* the sessions are of one IPv4 and one IPv6 client */
    bool one_machine; /* all clients are one, with an address of each family */
    size_t *by_client; /* indices into list, those of a client together */
};

struct attempts *attempts_find(struct book *book);
void attempts_free(struct attempts **attempts);

/* Finds out which of the result's sessions (the same as the book's) were made
 * up for by later ones of their attempt, as the rules of their findings want
 * it: sets their healed_by and healed_effect, and `healed` in the book. */
void attempts_heal(const struct attempts *attempts, struct book *book,
                   const struct rules *rules, struct result_session *sessions);

/* Tells `attempt` facts, of one client or (client empty) of all. */
void attempts_tell(const struct attempts *attempts, struct book *book,
                   const struct result *result, struct span client,
                   struct facts *out);

/* Fills in result->attempts, once all findings are ranked. */
void attempts_show(const struct attempts *attempts, struct book *book,
                   struct result *result);

#endif

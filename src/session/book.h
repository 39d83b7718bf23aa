/* book.h - what is remembered of each session after it is over.
 *
 * A small record each (less than 1.5 kB: the numbers of the `session` fact,
 * its texts once for all sessions that share them, a few packets), for the
 * correlation of sessions and for the report.  Past BOOK_MAX only counts go on,
 * so memory does not grow with the capture: 96 MB at most.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_BOOK_H
#define SESSION_BOOK_H

#include "base/arena.h"
#include "fact/store.h"
#include "session/summary.h"

enum { BOOK_MAX = 1 << 16 };

struct book_entry {
    struct fact_session session; /* its texts are the book's */
    uint64_t first_frame, last_frame;
    int64_t start;
    uint64_t sent, received, stored;
    uint64_t largest_stored, largest_not_stored; /* in bytes */
    char sent_as[SUMMARY_TEXT];
    char tls_version[16];
    struct envelopes envelopes;
    double dns_delay; /* negative: no lookup seen */
    struct milestone milestones[MILESTONES_MAX];
    size_t milestone_count;
};
_Static_assert(sizeof(struct book_entry) < 1536, "a small record");

struct book;

struct book *book_new(void);
void book_free(struct book **book);

/* Copies the entry; false when the book is full and it was only counted. */
bool book_add(struct book *book, const struct book_entry *entry);

/* In the order of their ids. */
size_t book_count(struct book *book);
const struct book_entry *book_get(struct book *book, size_t i);
/* The time of its last packet. */
int64_t book_end(const struct book_entry *entry);

/* By server address and port, for sorting: less than, equal to or greater than
 * 0. */
int book_compare_servers(const struct book_entry *a,
                         const struct book_entry *b);

/* What became known of the i-th session after it was written down; copies. */
void book_judge(struct book *book, size_t i, struct span verdict,
                struct span finding);
void book_heal(struct book *book, size_t i);

/* Of sessions past BOOK_MAX. */
uint64_t book_unlisted(const struct book *book);

#endif

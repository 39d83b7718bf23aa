/* store.h - where facts are told, and kept until they have been judged.
 *
 * One struct facts per subject (a session, a client, the capture).  It copies
 * what it is told, stamps it with packet and time, and caps how much it keeps:
 * of each kind the first FACTS_FIRST and the last FACTS_LAST, so that a session
 * that fetches a million messages costs no more than one that fetches ten.
 * What fell out in between is counted, see facts_dropped().
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FACT_STORE_H
#define FACT_STORE_H

#include "fact/kinds.h"

enum {
    FACTS_FIRST = 192,    /* of each kind, kept from the start */
    FACTS_LAST = 64,      /* of each kind, kept from the end */
    FACT_TEXT_MAX = 1024, /* bytes of one text field; the rest is cut off */
};

struct facts;

/* Says in which packet, and when, the byte before `offset` of dir's stream
 * was captured.  Set by whoever feeds a dissector. */
struct facts_locator {
    void (*locate)(void *user, enum dir dir, uint64_t offset, uint64_t *frame,
                   int64_t *time);
    void *user;
};

struct facts *facts_new(uint64_t session);
void facts_free(struct facts **facts);

/* Keeps this many of each kind instead of FACTS_FIRST: for subjects that sum up
 * many sessions. */
void facts_keep(struct facts *facts, size_t first);

void facts_locator_set(struct facts *facts, struct facts_locator locator);

/* What is told next was seen in this packet. */
void facts_stamp(struct facts *facts, uint64_t frame, int64_t time);

struct stamp {
    uint64_t frame;
    int64_t time;
    enum dir dir; /* who spoke */
};

/* That of what is told now. */
struct stamp facts_now(const struct facts *facts);

/* The same for a while, of something that was said earlier: returns what it
 * was, to be set again after TELL. */
struct stamp facts_swap_stamp(struct facts *facts, struct stamp stamp);

/* What is told next was said by dir and ended just before this stream offset:
 * a dissector calls it once per message, before TELL. */
void facts_at(struct facts *facts, enum dir dir, uint64_t offset);

/* The time of the last facts_at() or facts_stamp(), for latencies. */
int64_t facts_time(const struct facts *facts);
uint64_t facts_frame(const struct facts *facts);

/* Whether user names may be shown whole (--show-users). */
void facts_show_users(struct facts *facts, bool show);

/* A user name as it may be a field: j***@example.org, or whole where
 * allowed.  Lives until the next call. */
struct span facts_user(struct facts *facts, struct span user);

/* Copies the fact.  Use TELL. */
void facts_add(struct facts *facts, enum fact_kind_number kind,
               const void *values);

/* TELL(out, imap_response, .command = command, .status = status); */
#define TELL(out, kind, ...)                                                   \
    facts_add((out), FACT_KIND_##kind, &(struct fact_##kind){__VA_ARGS__})

/* Adds a copy of a fact with its own stamp, order apart. */
void facts_copy(struct facts *facts, const struct fact *fact);

/* The same without copying: the fact's values and their texts stay the
 * caller's and must outlive the store.  For subjects put together of what
 * others keep. */
void facts_refer(struct facts *facts, const struct fact *fact);

/* Walking: the i-th kept fact of a kind, oldest first; NULL past the end. */
size_t facts_count(const struct facts *facts, enum fact_kind_number kind);
const struct fact *facts_get(const struct facts *facts,
                             enum fact_kind_number kind, size_t i);

/* All kept facts, facts_kept() of them, in the order in which they were told.
 * To be freed with free(); the facts stay the store's. */
const struct fact **facts_in_order(const struct facts *facts);

/* The kinds of which there are facts, and how many facts are kept in all. */
const struct kinds *facts_kinds(const struct facts *facts);
size_t facts_kept(const struct facts *facts);

/* How many of a kind were told in all, dropped ones too. */
uint64_t facts_told(const struct facts *facts, enum fact_kind_number kind);

/* Of all kinds together: told but no longer kept. */
uint64_t facts_dropped(const struct facts *facts);

/* Called with each fact as it is told (values valid during the call), after
 * it was stamped: how a session is summed up without a second walk. */
typedef void facts_listener(void *user, const struct fact *fact);
void facts_listen(struct facts *facts, facts_listener *listener, void *user);

/* The evidence line: the kind's `show` sentence with this fact's fields filled
 * in, made safe to print.  Appends to out. */
struct text;
void fact_show(const struct fact *fact, struct text *out);

/* One field's value as text: numbers without needless zeros, seconds with
 * three places at most, booleans as yes/no.  Made safe to print. */
void fact_field_show(const struct fact *fact, const struct fact_field *field,
                     struct text *out);

#endif

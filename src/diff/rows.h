/* rows.h - one session as a list of steps that can be laid beside another's.
 *
 * A row is what is worth comparing of one fact or of some: a key, by which the
 * rows of two sessions find each other, and aspects, by which they differ.
 * What always differs (ports, tags, times, ids, how much mail there was) is no
 * aspect.  A step that went well is one row, however often it was taken.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DIFF_ROWS_H
#define DIFF_ROWS_H

#include "base/arena.h"
#include "fact/store.h"
#include "finding/result.h"

enum weight {
    WEIGHT_LESSER,  /* differs among sessions that all work */
    WEIGHT_MATTERS, /* how a step ended, or what can make one fail */
    WEIGHT_FLAW,    /* matters where the bad one says yes to it */
    WEIGHT_VIRTUE,  /* matters where it says no */
    WEIGHT_WORDS,   /* a list of words of which each may be missing: lesser */
    WEIGHT_NEEDED,  /* the same, but that all are missing matters */
};

enum {
    ASPECTS_MAX = 10,
    ROWS_MAX = 512, /* of a session; what comes later is not compared */
};

struct aspect {
    const char *name; /* "cipher" */
    const char *value;
    enum weight weight;
};

struct row {
    const char *key;   /* "dns A", "greeting", "login", "SELECT" */
    const char *shown; /* what happened, in a few words */
    uint64_t packet;   /* 0: no single one */
    int64_t time;      /* 0: none */
    uint64_t order;
    double seconds; /* how long it took; negative: not known */
    bool bad;       /* nothing of the kind happens when all is well */
    struct aspect aspects[ASPECTS_MAX];
    size_t aspect_count;
};

struct rows {
    struct row *row;
    size_t count;
    const struct fact_session *session; /* the facts'; NULL: there was none */
    bool cut;                           /* there were more */
};

/* The rows of a session, in the order in which things happened; in mem, and
 * borrowing from the facts. */
struct rows rows_of(struct arena *mem, const struct facts *facts);

/* ---- for the files that know one kind of facts each ---- */

struct rows_maker {
    struct arena *mem;
    const struct facts *facts;
    struct rows rows;
    size_t room;
};

/* A new row for the fact, shown as its evidence line until row_show() says
 * otherwise. */
struct row *row_add(struct rows_maker *maker, const char *key,
                    const struct fact *fact);
void row_show(struct rows_maker *maker, struct row *row, const char *format,
              ...) __attribute__((format(printf, 3, 4)));
void row_aspect(struct rows_maker *maker, struct row *row, const char *name,
                struct span value, enum weight weight);
void row_yes(struct rows_maker *maker, struct row *row, const char *name,
             bool value, enum weight weight);

/* The text made safe to print, in the maker's arena. */
const char *row_text(struct rows_maker *maker, struct span text);

static inline bool is(struct span text, const char *word)
{
    return span_same(text, span_of(word));
}

struct rows_teller {
    enum fact_kind_number kind;
    void (*tell)(struct rows_maker *maker, const struct fact *fact);
};

/* Lists that end with NULL for tell. */
extern const struct rows_teller rows_of_network[];
extern const struct rows_teller rows_of_tls[];
extern const struct rows_teller rows_of_mail[];

#endif

/* item.h - what a batch has under way, each in its place in the report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_ITEM_H
#define CLI_ITEM_H

#include <sys/queue.h>

#include "base/err.h"
#include "cli/batch.h"
#include "cli/worker.h"

/* What is under way: a path, or a member of the archive that a path is.  Each
 * has its place in the report; members come before their archive, whose own
 * result, if any, is the last word. */
struct item {
    TAILQ_ENTRY(item) place;
    const char *path; /* the batch's; NULL: a member */
    char *name;       /* shown for a member */
    bool named;       /* an archive without captures is an error */
    int spool;        /* a member's bytes, until its analysis has begun; -1 */
    bool spooled;     /* all of them */
    struct state_key key; /* what the result is to be found by later */
    bool recalled;      /* it is in the state, and is fetched when it is due */
    bool passing;       /* it is not to be found later: it may be other then */
    struct err trouble; /* why they are not all that the archive holds */
    struct worker *worker; /* NULL when it has ended, or not begun */
    double deadline;
    bool unpacks;      /* the worker does, and is not counted as running */
    size_t members;    /* that were found, */
    struct item *open; /* and the one being unpacked; NULL */
    bool over;
    struct result *result; /* when it is over; may be NULL of an archive */
};
TAILQ_HEAD(items, item);

struct run {
    const struct batch *batch;
    struct items items; /* in the order of the report */
    size_t count;       /* of them */
    size_t jobs, room;
    size_t running;   /* analyses */
    size_t undecided; /* of them: paths, which may turn out to be archives */
    size_t unpacking; /* archives */
    size_t waiting;   /* members that are unpacked and wait for a job */
    size_t next;      /* path to start with */
    size_t reported;  /* paths */
    bool progress_shown;
};

/* A path, or NULL; it has no place yet. */
struct item *item_new(struct run *run, const char *path);

/* Takes it from its place. */
void item_free(struct run *run, struct item *item);

/* Gives back the room of what was unpacked. */
void item_drop_spool(struct item *item);

/* It has this result, which is taken and may be NULL. */
void item_over(struct item *item, struct result *result);

/* The same, and known from now on. */
void item_over_and_known(struct run *run, struct item *item,
                         struct result *result);

/* Whether the state has its result; then it is over. */
bool item_recall(const struct run *run, struct item *item);

/* The same of a path, with the results of all its members. */
bool item_recall_all(const struct run *run, struct item *item);

/* Hands over what it is about, once it is over. */
void item_report(const struct run *run, struct item *item);

#endif

/* batch.c - see batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/batch.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "capture/members.h"
#include "cli/spool.h"
#include "cli/worker.h"

enum {
    JOBS_MAX = 1024,
    AHEAD = 16, /* results per job that may wait for an earlier one */
    TICK = 250, /* milliseconds between looks at clocks and progress */
};

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

/* How many signals to stop came, and after how many we do. */
static volatile sig_atomic_t interrupts, patience;

static void on_signal(int signal_number)
{
    interrupts += signal_number == SIGINT ? 1 : patience;
}

static bool stopped(void)
{
    return interrupts >= patience;
}

static bool reads_stdin(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (strcmp(batch->paths[i], "-") == 0)
            return true;
    return false;
}

/* Seconds on a clock that nobody sets. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct item *new_item(struct run *run, const char *path)
{
    struct item *item = must_alloc(sizeof *item);
    *item = (struct item){.path = path, .spool = -1};
    run->count++;
    return item;
}

static void drop_spool(struct item *item)
{
    if (item->spool >= 0)
        close(item->spool);
    item->spool = -1;
}

static void free_item(struct run *run, struct item *item)
{
    TAILQ_REMOVE(&run->items, item, place);
    run->count--;
    drop_spool(item);
    result_free(&item->result);
    free(item->name);
    free(item);
}

static void over(struct item *item, struct result *result)
{
    item->result = result;
    item->over = true;
}

/* The same, and known from now on. */
static void over_and_known(struct run *run, struct item *item,
                           struct result *result)
{
    over(item, result);
    if (!item->passing && !state_has(run->batch->state, &item->key))
        state_add(run->batch->state, &item->key, item->members, result);
}

static bool recall(const struct run *run, struct item *item)
{
    item->recalled = item->over = state_has(run->batch->state, &item->key);
    return item->recalled;
}

static void set_deadline(const struct run *run, struct item *item)
{
    item->deadline = now() + (double)run->batch->timeout;
}

/* ---- members of an archive ---- */

/* A member's place is before its archive, after the members before it. */
static struct item *add_member(struct run *run, struct item *archive,
                               struct span name)
{
    struct item *member = new_item(run, NULL);
    struct text full = {0};
    text_addf(&full, "%s/", archive->path);
    text_add(&full, name);
    member->name = full.s;
    archive->members++;
    member->key = archive->key;
    member->key.member = archive->members;
    TAILQ_INSERT_BEFORE(archive, member, place);
    return member;
}

/* What it took of the room is given back at once: others need it. */
static void member_fails(struct item *member, const char *why)
{
    drop_spool(member);
    over(member, result_failed(member->name, why));
}

static void open_member(struct run *run, struct item *archive, struct span name)
{
    struct err err;
    struct item *member = add_member(run, archive, name);
    if (recall(run, member))
        return;
    member->spool = spool_new(&err);
    if (member->spool >= 0)
        archive->open = member;
    else
        member_fails(member, err.text);
}

static void add_bytes(struct item *archive, struct span bytes)
{
    struct err err;
    struct item *member = archive->open;
    if (!member || spool_add(member->spool, bytes, &err))
        return;
    archive->open = NULL;
    member_fails(member, err.text);
}

/* All of the open member has come that will come. */
static void close_member(struct run *run, struct item *archive,
                         const char *trouble)
{
    struct item *member = archive->open;
    archive->open = NULL;
    if (!member)
        return;
    err_set(&member->trouble, "%s", trouble);
    member->spooled = true;
    run->waiting++;
}

static void take_parcel(struct run *run, struct item *archive,
                        const struct parcel *parcel)
{
    struct span rest = parcel->bytes;
    struct text safe = {0};
    switch (parcel->kind) {
    case PARCEL_MEMBER:
        close_member(run, archive, "");
        open_member(run, archive, parcel->bytes);
        break;
    case PARCEL_BYTES:
        add_bytes(archive, parcel->bytes);
        break;
    case PARCEL_END:
        text_add_safe(&safe, parcel->bytes);
        close_member(run, archive, text_string(&safe));
        break;
    case PARCEL_NOT_READ: {
        struct item *member = add_member(run, archive, span_cut(&rest, '\0'));
        text_add_safe(&safe, rest);
        if (!recall(run, member))
            over_and_known(run, member,
                           result_failed(member->name, text_string(&safe)));
        break;
    }
    case PARCEL_DONE: /* the worker has seen it */
        break;
    }
    text_free(&safe);
}

/* Whether more may come out of an archive.  The one that the report waits for
 * always goes on, or nothing would: the first, or the one whose open member is. */
static bool may_unpack(const struct run *run, const struct item *archive)
{
    const struct item *first = TAILQ_FIRST(&run->items);
    return run->waiting < run->jobs &&
           (run->count < run->room || first == archive ||
            first == archive->open);
}

/* ---- workers ---- */

/* Merges what the archive and the analysis have to say against a member. */
static void add_trouble(struct result *result, const char *trouble)
{
    result->error =
        result->error
            ? arena_printf(result->mem, "%s; in the archive it is damaged: %s",
                           result->error, trouble)
            : arena_printf(result->mem,
                           "is damaged in the archive: %s; %" PRIu64
                           " packets were analysed",
                           trouble, result->packets);
}

/* One more of its kind runs, or one less. */
static void is_running(struct run *run, const struct item *item, int more)
{
    run->running += (size_t)more;
    if (item->path)
        run->undecided += (size_t)more;
}

static void finish(struct run *run, struct item *item)
{
    bool lasting;
    if (item->unpacks)
        run->unpacking--;
    else
        is_running(run, item, -1);
    if (item->open)
        item->open->passing = true;
    close_member(run, item, "its archive can not be read on");
    struct result *result = worker_finish(&item->worker, &lasting);
    if (result && *item->trouble.text)
        add_trouble(result, item->trouble.text);
    item->passing |= !lasting;
    over_and_known(run, item, result);
}

/* Takes what a worker has said of an archive; ends it when that is all. */
static void take_parcels(struct run *run, struct item *item)
{
    struct parcel parcel;
    while (may_unpack(run, item)) {
        enum parcel_result taken = worker_parcel(item->worker, &parcel);
        if (item->members > MEMBERS_MAX) /* the end is then never reached */
            taken = PARCEL_WRONG;
        switch (taken) {
        case PARCEL_OK:
            take_parcel(run, item, &parcel);
            break;
        case PARCEL_WRONG:
            worker_kill(item->worker, "its unpacking says what makes no sense");
            finish(run, item);
            return;
        case PARCEL_MORE:
            if (worker_fd(item->worker) < 0)
                finish(run, item);
            return;
        }
    }
    set_deadline(run, item); /* it is we who let it wait */
}

/* A worker has something to say. */
static void listen_to(struct run *run, struct item *item)
{
    bool goes_on = worker_read(item->worker);
    if (!item->unpacks && worker_unpacks(item->worker)) {
        item->unpacks = true;
        is_running(run, item, -1);
        run->unpacking++;
    }
    if (item->unpacks)
        set_deadline(run, item);
    else if (!goes_on)
        finish(run, item);
}

static void started(struct run *run, struct item *item)
{
    set_deadline(run, item);
    is_running(run, item, 1);
    if (worker_fd(item->worker) < 0)
        finish(run, item);
}

static void start_member(struct run *run, struct item *member)
{
    spool_rewind(member->spool);
    member->worker =
        worker_start_member(member->name, member->spool, run->batch->options);
    member->spool = -1; /* the worker's now */
    member->spooled = false;
    run->waiting--;
    started(run, member);
}

/* A path of which the state has the result, and those of all its members. */
static bool recall_all(const struct run *run, struct item *item)
{
    const struct state *state = run->batch->state;
    struct state_key member = item->key;
    uint64_t members = state_members(state, &item->key);
    for (member.member = 1; member.member <= members; member.member++)
        if (!state_has(state, &member))
            return false;
    if (!recall(run, item))
        return false;
    item->members = members;
    return true;
}

static void start_path(struct run *run)
{
    const struct batch *batch = run->batch;
    struct item *item = new_item(run, batch->paths[run->next]);
    item->named = !batch->named || batch->named[run->next];
    run->next++;
    TAILQ_INSERT_TAIL(&run->items, item, place);
    item->key = state_key_of(item->path);
    if (recall_all(run, item))
        return;
    item->worker = worker_start_inside(item->path, batch->options);
    started(run, item);
}

static void start_more(struct run *run)
{
    struct item *item;
    TAILQ_FOREACH(item, &run->items, place)
    {
        if (run->waiting == 0 || run->running >= run->jobs)
            break;
        if (item->spooled)
            start_member(run, item);
    }
    /* However many turn out to be archives: no more than `jobs` unpack. */
    while (run->next < run->batch->count && run->running < run->jobs &&
           run->unpacking + run->undecided < run->jobs &&
           run->count < run->room)
        start_path(run);
}

/* ---- progress and order ---- */

static void progress(struct run *run)
{
    const struct item *first = TAILQ_FIRST(&run->items);
    if (!run->batch->progress || !first)
        return;
    double part = -1;
    if (first->worker)
        part = worker_progress(first->worker);
    fprintf(stderr, "\r\033[Kmailwhy: ");
    if (run->batch->count > 1)
        fprintf(stderr, "%zu of %zu captures ", run->reported,
                run->batch->count);
    if (part >= 0)
        fprintf(stderr, "%3.0f %%", part * 100);
    run->progress_shown = true;
}

static void progress_clear(struct run *run)
{
    if (run->progress_shown)
        fprintf(stderr, "\r\033[K");
    run->progress_shown = false;
}

/* Frees the result, which may be NULL. */
static void report(const struct run *run, struct result *result)
{
    if (result)
        run->batch->done(run->batch->user, result);
    result_free(&result);
}

static void report_item(const struct run *run, struct item *item)
{
    const struct state *state = run->batch->state;
    struct state_key member = item->key;
    struct result *result = item->result;
    item->result = NULL;
    if (item->recalled) {
        for (uint64_t i = 1; i <= item->members; i++) {
            member.member = i;
            report(run, state_result(state, &member));
        }
        result = state_result(state, &item->key);
    }
    if (!result && item->members == 0 && item->named)
        result =
            result_failed(item->path, "is an archive without captures (pcap or "
                                      "pcapng, plain or compressed)");
    report(run, result);
}

/* Hands over what is complete, in order. */
static void hand_over(struct run *run)
{
    struct item *first;
    /* The analyzer does not follow TAILQ_REMOVE() to the list's head. */
    while ((first = TAILQ_FIRST(&run->items)) &&
           first->over) { /* NOLINT(clang-analyzer-unix.Malloc) */
        progress_clear(run);
        report_item(run, first);
        run->reported += first->path != NULL;
        free_item(run, first);
    }
}

/* Whose time is up. */
static void look_at_clock(struct run *run, struct item *item)
{
    if (run->batch->timeout && now() > item->deadline)
        worker_kill(item->worker,
                    item->unpacks
                        ? "its unpacking took too long (see --timeout)"
                        : "its analysis took too long (see --timeout)");
}

/* Waits until a worker says something, or for a tick. */
static void wait_for_some(struct run *run)
{
    struct pollfd fds[2 * JOBS_MAX]; /* analyses, and archives */
    struct item *items[2 * JOBS_MAX], *item, *next;
    nfds_t n = 0;
    for (item = TAILQ_FIRST(&run->items); item; item = next) {
        next = TAILQ_NEXT(item, place);
        if (item->unpacks && item->worker)
            take_parcels(run, item);
        if (!item->worker || (item->unpacks && !may_unpack(run, item)))
            continue;
        look_at_clock(run, item);
        items[n] = item;
        fds[n++] = (struct pollfd){worker_fd(item->worker), POLLIN, 0};
    }
    if (run->waiting > 0 && run->running < run->jobs)
        return; /* there is something to begin with, */
    if (TAILQ_FIRST(&run->items)->over)
        return; /* or to hand over */
    if (poll(fds, n, TICK) <= 0) {
        progress(run);
        return;
    }
    for (nfds_t i = 0; i < n; i++)
        if (fds[i].revents)
            listen_to(run, items[i]);
}

static size_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

/* All are ended before any is freed: an archive's end is told to its members. */
static void give_up(struct run *run)
{
    struct item *item;
    TAILQ_FOREACH(item, &run->items, place)
    {
        if (!item->worker)
            continue;
        worker_kill(item->worker, "stopped");
        finish(run, item);
    }
    while ((item = TAILQ_FIRST(&run->items)))
        free_item(run, item); /* NOLINT(clang-analyzer-unix.Malloc): as above */
}

bool batch_run(const struct batch *batch)
{
    struct run run = {.batch = batch};
    TAILQ_INIT(&run.items);
    run.jobs = batch->jobs ? batch->jobs : processors();
    run.jobs = run.jobs > JOBS_MAX ? JOBS_MAX : run.jobs;
    run.room = run.jobs * AHEAD;
    struct sigaction action = {.sa_handler = on_signal}, was_int, was_term;
    interrupts = 0;
    patience = reads_stdin(batch) ? 2 : 1;
    sigaction(SIGINT, &action, &was_int);
    sigaction(SIGTERM, &action, &was_term);
    while (run.reported < batch->count && !stopped()) {
        start_more(&run);
        hand_over(&run);
        if (run.running + run.unpacking > 0)
            wait_for_some(&run);
    }
    progress_clear(&run);
    give_up(&run);
    sigaction(SIGINT, &was_int, NULL);
    sigaction(SIGTERM, &was_term, NULL);
    return run.reported == batch->count;
}

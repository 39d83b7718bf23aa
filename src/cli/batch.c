/* batch.c - see batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/batch.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/members.h"
#include "cli/item.h"
#include "cli/spool.h"
#include "cli/unpacked.h"

enum {
    JOBS_MAX = 1024,
    AHEAD = 16, /* results per job that may wait for an earlier one */
    TICK = 250, /* milliseconds between looks at clocks and progress */
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

/* ---- workers ---- */

/* Seconds on a clock that nobody sets. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set_deadline(const struct run *run, struct item *item)
{
    item->deadline = now() + (double)run->batch->timeout;
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
    unpacked_close(run, item, "its archive can not be read on");
    struct result *result = worker_finish(&item->worker, &lasting);
    if (result && *item->trouble.text)
        unpacked_blame(result, item->trouble.text);
    item->passing |= !lasting;
    item_over_and_known(run, item, result);
}

/* Takes what a worker has said of an archive; ends it when that is all. */
static void take_parcels(struct run *run, struct item *item)
{
    struct parcel parcel;
    while (unpacked_may_go_on(run, item)) {
        enum parcel_result taken = worker_parcel(item->worker, &parcel);
        if (item->members > MEMBERS_MAX) /* the end is then never reached */
            taken = PARCEL_WRONG;
        switch (taken) {
        case PARCEL_OK:
            unpacked_take(run, item, &parcel);
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

static void start_path(struct run *run)
{
    const struct batch *batch = run->batch;
    struct item *item = item_new(run, batch->paths[run->next]);
    item->named = !batch->named || batch->named[run->next];
    run->next++;
    TAILQ_INSERT_TAIL(&run->items, item, place);
    item->key = state_key_of(item->path);
    if (item_recall_all(run, item))
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

/* Hands over what is complete, in order. */
static void hand_over(struct run *run)
{
    struct item *first;
    /* The analyzer does not follow TAILQ_REMOVE() to the list's head. */
    while ((first = TAILQ_FIRST(&run->items)) &&
           first->over) { /* NOLINT(clang-analyzer-unix.Malloc) */
        progress_clear(run);
        item_report(run, first);
        run->reported += first->path != NULL;
        item_free(run, first);
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
        if (!item->worker || (item->unpacks && !unpacked_may_go_on(run, item)))
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
        item_free(run, item); /* NOLINT(clang-analyzer-unix.Malloc): as above */
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

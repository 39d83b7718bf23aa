/* batch.c - see batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/batch.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/worker.h"

enum {
    JOBS_MAX = 1024,
    AHEAD = 16, /* results per job that may wait for an earlier one */
    TICK = 250, /* milliseconds between looks at clocks and progress */
};

/* The captures from `first` to `next` - 1 are under way. */
struct run {
    const struct batch *batch;
    size_t jobs, first, next, running;
    struct slot {
        struct worker *worker; /* NULL when it has ended */
        struct result *result;
        double deadline;
    } *slots; /* a ring of `room` */
    size_t room;
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

static struct slot *slot_of(const struct run *run, size_t i)
{
    return &run->slots[i % run->room];
}

static void finish(struct run *run, struct slot *slot)
{
    slot->result = worker_finish(&slot->worker);
    run->running--;
}

static void start_more(struct run *run)
{
    const struct batch *batch = run->batch;
    while (run->next < batch->count && run->running < run->jobs &&
           run->next - run->first < run->room) {
        struct slot *slot = slot_of(run, run->next);
        slot->worker = worker_start(batch->paths[run->next], batch->options);
        slot->result = NULL;
        slot->deadline = now() + (double)batch->timeout;
        run->next++;
        run->running++;
        if (worker_fd(slot->worker) < 0)
            finish(run, slot);
    }
}

static void progress(struct run *run)
{
    if (!run->batch->progress || run->first == run->batch->count)
        return;
    double part = -1;
    const struct slot *slot = slot_of(run, run->first);
    if (slot->worker)
        part = worker_progress(slot->worker);
    fprintf(stderr, "\r\033[Kmailwhy: ");
    if (run->batch->count > 1)
        fprintf(stderr, "%zu of %zu captures ", run->first, run->batch->count);
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
    const struct batch *batch = run->batch;
    while (run->first < run->next && slot_of(run, run->first)->result) {
        struct slot *slot = slot_of(run, run->first);
        progress_clear(run);
        batch->done(batch->user, slot->result);
        result_free(&slot->result);
        run->first++;
    }
}

/* Waits until a worker says something, or for a tick. */
static void wait_for_some(struct run *run)
{
    struct pollfd fds[JOBS_MAX];
    struct slot *slots[JOBS_MAX];
    nfds_t n = 0;
    for (size_t i = run->first; i < run->next; i++) {
        struct slot *slot = slot_of(run, i);
        if (!slot->worker)
            continue;
        if (run->batch->timeout && now() > slot->deadline)
            worker_kill(slot->worker,
                        "its analysis took too long (see --timeout)");
        slots[n] = slot;
        fds[n++] = (struct pollfd){worker_fd(slot->worker), POLLIN, 0};
    }
    if (poll(fds, n, TICK) <= 0) {
        progress(run);
        return;
    }
    for (nfds_t i = 0; i < n; i++)
        if (fds[i].revents && !worker_read(slots[i]->worker))
            finish(run, slots[i]);
}

static size_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

static void give_up(struct run *run)
{
    for (size_t i = run->first; i < run->next; i++) {
        struct slot *slot = slot_of(run, i);
        if (slot->worker) {
            worker_kill(slot->worker, "stopped");
            finish(run, slot);
        }
        result_free(&slot->result);
    }
}

bool batch_run(const struct batch *batch)
{
    struct run run = {.batch = batch};
    run.jobs = batch->jobs ? batch->jobs : processors();
    run.jobs = run.jobs > JOBS_MAX ? JOBS_MAX : run.jobs;
    run.room = run.jobs * AHEAD;
    run.slots = must_alloc(run.room * sizeof *run.slots);
    struct sigaction action = {.sa_handler = on_signal}, was_int, was_term;
    interrupts = 0;
    patience = reads_stdin(batch) ? 2 : 1;
    sigaction(SIGINT, &action, &was_int);
    sigaction(SIGTERM, &action, &was_term);
    while (run.first < batch->count && !stopped()) {
        start_more(&run);
        hand_over(&run);
        if (run.first < batch->count && run.running > 0)
            wait_for_some(&run);
    }
    progress_clear(&run);
    give_up(&run);
    sigaction(SIGINT, &was_int, NULL);
    sigaction(SIGTERM, &was_term, NULL);
    free(run.slots);
    return run.first == batch->count;
}

/* worker.c - see worker.h.
 *
 * The parent opens the capture and forks; the child's descriptors are only
 *
 *   0  the capture       1  the pipe to the parent       2  messages
 *
 * As parent and child share the open file, its position tells the parent how
 * far the child has read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/sandbox.h"
#include "cli/unpack.h"
#include "report/json.h"

/* What a worker may write: a million sessions take less. */
enum { ANSWER_MAX = 1 << 30, READ_AT_ONCE = 1 << 16 };

/* Milliseconds to end in, for a process that has closed its pipe: that is the
 * last thing it does. */
enum { END_WITHIN = 5000 };

/* What is to be done about an archive. */
enum inside {
    INSIDE_ERROR, /* it is no capture */
    INSIDE_UNPACK,
    INSIDE_NESTED, /* it lies in another, and that is an error */
};

struct worker {
    enum inside inside;
    char *path;
    pid_t parent; /* of that process: us */
    pid_t pid;    /* 0: never started */
    int capture;  /* -1: standard input, or not open */
    off_t size;   /* of the capture; 0 unknown */
    int answer;   /* -1: at its end */
    bool killed;
    bool unpacks; /* what it says are parcels, not a result */
    bool done;    /* and it said that these are all */
    struct text said;
    size_t taken;   /* of what it said: parcels */
    struct err err; /* "" as long as all is well */
};

/* The child's life ends with _exit(): what stands in buffers, and what is to be
 * done at exit, is the parent's.  Takes the result. */
static _Noreturn void answer(struct result *result)
{
    json_t *json = json_of_result(result);
    /* stdout is the pipe; unlike json_dumpfd() it has a buffer. */
    int rc = json_dumpf(json, stdout, JSON_COMPACT | REPORT_JSON_FLAGS);
    if (fflush(stdout) != 0)
        rc = -1;
    json_decref(json);
    result_free(&result);
    _exit(rc == 0 ? STATUS_FINE : STATUS_WRONG);
}

static _Noreturn void analyze(const struct analyze_options *given)
{
    struct analyze_options options = *given;
    struct result *result;
    struct err err;
    options.opened = sandbox_enter_or_exit;
    analyze_file("-", &options, &result, &err);
    answer(result);
}

/* Goes on only where there is no archive. */
static void look_inside(enum inside inside)
{
    struct members *members = inside == INSIDE_ERROR ? NULL : members_open("-");
    if (members && inside == INSIDE_UNPACK)
        unpack(members);
    if (members)
        answer(result_failed("-", UNPACK_NESTED));
}

static void note_size(struct worker *worker)
{
    struct stat st;
    if (fstat(worker->capture, &st) == 0 && S_ISREG(st.st_mode))
        worker->size = st.st_size;
}

/* Opens the capture; false with the reason in worker->err. */
static bool open_capture(struct worker *worker)
{
    struct stat st;
    if (strcmp(worker->path, "-") == 0)
        return true;
    worker->capture = open(worker->path, O_RDONLY | O_CLOEXEC);
    if (worker->capture < 0)
        return err_set(&worker->err, "can not be opened: %s", strerror(errno));
    if (fstat(worker->capture, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(&worker->err,
                       "is a folder; mailwhy scan looks for captures in it");
    note_size(worker);
    return true;
}

/* Between fork() and the analysis. */
static _Noreturn void child(const struct worker *worker, int answer,
                            const struct analyze_options *options)
{
    bool ok = worker->capture < 0 || dup2(worker->capture, STDIN_FILENO) == 0;
    if (!ok || dup2(answer, STDOUT_FILENO) < 0 ||
        close_range(STDERR_FILENO + 1, ~0u, 0) != 0)
        _exit(STATUS_WRONG);
    /* The parent ends us when it is told to, and when it dies. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != worker->parent) /* it has died already */
        _exit(STATUS_WRONG);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    look_inside(worker->inside);
    analyze(options);
}

static struct worker *new_worker(const char *path, enum inside inside)
{
    struct worker *worker = must_alloc(sizeof *worker);
    *worker = (struct worker){.inside = inside, .capture = -1, .answer = -1};
    struct text copy = {0};
    text_adds(&copy, path);
    worker->path = copy.s;
    return worker;
}

static void start(struct worker *worker, const struct analyze_options *options)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        err_set(&worker->err, "no pipe for its analysis: %s", strerror(errno));
        return;
    }
    fflush(NULL); /* or the child would write it again */
    worker->parent = getpid();
    worker->pid = fork();
    if (worker->pid == 0)
        child(worker, ends[1], options);
    close(ends[1]);
    worker->answer = ends[0];
    if (worker->pid < 0) {
        err_set(&worker->err, "no process for its analysis: %s",
                strerror(errno));
        close(worker->answer);
        worker->answer = -1;
        worker->pid = 0;
    }
}

static struct worker *start_on_path(const char *path, enum inside inside,
                                    const struct analyze_options *options)
{
    struct worker *worker = new_worker(path, inside);
    if (open_capture(worker))
        start(worker, options);
    return worker;
}

struct worker *worker_start(const char *path,
                            const struct analyze_options *options)
{
    return start_on_path(path, INSIDE_ERROR, options);
}

struct worker *worker_start_inside(const char *path,
                                   const struct analyze_options *options)
{
    return start_on_path(path, INSIDE_UNPACK, options);
}

struct worker *worker_start_member(const char *name, int file,
                                   const struct analyze_options *options)
{
    struct worker *worker = new_worker(name, INSIDE_NESTED);
    worker->capture = file;
    note_size(worker);
    start(worker, options);
    return worker;
}

int worker_fd(const struct worker *worker)
{
    return worker->answer;
}

/* Makes room where parcels were. */
static void forget_taken(struct worker *worker)
{
    struct text *said = &worker->said;
    if (worker->taken == 0)
        return;
    said->n -= worker->taken;
    memmove(said->s, said->s + worker->taken, said->n);
    worker->taken = 0;
}

bool worker_read(struct worker *worker)
{
    uint8_t bytes[READ_AT_ONCE];
    forget_taken(worker);
    ssize_t n = read(worker->answer, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR)
        return true;
    if (n > 0 && worker->said.n < ANSWER_MAX) {
        if (worker->inside == INSIDE_UNPACK && worker->said.n == 0)
            worker->unpacks = bytes[0] != '{';
        text_add(&worker->said, (struct span){bytes, (size_t)n});
        return true;
    }
    if (n > 0)
        worker_kill(worker, "its analysis says too much to be true");
    close(worker->answer);
    worker->answer = -1;
    return false;
}

bool worker_unpacks(const struct worker *worker)
{
    return worker->unpacks;
}

/* What stands in the way of reading the archive, made safe to print. */
static void note_trouble(struct worker *worker, struct span why)
{
    struct text safe = {0};
    text_add_safe(&safe, why);
    err_set(&worker->err, "%s", text_string(&safe));
    text_free(&safe);
}

enum parcel_result worker_parcel(struct worker *worker, struct parcel *parcel)
{
    struct span rest = span_skip(text_span(&worker->said), worker->taken);
    size_t before = rest.n;
    enum parcel_result taken = parcel_take(&rest, parcel);
    worker->taken += before - rest.n;
    if (taken == PARCEL_OK && parcel->kind == PARCEL_DONE && !worker->done) {
        worker->done = true;
        note_trouble(worker, parcel->bytes);
    }
    return taken;
}

void worker_kill(struct worker *worker, const char *why)
{
    if (worker->pid > 0)
        kill(worker->pid, SIGKILL);
    worker->killed = true;
    err_set(&worker->err, "%s", why);
}

double worker_progress(const struct worker *worker)
{
    off_t at = worker->capture < 0 ? -1 : lseek(worker->capture, 0, SEEK_CUR);
    if (at < 0 || worker->size == 0)
        return -1;
    return (double)at / (double)worker->size;
}

/* Who closed the pipe and stays could keep us for ever. */
static void see_to_its_end(struct worker *worker)
{
    int process = (int)syscall(SYS_pidfd_open, worker->pid, 0);
    struct pollfd end = {process, POLLIN, 0};
    int ended;
    if (process < 0)
        return;
    do {
        ended = poll(&end, 1, END_WITHIN);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0)
        worker_kill(worker, "its analysis did not end");
    close(process);
}

/* Waits for the end of the process; false when it did not end as it should,
 * and err says how. */
static bool reap(struct worker *worker)
{
    int status = 0;
    if (worker->pid == 0)
        return false;
    see_to_its_end(worker);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (worker->killed)
        return false;
    if (WIFSIGNALED(status))
        return err_set(&worker->err,
                       "its analysis crashed (%s); please report this, with "
                       "the capture if you may",
                       strsignal(WTERMSIG(status)));
    return WEXITSTATUS(status) == STATUS_FINE ||
           err_set(&worker->err, "its analysis ended before it was done");
}

/* Its answer; NULL and no err of an archive without trouble.  False when it
 * gave none, and err says why. */
static bool take_answer(struct worker *w, struct result **result)
{
    *result = NULL;
    if (!reap(w))
        return false;
    if (w->unpacks)
        return w->done ||
               err_set(&w->err, "its unpacking ended before it was done");
    *result = result_of_json(text_span(&w->said));
    return *result || err_set(&w->err, "its analysis gave no answer");
}

struct result *worker_finish(struct worker **worker, bool *lasting)
{
    struct worker *w = *worker;
    struct result *result;
    struct text name = {0};
    bool answered = take_answer(w, &result);
    if (lasting)
        *lasting = answered;
    if (!result && *w->err.text)
        result = result_failed(w->path, w->err.text);
    else if (result) {
        text_add_safe(&name, span_of(w->path));
        result->file = arena_string(result->mem, text_span(&name));
        text_free(&name);
    }
    if (w->answer >= 0)
        close(w->answer);
    if (w->capture >= 0)
        close(w->capture);
    text_free(&w->said);
    free(w->path);
    free(w);
    *worker = NULL;
    return result;
}

/* test_worker.c - captures analysed in processes of their own, whatever befalls
 * them there.
 *
 * The analysis is played by analyze_file() below: it does what the "capture"
 * tells it to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/text.h"
#include "capture/members.h"
#include "cli/batch.h"
#include "cli/folder.h"
#include "cli/parcel.h"
#include "cli/worker.h"

/* How many unpack at the same time; shared by all processes. */
static struct {
    atomic_size_t now, most;
} *together;

static _Noreturn void hang(void)
{
    for (;;)
        poll(NULL, 0, -1);
}

bool analyze_file(const char *path, const struct analyze_options *options,
                  struct result **result, struct err *err)
{
    char order[32] = "";
    (void)path;
    ssize_t n = read(STDIN_FILENO, order, sizeof order - 1);
    options->opened();
    *result = result_new("-");
    if (n <= 0)
        return err_set(err, "empty");
    if (strcmp(order, "crash") == 0)
        raise(SIGKILL);
    if (strcmp(order, "leave") == 0)
        _exit(3);
    if (strcmp(order, "lie") == 0 && write(STDOUT_FILENO, "{\"a\":", 5) == 5)
        _exit(0);
    if (strcmp(order, "babble") == 0 && write(STDOUT_FILENO, "b!", 2) == 2)
        _exit(0);
    if (strcmp(order, "drop") == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("in/a")) &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("half")))
        raise(SIGKILL);
    if (strcmp(order, "twice") == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("of nothing")) &&
        parcel_write(STDOUT_FILENO, PARCEL_END, SPAN("")) &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("a")) &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("one")) &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("b")) &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("two")) &&
        parcel_write(STDOUT_FILENO, PARCEL_END, SPAN("")) &&
        parcel_write(STDOUT_FILENO, PARCEL_DONE, SPAN("")))
        _exit(0);
    if (strcmp(order, "unpack slowly") == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("a")) &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("o")) &&
        usleep(500 * 1000) == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("ne")) &&
        parcel_write(STDOUT_FILENO, PARCEL_END, SPAN("")) &&
        parcel_write(STDOUT_FILENO, PARCEL_DONE, SPAN("")))
        _exit(0);
    while (strcmp(order, "list for ever") == 0 &&
           parcel_write(STDOUT_FILENO, PARCEL_NOT_READ, SPAN("a\0no")))
        ;
    if (strcmp(order, "count") == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("a"))) {
        size_t others = atomic_fetch_add(&together->now, 1);
        if (others >= together->most) /* a race only makes the test milder */
            together->most = others + 1;
        usleep(100 * 1000);
        atomic_fetch_sub(&together->now, 1);
        parcel_write(STDOUT_FILENO, PARCEL_DONE, SPAN(""));
        _exit(0);
    }
    if (strcmp(order, "unpack half") == 0 &&
        parcel_write(STDOUT_FILENO, PARCEL_MEMBER, SPAN("a")) &&
        parcel_write(STDOUT_FILENO, PARCEL_BYTES, SPAN("o")))
        hang();
    if (strcmp(order, "stay") == 0 && close(STDOUT_FILENO) == 0)
        hang();
    if (strcmp(order, "hang") == 0)
        hang();
    if (strcmp(order, "slow") == 0)
        usleep(200 * 1000);
    (*result)->packets = (uint64_t)n;
    (*result)->good_news = arena_string((*result)->mem, span_of(order));
    return true;
}

static const struct analyze_options options;

static struct result *analyzed(const char *path)
{
    struct worker *worker = worker_start(path, &options);
    while (worker_fd(worker) >= 0 && worker_read(worker))
        ;
    return worker_finish(&worker, NULL);
}

static void assert_error(const char *order, const char *says)
{
    folder_write("a.pcap", span_of(order));
    struct result *result = analyzed("a.pcap");
    assert_string_equal(result->file, "a.pcap");
    assert_non_null(result->error);
    if (!strstr(result->error, says))
        fail_msg("%s: says \"%s\"", order, result->error);
    assert_int_equal(result->verdict, VERDICT_UNDETERMINED);
    result_free(&result);
}

static void a_result_comes_back_under_the_name_of_its_file(void **state)
{
    (void)state;
    folder_write("caf\xe9\x1b.pcap", SPAN("fine"));
    struct result *result = analyzed("caf\xe9\x1b.pcap");
    assert_null(result->error);
    assert_int_equal(result->packets, 4);
    assert_string_equal(result->good_news, "fine");
    assert_string_equal(result->file, "caf\\xe9\\x1b.pcap");
    result_free(&result);
}

static void what_befalls_the_process_is_an_error_of_its_capture(void **state)
{
    (void)state;
    assert_error("crash", "its analysis crashed (Killed)");
    assert_error("leave", "ended before it was done");
    assert_error("lie", "gave no answer");
    alarm(60);
    assert_error("stay", "did not end");
    alarm(0);
}

static void what_can_not_be_opened_is_told(void **state)
{
    (void)state;
    struct result *result = analyzed("nowhere.pcap");
    assert_string_equal(result->error,
                        "can not be opened: No such file or directory");
    result_free(&result);
    result = analyzed(".");
    assert_non_null(strstr(result->error, "is a folder; mailwhy scan"));
    result_free(&result);
}

static void a_worker_can_be_ended_before_its_time(void **state)
{
    (void)state;
    folder_write("a.pcap", SPAN("hang"));
    struct worker *worker = worker_start("a.pcap", &options);
    worker_kill(worker, "took too long");
    while (worker_read(worker))
        ;
    struct result *result = worker_finish(&worker, NULL);
    assert_string_equal(result->error, "took too long");
    result_free(&result);
}

static void note(void *user, struct result *result)
{
    struct text *log = user;
    text_addf(log, "%s:%s ", result->file,
              result->error ? "error" : result->good_news);
}

static void results_come_in_the_order_of_the_paths(void **state)
{
    static const char *const paths[] = {"1", "2", "3", "4", "5"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("slow"));
    folder_write("2", SPAN("crash"));
    folder_write("4", SPAN("a"));
    folder_write("5", SPAN("b"));
    for (size_t jobs = 0; jobs <= 5; jobs++) {
        const struct batch batch = {.paths = paths,
                                    .count = 5,
                                    .options = &options,
                                    .jobs = jobs,
                                    .done = note,
                                    .user = &log};
        assert_true(batch_run(&batch));
        assert_string_equal(text_string(&log),
                            "1:slow 2:error 3:error 4:a 5:b ");
        text_clear(&log);
    }
    text_free(&log);
}

static void what_hangs_is_given_up_alone(void **state)
{
    static const char *const paths[] = {"1", "2"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("hang"));
    folder_write("2", SPAN("a"));
    const struct batch batch = {.paths = paths,
                                .count = 2,
                                .options = &options,
                                .jobs = 1,
                                .timeout = 1,
                                .done = note,
                                .user = &log};
    assert_true(batch_run(&batch));
    assert_string_equal(text_string(&log), "1:error 2:a ");
    text_free(&log);
}

/* What a process that unpacks an archive can do wrong. */
static void an_archive_fails_as_captures_do(void **state)
{
    static const char *const paths[] = {"1", "2", "3", "4"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("drop"));
    folder_write("2", SPAN("a"));
    folder_write("3", SPAN("babble"));
    folder_write("4", SPAN("twice"));
    for (size_t jobs = 1; jobs <= 4; jobs++) {
        const struct batch batch = {.paths = paths,
                                    .count = 4,
                                    .options = &options,
                                    .jobs = jobs,
                                    .done = note,
                                    .user = &log};
        assert_true(batch_run(&batch));
        assert_string_equal(text_string(&log),
                            "1/in/a:error 1:error 2:a 3:error 4/a:one 4/b:two ");
        text_clear(&log);
    }
    text_free(&log);
}

/* All that has room is done while the first is being unpacked. */
static void what_is_first_is_unpacked_whatever_waits_behind_it(void **state)
{
    enum { PATHS = 100 };
    const char *paths[PATHS];
    struct text log = {0}, expected = {0};
    (void)state;
    folder_write("archive", SPAN("unpack slowly"));
    folder_write("b", SPAN("b"));
    paths[0] = "archive";
    text_adds(&expected, "archive/a:one ");
    for (size_t i = 1; i < PATHS; i++) {
        paths[i] = "b";
        text_adds(&expected, "b:b ");
    }
    const struct batch batch = {.paths = paths,
                                .count = PATHS,
                                .options = &options,
                                .jobs = 2,
                                .done = note,
                                .user = &log};
    alarm(60); /* it stands still if it is wrong */
    assert_true(batch_run(&batch));
    alarm(0);
    assert_string_equal(text_string(&log), text_string(&expected));
    text_free(&log);
    text_free(&expected);
}

static void count(void *user, struct result *result)
{
    size_t *n = user;
    *n += 1;
    assert_non_null(result->error);
}

/* In one archive no more members are looked at than that. */
static void an_unpacking_does_not_list_for_ever(void **state)
{
    static const char *const paths[] = {"1"};
    size_t n = 0;
    (void)state;
    folder_write("1", SPAN("list for ever"));
    const struct batch batch = {.paths = paths,
                                .count = 1,
                                .options = &options,
                                .jobs = 1,
                                .done = count,
                                .user = &n};
    assert_true(batch_run(&batch));
    assert_int_equal(n, MEMBERS_MAX + 2); /* one too many, and the archive */
}

static void no_more_unpack_than_there_are_jobs(void **state)
{
    static const char *const paths[] = {"1", "1", "1", "1", "1", "1", "1", "1"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("count"));
    together = mmap(NULL, sizeof *together, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(together, MAP_FAILED);
    const struct batch batch = {.paths = paths,
                                .count = 8,
                                .options = &options,
                                .jobs = 3,
                                .done = note,
                                .user = &log};
    assert_true(batch_run(&batch));
    assert_in_range(together->most, 1, 3);
    munmap(together, sizeof *together);
    text_free(&log);
}

static void run_with_state(struct text *log)
{
    static const char *const paths[] = {"1", "2", "3"};
    struct err err;
    bool anew;
    struct batch batch = {.paths = paths,
                          .count = 3,
                          .options = &options,
                          .jobs = 1,
                          .state = state_open("s", 1, &anew, &err),
                          .done = note,
                          .user = log};
    text_clear(log);
    assert_non_null(batch.state);
    assert_true(batch_run(&batch));
    assert_true(state_close(&batch.state, &err));
}

/* Other bytes, but as old as they were. */
static void replace(const char *path, const char *order)
{
    struct stat before;
    assert_int_equal(stat(path, &before), 0);
    folder_write(path, span_of(order));
    const struct timespec times[] = {before.st_atim, before.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* What crashed once may not crash again; nothing else is analysed again. */
static void a_crash_is_not_remembered(void **state)
{
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("crash"));
    folder_write("2", SPAN("a"));
    folder_write("3", SPAN("drop"));
    run_with_state(&log);
    assert_string_equal(text_string(&log), "1:error 2:a 3/in/a:error 3:error ");
    replace("1", "fines");
    replace("2", "b");
    replace("3", "well");
    run_with_state(&log);
    assert_string_equal(text_string(&log), "1:fines 2:a 3:well ");
    text_free(&log);
}

static void interrupt(int signal_number)
{
    (void)signal_number;
    raise(SIGINT);
}

static void an_interrupt_ends_the_batch(void **state)
{
    static const char *const paths[] = {"1", "2"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("a"));
    folder_write("2", SPAN("hang"));
    const struct batch batch = {.paths = paths,
                                .count = 2,
                                .options = &options,
                                .jobs = 1,
                                .done = note,
                                .user = &log};
    signal(SIGALRM, interrupt);
    alarm(1);
    assert_false(batch_run(&batch));
    assert_string_equal(text_string(&log), "1:a ");
    text_free(&log);
}

/* A sanitizer sees what is touched after it is gone. */
static void an_interrupt_ends_an_unpacking(void **state)
{
    static const char *const paths[] = {"1", "2"};
    struct text log = {0};
    (void)state;
    folder_write("1", SPAN("a"));
    folder_write("2", SPAN("unpack half"));
    const struct batch batch = {.paths = paths,
                                .count = 2,
                                .options = &options,
                                .jobs = 1,
                                .done = note,
                                .user = &log};
    signal(SIGALRM, interrupt);
    alarm(1);
    assert_false(batch_run(&batch));
    assert_string_equal(text_string(&log), "1:a ");
    text_free(&log);
}

#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_result_comes_back_under_the_name_of_its_file),
        IN_FOLDER(what_befalls_the_process_is_an_error_of_its_capture),
        IN_FOLDER(what_can_not_be_opened_is_told),
        IN_FOLDER(a_worker_can_be_ended_before_its_time),
        IN_FOLDER(results_come_in_the_order_of_the_paths),
        IN_FOLDER(what_hangs_is_given_up_alone),
        IN_FOLDER(an_archive_fails_as_captures_do),
        IN_FOLDER(what_is_first_is_unpacked_whatever_waits_behind_it),
        IN_FOLDER(an_unpacking_does_not_list_for_ever),
        IN_FOLDER(no_more_unpack_than_there_are_jobs),
        IN_FOLDER(a_crash_is_not_remembered),
        IN_FOLDER(an_interrupt_ends_the_batch),
        IN_FOLDER(an_interrupt_ends_an_unpacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_sandbox.c - what a process can not do any more, once it gave it up.
 *
 * Each claim is tried in a child, which ends with 0 when it holds.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void assert_holds(bool (*claim)(void))
{
    pid_t pid = fork();
    int status = -1;
    if (pid == 0)
        _exit(claim() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool refused(long result)
{
    return result < 0 && errno == EPERM;
}

static bool nothing_opens_connects_or_starts(void)
{
    struct err err;
    char *const argv[] = {NULL};
    return sandbox_enter(&err) && refused(open("/etc/passwd", O_RDONLY)) &&
           refused(open("/tmp/x", O_WRONLY | O_CREAT, 0600)) &&
           refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(fork()) &&
           refused(execve("/bin/true", argv, argv)) &&
           refused(kill(getppid(), 0)) &&
           mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static bool reading_and_memory_go_on(void)
{
    struct err err;
    char byte;
    int fd = open("/dev/zero", O_RDONLY);
    if (!sandbox_enter(&err))
        return false;
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED && read(fd, &byte, 1) == 1;
}

static bool root_becomes_nobody_for_good(void)
{
    struct err err;
    return sandbox_become("nobody", &err) && getuid() != 0 && geteuid() != 0 &&
           setuid(0) != 0 && getgroups(0, NULL) == 0;
}

static bool root_does_not_stay_root(void)
{
    struct err err;
    return !sandbox_become("root", &err) && !sandbox_become("no such", &err);
}

static void the_sandbox_refuses_what_packets_could_want(void **state)
{
    (void)state;
    if (SANITIZED) /* the sanitizers need what the sandbox takes away */
        skip();
    assert_holds(nothing_opens_connects_or_starts);
}

static void the_sandbox_leaves_what_analysis_needs(void **state)
{
    (void)state;
    assert_holds(reading_and_memory_go_on);
}

static void rights_are_given_up(void **state)
{
    (void)state;
    if (geteuid() != 0) /* only root has any */
        skip();
    assert_holds(root_becomes_nobody_for_good);
    assert_holds(root_does_not_stay_root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sandbox_refuses_what_packets_could_want),
        cmocka_unit_test(the_sandbox_leaves_what_analysis_needs),
        cmocka_unit_test(rights_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* sandbox.c - see sandbox.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sockios.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"

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

/* What reading, computing and writing need, and no more.  The list allows; all
 * others are refused. */
static const int allowed[] = {
    /* what is open */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
    SCMP_SYS(newfstatat), SCMP_SYS(poll), SCMP_SYS(ppoll),
    /* packets of a live capture, on its open socket */
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockopt),
    /* memory; more below */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* time and chance */
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrandom),
    /* signals, and the end */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall), SCMP_SYS(futex), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* Allows a call when one of its arguments is as it should be. */
static int allow_when(scmp_filter_ctx filter, int call,
                      struct scmp_arg_cmp argument)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &argument);
}

static int add_rules(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_exec = {
        .arg = 2, /* the protection, of both */
        .op = SCMP_CMP_MASKED_EQ,
        .datum_a = PROT_EXEC,
        .datum_b = 0,
    };
    /* libpcap asks whether the interface is still up. */
    const struct scmp_arg_cmp flags = {
        .arg = 1, .op = SCMP_CMP_EQ, .datum_a = SIOCGIFFLAGS};
    /* abort() signals itself, and nobody else. */
    const struct scmp_arg_cmp self = {
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof *allowed; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (rc == 0)
        rc = allow_when(filter, SCMP_SYS(mmap), no_exec);
    if (rc == 0)
        rc = allow_when(filter, SCMP_SYS(mprotect), no_exec);
    if (rc == 0)
        rc = allow_when(filter, SCMP_SYS(ioctl), flags);
    if (rc == 0)
        rc = allow_when(filter, SCMP_SYS(tgkill), self);
    return rc;
}

bool sandbox_enter(struct err *err)
{
    if (SANITIZED || prctl(PR_GET_SECCOMP) < 0)
        return true;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return err_set(err, "the sandbox can not be set up");
    int rc = add_rules(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == 0 ||
           err_set(err, "the sandbox can not be set up: %s", strerror(-rc));
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return syscall(SYS_capset, &header, none) == 0;
}

void sandbox_enter_or_exit(void)
{
    struct err err;
    if (sandbox_enter(&err))
        return;
    cli_complain("%s", err.text);
    _exit(STATUS_WRONG);
}

void sandbox_bound_memory(uint64_t most)
{
    const struct rlimit limit = {most, most};
    if (!SANITIZED)
        setrlimit(RLIMIT_AS, &limit);
}

bool sandbox_become(const char *user, struct err *err)
{
    if (geteuid() == 0) {
        const struct passwd *who = getpwnam(user);
        if (!who)
            return err_set(err, "--user %s: there is no such user", user);
        if (who->pw_uid == 0)
            return err_set(err, "--user %s: choose one that is not root", user);
        if (setgroups(0, NULL) != 0 ||
            setresgid(who->pw_gid, who->pw_gid, who->pw_gid) != 0 ||
            setresuid(who->pw_uid, who->pw_uid, who->pw_uid) != 0)
            return err_set(err, "can not become %s: %s", user, strerror(errno));
    }
    if (!drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(err, "can not give up rights: %s", strerror(errno));
    return true;
}

/* redact.c - mailwhy redact IN OUT: a copy that is safe to send to others.
 *
 * Packets are hostile: the work is done by a child in the sandbox, which has
 * the input and the output open and nothing else.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/sandbox.h"
#include "redact/redact.h"

static const char help[] =
    "mailwhy redact [OPTION...] IN OUT\n"
    "    a copy that is safe to send to somebody else\n"
    "\n"
    "Writes the packets of IN to OUT with what is private in mail overwritten: "
    "user names, passwords,\n"
    "tokens, the texts of messages, and what stands before the @ of mail "
    "addresses.  Numbers, times, sizes\n"
    "and sequence numbers stay, so OUT shows the same failure as IN.  OUT is "
    "pcapng if IN is, else pcap;\n"
    "- is standard output.\n"
    "\n"
    "  -f, --force   replace OUT if it exists\n"
    "  -q, --quiet   no summary\n"
    "  -h, --help    tell this\n"
    "\n"
    "Packets that are no mail are cut to their headers, but for DNS, DHCP, "
    "ARP and ICMP.  TLS secrets\n"
    "in a pcapng are left out; encrypted content stays encrypted.\n"
    "IP and MAC addresses, host names, folder names and what servers say stay: "
    "they are what shows the\n"
    "cause.  Look at the copy before you give it to people who must not know "
    "them.\n"
    "IN is read twice, so it must be a file.\n"
    "\n"
    "Exit status: 0 all is copied, 2 wrong use, or IN could not be read to its "
    "end (what could be is copied).\n";

struct wanted {
    const char *in, *out; /* out NULL: standard output */
    bool force, quiet;
};

static bool parse(int argc, char **argv, struct wanted *wanted, bool *done,
                  struct err *err)
{
    static const struct option longs[] = {{"force", no_argument, NULL, 'f'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int value;
    *wanted = (struct wanted){0};
    opterr = 0;
    optind = 0;
    while ((value = getopt_long(argc, argv, "fqh", longs, NULL)) != -1) {
        if (value == 'f')
            wanted->force = true;
        else if (value == 'q')
            wanted->quiet = true;
        else if (value == 'h')
            *done = true;
        else
            return err_set(err, "%s: no such option; mailwhy redact --help "
                           "lists them", argv[optind - 1]);
    }
    if (*done)
        return true;
    if (argc - optind != 2)
        return err_set(err, "redact wants a capture and where to write the "
                       "copy: mailwhy redact IN OUT");
    wanted->in = argv[optind];
    wanted->out = strcmp(argv[optind + 1], "-") ? argv[optind + 1] : NULL;
    return true;
}

/* What must not be lost, or can not work, is refused before anything is
 * opened for writing. */
static bool check_files(const struct wanted *wanted, struct err *err)
{
    struct stat in, out;
    if (strcmp(wanted->in, "-") == 0)
        return err_set(err, "redact reads its capture twice, so it can not be "
                       "standard input: save it to a file first");
    if (!wanted->out && isatty(STDOUT_FILENO))
        return err_set(err, "a capture is nothing for a terminal: name a file, "
                       "or > one");
    if (stat(wanted->in, &in) != 0)
        return err_set(err, "%s: can not be opened: %s", wanted->in,
                       strerror(errno));
    if (!S_ISREG(in.st_mode))
        return err_set(err, "%s: is no file, and redact reads its capture "
                       "twice", wanted->in);
    if (wanted->out ? stat(wanted->out, &out) != 0
                    : fstat(STDOUT_FILENO, &out) != 0)
        return true;
    if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        return err_set(err, "%s: is the capture itself; give the copy another "
                       "name", wanted->out ? wanted->out : "standard output");
    if (wanted->out && S_ISREG(out.st_mode) && !wanted->force)
        return err_set(err, "%s: exists already; --force replaces it",
                       wanted->out);
    return true;
}

static void line(uint64_t count, const char *what)
{
    if (count)
        fprintf(stderr, "  %10" PRIu64 "  %s\n", count, what);
}

static void summary(const struct wanted *wanted, const struct redact_counts *c,
                    uint64_t packets)
{
    fprintf(stderr, "mailwhy: %s: %" PRIu64 " packets copied; hidden:\n",
            wanted->in, packets);
    line(c->names, "user names");
    line(c->secrets, "passwords, tokens and search words");
    line(c->addresses, "names in mail addresses");
    line(c->content_bytes, "bytes of messages and of what is not understood");
    line(c->packets_cut, "packets cut to their headers (no mail)");
    line(c->tls_secrets, "bytes of TLS secrets, left out");
    fputs("Not hidden: IP and MAC addresses, host and folder names, "
          "certificates, and what servers say in\n"
          "their own words.",
          stderr);
    if (c->encrypted_bytes)
        fprintf(stderr, "  %" PRIu64 " encrypted bytes stay encrypted: keep "
                "the keys to yourself.",
                c->encrypted_bytes);
    fputc('\n', stderr);
}

static _Noreturn void child(const struct wanted *wanted, FILE *out,
                            uint64_t key)
{
    const struct redact_options options = {key, sandbox_enter_or_exit};
    struct redact_counts counts;
    struct err err = {""};
    uint64_t packets;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool ok =
        redact_file(wanted->in, &options, out, &counts, &packets, &err);
    if (!ok)
        cli_complain("%s: %s", wanted->in, err.text);
    if (!wanted->quiet && packets)
        summary(wanted, &counts, packets);
    bool written = fflush(out) == 0 && !ferror(out);
    if (!written)
        cli_complain("%s: can not be written",
                     wanted->out ? wanted->out : "standard output");
    fflush(stderr);
    /* Told apart from a copy that is to be thrown away. */
    if (!written || (!ok && packets == 0))
        _exit(STATUS_WRONG);
    _exit(ok ? STATUS_FINE : STATUS_FAILURE);
}

/* False: there is no copy.  *whole: all of IN is in it. */
static bool work(const struct wanted *wanted, FILE *out, bool *whole)
{
    uint64_t key;
    int status = 0;
    if (getrandom(&key, sizeof key, 0) != sizeof key) {
        cli_complain("no random numbers: %s", strerror(errno));
        return false;
    }
    fflush(NULL); /* or the child would write it again */
    pid_t pid = fork();
    if (pid == 0)
        child(wanted, out, key);
    if (pid < 0) {
        cli_complain("no process for the copy: %s", strerror(errno));
        return false;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status)) {
        cli_complain("%s: redacting it crashed (%s); please report this",
                     wanted->in, strsignal(WTERMSIG(status)));
        return false;
    }
    *whole = WEXITSTATUS(status) == STATUS_FINE;
    return WEXITSTATUS(status) != STATUS_WRONG;
}

static int redact(const struct wanted *wanted)
{
    struct output output;
    struct err err;
    bool whole = false;
    if (!check_files(wanted, &err) || !output_open(&output, wanted->out, &err))
        return cli_wrong(&err);
    if (!work(wanted, output.file, &whole)) {
        output_abandon(&output);
        return STATUS_WRONG;
    }
    if (!output_finish(&output, &err))
        return cli_wrong(&err);
    return whole ? STATUS_FINE : STATUS_WRONG;
}

static int run(int argc, char **argv)
{
    struct wanted wanted;
    struct err err;
    bool done = false;
    if (!parse(argc, argv, &wanted, &done, &err))
        return cli_wrong(&err);
    if (done) {
        fputs(help, stdout);
        return STATUS_FINE;
    }
    return redact(&wanted);
}

const struct subcommand redact_subcommand = {
    .name = "redact",
    .usage = "IN OUT",
    .summary = "a copy that is safe to send to somebody else",
    .run = run,
};

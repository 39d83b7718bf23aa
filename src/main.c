/* main.c - the table of subcommands, and what to do with the first word.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "rule/complain.h"

static const struct subcommand *const subcommands[] = {
    &analyze_subcommand, &scan_subcommand,    &live_subcommand,
    &rules_subcommand,   &explain_subcommand, &facts_subcommand,
    &redact_subcommand,  &diff_subcommand,
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static void help(void)
{
    fputs("mailwhy: why does the mail not come?  Answers from packets.\n"
          "\n"
          "Give it a recording of the network traffic (a .pcap or .pcapng file, "
          "from Wireshark,\n"
          "tcpdump or a router) made while mail failed; it names the cause, the "
          "packets that show it,\n"
          "who must act, and what to do.\n"
          "\n"
          "  mailwhy CAPTURE...                  explain each capture\n"
          "  tcpdump -w - | mailwhy -            the same from standard input\n",
          stdout);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        char form[64];
        snprintf(form, sizeof form, "mailwhy %s %s", subcommands[i]->name,
                 subcommands[i]->usage);
        printf("  %-34s  %s\n", form, subcommands[i]->summary);
    }
    fputs("\n"
          "mailwhy SUBCOMMAND --help tells its options.  Exit status: 0 no "
          "failure found, 1 at least one\n"
          "failure, 2 wrong use or a capture that could not be read whole.\n"
          "\n"
          "Passwords and message texts are never shown.\n",
          stdout);
}

/* A word that is neither a subcommand nor a file, nor looks like one. */
static bool is_misspelt(const char *word)
{
    return word[0] != '-' && !strpbrk(word, "./") && access(word, F_OK) != 0;
}

static int misspelt(const char *word)
{
    struct suggestion s = suggestion_for(span_of(word));
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        suggestion_offer(&s, subcommands[i]->name);
    cli_complain("%s: there is no such subcommand, and no such file%s; "
                 "mailwhy --help tells more",
                 word, suggestion_text(&s).text);
    return STATUS_WRONG;
}

static int run(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(subcommands[i]->name, word) == 0)
            return subcommands[i]->run(argc - 1, argv + 1);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "help") == 0) {
        help();
        return STATUS_FINE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("mailwhy %s\n", cli_version());
        return STATUS_FINE;
    }
    if (argc < 2) {
        cli_complain("which capture? mailwhy FILE...; mailwhy --help tells "
                     "more");
        return STATUS_WRONG;
    }
    if (is_misspelt(word))
        return misspelt(word);
    return analyze_subcommand.run(argc, argv);
}

/* A file opened later must not get the number of a stream that whoever started
 * us had closed.  What takes the place of an output can not be written to, so
 * that the loss of a report is noticed. */
static bool hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    if (!hold_standard_streams())
        return STATUS_WRONG;
    int status = run(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (status != STATUS_WRONG) /* else that was said already */
        cli_complain("standard output: can not be written: %s",
                     strerror(errno));
    return STATUS_WRONG;
}

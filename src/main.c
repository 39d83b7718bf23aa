/* main.c - the table of subcommands, and what to do with the first word.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const struct subcommand *const subcommands[] = {
    &analyze_subcommand, &scan_subcommand,    &live_subcommand,
    &rules_subcommand,   &explain_subcommand, &facts_subcommand,
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

int main(int argc, char **argv)
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
    if (is_misspelt(word)) {
        cli_complain("%s: there is no such subcommand, and no such file; "
                     "mailwhy --help tells more",
                     word);
        return STATUS_WRONG;
    }
    return analyze_subcommand.run(argc, argv);
}

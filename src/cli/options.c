/* options.c - see options.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "rule/complain.h"

/* Values that getopt_long gives for what has no letter. */
enum {
    OPTION_FORMAT = 256,
    OPTION_RULES,
    OPTION_DISABLE,
    OPTION_KEYLOG,
    OPTION_KEY,
    OPTION_CA,
    OPTION_DECODE_AS,
    OPTION_FILTER,
    OPTION_SEVERITY,
    OPTION_COLOR,
    OPTION_PROGRESS,
    OPTION_SHOW_USERS,
    OPTION_JOBS,
    OPTION_TIMEOUT,
    OPTION_STATE,
    OPTION_USER,
    OPTION_GOOD_SESSION,
    OPTION_BAD_SESSION,
    OPTION_VERSION,
    OPTION_ALL,
};

/* clang-format off */
static const struct row {
    const char *name; /* "" has only a letter */
    int value;        /* its letter, or one of the above */
    const char *argument; /* NULL takes none */
    unsigned whose;
    const char *help;
} rows[] = {
    {"format", OPTION_FORMAT, "FORMAT", FOR_FILES, "text, json, html, markdown, junit, sarif or ndjson"},
    {"format", OPTION_FORMAT, "FORMAT", FOR_LIVE, "text or ndjson, as findings come; or any other, at the end"},
    {"format", OPTION_FORMAT, "FORMAT", FOR_DIFF, "text or json"},
    {"good-session", OPTION_GOOD_SESSION, "N", FOR_DIFF, "compare this session of GOOD; mailwhy -v tells their numbers"},
    {"bad-session", OPTION_BAD_SESSION, "N", FOR_DIFF, "compare this session of BAD"},
    {"output", 'o', "FILE", FOR_FILES | FOR_DIFF, "write the report there; it appears when it is complete"},
    {"output", 'o', "FILE", FOR_LIVE, "add the report to this file, as it comes"},
    {"rules", OPTION_RULES, "PATH", FOR_ALL, "more rules, a file or a folder; again and again"},
    {"disable", OPTION_DISABLE, "ID", FOR_ALL, "do without this rule; again and again"},
    {"keylog", OPTION_KEYLOG, "FILE", FOR_ALL, "TLS secrets, as written for SSLKEYLOGFILE"},
    {"key", OPTION_KEY, "FILE", FOR_ALL, "the server's RSA private key (PEM)"},
    {"ca", OPTION_CA, "FILE", FOR_ALL, "trust these certificate authorities (PEM), not the system's"},
    {"decode-as", OPTION_DECODE_AS, "PORT=PROTOCOL", FOR_ALL, "imap, pop3, smtp or sieve is spoken on this port; imaps, pop3s, smtps: over TLS"},
    {"filter", OPTION_FILTER, "BPF", FOR_ALL, "look only at packets that this pcap-filter(7) matches"},
    {"severity", OPTION_SEVERITY, "LEVEL", FOR_REPORTS, "leave out findings below critical, high, medium, low or info"},
    {"show-users", OPTION_SHOW_USERS, NULL, FOR_ALL, "show user names whole (passwords are never shown)"},
    {"jobs", OPTION_JOBS, "N", FOR_SCAN, "captures analysed at the same time; default: one per processor"},
    {"timeout", OPTION_TIMEOUT, "SECONDS", FOR_SCAN, "give up on a capture after so long; default 600, 0: never"},
    {"state", OPTION_STATE, "FILE", FOR_SCAN, "keep results there; what is there already is not analysed again"},
    {"interface", 'i', "NAME", FOR_LIVE, "listen there"},
    {"user", OPTION_USER, "NAME", FOR_LIVE, "become this user once the interface is open; default: nobody"},
    {"color", OPTION_COLOR, "WHEN", FOR_ALL, "auto, always or never (NO_COLOR is respected)"},
    {"progress", OPTION_PROGRESS, "WHEN", FOR_FILES, "auto or never"},
    {"verbose", 'v', NULL, FOR_REPORTS, "sessions and all observations too"},
    {"verbose", 'v', NULL, FOR_DIFF, "steps that are the same, and all small differences too"},
    {"all", OPTION_ALL, NULL, FOR_REPORTS, "like -v, and every session and finding by itself, however many"},
    {"quiet", 'q', NULL, FOR_REPORTS, "the verdicts, nothing else"},
    {"quiet", 'q', NULL, FOR_DIFF, "the first difference and the cause, nothing else"},
    {"version", OPTION_VERSION, NULL, FOR_ALL, "tell the version"},
    {"help", 'h', NULL, FOR_ALL, "tell this"},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows, DEFAULT_TIMEOUT = 600 };

static void help(const struct subcommand *subcommand, unsigned whose)
{
    printf("mailwhy %s [OPTION...] %s\n    %s\n\n", subcommand->name,
           subcommand->usage, subcommand->summary);
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        char form[40];
        if (!(row->whose & whose))
            continue;
        snprintf(form, sizeof form, "--%s%s%s", row->name,
                 row->argument ? " " : "", row->argument ? row->argument : "");
        if (row->value < 256)
            printf("  -%c, %-28s %s\n", row->value, form, row->help);
        else
            printf("      %-28s %s\n", form, row->help);
    }
}

/* Makes what getopt_long wants of the table. */
static void getopt_tables(unsigned whose, struct option *longs, char *letters)
{
    size_t n = 0;
    *letters++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        if (!(row->whose & whose))
            continue;
        longs[n++] = (struct option){
            row->name, row->argument ? required_argument : no_argument, NULL,
            row->value};
        if (row->value >= 256)
            continue;
        *letters++ = (char)row->value;
        if (row->argument)
            *letters++ = ':';
    }
    longs[n] = (struct option){0};
    *letters = '\0';
}

static const char *name_of(int value)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].value == value)
            return rows[i].name;
    return "?";
}

static bool take_when(const char *s, bool may_always, const char *option,
                      enum when *when, struct err *err)
{
    if (strcmp(s, "auto") == 0)
        *when = WHEN_AUTO;
    else if (strcmp(s, "never") == 0)
        *when = WHEN_NEVER;
    else if (strcmp(s, "always") == 0 && may_always)
        *when = WHEN_ALWAYS;
    else
        return err_set(err, "--%s %s: use %snever", option, s,
                       may_always ? "auto, always or " : "auto or ");
    return true;
}

static bool take_decode_as(struct options *options, const char *s,
                           struct err *err)
{
    /* As /etc/services has them, besides ours. */
    static const struct {
        const char *name, *protocol;
        bool implicit_tls;
    } protocols[] = {
        {"imap", "imap", false},  {"imaps", "imap", true},
        {"pop3", "pop3", false},  {"pop3s", "pop3", true},
        {"smtp", "smtp", false},  {"smtps", "smtp", true},
        {"lmtp", "smtp", false},  {"submission", "smtp", false},
        {"sieve", "sieve", false}, {"submissions", "smtp", true},
    };
    struct span rest = span_of(s);
    uint64_t port;
    if (!span_uint(span_cut(&rest, '='), &port) || port < 1 || port > 65535)
        return err_set(err,
                       "--decode-as %s: begins with a port from 1 to 65535, "
                       "as in --decode-as 1143=imap",
                       s);
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (!span_is(rest, span_of(protocols[i].name)))
            continue;
        size_t n = options->analyze.decode_as_count, room = n;
        struct decode_as *grown =
            arena_alloc(options->mem, (room + 1) * sizeof *grown);
        if (n)
            memcpy(grown, options->analyze.decode_as, n * sizeof *grown);
        grown[n] = (struct decode_as){(uint16_t)port, protocols[i].protocol,
                                      protocols[i].implicit_tls};
        options->analyze.decode_as = grown;
        options->analyze.decode_as_count = n + 1;
        return true;
    }
    return err_set(err,
                   "--decode-as %s: the protocol is imap, pop3, smtp or sieve "
                   "(imaps, pop3s, smtps where TLS comes first), as in "
                   "--decode-as 1143=imap",
                   s);
}

static bool take_number(const char *s, const char *option, uint64_t most,
                        uint64_t *value, struct err *err)
{
    if (span_uint(span_of(s), value) && *value <= most)
        return true;
    return err_set(err, "--%s %s: use a number from 0 to %llu", option, s,
                   (unsigned long long)most);
}

static bool take_session(const char *s, const char *option, uint64_t *value,
                         struct err *err)
{
    if (span_uint(span_of(s), value) && *value > 0)
        return true;
    return err_set(err, "--%s %s: use the number of a session, as mailwhy -v "
                   "tells it", option, s);
}

/* Adds to a list; it can not get longer than the command line. */
static void take_one(struct options *options, const char ***list, size_t *n,
                     const char *s, int most)
{
    if (!*list)
        *list = arena_alloc(options->mem, (size_t)most * sizeof **list);
    (*list)[(*n)++] = s;
}

static bool take_checked(struct options *options, int value, const char *s,
                         struct err *err)
{
    switch (value) {
    case OPTION_FORMAT:
        options->format = report_format_find(s);
        return options->format ||
               err_set(err, "--format %s: there are %s", s,
                       report_format_names());
    case OPTION_SEVERITY:
        options->severity = s;
        return report_severity_rank(s) >= 0 ||
               err_set(err,
                       "--severity %s: there are critical, high, medium, low, "
                       "info",
                       s);
    case OPTION_DECODE_AS:
        return take_decode_as(options, s, err);
    case OPTION_COLOR:
        return take_when(s, true, "color", &options->color, err);
    case OPTION_PROGRESS:
        return take_when(s, false, "progress", &options->progress, err);
    case OPTION_JOBS:
        return take_number(s, "jobs", 1024, &options->jobs, err);
    case OPTION_TIMEOUT:
        return take_number(s, "timeout", 1000000, &options->timeout, err);
    case OPTION_GOOD_SESSION:
        return take_session(s, "good-session", &options->good_session, err);
    case OPTION_BAD_SESSION:
        return take_session(s, "bad-session", &options->bad_session, err);
    default:
        return true;
    }
}

static void take(struct options *options, int value, const char *s, int argc)
{
    switch (value) {
    case 'o':
        options->output = s;
        break;
    case 'i':
        options->interface = s;
        break;
    case 'v':
        options->verbose = true;
        break;
    case OPTION_ALL:
        options->verbose = options->all = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    case OPTION_RULES:
        take_one(options, &options->rules, &options->rules_count, s, argc);
        break;
    case OPTION_DISABLE:
        take_one(options, &options->disabled, &options->disabled_count, s,
                 argc);
        break;
    case OPTION_KEYLOG:
        options->analyze.keylog = s;
        break;
    case OPTION_KEY:
        options->analyze.key = s;
        break;
    case OPTION_CA:
        options->analyze.ca = s;
        break;
    case OPTION_FILTER:
        options->analyze.filter = s;
        break;
    case OPTION_SHOW_USERS:
        options->analyze.show_users = true;
        break;
    case OPTION_STATE:
        options->state = s;
        break;
    case OPTION_USER:
        options->user = s;
        break;
    default: /* take_checked() has it */
        break;
    }
}

/* `--frmat=json` and the like. */
static void unknown(const struct subcommand *subcommand, const char *word,
                    unsigned whose, struct err *err)
{
    struct span rest = span_of(word);
    struct suggestion s = suggestion_for(span_skip(span_cut(&rest, '='), 2));
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].whose & whose)
            suggestion_offer(&s, rows[i].name);
    err_set(err, "%s: no such option%s; mailwhy %s --help lists them", word,
            suggestion_text(&s).text, subcommand->name);
}

static enum options_result wrong(const struct subcommand *subcommand, int value,
                                 char **argv, unsigned whose, struct err *err)
{
    const char *word = argv[optind - 1];
    if (value == ':')
        err_set(err, "--%s needs a value: mailwhy %s --help tells which",
                name_of(optopt), subcommand->name);
    else if (!span_starts(span_of(word), SPAN("--")))
        err_set(err, "-%c: no such option; mailwhy %s --help lists them",
                optopt, subcommand->name);
    else if (optopt)
        err_set(err, "%s: --%s takes no value", word, name_of(optopt));
    else
        unknown(subcommand, word, whose, err);
    return OPTIONS_WRONG;
}

enum options_result options_parse(int argc, char **argv,
                                  const struct subcommand *subcommand,
                                  unsigned whose, struct options *options,
                                  struct err *err)
{
    struct option longs[ROWS + 1];
    char letters[2 * ROWS + 2];
    int value;
    *options = (struct options){
        .mem = arena_new(),
        .format = &report_text,
        .timeout = whose == FOR_SCAN ? DEFAULT_TIMEOUT : 0,
        .user = "nobody",
    };
    getopt_tables(whose, longs, letters);
    opterr = 0;
    optind = 0; /* glibc: begin anew, also in a second call */
    while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == '?' || value == ':')
            return wrong(subcommand, value, argv, whose, err);
        if (value == 'h') {
            help(subcommand, whose);
            return OPTIONS_DONE;
        }
        if (value == OPTION_VERSION) {
            printf("mailwhy %s\n", cli_version());
            return OPTIONS_DONE;
        }
        if (!take_checked(options, value, optarg, err))
            return OPTIONS_WRONG;
        take(options, value, optarg, argc);
    }
    options->words = argv + optind;
    options->word_count = (size_t)(argc - optind);
    return OPTIONS_GO;
}

void options_free(struct options *options)
{
    arena_free(&options->mem);
}

int options_run(int argc, char **argv, const struct subcommand *subcommand,
                unsigned whose, int (*go)(const struct options *options))
{
    struct options options;
    struct err err;
    int status = STATUS_FINE;
    switch (options_parse(argc, argv, subcommand, whose, &options, &err)) {
    case OPTIONS_GO:
        status = go(&options);
        break;
    case OPTIONS_DONE:
        break;
    case OPTIONS_WRONG:
        status = cli_wrong(&err);
        break;
    }
    options_free(&options);
    return status;
}

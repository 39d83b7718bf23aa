/* rulebase.c - see rulebase.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/rulebase.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/rules_path.h"
#include "rule/complain.h"

enum rulebase_result rulebase_parse(struct rulebase *base, int argc,
                                    char **argv, const char *help)
{
    static const struct option options[] = {
        {"rules", required_argument, NULL, 'r'},
        {"dialogs", required_argument, NULL, 'd'},
        {"samples", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *base = (struct rulebase){0};
    base->extra = must_alloc((size_t)argc * sizeof *base->extra);
    opterr = 0;
    optind = 0; /* glibc: begin anew, also in a second call */
    int value;
    while ((value = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (value) {
        case 'r':
            base->extra[base->extra_count++] = optarg;
            break;
        case 'd':
            base->dialogs = optarg;
            break;
        case 's':
            base->samples = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return RULEBASE_DONE;
        default:
            cli_complain("%s: no such option here, or its value is missing; "
                         "mailwhy %s --help tells more",
                         argv[optind - 1], argv[0]);
            return RULEBASE_WRONG;
        }
    }
    base->words = argv + optind;
    base->word_count = (size_t)(argc - optind);
    return RULEBASE_GO;
}

void rulebase_free(struct rulebase *base)
{
    free(base->extra);
    base->extra = NULL;
}

static void print_complaint(void *user, const char *message)
{
    (void)user;
    fprintf(stderr, "%s\n", message);
}

/* Whether the path is the folder, or a file in it. */
static bool lies_in(const char *path, const char *folder)
{
    char real_path[PATH_MAX], real_folder[PATH_MAX];
    if (!realpath(path, real_path) || !realpath(folder, real_folder))
        return false;
    size_t n = strlen(real_folder);
    return strncmp(real_path, real_folder, n) == 0 &&
           (real_path[n] == '\0' || real_path[n] == '/');
}

struct rules *rulebase_load(const struct rulebase *base)
{
    struct err err = {""};
    const char **paths = must_alloc((base->extra_count + 1) * sizeof *paths);
    size_t n = 0;
    paths[n++] = rules_path();
    for (size_t i = 0; i < base->extra_count; i++) {
        if (!lies_in(base->extra[i], paths[0]))
            paths[n++] = base->extra[i];
    }
    struct rules *rules = rules_load(paths, n, print_complaint, NULL, &err);
    free(paths);
    return rules;
}

const char *rulebase_samples(const struct rulebase *base)
{
    static char path[PATH_MAX];
    if (base->samples)
        return base->samples;
    const char *rules = rules_path(), *slash = strrchr(rules, '/');
    int n = slash ? (int)(slash - rules) : 1;
    snprintf(path, sizeof path, "%.*s/samples", n, slash ? rules : ".");
    return path;
}

void rulebase_unknown(const struct rules *rules, const char *id)
{
    struct suggestion s = suggestion_for(span_of(id));
    for (size_t i = 0; i < rules_count(rules); i++)
        suggestion_offer(&s, rules_get(rules, i)->id);
    cli_complain("%s: there is no such rule%s; mailwhy rules list shows them",
                 id, suggestion_text(&s).text);
}

static bool is_word(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && c != '_' && c != '.' && c != '-')
            return false;
    }
    return s.n > 0;
}

/* {session.name|session.server} as <name>. */
static void add_place(struct span place, struct text *out)
{
    struct span first = span_trim(span_cut(&place, '|'));
    if (!is_word(first)) {
        text_adds(out, "<number>");
        return;
    }
    while (span_find(first, '.') < first.n)
        span_cut(&first, '.');
    text_adds(out, "<");
    text_add(out, first);
    text_adds(out, ">");
}

void rulebase_unfilled(const char *text, struct text *out)
{
    struct span rest = span_of(text);
    while (rest.n) {
        if (span_starts(rest, SPAN("{{")) || span_starts(rest, SPAN("}}"))) {
            text_add(out, span_first(rest, 1));
            rest = span_skip(rest, 2);
        } else if (rest.p[0] == '{') {
            rest = span_skip(rest, 1);
            add_place(span_cut(&rest, '}'), out);
        } else {
            text_add(out, span_first(rest, 1));
            rest = span_skip(rest, 1);
        }
    }
}

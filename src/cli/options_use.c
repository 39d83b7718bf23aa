/* options_use.c - what options amount to: a rule base, and a way to show.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/rules_path.h"
#include "rule/complain.h"

static void print_complaint(void *user, const char *message)
{
    (void)user;
    cli_complain("%s", message);
}

static void complain_of_disabled(const struct rules *rules, const char *id)
{
    struct suggestion s = suggestion_for(span_of(id));
    for (size_t i = 0; i < rules_count(rules); i++)
        suggestion_offer(&s, rules_get(rules, i)->id);
    cli_complain("--disable %s: there is no such rule%s; mailwhy rules list "
                 "shows them",
                 id, suggestion_text(&s).text);
}

struct rules *options_rules(const struct options *options)
{
    struct err err = {""};
    size_t n = options->rules_count;
    const char **paths = must_alloc((n + 1) * sizeof *paths);
    paths[0] = rules_path();
    for (size_t i = 0; i < n; i++)
        paths[i + 1] = options->rules[i];
    struct rules *rules = rules_load(paths, n + 1, print_complaint, NULL, &err);
    free(paths);
    for (size_t i = 0; rules && i < options->disabled_count; i++) {
        if (rules_disable(rules, options->disabled[i]))
            continue;
        complain_of_disabled(rules, options->disabled[i]);
        rules_free(&rules);
    }
    return rules;
}

/* Whether the terminal shows more than ASCII. */
static bool terminal_is_utf8(void)
{
    const char *term = getenv("TERM");
    if (!term || strcmp(term, "dumb") == 0)
        return false;
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool wants_color(enum when when, bool terminal)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    switch (when) {
    case WHEN_ALWAYS:
        return true;
    case WHEN_NEVER:
        return false;
    case WHEN_AUTO:
        break;
    }
    return terminal && !(none && *none) && term && strcmp(term, "dumb") != 0;
}

/* Narrow terminals get narrow reports; wide ones no wider. */
static size_t width_of(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 &&
        size.ws_col < REPORT_WIDTH)
        return size.ws_col;
    return REPORT_WIDTH;
}

struct report_style options_style(const struct options *options,
                                  const struct rules *rules)
{
    bool terminal = !options->output && isatty(STDOUT_FILENO);
    return (struct report_style){
        .version = cli_version(),
        .rules = rules_count(rules),
        .width = terminal ? width_of(STDOUT_FILENO) : REPORT_WIDTH,
        .color = wants_color(options->color, terminal),
        .ascii = terminal && !terminal_is_utf8(),
        .verbose = options->verbose,
        .all = options->all,
        .quiet = options->quiet,
    };
}

/* rules.c - mailwhy rules list | show ID | check [FILE...] | test [FILE...].
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/rules_test.h"
#include "report/report.h"
#include "rule/lint.h"

static const char help[] =
    "mailwhy rules list              all rules: id, severity, scope, title\n"
    "mailwhy rules show ID...        a rule as it was read\n"
    "mailwhy rules check [FILE...]   what is wrong with the rules, or with "
    "these files\n"
    "mailwhy rules test [FILE...]    whether rules (all, or those of the "
    "files) fire on the\n"
    "                                captures they name in shown-by, and not "
    "on those of quiet-on\n"
    "\n"
    "  --rules PATH   know these rules too (a YAML file, or a folder of them)\n"
    "  --samples DIR  where the captures are (else samples/ beside the rules)\n"
    "  --dialogs DIR  where dialog:NAME is, as NAME.pcap\n";

static int list(const struct rulebase *base, const struct rules *rules)
{
    (void)base;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        printf("%-48s %-8s  %-8s  %s%s\n", rule->id, rule->severity,
               scope_names[rule->scope], rule->title,
               rule->shown_by_count ? "" : "  (no sample shows it)");
    }
    return STATUS_FINE;
}

static void show_lines(const char *label, const char *lines)
{
    struct span rest = span_of(lines);
    if (rest.n)
        printf("%s:\n", label);
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        printf("  - %.*s\n", (int)line.n, (const char *)line.p);
    }
}

static void show_list(const char *label, const char *const *items,
                      size_t count)
{
    if (count)
        printf("%s:\n", label);
    for (size_t i = 0; i < count; i++)
        printf("  - %s\n", items[i]);
}

static void show_rule(const struct rule *rule)
{
    printf("%s (%s:%u)\n%s\n\n", rule->id, rule->file, rule->line,
           rule->title);
    printf("severity %s, confidence %s, where %s, scope %s, rank %u, verdict "
           "%s\n",
           rule->severity, rule->confidence, rule->where,
           scope_names[rule->scope], rule->rank,
           rule->effect == VERDICT_HEALTHY ? "note"
                                           : verdict_names[rule->effect]);
    show_lines("when", rule->when);
    show_lines("unless", rule->unless);
    show_lines("conditions", rule->conditions);
    printf("says:\n  %s\n", rule->says);
    if (*rule->remedy.user)
        printf("user:\n  %s\n", rule->remedy.user);
    if (*rule->remedy.admin)
        printf("admin:\n  %s\n", rule->remedy.admin);
    show_list("checks", rule->checks, rule->check_count);
    show_list("explains", rule->explains, rule->explain_count);
    show_list("references", rule->references, rule->reference_count);
    show_list("shown by", rule->shown_by, rule->shown_by_count);
    show_list("quiet on", rule->quiet_on, rule->quiet_on_count);
}

static int show(const struct rulebase *base, const struct rules *rules)
{
    int status = STATUS_FINE;
    for (size_t w = 0; w < base->word_count; w++) {
        bool some = false;
        for (size_t i = 0; i < rules_count(rules); i++) {
            const struct rule *rule = rules_get(rules, i);
            if (!rule_name_means(base->words[w], rule->id))
                continue;
            if (some || w > 0)
                putchar('\n');
            show_rule(rule);
            some = true;
        }
        if (!some) {
            rulebase_unknown(rules, base->words[w]);
            status = STATUS_WRONG;
        }
    }
    if (base->word_count > 0)
        return status;
    cli_complain("show which? mailwhy rules show ID; mailwhy rules list has "
                 "the ids");
    return STATUS_WRONG;
}

/* Of the files named, or all. */
static bool is_wanted(const struct rulebase *base, const struct rule *rule)
{
    bool wanted = base->word_count == 0;
    char *file = realpath(rule->file, NULL);
    for (size_t i = 0; i < base->word_count && !wanted; i++) {
        char *word = realpath(base->words[i], NULL);
        wanted = word && file && strcmp(word, file) == 0;
        free(word);
    }
    free(file);
    return wanted;
}

static bool is_checked(const void *base, const struct rule *rule)
{
    return is_wanted(base, rule);
}

static void print_complaint(const char *message)
{
    fprintf(stderr, "%s\n", message);
}

/* What can not be evaluated was found when the rules were loaded. */
static int check(const struct rulebase *base, const struct rules *rules)
{
    size_t wrong = rules_lint(rules, is_checked, base, print_complaint);
    if (wrong == 0)
        printf("%zu rules, nothing wrong\n", rules_count(rules));
    return wrong ? STATUS_FAILURE : STATUS_FINE;
}

static int test(const struct rulebase *base, const struct rules *rules)
{
    return rules_test(base, rules, is_wanted);
}

static const struct action {
    const char *name;
    int (*run)(const struct rulebase *base, const struct rules *rules);
    bool takes_files; /* of rules, to be loaded as well */
} actions[] = {
    {"list", list, false},
    {"show", show, false},
    {"check", check, true},
    {"test", test, true},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

static int run_action(struct rulebase *base, const struct action *action)
{
    for (size_t i = 0; i < base->word_count && action->takes_files; i++) {
        if (access(base->words[i], R_OK) != 0) {
            cli_complain("%s: %s", base->words[i], strerror(errno));
            return STATUS_WRONG;
        }
        base->extra[base->extra_count++] = base->words[i];
    }
    struct rules *rules = rulebase_load(base);
    if (!rules) /* mistakes in rules are what `check` looks for: found some */
        return action->run == check ? STATUS_FAILURE : STATUS_WRONG;
    int status = action->run(base, rules);
    rules_free(&rules);
    return status;
}

static int run_parsed(struct rulebase *base)
{
    const char *word = base->word_count ? base->words[0] : "";
    for (size_t i = 0; i < ACTIONS; i++) {
        if (strcmp(actions[i].name, word) != 0)
            continue;
        base->words++;
        base->word_count--;
        return run_action(base, &actions[i]);
    }
    cli_complain("rules: list, show, check or test? mailwhy rules --help tells "
                 "more");
    return STATUS_WRONG;
}

static int run(int argc, char **argv)
{
    struct rulebase base;
    int status = STATUS_FINE;
    switch (rulebase_parse(&base, argc, argv, help)) {
    case RULEBASE_GO:
        status = run_parsed(&base);
        break;
    case RULEBASE_DONE:
        break;
    case RULEBASE_WRONG:
        status = STATUS_WRONG;
        break;
    }
    rulebase_free(&base);
    return status;
}

const struct subcommand rules_subcommand = {
    .name = "rules",
    .usage = "list|show|check|test",
    .summary = "the rules: list, show, check or test them",
    .run = run,
};

/* explain.c - mailwhy explain ID: what a finding means and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "cli/catalogue.h"
#include "report/report.h"
#include "report/words.h"

static const char help[] =
    "mailwhy explain [--rules PATH] ID...\n"
    "\n"
    "Tells what a finding means, how it shows, who must act, and what to do.\n"
    "An ID may end in *: mailwhy explain 'tls.*' lists all findings about "
    "TLS.\n"
    "\n"
    "  --all --markdown  all of them, as docs/catalogue.md, which is made by "
    "it\n"
    "  --rules PATH      know these rules too (a YAML file, or a folder of them)\n";

enum { INDENT = 2, WORDS = 16 };

static void unfilled(struct page *page, const char *label, const char *text)
{
    struct text words = {0};
    rulebase_unfilled(text, &words);
    page_paragraph(page, INDENT, INK_STRONG, label, WORDS,
                   text_string(&words));
    text_free(&words);
}

static void list(struct page *page, const char *label,
                 const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        page_paragraph(page, INDENT, INK_STRONG, i ? "" : label, WORDS,
                       items[i]);
}

static void commands(struct page *page, const struct rule *rule)
{
    if (rule->check_count == 0)
        return;
    page_blank(page);
    page_paragraph(page, INDENT, INK_STRONG, "To be sure", WORDS,
                   "run, with what the report fills in:");
    for (size_t i = 0; i < rule->check_count; i++) {
        struct text command = {0};
        rulebase_unfilled(rule->checks[i], &command);
        page_line(page, WORDS, INK_PLAIN, text_string(&command));
        text_free(&command);
    }
}

/* A paragraph for each line of the text. */
static void paragraphs(struct page *page, const char *label, const char *text)
{
    struct span rest = span_of(text);
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        struct text words = {0};
        text_add(&words, line);
        page_paragraph(page, INDENT, INK_STRONG, label, WORDS,
                       text_string(&words));
        text_free(&words);
        label = "";
    }
}

static void dated(struct page *page, const char *label,
                  const struct dated *dated)
{
    struct text words = {0};
    if (!dated->date)
        return;
    text_addf(&words, "%s (%s)", dated->date, dated->source);
    page_paragraph(page, INDENT, INK_STRONG, label, WORDS,
                   text_string(&words));
    text_free(&words);
}

static void explain(struct page *page, const struct rule *rule)
{
    struct text how_sure = {0};
    page_blank(page);
    page_paragraph(page, 0, INK_STRONG, rule->id, 0, "");
    page_paragraph(page, INDENT, INK_STRONG, "", INDENT, rule->title);
    page_blank(page);
    paragraphs(page, "What it is", rule->means);
    unfilled(page, "How it shows", rule->says);
    text_addf(&how_sure, "%s severity, %s", rule->severity, rule->confidence);
    page_paragraph(page, INDENT, INK_STRONG, "How sure", WORDS,
                   text_string(&how_sure));
    text_free(&how_sure);
    page_paragraph(page, INDENT, INK_STRONG, "Who acts", WORDS,
                   who_acts(rule->where, rule->who));
    page_blank(page);
    if (*rule->remedy.user)
        unfilled(page, "What to do", rule->remedy.user);
    if (*rule->remedy.admin)
        unfilled(page, "As an admin", rule->remedy.admin);
    commands(page, rule);
    page_blank(page);
    list(page, "It explains", rule->explains, rule->explain_count);
    list(page, "References", rule->references, rule->reference_count);
    dated(page, "Since", &rule->since);
    dated(page, "Until", &rule->until);
}

static void name_only(struct page *page, const struct rule *rule)
{
    page_paragraph(page, 0, INK_STRONG, rule->id, 44, rule->title);
}

/* False when the word means no rule. */
static bool explain_all(struct page *page, const struct rules *rules,
                        const char *word)
{
    bool many = word[0] && word[strlen(word) - 1] == '*', some = false;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        if (!rule_name_means(word, rule->id))
            continue;
        some = true;
        if (many)
            name_only(page, rule);
        else
            explain(page, rule);
    }
    return some;
}

static int print_catalogue(const struct rulebase *base)
{
    struct rules *rules = rulebase_load(base);
    if (!rules)
        return STATUS_WRONG;
    catalogue_print(rules, stdout);
    rules_free(&rules);
    return STATUS_FINE;
}

/* Takes the word out of argv; false if it is not there. */
static bool take_word(int *argc, char **argv, const char *word)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], word) != 0)
            continue;
        memmove(argv + i, argv + i + 1,
                (size_t)(*argc - i) * sizeof *argv); /* and the NULL */
        --*argc;
        return true;
    }
    return false;
}

static int run_parsed(const struct rulebase *base)
{
    if (base->word_count == 0) {
        cli_complain("explain what? mailwhy explain ID; mailwhy rules list "
                     "shows them");
        return STATUS_WRONG;
    }
    struct rules *rules = rulebase_load(base);
    if (!rules)
        return STATUS_WRONG;
    struct page page = {.width = REPORT_WIDTH};
    int status = STATUS_FINE;
    for (size_t i = 0; i < base->word_count; i++) {
        if (explain_all(&page, rules, base->words[i]))
            continue;
        rulebase_unknown(rules, base->words[i]);
        status = STATUS_WRONG;
    }
    page_print(&page, stdout);
    text_free(&page.out);
    rules_free(&rules);
    return status;
}

static int run(int argc, char **argv)
{
    struct rulebase base;
    int status = STATUS_FINE;
    bool all = take_word(&argc, argv, "--all");
    bool markdown = take_word(&argc, argv, "--markdown");
    switch (rulebase_parse(&base, argc, argv, help)) {
    case RULEBASE_GO:
        if (all && markdown && base.word_count == 0) {
            status = print_catalogue(&base);
        } else if (all || markdown) {
            cli_complain("explain --all and --markdown go together, and "
                         "without an ID");
            status = STATUS_WRONG;
        } else {
            status = run_parsed(&base);
        }
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

const struct subcommand explain_subcommand = {
    .name = "explain",
    .usage = "ID",
    .summary = "what a finding means, how it shows, and what to do",
    .run = run,
};

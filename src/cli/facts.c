/* facts.c - mailwhy facts: every fact and field that rules may use, from the
 * one list (dissectors/facts.def).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "cli/rulebase.h"
#include "report/report.h"

static const char help[] =
    "mailwhy facts [--markdown] [KIND...]\n"
    "\n"
    "Lists every kind of fact and its fields, for those who write rules.\n"
    "\n"
    "  --markdown  as docs/facts.md, which is made by it\n";

static const char *type_name(enum fact_type type)
{
    static const char *const names[] = {"text", "number", "seconds",
                                        "yes/no"};
    return names[type];
}

static void print_kind(struct page *page, const struct fact_kind *kind)
{
    page_blank(page);
    page_paragraph(page, 0, INK_STRONG, kind->name, 0, kind->doc);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct fact_field *field = &kind->fields[i];
        struct text words = {0};
        text_addf(&words, "%-7s  %s", type_name(field->type), field->doc);
        page_paragraph(page, 4, INK_PLAIN, field->name, 30,
                       text_string(&words));
        text_free(&words);
    }
}

/* In a table cell, a bar must not end it. */
static void print_cell(const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
}

static void print_markdown_kind(const struct fact_kind *kind)
{
    printf("\n## %s\n\n%s.\n\n| field | type | what it says |\n|---|---|---|\n",
           kind->name, kind->doc);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct fact_field *field = &kind->fields[i];
        printf("| `%s` | %s | ", field->name, type_name(field->type));
        print_cell(field->doc);
        fputs(" |\n", stdout);
    }
}

static void print_markdown(void)
{
    fputs("# Facts\n\nEverything that rules may refer to. Made by `mailwhy "
          "facts --markdown` from dissectors/facts.def;\nchange it there. A "
          "fact is something that happened, in the past tense, without "
          "judgement.\n",
          stdout);
    for (size_t i = 0; i < FACT_KINDS; i++)
        print_markdown_kind(&fact_kinds[i]);
}

static int print_all(void)
{
    struct page page = {.width = REPORT_WIDTH};
    for (size_t i = 0; i < FACT_KINDS; i++)
        print_kind(&page, &fact_kinds[i]);
    page_print(&page, stdout);
    text_free(&page.out);
    return STATUS_FINE;
}

static int print_named(int count, char **names)
{
    struct page page = {.width = REPORT_WIDTH};
    int status = STATUS_FINE;
    for (int i = 0; i < count; i++) {
        const struct fact_kind *kind = fact_kind_find(span_of(names[i]));
        if (kind) {
            print_kind(&page, kind);
            continue;
        }
        cli_complain("%s: there is no such kind of fact; mailwhy facts lists "
                     "them",
                     names[i]);
        status = STATUS_WRONG;
    }
    page_print(&page, stdout);
    text_free(&page.out);
    return status;
}

static int run(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        fputs(help, stdout);
        return STATUS_FINE;
    }
    if (strcmp(word, "--markdown") == 0 && argc == 2) {
        print_markdown();
        return STATUS_FINE;
    }
    if (word[0] == '-') {
        cli_complain("%s: no such option; mailwhy facts --help tells more",
                     word);
        return STATUS_WRONG;
    }
    return argc > 1 ? print_named(argc - 1, argv + 1) : print_all();
}

const struct subcommand facts_subcommand = {
    .name = "facts",
    .usage = "",
    .summary = "every fact and field that rules may use",
    .run = run,
};

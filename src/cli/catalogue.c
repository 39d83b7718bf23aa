/* catalogue.c - see catalogue.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/catalogue.h"

#include <string.h>

#include "report/words.h"

static const char head[] =
    "# Catalogue of causes\n\n"
    "What mailwhy can find, by family: what you see, what it means, what to do, "
    "and how to be sure.\n"
    "Words in <angle brackets> are filled in by a report. Made by `mailwhy "
    "explain --all --markdown`\nfrom `rules/*.yaml`; change it there.\n\n"
    "*Certain*: a server or a packet says so literally. *Likely*: one "
    "reasonable reading is left.\n*Possible*: it may be so; the capture can not "
    "show more. A *note* changes nothing of a verdict.\n";

/* Text of a rule, which is no Markdown. */
static void put(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            fputs("\n\n", out);
            continue;
        }
        if (strchr("\\`*_[]<>#|", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_unfilled(FILE *out, const char *text)
{
    struct text words = {0};
    rulebase_unfilled(text, &words);
    put(out, text_string(&words));
    text_free(&words);
}

static void part(FILE *out, const char *label, const char *text)
{
    if (!*text)
        return;
    fprintf(out, "\n**%s** ", label);
    put_unfilled(out, text);
    fputc('\n', out);
}

static const char *effect_name(const struct rule *rule)
{
    return rule->effect == VERDICT_HEALTHY ? "note"
                                           : verdict_names[rule->effect];
}

static void dated(FILE *out, const char *label, const struct dated *dated)
{
    if (!dated->date)
        return;
    fprintf(out, " True %s %s, says ", label, dated->date);
    put(out, dated->source);
    fputc('.', out);
}

static void how_sure(FILE *out, const struct rule *rule)
{
    fprintf(out, "\n**How to be sure** %s; ",
            strcmp(rule->confidence, "certain") == 0  ? "Certain"
            : strcmp(rule->confidence, "likely") == 0 ? "Likely"
                                                      : "Possible");
    fprintf(out, "%s must act (%s, %s).", who_acts(rule->where, rule->who),
            rule->severity, effect_name(rule));
    dated(out, "since", &rule->since);
    dated(out, "until", &rule->until);
    fputc('\n', out);
    for (size_t i = 0; i < rule->check_count; i++) {
        struct text command = {0};
        rulebase_unfilled(rule->checks[i], &command);
        fprintf(out, "%s    %s\n", i ? "" : "\n", text_string(&command));
        text_free(&command);
    }
    for (size_t i = 0; i < rule->reference_count; i++) {
        fputs(i ? ", " : "\nSee ", out);
        put(out, rule->references[i]);
    }
    fputs(".\n", out);
}

static void entry(FILE *out, const struct rule *rule)
{
    fprintf(out, "\n### %s\n\n", rule->id);
    put(out, rule->title);
    fputs(".\n", out);
    part(out, "What you see", rule->says);
    part(out, "What it means", rule->means);
    part(out, "What to do, as a user", rule->remedy.user);
    part(out, "As an administrator", rule->remedy.admin);
    how_sure(out, rule);
}

/* GitHub's anchors leave the dot out. */
static void contents(FILE *out, const struct rules *rules, const char *family)
{
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        if (strcmp(rule->family, family) != 0)
            continue;
        fprintf(out, "* [%s](#", rule->id);
        for (const char *s = rule->id; *s; s++) {
            if (*s != '.')
                fputc(*s, out);
        }
        fputs("): ", out);
        put(out, rule->title);
        fputc('\n', out);
    }
}

void catalogue_print(const struct rules *rules, FILE *out)
{
    fputs(head, out);
    for (const char *const *family = family_names; *family; family++) {
        fprintf(out, "\n## %s\n\n", *family);
        contents(out, rules, *family);
        for (size_t i = 0; i < rules_count(rules); i++) {
            if (strcmp(rules_get(rules, i)->family, *family) == 0)
                entry(out, rules_get(rules, i));
        }
    }
}

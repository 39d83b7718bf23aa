/* lint.c - see lint.h.
 *
 * The loader takes any rule that can be evaluated, since a site's own rules need
 * no samples.  Those that come with mailwhy need more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/lint.h"

#include <string.h>

#include "base/text.h"

struct linting {
    void (*complain)(const char *message);
    size_t count;
};

static void say(struct linting *l, const struct rule *rule, const char *what,
                const char *more)
{
    struct text line = {0};
    text_addf(&line, "%s:%u: %s %s%s", rule->file, rule->line, rule->id, what,
              more);
    l->complain(text_string(&line));
    text_free(&line);
    l->count++;
}

static void lint_remedies(struct linting *l, const struct rule *rule)
{
    if (!*rule->remedy.user)
        say(l, rule, "does not tell the user what to do", "");
    if (!*rule->remedy.admin)
        say(l, rule, "does not tell the administrator what to do", "");
}

static void lint_proof(struct linting *l, const struct rule *rule)
{
    if (rule->reference_count == 0)
        say(l, rule, "has no references", "");
    if (rule->quiet_on_count == 0)
        say(l, rule, "names no look-alike on which it is quiet (quiet-on)", "");
    for (size_t i = 0; i < rule->shown_by_count; i++) {
        for (size_t j = 0; j < rule->quiet_on_count; j++) {
            if (strcmp(rule->shown_by[i], rule->quiet_on[j]) == 0)
                say(l, rule, "is both shown by and quiet on ",
                    rule->shown_by[i]);
        }
    }
}

static void lint_words(struct linting *l, const struct rule *rule)
{
    size_t n = strlen(rule->title);
    if (n > 0 && strchr(".!?:", rule->title[n - 1]))
        say(l, rule, "ends its title with punctuation", "");
}

/* Two rules that people can not tell apart.  (The loader compares
 * conditions.) */
static void lint_title(struct linting *l, const struct rules *rules, size_t i)
{
    const struct rule *rule = rules_get(rules, i);
    for (size_t j = 0; j < i; j++) {
        const struct rule *other = rules_get(rules, j);
        if (strcmp(rule->title, other->title) == 0)
            say(l, rule, "has the same title as ", other->id);
    }
}

size_t rules_lint(const struct rules *rules,
                  bool (*wanted)(const void *user, const struct rule *rule),
                  const void *user, void (*complain)(const char *message))
{
    struct linting l = {complain, 0};
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        if (!wanted(user, rule))
            continue;
        lint_remedies(&l, rule);
        lint_proof(&l, rule);
        lint_words(&l, rule);
        lint_title(&l, rules, i);
    }
    return l.count;
}

/* rules_test.c - see rules_test.h.
 *
 * `shown-by` and `quiet-on` name files of samples/, or dialog:NAME, which is
 * NAME.pcap in the folder that --dialogs names; the build makes it there of
 * tests/dialogs/NAME.dialog.  Where NAME.dialog lies beside it, its "! finding"
 * lines are tested too.  NAME.keys beside a capture opens its TLS.  Each
 * capture is analysed once, however many rules name it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/rules_test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline.h"

/* A capture and what was found in it. */
struct sample {
    const char *name; /* as rules name it */
    const char *path;
    bool readable;
    const char **ids; /* of the findings */
    const char **summaries;
    size_t count;
};

struct testing {
    const struct rulebase *base;
    const struct rules *rules;
    struct arena *mem;
    struct sample **samples;
    size_t sample_count, sample_room;
    size_t claims, wrong; /* what was tested, and what did not hold */
    size_t dialogs_left_out;
};

static const char dialog_prefix[] = "dialog:";

static bool is_dialog(const char *name)
{
    return strncmp(name, dialog_prefix, sizeof dialog_prefix - 1) == 0;
}

static const char *path_of(struct testing *t, const char *name)
{
    if (is_dialog(name))
        return arena_printf(t->mem, "%s/%s.pcap", t->base->dialogs,
                            name + sizeof dialog_prefix - 1);
    return arena_printf(t->mem, "%s/%s", rulebase_samples(t->base), name);
}

/* The same path with another ending; NULL where there is no such file. */
static const char *companion(struct testing *t, const char *path,
                             const char *ending)
{
    const char *dot = strrchr(path, '.');
    size_t n = dot ? (size_t)(dot - path) : strlen(path);
    const char *other = arena_printf(t->mem, "%.*s%s", (int)n, path, ending);
    return access(other, R_OK) == 0 ? other : NULL;
}

static void analyze(struct testing *t, struct sample *sample)
{
    struct result *result = NULL;
    struct err err = {""};
    const struct analyze_options options = {
        .rules = t->rules,
        .keylog = companion(t, sample->path, ".keys"),
    };
    sample->readable = analyze_file(sample->path, &options, &result, &err);
    if (!sample->readable) {
        cli_complain("%s: %s", sample->path, err.text);
        t->wrong++;
    }
    sample->count = result->finding_count;
    sample->ids = arena_alloc(t->mem, sample->count * sizeof *sample->ids);
    sample->summaries =
        arena_alloc(t->mem, sample->count * sizeof *sample->summaries);
    for (size_t i = 0; i < sample->count; i++) {
        const struct result_finding *f = &result->findings[i];
        sample->ids[i] = arena_string(t->mem, span_of(f->id));
        sample->summaries[i] = arena_string(t->mem, span_of(f->summary));
    }
    result_free(&result);
}

static const struct sample *sample_of(struct testing *t, const char *name)
{
    for (size_t i = 0; i < t->sample_count; i++) {
        if (strcmp(t->samples[i]->name, name) == 0)
            return t->samples[i];
    }
    struct sample *sample = arena_alloc(t->mem, sizeof *sample);
    sample->name = name;
    sample->path = path_of(t, name);
    analyze(t, sample);
    t->samples = arena_grow(t->mem, t->samples, t->sample_count,
                            &t->sample_room, t->sample_count + 1,
                            sizeof(struct sample *));
    t->samples[t->sample_count++] = sample;
    return sample;
}

/* The summary of the rule's finding; NULL when it did not fire. */
static const char *fired(const struct sample *sample, const char *id)
{
    for (size_t i = 0; i < sample->count; i++) {
        if (strcmp(sample->ids[i], id) == 0)
            return sample->summaries[i];
    }
    return NULL;
}

static void say_instead(const struct sample *sample)
{
    printf("    found there: %s", sample->count ? "" : "nothing");
    for (size_t i = 0; i < sample->count; i++)
        printf("%s%s", i ? ", " : "", sample->ids[i]);
    putchar('\n');
}

/* Whether there is something to test; counts it. */
static const struct sample *claim(struct testing *t, const char *name)
{
    if (is_dialog(name) && !t->base->dialogs) {
        t->dialogs_left_out++;
        return NULL;
    }
    t->claims++;
    const struct sample *sample = sample_of(t, name);
    return sample->readable ? sample : NULL;
}

static void test_rule(struct testing *t, const struct rule *rule)
{
    for (size_t i = 0; i < rule->shown_by_count; i++) {
        const struct sample *s = claim(t, rule->shown_by[i]);
        if (!s || fired(s, rule->id))
            continue;
        printf("%s:%u: %s is not shown by %s\n", rule->file, rule->line,
               rule->id, s->name);
        say_instead(s);
        t->wrong++;
    }
    for (size_t i = 0; i < rule->quiet_on_count; i++) {
        const struct sample *s = claim(t, rule->quiet_on[i]);
        const char *summary = s ? fired(s, rule->id) : NULL;
        if (!summary)
            continue;
        printf("%s:%u: %s is not quiet on %s\n    it says: %s\n", rule->file,
               rule->line, rule->id, s->name, summary);
        t->wrong++;
    }
}

/* The "! finding" lines of a dialog. */
static void test_dialog(struct testing *t, const char *file)
{
    const char *path = arena_printf(t->mem, "%s/%s", t->base->dialogs, file);
    size_t stem = strlen(file) - (sizeof ".dialog" - 1);
    const char *name = arena_printf(t->mem, "%s%.*s", dialog_prefix, (int)stem,
                                    file);
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    while (in && getline(&line, &room, in) > 0) {
        struct span words = span_of(line);
        if (!span_starts(words, SPAN("! ")))
            continue;
        const char *id =
            arena_string(t->mem, span_trim(span_skip(words, 2)));
        const struct sample *s = claim(t, name);
        if (!s || fired(s, id))
            continue;
        printf("%s: %s is not found\n", path, id);
        say_instead(s);
        t->wrong++;
    }
    free(line);
    if (in)
        fclose(in);
}

static int is_dialog_file(const struct dirent *entry)
{
    static const char end[] = ".dialog";
    size_t n = strlen(entry->d_name);
    return n >= sizeof end &&
           strcmp(entry->d_name + n - (sizeof end - 1), end) == 0;
}

static void test_dialogs(struct testing *t)
{
    struct dirent **entries = NULL;
    int n = scandir(t->base->dialogs, &entries, is_dialog_file, alphasort);
    for (int i = 0; i < n; i++) {
        test_dialog(t, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static void say_sum(const struct testing *t, size_t tested, size_t unshown)
{
    printf("%zu rules, %zu claims about %zu captures: ", tested, t->claims,
           t->sample_count);
    if (t->wrong)
        printf("%zu do not hold\n", t->wrong);
    else
        fputs("all hold\n", stdout);
    if (unshown)
        printf("%zu rules are shown by no sample; mailwhy rules list marks "
               "them\n",
               unshown);
    if (t->dialogs_left_out)
        printf("%zu claims about dialogs were left out: give --dialogs DIR\n",
               t->dialogs_left_out);
}

int rules_test(const struct rulebase *base, const struct rules *rules,
               bool (*wanted)(const struct rulebase *base,
                              const struct rule *rule))
{
    struct testing t = {.base = base, .rules = rules, .mem = arena_new()};
    size_t tested = 0, unshown = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        if (!wanted(base, rule))
            continue;
        test_rule(&t, rule);
        tested++;
        unshown += rule->shown_by_count == 0;
    }
    if (base->dialogs && base->word_count == 0)
        test_dialogs(&t);
    say_sum(&t, tested, unshown);
    arena_free(&t.mem);
    return t.wrong ? STATUS_FAILURE : STATUS_FINE;
}

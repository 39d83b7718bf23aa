/* read.c - see read.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/read.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum key {
    KEY_ID,
    KEY_TITLE,
    KEY_FAMILY,
    KEY_SEVERITY,
    KEY_CONFIDENCE,
    KEY_WHERE,
    KEY_WHO,
    KEY_SCOPE,
    KEY_RANK,
    KEY_VERDICT,
    KEY_SINCE,
    KEY_UNTIL,
    KEY_HEALED_BY,
    KEY_ONCE_HEALED,
    KEY_THRESHOLDS,
    KEY_WHEN,
    KEY_UNLESS,
    KEY_ONE_FOR,
    KEY_SAYS,
    KEY_MEANS,
    KEY_REMEDY,
    KEY_CHECKS,
    KEY_HYPOTHESES,
    KEY_NEXT,
    KEY_RAISED_BY,
    KEY_LOWERED_BY,
    KEY_EXPLAINS,
    KEY_REFERENCES,
    KEY_SHOWN_BY,
    KEY_QUIET_ON,
    KEYS
};

static const struct {
    const char *name;
    bool optional;
} keys[KEYS] = {
    [KEY_ID] = {"id",          false},
    [KEY_TITLE] = {"title",       false},
    [KEY_FAMILY] = {"family",      false},
    [KEY_SEVERITY] = {"severity",    false},
    [KEY_CONFIDENCE] = {"confidence",  false},
    [KEY_WHERE] = {"where",       false},
    [KEY_WHO] = {"who",         true },
    [KEY_SCOPE] = {"scope",       false},
    [KEY_RANK] = {"rank",        true },
    [KEY_VERDICT] = {"verdict",     true },
    [KEY_SINCE] = {"since",       true },
    [KEY_UNTIL] = {"until",       true },
    [KEY_HEALED_BY] = {"healed-by",   true },
    [KEY_ONCE_HEALED] = {"once-healed", true },
    [KEY_THRESHOLDS] = {"thresholds",  true },
    [KEY_WHEN] = {"when",        false},
    [KEY_UNLESS] = {"unless",      true },
    [KEY_ONE_FOR] = {"one-for",     true },
    [KEY_SAYS] = {"says",        false},
    [KEY_MEANS] = {"means",       false},
    [KEY_REMEDY] = {"remedy",      false},
    [KEY_CHECKS] = {"checks",      true },
    [KEY_HYPOTHESES] = {"hypotheses",  true },
    [KEY_NEXT] = {"next",        true },
    [KEY_RAISED_BY] = {"raised-by",   true },
    [KEY_LOWERED_BY] = {"lowered-by",  true },
    [KEY_EXPLAINS] = {"explains",    true },
    [KEY_REFERENCES] = {"references",  false},
    [KEY_SHOWN_BY] = {"shown-by",    false},
    [KEY_QUIET_ON] = {"quiet-on",    false},
};

enum { RANK_USUAL = 50, RANK_MAX = 1000 };

/* The value of each key; NULL where it is not there. */
struct fields {
    const yaml_node_t *of[KEYS];
    bool fine;
};

static void collect(struct reader *r, const yaml_node_t *node,
                    struct fields *fields)
{
    struct document *d = r->document;
    const yaml_node_t *key, *value;
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++) {
        const char *name = node_text(d, key, "a key", false);
        size_t k = 0;
        while (name && k < KEYS && strcmp(keys[k].name, name) != 0)
            k++;
        if (name && k < KEYS && !fields->of[k]) {
            fields->of[k] = value;
            continue;
        }
        fields->fine = false;
        if (!name)
            continue;
        struct suggestion s = suggestion_for(span_of(name));
        for (size_t j = 0; j < KEYS; j++)
            suggestion_offer(&s, keys[j].name);
        if (k < KEYS)
            complain(d->complaints, node_line(key), "\"%s\" stands twice",
                     name);
        else
            complain(d->complaints, node_line(key),
                     "a rule has no \"%s\"%s", name, suggestion_text(&s).text);
    }
    for (size_t k = 0; k < KEYS; k++) {
        if (keys[k].optional || fields->of[k])
            continue;
        complain(d->complaints, node_line(node), "the rule has no \"%s\"",
                 keys[k].name);
        fields->fine = false;
    }
}

static void take_text(struct reader *r, struct fields *fields, enum key key,
                      bool lines, const char **out)
{
    if (!fields->of[key])
        return;
    const char *text =
        node_text(r->document, fields->of[key], keys[key].name, lines);
    if (text)
        *out = text;
    fields->fine = fields->fine && text;
}

static void take_list(struct reader *r, struct fields *fields, enum key key,
                      const char *const **list, size_t *count)
{
    if (fields->of[key] &&
        !node_texts(r->document, fields->of[key], keys[key].name, list, count))
        fields->fine = false;
}

/* Takes a word of a list that ends with NULL. */
static void take_word(struct reader *r, struct fields *fields, enum key key,
                      const char *const *words, const char **out)
{
    if (!fields->of[key])
        return;
    int i = read_word(r, fields->of[key], keys[key].name, words,
                      name_index(words, ""));
    if (i >= 0)
        *out = words[i];
    fields->fine = fields->fine && i >= 0;
}

static void take_effect(struct reader *r, struct fields *fields,
                        struct rule *rule)
{
    static const char *const words[] = {"failure", "degraded", "undetermined",
                                        "note"};
    static const enum verdict effects[] = {VERDICT_FAILURE, VERDICT_DEGRADED,
                                           VERDICT_UNDETERMINED,
                                           VERDICT_HEALTHY};
    rule->effect = strcmp(rule->severity, "info") == 0  ? VERDICT_HEALTHY
                   : strcmp(rule->severity, "low") == 0 ? VERDICT_DEGRADED
                                                        : VERDICT_FAILURE;
    if (!fields->of[KEY_VERDICT])
        return;
    int i = read_word(r, fields->of[KEY_VERDICT], "verdict", words, 4);
    if (i >= 0)
        rule->effect = effects[i];
    fields->fine = fields->fine && i >= 0;
}

static void take_healing(struct reader *r, struct fields *fields,
                         struct rule *rule)
{
    static const char *const words[] = {"degraded", "note"};
    if (fields->of[KEY_HEALED_BY]) {
        int i = read_word(r, fields->of[KEY_HEALED_BY], "healed-by",
                          heal_names + 1, HEALS - 1);
        rule->heal = i >= 0 ? (enum heal)(i + 1) : HEAL_BY_STAGE;
        fields->fine = fields->fine && i >= 0;
    }
    if (fields->of[KEY_ONCE_HEALED]) {
        int i = read_word(r, fields->of[KEY_ONCE_HEALED], "once-healed", words,
                          2);
        rule->heal_known = i >= 0;
        rule->heal_effect = i == 1 ? VERDICT_HEALTHY : VERDICT_DEGRADED;
        fields->fine = fields->fine && i >= 0;
    }
}

static void take_rank(struct reader *r, struct fields *fields,
                      struct rule *rule)
{
    rule->rank = RANK_USUAL;
    if (!fields->of[KEY_RANK])
        return;
    uint64_t rank = RANK_MAX + 1;
    const char *text =
        node_text(r->document, fields->of[KEY_RANK], "rank", false);
    if (text && (!span_uint(span_of(text), &rank) || rank > RANK_MAX))
        complain(r->document->complaints, node_line(fields->of[KEY_RANK]),
                 "rank: a whole number up to %d should stand here", RANK_MAX);
    rule->rank = (unsigned)rank;
    fields->fine = fields->fine && rank <= RANK_MAX;
}

/* since: {date: 2023-01-01, source: WHO SAYS SO} */
static void take_dated(struct reader *r, struct fields *fields, enum key key,
                       struct dated *dated)
{
    struct document *d = r->document;
    const yaml_node_t *node = fields->of[key], *k, *v;
    if (!node)
        return;
    for (size_t i = 0; node_is_map(node) && node_map_get(d, node, i, &k, &v);
         i++) {
        const char *word = node_text(d, k, keys[key].name, false);
        const char *text = node_text(d, v, keys[key].name, false);
        if (word && text && strcmp(word, "date") == 0)
            dated->date = text;
        else if (word && text && strcmp(word, "source") == 0)
            dated->source = text;
        else if (word && text)
            complain(d->complaints, node_line(k), "%s: \"%s\" is neither "
                     "\"date\" nor \"source\"", keys[key].name, word);
    }
    if (dated->date && dated->source &&
        clock_date(span_of(dated->date), &dated->time))
        return;
    complain(d->complaints, node_line(node),
             "%s: write {date: 2026-01-31, source: WHO SAYS SO}",
             keys[key].name);
    fields->fine = false;
}

static const struct template *text_of(struct reader *r, struct fields *fields,
                                      const char *text, unsigned line,
                                      bool command)
{
    const struct template *t =
        template_parse(r->parsing, &r->names, text, line, command);
    fields->fine = fields->fine && t;
    return t;
}

static void take_remedy(struct reader *r, struct fields *fields,
                        struct rule *rule)
{
    struct document *d = r->document;
    const yaml_node_t *node = fields->of[KEY_REMEDY], *key, *value;
    if (!node)
        return;
    for (size_t i = 0;
         node_is_map(node) && node_map_get(d, node, i, &key, &value); i++) {
        const char *word = node_text(d, key, "remedy", false);
        const char *text = node_text(d, value, "remedy", true);
        unsigned line = node_line(value);
        if (!word || !text) {
            fields->fine = false;
        } else if (strcmp(word, "user") == 0) {
            rule->remedy.user = text;
            r->condition->user = text_of(r, fields, text, line, false);
        } else if (strcmp(word, "admin") == 0) {
            rule->remedy.admin = text;
            r->condition->admin = text_of(r, fields, text, line, false);
        } else {
            complain(d->complaints, node_line(key),
                     "remedy: \"%s\" is neither \"user\" nor \"admin\"", word);
            fields->fine = false;
        }
    }
    bool both = *rule->remedy.user && *rule->remedy.admin;
    if (fields->fine && !both && rule->effect != VERDICT_HEALTHY) {
        complain(d->complaints, node_line(node),
                 "remedy: says what to do to \"user\" and to \"admin\"");
        fields->fine = false;
    }
}

static void take_texts(struct reader *r, struct fields *fields,
                       struct rule *rule)
{
    const char *one_for = NULL;
    r->names.in_text = true;
    take_text(r, fields, KEY_ONE_FOR, false, &one_for);
    if (one_for)
        r->condition->one_for = text_of(
            r, fields, one_for, node_line(fields->of[KEY_ONE_FOR]), false);
    take_text(r, fields, KEY_SAYS, false, &rule->says);
    if (*rule->says)
        r->condition->says = text_of(r, fields, rule->says,
                                     node_line(fields->of[KEY_SAYS]), false);
    take_text(r, fields, KEY_MEANS, true, &rule->means);
    take_remedy(r, fields, rule);
    struct condition *c = r->condition;
    const yaml_node_t *const *of = fields->of;
    bool fine =
        read_said(r, of[KEY_CHECKS], "checks", true, &c->checks, &rule->checks,
                  &rule->check_count) &&
        read_hypotheses(r, of[KEY_HYPOTHESES], &c->hypotheses) &&
        read_said(r, of[KEY_NEXT], "next", false, &c->next, NULL, NULL) &&
        read_contrast(r, of[KEY_RAISED_BY], "raised-by", &c->raised) &&
        read_contrast(r, of[KEY_LOWERED_BY], "lowered-by", &c->lowered);
    fields->fine = fields->fine && fine;
    r->names.in_text = false;
}

static void take_labels(struct reader *r, struct fields *fields,
                        struct rule *rule)
{
    take_text(r, fields, KEY_ID, false, &rule->id);
    take_text(r, fields, KEY_TITLE, false, &rule->title);
    take_word(r, fields, KEY_FAMILY, family_names, &rule->family);
    take_word(r, fields, KEY_SEVERITY, severity_names, &rule->severity);
    take_word(r, fields, KEY_CONFIDENCE, confidence_names, &rule->confidence);
    take_word(r, fields, KEY_WHERE, where_names, &rule->where);
    take_text(r, fields, KEY_WHO, false, &rule->who);
    int i = fields->of[KEY_SCOPE] ? read_word(r, fields->of[KEY_SCOPE], "scope",
                                              scope_names, SCOPES)
                                  : -1;
    rule->scope = i < 0 ? SCOPE_SESSION : (enum scope)i;
    fields->fine = fields->fine && i >= 0;
    take_rank(r, fields, rule);
    take_healing(r, fields, rule);
    take_effect(r, fields, rule);
    take_dated(r, fields, KEY_SINCE, &rule->since);
    take_dated(r, fields, KEY_UNTIL, &rule->until);
    if (*rule->id && *rule->family &&
        !check_id(r, fields->of[KEY_ID], rule))
        fields->fine = false;
    take_list(r, fields, KEY_EXPLAINS, &rule->explains, &rule->explain_count);
    take_list(r, fields, KEY_REFERENCES, &rule->references,
              &rule->reference_count);
    take_list(r, fields, KEY_SHOWN_BY, &rule->shown_by, &rule->shown_by_count);
    take_list(r, fields, KEY_QUIET_ON, &rule->quiet_on, &rule->quiet_on_count);
}

static const struct counted *keep_counted(struct reader *r)
{
    size_t bytes = r->names.counted_count * sizeof *r->names.counted;
    void *kept = arena_alloc(r->parsing->mem, bytes);
    memcpy(kept, r->names.counted, bytes);
    return kept;
}

/* "NAME: TEST", a line for each condition with a name. */
static const char *conditions_used(struct reader *r)
{
    struct text all = {0};
    for (size_t i = 0; i < r->names.named_count; i++)
        text_addf(&all, "%s: %s\n", r->names.named[i]->name,
                  r->names.named[i]->test);
    const char *kept = arena_string(r->parsing->mem, text_span(&all));
    text_free(&all);
    return kept;
}

struct rule *rule_read(struct document *document,
                       const struct parsing *parsing, const yaml_node_t *node)
{
    if (!node_is_map(node)) {
        complain(document->complaints, node_line(node),
                 "a rule should stand here: - id: FAMILY.WHAT-HAPPENED");
        return NULL;
    }
    struct rule *rule = arena_alloc(parsing->mem, sizeof *rule);
    *rule = (struct rule){
        .id = "",
        .title = "",
        .family = "",
        .severity = "",
        .confidence = "",
        .where = "",
        .who = "",
        .says = "",
        .means = "",
        .remedy = {"", ""},
        .when = "",
        .unless = "",
        .conditions = ""
    };
    rule->file = document->complaints->file;
    rule->line = node_line(node);
    struct condition *condition = arena_alloc(parsing->mem, sizeof *condition);
    rule->condition = condition;
    struct reader r = {document, parsing, {.scope = SCOPE_SESSION}, condition};
    struct fields fields = {.fine = true};
    collect(&r, node, &fields);
    take_labels(&r, &fields, rule);
    r.names.scope = rule->scope;
    if (fields.of[KEY_THRESHOLDS])
        fields.fine = thresholds_read(document, fields.of[KEY_THRESHOLDS],
                                      &r.names.thresholds) &&
                      fields.fine;
    /* What refers to a condition with a mistake would be one as well. */
    if (fields.of[KEY_WHEN] && fields.of[KEY_SCOPE])
        fields.fine =
            read_when(&r, fields.of[KEY_WHEN], &rule->when) && fields.fine;
    if (fields.fine) {
        fields.fine = read_unless(&r, fields.of[KEY_UNLESS], &rule->unless);
        take_texts(&r, &fields, rule);
        fields.fine =
            thresholds_check(&r.names.thresholds, document->complaints) &&
            fields.fine;
    }
    rule->conditions = conditions_used(&r);
    condition->counted = keep_counted(&r);
    condition->counted_count = r.names.counted_count;
    return fields.fine ? rule : NULL;
}

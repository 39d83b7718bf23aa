/* load.c - from files to a rule base; see rule.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "rule/base.h"
#include "rule/read.h"

struct loading {
    struct rules *rules;
    struct complaints complaints;
    struct parsing parsing;
    struct lists lists;
    struct nameds named;
};

static struct rule **find(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->list[i]->id, id) == 0)
            return &rules->list[i];
    }
    return NULL;
}

static void add_rule(struct loading *l, struct rule *rule)
{
    struct rules *rules = l->rules;
    struct rule **same = find(rules, rule->id);
    if (same && (*same)->file == rule->file) {
        complain(&l->complaints, rule->line,
                 "the id %s stands twice, first in line %u", rule->id,
                 (*same)->line);
        return;
    }
    if (same) {
        *same = rule;
        return;
    }
    if (rules->count == RULES_MAX) {
        complain(&l->complaints, rule->line, "more than %d rules", RULES_MAX);
        return;
    }
    rules->list =
        arena_grow(rules->mem, rules->list, rules->count, &rules->room,
                   rules->count + 1, sizeof *rules->list);
    rules->list[rules->count++] = rule;
}

static void add_product(struct loading *l, struct product *product)
{
    struct rules *rules = l->rules;
    rules->products = arena_grow(
        rules->mem, rules->products, rules->product_count, &rules->product_room,
        rules->product_count + 1, sizeof *rules->products);
    rules->products[rules->product_count++] = product;
}

static void add_default(struct loading *l, struct default_checks *checks)
{
    struct rules *rules = l->rules;
    rules->defaults = arena_grow(
        rules->mem, rules->defaults, rules->default_count, &rules->default_room,
        rules->default_count + 1, sizeof *rules->defaults);
    rules->defaults[rules->default_count++] = checks;
}

static void load_entry(struct loading *l, struct document *document,
                       const yaml_node_t *node)
{
    if (node_map_has(document, node, "product")) {
        struct product *product = product_read(document, &l->parsing, node);
        if (product)
            add_product(l, product);
        return;
    }
    if (node_map_has(document, node, "condition")) {
        named_read(document, node, l->parsing.named);
        return;
    }
    if (list_is(document, node)) {
        list_read(document, node, l->parsing.lists, l->parsing.regexes);
        return;
    }
    if (node_map_has(document, node, "checks-for")) {
        struct default_checks *checks =
            default_checks_read(document, &l->parsing, node);
        if (checks)
            add_default(l, checks);
        return;
    }
    struct rule *rule = rule_read(document, &l->parsing, node);
    if (rule)
        add_rule(l, rule);
}

static void load_bytes(struct loading *l, const char *name, struct span bytes)
{
    struct document document;
    l->complaints.file = arena_string(l->rules->mem, span_of(name));
    l->rules->digest = hash_bytes(bytes, l->rules->digest);
    if (!document_open(&document, bytes, l->rules->mem, &l->complaints))
        return;
    const yaml_node_t *root = document_root(&document);
    if (!root || !node_is_list(root)) {
        complain(&l->complaints, root ? node_line(root) : 0,
                 "a list of rules should stand here: - id: "
                 "FAMILY.WHAT-HAPPENED");
    } else {
        for (size_t i = 0; i < node_list_count(root); i++)
            load_entry(l, &document, node_list_get(&document, root, i));
    }
    document_close(&document);
}

static void load_file(struct loading *l, const char *path)
{
    l->complaints.file = path;
    FILE *file = fopen(path, "rb");
    if (!file) {
        complain(&l->complaints, 0, "%s", strerror(errno));
        return;
    }
    /* One byte more, so that a file that is too long is noticed. */
    uint8_t *bytes = must_alloc(RULE_FILE_MAX + 1);
    size_t n = fread(bytes, 1, RULE_FILE_MAX + 1, file);
    if (ferror(file))
        complain(&l->complaints, 0, "%s", strerror(errno));
    else
        load_bytes(l, path, (struct span){bytes, n});
    free(bytes);
    fclose(file);
}

static int is_rule_file(const struct dirent *entry)
{
    static const char end[] = ".yaml";
    size_t n = strlen(entry->d_name);
    return n >= sizeof end && entry->d_name[0] != '.' &&
           strcmp(entry->d_name + n - (sizeof end - 1), end) == 0;
}

/* By bytes, not by the language of the terminal: the order of the rules must
 * be the same everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_folder(struct loading *l, const char *path)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_rule_file, by_name);
    l->complaints.file = path;
    if (n < 0)
        complain(&l->complaints, 0, "%s", strerror(errno));
    else if (n == 0)
        complain(&l->complaints, 0, "the folder holds no *.yaml file");
    for (int i = 0; i < n; i++) {
        load_file(
            l, arena_printf(l->rules->mem, "%s/%s", path, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
}

static void index_rules(struct rules *rules)
{
    for (size_t s = 0; s < SCOPES; s++) {
        struct entries *entries = &rules->entries[s];
        entries->list =
            arena_alloc(rules->mem, rules->count * sizeof *entries->list);
        entries->count = 0;
        questions_begin(&entries->questions, rules->count, rules->code);
        openings_free(entries->openings);
        entries->openings = openings_new(rules->code);
    }
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = rules->list[i];
        struct entries *entries = &rules->entries[rule->scope];
        rule->order = (unsigned)i;
        entries->list[entries->count++] = rule;
        questions_add(&entries->questions, rule->condition, rules->code);
    }
    for (size_t s = 0; s < SCOPES; s++)
        questions_finish(&rules->entries[s].questions, rules->code);
}

static void begin(struct loading *l,
                  void (*say)(void *user, const char *message), void *user,
                  struct err *err)
{
    struct rules *rules = must_alloc(sizeof *rules);
    rules->mem = arena_new();
    rules->code = arena_new();
    rules->regexes = regexes_new();
    *l = (struct loading){.rules = rules};
    l->complaints = (struct complaints){.say = say, .user = user, .err = err};
    l->parsing = (struct parsing){rules->mem,     rules->code, rules->regexes,
                                  &l->complaints, &l->lists,   &l->named};
}

static struct rules *finish(struct loading *l)
{
    struct rules *rules = l->rules;
    /* A rule left out would be missed by others. */
    if (l->complaints.count == 0) {
        check_base(rules, &l->complaints);
        named_check(&l->named, &l->complaints);
    }
    if (l->complaints.count > 0) {
        rules_free(&rules);
        return NULL;
    }
    index_rules(rules);
    return rules;
}

struct rules *rules_load(const char *const *paths, size_t count,
                         void (*say)(void *user, const char *message),
                         void *user, struct err *err)
{
    struct loading l;
    begin(&l, say, user, err);
    for (size_t i = 0; i < count; i++) {
        struct stat about;
        if (stat(paths[i], &about) == 0 && S_ISDIR(about.st_mode))
            load_folder(&l, paths[i]);
        else
            load_file(&l, paths[i]);
    }
    return finish(&l);
}

struct rules *rules_load_memory(const char *name, struct span yaml,
                                void (*say)(void *user, const char *message),
                                void *user, struct err *err)
{
    struct loading l;
    begin(&l, say, user, err);
    load_bytes(&l, name, yaml);
    return finish(&l);
}

void rules_free(struct rules **rules)
{
    if (!*rules)
        return;
    for (size_t s = 0; s < SCOPES; s++)
        openings_free((*rules)->entries[s].openings);
    regexes_free(&(*rules)->regexes);
    arena_free(&(*rules)->mem);
    arena_free(&(*rules)->code);
    free(*rules);
    *rules = NULL;
}

bool rules_disable(struct rules *rules, const char *id)
{
    size_t kept = 0;
    for (size_t i = 0; i < rules->count; i++) {
        if (!rule_name_means(id, rules->list[i]->id))
            rules->list[kept++] = rules->list[i];
    }
    bool some = kept < rules->count;
    rules->digest = hash_bytes(span_of(id), rules->digest);
    rules->count = kept;
    index_rules(rules);
    return some;
}

uint64_t rules_digest(const struct rules *rules)
{
    return rules->digest;
}

size_t rules_count(const struct rules *rules)
{
    return rules->count;
}

const struct rule *rules_get(const struct rules *rules, size_t i)
{
    return rules->list[i];
}

const struct rule *rules_find(const struct rules *rules, const char *id)
{
    struct rule **found = find(rules, id);
    return found ? *found : NULL;
}

bool rules_have_scope(const struct rules *rules, enum scope scope)
{
    return rules->entries[scope].count > 0;
}

/* list.c - see list.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/list.h"

#include <stdio.h>
#include <string.h>

bool list_is(struct document *d, const yaml_node_t *node)
{
    const yaml_node_t *key, *value;
    return node_is_map(node) && node_map_get(d, node, 0, &key, &value) &&
           key->type == YAML_SCALAR_NODE &&
           span_same(
               (struct span){key->data.scalar.value, key->data.scalar.length},
               SPAN("list"));
}

/* "(?:one)|(?:two)"; each is tried alone first, so that a mistake is said of
 * the pattern that has it. */
static const struct regex *joined(struct document *d, const yaml_node_t *node,
                                  const char *const *patterns, size_t count,
                                  struct regexes *regexes)
{
    size_t n = 0, used = 0;
    struct err err;
    for (size_t i = 0; i < count; i++) {
        if (!regexes_add(regexes, span_of(patterns[i]), &err)) {
            complain(d->complaints, node_line(node_list_get(d, node, i)),
                     "the regular expression \"%s\": %s", patterns[i],
                     err.text);
            return NULL;
        }
        n += strlen(patterns[i]) + sizeof "|(?:)";
    }
    char *text = arena_alloc(d->mem, n + 1);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, n + 1 - used, "%s(?:%s)",
                                 i ? "|" : "", patterns[i]);
    const struct regex *regex = regexes_add(regexes, span_of(text), &err);
    if (!regex)
        complain(d->complaints, node_line(node), "the list: %s", err.text);
    return regex;
}

void list_read(struct document *d, const yaml_node_t *node, struct lists *lists,
               struct regexes *regexes)
{
    struct list *list = arena_alloc(d->mem, sizeof *list);
    const yaml_node_t *key, *value, *at = NULL;
    const char *const *patterns = NULL, *because = NULL;
    size_t count = 0;
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++) {
        const char *word = node_text(d, key, "a key", false);
        if (!word)
            return;
        if (strcmp(word, "list") == 0) {
            list->name = node_text(d, value, "list", false);
        } else if (strcmp(word, "because") == 0) {
            because = node_text(d, value, "because", true);
        } else if (strcmp(word, "patterns") == 0) {
            at = value;
            if (!node_texts(d, value, "patterns", &patterns, &count))
                return;
        } else {
            complain(d->complaints, node_line(key), "a list has no \"%s\"",
                     word);
            return;
        }
    }
    if (!list->name || !because || count == 0) {
        complain(d->complaints, node_line(node),
                 "a list has a name, \"because\" and \"patterns\"");
        return;
    }
    list->regex = joined(d, at, patterns, count, regexes);
    list->next = lists->first;
    if (list->regex)
        lists->first = list;
}

const struct list *list_find(const struct lists *lists, struct span name)
{
    const struct list *list = lists->first;
    while (list && !span_same(span_of(list->name), name))
        list = list->next;
    return list;
}

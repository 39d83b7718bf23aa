/* named.c - see named.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/named.h"

#include <string.h>

#include "fact/fact.h"

/* One entry of the map; false: it was complained about. */
static bool take(struct document *d, const yaml_node_t *key,
                 const yaml_node_t *value, struct named *named)
{
    const char *word = node_text(d, key, "a key", false);
    if (!word)
        return false;
    if (strcmp(word, "thresholds") == 0)
        return thresholds_read(d, value, &named->thresholds);
    const char *text = node_text(d, value, word, true);
    if (!text)
        return false;
    if (strcmp(word, "condition") == 0) {
        named->name = text;
    } else if (strcmp(word, "means") == 0) {
        named->means = text;
    } else if (strcmp(word, "test") == 0) {
        named->test = text;
        named->line = node_line(value);
    } else if (strcmp(word, "about") == 0) {
        named->about = fact_kind_find(span_of(text));
        if (!named->about)
            complain(d->complaints, node_line(value),
                     "about: \"%s\" is no kind of fact", text);
        return named->about;
    } else {
        complain(d->complaints, node_line(key), "a condition has no \"%s\"",
                 word);
        return false;
    }
    return true;
}

/* A bare name is a field first. */
static bool has_own_name(struct document *d, const yaml_node_t *node,
                         const struct named *named)
{
    if (!named->about || !fact_field_find(named->about, span_of(named->name)))
        return true;
    complain(d->complaints, node_line(node),
             "the condition \"%s\" is also a field of %s; give it another name",
             named->name, named->about->name);
    return false;
}

void named_read(struct document *d, const yaml_node_t *node,
                struct nameds *nameds)
{
    struct named *named = arena_alloc(d->mem, sizeof *named);
    const yaml_node_t *key, *value;
    *named = (struct named){.file = d->complaints->file, .next = nameds->first};
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++) {
        if (!take(d, key, value, named))
            return;
    }
    if (!named->name || !named->means || !named->test)
        complain(d->complaints, node_line(node),
                 "a condition has a name, \"means\" and \"test\"");
    else if (has_own_name(d, node, named))
        nameds->first = named;
}

struct named *named_find(const struct nameds *nameds, struct span name)
{
    struct named *named = nameds->first;
    while (named && !span_same(span_of(named->name), name))
        named = named->next;
    return named;
}

void named_check(const struct nameds *nameds, struct complaints *complaints)
{
    for (const struct named *n = nameds->first; n; n = n->next) {
        complaints->file = n->file;
        if (n->used)
            thresholds_check(&n->thresholds, complaints);
        else
            complain(complaints, n->line, "no rule uses the condition \"%s\"",
                     n->name);
    }
}

/* thresholds.c - see thresholds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/thresholds.h"

#include <string.h>

struct threshold *thresholds_find(struct thresholds *thresholds,
                                  struct span name)
{
    for (size_t i = 0; i < thresholds->count; i++) {
        if (span_same(span_of(thresholds->list[i].name), name))
            return &thresholds->list[i];
    }
    return NULL;
}

/* NAME: {value: 3, because: REASON} */
static bool read_one(struct document *d, const yaml_node_t *key,
                     const yaml_node_t *value, struct thresholds *out)
{
    unsigned line = node_line(key);
    const yaml_node_t *k, *v;
    struct threshold t = {.line = line};
    t.name = node_text(d, key, "thresholds", false);
    if (!t.name)
        return false;
    for (size_t i = 0; node_is_map(value) && node_map_get(d, value, i, &k, &v);
         i++) {
        const char *word = node_text(d, k, t.name, false);
        const char *text = node_text(d, v, t.name, false);
        if (!word || !text)
            return false;
        if (strcmp(word, "value") == 0)
            t.shown = text;
        else if (strcmp(word, "because") == 0)
            t.because = text;
        else
            complain(d->complaints, line,
                     "%s: \"%s\" is neither \"value\" nor \"because\"", t.name,
                     word);
    }
    if (!t.shown || !t.because)
        complain(d->complaints, line,
                 "%s: write {value: NUMBER, because: WHY THIS ONE}", t.name);
    else if (out->count == THRESHOLDS_MAX)
        complain(d->complaints, line, "more than %d thresholds",
                 THRESHOLDS_MAX);
    else if (thresholds_find(out, span_of(t.name)))
        complain(d->complaints, line, "the threshold \"%s\" stands twice",
                 t.name);
    else {
        t.is_number = text_number(t.shown, &t.number);
        out->list[out->count++] = t;
        return true;
    }
    return false;
}

bool thresholds_read(struct document *d, const yaml_node_t *node,
                     struct thresholds *out)
{
    const yaml_node_t *key, *value;
    bool fine = true;
    if (!node_is_map(node)) {
        complain(d->complaints, node_line(node),
                 "thresholds: NAME: {value: NUMBER, because: WHY} should stand "
                 "here");
        return false;
    }
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++)
        fine = read_one(d, key, value, out) && fine;
    return fine;
}

bool thresholds_check(const struct thresholds *thresholds,
                      struct complaints *complaints)
{
    bool fine = true;
    for (size_t i = 0; i < thresholds->count; i++) {
        const struct threshold *t = &thresholds->list[i];
        if (t->used)
            continue;
        complain(complaints, t->line,
                 "the threshold \"%s\" is used by no condition", t->name);
        fine = false;
    }
    return fine;
}

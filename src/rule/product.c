/* product.c - see product.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/product.h"

#include <string.h>

#include "rule/base.h"
#include "rule/read.h"

enum key { KEY_PRODUCT, KEY_KNOWN_BY, KEY_LOG, KEYS };
static const char *const keys[KEYS] = {"product", "known-by", "log"};

static bool collect(struct document *d, const yaml_node_t *node,
                    const yaml_node_t *of[KEYS])
{
    const yaml_node_t *key, *value;
    bool fine = true;
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++) {
        const char *name = node_text(d, key, "a key", false);
        size_t k = 0;
        while (name && k < KEYS && strcmp(keys[k], name) != 0)
            k++;
        if (name && k == KEYS)
            complain(d->complaints, node_line(key), "a product has no \"%s\"",
                     name);
        if (name && k < KEYS)
            of[k] = value;
        fine = fine && name && k < KEYS;
    }
    for (size_t k = 0; k < KEYS; k++) {
        if (of[k])
            continue;
        complain(d->complaints, node_line(node), "the product has no \"%s\"",
                 keys[k]);
        fine = false;
    }
    return fine;
}

struct product *product_read(struct document *document,
                             const struct parsing *parsing,
                             const yaml_node_t *node)
{
    const yaml_node_t *of[KEYS] = {NULL};
    if (!collect(document, node, of))
        return NULL;
    struct names names = {.scope = SCOPE_SESSION};
    struct product *product = arena_alloc(parsing->mem, sizeof *product);
    const char *test = node_text(document, of[KEY_KNOWN_BY], "known-by", true);
    const char *log = node_text(document, of[KEY_LOG], "log", true);
    product->name = node_text(document, of[KEY_PRODUCT], "product", false);
    if (!test || !log || !product->name)
        return NULL;
    product->test = parse_condition(parsing, &names, span_of(test),
                                    node_line(of[KEY_KNOWN_BY]));
    names.in_text = true;
    product->log = template_parse(parsing, &names, log, node_line(of[KEY_LOG]),
                                  false);
    return product->test && product->log ? product : NULL;
}

struct span rules_product(const struct rules *rules,
                          const struct facts *session)
{
    struct view view = {.facts = session};
    for (size_t i = 0; i < rules->product_count; i++) {
        view.steps = VIEW_STEPS;
        if (expr_true(rules->products[i]->test, &view))
            return span_of(rules->products[i]->name);
    }
    return (struct span){NULL, 0};
}

const struct product *product_find(const struct rules *rules, struct span name)
{
    for (size_t i = 0; i < rules->product_count; i++) {
        if (span_same(span_of(rules->products[i]->name), name))
            return rules->products[i];
    }
    return NULL;
}

/* default_checks.c - see default_checks.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/default_checks.h"

#include <string.h>

#include "rule/base.h"
#include "rule/read.h"

struct default_checks *default_checks_read(struct document *document,
                                           const struct parsing *parsing,
                                           const yaml_node_t *node)
{
    const yaml_node_t *key, *value, *names = NULL, *checks = NULL;
    struct condition none = {0};
    struct reader r = {document, parsing, {.scope = SCOPE_SESSION}, &none};
    struct default_checks *d = arena_alloc(parsing->mem, sizeof *d);
    for (size_t i = 0; node_map_get(document, node, i, &key, &value); i++) {
        const char *name = node_text(document, key, "a key", false);
        if (!name)
            return NULL;
        if (strcmp(name, "checks-for") == 0) {
            names = value;
        } else if (strcmp(name, "checks") == 0) {
            checks = value;
        } else {
            complain(document->complaints, node_line(key),
                     "beside \"checks-for\" only \"checks\" can stand, not "
                     "\"%s\"",
                     name);
            return NULL;
        }
    }
    if (!checks)
        complain(document->complaints, node_line(node),
                 "\"checks-for\" needs \"checks\"");
    r.names.in_text = true;
    bool fine = checks && names &&
                node_texts(document, names, "checks-for", &d->names,
                           &d->name_count) &&
                read_said(&r, checks, "checks", true, &d->checks, NULL, NULL);
    if (fine && r.names.counted_count > 0) {
        complain(document->complaints, node_line(checks),
                 "checks: only session.FIELD can be filled in here");
        fine = false;
    }
    return fine ? d : NULL;
}

struct said_list checks_of(const struct rules *rules, const struct rule *rule)
{
    struct said_list own = rule->condition->checks;
    if (own.count || rule->scope != SCOPE_SESSION ||
        rule->effect == VERDICT_HEALTHY)
        return own;
    for (size_t i = 0; i < rules->default_count; i++) {
        const struct default_checks *d = rules->defaults[i];
        for (size_t k = 0; k < d->name_count; k++) {
            if (rule_name_means(d->names[k], rule->id))
                return d->checks;
        }
    }
    return own;
}

/* read_condition.c - `when` and `unless`; see read.h.
 *
 *   - KIND: EXPRESSION      one fact for which it holds
 *       as: NAME
 *       order: any
 *       within: 10
 *   - EXPRESSION            a test of the whole
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/text.h"
#include "rule/read.h"

/* A list item taken apart, before anything in it was understood. */
struct item {
    unsigned line;
    const struct fact_kind *kind; /* NULL: a test of the whole */
    const char *expression;
    const yaml_node_t *as, *order, *within;
};

static bool item_wrong(struct reader *r, unsigned line, struct span key)
{
    struct perhaps perhaps = names_perhaps_kind(&r->names, key);
    const struct fact_kind *kind = fact_kind_find(key);
    if (kind)
        complain(r->document->complaints, line,
                 "a rule of scope %s sees no %s",
                 scope_names[r->names.scope], kind->name);
    else
        complain(r->document->complaints, line,
                 "\"%.*s\" is no kind of fact%s", SHOWN(key), perhaps.text);
    return false;
}

static bool take_entry(struct reader *r, struct item *item,
                       const yaml_node_t *key, const yaml_node_t *value)
{
    struct document *d = r->document;
    const char *name = node_text(d, key, "a pattern's key", false);
    if (!name)
        return false;
    const yaml_node_t **option = strcmp(name, "as") == 0       ? &item->as
                                 : strcmp(name, "order") == 0  ? &item->order
                                 : strcmp(name, "within") == 0 ? &item->within
                                                               : NULL;
    if (option) {
        if (*option)
            complain(d->complaints, node_line(key), "\"%s\" stands twice",
                     name);
        bool first = !*option;
        *option = value;
        return first;
    }
    const struct fact_kind *kind = fact_kind_find(span_of(name));
    if (!kind || !scope_has(r->names.scope, kind))
        return item_wrong(r, node_line(key), span_of(name));
    if (item->kind) {
        complain(d->complaints, node_line(key),
                 "a pattern is about one fact; begin another with \"- %s:\"",
                 name);
        return false;
    }
    item->kind = kind;
    item->line = node_line(value);
    item->expression = node_text(d, value, name, true);
    return item->expression != NULL;
}

static bool read_item(struct reader *r, const yaml_node_t *node,
                      struct item *item)
{
    struct document *d = r->document;
    const yaml_node_t *key, *value;
    *item = (struct item){.line = node_line(node)};
    if (!node_is_map(node)) {
        item->expression = node_text(d, node, "a condition", true);
        return item->expression != NULL;
    }
    for (size_t i = 0; node_map_get(d, node, i, &key, &value); i++) {
        if (!take_entry(r, item, key, value))
            return false;
    }
    if (!item->kind)
        complain(d->complaints, item->line, "a pattern without a kind of fact");
    return item->kind != NULL;
}

/* The session of a session, and the capture, sum up the whole: they stand
 * nowhere in time. */
static bool has_moment(const struct reader *r, const struct fact_kind *kind)
{
    return kind->number != FACT_KIND_capture &&
           (kind->number != FACT_KIND_session ||
            r->names.scope != SCOPE_SESSION);
}

static bool read_order(struct reader *r, const struct item *item,
                       struct pattern *pattern, bool first)
{
    static const char *const words[] = {"any", "after", "before"};
    if (!item->order)
        return true;
    int order = read_word(r, item->order, "order", words, 3);
    if (order < 0)
        return false;
    if (first) {
        complain(r->document->complaints, node_line(item->order),
                 "order: nothing with a place in time stands before it");
        return false;
    }
    pattern->order = (enum pattern_order)order;
    pattern->has_moment = true;
    return true;
}

static bool read_within(struct reader *r, const struct item *item,
                        struct pattern *pattern, bool first)
{
    pattern->within = -1;
    if (!item->within)
        return true;
    unsigned line = node_line(item->within);
    const char *text = node_text(r->document, item->within, "within", false);
    if (!text)
        return false;
    struct threshold *t = names_threshold(&r->names, span_of(text));
    if (t && t->is_number) {
        pattern->within = t->number;
        t->used = true;
    } else if (!text_number(text, &pattern->within) || pattern->within < 0) {
        complain(r->document->complaints, line,
                 "within: a number of seconds, or a threshold, should stand "
                 "here");
        return false;
    }
    if (first)
        complain(r->document->complaints, line,
                 "within: nothing with a place in time stands before it");
    pattern->has_moment = true;
    return !first;
}

static bool is_name(struct span name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.n > 0;
}

static bool read_as(struct reader *r, const struct item *item,
                    const char **name)
{
    if (!item->as)
        return true;
    struct complaints *c = r->document->complaints;
    unsigned line = node_line(item->as);
    *name = node_text(r->document, item->as, "as", false);
    if (!*name)
        return false;
    struct span span = span_of(*name);
    if (!is_name(span))
        complain(c, line, "as: a name is made of small letters, digits and _");
    else if (fact_kind_find(span))
        complain(c, line, "as: \"%s\" is a kind of fact; take another name",
                 *name);
    else if (names_bound(&r->names, span))
        complain(c, line, "as: \"%s\" stands twice", *name);
    else if (names_threshold(&r->names, span))
        complain(c, line, "as: \"%s\" is a threshold; take another name",
                 *name);
    else
        return true;
    return false;
}

/* The pattern of an item with a kind; `first`: nothing to be after or before.
 */
static bool read_pattern(struct reader *r, const struct item *item,
                         struct pattern *pattern, bool first,
                         enum pattern_order usual)
{
    pattern->kind = item->kind;
    pattern->has_moment = has_moment(r, item->kind);
    pattern->order = pattern->has_moment ? usual : ORDER_ANY;
    bool fine = read_within(r, item, pattern, first);
    fine = read_order(r, item, pattern, first) && fine;
    if (strcmp(item->expression, "any") == 0)
        return fine;
    r->names.current = item->kind;
    pattern->test = parse_condition(r->parsing, &r->names,
                                    span_of(item->expression), item->line);
    r->names.current = NULL;
    return fine && pattern->test;
}

static bool too_many(struct reader *r, const struct item *item, size_t count,
                     size_t max)
{
    if (count < max)
        return false;
    complain(r->document->complaints, item->line, "more than %zu of them", max);
    return true;
}

static bool when_test(struct reader *r, const struct item *item)
{
    struct condition *c = r->condition;
    const struct expr *e = parse_condition(
        r->parsing, &r->names, span_of(item->expression), item->line);
    if (!e)
        return false;
    if (expr_needs_pattern(e)) {
        struct pattern *last = &c->when[c->when_count - 1];
        last->then = arena_grow(r->parsing->mem, last->then, last->then_count,
                                &last->then_room, last->then_count + 1,
                                sizeof *last->then);
        last->then[last->then_count++] = e;
        return true;
    }
    if (too_many(r, item, c->test_count, TESTS_MAX))
        return false;
    /* The cheap ones go first, see parse.c. */
    size_t at = c->test_count++;
    for (; at > 0 && c->tests[at - 1]->cost > e->cost; at--)
        c->tests[at] = c->tests[at - 1];
    c->tests[at] = e;
    return true;
}

static bool when_item(struct reader *r, const struct item *item)
{
    struct condition *c = r->condition;
    if (!item->kind)
        return when_test(r, item);
    if (too_many(r, item, c->when_count, PATTERNS_MAX))
        return false;
    struct pattern pattern = {0};
    const char *name = NULL;
    bool fine = read_pattern(r, item, &pattern, !c->has_moment, ORDER_AFTER);
    fine = read_as(r, item, &name) && fine;
    if (!fine)
        return false;
    pattern.slot = (uint8_t)(SLOT_PATTERNS + c->when_count);
    c->has_moment = c->has_moment || pattern.has_moment;
    c->when[c->when_count++] = pattern;
    r->names.bound[r->names.bound_count++] =
        (struct bound){name, item->kind, pattern.slot};
    return true;
}

static bool unless_item(struct reader *r, const struct item *item)
{
    struct condition *c = r->condition;
    if (too_many(r, item, c->unless_count, UNLESS_MAX))
        return false;
    struct pattern pattern = {.within = -1};
    /* Without patterns it is what the aggregates took into account. */
    bool first = !c->has_moment && r->names.counted_count == 0;
    if (item->as) {
        complain(r->document->complaints, node_line(item->as),
                 "as: what must not be there needs no name");
        return false;
    }
    if (item->kind) {
        if (!read_pattern(r, item, &pattern, first, ORDER_ANY))
            return false;
    } else {
        pattern.test = parse_condition(r->parsing, &r->names,
                                       span_of(item->expression), item->line);
        if (!pattern.test)
            return false;
    }
    c->unless[c->unless_count++] = pattern;
    return true;
}

static void add_option(struct reader *r, struct text *out, const char *name,
                       const yaml_node_t *value)
{
    if (value)
        text_addf(out, " (%s: %s)", name,
                  node_text(r->document, value, name, false));
}

static bool read_items(struct reader *r, const yaml_node_t *node,
                       const char *what,
                       bool (*take)(struct reader *, const struct item *),
                       const char **text)
{
    if (!node_is_list(node) || node_list_count(node) == 0) {
        complain(r->document->complaints, node_line(node),
                 "%s: a list of patterns should stand here: - KIND: EXPRESSION",
                 what);
        return false;
    }
    struct text written = {0};
    bool fine = true;
    for (size_t i = 0; i < node_list_count(node); i++) {
        struct item item;
        if (!read_item(r, node_list_get(r->document, node, i), &item) ||
            !take(r, &item)) {
            fine = false;
            continue;
        }
        if (item.kind)
            text_addf(&written, "%s: ", item.kind->name);
        text_adds(&written, item.expression);
        add_option(r, &written, "as", item.as);
        add_option(r, &written, "order", item.order);
        add_option(r, &written, "within", item.within);
        text_adds(&written, "\n");
    }
    *text = arena_string(r->parsing->mem, text_span(&written));
    text_free(&written);
    return fine;
}

bool read_when(struct reader *r, const yaml_node_t *node, const char **text)
{
    r->names.in_condition = true;
    bool fine = read_items(r, node, "when", when_item, text);
    r->names.in_condition = false;
    return fine;
}

bool read_unless(struct reader *r, const yaml_node_t *node, const char **text)
{
    *text = "";
    return !node || read_items(r, node, "unless", unless_item, text);
}

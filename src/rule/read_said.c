/* read_said.c - lists of texts that are said, or only if a test holds; see
 * read.h.
 *
 *   - TEXT
 *   - says: TEXT            (or run: COMMAND)
 *     if: EXPRESSION
 *     because: TEXT         (of hypotheses)
 *     instead: {...}        (of raised-by and lowered-by)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "rule/read.h"

enum { SAID_MAX = 16 };

/* An item taken apart. */
struct item {
    const char *text, *test, *because;
    unsigned line, test_line, because_line;
    const yaml_node_t *instead;
};

static bool take_key(struct reader *r, const char *what, struct item *item,
                     const yaml_node_t *key, const yaml_node_t *value)
{
    struct document *d = r->document;
    const char *name = node_text(d, key, what, false);
    if (name && r->names.in_contrast && strcmp(name, "instead") == 0) {
        item->instead = value;
        return true;
    }
    const char *text = name ? node_text(d, value, name, true) : NULL;
    if (!text)
        return false;
    if (strcmp(name, "says") == 0 || strcmp(name, "run") == 0) {
        item->text = text;
        item->line = node_line(value);
    } else if (strcmp(name, "if") == 0) {
        item->test = text;
        item->test_line = node_line(value);
    } else if (strcmp(name, "because") == 0) {
        item->because = text;
        item->because_line = node_line(value);
    } else {
        complain(d->complaints, node_line(key),
                 "%s: \"%s\" is neither \"says\", \"run\", \"if\" nor "
                 "\"because\"", what, name);
        return false;
    }
    return true;
}

static bool take_item(struct reader *r, const yaml_node_t *node,
                      const char *what, struct item *item)
{
    const yaml_node_t *key, *value;
    *item = (struct item){.line = node_line(node)};
    if (!node_is_map(node)) {
        item->text = node_text(r->document, node, what, true);
        return item->text != NULL;
    }
    for (size_t i = 0; node_map_get(r->document, node, i, &key, &value); i++) {
        if (!take_key(r, what, item, key, value))
            return false;
    }
    if (!item->text)
        complain(r->document->complaints, item->line,
                 "%s: an item needs \"says\" (or \"run\" for a command)", what);
    return item->text != NULL;
}

static const struct template *read_text(struct reader *r,
                                        const yaml_node_t *node,
                                        const char *what)
{
    const char *text = node_text(r->document, node, what, true);
    return text ? template_parse(r->parsing, &r->names, text, node_line(node),
                                 false)
                : NULL;
}

static bool read_instead_part(struct reader *r, const yaml_node_t *key,
                              const yaml_node_t *value, struct instead *out)
{
    const char *word = node_text(r->document, key, "instead", false);
    if (!word)
        return false;
    if (strcmp(word, "user") == 0)
        return (out->user = read_text(r, value, word)) != NULL;
    if (strcmp(word, "admin") == 0)
        return (out->admin = read_text(r, value, word)) != NULL;
    if (strcmp(word, "hypotheses") == 0)
        return read_hypotheses(r, value, &out->hypotheses);
    if (strcmp(word, "next") == 0)
        return read_said(r, value, word, false, &out->next, NULL, NULL);
    complain(r->document->complaints, node_line(key),
             "instead: \"%s\" is neither \"user\", \"admin\", \"hypotheses\" "
             "nor \"next\"", word);
    return false;
}

/* instead: {user: TEXT, admin: TEXT, hypotheses: [...], next: [...]} */
static const struct instead *read_instead(struct reader *r,
                                          const yaml_node_t *node)
{
    struct instead *out = arena_alloc(r->parsing->mem, sizeof *out);
    const yaml_node_t *key, *value;
    *out = (struct instead){0};
    if (!node_is_map(node)) {
        complain(r->document->complaints, node_line(node),
                 "instead: {user: TEXT, admin: TEXT, hypotheses: [...], "
                 "next: [...]} should stand here");
        return NULL;
    }
    for (size_t i = 0; node_map_get(r->document, node, i, &key, &value); i++) {
        if (!read_instead_part(r, key, value, out))
            return NULL;
    }
    return out;
}

static bool compile(struct reader *r, const struct item *item, bool command,
                    struct said *said)
{
    *said = (struct said){0};
    if (item->test) {
        r->names.in_text = false;
        said->test = parse_condition(r->parsing, &r->names,
                                     span_of(item->test), item->test_line);
        r->names.in_text = true;
        if (!said->test)
            return false;
    }
    said->text = template_parse(r->parsing, &r->names, item->text, item->line,
                                command);
    if (item->because)
        said->because = template_parse(r->parsing, &r->names, item->because,
                                       item->because_line, false);
    if (item->instead)
        said->instead = read_instead(r, item->instead);
    return said->text && (said->because || !item->because) &&
           (said->instead || !item->instead);
}

bool read_said(struct reader *r, const yaml_node_t *node, const char *what,
               bool command, struct said_list *out, const char *const **texts,
               size_t *count)
{
    if (!node)
        return true;
    if (!node_is_list(node) || node_list_count(node) > SAID_MAX) {
        complain(r->document->complaints, node_line(node),
                 "%s: a list of %d texts at most should stand here", what,
                 SAID_MAX);
        return false;
    }
    size_t n = node_list_count(node);
    struct said *list = arena_alloc(r->parsing->mem, n * sizeof *list);
    const char **written = arena_alloc(r->parsing->mem, n * sizeof *written);
    bool fine = true;
    for (size_t i = 0; i < n; i++) {
        struct item item;
        if (!take_item(r, node_list_get(r->document, node, i), what, &item) ||
            !compile(r, &item, command, &list[i]))
            fine = false;
        written[i] = item.text ? item.text : "";
    }
    if (fine)
        *out = (struct said_list){list, n};
    if (texts) {
        *texts = written;
        *count = n;
    }
    return fine;
}

bool read_hypotheses(struct reader *r, const yaml_node_t *node,
                     struct said_list *out)
{
    if (!read_said(r, node, "hypotheses", false, out, NULL, NULL))
        return false;
    if (!node || out->count >= 2)
        return true;
    complain(r->document->complaints, node_line(node),
             "hypotheses: with fewer than two there is nothing to decide");
    return false;
}

/* What the patterns matched is long gone when contrast is weighed: only the
 * session and the contrast itself are there. */
bool read_contrast(struct reader *r, const yaml_node_t *node, const char *what,
                   struct said_list *out)
{
    size_t bound = r->names.bound_count, counted = r->names.counted_count;
    r->names.in_contrast = true;
    r->names.bound_count = r->names.counted_count = 0;
    bool fine = read_said(r, node, what, false, out, NULL, NULL);
    r->names.in_contrast = false;
    r->names.bound_count = bound;
    r->names.counted_count = counted;
    for (size_t i = 0; fine && i < out->count; i++) {
        if (out->list[i].test)
            continue;
        complain(r->document->complaints, node_line(node),
                 "%s: each item needs an \"if\"", what);
        fine = false;
    }
    return fine;
}

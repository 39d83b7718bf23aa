/* document.c - see document.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/document.h"

#include <string.h>

#include "base/text.h"
#include "rule/lexer.h"

/* Aliases and deep nesting are refused before libyaml builds anything of them:
 * its effort grows with the square of both. */
static bool events_are_harmless(struct document *d, struct span bytes)
{
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, bytes.p, bytes.n);
    size_t depth = 0, documents = 0;
    bool fine = true;
    for (bool more = true; more;) {
        if (!yaml_parser_parse(&parser, &event)) {
            complain(d->complaints, (unsigned)parser.problem_mark.line + 1,
                     "YAML: %s%s%s", parser.context ? parser.context : "",
                     parser.context ? ", " : "",
                     parser.problem ? parser.problem : "not readable");
            fine = false;
            break;
        }
        unsigned line = (unsigned)event.start_mark.line + 1;
        if (event.type == YAML_SEQUENCE_START_EVENT ||
            event.type == YAML_MAPPING_START_EVENT)
            depth++;
        else if (event.type == YAML_SEQUENCE_END_EVENT ||
                 event.type == YAML_MAPPING_END_EVENT)
            depth--;
        const char *wrong = NULL;
        if (event.type == YAML_ALIAS_EVENT)
            wrong = "YAML aliases (*name) are not for rules; write it out";
        else if (depth > DOCUMENT_DEPTH_MAX)
            wrong = "nested too deeply";
        else if (event.type == YAML_DOCUMENT_START_EVENT && documents++ > 0)
            wrong = "a second document (---); a file holds one list of rules";
        if (wrong)
            complain(d->complaints, line, "%s", wrong);
        fine = !wrong;
        more = fine && event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return fine;
}

bool document_open(struct document *d, struct span bytes, struct arena *mem,
                   struct complaints *complaints)
{
    *d = (struct document){.mem = mem, .complaints = complaints};
    if (bytes.n > RULE_FILE_MAX) {
        complain(complaints, 0, "the file is longer than %d bytes",
                 RULE_FILE_MAX);
        return false;
    }
    if (!bytes.p)
        bytes = SPAN("");
    if (!events_are_harmless(d, bytes))
        return false;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, bytes.p, bytes.n);
    bool loaded = yaml_parser_load(&parser, &d->yaml);
    if (!loaded)
        complain(complaints, (unsigned)parser.problem_mark.line + 1, "YAML: %s",
                 parser.problem ? parser.problem : "not readable");
    yaml_parser_delete(&parser);
    return loaded;
}

void document_close(struct document *d)
{
    yaml_document_delete(&d->yaml);
}

const yaml_node_t *document_root(struct document *d)
{
    return yaml_document_get_root_node(&d->yaml);
}

const yaml_node_t *document_node(struct document *d, int index)
{
    return yaml_document_get_node(&d->yaml, index);
}

unsigned node_line(const yaml_node_t *node)
{
    return (unsigned)node->start_mark.line + 1;
}

size_t node_list_count(const yaml_node_t *list)
{
    return (size_t)(list->data.sequence.items.top -
                    list->data.sequence.items.start);
}

const yaml_node_t *node_list_get(struct document *d, const yaml_node_t *list,
                                 size_t i)
{
    return document_node(d, list->data.sequence.items.start[i]);
}

bool node_map_get(struct document *d, const yaml_node_t *map, size_t i,
                  const yaml_node_t **key, const yaml_node_t **value)
{
    const yaml_node_pair_t *pair = map->data.mapping.pairs.start + i;
    if (pair >= map->data.mapping.pairs.top)
        return false;
    *key = document_node(d, pair->key);
    *value = document_node(d, pair->value);
    return true;
}

bool node_map_has(struct document *d, const yaml_node_t *node, const char *name)
{
    const yaml_node_t *key, *value;
    for (size_t i = 0;
         node_is_map(node) && node_map_get(d, node, i, &key, &value); i++) {
        if (key->type == YAML_SCALAR_NODE &&
            span_same((struct span){key->data.scalar.value,
                                    key->data.scalar.length},
                      span_of(name)))
            return true;
    }
    return false;
}

static bool is_printable(struct span text)
{
    struct text safe = {0};
    text_add_safe(&safe, text);
    bool same = span_same(text_span(&safe), text);
    text_free(&safe);
    return same;
}

static bool lines_are_printable(struct span text)
{
    while (text.n) {
        if (!is_printable(span_cut(&text, '\n')))
            return false;
    }
    return true;
}

const char *node_text(struct document *d, const yaml_node_t *node,
                      const char *what, bool lines)
{
    unsigned line = node_line(node);
    if (node->type != YAML_SCALAR_NODE) {
        complain(d->complaints, line, "%s: a text should stand here; one with "
                                      "\": \" in it needs quotes", what);
        return NULL;
    }
    struct span text = {node->data.scalar.value, node->data.scalar.length};
    text = span_trim(text);
    if (text.n == 0)
        complain(d->complaints, line, "%s: is empty", what);
    else if (!lines && span_find(text, '\n') < text.n)
        complain(d->complaints, line, "%s: must be one line", what);
    else if (!lines_are_printable(text))
        complain(d->complaints, line, "%s: holds a character that can not be "
                                      "printed", what);
    else
        return arena_string(d->mem, text);
    return NULL;
}

bool node_texts(struct document *d, const yaml_node_t *node, const char *what,
                const char *const **texts, size_t *count)
{
    if (!node_is_list(node)) {
        complain(d->complaints, node_line(node),
                 "%s: a list should stand here: [ONE, OTHER]", what);
        return false;
    }
    size_t n = node_list_count(node);
    if (n > LIST_MAX) {
        complain(d->complaints, node_line(node), "%s: more than %d", what,
                 LIST_MAX);
        return false;
    }
    const char **list = arena_alloc(d->mem, n * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        list[i] = node_text(d, node_list_get(d, node, i), what, false);
        if (!list[i])
            return false;
    }
    *texts = list;
    *count = n;
    return true;
}

bool text_number(const char *text, double *number)
{
    struct lexer lexer = {span_of(text)};
    struct token token = lexer_next(&lexer);
    bool minus = token_is(&token, "-");
    if (minus)
        token = lexer_next(&lexer);
    if (token.kind != TOKEN_NUMBER || lexer.rest.n > 0)
        return false;
    *number = minus ? -token.number : token.number;
    return true;
}

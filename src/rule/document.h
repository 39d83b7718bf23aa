/* document.h - a YAML file as nodes with lines, read with libyaml.
 *
 * Aliases and anchors are refused: with them a small file can stand for an
 * endless one, and a rule that a person can read aloud needs none.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_DOCUMENT_H
#define RULE_DOCUMENT_H

#include <yaml.h>

#include "base/arena.h"
#include "rule/complain.h"

enum {
    RULE_FILE_MAX = 1 << 20, /* bytes; the whole rule base has a third */
    DOCUMENT_DEPTH_MAX = 16, /* the language needs 5 */
    LIST_MAX = 256,          /* elements of a list inside a rule */
};

struct document {
    yaml_document_t yaml;
    struct arena *mem; /* texts are copied here */
    struct complaints *complaints;
};

/* False: it was complained about.  Else end with document_close(). */
bool document_open(struct document *d, struct span bytes, struct arena *mem,
                   struct complaints *complaints);
void document_close(struct document *d);

/* NULL for an empty document. */
const yaml_node_t *document_root(struct document *d);
const yaml_node_t *document_node(struct document *d, int index);

/* 1 for the first line. */
unsigned node_line(const yaml_node_t *node);

static inline bool node_is_list(const yaml_node_t *node)
{
    return node->type == YAML_SEQUENCE_NODE;
}

static inline bool node_is_map(const yaml_node_t *node)
{
    return node->type == YAML_MAPPING_NODE;
}

size_t node_list_count(const yaml_node_t *list);
const yaml_node_t *node_list_get(struct document *d, const yaml_node_t *list,
                                 size_t i);

/* A map's i-th key and value; false past the end. */
bool node_map_get(struct document *d, const yaml_node_t *map, size_t i,
                  const yaml_node_t **key, const yaml_node_t **value);

/* Whether it is a map with this key. */
bool node_map_has(struct document *d, const yaml_node_t *node,
                  const char *name);

/* The text of a scalar: one line, or several where `lines`; not empty; with
 * nothing in it that could not be printed.  NULL: it was complained about,
 * `what` is whose text it is. */
const char *node_text(struct document *d, const yaml_node_t *node,
                      const char *what, bool lines);

/* A list of such texts; false: it was complained about. */
bool node_texts(struct document *d, const yaml_node_t *node, const char *what,
                const char *const **texts, size_t *count);

/* A number that is all of the text. */
bool text_number(const char *text, double *number);

#endif

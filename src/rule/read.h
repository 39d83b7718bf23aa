/* read.h - one rule of a document, read and compiled.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_READ_H
#define RULE_READ_H

#include "rule/condition.h"
#include "rule/document.h"

struct reader {
    struct document *document;
    const struct parsing *parsing;
    struct names names;
    struct condition *condition;
};

/* The rule that the node is, living in parsing->mem.  NULL: everything that is
 * wrong with it was complained about. */
struct rule *rule_read(struct document *document,
                       const struct parsing *parsing, const yaml_node_t *node);

/* read_condition.c: the lists after `when` and `unless` (NULL if there is
 * none); gives them as text, a line for each item.  False: it was complained
 * about. */
bool read_when(struct reader *r, const yaml_node_t *node, const char **text);
bool read_unless(struct reader *r, const yaml_node_t *node, const char **text);

/* read_said.c: lists of texts, each perhaps with an `if`.  With texts, gives
 * them as written too.  NULL is an empty list.  False: it was complained
 * about. */
bool read_said(struct reader *r, const yaml_node_t *node, const char *what,
               bool command, struct said_list *out, const char *const **texts,
               size_t *count);
bool read_hypotheses(struct reader *r, const yaml_node_t *node,
                     struct said_list *out);
bool read_contrast(struct reader *r, const yaml_node_t *node, const char *what,
                   struct said_list *out);

/* product.c: an entry that begins with `product`.  NULL: it was complained
 * about. */
struct product *product_read(struct document *document,
                             const struct parsing *parsing,
                             const yaml_node_t *node);

/* default_checks.c: an entry with `checks-for`.  NULL: it was complained
 * about. */
struct default_checks *default_checks_read(struct document *document,
                                           const struct parsing *parsing,
                                           const yaml_node_t *node);

/* check.c: a word of a list; its index, or -1 if it was complained about. */
int read_word(struct reader *r, const yaml_node_t *node, const char *what,
              const char *const *words, size_t count);

/* check.c: whether the id has its form and the family's name in front. */
bool check_id(struct reader *r, const yaml_node_t *node,
              const struct rule *rule);

struct rules;

/* check.c: what only the whole base can tell: whether `explains` names rules
 * that exist, and whether two rules say the same. */
void check_base(const struct rules *rules, struct complaints *complaints);

#endif

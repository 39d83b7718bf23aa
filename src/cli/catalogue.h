/* catalogue.h - the rule base as a book to look things up in: docs/catalogue.md.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_CATALOGUE_H
#define CLI_CATALOGUE_H

#include <stdio.h>

#include "cli/rulebase.h"

/* All rules as Markdown, by family, each with what one sees, what it means,
 * what to do and how to be sure. */
void catalogue_print(const struct rules *rules, FILE *out);

#endif

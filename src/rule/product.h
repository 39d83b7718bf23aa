/* product.h - server programs, and where they write their logs; private to
 * rule/.
 *
 * Told in rules/products.yaml:
 *
 *   - product: Dovecot
 *     known-by: exists(mail.greeting where line contains "Dovecot")
 *     log: 'journalctl -u dovecot: {client} between {from} and {until}'
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_PRODUCT_H
#define RULE_PRODUCT_H

#include "rule/condition.h"

struct product {
    const char *name;
    const struct expr *test;
    const struct template *log;
};

struct rules;

/* By the name that rules_product() gave; NULL if there is none. */
const struct product *product_find(const struct rules *rules,
                                   struct span name);

#endif

/* account.h - a number that stands for a user name, which is not kept.
 *
 * Its upper half is of what stands before the "@", its lower half of what
 * follows; a name without a domain has 0 there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include "base/span.h"

/* 0: the name is empty. */
uint64_t account_number(struct span user);

/* One name, or one of them is the other without its domain.  Neither is 0. */
bool account_may_be(uint64_t a, uint64_t b);

#endif

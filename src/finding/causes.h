/* causes.h - which finding may explain which; private to finding/.
 *
 * A finding explains another of the same session if its rule names it.  From a
 * wider scope it does so whatever the session, if it is about the same client,
 * server or name, and near in time.  Groups are meant by their index.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FINDING_CAUSES_H
#define FINDING_CAUSES_H

#include "finding/collected.h"

#define NO_CAUSE SIZE_MAX

struct causes;

/* The findings are borrowed and must not change; causes_free(). */
struct causes *causes_find(const struct findings *findings);
void causes_free(struct causes **causes);

/* Whether the rule of a names that of b as its symptom, directly, and not
 * against a better rule in a circle. */
bool causes_explain(const struct causes *causes, size_t a, size_t b);

/* The one of two that is the better cause; either may be NO_CAUSE. */
size_t causes_better(const struct causes *causes, size_t a, size_t b);

/* The best cause of b in a wider scope (or, of a wider b, in a narrower one);
 * of that time, if `then` is given. */
size_t causes_wide(const struct causes *causes, size_t b,
                   const struct stretch *then);

/* Whether what is known of a whole client, server or name holds for the other
 * finding. */
bool causes_cover(const struct group *wide, const struct group *other);

#endif

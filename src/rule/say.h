/* say.h - the texts of a rule whose tests hold, filled in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_SAY_H
#define RULE_SAY_H

#include "rule/condition.h"
#include "rule/rule.h"

/* From what texts are filled in, and where they then live. */
struct saying {
    struct view *view;
    const struct who *who;
    struct arena *mem;
};

/* "" for no template. */
const char *say(const struct saying *saying, const struct template *template);

/* Whether the test holds; without one it does. */
bool said_holds(const struct saying *saying, const struct said *said);

/* Those of which the test holds; *count is how many. */
const char *const *say_list(const struct saying *saying,
                            const struct said_list *list, size_t *count);
const struct hypothesis *say_hypotheses(const struct saying *saying,
                                        const struct said_list *list,
                                        size_t *count);

#endif

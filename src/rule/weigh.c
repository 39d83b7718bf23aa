/* weigh.c - whether the other sessions of a capture speak for a finding or
 * against it; see rule.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>

#include "rule/base.h"

static struct who who_of(const struct fact *session, char port[8])
{
    const struct fact_session *s = session->values;
    snprintf(port, 8, "%u", (unsigned)(s->port & 0xffff));
    return (struct who){
        .client = s->client,
        .server = s->server,
        .port = span_of(port),
        .host = s->name.n ? s->name : s->server,
        .time = "",
        .clock = "",
        .starttls = "",
        .from = "",
        .until = "",
    };
}

static const char *first_that_holds(const struct said_list *list,
                                    struct view *view, struct arena *mem)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!expr_true(list->list[i].test, view))
            continue;
        char port[8];
        struct who who = who_of(view->slot[SLOT_SESSION], port);
        struct text text = {0};
        template_fill(list->list[i].text, view, &who, &text);
        const char *said = arena_string(mem, text_span(&text));
        text_free(&text);
        return said;
    }
    return NULL;
}

bool rule_weighs(const struct rule *rule)
{
    return rule->condition->raised.count + rule->condition->lowered.count > 0;
}

/* What contradicts comes first: to be wrong costs more than to be unsure. */
int rule_weigh(const struct rule *rule, const struct fact *session,
               const struct fact *contrast, struct arena *mem, const char **why)
{
    struct view view = {.steps = VIEW_STEPS};
    view.slot[SLOT_SESSION] = session;
    view.slot[SLOT_CONTRAST] = contrast;
    *why = first_that_holds(&rule->condition->lowered, &view, mem);
    if (*why)
        return -1;
    *why = first_that_holds(&rule->condition->raised, &view, mem);
    return *why ? 1 : 0;
}

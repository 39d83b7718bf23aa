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

struct weighed_in {
    struct view view;
    struct who who;
    char port[8];
    struct arena *mem;
};

static const char *filled(const struct template *template,
                          struct weighed_in *w)
{
    if (!template)
        return "";
    struct text text = {0};
    template_fill(template, &w->view, &w->who, &text);
    const char *said = arena_string(w->mem, text_span(&text));
    text_free(&text);
    return said;
}

static bool holds(const struct said *said, struct weighed_in *w)
{
    return !said->test || expr_true(said->test, &w->view);
}

static void fill_instead(const struct instead *instead, struct weighed_in *w,
                         struct weighing *out)
{
    const struct said_list *left = &instead->hypotheses, *next = &instead->next;
    struct hypothesis *hypotheses =
        arena_alloc(w->mem, left->count * sizeof *hypotheses);
    const char **steps = arena_alloc(w->mem, next->count * sizeof *steps);
    for (size_t i = 0; i < left->count; i++) {
        if (holds(&left->list[i], w))
            hypotheses[out->hypothesis_count++] =
                (struct hypothesis){filled(left->list[i].text, w),
                                    filled(left->list[i].because, w)};
    }
    for (size_t i = 0; i < next->count; i++) {
        if (holds(&next->list[i], w))
            steps[out->next_count++] = filled(next->list[i].text, w);
    }
    out->hypotheses = hypotheses;
    out->next = steps;
    out->remedy.user = filled(instead->user, w);
    out->remedy.admin = filled(instead->admin, w);
}

/* Whether one of them holds: the first counts. */
static bool weigh(const struct said_list *list, int step, struct weighed_in *w,
                  struct weighing *out)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct said *said = &list->list[i];
        if (!holds(said, w))
            continue;
        out->step = step;
        out->why = filled(said->text, w);
        if (said->instead)
            fill_instead(said->instead, w, out);
        return true;
    }
    return false;
}

bool rule_weighs(const struct rule *rule)
{
    return rule->condition->raised.count + rule->condition->lowered.count > 0;
}

/* What contradicts comes first: to be wrong costs more than to be unsure. */
struct weighing rule_weigh(const struct rule *rule, const struct fact *session,
                           const struct fact *contrast, struct arena *mem)
{
    struct weighing out = {.why = "", .remedy = {"", ""}};
    struct weighed_in w = {.view = {.steps = VIEW_STEPS}, .mem = mem};
    w.view.slot[SLOT_SESSION] = session;
    w.view.slot[SLOT_CONTRAST] = contrast;
    w.who = who_of(session, w.port);
    if (!weigh(&rule->condition->lowered, -1, &w, &out))
        weigh(&rule->condition->raised, 1, &w, &out);
    return out;
}

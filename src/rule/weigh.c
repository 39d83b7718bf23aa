/* weigh.c - whether the other sessions of a capture speak for a finding or
 * against it; see rule.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/base.h"
#include "rule/match.h"
#include "rule/say.h"

static struct who who_of(const struct fact *session, char port[SPAN_DECIMAL])
{
    const struct fact_session *s = session->values;
    return (struct who){
        .client = s->client,
        .translated = match_is_translated(s),
        .server = s->server,
        .port = span_decimal(s->port, port),
        .host = s->name.n ? s->name : s->server,
        .time = "",
        .clock = "",
        .starttls = "",
        .from = "",
        .until = "",
    };
}

static void say_instead(const struct instead *instead,
                        const struct saying *saying, struct weighing *out)
{
    out->hypotheses =
        say_hypotheses(saying, &instead->hypotheses, &out->hypothesis_count);
    out->next = say_list(saying, &instead->next, &out->next_count);
    out->remedy.user = say(saying, instead->user);
    out->remedy.admin = say(saying, instead->admin);
}

/* Whether one of them holds: the first counts. */
static bool weigh(const struct said_list *list, int step,
                  const struct saying *saying, struct weighing *out)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct said *said = &list->list[i];
        if (!said_holds(saying, said))
            continue;
        out->step = step;
        out->why = say(saying, said->text);
        if (said->instead)
            say_instead(said->instead, saying, out);
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
    struct weighing out = {
        .why = "", .remedy = {"", ""}
    };
    struct view view = {.slot[SLOT_SESSION] = session,
                        .slot[SLOT_CONTRAST] = contrast};
    char port[SPAN_DECIMAL];
    const struct who who = who_of(session, port);
    const struct saying saying = {&view, &who, mem};
    if (!weigh(&rule->condition->lowered, -1, &saying, &out))
        weigh(&rule->condition->raised, 1, &saying, &out);
    return out;
}

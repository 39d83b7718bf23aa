/* weigh.c - findings_weigh(): one step surer, or one less; see findings.h.
 *
 * What a server or a packet says literally stays certain, and what is not
 * literal never becomes so: contrast moves between likely and possible only.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "finding/collected.h"

enum { CERTAIN, LIKELY, POSSIBLE };

/* Groups of one rule are compared with each other; of so many at most. */
enum { COMPARED_MAX = 1024 };

static void count_same(const struct findings *f, const struct group *group,
                       struct weighed *out)
{
    size_t compared = 0;
    for (size_t i = 0; i < f->count && compared < COMPARED_MAX; i++) {
        const struct group *other = f->groups[i];
        if (other == group || other->rule != group->rule)
            continue;
        compared++;
        bool client = strcmp(other->client, group->client) == 0;
        bool server = strcmp(other->server, group->server) == 0;
        out->clients_same += server && !client;
        out->servers_same += client && !server;
    }
}

/* The words that contrast has in place of the finding's own. */
static void reword(struct group *group, const struct weighing *w)
{
    if (*w->remedy.user)
        group->remedy.user = w->remedy.user;
    if (*w->remedy.admin)
        group->remedy.admin = w->remedy.admin;
    if (w->hypothesis_count > 0) {
        group->hypotheses = w->hypotheses;
        group->hypothesis_count = w->hypothesis_count;
    }
    if (w->next_count > 0) {
        group->next = w->next;
        group->next_count = w->next_count;
    }
}

static void move(struct group *group, const struct weighing *w)
{
    size_t now = name_index(confidence_names, group->confidence);
    if (w->step == 0 || (now == CERTAIN && w->step < 0))
        return;
    if (now != CERTAIN)
        group->confidence = confidence_names[w->step > 0 ? LIKELY : POSSIBLE];
    group->confidence_why = w->why;
    reword(group, w);
}

void findings_weigh(struct findings *findings,
                    struct weighing (*weigh)(void *user,
                                             const struct weighed *finding),
                    void *user)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct group *group = findings->groups[i];
        if (!rule_weighs(group->rule) || group->session_count == 0)
            continue;
        struct weighed w = {
            .rule = group->rule,
            .client = group->client,
            .server = group->server,
            .sessions = group->sessions,
            .session_count = group->session_count,
        };
        count_same(findings, group, &w);
        struct weighing weighing = weigh(user, &w);
        move(group, &weighing);
    }
}

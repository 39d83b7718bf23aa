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

static void move(struct group *group, int step, const char *why)
{
    size_t now = name_index(confidence_names, group->confidence);
    if (step == 0 || (now == CERTAIN && step < 0))
        return;
    if (now != CERTAIN)
        group->confidence = confidence_names[step > 0 ? LIKELY : POSSIBLE];
    group->confidence_why = why;
}

void findings_weigh(struct findings *findings,
                    int (*weigh)(void *user, const struct weighed *finding,
                                 const char **why),
                    void *user)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct group *group = findings->groups[i];
        const char *why = "";
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
        int step = weigh(user, &w, &why);
        move(group, step, why);
    }
}

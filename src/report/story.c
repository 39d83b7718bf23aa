/* story.c - see story.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/story.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "report/words.h"

static const struct result_attempt *find_attempt(const struct result *result,
                                                 uint64_t id)
{
    size_t low = 0, high = result->attempt_count;
    while (low < high) { /* they are in the order of their ids */
        size_t middle = low + (high - low) / 2;
        if (result->attempts[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < result->attempt_count && result->attempts[low].id == id;
    return found ? &result->attempts[low] : NULL;
}

const struct result_attempt *attempt_of(const struct result *result,
                                        const struct result_finding *finding)
{
    const struct result_session *s = session_of(result, finding);
    return s && s->attempt ? find_attempt(result, s->attempt) : NULL;
}

/* Of the listed connections, those with this verdict. */
static size_t count_verdicts(const struct result *result,
                             const struct result_attempt *attempt,
                             enum verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < attempt->session_count; i++) {
        const struct result_session *s = result_session(result, attempt->sessions[i]);
        n += s && s->verdict == verdict;
    }
    return n;
}

void say_attempt(struct text *out, const struct result *result,
                 const struct result_attempt *attempt)
{
    if (strcmp(attempt->service, "filters") == 0)
        text_addf(out, "%s, mail filters", attempt->client);
    else
        text_addf(out, "%s, %s mail", attempt->client, attempt->service);
    if (*attempt->user)
        text_addf(out, " of %s", attempt->user);
    text_addf(out, " at %s: ", attempt->server);
    say_how_many(out, attempt->session_count, "connection", "connections");
    text_adds(out, " in ");
    say_duration(out, attempt->duration);
    if (strcmp(attempt->outcome, "detour") == 0 && attempt->detour > 0) {
        text_adds(out, "; it worked after a detour of ");
        say_duration(out, attempt->detour);
    } else if (strcmp(attempt->outcome, "failed") == 0) {
        size_t failed = count_verdicts(result, attempt, VERDICT_FAILURE);
        if (count_verdicts(result, attempt, VERDICT_HEALTHY) > 0 && failed > 0)
            text_addf(out, ", %zu of them failed", failed);
        else
            text_adds(out, "; it failed");
    }
}

/* What people can not tell apart in a list. */
static bool are_alike(const struct result_session *a,
                      const struct result_session *b)
{
    if (strcmp(a->server_address, b->server_address) != 0 ||
        a->server_port != b->server_port || a->verdict != b->verdict ||
        strcmp(a->stage, b->stage) != 0)
        return false;
    for (int i = 0; i < STEPS; i++)
        if (a->steps[i].state != b->steps[i].state)
            return false;
    return true;
}

static void say_line(struct text *out, const struct result_session *s,
                     size_t times)
{
    text_addf(out, "%s port %u  ", s->server_address, s->server_port);
    say_steps(out, s);
    if (times > 1)
        text_addf(out, "  (%zu times)", times);
}

size_t story_tell(const struct result *result,
                  const struct result_attempt *attempt,
                  struct story_line lines[STORY_LINES], size_t *left)
{
    const struct result_session *begun = NULL;
    size_t n = 0, times = 0;
    *left = 0;
    for (size_t i = 0; i <= attempt->session_count; i++) {
        const struct result_session *s =
            i < attempt->session_count ? result_session(result, attempt->sessions[i])
                                       : NULL;
        if (i < attempt->session_count && !s)
            continue; /* counted, not listed */
        if (begun && s && are_alike(begun, s)) {
            times++;
            continue;
        }
        if (begun && n == STORY_LINES) {
            *left += times;
        } else if (begun) {
            lines[n] = (struct story_line){
                .offset = clock_seconds(begun->start - attempt->start)};
            say_line(&lines[n++].words, begun, times);
        }
        begun = s;
        times = 1;
    }
    return n;
}

void say_break(struct text *out, const struct result_attempt *attempt)
{
    if (!attempt->fine_until || attempt->verdict == VERDICT_HEALTHY ||
        strcmp(attempt->outcome, "failed") != 0)
        return;
    text_addf(out, "All was well up to packet %" PRIu64 " (%s); from packet "
                   "%" PRIu64 " on it could not succeed any more.",
              attempt->fine_until, attempt->fine_what, attempt->broken_at);
}

/* pick.c - which session of the one capture to lay beside which of the other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <string.h>

#include "diff/diff.h"

/* Each of the candidates is held against all sessions of the good capture. */
enum { CANDIDATES_MAX = 64 };

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* What was spoken, or else what would have been at this port. */
static bool same_protocol(const struct result_session *a,
                          const struct result_session *b)
{
    return a->server_port == b->server_port ||
           (same(a->protocol, b->protocol) && !same(a->protocol, "unknown"));
}

/* The more, the more alike.  A session that did its work comes before one that
 * is like the other in all but the protocol. */
static unsigned likeness(const struct result_session *good,
                         const struct result_session *bad)
{
    unsigned score = 0;
    score += same_protocol(good, bad) ? 256u : 0;
    score += good->verdict == VERDICT_HEALTHY        ? 128u
             : good->verdict == VERDICT_DEGRADED     ? 96u
             : good->verdict == VERDICT_UNDETERMINED ? 64u
                                                     : 0;
    score += good->server_port == bad->server_port ? 16u : 0;
    score += same(good->security, bad->security) ? 8u : 0;
    score += same(good->server_name, bad->server_name) ? 4u : 0;
    score += same(good->server_address, bad->server_address) ? 2u : 0;
    score += same(good->client_address, bad->client_address) ? 1u : 0;
    return score;
}

/* The worse, the more. */
static unsigned illness(const struct result_session *s)
{
    unsigned ill = s->verdict == VERDICT_FAILURE        ? 6
                   : s->verdict == VERDICT_DEGRADED     ? 4
                   : s->verdict == VERDICT_UNDETERMINED ? 2
                                                        : 0;
    return ill + (s->primary != NULL);
}

static unsigned worst(const struct result *result)
{
    unsigned ill = 0;
    for (size_t i = 0; i < result->session_count; i++)
        if (illness(&result->sessions[i]) > ill)
            ill = illness(&result->sessions[i]);
    return ill;
}

/* It failed, and no session of it did: names were not found, say. */
static bool failed_before(const struct result *result)
{
    for (size_t i = 0; i < result->session_count; i++)
        if (result->sessions[i].verdict == VERDICT_FAILURE)
            return false;
    return result->session_count == 0 || result->verdict == VERDICT_FAILURE;
}

static bool exists(const struct result *result, uint64_t id, struct err *err)
{
    if (id == 0 || result_session(result, id))
        return true;
    return err_set(err,
                   "%s: has no session %" PRIu64 "; mailwhy -v lists "
                   "those it has",
                   result->file, id);
}

/* Earlier ones win where all else is equal. */
static void pick_good(const struct result *good,
                      const struct result_session *bad, uint64_t fixed,
                      unsigned *best, uint64_t *good_id, uint64_t *bad_id)
{
    for (size_t i = 0; i < good->session_count; i++) {
        const struct result_session *s = &good->sessions[i];
        if (fixed && s->id != fixed)
            continue;
        if (*best && likeness(s, bad) + 1 <= *best)
            continue;
        *best = likeness(s, bad) + 1;
        *good_id = s->id;
        *bad_id = bad->id;
    }
}

bool diff_pick(const struct result *good, const struct result *bad,
               uint64_t *good_id, uint64_t *bad_id, struct err *err)
{
    static const struct result_session nothing = {.protocol = "unknown"};
    uint64_t fixed_good = *good_id, fixed_bad = *bad_id;
    unsigned best = 0, ill = worst(bad);
    size_t tried = 0;
    if (good->session_count == 0)
        return err_set(err,
                       "%s: holds no mail session, so there is nothing "
                       "to compare with",
                       good->file);
    if (!exists(good, fixed_good, err) || !exists(bad, fixed_bad, err))
        return false;
    if (!fixed_bad && failed_before(bad)) {
        pick_good(good, &nothing, fixed_good, &best, good_id, bad_id);
        return true;
    }
    for (size_t i = 0; i < bad->session_count && tried < CANDIDATES_MAX; i++) {
        const struct result_session *s = &bad->sessions[i];
        if (fixed_bad ? s->id != fixed_bad : illness(s) != ill)
            continue;
        pick_good(good, s, fixed_good, &best, good_id, bad_id);
        tried++;
    }
    return true;
}

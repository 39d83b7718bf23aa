/* result.c - see result.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "finding/result.h"

#include "base/text.h"

const char *const step_names[STEPS] = {"dns",   "connect", "greeting", "tls",
                                       "login", "mailbox", "transfer", "close"};

struct result *result_new(const char *file)
{
    struct arena *mem = arena_new();
    struct result *result = arena_alloc(mem, sizeof *result);
    *result = (struct result){
        .mem = mem,
        .file = arena_string(mem, span_of(file)),
        .format = "",
        .verdict = VERDICT_NO_MAIL,
        .good_news = "",
        .not_the_cause = "",
    };
    return result;
}

struct result *result_failed(const char *file, const char *why)
{
    struct text name = {0};
    text_add_safe(&name, span_of(file));
    struct result *result = result_new(text_string(&name));
    result->verdict = VERDICT_UNDETERMINED;
    result->error = arena_string(result->mem, span_of(why));
    text_free(&name);
    return result;
}

void result_free(struct result **result)
{
    if (!*result)
        return;
    struct arena *mem = (*result)->mem;
    facts_free(&(*result)->trace);
    arena_free(&mem);
    *result = NULL;
}

const struct result_session *result_session(const struct result *result,
                                            uint64_t id)
{
    size_t low = 0, high = result->session_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (result->sessions[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < result->session_count && result->sessions[low].id == id;
    return found ? &result->sessions[low] : NULL;
}

/* Those of which a session is listed; both are in the order of their first
 * packets. */
static void keep_attempts(struct result *result)
{
    struct result_attempt *attempts =
        arena_alloc(result->mem, result->attempt_count * sizeof *attempts);
    bool *wanted = arena_alloc(result->mem, result->attempt_count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < result->session_count; i++)
        wanted[result->sessions[i].attempt] = true;
    for (size_t i = 0; i < result->attempt_count; i++)
        if (wanted[result->attempts[i].id])
            attempts[kept++] = result->attempts[i];
    result->attempts = attempts;
    result->attempt_count = kept;
}

void result_list_at_most(struct result *result, size_t most)
{
    size_t unwell = 0, kept = 0;
    if (result->session_count <= most)
        return;
    for (size_t i = 0; i < result->session_count; i++)
        unwell += result->sessions[i].verdict != VERDICT_HEALTHY;
    size_t well = unwell < most ? most - unwell : 0;
    struct result_session *sessions =
        arena_alloc(result->mem, most * sizeof *sessions);
    for (size_t i = 0; i < result->session_count && kept < most; i++) {
        bool is_well = result->sessions[i].verdict == VERDICT_HEALTHY;
        if (is_well && well == 0)
            continue;
        well -= is_well;
        sessions[kept++] = result->sessions[i];
    }
    result->sessions_unlisted += result->session_count - kept;
    result->sessions = sessions;
    result->session_count = kept;
    keep_attempts(result);
}

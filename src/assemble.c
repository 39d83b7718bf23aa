/* assemble.c - see assemble.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "assemble.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge.h"

static const char *milliseconds(struct arena *mem, double seconds)
{
    if (seconds >= 1)
        return arena_printf(mem, "%.1f s", seconds);
    if (seconds >= 0.001)
        return arena_printf(mem, "%.0f ms", seconds * 1000);
    return arena_printf(mem, "%.1f ms", seconds * 1000);
}

static bool is(struct span text, const char *word)
{
    return span_same(text, span_of(word));
}

static void steps_of_transport(struct arena *mem, const struct book_entry *e,
                               struct step_result *steps)
{
    const struct fact_session *s = &e->session;
    if (e->dns_delay >= 0)
        steps[STEP_DNS] =
            (struct step_result){STEP_OK, milliseconds(mem, e->dns_delay)};
    if (s->midstream)
        steps[STEP_CONNECT] = (struct step_result){STEP_UNKNOWN, ""};
    else if (is(s->handshake, "full"))
        steps[STEP_CONNECT] = (struct step_result){
            STEP_OK, s->rtt > 0 ? milliseconds(mem, s->rtt) : ""};
    else if (is(s->handshake, "refused"))
        steps[STEP_CONNECT] = (struct step_result){STEP_FAILED, "REFUSED"};
    else if (is(s->handshake, "syn-only"))
        steps[STEP_CONNECT] = (struct step_result){STEP_FAILED, "NO ANSWER"};
    else
        steps[STEP_CONNECT] = (struct step_result){STEP_FAILED, "UNFINISHED"};
}

static void steps_of_content(struct arena *mem, const struct book_entry *e,
                             struct step_result *steps)
{
    const struct fact_session *s = &e->session;
    const struct step_result ok = {STEP_OK, ""};
    enum step_state unseen =
        s->encrypted || s->midstream ? STEP_UNKNOWN : STEP_ABSENT;
    uint64_t moved = s->sent + s->received + e->stored;

    steps[STEP_GREETING].state = s->greeted ? STEP_OK : unseen;
    if (is(s->tls, "ok"))
        steps[STEP_TLS] = (struct step_result){
            STEP_OK, arena_string(mem, span_of(e->tls_version))};
    else if (is(s->tls, "failed") || is(s->tls, "started"))
        steps[STEP_TLS].state = STEP_UNKNOWN;
    if (s->logins_ok)
        steps[STEP_LOGIN] = ok;
    else if (s->logins_refused)
        steps[STEP_LOGIN] = (struct step_result){STEP_FAILED, "REFUSED"};
    else
        steps[STEP_LOGIN].state = unseen;
    if (is(s->stage, "mailbox") || (s->received && s->logins_ok))
        steps[STEP_MAILBOX] = ok;
    if (moved)
        steps[STEP_TRANSFER] = ok;
    else if (s->refused_messages)
        steps[STEP_TRANSFER] = (struct step_result){STEP_FAILED, "REFUSED"};
    if (s->finished)
        steps[STEP_CLOSE] = ok;
}

static void add_count(struct text *out, uint64_t count, const char *what)
{
    if (count == 0)
        return;
    if (out->n)
        text_adds(out, ", ");
    text_addf(out, "%llu %s %s", (unsigned long long)count,
              count == 1 ? "message" : "messages", what);
}

static const char *what_it_did(struct arena *mem, uint64_t received,
                               uint64_t sent, uint64_t stored,
                               const char *sent_as, uint64_t logins)
{
    struct text text = {0};
    if (received + sent + stored == 0 && logins > 0)
        text_adds(&text, logins == 1 ? "login accepted" : "logins accepted");
    add_count(&text, received, "fetched");
    add_count(&text, sent, "sent");
    if (sent && sent_as[0])
        text_addf(&text, " (%s)", sent_as);
    add_count(&text, stored, "stored");
    const char *said = arena_string(mem, text_span(&text));
    text_free(&text);
    return said;
}

static struct result_session session_of(struct arena *mem,
                                        const struct book_entry *e)
{
    const struct fact_session *s = &e->session;
    struct result_session out = {
        .id = s->id,
        .protocol = arena_string(mem, s->protocol),
        .security = arena_string(mem, s->security),
        .client_address = arena_string(mem, s->client),
        .server_address = arena_string(mem, s->server),
        .client_port = (uint16_t)s->client_port,
        .server_port = (uint16_t)s->port,
        .start = e->start,
        .duration = s->duration,
        .packets = s->packets,
        .first_packet = e->first_frame,
        .last_packet = e->last_frame,
        .stage = arena_string(mem, s->stage),
        .verdict = judge_default(s),
        .decrypted = s->decrypted,
        .summary = what_it_did(mem, e->received, e->sent, e->stored, e->sent_as,
                               s->logins_ok),
        .rtt = s->rtt,
        .retransmissions =
            s->client_retransmissions + s->server_retransmissions,
        .client_bytes = s->client_bytes,
        .health_check = s->health_check,
        .server_bytes = s->server_bytes,
    };
    if (s->name.n) {
        struct text safe = {0};
        text_add_safe(&safe, s->name);
        out.server_name = arena_string(mem, text_span(&safe));
        text_free(&safe);
    }
    for (int step = 0; step < STEPS; step++)
        out.steps[step].detail = "";
    steps_of_transport(mem, e, out.steps);
    steps_of_content(mem, e, out.steps);
    for (int step = 0; step < STEPS; step++) {
        if (!out.steps[step].detail)
            out.steps[step].detail = "";
    }
    return out;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static uint64_t distinct(const struct result *r,
                         const char *(*key)(const struct result_session *))
{
    const char **keys = must_alloc(r->session_count * sizeof *keys);
    uint64_t count = 0;
    for (size_t i = 0; i < r->session_count; i++)
        keys[i] = key(&r->sessions[i]);
    if (r->session_count)
        qsort(keys, r->session_count, sizeof *keys, compare_words);
    for (size_t i = 0; i < r->session_count; i++)
        count += i == 0 || strcmp(keys[i - 1], keys[i]) != 0;
    free(keys);
    return count;
}

static const char *client_key(const struct result_session *s)
{
    return s->client_address;
}

static const char *server_key(const struct result_session *s)
{
    return s->server_address;
}

void assemble_sessions(struct result *result, struct book *book)
{
    size_t count = book_count(book);
    struct result_session *sessions =
        arena_alloc(result->mem, count * sizeof *sessions);
    for (size_t i = 0; i < count; i++)
        sessions[i] = session_of(result->mem, book_get(book, i));
    result->sessions = sessions;
    result->session_count = count;
    result->sessions_unlisted = book_unlisted(book);
    result->counts_least = book_unlisted(book) > 0;
    result->clients = distinct(result, client_key);
    result->servers = distinct(result, server_key);
}

/* How far the session got, as a step; STEPS if that is none. */
static int last_step(const struct result_session *s)
{
    int step = STEP_CONNECT;
    while (step < STEPS && strcmp(step_names[step], s->stage) != 0)
        step++;
    return step;
}

/* TLS did its part; what failed was said inside it. */
static bool is_inside_tls(const struct result_session *s)
{
    return s->primary && strstr(s->primary, "tls.encrypted-") != NULL;
}

/* Which step a session ended at, when it failed. */
static void mark_failed_step(struct result_session *s)
{
    for (int step = 0; step < STEPS; step++) {
        if (s->steps[step].state == STEP_FAILED)
            return;
    }
    int last = last_step(s);
    if (last == STEP_TLS && is_inside_tls(s))
        last = STEP_LOGIN;
    if (last < STEPS)
        s->steps[last] = (struct step_result){STEP_FAILED, "FAILED"};
}

/* The same when nobody can tell: the step was begun, its end was not seen. */
static void mark_unknown_step(struct result_session *s)
{
    int last = last_step(s);
    if (last < STEPS && s->steps[last].state == STEP_ABSENT)
        s->steps[last].state = STEP_UNKNOWN;
}

/* A step that a session took without success, although it did its work, is no
 * failure to show: a login refused first and accepted later, say. */
static void unmark_failed_steps(struct result_session *s)
{
    for (int step = 0; step < STEPS; step++) {
        if (s->steps[step].state == STEP_FAILED && step != STEP_CONNECT)
            s->steps[step].state = STEP_UNKNOWN;
    }
}

/* A look-up that gave an answer may still be the cause, by what it answered. */
static bool is_about_names(const char *finding)
{
    return finding && strstr(finding, "dns") != NULL;
}

static const char *not_the_cause(struct result *result)
{
    static const char *const words[STEPS] = {
        "DNS",   "the connection", "the greeting",     "TLS",
        "login", "the mailbox",    "message transfer", ""};
    const struct result_session *failed = NULL;
    for (size_t i = 0; i < result->session_count && !failed; i++) {
        if (result->sessions[i].verdict == VERDICT_FAILURE)
            failed = &result->sessions[i];
    }
    if (!failed || result->verdict != VERDICT_FAILURE)
        return "";
    struct text text = {0};
    for (int step = 0; step < STEP_CLOSE; step++) {
        if (failed->steps[step].state == STEP_FAILED)
            break;
        if (step == STEP_DNS && is_about_names(failed->primary))
            continue;
        if (failed->steps[step].state == STEP_OK && words[step][0])
            text_addf(&text, "%s%s", text.n ? ", " : "", words[step]);
    }
    const char *said = arena_string(result->mem, text_span(&text));
    text_free(&text);
    return said;
}

void assemble_end(struct result *result, struct book *book)
{
    /* The result's sessions are its own until it is handed out. */
    struct result_session *sessions =
        (struct result_session *)(uintptr_t)result->sessions;
    uint64_t received = 0, sent = 0, stored = 0, logins = 0;
    const char *sent_as = "";
    for (size_t i = 0; i < result->session_count; i++) {
        const struct book_entry *e = book_get(book, i);
        received += e->received;
        sent += e->sent;
        stored += e->stored;
        logins += e->session.logins_ok;
        if (e->sent_as[0])
            sent_as = e->sent_as;
        if (sessions[i].verdict == VERDICT_FAILURE)
            mark_failed_step(&sessions[i]);
        else
            unmark_failed_steps(&sessions[i]);
        if (sessions[i].verdict == VERDICT_UNDETERMINED)
            mark_unknown_step(&sessions[i]);
        if (sessions[i].verdict == VERDICT_HEALTHY)
            result->healthy_sessions++;
    }
    result->good_news =
        what_it_did(result->mem, received, sent, stored, sent_as, logins);
    if (result->counts_least && received + sent + stored > 0)
        result->good_news =
            arena_printf(result->mem, "at least %s", result->good_news);
    result->not_the_cause = not_the_cause(result);
}

/* words.c - see words.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

const char *verdict_label(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_FAILURE:
        return "FAILED";
    case VERDICT_DEGRADED:
        return "DEGRADED";
    case VERDICT_UNDETERMINED:
        return "CAN NOT TELL";
    case VERDICT_HEALTHY:
        return "OK";
    case VERDICT_NO_MAIL:
        break;
    }
    return "NO MAIL";
}

const char *who_acts(const char *where, const char *who)
{
    static const struct {
        const char *where, *who;
    } people[] = {
        {"client", "you, or whoever looks after this computer"},
        {"local-network", "whoever looks after the network the client is in"},
        {"path", "whoever runs the network between the client and the server"},
        {"server", "whoever runs the mail server"},
        {"account", "the account's owner"},
        {"capture", "whoever took the capture"},
    };
    if (*who)
        return who;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (strcmp(people[i].where, where) == 0)
            return people[i].who;
    return "not known";
}

void say_count(struct text *out, uint64_t n)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text_adds(out, " ");
        text_addf(out, "%c", digits[i]);
    }
}

void say_how_many(struct text *out, uint64_t n, const char *one,
                  const char *many)
{
    if (n == 1) {
        text_addf(out, "one %s", one);
        return;
    }
    if (n == 0)
        text_adds(out, "no");
    else
        say_count(out, n);
    text_addf(out, " %s", many);
}

void say_duration(struct text *out, double seconds)
{
    if (seconds < 0.0995)
        text_addf(out, seconds < 0.0005 ? "less than 1 ms" : "%.0f ms",
                  seconds * 1e3);
    else if (seconds < 9.95)
        text_addf(out, "%.1f s", seconds);
    else if (seconds < 120)
        text_addf(out, "%.0f s", seconds);
    else if (seconds < 7200)
        text_addf(out, "%.0f min", seconds / 60);
    else
        text_addf(out, "%.1f h", seconds / 3600);
}

/* IMAP, POP3, ...; NULL where it is not known. */
static const char *protocol_word(const char *protocol)
{
    static const char *const words[][2] = {
        {"imap", "IMAP"},
        {"pop3", "POP3"},
        {"smtp", "SMTP"},
        {"sieve", "ManageSieve"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], protocol) == 0)
            return words[i][1];
    return NULL;
}

void say_protocol(struct text *out, const struct result_session *session)
{
    const char *word = protocol_word(session->protocol);
    text_adds(out, word ? word : "mail");
    if (word && strcmp(session->security, "implicit-tls") == 0)
        text_adds(out, "S");
}

void say_session(struct text *out, const struct result_session *session)
{
    text_addf(out, "%s -> ", session->client_address);
    if (session->server_name)
        text_addf(out, "%s (%s)", session->server_name,
                  session->server_address);
    else
        text_adds(out, session->server_address);
    text_addf(out, " port %u", session->server_port);
    const char *word = protocol_word(session->protocol);
    if (!word)
        return;
    text_addf(out, ", %s", word);
    if (strcmp(session->security, "implicit-tls") == 0)
        text_adds(out, " over TLS");
    else if (strcmp(session->security, "starttls") == 0)
        text_adds(out, " with STARTTLS");
    else if (strcmp(session->security, "plain") == 0)
        text_adds(out, " without encryption");
}

static void say_step(struct text *out, enum step step,
                     const struct step_result *result)
{
    struct span detail = span_of(result->detail);
    text_adds(out, step_names[step]);
    /* "tls 1.3 ok" reads better than "tls ok TLSv1.3". */
    if (step == STEP_TLS && span_starts(detail, SPAN("TLSv"))) {
        text_adds(out, " ");
        text_add(out, span_skip(detail, 4));
        detail.n = 0;
    }
    switch (result->state) {
    case STEP_OK:
        text_adds(out, " ok");
        break;
    case STEP_FAILED:
        if (!detail.n)
            text_adds(out, " FAILED");
        break;
    case STEP_UNKNOWN:
        text_adds(out, " ?");
        break;
    case STEP_ABSENT:
        break;
    }
    if (detail.n) {
        text_adds(out, " ");
        text_add(out, detail);
    }
}

void say_steps(struct text *out, const struct result_session *session)
{
    bool any = false;
    for (enum step step = STEP_DNS; step < STEPS; step++) {
        if (session->steps[step].state == STEP_ABSENT)
            continue;
        if (any)
            text_adds(out, " > ");
        say_step(out, step, &session->steps[step]);
        any = true;
    }
}

/* Up to the first full stop that ends a sentence: one that a capital or nothing
 * follows, not the one of "e.g. " or of a name. */
static struct span first_sentence(const char *text)
{
    struct span s = span_of(text);
    for (size_t i = 0; i + 2 < s.n; i++) {
        if (s.p[i] == '.' && s.p[i + 1] == ' ' && s.p[i + 2] >= 'A' &&
            s.p[i + 2] <= 'Z')
            return span_first(s, i + 1);
    }
    return s;
}

void say_first_step(struct text *out, const struct result_finding *finding)
{
    bool user = strcmp(finding->where, "client") == 0 ||
                strcmp(finding->where, "account") == 0 ||
                strcmp(finding->where, "capture") == 0;
    const char *text = user ? finding->remedy_user : finding->remedy_admin;
    const char *label = "What to do: ";
    if (finding->effect == VERDICT_UNDETERMINED) {
        text = finding->next_count ? finding->next[0] : finding->remedy_user;
        label = "To find out: ";
    }
    if (!*text)
        text = user ? finding->remedy_admin : finding->remedy_user;
    if (!*text)
        return;
    struct text sentence = {0};
    text_add(&sentence, first_sentence(text));
    text_adds(out, label);
    say_sentence(out, text_string(&sentence));
    text_free(&sentence);
}

bool is_unreadable(const struct result *result)
{
    return result->error && result->packets == 0;
}

void say_capture(struct text *out, const struct result *result)
{
    if (is_unreadable(result)) {
        text_adds(out, "not analysed");
        return;
    }
    uint64_t sessions = result->session_count + result->sessions_unlisted;
    say_how_many(out, result->packets, "packet", "packets");
    if (result->packets > 1) {
        text_adds(out, " in ");
        say_duration(out, clock_seconds(result->end - result->start));
    }
    text_adds(out, ", ");
    if (sessions == 1 && result->session_count == 1) {
        text_adds(out, "one ");
        say_protocol(out, &result->sessions[0]);
        text_adds(out, " session");
        return;
    }
    say_how_many(out, sessions, "mail session", "mail sessions");
    if (sessions == 0)
        return;
    const char *least = result->counts_least ? "at least " : "";
    if (result->clients > 1) {
        text_addf(out, " of %s", least);
        say_how_many(out, result->clients, "client", "clients");
    }
    if (result->clients > 1 || result->servers > 1) {
        text_addf(out, " with %s", least);
        say_how_many(out, result->servers, "server", "servers");
    }
}

const struct result_session *session_of(const struct result *result,
                                        const struct result_finding *finding)
{
    size_t k = 0; /* both are in the order of their ids */
    for (size_t i = 0; i < finding->session_count; i++) {
        while (k < result->session_count &&
               result->sessions[k].id < finding->sessions[i])
            k++;
        if (k < result->session_count &&
            result->sessions[k].id == finding->sessions[i])
            return &result->sessions[k];
    }
    return NULL;
}

bool is_cause(const struct result_finding *finding)
{
    return finding->primary && finding->effect != VERDICT_HEALTHY;
}

bool is_note(const struct result_finding *finding)
{
    /* What the capture lacks is shown by itself, see result->quality. */
    return !is_cause(finding) && !finding->explained_by &&
           strcmp(finding->family, "capture") != 0;
}

static bool are_like(const struct result_finding *a,
                     const struct result_finding *b)
{
    return is_cause(a) == is_cause(b) && is_note(a) == is_note(b) &&
           a->effect == b->effect && strcmp(a->id, b->id) == 0;
}

bool is_first_like(const struct result *result, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (are_like(&result->findings[k], &result->findings[i]))
            return false;
    return true;
}

void say_likes(struct text *out, const struct result *result, size_t i)
{
    enum { NAMED = 5 };
    const struct result_finding *first = &result->findings[i];
    size_t n = 0;
    for (size_t k = i + 1; k < result->finding_count; k++) {
        const struct result_finding *f = &result->findings[k];
        if (!are_like(first, f) || ++n > NAMED)
            continue;
        text_addf(out, "%s%s%s%s", n > 1 ? ", " : "The same: ",
                  f->client ? f->client : "",
                  !f->client                    ? ""
                  : f->server                   ? " at "
                  : f->server_name              ? " for "
                                                : "",
                  f->server_name ? f->server_name
                  : f->server    ? f->server
                                 : "");
        if (f->count > 1)
            text_addf(out, " (%" PRIu64 " times)", f->count);
    }
    if (n > NAMED)
        text_addf(out, " and %zu more", n - NAMED);
}

void say_note(struct text *out, const struct result *result, size_t i,
              bool grouped)
{
    const struct result_finding *finding = &result->findings[i];
    size_t likes = 0;
    for (size_t k = i + 1; grouped && k < result->finding_count; k++)
        likes += are_like(finding, &result->findings[k]);
    say_sentence(out, *finding->summary ? finding->summary : finding->title);
    if (finding->healed)
        text_adds(out, " A later connection made up for it.");
    if (likes) {
        text_adds(out, " The same of ");
        say_how_many(out, likes, "other client or server",
                     "other clients or servers");
        text_adds(out, ".");
    }
}

/* With a stop of its own, which may stand inside a bracket. */
static bool is_whole(struct span s)
{
    if (s.n > 1 && s.p[s.n - 1] == ')')
        return s.p[s.n - 2] == '.';
    return s.n == 0 || s.p[s.n - 1] == '.' || s.p[s.n - 1] == '!' ||
           s.p[s.n - 1] == '?';
}

void say_sentence(struct text *out, const char *sentence)
{
    struct span s = span_trim(span_of(sentence));
    text_add(out, s);
    if (!is_whole(s))
        text_adds(out, ".");
}

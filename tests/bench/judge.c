/* judge.c - how long the rules take for one session.
 *
 *   bench_judge RULES DIALOG...
 *
 * Plays each dialog once, adds what TCP and the summary would have told, and
 * judges the session again and again.  Prints the number of rules, the
 * microseconds of processor time for one evaluation, on average over the
 * dialogs (the least of ROUNDS), and how many findings there were; their words
 * are left out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dialog.h"
#include "rule/rule.h"

enum { ROUNDS = 7, TIMES = 2000, SUBJECTS_MAX = 64 };

static const struct dissector *dissector_named(struct span name)
{
    for (size_t i = 0; i < dissector_count; i++) {
        if (span_same(span_of(dissectors[i]->name), name))
            return dissectors[i];
    }
    return NULL;
}

static void talk(const struct dialog *d, struct arena *mem, struct facts *facts)
{
    const struct dissector *dissector = dissector_named(d->protocol);
    const struct flow_context context = {.over_tls = false};
    void *self = dissector->open(mem, &context);
    uint64_t offset[2] = {0, 0};
    for (size_t i = 0; i < d->step_count; i++) {
        const struct step *s = &d->steps[i];
        if (s->kind != STEP_SAY)
            continue;
        facts_stamp(facts, i + 4, s->time);
        struct chunk chunk = {
            .dir = s->dir, .offset = offset[s->dir], .bytes = s->bytes};
        dissector->feed(self, &chunk, facts);
        offset[s->dir] += s->bytes.n;
    }
    dissector->close(self, END_FIN, facts);
}

/* As the flow table and the summary tell of a session that went well. */
static struct facts *session_of(const struct dialog *d, struct arena *mem)
{
    struct facts *facts = facts_new(1);
    facts_stamp(facts, 3, 0);
    TELL(facts, tcp_connect, .rtt = 0.02, .syn_count = 1, .delay = 0.02);
    talk(d, mem, facts);
    TELL(facts, tcp_fin, .by = SPAN("client"), .first = true,
         .client_bytes = 200, .server_bytes = 900, .delay = 0.02);
    TELL(facts, tcp_fin, .by = SPAN("server"), .client_bytes = 200,
         .server_bytes = 900, .delay = 0.02);
    TELL(facts, session, .id = 1, .client = SPAN("192.0.2.10"),
         .server = SPAN("198.51.100.25"), .client_port = 40000,
         .port = d->port, .name = SPAN("mail.example.org"),
         .protocol = d->protocol, .expected = d->protocol,
         .expected_security = SPAN("plain"), .security = SPAN("plain"),
         .stage = SPAN("close"), .handshake = SPAN("full"), .syn_count = 1,
         .rtt = 0.02, .packets = 40, .client_bytes = 200, .server_bytes = 900,
         .duration = 1, .end = SPAN("client-fin"), .greeted = true,
         .greeting_delay = 0.02, .commands = 6, .logins_ok = 1, .received = 1,
         .finished = true, .worked = true, .tls = SPAN("none"));
    return facts;
}

static void found(void *user, const struct match *match)
{
    (void)match;
    ++*(size_t *)user;
}

/* As for all sessions of one client with one server but the first few. */
static bool no_words(void *user, const struct match *match)
{
    (void)user;
    (void)match;
    return false;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double measure(const struct rules *rules, struct facts **subjects,
                      size_t count, double *findings)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        size_t fired = 0;
        double begin = now();
        for (size_t i = 0; i < count; i++) {
            struct arena *mem = arena_new();
            const struct judge_taker taker = {no_words, found, &fired};
            for (int n = 0; n < TIMES; n++)
                rules_judge_for(rules, SCOPE_SESSION, subjects[i], mem, &taker);
            arena_free(&mem);
        }
        double spent = now() - begin;
        best = spent < best ? spent : best;
        *findings = (double)fired / (double)count / TIMES;
    }
    return best / (double)count / TIMES * 1e6;
}

int main(int argc, char **argv)
{
    struct err err = {""};
    struct arena *mem = arena_new();
    struct facts *subjects[SUBJECTS_MAX];
    size_t count = 0;
    if (argc < 3 || argc - 2 > SUBJECTS_MAX) {
        fprintf(stderr, "usage: bench_judge RULES DIALOG...\n");
        return 2;
    }
    struct rules *rules =
        rules_load((const char *const *)&argv[1], 1, NULL, NULL, &err);
    for (int i = 2; rules && i < argc; i++) {
        struct dialog d;
        if (!dialog_read(argv[i], mem, &d, &err))
            break;
        subjects[count++] = session_of(&d, mem);
    }
    if (!rules || count != (size_t)argc - 2) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    double findings = 0;
    double microseconds = measure(rules, subjects, count, &findings);
    printf("%zu %.3f %.1f\n", rules_count(rules), microseconds, findings);
    for (size_t i = 0; i < count; i++)
        facts_free(&subjects[i]);
    rules_free(&rules);
    arena_free(&mem);
    return 0;
}

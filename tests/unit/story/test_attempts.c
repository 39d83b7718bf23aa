/* test_attempts.c - which sessions belong together, and what a later one makes
 * up for.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "story/attempts.h"
#include "story/endpoints.h"

#define CLIENT "192.0.2.10"
#define SERVER "198.51.100.25"

/* A session of one second, told by what matters here. */
struct told {
    const char *client, *server, *name, *user, *stage;
    unsigned port;
    double at; /* seconds after the start of the capture */
    bool worked, ipv6;
    uint64_t sent;
};

enum { TOLD_MAX = 8 };

struct scene {
    struct book *book;
    struct result_session sessions[TOLD_MAX];
    struct attempts *attempts;
};

static struct book_entry entry_of(const struct told *t, uint64_t id)
{
    bool smtp = t->port == 25;
    bool connected = t->worked || strcmp(t->stage, "connect") != 0;
    return (struct book_entry){
        .session = {.id = id,
                    .client = span_of(t->client),
                    .server = span_of(t->server),
                    .name = span_of(t->name),
                    .user = span_of(t->user),
                    .stage = span_of(t->worked ? "close" : t->stage),
                    .port = t->port,
                    .ipv6 = t->ipv6,
                    .protocol = smtp ? SPAN("smtp") : SPAN("imap"),
                    .expected = smtp ? SPAN("smtp") : SPAN("imap"),
                    .handshake = connected ? SPAN("full") : SPAN("refused"),
                    .greeted = t->worked || strcmp(t->stage, "login") == 0,
                    .logins_ok = t->worked,
                    .duration = 1,
                    .began = t->at,
                    .sent = t->sent,
                    .worked = t->worked},
        .first_frame = 10 * id,
        .last_frame = 10 * id + 9,
        .start = (int64_t)(t->at * 1e9) + CLOCK_SECOND,
        .sent = t->sent,
    };
}

static struct scene scene_of(const struct told *told, size_t count)
{
    struct scene s = {.book = book_new()};
    for (size_t i = 0; i < count; i++) {
        struct book_entry e = entry_of(&told[i], i + 1);
        book_add(s.book, &e);
        s.sessions[i] = (struct result_session){
            .id = i + 1,
            .start = e.start,
            .verdict = told[i].worked ? VERDICT_HEALTHY : VERDICT_FAILURE,
        };
    }
    s.attempts = attempts_find(s.book);
    return s;
}

static void scene_free(struct scene *s)
{
    attempts_free(&s->attempts);
    book_free(&s->book);
}

static const char rule_base[] =
    "- id: server.tested\n  title: t\n  family: server\n  severity: high\n"
    "  confidence: certain\n  where: server\n  scope: session\n%s"
    "  when:\n    - session: worked\n  says: s\n  means: m\n"
    "  remedy: {user: u, admin: a}\n  references: [RFC 1]\n"
    "  shown-by: [a.pcap]\n  quiet-on: [b.pcap]\n";

/* Heals with a rule base of one rule, server.tested, that has these keys. */
static void heal(struct scene *s, const char *keys)
{
    struct text yaml = {0};
    struct err err = {""};
    text_addf(&yaml, rule_base, keys);
    struct rules *rules =
        rules_load_memory("t.yaml", text_span(&yaml), NULL, NULL, &err);
    assert_non_null(rules);
    attempts_heal(s->attempts, s->book, rules, s->sessions);
    rules_free(&rules);
    text_free(&yaml);
}

static void retries_over_ports_and_names_are_one_attempt(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "imap.example.org", "", "connect", 993, 0, 0, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 20, 0, 0, 0},
        {CLIENT, "198.51.100.26", "imap.example.org", "j***", "login", 143, 40,
         0, 0, 0},
        {CLIENT, SERVER, "imap.example.org", "j***", "", 143, 60, 1, 0, 0},
    };
    struct scene s = scene_of(told, 4);
    assert_int_equal(s.attempts->count, 1);
    assert_int_equal(s.attempts->list[0].count, 4);
    assert_true(span_same(s.attempts->list[0].user, SPAN("j***")));
    scene_free(&s);
}

static void other_clients_accounts_and_services_are_apart(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "j***", "login", 143, 0, 0, 0, 0},
        {"192.0.2.11", SERVER, "", "", "login", 143, 1, 0, 0, 0},
        {CLIENT, SERVER, "", "k***", "login", 143, 2, 0, 0, 0},
        {CLIENT, SERVER, "", "", "login", 25, 3, 0, 0, 0},
    };
    struct scene s = scene_of(told, 4);
    assert_int_equal(s.attempts->count, 4);
    scene_free(&s);
}

static void what_comes_long_after_is_another_attempt(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "", 143, 0, 1, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 60, 1, 0, 0}, /* the next look */
        {CLIENT, SERVER, "", "", "connect", 143, 120, 0, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 900, 0, 0, 0},  /* again */
        {CLIENT, SERVER, "", "", "connect", 143, 1900, 0, 0, 0}, /* too late */
    };
    struct scene s = scene_of(told, 5);
    assert_int_equal(s.attempts->count, 4);
    assert_int_equal(s.attempts->list[2].count, 2);
    scene_free(&s);
}

static void both_families_of_one_machine_are_one_attempt(void **state)
{
    (void)state;
    const struct told told[] = {
        {"2001:db8::1", "2001:db8::25", "a.example", "", "connect", 143, 0, 0,
         1, 0},
        {CLIENT, SERVER, "a.example", "", "", 143, 8, 1, 0, 0},
    };
    struct scene s = scene_of(told, 2);
    assert_int_equal(s.attempts->count, 1);
    heal(&s, "");
    assert_int_equal(s.sessions[0].healed_by, 2);
    assert_int_equal(s.sessions[0].healed_effect, VERDICT_DEGRADED);
    scene_free(&s);
}

static void success_soon_after_heals_and_slow_success_degrades(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "connect", 143, 0, 0, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 8, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 10, 1, 0, 0},
    };
    struct scene s = scene_of(told, 3);
    heal(&s, "");
    assert_int_equal(s.sessions[0].healed_by, 3);
    assert_int_equal(s.sessions[0].healed_effect, VERDICT_DEGRADED);
    assert_int_equal(s.sessions[1].healed_effect, VERDICT_HEALTHY);
    assert_int_equal(s.sessions[2].healed_by, 0);
    assert_true(book_get(s.book, 0)->session.healed);
    scene_free(&s);
}

static void another_port_or_an_earlier_success_heals_nothing(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "", 143, 0, 1, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 993, 1, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 3, 1, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 5, 0, 0, 0},
    };
    struct scene s = scene_of(told, 4);
    heal(&s, "");
    assert_int_equal(s.sessions[1].healed_by, 0);
    assert_int_equal(s.sessions[3].healed_by, 0);
    s.sessions[1].primary = "server.tested";
    heal(&s, "  healed-by: any-port\n");
    assert_int_equal(s.sessions[1].healed_by, 3);
    scene_free(&s);
}

static void a_refused_message_is_healed_only_as_the_rule_says(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "transfer", 25, 0, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 25, 300, 1, 0, 1},
    };
    struct scene s = scene_of(told, 2);
    s.sessions[0].primary = "server.tested";
    heal(&s, "");
    assert_int_equal(s.sessions[0].healed_by, 0);
    heal(&s, "  healed-by: nothing\n");
    assert_int_equal(s.sessions[0].healed_by, 0);
    heal(&s, "  healed-by: message\n  once-healed: note\n");
    assert_int_equal(s.sessions[0].healed_by, 2);
    assert_int_equal(s.sessions[0].healed_effect, VERDICT_HEALTHY);
    scene_free(&s);
}

static void answer(struct envelopes *e, struct span command, unsigned code,
                   uint64_t envelope)
{
    const struct fact_smtp_response reply = {
        .command = command, .code = code, .envelope = envelope};
    envelopes_reply(e, &reply);
}

/* Three sessions with one recipient each; the first is deferred. */
static struct scene scene_of_messages(const struct told *told,
                                      const uint64_t *recipients)
{
    struct scene s = {.book = book_new()};
    for (size_t i = 0; i < 3; i++) {
        struct book_entry e = entry_of(&told[i], i + 1);
        answer(&e.envelopes, SPAN("RCPT"), i == 0 ? 450 : 250, recipients[i]);
        if (i > 0)
            answer(&e.envelopes, SPAN("DATA-END"), 250, 0);
        book_add(s.book, &e);
        s.sessions[i].id = i + 1;
        s.sessions[i].start = e.start;
        s.sessions[i].verdict = i ? VERDICT_HEALTHY : VERDICT_FAILURE;
    }
    s.sessions[0].primary = "server.tested";
    s.attempts = attempts_find(s.book);
    heal(&s, "  healed-by: message\n");
    return s;
}

static void a_deferred_message_is_healed_only_for_its_recipients(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "transfer", 25, 0, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 25, 100, 1, 0, 1},
        {CLIENT, SERVER, "", "", "", 25, 400, 1, 0, 1},
    };
    const uint64_t recipients[] = {7, 8, 7};
    struct scene s = scene_of_messages(told, recipients);
    assert_int_equal(s.sessions[0].healed_by, 3);
    scene_free(&s);
}

static void what_one_mx_deferred_another_may_take(void **state)
{
    (void)state;
    const char *const second = "198.51.100.77";
    struct told told[] = {
        {CLIENT, SERVER, "", "", "transfer", 25, 0, 0, 0, 0},
        {CLIENT, second, "", "", "", 25, 100, 1, 0, 1},
        {CLIENT, second, "", "", "", 25, 400, 1, 0, 1},
    };
    const uint64_t recipients[] = {7, 8, 7}, others[] = {7, 8, 9};
    struct scene s = scene_of_messages(told, recipients);
    assert_int_equal(s.sessions[0].healed_by, 3);
    scene_free(&s);
    s = scene_of_messages(told, others);
    assert_int_equal(s.sessions[0].healed_by, 0);
    scene_free(&s);
    told[2].port = 587; /* a login and an account of its own */
    s = scene_of_messages(told, recipients);
    assert_int_equal(s.sessions[0].healed_by, 0);
    scene_free(&s);
}

static const struct fact_endpoint *endpoint_of(const struct told *told,
                                               size_t count,
                                               struct facts *out)
{
    static struct book_entry entries[TOLD_MAX];
    const struct book_entry *list[TOLD_MAX];
    for (size_t i = 0; i < count; i++) {
        entries[i] = entry_of(&told[i], i + 1);
        entries[i].session.verdict =
            told[i].worked ? SPAN("healthy") : SPAN("failure");
        list[i] = &entries[i];
    }
    endpoint_tell(list, count, out);
    return facts_get(out, FACT_KIND_endpoint, 0)->values;
}

static void an_outage_has_a_beginning_an_end_and_its_clients(void **state)
{
    (void)state;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "", 143, 0, 1, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 10, 0, 0, 0},
        {"192.0.2.11", SERVER, "", "", "connect", 143, 12, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 20, 1, 0, 0},
    };
    struct facts *facts = facts_new(0);
    const struct fact_endpoint *e = endpoint_of(told, 4, facts);
    assert_int_equal(e->clients, 2);
    assert_int_equal(e->clients_worked, 1);
    assert_int_equal(e->clients_failed, 1);
    assert_true(span_same(e->failed_client, SPAN("192.0.2.11")));
    assert_int_equal(e->refused, 2);
    const struct fact_server_turns *t =
        facts_get(facts, FACT_KIND_server_turns, 0)->values;
    assert_int_equal(t->turns, 2);
    assert_int_equal(t->sessions, 4);
    assert_int_equal(t->turned_away, 2);
    assert_int_equal(t->clients_both, 1);
    const struct fact_server_outage *o =
        facts_get(facts, FACT_KIND_server_outage, 0)->values;
    assert_int_equal(o->sessions, 2);
    assert_int_equal(o->clients, 2);
    assert_int_equal(o->clients_back, 1);
    assert_true(o->duration > 9.9 && o->duration < 10.1);
    assert_true(span_same(o->how, SPAN("refused")));
    facts_free(&facts);
}

/* Two failures on one day are no balancer with a dead machine, and no outage
 * from the one to the other. */
static void what_lies_hours_apart_does_not_add_up(void **state)
{
    (void)state;
    const double hour = 3600;
    const struct told told[] = {
        {CLIENT, SERVER, "", "", "", 143, 0, 1, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 10, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 3 * hour, 1, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 5 * hour, 0, 0, 0},
        {CLIENT, SERVER, "", "", "connect", 143, 7 * hour, 0, 0, 0},
        {CLIENT, SERVER, "", "", "", 143, 9 * hour, 1, 0, 0},
    };
    struct facts *facts = facts_new(0);
    endpoint_of(told, 6, facts);
    const struct fact_server_turns *t =
        facts_get(facts, FACT_KIND_server_turns, 0)->values;
    assert_int_equal(t->turns, 1);
    assert_int_equal(t->sessions, 2);
    assert_null(facts_get(facts, FACT_KIND_server_outage, 0));
    facts_free(&facts);
}

static void a_network_is_named_when_all_that_fail_are_in_it(void **state)
{
    (void)state;
    const struct told told[] = {
        {"203.0.113.5", SERVER, "", "", "", 143, 0, 1, 0, 0},
        {"192.0.2.11", SERVER, "", "", "connect", 143, 1, 0, 0, 0},
        {"192.0.2.12", SERVER, "", "", "connect", 143, 2, 0, 0, 0},
        {"192.0.3.12", SERVER, "", "", "connect", 143, 3, 0, 0, 0},
    };
    struct facts *facts = facts_new(0);
    const struct fact_endpoint *e = endpoint_of(told, 3, facts);
    assert_true(span_same(e->failed_network, SPAN("192.0.2.0/24")));
    facts_free(&facts);
    facts = facts_new(0);
    e = endpoint_of(told, 4, facts);
    assert_int_equal(e->failed_network.n, 0);
    facts_free(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries_over_ports_and_names_are_one_attempt),
        cmocka_unit_test(other_clients_accounts_and_services_are_apart),
        cmocka_unit_test(what_comes_long_after_is_another_attempt),
        cmocka_unit_test(both_families_of_one_machine_are_one_attempt),
        cmocka_unit_test(success_soon_after_heals_and_slow_success_degrades),
        cmocka_unit_test(another_port_or_an_earlier_success_heals_nothing),
        cmocka_unit_test(a_refused_message_is_healed_only_as_the_rule_says),
        cmocka_unit_test(a_deferred_message_is_healed_only_for_its_recipients),
        cmocka_unit_test(what_one_mx_deferred_another_may_take),
        cmocka_unit_test(an_outage_has_a_beginning_an_end_and_its_clients),
        cmocka_unit_test(what_lies_hours_apart_does_not_add_up),
        cmocka_unit_test(a_network_is_named_when_all_that_fail_are_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

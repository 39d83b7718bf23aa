/* test_dns_lookups.c - questions meet their answers, and what is told of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdio.h>

#include "dns_fixture.h"

static void an_answer_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    struct message m = answer(7, "imap.example.org", DNS_A, DNS_NOERROR);
    add_name_record(&m, DNS_ANSWER, "imap.example.org", DNS_CNAME,
                    "host.example.net");
    add_a(&m, "host.example.net", "\x0a\0\0\x02");
    add_a(&m, "other.example.net", "\x0a\0\0\x03"); /* not what was asked */
    say(f, true, PORT, SECOND + SECOND / 4, m);
    const struct fact_dns_lookup *l = told(f, 0);
    assert_span(l->name, "imap.example.org");
    assert_span(l->type, "A");
    assert_span(l->role, "mailhost");
    assert_span(l->outcome, "answered");
    assert_span(l->addresses, "10.0.0.2");
    assert_span(l->cname, "host.example.net");
    assert_span(l->resolver, "10.0.0.53");
    assert_span(l->client, "10.0.0.1");
    assert_int_equal(l->answers, 1);
    assert_int_equal(l->queries, 1);
    assert_int_equal(l->ttl, 300);
    assert_true(l->delay > 0.2499 && l->delay < 0.2501);
    assert_true(l->private_answer);
    assert_false(l->sinkhole_answer);
    assert_false(l->used);
    assert_int_equal(facts_get(f->facts, FACT_KIND_dns_lookup, 0)->frame, 2);
}

static void retries_are_one_lookup(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    ask(f, 7, "imap.example.org", DNS_A, SECOND + 1000); /* captured twice */
    ask(f, 8, "IMAP.example.org", DNS_A, 6 * SECOND);
    const struct fact_dns_lookup *l = told(f, 0);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 1);
    assert_int_equal(l->queries, 2);
    assert_span(l->outcome, "unanswered");
    assert_true(l->waited > 93.9 && l->waited < 94.1);
    assert_int_equal(facts_get(f->facts, FACT_KIND_dns_lookup, 0)->frame, 3);
}

static void only_its_own_answer_counts(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    say(f, true, PORT, SECOND + 1,
        answer(8, "imap.example.org", DNS_A, DNS_NXDOMAIN));
    say(f, true, PORT + 1, SECOND + 2,
        answer(7, "imap.example.org", DNS_A, DNS_NXDOMAIN));
    assert_span(told(f, 0)->outcome, "unanswered");
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 1);
}

static void rcodes_have_names(void **state)
{
    static const struct {
        uint8_t rcode;
        const char *outcome;
    } rows[] = {{DNS_NOERROR, "nodata"},    {DNS_FORMERR, "formerr"},
                {DNS_SERVFAIL, "servfail"}, {DNS_NXDOMAIN, "nxdomain"},
                {DNS_NOTIMP, "notimp"},     {DNS_REFUSED, "refused"},
                {9, "other-error"}};
    struct fixture *f = *state;
    for (uint16_t i = 0; i < 7; i++) {
        char name[32];
        snprintf(name, sizeof(name), "n%u.example", i);
        ask(f, i, name, DNS_AAAA, SECOND);
        say(f, true, PORT, SECOND + 1,
            answer(i, name, DNS_AAAA, rows[i].rcode));
    }
    for (size_t i = 0; i < 7; i++) {
        assert_span(told(f, i)->outcome, rows[i].outcome);
        assert_int_equal(told(f, i)->rcode, rows[i].rcode);
    }
}

static void an_error_without_question_is_found_by_id(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    struct message m = {.n = 0};
    add_header(&m, 7, true, DNS_FORMERR, 0);
    say(f, true, PORT, SECOND + 1, m);
    assert_span(told(f, 0)->outcome, "formerr");
}

static void extended_error_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    struct message m = answer(7, "imap.example.org", DNS_A, DNS_SERVFAIL);
    add_ede(&m, 6, "no key");
    say(f, true, PORT, SECOND + 1, m);
    assert_int_equal(told(f, 0)->ede, 7);
    assert_span(told(f, 0)->ede_text, "DNSSEC Bogus: no key");
}

static void a_referral_is_no_failure(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example.org", DNS_A, SECOND);
    struct message m = answer(7, "imap.example.org", DNS_A, DNS_NOERROR);
    add_name_record(&m, DNS_AUTHORITY, "org", DNS_NS, "a.example.info");
    say(f, true, PORT, SECOND + 1, m);
    assert_span(told(f, 0)->outcome, "referral");
}

static void say_over_tcp(struct fixture *f, bool response, int64_t time,
                         struct message message)
{
    struct dns_seen seen = {
        .source = ipv4(response ? RESOLVER : CLIENT),
        .destination = ipv4(response ? CLIENT : RESOLVER),
        .source_port = response ? DNS_PORT : PORT + 9,
        .destination_port = response ? PORT + 9 : DNS_PORT,
        .tcp = true,
        .frame = ++f->frame,
        .time = time,
    };
    lookups_message(f->lookups, &seen,
                    (struct span){message.bytes, message.n});
}

static struct message truncated_answer(uint16_t id, const char *name)
{
    struct message m = answer(id, name, DNS_A, DNS_NOERROR);
    m.bytes[2] |= 0x02; /* TC */
    return m;
}

static void a_truncated_answer_waits_for_tcp(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "a.example", DNS_A, SECOND);
    ask(f, 8, "b.example", DNS_A, SECOND);
    say(f, true, PORT, SECOND + 1, truncated_answer(7, "a.example"));
    say(f, true, PORT, SECOND + 1, truncated_answer(8, "b.example"));
    say_over_tcp(f, false, SECOND + 2, question(7, "a.example", DNS_A));
    struct message m = answer(7, "a.example", DNS_A, DNS_NOERROR);
    add_a(&m, "a.example", "\xc0\0\x02\x01");
    say_over_tcp(f, true, SECOND + 3, m);
    assert_span(told(f, 0)->outcome, "answered");
    assert_int_equal(told(f, 0)->queries, 2);
    assert_span(told(f, 1)->outcome, "truncated");
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 2);
}

static void unreachable_until_answered(void **state)
{
    struct fixture *f = *state;
    struct dns_undelivered error = {.client = ipv4(CLIENT),
                                    .resolver = ipv4(RESOLVER),
                                    .reporter = ipv4(RESOLVER),
                                    .client_port = PORT + 1,
                                    .what = SPAN("port"),
                                    .frame = 9,
                                    .time = SECOND};
    ask(f, 7, "a.example", DNS_A, SECOND);
    ask(f, 8, "a.example", DNS_AAAA, SECOND);
    lookups_unreachable(f->lookups, &error);
    error.client_port = PORT;
    error.time++;
    lookups_unreachable(f->lookups, &error);
    ask(f, 9, "a.example", DNS_A, 2 * SECOND);
    say(f, true, PORT, 3 * SECOND,
        answer(9, "a.example", DNS_A, DNS_NXDOMAIN));
    assert_span(told(f, 0)->outcome, "nxdomain");
    assert_span(told(f, 0)->unreachable, "");
    assert_span(told(f, 1)->outcome, "unreachable");
    assert_span(told(f, 1)->unreachable, "port");
    assert_true(span_is(told(f, 1)->reporter, told(f, 1)->resolver));
    assert_int_equal(facts_get(f->facts, FACT_KIND_dns_lookup, 1)->frame, 9);
}

/* The answer gives 192.0.2.1. */
static void resolve(struct fixture *f, const char *name, int64_t time)
{
    ask(f, 7, name, DNS_A, time);
    struct message m = answer(7, name, DNS_A, DNS_NOERROR);
    add_a(&m, name, "\xc0\0\x02\x01");
    say(f, true, PORT, time + SECOND, m);
}

static void the_last_name_before_a_connection_is_its_name(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[4] = {192, 0, 2, 1};
    struct address client = ipv4(CLIENT), server = address_of((struct span){bytes, 4});
    struct address stranger = ipv4(9);
    struct lookup_name found;
    resolve(f, "one.example", 10 * SECOND);
    resolve(f, "two.example", 20 * SECOND);
    assert_false(lookups_name(f->lookups, &client, &server, SECOND, &found));
    assert_false(
        lookups_name(f->lookups, &stranger, &server, 50 * SECOND, &found));
    assert_true(
        lookups_name(f->lookups, &client, &server, 15 * SECOND, &found));
    assert_span(found.name, "one.example");
    assert_true(
        lookups_name(f->lookups, &client, &server, 50 * SECOND, &found));
    assert_span(found.name, "two.example");
    assert_int_equal(found.delay, SECOND);
    assert_int_equal(found.frame, 4);
}

static void an_answer_may_be_stored_before_its_question(void **state)
{
    struct fixture *f = *state;
    struct message m = answer(7, "a.example", DNS_A, DNS_NXDOMAIN);
    say(f, true, PORT, SECOND + 1000, m);
    ask(f, 7, "a.example", DNS_A, SECOND);
    assert_span(told(f, 0)->outcome, "nxdomain");
    assert_int_equal(told(f, 0)->queries, 1);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 1);
}

static void but_a_question_with_another_id_is_another(void **state)
{
    struct fixture *f = *state;
    struct message m = answer(7, "a.example", DNS_A, DNS_NXDOMAIN);
    say(f, true, PORT, SECOND + 1000, m);
    ask(f, 8, "a.example", DNS_A, SECOND);
    assert_span(told(f, 1)->outcome, "unanswered");
}

static void an_answer_may_be_stored_after_its_use(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[4] = {192, 0, 2, 1};
    struct address client = ipv4(CLIENT), server = address_of((struct span){bytes, 4});
    lookups_used(f->lookups, &client, &server, true, 2 * SECOND + 1000);
    resolve(f, "late.example", SECOND); /* answered a second later */
    assert_true(told(f, 0)->used);
    assert_span(told(f, 0)->role, "mailhost");
}

static void but_not_long_after(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[4] = {192, 0, 2, 1};
    struct address client = ipv4(CLIENT), server = address_of((struct span){bytes, 4});
    lookups_used(f->lookups, &client, &server, true, SECOND);
    resolve(f, "late.example", 10 * SECOND);
    assert_false(told(f, 0)->used);
}

/* Whether a question at 20 s counts as used where a connection to the address
 * answered was there until then. */
static bool is_used_if_kept_until(struct fixture *f, int64_t then)
{
    const uint8_t bytes[4] = {192, 0, 2, 1};
    struct address client = ipv4(CLIENT),
                   server = address_of((struct span){bytes, 4});
    lookups_used(f->lookups, &client, &server, true, SECOND);
    resolve(f, "again.example", 20 * SECOND);
    lookups_kept(f->lookups, &client, &server, then);
    return told(f, 0)->used;
}

static void who_is_connected_may_ask_for_the_name_again(void **state)
{
    assert_true(is_used_if_kept_until(*state, 30 * SECOND));
}

static void but_not_who_was_connected_before(void **state)
{
    assert_false(is_used_if_kept_until(*state, 20 * SECOND));
}

static void what_mail_used_is_a_mail_host(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[4] = {192, 0, 2, 1};
    struct address client = ipv4(CLIENT), server = address_of((struct span){bytes, 4});
    resolve(f, "host.example", SECOND);
    ask(f, 8, "host.example", DNS_AAAA, SECOND);
    lookups_used(f->lookups, &client, &server, false, 0);
    lookups_used(f->lookups, &client, &server, true, 0);
    assert_int_equal(lookups_mail_count(f->lookups), 2);
    assert_true(told(f, 0)->used);
    assert_span(told(f, 0)->role, "mailhost");
    assert_span(told(f, 1)->role, "mailhost");
    assert_true(told(f, 1)->resolved_otherwise);
    assert_false(told(f, 0)->resolved_otherwise);
}

static void mx_targets_are_mail_hosts(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "example.org", DNS_MX, SECOND);
    struct message m = answer(7, "example.org", DNS_MX, DNS_NOERROR);
    add_name_record(&m, DNS_ANSWER, "example.org", DNS_MX, "in.example.net");
    say(f, true, PORT, SECOND + 1, m);
    ask(f, 8, "in.example.net", DNS_A, SECOND);
    ask(f, 9, "null.example", DNS_MX, SECOND);
    m = answer(9, "null.example", DNS_MX, DNS_NOERROR);
    add_name_record(&m, DNS_ANSWER, "null.example", DNS_MX, "");
    say(f, true, PORT, SECOND + 1, m);
    assert_span(told(f, 0)->role, "mx");
    assert_span(told(f, 0)->targets, "in.example.net");
    assert_span(told(f, 1)->role, "mailhost");
    assert_true(told(f, 2)->null_target);
    assert_span(told(f, 2)->targets, "");
}

static void roles_go_by_the_name(void **state)
{
    static const struct {
        const char *name;
        uint16_t type;
        const char *role;
    } rows[] = {
        {"imap.gmail.com", DNS_A, "mailhost"},
        {"imap4.example", DNS_AAAA, "mailhost"},
        {"pop3-ssl.example", DNS_A, "mailhost"},
        {"alt1.gmail-smtp-in.l.google.com", DNS_A, "other"},
        {"gmail-smtp-in.l.google.com", DNS_A, "mailhost"},
        {"mx01.example", DNS_A, "mailhost"},
        {"mail.example", DNS_A, "mailhost"},
        {"mailing.example", DNS_A, "other"},
        {"outlook.office365.com", DNS_A, "mailhost"},
        {"www.example", DNS_A, "other"},
        {"imap.example", 16, "other"},
        {"_imaps._tcp.example", DNS_SRV, "srv"},
        {"_xmpp._tcp.example", DNS_SRV, "other"},
        {"_autodiscover._tcp.example", DNS_SRV, "autoconfig"},
        {"autodiscover-s.outlook.com", DNS_A, "autoconfig"},
        {"autoconfig.example", DNS_A, "autoconfig"},
        {"2.0.0.10.in-addr.arpa", DNS_PTR, "other"},
    };
    struct fixture *f = *state;
    for (uint16_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ask(f, i, rows[i].name, rows[i].type, SECOND);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_span(told(f, i)->role, rows[i].role);
}

static void a_search_list_is_no_failure(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, "imap.example.org.corp.test", DNS_A, SECOND);
    say(f, true, PORT, SECOND + 1,
        answer(1, "imap.example.org.corp.test", DNS_A, DNS_NXDOMAIN));
    ask(f, 2, "imap.example.net.corp.test", DNS_A, SECOND);
    resolve(f, "imap.example.org", 2 * SECOND);
    assert_true(told(f, 0)->resolved_otherwise);
    assert_false(told(f, 1)->resolved_otherwise);
}

static void a_later_question_is_a_new_lookup(void **state)
{
    struct fixture *f = *state;
    resolve(f, "imap.example", SECOND);
    resolve(f, "imap.example", 60 * SECOND);
    ask(f, 8, "pop.example", DNS_A, SECOND);
    ask(f, 9, "pop.example", DNS_A, 60 * SECOND);
    lookups_tell(f->lookups, 100 * SECOND, f->facts);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 4);
    assert_true(told(f, 0)->resolved_otherwise);
}

static void an_answer_alone_still_names(void **state)
{
    struct fixture *f = *state;
    struct message m = answer(7, "imap.example", DNS_A, DNS_NOERROR);
    add_a(&m, "imap.example", "\0\0\0\0");
    say(f, true, PORT, SECOND, m);
    say(f, true, PORT, SECOND + 1, m); /* captured twice */
    assert_int_equal(told(f, 0)->queries, 0);
    assert_true(told(f, 0)->sinkhole_answer);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 1);
}

/* A snap length keeps the question and the counts, and not the addresses. */
static void an_answer_cut_short_is_no_missing_address(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example", DNS_A, SECOND);
    struct message m = answer(7, "imap.example", DNS_A, DNS_NOERROR);
    size_t question = m.n;
    add_a(&m, "imap.example", "\x0a\0\0\x01");
    m.n = question + 5;
    say(f, true, PORT, SECOND + 1, m);
    assert_span(told(f, 0)->outcome, "answered");
    assert_int_equal(told(f, 0)->answers, 0);
}

static void what_is_no_lookup_is_ignored(void **state)
{
    struct fixture *f = *state;
    struct message update = question(7, "example.org", DNS_A);
    update.bytes[2] = 0x28;
    say(f, false, PORT, SECOND, update);
    struct message inverse = question(7, "example.org", DNS_A);
    inverse.bytes[2] = 0x08;
    say(f, false, PORT, SECOND, inverse);
    ask(f, 7, "example.org", DNS_AXFR, SECOND);
    struct dns_seen multicast = {.source = ipv4(CLIENT),
                                 .destination = ipv4(RESOLVER),
                                 .source_port = 5353,
                                 .destination_port = 5353};
    struct message m = question(0, "host.local", DNS_A);
    lookups_message(f->lookups, &multicast, (struct span){m.bytes, m.n});
    lookups_message(f->lookups, &multicast, SPAN("no DNS at all"));
    assert_int_equal(lookups_count(f->lookups), 0);
}

static void past_the_cap_they_are_counted(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < LOOKUPS_MAX + 10; i++) {
        char name[32];
        snprintf(name, sizeof(name), "n%u.example", (unsigned)i);
        ask(f, (uint16_t)i, name, DNS_A, SECOND);
    }
    assert_int_equal(lookups_count(f->lookups), LOOKUPS_MAX + 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_told),
        TEST(retries_are_one_lookup),
        TEST(only_its_own_answer_counts),
        TEST(rcodes_have_names),
        TEST(an_error_without_question_is_found_by_id),
        TEST(extended_error_is_told),
        TEST(a_referral_is_no_failure),
        TEST(a_truncated_answer_waits_for_tcp),
        TEST(unreachable_until_answered),
        TEST(the_last_name_before_a_connection_is_its_name),
        TEST(an_answer_may_be_stored_before_its_question),
        TEST(but_a_question_with_another_id_is_another),
        TEST(an_answer_may_be_stored_after_its_use),
        TEST(but_not_long_after),
        TEST(who_is_connected_may_ask_for_the_name_again),
        TEST(but_not_who_was_connected_before),
        TEST(what_mail_used_is_a_mail_host),
        TEST(mx_targets_are_mail_hosts),
        TEST(roles_go_by_the_name),
        TEST(a_search_list_is_no_failure),
        TEST(a_later_question_is_a_new_lookup),
        TEST(an_answer_alone_still_names),
        TEST(an_answer_cut_short_is_no_missing_address),
        TEST(what_is_no_lookup_is_ignored),
        TEST(past_the_cap_they_are_counted),
    };
    return cmocka_run_group_tests_name("DNS lookups", tests, NULL, NULL);
}

/* test_dns_relations.c - what lookups have to do with each other, with second
 * answers, EDNS, TCP, and who asks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "dns/encrypted.h"
#include "dns_fixture.h"

/* An answer from this distance. */
static void answer_from(struct fixture *f, uint8_t ttl, int64_t time,
                        struct message message)
{
    struct dns_seen seen = {
        .source = ipv4(RESOLVER),
        .destination = ipv4(CLIENT),
        .source_port = DNS_PORT,
        .destination_port = PORT,
        .ttl = ttl,
        .frame = ++f->frame,
        .time = time,
    };
    lookups_message(f->lookups, &seen, (struct span){message.bytes, message.n});
}

static struct message address_answer(uint16_t id, const char *name,
                                     const char *address)
{
    struct message m = answer(id, name, DNS_A, DNS_NOERROR);
    add_a(&m, name, address);
    return m;
}

static void a_different_second_answer_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example", DNS_A, SECOND);
    answer_from(f, 44, SECOND + 1000,
                address_answer(7, "imap.example", "\xcb\0q\x09"));
    answer_from(f, 55, SECOND + SECOND / 50,
                address_answer(7, "imap.example", "\xc6\x33\x64\x19"));
    assert_span(told(f, 0)->addresses, "203.0.113.9");
    assert_span(told(f, 0)->other_answer, "198.51.100.25");
    assert_true(told(f, 0)->other_distance);
    assert_true(told(f, 0)->other_delay > 0.01);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_lookup), 1);
}

static void a_name_first_denied_then_given_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example", DNS_A, SECOND);
    answer_from(f, 44, SECOND + 1000,
                answer(7, "imap.example", DNS_A, DNS_NXDOMAIN));
    answer_from(f, 44, SECOND + 2000,
                address_answer(7, "imap.example", "\xc6\x33\x64\x19"));
    assert_span(told(f, 0)->outcome, "nxdomain");
    assert_span(told(f, 0)->other_answer, "198.51.100.25");
    assert_false(told(f, 0)->other_distance);
}

static void the_same_answer_again_is_nothing(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example", DNS_A, SECOND);
    struct message m = address_answer(7, "imap.example", "\xc6\x33\x64\x19");
    answer_from(f, 64, SECOND + 1000, m);
    answer_from(f, 63, SECOND + 1500, m);          /* behind a router */
    add_a(&m, "imap.example", "\xc6\x33\x64\x20"); /* shares one address */
    answer_from(f, 64, SECOND + 2000, m);
    answer_from(f, 64, SECOND + 3000,
                answer(7, "imap.example", DNS_A, DNS_SERVFAIL));
    assert_span(told(f, 0)->other_answer, "");
}

static void a_packet_sent_twice_may_be_answered_twice(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, "imap.example", DNS_A, SECOND);
    ask(f, 7, "imap.example", DNS_A, 6 * SECOND);
    answer_from(f, 64, 6 * SECOND + 1000,
                address_answer(7, "imap.example", "\xc6\x33\x64\x19"));
    answer_from(f, 64, 6 * SECOND + 2000,
                address_answer(7, "imap.example", "\xc6\x33\x64\x20"));
    assert_span(told(f, 0)->other_answer, "");
}

/* Adds an OPT record to a question. */
static struct message with_edns(struct message m)
{
    const struct message nothing = {.n = 0};
    add_record(&m, DNS_ADDITIONAL, "", DNS_OPT, &nothing);
    return m;
}

static void edns_that_only_costs_time_is_told(void **state)
{
    struct fixture *f = *state;
    say(f, false, PORT, SECOND, with_edns(question(7, "imap.example", DNS_A)));
    say(f, false, PORT, 3 * SECOND,
        with_edns(question(8, "imap.example", DNS_A)));
    ask(f, 9, "imap.example", DNS_A, 5 * SECOND);
    answer_from(f, 64, 5 * SECOND + 1,
                address_answer(9, "imap.example", "\xc6\x33\x64\x19"));
    assert_int_equal(told(f, 0)->edns_queries, 2);
    assert_true(told(f, 0)->plain_answered);
    assert_int_equal(told(f, 0)->queries, 3);
}

static void edns_answered_at_last_is_no_such_thing(void **state)
{
    struct fixture *f = *state;
    say(f, false, PORT, SECOND, with_edns(question(7, "imap.example", DNS_A)));
    ask(f, 8, "imap.example", DNS_A, 3 * SECOND);
    answer_from(f, 64, 3 * SECOND + 1,
                address_answer(7, "imap.example", "\xc6\x33\x64\x19"));
    assert_int_equal(told(f, 0)->edns_queries, 1);
    assert_false(told(f, 0)->plain_answered);
}

static void tcp_after_truncation_is_followed(void **state)
{
    struct fixture *f = *state;
    struct address client = ipv4(CLIENT), resolver = ipv4(RESOLVER);
    const char *const words[] = {"", "unanswered", "refused", "connected",
                                 "answered"};
    for (uint16_t i = 0; i < 5; i++) {
        char name[] = "imap0.example";
        name[4] = (char)('0' + i);
        ask(f, i, name, DNS_A, SECOND);
        struct message m = answer(i, name, DNS_A, DNS_NOERROR);
        m.bytes[2] |= 2; /* TC */
        answer_from(f, 64, SECOND + 1, m);
        if (i > 0)
            lookups_tcp(f->lookups, &client, &resolver, LOOKUP_TCP_UNANSWERED);
        if (i > 1)
            lookups_tcp(f->lookups, &client, &resolver, (enum lookup_tcp)i);
        lookups_tcp(f->lookups, &resolver, &client, LOOKUP_TCP_CONNECTED);
        struct message whole = address_answer(i, name, "\xc6\x33\x64\x19");
        lookups_tell(f->lookups, 100 * SECOND, f->facts);
        assert_span(told(f, 0)->tcp, words[i]);
        assert_true(told(f, 0)->truncated);
        assert_span(told(f, 0)->outcome, "truncated");
        answer_from(f, 64, SECOND + 2, whole); /* over TCP, say */
        facts_free(&f->facts);
        f->facts = facts_new(0);
        assert_span(told(f, 0)->outcome, "answered");
        lookups_free(&f->lookups);
        f->lookups = lookups_new();
        facts_free(&f->facts);
        f->facts = facts_new(0);
    }
}

static void a_typed_name_is_found_in_a_longer_one(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, "imap.example.org.corp.test", DNS_A, SECOND);
    ask(f, 2, "imap.example.org", DNS_A, SECOND);
    ask(f, 3, "imap.example.net.corp.test", DNS_A, SECOND);
    ask(f, 4, "imap.corp", DNS_A, SECOND);
    ask(f, 5, "imap", DNS_A, SECOND); /* too short to say anything */
    assert_span(told(f, 0)->typed, "imap.example.org");
    assert_false(told(f, 0)->typed_resolved);
    assert_span(told(f, 1)->typed, "");
    assert_span(told(f, 2)->typed, "");
    assert_span(told(f, 3)->typed, "");
}

static void one_address_for_many_domains_is_counted(void **state)
{
    static const char *const names[] = {
        "imap.a.example", "www.a.example", "b.test",        "www.b.test",
        "c.co.uk",        "d.co.uk",       "elsewhere.test"};
    struct fixture *f = *state;
    for (uint16_t i = 0; i < 7; i++) {
        ask(f, i, names[i], DNS_A, SECOND);
        answer_from(f, 64, SECOND + 1,
                    address_answer(i, names[i],
                                   i < 6 ? "\x0a\0\0\x09" : "\x0a\0\0\x0a"));
    }
    assert_int_equal(told(f, 0)->shared, 3);
    assert_int_equal(told(f, 4)->shared, 3);
    assert_int_equal(told(f, 6)->shared, 0);
    assert_span(told(f, 0)->domain, "a.example");
    assert_span(told(f, 4)->domain, "c.co.uk");
}

static void who_takes_mail_asks_for_strangers(void **state)
{
    struct fixture *f = *state;
    struct address client = ipv4(CLIENT);
    ask(f, 1, "mail.stranger.test", DNS_A, SECOND);
    lookups_serves(f->lookups, &client);
    lookups_serves(f->lookups, &client);
    assert_true(told(f, 0)->asker_serves);
    assert_false(told(f, 0)->asker_active);
}

static void who_does_something_else_is_active(void **state)
{
    struct fixture *f = *state;
    struct address client = ipv4(CLIENT), stranger = ipv4(9);
    lookups_active(f->lookups, &stranger);
    lookups_active(f->lookups, &client);
    ask(f, 1, "imap.example.org", DNS_A, SECOND);
    assert_true(told(f, 0)->asker_active);
    assert_false(told(f, 0)->asker_serves);
}

static void mail_goes_to_the_name_that_is_for_mail(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[4] = {198, 51, 100, 25};
    struct address client = ipv4(CLIENT),
                   server = address_of((struct span){bytes, 4});
    struct lookup_name found;
    static const char *const names[] = {"smtp.a.example", "imap.a.example",
                                        "www.b.example"};
    for (uint16_t i = 0; i < 3; i++) {
        ask(f, i, names[i], DNS_A, (i + 1) * SECOND);
        answer_from(f, 64, (i + 1) * SECOND + 1,
                    address_answer(i, names[i], "\xc6\x33\x64\x19"));
    }
    lookups_used(f->lookups, &client, &server, true, 0);
    assert_true(lookups_name(f->lookups, &client, &server, 9 * SECOND, &found));
    assert_span(found.name, "imap.a.example");
    assert_span(told(f, 2)->role, "other");
    assert_true(told(f, 2)->used);
}

static void lists_and_web_pages_are_no_mail_hosts(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, "mail.example.com.dbl.spamhaus.org", DNS_A, SECOND);
    ask(f, 2, "mail.google.com", DNS_A, SECOND);
    ask(f, 3, "mail.example.com", DNS_A, SECOND);
    assert_span(told(f, 0)->role, "other");
    assert_span(told(f, 1)->role, "other");
    assert_span(told(f, 2)->role, "mailhost");
}

static void a_similar_name_is_found(void **state)
{
    static const char *const rows[][2] = {
        {"imap.gmial.com",           "imap.gmail.com"  },
        {"iamp.web.de",              "imap.web.de"     },
        {"imap.example.com",         ""                },
        {"impa.exampel.net",         "imap.example.net"},
        {"imap.gmx.nte",             "imap.gmx.net"    },
        {"smtp.long-enough.example", ""                },
        {"i",                        ""                },
    };
    struct fixture *f = *state;
    ask(f, 1, "imap.example.net", DNS_A, SECOND);
    answer_from(f, 64, SECOND + 1,
                address_answer(1, "imap.example.net", "\xc6\x33\x64\x19"));
    for (uint16_t i = 0; i < 7; i++) {
        ask(f, i, rows[i][0], DNS_A, 2 * SECOND);
        say(f, true, PORT, 2 * SECOND + 1,
            answer(i, rows[i][0], DNS_A, DNS_NXDOMAIN));
    }
    for (size_t i = 0; i < 7; i++)
        assert_span(told(f, i + 1)->similar, rows[i][1]);
}

static void domains_go_by_their_form(void **state)
{
    static const char *const rows[][2] = {
        {"imap.example.org",  "example.org"  },
        {"example.org",       "example.org"  },
        {"org",               "org"          },
        {"",                  ""             },
        {"a.b.example.co.uk", "example.co.uk"},
        {"co.uk",             "co.uk"        },
        {"imap.web.de",       "web.de"       },
        {"imap.co.com",       "co.com"       },
        {".",                 "."            },
        {"a..b",              ".b"           },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_span(dns_domain(span_of(rows[i][0])), rows[i][1]);
}

static void encrypted_questions_are_counted(void **state)
{
    struct fixture *f = *state;
    struct encrypted *e = encrypted_new();
    struct encrypted_seen seen = {.client = ipv4(CLIENT),
                                  .server = ipv4(RESOLVER),
                                  .client_port = 1000,
                                  .server_port = DNS_TLS_PORT,
                                  .tcp = true};
    encrypted_packet(e, &seen);
    encrypted_packet(e, &seen); /* its SYN once more */
    seen.client_port++;
    encrypted_packet(e, &seen);
    seen.server_port = HTTPS_PORT;
    encrypted_packet(e, &seen); /* some web server */
    seen.name = SPAN("notdns.google");
    encrypted_packet(e, &seen);
    seen.name = SPAN("Mozilla.cloudflare-dns.com");
    encrypted_packet(e, &seen);
    encrypted_tell(e, f->facts);
    encrypted_free(&e);
    assert_int_equal(facts_count(f->facts, FACT_KIND_dns_encrypted), 2);
    const struct fact_dns_encrypted *first =
        facts_get(f->facts, FACT_KIND_dns_encrypted, 0)->values;
    assert_int_equal(first->connections, 2);
    assert_span(first->over, "DNS over TLS");
    const struct fact_dns_encrypted *second =
        facts_get(f->facts, FACT_KIND_dns_encrypted, 1)->values;
    assert_span(second->over, "DNS over HTTPS");
    assert_span(second->name, "Mozilla.cloudflare-dns.com");
}

/* A second answer is read with the same care as a first one. */
static void second_answers_may_be_anything(void **state)
{
    struct fixture *f = *state;
    struct message m = address_answer(7, "imap.example", "\xc6\x33\x64\x19");
    add_name_record(&m, DNS_ANSWER, "imap.example", DNS_CNAME, "imap.example");
    m.bytes[7] = 255; /* more answers than there are */
    for (size_t n = 0; n <= m.n; n++) {
        ask(f, 7, "imap.example", DNS_A, (int64_t)(n + 1) * 100 * SECOND);
        answer_from(f, 64, (int64_t)(n + 1) * 100 * SECOND + 1,
                    address_answer(7, "imap.example", "\xcb\0q\x09"));
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, m.bytes, n);
        struct dns_seen seen = {.source = ipv4(RESOLVER),
                                .destination = ipv4(CLIENT),
                                .source_port = DNS_PORT,
                                .destination_port = PORT,
                                .time = (int64_t)(n + 1) * 100 * SECOND + 2};
        lookups_message(f->lookups, &seen, (struct span){copy, n});
        free(copy);
    }
    assert_int_equal(lookups_count(f->lookups), m.n + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_different_second_answer_is_told),
        TEST(a_name_first_denied_then_given_is_told),
        TEST(the_same_answer_again_is_nothing),
        TEST(a_packet_sent_twice_may_be_answered_twice),
        TEST(edns_that_only_costs_time_is_told),
        TEST(edns_answered_at_last_is_no_such_thing),
        TEST(tcp_after_truncation_is_followed),
        TEST(a_typed_name_is_found_in_a_longer_one),
        TEST(one_address_for_many_domains_is_counted),
        TEST(who_takes_mail_asks_for_strangers),
        TEST(who_does_something_else_is_active),
        TEST(mail_goes_to_the_name_that_is_for_mail),
        TEST(lists_and_web_pages_are_no_mail_hosts),
        TEST(a_similar_name_is_found),
        TEST(domains_go_by_their_form),
        TEST(encrypted_questions_are_counted),
        TEST(second_answers_may_be_anything),
    };
    return cmocka_run_group_tests_name("DNS relations", tests, NULL, NULL);
}

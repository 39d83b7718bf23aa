/* test_dns.c - DNS messages are read, and hostile ones are survived.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "dns/dns.h"
#include "dns_build.h"

static struct span span_in(const struct message *m)
{
    return (struct span){m->bytes, m->n};
}

static bool name_is(const struct dns_name *name, struct span expected)
{
    return span_same(dns_name_span(name), expected);
}

static void names_are_lower_case_and_safe(void **state)
{
    (void)state;
    struct message m = {.n = 0};
    add_header(&m, 1, false, 0, 1);
    put(&m, "\x04IM.P\x05" "a\x1b[0m\x03Org\0", 16);
    put16(&m, DNS_A);
    put16(&m, 1);
    struct dns_message read;
    assert_true(dns_read(span_in(&m), &read));
    assert_true(read.asks);
    assert_true(name_is(&read.name, SPAN("im?p.a?[0m.org")));
}

/* The answer's name points at the question's, and its target continues there. */
static void pointers_are_followed(void **state)
{
    (void)state;
    struct message m = answer(1, "www.example.org", DNS_CNAME, 0);
    m.bytes[7] = 1;
    put(&m, "\xc0\x0c", 2);
    put16(&m, DNS_CNAME);
    put16(&m, 1);
    put32(&m, 60);
    put16(&m, 7);
    put(&m, "\x04host\xc0\x10", 7);
    struct dns_message read;
    struct dns_record record;
    struct dns_name target;
    assert_true(dns_read(span_in(&m), &read));
    struct dns_records records = dns_records(&read);
    assert_true(dns_record_take(&records, &record));
    assert_true(name_is(&record.name, SPAN("www.example.org")));
    assert_true(dns_record_target(read.bytes, &record, &target));
    assert_true(name_is(&target, SPAN("host.example.org")));
    assert_false(dns_record_take(&records, &record));
}

static void names_that_lead_nowhere_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        {"\xc0\x0c", 2},             /* at itself */
        {"\xc0\x0e\0", 3},           /* ahead */
        {"\x01" "a\xc0\x0c", 4},     /* at its own beginning */
        {"\x40" "a\0", 3},           /* a label type that is none */
        {"\x05" "ab", 3},            /* longer than the message */
        {"\xc0", 1},                 /* half a pointer */
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct message m = {.n = 0};
        struct dns_message read;
        add_header(&m, 1, false, 0, 1);
        put(&m, rows[i].bytes, rows[i].n);
        if (rows[i].n > 2)
            put32(&m, 0x00010001);
        assert_false(dns_read(span_in(&m), &read));
    }
}

/* 300 bytes of labels, more than RFC 1035 section 3.1 allows. */
static void long_names_are_refused(void **state)
{
    (void)state;
    struct message m = {.n = 0};
    struct dns_message read;
    add_header(&m, 1, false, 0, 1);
    for (int i = 0; i < 30; i++)
        put(&m, "\x09" "abcdefghi", 10);
    put(&m, "", 1);
    put32(&m, 0x00010001);
    assert_false(dns_read(span_in(&m), &read));
}

static void edns_extends_the_rcode(void **state)
{
    (void)state;
    struct message m = answer(1, "a.example", DNS_A, 0);
    struct dns_message read;
    size_t ttl = m.n + 5;
    add_ede(&m, 15, "by policy");
    m.bytes[ttl] = 1; /* BADVERS is 16 */
    assert_true(dns_read(span_in(&m), &read));
    assert_int_equal(read.rcode, 16);
    assert_true(read.has_ede);
    assert_int_equal(read.ede, 15);
    assert_true(span_same(read.ede_text, SPAN("by policy")));
    assert_true(span_same(dns_ede_name(15), SPAN("Blocked")));
    assert_int_equal(dns_ede_name(999).n, 0);
}

/* Exact heap copies: the sanitizer sees a read of one byte too many. */
static void any_cut_is_survived(void **state)
{
    (void)state;
    struct message m = answer(1, "_imaps._tcp.example.org", DNS_SRV, 0);
    add_name_record(&m, DNS_ANSWER, "_imaps._tcp.example.org", DNS_SRV,
                    "imap.example.org");
    add_a(&m, "imap.example.org", "\x0a\0\0\x01");
    add_ede(&m, 6, "x");
    for (size_t n = 0; n <= m.n; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, m.bytes, n);
        struct dns_message read;
        struct dns_record record;
        struct dns_name target;
        size_t count = 0;
        if (dns_read((struct span){copy, n}, &read)) {
            struct dns_records records = dns_records(&read);
            while (dns_record_take(&records, &record)) {
                dns_record_target(read.bytes, &record, &target);
                count++;
            }
        }
        assert_int_equal(count == 3, n == m.n);
        free(copy);
    }
}

static void a_stream_is_cut_into_messages(void **state)
{
    (void)state;
    struct span stream = SPAN("\0\x03" "abc\0\0\0\x05" "de");
    struct span message;
    assert_true(dns_stream_take(&stream, &message));
    assert_true(span_same(message, SPAN("abc")));
    assert_true(dns_stream_take(&stream, &message));
    assert_int_equal(message.n, 0);
    assert_false(dns_stream_take(&stream, &message));
    assert_int_equal(stream.n, 4);
}

static void types_have_names(void **state)
{
    (void)state;
    char room[DNS_TYPE_TEXT];
    assert_true(span_same(dns_type_name(DNS_AAAA, room), SPAN("AAAA")));
    assert_true(span_same(dns_type_name(65535, room), SPAN("TYPE65535")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_lower_case_and_safe),
        cmocka_unit_test(pointers_are_followed),
        cmocka_unit_test(names_that_lead_nowhere_are_refused),
        cmocka_unit_test(long_names_are_refused),
        cmocka_unit_test(edns_extends_the_rcode),
        cmocka_unit_test(any_cut_is_survived),
        cmocka_unit_test(a_stream_is_cut_into_messages),
        cmocka_unit_test(types_have_names),
    };
    return cmocka_run_group_tests_name("DNS messages", tests, NULL, NULL);
}

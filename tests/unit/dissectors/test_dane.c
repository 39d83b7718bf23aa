/* test_dane.c - certificates against TLSA records (RFC 6698, 7672).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

#include "dns_fixture.h"
#include "tls/dane.h"

#define HOST "mx.example.org"
#define NAME "_25._tcp." HOST

static struct lab_cert root, leaf;

static int make_certificates(void **state)
{
    (void)state;
    root = lab_cert_new((struct lab_wish){.name = "Lab Root", .ca = true});
    leaf = lab_cert_new((struct lab_wish){.name = HOST, .issuer = &root});
    return 0;
}

static int free_certificates(void **state)
{
    (void)state;
    lab_cert_free(&root);
    lab_cert_free(&leaf);
    return 0;
}

/* What a record about this certificate says. */
static struct span hash(X509 *cert, uint8_t selector, uint8_t matching,
                        uint8_t room[64])
{
    unsigned char *der = NULL;
    unsigned int n = 0;
    int length = selector == TLSA_CERTIFICATE
                     ? i2d_X509(cert, &der)
                     : i2d_PUBKEY(X509_get0_pubkey(cert), &der);
    assert_true(length > 0);
    EVP_Digest(der, (size_t)length, room, &n,
               matching == TLSA_SHA256 ? EVP_sha256() : EVP_sha512(), NULL);
    OPENSSL_free(der);
    return (struct span){room, n};
}

static enum dane check(const struct tlsa *records, size_t count)
{
    struct tlsa_set set = {records, count};
    STACK_OF(X509) *others = sk_X509_new_null();
    sk_X509_push(others, root.cert);
    enum dane result = dane_check(&set, leaf.cert, others);
    sk_X509_free(others);
    return result;
}

static void each_kind_of_hash_fits(void **state)
{
    uint8_t room[64];
    (void)state;
    for (uint8_t selector = 0; selector <= 1; selector++) {
        for (uint8_t matching = 1; matching <= 2; matching++) {
            struct tlsa t = {TLSA_END_ENTITY, selector, matching,
                             hash(leaf.cert, selector, matching, room)};
            assert_int_equal(check(&t, 1), DANE_MATCH);
            room[0] ^= 1;
            assert_int_equal(check(&t, 1), DANE_MISMATCH);
        }
    }
}

static void an_issuer_counts_for_trust_anchors_only(void **state)
{
    uint8_t room[64];
    (void)state;
    struct tlsa t = {TLSA_TRUST_ANCHOR, TLSA_PUBLIC_KEY, TLSA_SHA256,
                     hash(root.cert, TLSA_PUBLIC_KEY, TLSA_SHA256, room)};
    assert_int_equal(check(&t, 1), DANE_MATCH);
    t.usage = TLSA_END_ENTITY;
    assert_int_equal(check(&t, 1), DANE_MISMATCH);
}

static void one_that_fits_is_enough(void **state)
{
    uint8_t room[64], other[32] = {1};
    (void)state;
    struct tlsa two[] = {
        {TLSA_END_ENTITY, 1, 1, {other, 32}                  },
        {TLSA_END_ENTITY, 1, 1, hash(leaf.cert, 1, 1, room)},
    };
    assert_int_equal(check(two, 2), DANE_MATCH);
    assert_int_equal(check(two, 1), DANE_MISMATCH);
}

static void what_can_not_be_compared_is_unknown(void **state)
{
    uint8_t other[32] = {1};
    (void)state;
    struct tlsa two[] = {
        {TLSA_END_ENTITY, 1, 1, {other, 32}},
        {TLSA_END_ENTITY, 0, 0, {NULL, 0}  },
    };
    assert_int_equal(check(two, 2), DANE_UNKNOWN);
    assert_int_equal(check(two, 0), DANE_NONE);
}

/* RFC 7672 section 3.1.3: mail servers have no use for them. */
static void usages_of_web_browsers_do_not_count(void **state)
{
    uint8_t other[32] = {1};
    (void)state;
    struct tlsa t = {0, 1, 1, {other, 32}};
    assert_int_equal(check(&t, 1), DANE_NONE);
    t.usage = 1;
    assert_int_equal(check(&t, 1), DANE_NONE);
    t.usage = TLSA_END_ENTITY;
    t.matching = 3;
    assert_int_equal(check(&t, 1), DANE_NONE);
}

/* ---- what was looked up ---- */

enum { ANSWER_AD = 0x20, ANSWER_RA = 0x80 };

static struct message tlsa_answer(uint8_t flags, const char *data, size_t n)
{
    struct message m = answer(7, NAME, DNS_TLSA, DNS_NOERROR);
    struct message record = {.n = 0};
    put(&record, data, n);
    m.bytes[3] = flags;
    add_record(&m, DNS_ANSWER, NAME, DNS_TLSA, &record);
    return m;
}

static struct tlsa_set found(const struct fixture *f, const char *host,
                             uint16_t port, int64_t time)
{
    struct address client = ipv4(CLIENT);
    const struct lookup *answer =
        lookups_tlsa(f->lookups, &client, span_of(host), port, time);
    return answer ? answer->tlsa : (struct tlsa_set){NULL, 0};
}

static void an_answer_is_found_by_host_and_port(void **state)
{
    struct fixture *f = *state;
    struct text text = {0};
    ask(f, 7, NAME, DNS_TLSA, SECOND);
    say(f, true, PORT, 2 * SECOND,
        tlsa_answer(ANSWER_RA | ANSWER_AD, "\3\1\1\xab\xcd\xef", 6));
    struct tlsa_set set = found(f, HOST, 25, 3 * SECOND);
    assert_int_equal(set.count, 1);
    lookups_tlsa_text(&text, &set);
    assert_string_equal(text_string(&text), "3 1 1 abcdef");
    text_free(&text);
    assert_int_equal(found(f, HOST, 587, 3 * SECOND).count, 0);
    assert_int_equal(found(f, "mx2.example.org", 25, 3 * SECOND).count, 0);
    assert_int_equal(found(f, HOST, 25, SECOND).count, 0); /* not yet */
    assert_span(told(f, 0)->role, "tlsa");
    assert_span(told(f, 0)->host, HOST);
}

static void without_dnssec_it_counts_for_nothing(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, NAME, DNS_TLSA, SECOND);
    say(f, true, PORT, 2 * SECOND, tlsa_answer(ANSWER_RA, "\3\1\1\xab", 4));
    assert_int_equal(found(f, HOST, 25, 3 * SECOND).count, 0);
}

/* A resolver of the client's own checks the signatures itself. */
static void who_is_no_resolver_need_not_vouch(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, NAME, DNS_TLSA, SECOND);
    say(f, true, PORT, 2 * SECOND, tlsa_answer(0, "\3\1\1\xab", 4));
    assert_int_equal(found(f, HOST, 25, 3 * SECOND).count, 1);
}

static void broken_records_are_left_out(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, NAME, DNS_TLSA, SECOND);
    say(f, true, PORT, 2 * SECOND, tlsa_answer(ANSWER_AD, "\3\1", 2));
    assert_int_equal(found(f, HOST, 25, 3 * SECOND).count, 0);
    assert_span(told(f, 0)->outcome, "answered");
}

/* Who gave DANE up is not held against what the records were. */
static void records_that_went_away_count_no_more(void **state)
{
    struct fixture *f = *state;
    ask(f, 7, NAME, DNS_TLSA, SECOND);
    say(f, true, PORT, 2 * SECOND, tlsa_answer(ANSWER_AD, "\3\1\1\xab", 4));
    ask(f, 8, NAME, DNS_TLSA, 3 * SECOND);
    say(f, true, PORT, 4 * SECOND, answer(8, NAME, DNS_TLSA, DNS_NXDOMAIN));
    assert_int_equal(found(f, HOST, 25, 5 * SECOND).count, 0);
    assert_int_equal(found(f, HOST, 25, 3 * SECOND).count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_hash_fits),
        cmocka_unit_test(an_issuer_counts_for_trust_anchors_only),
        cmocka_unit_test(one_that_fits_is_enough),
        cmocka_unit_test(what_can_not_be_compared_is_unknown),
        cmocka_unit_test(usages_of_web_browsers_do_not_count),
        cmocka_unit_test_setup_teardown(an_answer_is_found_by_host_and_port,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(without_dnssec_it_counts_for_nothing,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_no_resolver_need_not_vouch,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(broken_records_are_left_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(records_that_went_away_count_no_more,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}

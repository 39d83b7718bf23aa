/* test_diff.c - two sessions side by side: what differs, and what is only
 * another time, tag or id.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "base/clock.h"
#include "diff/diff.h"

/* ---- a session as it may be told ---- */

enum { GOOD, BAD };

static struct facts *facts[2];
static struct result *results[2];
static struct result_session sessions[2];
static struct diff *diff;

static void at(int side, uint64_t packet, double seconds)
{
    facts_stamp(facts[side], packet, (int64_t)(seconds * 1e9) + CLOCK_SECOND);
}

static void connected(int side, struct fact_session with)
{
    with.protocol = SPAN("imap");
    with.handshake = SPAN("full");
    with.name = SPAN("imap.example.org");
    with.port = 143;
    with.end = SPAN("client-fin");
    at(side, 3, 0.03);
    TELL(facts[side], tcp_connect, .rtt = 0.02, .delay = 0.02);
    at(side, 1, 0);
    facts_add(facts[side], FACT_KIND_session, &with);
}

static void greets(int side, const char *text)
{
    at(side, 4, 0.05);
    TELL(facts[side], mail_greeting, .protocol = SPAN("imap"),
         .result = SPAN("ok"), .text = span_of(text), .line = span_of(text));
}

static void offers(int side, const char *list, bool starttls,
                   const char *mechanisms)
{
    at(side, 5, 0.06);
    TELL(facts[side], imap_capability, .list = span_of(list),
         .starttls = starttls, .mechanisms = span_of(mechanisms));
}

static void logs_in(int side, const char *line, bool ok, double latency)
{
    at(side, 7, 0.1 + latency);
    TELL(facts[side], mail_login, .protocol = SPAN("imap"),
         .command = SPAN("LOGIN"), .result = ok ? SPAN("ok") : SPAN("refused"),
         .code = ok ? SPAN("") : SPAN("AUTHENTICATIONFAILED"),
         .line = span_of(line), .latency = latency);
}

static void selects(int side, const char *tag, const char *folder,
                    const char *status)
{
    at(side, 9, 4);
    TELL(facts[side], imap_response, .tag = span_of(tag),
         .command = SPAN("SELECT"), .folder = span_of(folder),
         .status = span_of(status), .text = SPAN("done"), .line = SPAN("done"),
         .latency = 0.01);
}

static int begin(void **state)
{
    (void)state;
    for (int side = GOOD; side <= BAD; side++) {
        facts[side] = facts_new(1);
        results[side] = result_new(side ? "bad.pcap" : "good.pcap");
        results[side]->trace = facts[side];
        results[side]->start = CLOCK_SECOND;
        sessions[side] = (struct result_session){
            .id = 1,
            .protocol = "imap",
            .security = "plain",
            .client_address = "192.0.2.1",
            .server_address = "198.51.100.1",
            .server_port = 143,
            .summary = "",
            .verdict = VERDICT_HEALTHY,
        };
        results[side]->sessions = &sessions[side];
        results[side]->session_count = 1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    diff_free(&diff);
    for (int side = GOOD; side <= BAD; side++)
        result_free(&results[side]);
    return 0;
}

static void compare(void)
{
    diff = diff_of(results[GOOD], 1, results[BAD], 1);
}

static const struct diff_step *step(const char *name)
{
    for (size_t i = 0; i < diff->step_count; i++)
        if (strcmp(diff->steps[i].name, name) == 0)
            return &diff->steps[i];
    fail_msg("there is no step %s", name);
    return NULL;
}

static void assert_first(const char *name, const char *says)
{
    assert_non_null(diff->first);
    assert_string_equal(diff->first->name, name);
    if (!strstr(diff->first->says, says))
        fail_msg("%s: says \"%s\"", name, diff->first->says);
}

/* ---- what is no difference ---- */

static void tags_times_and_ids_are_no_difference(void **state)
{
    (void)state;
    connected(GOOD, (struct fact_session){.client_port = 40000});
    connected(BAD, (struct fact_session){.client_port = 50000});
    greets(GOOD, "ready <1795500787.1@host>");
    greets(BAD, "ready <1795599999.7@host>");
    logs_in(GOOD, "a1 OK hello", true, 0.02);
    logs_in(BAD, "x9 OK hello", true, 0.9);
    selects(GOOD, "a2", "INBOX", "OK");
    selects(BAD, "x10", "INBOX", "OK");
    compare();
    assert_null(diff->first);
    for (size_t i = 0; i < diff->step_count; i++)
        assert_int_equal(diff->steps[i].weight, DIFF_SAME);
}

static void how_often_a_step_went_well_is_no_difference(void **state)
{
    (void)state;
    for (int side = GOOD; side <= BAD; side++)
        connected(side, (struct fact_session){0});
    selects(GOOD, "a1", "INBOX", "OK");
    selects(GOOD, "a2", "Sent", "OK");
    for (int i = 0; i < 9; i++)
        selects(BAD, "b1", i % 2 ? "Sent" : "INBOX", "OK");
    compare();
    for (size_t i = 0; i < diff->step_count; i++)
        assert_int_equal(diff->steps[i].weight, DIFF_SAME);
}

static void other_words_in_a_greeting_are_of_less_weight(void **state)
{
    (void)state;
    greets(GOOD, "Dovecot ready");
    greets(BAD, "Courier ready");
    compare();
    assert_null(diff->first);
    assert_int_equal(step("greeting")->weight, DIFF_LESSER);
    assert_string_equal(step("greeting")->says,
                        "words: Courier ready instead of Dovecot ready");
}

/* ---- what is one ---- */

static void a_refused_login_is_the_first_difference(void **state)
{
    (void)state;
    greets(GOOD, "hello");
    greets(BAD, "hello");
    logs_in(GOOD, "a1 OK in", true, 0.02);
    logs_in(BAD, "b7 NO out", false, 2);
    selects(GOOD, "a2", "INBOX", "OK");
    sessions[BAD].verdict = VERDICT_FAILURE;
    sessions[BAD].primary = "authentication.bad-credentials";
    compare();
    assert_first("login", "result: refused instead of ok");
    assert_string_equal(diff->first->good.shown, "OK in");
    assert_string_equal(diff->first->bad.shown, "NO out");
    assert_int_equal(diff->first->good.packet, 7);
    assert_int_equal(diff->first->bad.packet, 7);
    /* Servers wait on purpose. */
    assert_string_equal(diff->first->also, "2.0 s instead of 20 ms");
    assert_string_equal(step("SELECT")->says, "the bad one did not come to it");
    assert_int_equal(step("SELECT")->weight, DIFF_LESSER);
    assert_int_equal(step("outcome")->weight, DIFF_MATTERS);
}

static void a_step_that_takes_seconds_longer_matters(void **state)
{
    (void)state;
    logs_in(GOOD, "a1 OK in", true, 0.02);
    logs_in(BAD, "b7 OK in", true, 8);
    compare();
    assert_first("login", "8.0 s instead of 20 ms");
}

static void what_is_slow_by_nature_may_be_a_little_slower(void **state)
{
    (void)state;
    logs_in(GOOD, "a1 OK in", true, 10);
    logs_in(BAD, "b7 OK in", true, 12);
    compare();
    assert_int_equal(step("login")->weight, DIFF_SAME);
}

static void a_step_that_takes_seconds_less_does_not_matter(void **state)
{
    (void)state;
    logs_in(GOOD, "a1 OK in", true, 8);
    logs_in(BAD, "b7 OK in", true, 0.02);
    compare();
    assert_null(diff->first);
    assert_int_equal(step("login")->weight, DIFF_LESSER);
}

static void an_offer_of_encryption_that_is_missing_matters(void **state)
{
    (void)state;
    offers(GOOD, "IMAP4REV1 IDLE STARTTLS", true, "PLAIN");
    offers(BAD, "IMAP4REV1 IDLE XXXXXXXX", false, "PLAIN");
    compare();
    assert_first("offer", "STARTTLS: no instead of yes");
    assert_string_equal(diff->first->also,
                        "offered: without STARTTLS, with XXXXXXXX");
}

static void one_that_only_the_bad_one_has_is_of_less_weight(void **state)
{
    (void)state;
    offers(GOOD, "IMAP4REV1", false, "PLAIN");
    offers(BAD, "IMAP4REV1 STARTTLS", true, "PLAIN");
    compare();
    assert_null(diff->first);
    assert_int_equal(step("offer")->weight, DIFF_LESSER);
}

static void one_mechanism_less_is_of_less_weight_than_none(void **state)
{
    (void)state;
    offers(GOOD, "IMAP4REV1", true, "PLAIN LOGIN");
    offers(BAD, "IMAP4REV1", true, "PLAIN");
    compare();
    assert_null(diff->first);
    diff_free(&diff);
    end(NULL);
    begin(NULL);
    offers(GOOD, "IMAP4REV1", true, "PLAIN LOGIN");
    offers(BAD, "IMAP4REV1", true, "");
    compare();
    assert_first("offer", "mechanisms: without PLAIN LOGIN");
}

static void what_is_offered_in_another_order_is_the_same(void **state)
{
    (void)state;
    offers(GOOD, "IMAP4REV1 IDLE", true, "PLAIN LOGIN");
    offers(BAD, "IDLE IMAP4REV1", true, "LOGIN PLAIN");
    compare();
    assert_int_equal(step("offer")->weight, DIFF_SAME);
}

static void
an_expired_certificate_matters_even_beside_a_hidden_one(void **state)
{
    (void)state;
    at(BAD, 6, 0.1);
    TELL(facts[BAD], tls_certificate, .subject = SPAN("mail.example.org"),
         .issuer = SPAN("CA"), .expired = true);
    compare();
    assert_first("certificate", "only in the bad one");
    assert_false(diff->first->good.there);
}

static void another_issuer_matters_another_key_does_not(void **state)
{
    (void)state;
    for (int side = GOOD; side <= BAD; side++) {
        at(side, 6, 0.1);
        TELL(facts[side], tls_certificate, .subject = SPAN("mail.example.org"),
             .issuer = side ? SPAN("Shield") : SPAN("CA"), .chain = SPAN("ok"),
             .fingerprint = side ? SPAN("aa") : SPAN("bb"));
    }
    compare();
    assert_first("certificate", "issuer: Shield instead of CA");
    assert_string_equal(diff->first->also, "fingerprint: aa instead of bb");
}

static void a_reset_that_only_the_bad_one_has_matters(void **state)
{
    (void)state;
    at(BAD, 8, 1);
    TELL(facts[BAD], tcp_reset, .by = SPAN("server"),
         .state = SPAN("established"));
    compare();
    assert_first("reset", "only in the bad one");
}

static void a_reset_after_both_had_closed_does_not_matter(void **state)
{
    (void)state;
    at(BAD, 8, 1);
    TELL(facts[BAD], tcp_reset, .by = SPAN("server"), .state = SPAN("closed"));
    compare();
    assert_null(diff->first);
}

static void a_command_without_an_answer_stands_beside_its_answer(void **state)
{
    (void)state;
    selects(GOOD, "a1", "INBOX", "OK");
    at(BAD, 9, 4);
    TELL(facts[BAD], mail_unanswered, .protocol = SPAN("imap"),
         .command = SPAN("SELECT"), .waited = 30, .end = SPAN("timeout"));
    compare();
    assert_first("SELECT", "answer: none instead of OK");
    assert_true(diff->first->good.there && diff->first->bad.there);
}

static void the_second_folder_stands_beside_the_second(void **state)
{
    (void)state;
    selects(GOOD, "a1", "INBOX", "OK");
    selects(GOOD, "a2", "Sent", "OK");
    selects(BAD, "b1", "Sent", "NO");
    compare();
    assert_first("SELECT", "answer: NO instead of OK");
}

static void the_same_step_stands_beside_the_same(void **state)
{
    (void)state;
    selects(GOOD, "a1", "INBOX", "OK");
    selects(GOOD, "a2", "Sent", "OK");
    selects(BAD, "b1", "Sent", "OK");
    compare();
    assert_false(step("SELECT")->bad.there);
    assert_int_equal(diff->steps[1].weight, DIFF_SAME);
}

static void what_comes_off_the_wire_is_made_safe(void **state)
{
    (void)state;
    greets(GOOD, "hello");
    greets(BAD, "he\033[2Jllo");
    compare();
    assert_null(strchr(step("greeting")->bad.shown, '\033'));
    assert_null(strchr(step("greeting")->says, '\033'));
}

static void a_failure_that_no_step_shows_is_a_difference_all_the_same(void **s)
{
    (void)s;
    sessions[BAD].verdict = VERDICT_FAILURE;
    compare();
    assert_first("outcome", "FAILED instead of OK");
}

static void
a_failure_without_a_wrong_step_is_where_the_good_one_goes_on(void **state)
{
    (void)state;
    connected(GOOD, (struct fact_session){0});
    connected(BAD, (struct fact_session){0});
    greets(GOOD, "* OK ready");
    greets(BAD, "* OK ready");
    logs_in(GOOD, "a1 OK done", true, 0.02);
    selects(GOOD, "a2", "INBOX", "OK");
    sessions[BAD].verdict = VERDICT_FAILURE;
    compare();
    assert_first("login", "the bad one did not come to it");
    assert_int_equal(step("SELECT")->weight, DIFF_LESSER);
    assert_int_equal(step("close")->weight, DIFF_SAME);
}

static void what_only_the_good_one_said_on_the_way_is_no_end(void **state)
{
    (void)state;
    connected(GOOD, (struct fact_session){0});
    connected(BAD, (struct fact_session){0});
    greets(GOOD, "* OK ready");
    logs_in(GOOD, "a1 OK done", true, 0.02);
    logs_in(BAD, "a1 OK done", true, 0.02);
    sessions[BAD].verdict = VERDICT_FAILURE;
    compare();
    assert_int_equal(step("greeting")->weight, DIFF_LESSER);
    assert_first("outcome", "FAILED instead of OK");
}

static void a_bare_line_feed_is_of_less_weight_and_says_what_it_is(void **s)
{
    (void)s;
    at(BAD, 5, 0.06);
    TELL(facts[BAD], smtp_malformed, .side = SPAN("client"),
         .why = SPAN("bare LF"), .line = SPAN("(message)"));
    compare();
    assert_null(diff->first);
    assert_string_equal(step("malformed")->bad.shown,
                        "bare LF from the client: (message)");
}

static void what_is_encrypted_may_have_been_there(void **state)
{
    (void)state;
    connected(GOOD, (struct fact_session){.encrypted = true});
    connected(BAD, (struct fact_session){0});
    logs_in(BAD, "a1 NO no", false, 0.02);
    compare();
    assert_first("login", "only in the bad one");
    assert_true(step("login")->good.hidden);
    assert_false(step("login")->bad.hidden);
}

static void that_nothing_can_be_told_is_none(void **state)
{
    (void)state;
    sessions[BAD].verdict = VERDICT_UNDETERMINED;
    compare();
    assert_null(diff->first);
    assert_int_equal(step("outcome")->weight, DIFF_LESSER);
}

static void without_a_session_the_look_up_can_be_compared(void **state)
{
    (void)state;
    connected(GOOD, (struct fact_session){0});
    for (int side = GOOD; side <= BAD; side++) {
        at(side, 2, 0.01);
        TELL(facts[side], dns_lookup, .name = SPAN("imap.example.org"),
             .type = SPAN("A"),
             .outcome = side ? SPAN("nxdomain") : SPAN("answered"));
    }
    diff = diff_of(results[GOOD], 1, results[BAD], 0);
    assert_null(diff->bad_session);
    assert_first("dns A", "outcome: nxdomain instead of answered");
}

/* ---- which sessions ---- */

static void assert_picked(uint64_t good, uint64_t bad)
{
    uint64_t good_id = 0, bad_id = 0;
    struct err err;
    assert_true(
        diff_pick(results[GOOD], results[BAD], &good_id, &bad_id, &err));
    assert_int_equal(good_id, good);
    assert_int_equal(bad_id, bad);
}

static const struct result_session imap = {
    .protocol = "imap", .server_port = 143, .verdict = VERDICT_HEALTHY};
static const struct result_session smtp = {
    .protocol = "smtp", .server_port = 25, .verdict = VERDICT_HEALTHY};

static void a_failing_session_is_laid_beside_a_working_one_like_it(void **state)
{
    (void)state;
    struct result_session good[] = {imap, smtp, imap, imap};
    struct result_session bad[] = {imap, smtp, imap};
    for (uint64_t i = 0; i < 4; i++)
        good[i].id = i + 1;
    for (uint64_t i = 0; i < 3; i++)
        bad[i].id = i + 1;
    good[0].verdict = VERDICT_FAILURE;
    good[3].server_port = 993;
    bad[2].verdict = VERDICT_FAILURE;
    bad[2].server_port = 993;
    results[GOOD]->sessions = good;
    results[GOOD]->session_count = 4;
    results[BAD]->sessions = bad;
    results[BAD]->session_count = 3;
    assert_picked(4, 3);
    bad[1].verdict = VERDICT_FAILURE; /* either has its like: the first */
    bad[2].server_port = 144;
    assert_picked(2, 2);
}

static void a_protocol_that_fits_comes_before_one_that_worked(void **state)
{
    (void)state;
    struct result_session good[] = {smtp, imap};
    good[0].id = 1;
    good[1].id = 2;
    good[1].verdict = VERDICT_FAILURE;
    results[GOOD]->sessions = good;
    results[GOOD]->session_count = 2;
    sessions[BAD].verdict = VERDICT_FAILURE;
    assert_picked(2, 1);
}

static void a_failure_before_any_session_is_laid_beside_one(void **state)
{
    (void)state;
    results[BAD]->session_count = 0;
    assert_picked(1, 0);
    results[BAD]->session_count = 1;
    results[BAD]->verdict = VERDICT_FAILURE; /* but not of the session */
    assert_picked(1, 0);
}

static void sessions_that_are_not_there_are_refused(void **state)
{
    (void)state;
    uint64_t good = 7, bad = 0;
    struct err err;
    assert_false(diff_pick(results[GOOD], results[BAD], &good, &bad, &err));
    assert_non_null(strstr(err.text, "good.pcap: has no session 7"));
    good = 0;
    results[GOOD]->session_count = 0;
    assert_false(diff_pick(results[GOOD], results[BAD], &good, &bad, &err));
    assert_non_null(strstr(err.text, "holds no mail session"));
}

#define COMPARES(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMPARES(tags_times_and_ids_are_no_difference),
        COMPARES(how_often_a_step_went_well_is_no_difference),
        COMPARES(other_words_in_a_greeting_are_of_less_weight),
        COMPARES(a_refused_login_is_the_first_difference),
        COMPARES(a_step_that_takes_seconds_longer_matters),
        COMPARES(what_is_slow_by_nature_may_be_a_little_slower),
        COMPARES(the_same_step_stands_beside_the_same),
        COMPARES(a_step_that_takes_seconds_less_does_not_matter),
        COMPARES(an_offer_of_encryption_that_is_missing_matters),
        COMPARES(one_that_only_the_bad_one_has_is_of_less_weight),
        COMPARES(one_mechanism_less_is_of_less_weight_than_none),
        COMPARES(what_is_offered_in_another_order_is_the_same),
        COMPARES(an_expired_certificate_matters_even_beside_a_hidden_one),
        COMPARES(another_issuer_matters_another_key_does_not),
        COMPARES(a_reset_that_only_the_bad_one_has_matters),
        COMPARES(a_reset_after_both_had_closed_does_not_matter),
        COMPARES(a_command_without_an_answer_stands_beside_its_answer),
        COMPARES(the_second_folder_stands_beside_the_second),
        COMPARES(what_comes_off_the_wire_is_made_safe),
        COMPARES(a_failure_that_no_step_shows_is_a_difference_all_the_same),
        COMPARES(a_failure_without_a_wrong_step_is_where_the_good_one_goes_on),
        COMPARES(what_only_the_good_one_said_on_the_way_is_no_end),
        COMPARES(a_bare_line_feed_is_of_less_weight_and_says_what_it_is),
        COMPARES(what_is_encrypted_may_have_been_there),
        COMPARES(that_nothing_can_be_told_is_none),
        COMPARES(without_a_session_the_look_up_can_be_compared),
        COMPARES(a_failing_session_is_laid_beside_a_working_one_like_it),
        COMPARES(a_protocol_that_fits_comes_before_one_that_worked),
        COMPARES(a_failure_before_any_session_is_laid_beside_one),
        COMPARES(sessions_that_are_not_there_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_tls_ends.c - how handshakes and encrypted talks end, without keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

static struct lab_cert server, root, stranger;

static int make_certificates(void **state)
{
    (void)state;
    root = lab_cert_new((struct lab_wish){.name = "Lab Root", .ca = true});
    stranger = lab_cert_new((struct lab_wish){.name = "Stranger", .ca = true});
    server = lab_cert_new((struct lab_wish){.name = "mail.example.org",
                                            .san = "DNS:mail.example.org",
                                            .issuer = &root});
    return 0;
}

static int free_certificates(void **state)
{
    (void)state;
    lab_cert_free(&server);
    lab_cert_free(&root);
    lab_cert_free(&stranger);
    return 0;
}

static void shake(struct lab *lab)
{
    lab_open(lab);
    lab_shake(lab);
}

/* Writes a record of this type and length, with content that nobody can read,
 * as dir's next words. */
static void opaque(struct lab *lab, enum dir dir, uint8_t type, uint16_t n)
{
    uint8_t record[5 + 1024] = {type, 3, 3, (uint8_t)(n >> 8), (uint8_t)n};
    memset(record + 5, 0xa5, n);
    lab_record(lab, dir, record, 5u + n);
}

/* Forgets all but the first n pieces. */
static void keep(struct lab *lab, size_t n)
{
    while (lab->piece_count > n)
        free(lab->pieces[--lab->piece_count].bytes);
}

static void openssl_says_unknown_ca_in_the_clear(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v],
                          .cert = &server,
                          .server_name = "mail.example.org",
                          .trusted = stranger.cert};
        shake(&lab);
        assert_false(lab.ok);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.alert_message", 0,
                "by=client|level=fatal|desc=48|name=unknown_ca");
        lab_has(&seen, "tls.handshake", 0,
                "result=failed|ended_by=client|ended_how=alert");
        lab_has_not(&seen, "tls.shape");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void an_encrypted_alert_before_finished_is_a_refusal(void **state)
{
    (void)state;
    /* As GnuTLS and NSS do it in TLS 1.3: CCS, then 19 bytes, then FIN. */
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 2);
    opaque(&lab, C2S, 20, 1);
    opaque(&lab, C2S, 23, 19);
    struct flow_context context = {.closed_by_known = true, .closed_by = C2S};
    struct lab_seen seen = lab_facts(
        (struct lab_feed){.lab = &lab, .end = END_FIN, .context = context});
    lab_has(&seen, "tls.encrypted_alert", 0,
            "by=client|length=19|after=server_done|before_data=yes|certain=no");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|reached=server_done|version=TLS 1.3"
            "|ended_by=client|ended_how=alert");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void an_alert_to_who_has_left_refuses_nobody(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 2);
    opaque(&lab, S2C, 23, 19);
    struct lab_feed how = {.lab = &lab, .end = END_FIN};
    how.context = (struct flow_context){.closed_by_known = true,
                                        .closed_by = C2S,
                                        .closed_time = lab.pieces[2].time - 1};
    struct lab_seen seen = lab_facts(how);
    lab_has(&seen, "tls.encrypted_alert", 0, "by=server|answers_end=yes");
    lab_has(&seen, "tls.handshake", 0,
            "result=unfinished|ended_by=client|ended_how=fin|given_up=yes");
    lab_seen_free(&seen);
    how.context = (struct flow_context){.closed_by = S2C};
    seen = lab_facts(how);
    lab_has(&seen, "tls.encrypted_alert", 0, "by=server|answers_end=no");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|ended_by=server|ended_how=alert");
    lab_seen_free(&seen);
    lab_close(&lab);
}

/* Where the first n records of a piece end. */
static size_t records_end(const struct lab_piece *piece, size_t n)
{
    size_t at = 0;
    for (; n > 0; n--)
        at += 5u + (size_t)(piece->bytes[at + 3] << 8 | piece->bytes[at + 4]);
    return at;
}

static void a_flight_too_small_to_be_whole_is_the_servers_to_end(void **state)
{
    (void)state;
    enum { HELLO = 1, AND_CCS = 2, AND_EXTENSIONS = 3, ALL = 0 };
    static const size_t kept[] = {HELLO, AND_CCS, AND_EXTENSIONS, ALL};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
        shake(&lab);
        keep(&lab, 2);
        if (kept[i] != ALL)
            lab.pieces[1].n = records_end(&lab.pieces[1], kept[i]);
        struct lab_feed how = {.lab = &lab, .end = END_FIN};
        how.context = (struct flow_context){.closed_by_known = true,
                                            .closed_by = C2S,
                                            .closed_time = lab.pieces[1].time +
                                                           9000000000};
        struct lab_seen seen = lab_facts(how);
        lab_has(&seen, "tls.handshake", 0,
                kept[i] == ALL ? "server_due=0|given_up=yes"
                               : "server_due=9|given_up=no");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void an_alert_is_one_with_padding_too(void **state)
{
    (void)state;
    /* As JSSE does it: 16 bytes of padding in each record. */
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 2);
    opaque(&lab, C2S, 23, 35);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .end = END_FIN});
    lab_has(&seen, "tls.encrypted_alert", 0,
            "by=client|length=35|before_data=yes");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|ended_by=client|ended_how=alert");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void padding_is_not_content(void **state)
{
    (void)state;
    for (int padded = 0; padded < 2; padded++) {
        struct lab lab = {
            .version = TLS1_3_VERSION, .cert = &server, .padded = padded};
        shake(&lab);
        lab_say(&lab, C2S, "a1 NOOP\r\n");
        lab_say(&lab, S2C, "a1 OK and that is all\r\n");
        lab_say(&lab, C2S, "eighteen of them\r\n"); /* an alert and 16 */
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.shape", 0,
                "client_records=2|client_bytes=27|server_bytes=23");
        lab_has_not(&seen, "tls.encrypted_alert");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void nss_refuses_after_its_finished_in_tls12(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION,
                      .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
                      .cert = &server};
    shake(&lab);
    keep(&lab, 3); /* up to the client's Finished */
    opaque(&lab, C2S, 21, 26);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .end = END_FIN});
    lab_has(&seen, "tls.encrypted_alert", 0,
            "by=client|length=26|after=client_finished|before_data=yes"
            "|certain=yes");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|reached=client_finished|ended_by=client");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_second_handshake_is_seen_by_the_order_of_records(void **state)
{
    (void)state;
    enum { ALERT = 21, SHAKE = 22, DATA = 23 };
    static const struct {
        struct {
            enum dir dir;
            uint8_t type;
        } records[4];
        const char *wanted; /* NULL: no such fact */
    } rows[] = {
        {{{C2S, SHAKE}, {S2C, ALERT}, {C2S, ALERT}}, "answer=alert|went_on=no" },
        {{{C2S, SHAKE}, {S2C, DATA}, {S2C, ALERT}},  "answer=alert|went_on=no" },
        {{{C2S, SHAKE}, {S2C, ALERT}, {C2S, DATA}},  "answer=alert|went_on=yes"},
        {{{C2S, SHAKE}, {S2C, SHAKE}, {S2C, ALERT}},
         "answer=handshake|went_on=no"                                         },
        {{{C2S, SHAKE}, {C2S, ALERT}},               "answer=none|went_on=no"  },
        {{{S2C, SHAKE}, {C2S, ALERT}},               NULL                      },
        {{{C2S, DATA}, {S2C, ALERT}, {C2S, ALERT}},  NULL                      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
        shake(&lab);
        for (size_t k = 0; k < 4 && rows[i].records[k].type; k++)
            opaque(&lab, rows[i].records[k].dir, rows[i].records[k].type, 40);
        struct lab_seen seen =
            lab_facts((struct lab_feed){.lab = &lab, .end = END_FIN});
        if (rows[i].wanted)
            lab_has(&seen, "tls.renegotiation", 0, rows[i].wanted);
        else
            lab_has_not(&seen, "tls.renegotiation");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void a_close_without_a_word_says_who_and_where(void **state)
{
    (void)state;
    static const struct {
        size_t pieces;
        const char *reached;
    } rows[] = {
        {1, "client_hello"   },
        {2, "server_done"    },
        {3, "client_finished"}
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
        char wanted[128];
        shake(&lab);
        keep(&lab, rows[i].pieces);
        struct flow_context context = {.closed_by_known = true,
                                       .closed_by = S2C};
        struct lab_seen seen = lab_facts((struct lab_feed){
            .lab = &lab, .end = END_RESET, .context = context});
        snprintf(wanted, sizeof wanted,
                 "result=unfinished|reached=%s|ended_by=server|ended_how=reset",
                 rows[i].reached);
        lab_has(&seen, "tls.handshake", 0, wanted);
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void whether_the_hello_arrived_is_what_tcp_says(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 1);
    struct lab_feed how = {.lab = &lab, .end = END_OF_CAPTURE};
    struct lab_seen seen = lab_facts(how);
    lab_has(&seen, "tls.handshake", 0,
            "ended_by=nobody|ended_how=end-of-capture"
            "|client_hello_acknowledged=no");
    lab_seen_free(&seen);
    how.context.acknowledged = lab.pieces[0].n;
    how.end = END_TIMEOUT;
    seen = lab_facts(how);
    lab_has(&seen, "tls.handshake", 0,
            "ended_how=silence|client_hello_acknowledged=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void who_never_got_the_certificate_did_not_refuse_it(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 2); /* ClientHello, and all of the server's first part */
    struct lab_feed how = {.lab = &lab, .end = END_FIN};
    how.context = (struct flow_context){.closed_by_known = true,
                                        .closed_by = C2S,
                                        .heard_known = true,
                                        .heard = lab.pieces[1].n - 1};
    struct lab_seen seen = lab_facts(how);
    lab_has(&seen, "tls.handshake", 0, "ended_by=client|given_up=no");
    lab_seen_free(&seen);
    how.context.heard = lab.pieces[1].n;
    seen = lab_facts(how);
    lab_has(&seen, "tls.handshake", 0, "ended_by=client|given_up=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_missing_client_certificate_is_seen_in_tls12(void **state)
{
    (void)state;
    struct lab lab = {
        .version = TLS1_2_VERSION, .cert = &server, .wants_client_cert = true};
    shake(&lab);
    assert_false(lab.ok);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.alert_message", 0, "by=server|level=fatal");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|client_certificate_requested=yes"
            "|client_certificate_empty=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_missing_client_certificate_is_seen_in_tls13(void **state)
{
    (void)state;
    for (int padded = 0; padded < 2; padded++) {
        struct lab lab = {.version = TLS1_3_VERSION,
                          .cert = &server,
                          .wants_client_cert = true,
                          .padded = padded};
        shake(&lab);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.handshake", 0,
                "result=ok|client_certificate_requested=yes"
                "|client_certificate_empty=yes");
        lab_has(&seen, "tls.encrypted_alert", 0,
                "by=server|after=finished|before_data=yes");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void a_client_certificate_is_not_an_empty_one(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v],
                          .cert = &server,
                          .wants_client_cert = true,
                          .client_cert = &stranger};
        shake(&lab);
        assert_true(lab.ok);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.handshake", 0,
                "result=ok|client_certificate_requested=yes"
                "|client_certificate_empty=no");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void an_alert_in_the_clear_says_whether_it_answers_an_end(void **state)
{
    (void)state;
    static const uint8_t decode_error[] = {21, 3, 3, 0, 2, 2, 50};
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    shake(&lab);
    keep(&lab, 2);
    lab_record(&lab, S2C, decode_error, sizeof decode_error);
    struct lab_feed how = {.lab = &lab, .end = END_FIN};
    how.context = (struct flow_context){.closed_by_known = true,
                                        .closed_by = C2S,
                                        .closed_time = lab.pieces[2].time - 1};
    struct lab_seen seen = lab_facts(how);
    lab_has(&seen, "tls.alert_message", 0, "by=server|desc=50|answers_end=yes");
    lab_seen_free(&seen);
    how.context.closed_time = 0;
    seen = lab_facts(how);
    lab_has(&seen, "tls.alert_message", 0, "by=server|desc=50|answers_end=no");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void warnings_do_not_end_a_handshake(void **state)
{
    (void)state;
    static const uint8_t unrecognized_name[] = {21, 3, 3, 0, 2, 1, 112};
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    shake(&lab);
    /* The server puts it in front of its ServerHello. */
    struct lab_piece *hello = &lab.pieces[1];
    hello->bytes = realloc(hello->bytes, hello->n + sizeof unrecognized_name);
    memmove(hello->bytes + sizeof unrecognized_name, hello->bytes, hello->n);
    memcpy(hello->bytes, unrecognized_name, sizeof unrecognized_name);
    hello->n += sizeof unrecognized_name;
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.alert_message", 0,
            "level=warning|desc=112|name=unrecognized_name");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void session_tickets_are_not_the_servers_words(void **state)
{
    (void)state;
    static const bool starttls[] = {false, true};
    for (size_t i = 0; i < 2; i++) {
        struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
        shake(&lab);
        if (!starttls[i])
            lab_say(&lab, S2C, "* OK ready\r\n");
        lab_say(&lab, C2S, "a1 CAPABILITY\r\n");
        lab_say(&lab, S2C, "* CAPABILITY IMAP4rev1\r\na1 OK done\r\n");
        struct flow_context context = {.starttls = starttls[i]};
        struct lab_seen seen =
            lab_facts((struct lab_feed){.lab = &lab, .context = context});
        lab_has(&seen, "tls.handshake", 0,
                starttls[i] ? "starttls=yes" : "starttls=no");
        lab_has(&seen, "tls.shape", 0,
                starttls[i] ? "client_records=1|server_records=1|exchanges=1"
                            : "client_records=1|server_records=2|exchanges=1");
        lab_has(&seen, "tls.shape", 0,
                "client_bytes=15|answer_after_pause=36"
                "|request_before_pause=15|last_speaker=server");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void the_longest_wait_is_measured(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &server};
        lab.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
        shake(&lab);
        lab_say(&lab, S2C, "* OK ready\r\n");
        lab_say(&lab, C2S, "a1 CAPABILITY\r\n");
        lab_say(&lab, S2C, "* CAPABILITY IMAP4rev1\r\na1 OK done\r\n");
        lab_say(&lab, C2S, "a2 LOGIN bob hunter2\r\n");
        lab.now += 2 * CLOCK_SECOND;
        lab_say(&lab, S2C, "a2 NO [AUTHENTICATIONFAILED] Failed.\r\n");
        lab_say(&lab, C2S, "a3 LOGOUT\r\n");
        lab_say(&lab, S2C, "* BYE\r\na3 OK\r\n");
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.shape", 0,
                "pause=2.001|answer_after_pause=38|request_before_pause=22"
                "|exchanges=3|ended_after_pause=yes|close_notify=no");
        lab_seen_free(&seen);

        lab_say(&lab, C2S, "a4 LOGIN bob another-password\r\n");
        seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.shape", 0,
                "ended_after_pause=no|last_speaker=client");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void of_waits_alike_the_last_is_measured(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    lab_say(&lab, S2C, "* OK ready\r\n");
    lab_say(&lab, C2S, "a1 LOGIN bob hunter2\r\n");
    lab.now += 2 * CLOCK_SECOND + CLOCK_SECOND / 100;
    lab_say(&lab, S2C, "a1 NO [AUTHENTICATIONFAILED] Failed.\r\n");
    lab_say(&lab, C2S, "a2 LOGIN bob hunter22\r\n");
    lab.now += 2 * CLOCK_SECOND;
    lab_say(&lab, S2C, "a2 NO [AUTHENTICATIONFAILED] Failed.\r\n");
    lab_say(&lab, C2S, "a3 LOGOUT\r\n");
    lab_say(&lab, S2C, "* BYE\r\na3 OK\r\n");
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.shape", 0,
            "pause=2.001|answer_after_pause=38|request_before_pause=23"
            "|exchanges=3|ended_after_pause=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_turn_as_short_as_data_counts_when_more_follows(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    shake(&lab);
    lab_say(&lab, S2C, "220 mx.example.org\r\n");
    lab_say(&lab, C2S, "RCPT TO:<bob@example.org>\r\n");
    lab_say(&lab, S2C, "550 5.1.1 Unknown\r\n");
    lab_say(&lab, C2S, "RSET\r\n");
    lab_say(&lab, S2C, "250 Ok\r\n");
    lab_say(&lab, C2S, "QUIT\r\n");
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.shape", 0, "largest_request=27|short_requests=0");
    lab_seen_free(&seen);

    lab_say(&lab, S2C, "354 go on\r\n"); /* it was DATA */
    lab_say(&lab, C2S, "Subject: hello\r\n\r\n.\r\n");
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.shape", 0, "short_requests=1");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void the_end_of_a_talk_is_measured(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &server};
        lab.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
        shake(&lab);
        lab_say(&lab, S2C, "+OK ready\r\n");
        lab_say(&lab, C2S, "NOOP\r\n");
        lab_say(&lab, S2C, "+OK\r\n");
        lab.now += 600 * CLOCK_SECOND;
        lab_say(&lab, S2C, "-ERR idle too long\r\n");
        lab_bye(&lab, S2C);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.shape", 0,
                "last_speaker=server|last_request=6|last_answer=25"
                "|last_record=20|last_pause=600.001|last_unasked=yes"
                "|closed_by=server|left_first=server|keys=none|whole=yes");
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void a_long_talk_is_not_followed_to_its_end(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    shake(&lab);
    for (int i = 0; i < 100; i++)
        lab_say(&lab, S2C, "a line of a long message\r\n");
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    assert_true(seen.done);
    lab_has(&seen, "tls.shape", 0, "server_records=64");
    lab_seen_free(&seen);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_says_unknown_ca_in_the_clear),
        cmocka_unit_test(an_encrypted_alert_before_finished_is_a_refusal),
        cmocka_unit_test(an_alert_to_who_has_left_refuses_nobody),
        cmocka_unit_test(an_alert_in_the_clear_says_whether_it_answers_an_end),
        cmocka_unit_test(a_flight_too_small_to_be_whole_is_the_servers_to_end),
        cmocka_unit_test(an_alert_is_one_with_padding_too),
        cmocka_unit_test(padding_is_not_content),
        cmocka_unit_test(nss_refuses_after_its_finished_in_tls12),
        cmocka_unit_test(a_second_handshake_is_seen_by_the_order_of_records),
        cmocka_unit_test(a_close_without_a_word_says_who_and_where),
        cmocka_unit_test(whether_the_hello_arrived_is_what_tcp_says),
        cmocka_unit_test(who_never_got_the_certificate_did_not_refuse_it),
        cmocka_unit_test(a_missing_client_certificate_is_seen_in_tls12),
        cmocka_unit_test(a_missing_client_certificate_is_seen_in_tls13),
        cmocka_unit_test(a_client_certificate_is_not_an_empty_one),
        cmocka_unit_test(warnings_do_not_end_a_handshake),
        cmocka_unit_test(session_tickets_are_not_the_servers_words),
        cmocka_unit_test(the_longest_wait_is_measured),
        cmocka_unit_test(of_waits_alike_the_last_is_measured),
        cmocka_unit_test(a_turn_as_short_as_data_counts_when_more_follows),
        cmocka_unit_test(the_end_of_a_talk_is_measured),
        cmocka_unit_test(a_long_talk_is_not_followed_to_its_end),
    };
    return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}

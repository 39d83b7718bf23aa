/* test_tls.c - handshakes of real TLS: what is told of them, and that it is the
 * same however the bytes are cut.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

static struct lab_cert server, root;

static int make_certificates(void **state)
{
    (void)state;
    root = lab_cert_new((struct lab_wish){.name = "Lab Root", .ca = true});
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
    return 0;
}

/* A short IMAP talk, as far as TLS lets it come. */
static void talk(struct lab *lab)
{
    lab_open(lab);
    lab_shake(lab);
    if (!lab->ok)
        return;
    lab_say(lab, S2C, "* OK ready, with a greeting of some length\r\n");
    lab_say(lab, C2S, "a1 LOGIN bob hunter2\r\n");
    lab_say(lab, S2C, "a1 NO [AUTHENTICATIONFAILED] no\r\n");
    lab_say(lab, C2S, "a2 LOGOUT\r\n");
    lab_say(lab, S2C, "* BYE\r\n");
    lab_bye(lab, S2C);
    lab_bye(lab, C2S);
}

static void each_version_is_told(void **state)
{
    (void)state;
    static const struct {
        int version;
        const char *name, *number;
    } rows[] = {
        {TLS1_VERSION,   "TLS 1.0", "769"},
        {TLS1_1_VERSION, "TLS 1.1", "770"},
        {TLS1_2_VERSION, "TLS 1.2", "771"},
        {TLS1_3_VERSION, "TLS 1.3", "772"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab lab = {.version = rows[i].version,
                          .cert = &server,
                          .server_name = "mail.example.org"};
        char wanted[128];
        talk(&lab);
        assert_true(lab.ok);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        snprintf(wanted, sizeof wanted, "version=%s|version_number=%s",
                 rows[i].name, rows[i].number);
        lab_has(&seen, "tls.client_hello", 0, wanted);
        lab_has(&seen, "tls.client_hello", 0, "server_name=mail.example.org");
        lab_has(&seen, "tls.server_hello", 0, wanted);
        lab_has(&seen, "tls.handshake", 0, "result=ok|reached=finished");
        lab_has(&seen, "tls.shape", 0, "client_records=2|server_records=3");
        lab_has(&seen, "tls.shape", 0, "exchanges=2|close_notify=yes");
        assert_int_equal(seen.pending[C2S] + seen.pending[S2C], 0);
        lab_seen_free(&seen);
        lab_close(&lab);
    }
}

static void facts_are_the_same_at_every_cut(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &server};
        talk(&lab);
        struct lab_seen whole = lab_facts((struct lab_feed){.lab = &lab});
        for (size_t piece = 0; piece < lab.piece_count; piece++) {
            for (size_t at = 1; at < lab.pieces[piece].n; at++) {
                struct lab_cut cut = {.cut = true, .piece = piece, .at = at};
                struct lab_seen seen =
                    lab_feed((struct lab_feed){.lab = &lab, .cut = cut});
                lab_same(&whole, &seen);
                lab_seen_free(&seen);
            }
        }
        lab_seen_free(&whole);
        lab_close(&lab);
    }
}

static void hello_retry_is_told_and_the_second_hello_too(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION,
                      .cert = &server,
                      .client_groups = "X25519:P-384",
                      .server_groups = "P-384"};
    talk(&lab);
    assert_true(lab.ok);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.client_hello", 0, "second=no");
    lab_has(&seen, "tls.server_hello", 0, "retry=yes|group=secp384r1");
    lab_has(&seen, "tls.client_hello", 1, "second=yes");
    lab_has(&seen, "tls.server_hello", 1, "retry=no|group=secp384r1");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void resumption(int version)
{
    struct lab first = {.version = version, .cert = &server};
    talk(&first);
    SSL_SESSION *session = SSL_get1_session(first.client);
    lab_close(&first);

    struct lab lab = {.version = version, .cert = &server, .resume = session};
    talk(&lab);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.client_hello", 0, "resumption=yes");
    /* The sessions were made by another server object, whose ticket keys are
     * not ours: offered in vain. */
    lab_has(&seen, "tls.server_hello", 0, "resumed=no");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    lab_close(&lab);
    SSL_SESSION_free(session);
}

static void an_offer_to_resume_is_told(void **state)
{
    (void)state;
    resumption(TLS1_2_VERSION);
    resumption(TLS1_3_VERSION);
}

/* The same server object, so that its ticket is good. */
static void a_resumed_session_is_told(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab first = {.version = versions[v], .cert = &server};
        talk(&first);
        struct lab lab = {.version = versions[v], .cert = &server};
        lab.resume = SSL_get1_session(first.client);
        lab_open(&lab);
        SSL_set_SSL_CTX(lab.server, first.server_ctx);
        SSL *server_side = SSL_new(first.server_ctx);
        BIO_up_ref(SSL_get_rbio(lab.server));
        BIO_up_ref(SSL_get_wbio(lab.server));
        SSL_set_bio(server_side, SSL_get_rbio(lab.server),
                    SSL_get_wbio(lab.server));
        SSL_free(lab.server);
        lab.server = server_side;
        SSL_set_accept_state(server_side);
        lab_shake(&lab);
        assert_true(lab.ok);
        assert_true(SSL_session_reused(lab.client));
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.server_hello", 0, "resumed=yes");
        lab_has(&seen, "tls.handshake", 0, "result=ok");
        lab_has_not(&seen, "tls.certificate");
        lab_seen_free(&seen);
        SSL_SESSION_free(lab.resume);
        lab_close(&lab);
        lab_close(&first);
    }
}

static void suites_and_groups_have_their_names(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION,
                      .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384",
                      .server_groups = "P-384",
                      .cert = &server,
                      .alpn = "\x04imap\x04pop3"};
    talk(&lab);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.client_hello", 0,
            "ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384|ecdhe=yes"
            "|weak_only=no|alpn=imap pop3");
    lab_has(&seen, "tls.server_hello", 0,
            "cipher=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384|weak=no"
            "|secure_renegotiation=yes|alpn=imap");
    lab_has(&seen, "tls.server_key_exchange", 0, "group=secp384r1|dh_bits=0");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void the_size_of_a_dh_prime_is_told(void **state)
{
    (void)state;
    struct lab_cert rsa = lab_cert_new(
        (struct lab_wish){.name = "mail.example.org", .rsa_bits = 1024});
    struct lab lab = {.version = TLS1_2_VERSION,
                      .ciphers = "DHE-RSA-AES128-GCM-SHA256@SECLEVEL=0",
                      .cert = &rsa};
    talk(&lab);
    assert_true(lab.ok);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.server_key_exchange", 0, "group=DH1024|dh_bits=1024");
    lab_has(&seen, "tls.certificate", 0, "key=RSA 1024|weak_key=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
    lab_cert_free(&rsa);
}

static void anonymous_suites_are_weak(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION,
                      .ciphers = "AECDH-AES256-SHA@SECLEVEL=0"};
    talk(&lab);
    assert_true(lab.ok);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.client_hello", 0, "weak_only=yes");
    lab_has(&seen, "tls.server_hello", 0,
            "cipher=TLS_ECDH_anon_WITH_AES_256_CBC_SHA|weak=yes");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_version_nobody_shares_ends_in_an_alert(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION,
                      .client_version = TLS1_2_VERSION,
                      .cert = &server};
    talk(&lab);
    assert_false(lab.ok);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .end = END_FIN});
    lab_has(&seen, "tls.alert_message", 0,
            "by=server|level=fatal|desc=70|name=protocol_version"
            "|after=client_hello");
    lab_has(&seen, "tls.handshake", 0,
            "result=failed|reached=client_hello|ended_by=server"
            "|ended_how=alert|client_hello_acknowledged=yes");
    lab_has_not(&seen, "tls.shape");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_group_nobody_shares_ends_in_an_alert(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION,
                      .cert = &server,
                      .client_groups = "X25519",
                      .server_groups = "P-521"};
    talk(&lab);
    assert_false(lab.ok);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.alert_message", 0, "by=server|desc=40");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void a_downgrade_is_told_only_if_both_could_do_better(void **state)
{
    (void)state;
    struct lab lab = {.client_version = 0, .cert = &server};
    lab.server_options = SSL_OP_NO_TLSv1_3;
    talk(&lab);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    /* This server knows no better, and its random does not say so. */
    lab_has(&seen, "tls.server_hello", 0, "version=TLS 1.2|downgrade=no");
    lab_seen_free(&seen);

    /* Somebody on the way hid TLS 1.3 from the server: write its mark. */
    struct lab_piece *hello = &lab.pieces[1];
    memcpy(hello->bytes + 5 + 4 + 2 + 24, "DOWNGRD\x01", 8);
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.server_hello", 0, "downgrade=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_is_told),
        cmocka_unit_test(facts_are_the_same_at_every_cut),
        cmocka_unit_test(hello_retry_is_told_and_the_second_hello_too),
        cmocka_unit_test(an_offer_to_resume_is_told),
        cmocka_unit_test(a_resumed_session_is_told),
        cmocka_unit_test(suites_and_groups_have_their_names),
        cmocka_unit_test(the_size_of_a_dh_prime_is_told),
        cmocka_unit_test(anonymous_suites_are_weak),
        cmocka_unit_test(a_version_nobody_shares_ends_in_an_alert),
        cmocka_unit_test(a_group_nobody_shares_ends_in_an_alert),
        cmocka_unit_test(a_downgrade_is_told_only_if_both_could_do_better),
    };
    return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}

/* test_tls_decrypt.c - with keys at hand, the content comes out, whatever the
 * version, the cipher, the cut.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

static struct lab_cert ec, rsa;

static int make_certificates(void **state)
{
    (void)state;
    ec = lab_cert_new((struct lab_wish){.name = "mail.example.org"});
    rsa = lab_cert_new(
        (struct lab_wish){.name = "mail.example.org", .rsa_bits = 2048});
    return 0;
}

static int free_certificates(void **state)
{
    (void)state;
    lab_cert_free(&ec);
    lab_cert_free(&rsa);
    return 0;
}

static void talk(struct lab *lab)
{
    lab_open(lab);
    lab_shake(lab);
    assert_true(lab->ok);
    lab_say(lab, S2C, "* OK ready\r\n");
    lab_say(lab, C2S, "a1 LOGIN bob hunter2\r\n");
    lab_say(lab, S2C, "a1 NO no\r\n");
    lab_say(lab, C2S, "a2 LOGOUT\r\n");
    lab_say(lab, S2C, "* BYE\r\na2 OK\r\n");
}

static struct tls_keys *keys_of(const struct lab *lab)
{
    struct tls_keys *keys = tls_keys_new();
    tls_keys_add(keys, text_span(&lab->keys));
    return keys;
}

static void is_opened(const struct lab *lab, const struct tls_keys *keys)
{
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = lab, .context = {.keys = keys}});
    assert_string_equal(text_string(&seen.clear[C2S]),
                        text_string(&lab->said[C2S]));
    assert_string_equal(text_string(&seen.clear[S2C]),
                        text_string(&lab->said[S2C]));
    lab_has(&seen, "tls.handshake", 0, "result=ok|reached=finished");
    lab_has_not(&seen, "flow.capped");
    lab_has_not(&seen, "tls.shape");
    lab_has_not(&seen, "tls.malformed");
    assert_int_equal(seen.pending[C2S] + seen.pending[S2C], 0);
    lab_seen_free(&seen);
}

static void every_cipher_is_opened(void **state)
{
    (void)state;
    static const struct {
        int version;
        const char *cipher; /* of TLS 1.3 where it begins with TLS_ */
        bool rsa, no_encrypt_then_mac;
    } rows[] = {
        {TLS1_VERSION,   "ECDHE-ECDSA-AES128-SHA",         false, false},
        {TLS1_VERSION,   "ECDHE-ECDSA-AES256-SHA",         false, true },
        {TLS1_1_VERSION, "ECDHE-ECDSA-AES128-SHA",         false, false},
        {TLS1_1_VERSION, "AES256-SHA",                     true,  true },
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256",      false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384",      false, true },
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256",  false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384",  false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM",         false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-CCM8",        false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305",  false, false},
        {TLS1_2_VERSION, "ECDHE-ECDSA-CAMELLIA128-SHA256", false, false},
        {TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256",      true,  false},
        {TLS1_2_VERSION, "AES128-GCM-SHA256",              true,  false},
        {TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256",         false, false},
        {TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384",         false, false},
        {TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256",   false, false},
        {TLS1_3_VERSION, "TLS_AES_128_CCM_SHA256",         false, false},
        {TLS1_3_VERSION, "TLS_AES_128_CCM_8_SHA256",       false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab lab = {.version = rows[i].version,
                          .cert = rows[i].rsa ? &rsa : &ec};
        print_message("%s\n", rows[i].cipher);
        if (rows[i].version == TLS1_3_VERSION)
            lab.suites = rows[i].cipher;
        else
            lab.ciphers = rows[i].cipher;
        if (rows[i].no_encrypt_then_mac)
            lab.client_options = SSL_OP_NO_ENCRYPT_THEN_MAC;
        talk(&lab);
        struct tls_keys *keys = keys_of(&lab);
        is_opened(&lab, keys);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

static void content_is_the_same_at_every_cut(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &ec};
        talk(&lab);
        struct tls_keys *keys = keys_of(&lab);
        struct lab_feed how = {.lab = &lab, .context = {.keys = keys}};
        struct lab_seen whole = lab_feed(how);
        for (size_t piece = 0; piece < lab.piece_count; piece++) {
            for (size_t at = 1; at < lab.pieces[piece].n; at++) {
                how.cut =
                    (struct lab_cut){.cut = true, .piece = piece, .at = at};
                struct lab_seen seen = lab_feed(how);
                lab_same(&whole, &seen);
                lab_seen_free(&seen);
            }
        }
        lab_seen_free(&whole);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

static void the_certificate_of_tls13_comes_to_light(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION,
                      .cert = &ec,
                      .server_name = "mail.example.org"};
    talk(&lab);
    struct tls_keys *keys = keys_of(&lab);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = {.keys = keys}});
    lab_has(&seen, "tls.certificate", 0,
            "subject=mail.example.org|key=EC P-256|self_signed=yes|count=1");
    lab_seen_free(&seen);
    tls_keys_free(&keys);
    lab_close(&lab);
}

static void handshake_secrets_alone_open_the_handshake(void **state)
{
    (void)state;
    /* A client that refuses the certificate never logs the secrets of the
     * data, yet that is the case of interest. */
    struct lab_cert other = lab_cert_new((struct lab_wish){.name = "Other"});
    struct lab lab = {
        .version = TLS1_3_VERSION, .cert = &ec, .trusted = other.cert};
    lab_open(&lab);
    lab_shake(&lab);
    assert_false(lab.ok);
    assert_null(strstr(text_string(&lab.keys), "CLIENT_TRAFFIC_SECRET_0"));
    struct tls_keys *keys = keys_of(&lab);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = {.keys = keys}});
    lab_has(&seen, "tls.certificate", 0, "subject=mail.example.org");
    lab_has(&seen, "tls.alert_message", 0, "by=client|level=fatal");
    lab_has(&seen, "tls.handshake", 0, "result=failed|ended_by=client");
    lab_seen_free(&seen);
    tls_keys_free(&keys);
    lab_close(&lab);
    lab_cert_free(&other);
}

static void encrypted_alerts_are_read(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &ec};
        talk(&lab);
        lab_bye(&lab, C2S);
        struct tls_keys *keys = keys_of(&lab);
        struct lab_seen seen = lab_facts(
            (struct lab_feed){.lab = &lab, .context = {.keys = keys}});
        lab_has(&seen, "tls.alert_message", 0,
                "by=client|level=warning|desc=0|name=close_notify|after=data"
                "");
        lab_has_not(&seen, "tls.encrypted_alert");
        lab_seen_free(&seen);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

static void key_updates_are_followed(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &ec};
    talk(&lab);
    SSL_key_update(lab.client, SSL_KEY_UPDATE_REQUESTED);
    lab_say(&lab, C2S, "after the client's update\r\n");
    lab_say(&lab, S2C, "after the server's update\r\n");
    lab_say(&lab, C2S, "and once more\r\n");
    struct tls_keys *keys = keys_of(&lab);
    is_opened(&lab, keys);
    tls_keys_free(&keys);
    lab_close(&lab);
}

static void renegotiation_changes_the_keys(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &ec};
    lab.server_options = SSL_OP_ALLOW_CLIENT_RENEGOTIATION;
    talk(&lab);
    SSL_renegotiate(lab.client);
    lab_shake(&lab);
    lab_say(&lab, C2S, "in new keys\r\n");
    lab_say(&lab, S2C, "in new keys too\r\n");
    struct tls_keys *keys = keys_of(&lab);
    is_opened(&lab, keys);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = {.keys = keys}});
    lab_has(&seen, "tls.client_hello", 1, "second=yes");
    lab_seen_free(&seen);
    tls_keys_free(&keys);
    lab_close(&lab);
}

static void the_servers_rsa_key_opens_rsa_key_exchange(void **state)
{
    (void)state;
    static const uint64_t options[] = {0, SSL_OP_NO_EXTENDED_MASTER_SECRET};
    struct err err;
    char path[] = "/tmp/mailwhy-test-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    PEM_write_PrivateKey(f, rsa.key, NULL, NULL, 0, NULL, NULL);
    fclose(f);
    struct tls_keys *keys = tls_keys_new();
    assert_true(tls_keys_rsa(keys, path, &err));
    for (size_t i = 0; i < 2; i++) {
        struct lab lab = {.version = TLS1_2_VERSION,
                          .ciphers = "AES128-GCM-SHA256",
                          .cert = &rsa,
                          .client_options = options[i]};
        talk(&lab);
        is_opened(&lab, keys);
        lab_close(&lab);
    }
    remove(path);
    tls_keys_free(&keys);
}

static void one_damaged_record_does_not_end_it(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &ec};
        talk(&lab);
        struct lab_piece *hit = &lab.pieces[lab.piece_count - 3]; /* a1 NO */
        hit->bytes[hit->n - 1] ^= 1;
        struct tls_keys *keys = keys_of(&lab);
        struct lab_seen seen = lab_facts(
            (struct lab_feed){.lab = &lab, .context = {.keys = keys}});
        assert_string_equal(text_string(&seen.clear[S2C]),
                            "* OK ready\r\n* BYE\r\na2 OK\r\n");
        lab_has(&seen, "tls.malformed", 0,
                "side=server|why=an encrypted record was damaged");
        lab_has_not(&seen, "flow.capped");
        lab_seen_free(&seen);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

static void wrong_keys_are_noticed_once(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &ec};
        talk(&lab);
        /* Another digit at the end of each secret. */
        for (size_t i = 0; i < lab.keys.n; i++) {
            if (lab.keys.s[i] == '\n')
                lab.keys.s[i - 1] = lab.keys.s[i - 1] == '0' ? '1' : '0';
        }
        struct tls_keys *keys = keys_of(&lab);
        struct lab_seen seen = lab_facts(
            (struct lab_feed){.lab = &lab, .context = {.keys = keys}});
        assert_string_equal(text_string(&seen.clear[C2S]), "");
        assert_true(lab_line(&seen, "flow.capped", 0)[0] != '\0');
        assert_true(lab_line(&seen, "flow.capped", 1)[0] == '\0');
        lab_has(&seen, "tls.handshake", 0, "result=ok");
        lab_has(&seen, "tls.shape", 0, "client_records=2|server_records=3");
        lab_seen_free(&seen);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cipher_is_opened),
        cmocka_unit_test(content_is_the_same_at_every_cut),
        cmocka_unit_test(the_certificate_of_tls13_comes_to_light),
        cmocka_unit_test(handshake_secrets_alone_open_the_handshake),
        cmocka_unit_test(encrypted_alerts_are_read),
        cmocka_unit_test(key_updates_are_followed),
        cmocka_unit_test(renegotiation_changes_the_keys),
        cmocka_unit_test(the_servers_rsa_key_opens_rsa_key_exchange),
        cmocka_unit_test(one_damaged_record_does_not_end_it),
        cmocka_unit_test(wrong_keys_are_noticed_once),
    };
    return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}

/* test_tls_certificate.c - what is told of certificates, good and bad.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

#define NAME "mail.example.org"

static struct lab_cert root, middle, expired_middle;
static struct tls_trust *trust;

static int set_up(void **state)
{
    struct err err;
    (void)state;
    root = lab_cert_new((struct lab_wish){
        .name = "Lab Root", .organization = "Lab", .ca = true});
    middle = lab_cert_new(
        (struct lab_wish){.name = "Lab Middle", .ca = true, .issuer = &root});
    expired_middle = lab_cert_new((struct lab_wish){.name = "Old Middle",
                                                    .ca = true,
                                                    .issuer = &root,
                                                    .begin = -900,
                                                    .end = -1});
    char *pem = lab_pem(root.cert);
    trust = tls_trust_new(pem, &err);
    remove(pem);
    free(pem);
    return trust ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    lab_cert_free(&root);
    lab_cert_free(&middle);
    lab_cert_free(&expired_middle);
    tls_trust_free(&trust);
    return 0;
}

/* Shows this certificate in a handshake; the facts must have these fields. */
static void shows(const struct lab_cert *cert, const struct lab_cert *also,
                  const char *sni, const char *fields)
{
    struct lab lab = {
        .version = TLS1_2_VERSION,
        .cert = cert,
        .sent = {also, NULL, NULL, NULL},
        .server_name = sni
    };
    lab_open(&lab);
    if (!also)
        SSL_CTX_set_mode(lab.server_ctx, SSL_MODE_NO_AUTO_CHAIN);
    lab_shake(&lab);
    assert_true(lab.ok);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = {.trust = trust}});
    lab_has(&seen, "tls.certificate", 0, fields);
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void show_new(struct lab_wish wish, const struct lab_cert *also,
                     const char *sni, const char *fields)
{
    struct lab_cert cert = lab_cert_new(wish);
    shows(&cert, also, sni, fields);
    lab_cert_free(&cert);
}

static void a_good_one_is_good(void **state)
{
    (void)state;
    show_new(
        (struct lab_wish){.name = NAME,
                          .san = "DNS:" NAME ",DNS:imap.example.org",
                          .usage = "serverAuth",
                          .issuer = &root},
        NULL, NAME,
        "subject=" NAME "|issuer=Lab Root|issuer_organization=Lab"
        "|names=" NAME " imap.example.org|not_before=2026-05-02"
        "|not_after=2026-07-31|expired_for=-5184000|expired=no"
        "|not_yet_valid=no|self_signed=no|count=1|chain=ok|name_wanted=" NAME
        "|name_known=yes|name_matches=yes|key=EC P-256|key_bits=256"
        "|weak_key=no|weak_signature=no|wrong_usage=no");
}

static void times_are_judged_when_it_was_captured(void **state)
{
    (void)state;
    show_new(
        (struct lab_wish){
            .name = NAME, .issuer = &root, .begin = -90, .end = -2},
        NULL, NAME, "expired=yes|expired_for=172800|chain=ok");
    show_new(
        (struct lab_wish){.name = NAME, .issuer = &root, .begin = 1, .end = 90},
        NULL, NAME, "expired=no|not_yet_valid=yes|chain=ok");
}

static void chains_are_classified(void **state)
{
    (void)state;
    struct lab_wish leaf = {.name = NAME, .issuer = &middle};
    show_new(leaf, &middle, NAME, "chain=ok|count=2");
    show_new(leaf, NULL, NAME, "chain=unknown-issuer|count=1");
    leaf.aia = "caIssuers;URI:http://ca.example.org/middle.der";
    show_new(leaf, NULL, NAME, "chain=incomplete|count=1");
    leaf.issuer = &expired_middle;
    show_new(leaf, &expired_middle, NAME, "chain=expired-intermediate");
    leaf.issuer = NULL;
    show_new(leaf, NULL, NAME, "chain=self-signed|self_signed=yes");
}

static void the_order_sent_does_not_matter(void **state)
{
    (void)state;
    struct lab_cert leaf =
        lab_cert_new((struct lab_wish){.name = NAME, .issuer = &middle});
    struct lab lab = {
        .version = TLS1_2_VERSION,
        .cert = &leaf,
        .sent = {&root, &expired_middle, &middle, NULL}
    };
    lab_open(&lab);
    lab_shake(&lab);
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = {.trust = trust}});
    lab_has(&seen, "tls.certificate", 0, "chain=ok|count=4");
    lab_seen_free(&seen);
    lab_close(&lab);
    lab_cert_free(&leaf);
}

static void names_match_as_rfc_9525_says(void **state)
{
    (void)state;
    static const struct {
        const char *san, *wanted;
        bool matches;
    } rows[] = {
        {"DNS:mail.example.org", "mail.example.org",   true },
        {"DNS:mail.example.org", "MAIL.example.ORG",   true },
        {"DNS:mail.example.org", "mail.example.org.",  true },
        {"DNS:mail.example.org", "example.org",        false},
        {"DNS:*.example.org",    "mail.example.org",   true },
        {"DNS:*.example.org",    "a.mail.example.org", false},
        {"DNS:*.example.org",    "example.org",        false},
        {"DNS:ma*.example.org",  "mail.example.org",   false},
        {"DNS:mail.*.org",       "mail.example.org",   false},
        {"DNS:example.org",      ".example.org",       false},
        {"IP:192.0.2.1",         "192.0.2.1",          true },
        {"IP:192.0.2.1",         "192.0.2.2",          false},
        {"IP:2001:db8::1",       "2001:db8:0::1",      true },
        {"DNS:192.0.2.1",        "192.0.2.1",          false},
        {NULL,                   "mail.example.org",   false}, /* the common name does not count */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab_cert cert =
            lab_cert_new((struct lab_wish){.name = NAME, .san = rows[i].san});
        struct lab lab = {.version = TLS1_2_VERSION, .cert = &cert};
        lab_open(&lab);
        lab_shake(&lab);
        /* No SNI: the name comes from DNS. */
        struct flow_context context = {.server_name = span_of(rows[i].wanted)};
        struct lab_seen seen =
            lab_facts((struct lab_feed){.lab = &lab, .context = context});
        print_message("%s for %s\n", rows[i].san ? rows[i].san : "(none)",
                      rows[i].wanted);
        lab_has(&seen, "tls.certificate", 0,
                rows[i].matches ? "name_known=yes|name_matches=yes"
                                : "name_known=yes|name_matches=no");
        lab_seen_free(&seen);
        lab_close(&lab);
        lab_cert_free(&cert);
    }
}

static void sni_wins_over_dns_and_no_name_is_no_mismatch(void **state)
{
    (void)state;
    struct lab_cert cert =
        lab_cert_new((struct lab_wish){.name = NAME, .san = "DNS:" NAME});
    struct lab lab = {
        .version = TLS1_2_VERSION, .cert = &cert, .server_name = NAME};
    lab_open(&lab);
    lab_shake(&lab);
    struct flow_context context = {.server_name = SPAN("other.example.org")};
    struct lab_seen seen =
        lab_facts((struct lab_feed){.lab = &lab, .context = context});
    lab_has(&seen, "tls.certificate", 0, "name_wanted=" NAME);
    lab_has(&seen, "tls.certificate", 0, "name_matches=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
    lab_cert_free(&cert);

    show_new((struct lab_wish){.name = NAME}, NULL, NULL,
             "name_wanted=|name_known=no|name_matches=no");
}

static void weak_keys_and_signatures_are_told(void **state)
{
    (void)state;
    show_new((struct lab_wish){.name = NAME, .rsa_bits = 1024}, NULL, NAME,
             "key=RSA 1024|key_bits=1024|weak_key=yes");
    show_new((struct lab_wish){.name = NAME, .rsa_bits = 2048}, NULL, NAME,
             "key=RSA 2048|key_bits=2048|weak_key=no");
    show_new((struct lab_wish){.name = NAME, .curve = "P-384"}, NULL, NAME,
             "key=EC P-384|key_bits=384|weak_key=no");
    show_new(
        (struct lab_wish){.name = NAME, .digest = EVP_sha1(), .issuer = &root},
        NULL, NAME, "weak_signature=yes|chain=ok");
}

static void usage_for_something_else_is_told(void **state)
{
    (void)state;
    show_new(
        (struct lab_wish){.name = NAME, .usage = "clientAuth", .issuer = &root},
        NULL, NAME, "wrong_usage=yes");
    show_new((struct lab_wish){.name = NAME, .ca = true, .issuer = &root}, NULL,
             NAME, "wrong_usage=yes");
    show_new((struct lab_wish){.name = NAME, .ca = true}, NULL, NAME,
             "wrong_usage=no|self_signed=yes");
}

static void without_a_common_name_the_whole_subject_is_shown(void **state)
{
    (void)state;
    show_new((struct lab_wish){.organization = "Lab & Sons"}, NULL, NAME,
             "subject=O = Lab & Sons|issuer=O = Lab & Sons");
}

static void control_characters_in_names_are_made_plain(void **state)
{
    (void)state;
    show_new((struct lab_wish){.name = "evil\x1b[31m\nname"}, NULL, NAME,
             "subject=evil?[31m?name");
}

static void a_certificate_nobody_can_read_is_no_error(void **state)
{
    (void)state;
    struct lab_cert cert = lab_cert_new((struct lab_wish){.name = NAME});
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &cert};
    lab_open(&lab);
    lab_shake(&lab);
    /* Break the outermost tag of the DER inside the server's flight. */
    struct lab_piece *flight = &lab.pieces[1];
    unsigned char *der = NULL;
    int n = i2d_X509(cert.cert, &der);
    uint8_t *at = memmem(flight->bytes, flight->n, der, (size_t)n);
    assert_non_null(at);
    *at ^= 0xff;
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.certificate", 0, "chain=unreadable|count=1");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_has_not(&seen, "tls.malformed");
    lab_seen_free(&seen);
    OPENSSL_free(der);
    lab_close(&lab);
    lab_cert_free(&cert);
}

static void without_trust_only_self_signed_is_known(void **state)
{
    (void)state;
    struct tls_trust *kept = trust;
    trust = NULL;
    show_new((struct lab_wish){.name = NAME, .issuer = &root}, NULL, NAME,
             "chain=");
    show_new((struct lab_wish){.name = NAME}, NULL, NAME, "chain=self-signed");
    trust = kept;
}

static void a_file_without_certificates_is_the_users_mistake(void **state)
{
    struct err err = {""};
    (void)state;
    assert_null(tls_trust_new("/dev/null", &err));
    assert_non_null(strstr(err.text, "/dev/null"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_is_good),
        cmocka_unit_test(times_are_judged_when_it_was_captured),
        cmocka_unit_test(chains_are_classified),
        cmocka_unit_test(the_order_sent_does_not_matter),
        cmocka_unit_test(names_match_as_rfc_9525_says),
        cmocka_unit_test(sni_wins_over_dns_and_no_name_is_no_mismatch),
        cmocka_unit_test(weak_keys_and_signatures_are_told),
        cmocka_unit_test(usage_for_something_else_is_told),
        cmocka_unit_test(without_a_common_name_the_whole_subject_is_shown),
        cmocka_unit_test(control_characters_in_names_are_made_plain),
        cmocka_unit_test(a_certificate_nobody_can_read_is_no_error),
        cmocka_unit_test(without_trust_only_self_signed_is_known),
        cmocka_unit_test(a_file_without_certificates_is_the_users_mistake),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

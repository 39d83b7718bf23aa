/* test_tls_odd.c - what is not TLS, is broken, old, incomplete, or lost.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls_lab.h"

static struct lab_cert server;

static int make_certificate(void **state)
{
    (void)state;
    server = lab_cert_new((struct lab_wish){.name = "mail.example.org"});
    return 0;
}

static int free_certificate(void **state)
{
    (void)state;
    lab_cert_free(&server);
    return 0;
}

static void say(struct lab *lab, enum dir dir, const char *text)
{
    lab_record(lab, dir, text, strlen(text));
}

#define RECORD(lab, dir, ...)                                                  \
    do {                                                                       \
        static const uint8_t bytes_[] = {__VA_ARGS__};                         \
        lab_record(lab, dir, bytes_, sizeof bytes_);                           \
    } while (0)

static void forget(struct lab *lab)
{
    lab_close(lab);
    *lab = (struct lab){.version = 0};
}

static void text_instead_of_a_server_hello_is_told(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    lab_open(&lab);
    SSL_do_handshake(lab.client);
    lab_carry(&lab, C2S);
    say(&lab, S2C, "220 mail.example.org ESMTP\r\n250 more\r\n");
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    assert_true(seen.done);
    lab_has(&seen, "tls.not_tls", 0,
            "side=server|line=220 mail.example.org ESMTP|starttls=no");
    lab_has(&seen, "tls.handshake", 0,
            "result=unfinished|reached=client_hello"
            "|client_hello_acknowledged=yes");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void half_a_line_is_told_at_the_end(void **state)
{
    (void)state;
    struct lab lab = {.version = 0};
    say(&lab, S2C, "* OK still thinking");
    struct lab_seen seen = lab_facts(
        (struct lab_feed){.lab = &lab, .context = {.starttls = true}});
    lab_has(&seen, "tls.not_tls", 0, "line=* OK still thinking|starttls=yes");
    lab_has_not(&seen, "tls.handshake");
    lab_seen_free(&seen);
    forget(&lab);
}

static void what_a_client_says_in_the_clear_stays_secret(void **state)
{
    (void)state;
    static const struct {
        const char *said, *shown;
    } rows[] = {
        {"a1 LOGIN bob hunter2\r\n",        "line=* LOGIN ..."},
        {"USER bob\r\n",                    "line=USER ..."   },
        {"PASS hunter2\r\n",                "line=PASS ..."   },
        {"AUTH PLAIN AGJvYgBodW50ZXIy\r\n", "line=AUTH ..."   },
        {"hunter2\r\n",                     "line=..."        },
        {"hunter2 LOGINX\r\n",              "line=..."        },
        {"QUIT\r\n",                        "line=QUIT"       },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab lab = {.version = 0};
        say(&lab, C2S, rows[i].said);
        struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
        lab_has(&seen, "tls.not_tls", 0, "side=client");
        lab_has(&seen, "tls.not_tls", 0, rows[i].shown);
        assert_null(strstr(text_string(&seen.facts), "hunter2"));
        assert_null(strstr(text_string(&seen.facts), "bob"));
        lab_seen_free(&seen);
        forget(&lab);
    }
}

static void the_hello_of_ssl2_is_read(void **state)
{
    (void)state;
    struct lab lab = {.version = 0};
    /* TLS 1.0, three suites (one of SSL 2.0 itself), a challenge of 16. */
    RECORD(&lab, C2S, 0x80, 0x22, 1, 3, 1, 0, 9, 0, 0, 0, 16, /* lengths */
           0x01, 0x00, 0x80, 0, 0, 0x0a, 0, 0, 0x05,          /* suites */
           1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.client_hello", 0,
            "version=TLS 1.0|version_number=769|weak_only=yes|bytes=34"
            "|ciphers=TLS_RSA_WITH_3DES_EDE_CBC_SHA TLS_RSA_WITH_RC4_128_SHA");
    lab_seen_free(&seen);
    /* And the answer of a server that knows nothing better. */
    RECORD(&lab, S2C, 0x80, 0x0b, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0);
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.server_hello", 0, "version=SSL 2.0|weak=yes");
    lab_seen_free(&seen);
    forget(&lab);
}

/* Cuts every handshake record into records of one byte, coalesced. */
static void shred(struct lab_piece *piece)
{
    struct text out = {NULL, 0, 0};
    for (size_t at = 0; at + 5 <= piece->n;) {
        size_t n = (size_t)(piece->bytes[at + 3] << 8 | piece->bytes[at + 4]);
        for (size_t i = 0; i < n && piece->bytes[at] == 22; i++) {
            uint8_t record[6] = {22, 3, 3, 0, 1, piece->bytes[at + 5 + i]};
            text_add(&out, (struct span){record, 6});
        }
        if (piece->bytes[at] != 22)
            text_add(&out, (struct span){piece->bytes + at, 5 + n});
        at += 5 + n;
    }
    piece->bytes = realloc(piece->bytes, out.n);
    memcpy(piece->bytes, out.s, out.n);
    piece->n = out.n;
    text_free(&out);
}

static void messages_may_span_any_number_of_records(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    lab_open(&lab);
    lab_shake(&lab);
    struct lab_seen whole = lab_facts((struct lab_feed){.lab = &lab});
    shred(&lab.pieces[0]);
    shred(&lab.pieces[1]);
    struct lab_seen shredded = lab_facts((struct lab_feed){.lab = &lab});
    lab_same(&whole, &shredded);
    lab_seen_free(&whole);
    lab_seen_free(&shredded);
    lab_close(&lab);
}

static void broken_records_and_messages_are_told(void **state)
{
    (void)state;
    struct lab lab = {.version = 0};
    RECORD(&lab, C2S, 22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3); /* a short hello */
    struct lab_seen seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.malformed", 0, "side=client");
    lab_seen_free(&seen);
    RECORD(&lab, C2S, 22, 3, 1, 0x80, 0); /* longer than a record may be */
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.malformed", 1, "why=no TLS record where one should be");
    assert_true(seen.done);
    lab_seen_free(&seen);
    forget(&lab);

    RECORD(&lab, C2S, 22, 3, 1, 0, 4, 99, 0, 0, 0);
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.malformed", 0, "why=unknown handshake message");
    lab_seen_free(&seen);
    forget(&lab);

    RECORD(&lab, C2S, 22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff);
    seen = lab_facts((struct lab_feed){.lab = &lab});
    lab_has(&seen, "tls.malformed", 0, "why=handshake message too long");
    lab_seen_free(&seen);
    forget(&lab);
}

static void a_talk_from_its_middle_has_only_a_shape(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_3_VERSION, .cert = &server};
    lab_open(&lab);
    lab_shake(&lab);
    size_t first = lab.piece_count;
    lab_say(&lab, C2S, "a1 NOOP\r\n");
    lab_say(&lab, S2C, "a1 OK\r\n");
    struct lab middle = {.now = lab.now};
    for (size_t i = first; i < lab.piece_count; i++)
        lab_record(&middle, lab.pieces[i].dir, lab.pieces[i].bytes,
                   lab.pieces[i].n);
    struct lab_seen seen = lab_facts(
        (struct lab_feed){.lab = &middle, .context = {.midstream = true}});
    lab_has(&seen, "tls.shape", 0,
            "client_records=1|server_records=1|exchanges=1");
    lab_has_not(&seen, "tls.handshake");
    lab_has_not(&seen, "tls.malformed");
    lab_seen_free(&seen);
    lab_close(&middle);
    lab_close(&lab);
}

static void noise_from_the_middle_is_not_judged(void **state)
{
    (void)state;
    struct lab lab = {.version = 0};
    say(&lab, S2C, "\xa5\xa5\xa5 half a record of who knows what\n");
    struct lab_seen seen = lab_facts(
        (struct lab_feed){.lab = &lab, .context = {.midstream = true}});
    assert_string_equal(text_string(&seen.facts), "");
    assert_true(seen.done);
    lab_seen_free(&seen);
    forget(&lab);
}

static void nothing_at_all_is_an_unfinished_handshake(void **state)
{
    (void)state;
    struct lab lab = {.version = 0};
    struct lab_seen seen = lab_facts(
        (struct lab_feed){.lab = &lab, .context = {.starttls = true}});
    lab_has(&seen, "tls.handshake", 0,
            "result=unfinished|reached=nothing|starttls=yes"
            "|client_hello_acknowledged=no");
    lab_seen_free(&seen);
}

/* Feeds all pieces, but loses n bytes of the given one, from `at` on. */
static struct lab_seen lose(const struct lab *lab, size_t piece, size_t at,
                            size_t n, const struct tls_keys *keys)
{
    struct lab_seen seen = {.done = false};
    struct arena *mem = arena_new();
    struct flow_context context = {.keys = keys};
    struct lab_feeder f = {.facts = facts_new(1), .seen = &seen};
    facts_listen(f.facts, lab_listen, &seen.facts);
    f.self = tls_dissector.open(mem, &context);
    for (size_t i = 0; i < lab->piece_count; i++) {
        struct span bytes = {lab->pieces[i].bytes, lab->pieces[i].n};
        enum dir dir = lab->pieces[i].dir;
        if (i != piece) {
            lab_offer(&f, dir, bytes);
            continue;
        }
        lab_offer(&f, dir, span_first(bytes, at));
        size_t unused = f.held[dir].n;
        text_clear(&f.held[dir]);
        tls_dissector.gap(f.self, dir, unused + n, f.facts);
        f.offset[dir] += unused + n;
        lab_offer(&f, dir, span_skip(bytes, at + n));
    }
    tls_dissector.close(f.self, END_OF_CAPTURE, f.facts);
    text_free(&f.held[C2S]);
    text_free(&f.held[S2C]);
    facts_free(&f.facts);
    arena_free(&mem);
    return seen;
}

static void talk(struct lab *lab)
{
    lab_open(lab);
    lab_shake(lab);
    lab_say(lab, S2C, "* OK ready\r\n");
    lab_say(lab, C2S, "a1 LOGIN bob hunter2\r\n");
    lab_say(lab, S2C, "a1 NO no\r\n");
    lab_say(lab, C2S, "a2 LOGOUT\r\n");
}

static void a_hole_inside_a_record_is_passed_over(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t v = 0; v < 2; v++) {
        struct lab lab = {.version = versions[v], .cert = &server};
        talk(&lab);
        size_t greeting = lab.piece_count - 4;
        struct lab_seen seen = lose(&lab, greeting, 7, 5, NULL);
        assert_false(seen.done);
        lab_has(&seen, "tls.shape", 0, "client_records=2|server_records=2");
        lab_seen_free(&seen);

        struct tls_keys *keys = tls_keys_new();
        tls_keys_add(keys, text_span(&lab.keys));
        seen = lose(&lab, greeting, 7, 5, keys);
        assert_string_equal(text_string(&seen.clear[S2C]), "a1 NO no\r\n");
        lab_seen_free(&seen);
        tls_keys_free(&keys);
        lab_close(&lab);
    }
}

static void after_a_hole_the_next_record_is_found_where_it_begins(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    talk(&lab);
    size_t greeting = lab.piece_count - 4;
    struct lab_seen seen =
        lose(&lab, greeting, 0, lab.pieces[greeting].n, NULL);
    assert_false(seen.done);
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_has(&seen, "tls.shape", 0, "server_records=2|whole=no");
    lab_seen_free(&seen);
    /* What follows is the end of the lost record. */
    seen = lose(&lab, greeting, 0, lab.pieces[greeting].n - 3, NULL);
    assert_true(seen.done);
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    /* With keys the number of the record counts as well. */
    struct tls_keys *keys = tls_keys_new();
    tls_keys_add(keys, text_span(&lab.keys));
    seen = lose(&lab, greeting, 0, lab.pieces[greeting].n, keys);
    assert_true(seen.done);
    lab_seen_free(&seen);
    tls_keys_free(&keys);
    lab_close(&lab);
}

static void a_hole_in_the_handshake_makes_no_failure(void **state)
{
    (void)state;
    struct lab lab = {.version = TLS1_2_VERSION, .cert = &server};
    talk(&lab);
    /* In the Certificate: the rest is still followed to its end. */
    struct lab_seen seen = lose(&lab, 1, 300, 20, NULL);
    lab_has_not(&seen, "tls.certificate");
    lab_has_not(&seen, "tls.malformed");
    lab_has(&seen, "tls.handshake", 0, "result=ok");
    lab_seen_free(&seen);
    /* Without knowing where one is, nothing is claimed. */
    seen = lose(&lab, 1, 0, lab.pieces[1].n, NULL);
    lab_has_not(&seen, "tls.handshake");
    lab_seen_free(&seen);
    lab_close(&lab);
}

static void probing_knows_hellos(void **state)
{
    (void)state;
    static const uint8_t client[] = {22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3};
    static const uint8_t srv[] = {22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3};
    static const uint8_t ssl2[] = {0x80, 0x22, 1, 3, 1, 0, 9};
    static const uint8_t data[] = {23, 3, 3, 0, 60, 9, 9};
    struct span none = {NULL, 0};
    assert_int_equal(PROBE_SURE,
                     tls_dissector.probe((struct span){client, 11}, none));
    assert_int_equal(PROBE_SURE,
                     tls_dissector.probe(none, (struct span){srv, 11}));
    assert_int_equal(PROBE_SURE,
                     tls_dissector.probe((struct span){ssl2, 7}, none));
    assert_int_equal(PROBE_LIKELY,
                     tls_dissector.probe((struct span){data, 7}, none));
    assert_int_equal(PROBE_NO,
                     tls_dissector.probe(none, SPAN("220 mail ESMTP\r\n")));
    assert_int_equal(PROBE_NO, tls_dissector.probe(none, none));
    for (size_t n = 3; n < sizeof client; n++)
        assert_true(tls_dissector.probe((struct span){client, n}, none) >=
                    PROBE_LIKELY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_instead_of_a_server_hello_is_told),
        cmocka_unit_test(half_a_line_is_told_at_the_end),
        cmocka_unit_test(what_a_client_says_in_the_clear_stays_secret),
        cmocka_unit_test(the_hello_of_ssl2_is_read),
        cmocka_unit_test(messages_may_span_any_number_of_records),
        cmocka_unit_test(broken_records_and_messages_are_told),
        cmocka_unit_test(a_talk_from_its_middle_has_only_a_shape),
        cmocka_unit_test(noise_from_the_middle_is_not_judged),
        cmocka_unit_test(nothing_at_all_is_an_unfinished_handshake),
        cmocka_unit_test(a_hole_inside_a_record_is_passed_over),
        cmocka_unit_test(
            after_a_hole_the_next_record_is_found_where_it_begins),
        cmocka_unit_test(a_hole_in_the_handshake_makes_no_failure),
        cmocka_unit_test(probing_knows_hellos),
    };
    return cmocka_run_group_tests(tests, make_certificate, free_certificate);
}

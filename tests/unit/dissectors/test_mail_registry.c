/* test_mail_registry.c - what ports are for, and which dissector is the surest
 * of a conversation.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "dissector.h"

#include <string.h>

struct row {
    const char *name;
    struct span client, server;
    const char *best; /* "" : none may be sure */
};

/* clang-format off */
static const struct row rows[] = {
    {"IMAP by its greeting", SPAN_INIT(""), SPAN_INIT("* OK ready\r\n"), "imap"},
    {"IMAP by its client", SPAN_INIT("a1 LOGIN b c\r\n"), SPAN_INIT(""), "imap"},
    {"IMAP from the middle", SPAN_INIT("A7 UID FETCH 1 FLAGS\r\n"),
     SPAN_INIT("* 1 FETCH (FLAGS ())\r\n"), "imap"},
    {"IMAP client at a portal", SPAN_INIT("a1 LOGIN b c\r\n"),
     SPAN_INIT("HTTP/1.1 400 Bad\r\n"), "imap"},
    {"IMAP client at a POP3 server", SPAN_INIT("a1 LOGIN b c\r\n"),
     SPAN_INIT("+OK hello\r\n"), "pop3"},
    {"POP3 by its greeting", SPAN_INIT(""), SPAN_INIT("+OK hello\r\n"), "pop3"},
    {"POP3 by its client", SPAN_INIT("USER bob\r\n"), SPAN_INIT(""), "pop3"},
    {"POP3 client at an IMAP server", SPAN_INIT("USER bob\r\n"),
     SPAN_INIT("* OK ready\r\n"), "imap"},
    {"SMTP by its greeting", SPAN_INIT(""), SPAN_INIT("220 mx ESMTP x\r\n"),
     "smtp"},
    {"SMTP with EHLO", SPAN_INIT("EHLO pc\r\n"), SPAN_INIT("220 mx\r\n"),
     "smtp"},
    {"ManageSieve", SPAN_INIT(""),
     SPAN_INIT("\"IMPLEMENTATION\" \"Dovecot\"\r\n\"SIEVE\" \"x\"\r\nOK\r\n"),
     "sieve"},
    {"FTP is nobody's", SPAN_INIT("USER bob\r\n"),
     SPAN_INIT("220 (vsFTPd 3.0.3)\r\n"), ""},
    {"FTP with TLS is nobody's", SPAN_INIT("AUTH TLS\r\n"),
     SPAN_INIT("220 FTP Server ready\r\n"), ""},
    {"HTTP is nobody's", SPAN_INIT("GET / HTTP/1.1\r\n"),
     SPAN_INIT("HTTP/1.1 200 OK\r\n"), ""},
    {"NNTP is nobody's", SPAN_INIT("CAPABILITIES\r\n"),
     SPAN_INIT("200 news ready\r\n"), ""},
    {"SSH is nobody's", SPAN_INIT("SSH-2.0-x\r\n"), SPAN_INIT("SSH-2.0-y\r\n"),
     ""},
    {"nothing is nobody's", SPAN_INIT(""), SPAN_INIT(""), ""},
};
/* clang-format on */

/* TLS is left out: it has tests of its own. */
static void the_best_guess_is_right(void **state)
{
    const struct row *row = *state;
    const char *best = "";
    int most = PROBE_MAYBE;
    for (size_t i = 0; i < dissector_count; i++) {
        if (dissectors[i] == &tls_dissector)
            continue;
        int sure = dissectors[i]->probe(row->client, row->server);
        assert_in_range(sure, 0, 100);
        if (sure > most) {
            most = sure;
            best = dissectors[i]->name;
        }
    }
    assert_string_equal(best, row->best);
}

static bool is_dissector(const char *name)
{
    for (size_t i = 0; i < dissector_count; i++) {
        if (strcmp(dissectors[i]->name, name) == 0)
            return true;
    }
    return false;
}

static void what_a_port_is_for_has_a_dissector(void **state)
{
    (void)state;
    for (unsigned port = 0; port <= UINT16_MAX; port++) {
        const char *name = port_protocol((uint16_t)port);
        if (name)
            assert_true(is_dissector(name));
    }
}

static void ports_are_for_what_they_are_registered_for(void **state)
{
    (void)state;
    assert_string_equal(port_protocol(143), "imap");
    assert_string_equal(port_protocol(995), "pop3");
    assert_string_equal(port_protocol(587), "smtp");
    assert_string_equal(port_protocol(4190), "sieve");
    assert_null(port_protocol(80));
    assert_true(port_is_implicit_tls(993));
    assert_true(port_is_implicit_tls(465));
    assert_false(port_is_implicit_tls(143));
    assert_false(port_is_implicit_tls(443));
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct CMUnitTest tests[ROWS + 2] = {
        cmocka_unit_test(what_a_port_is_for_has_a_dissector),
        cmocka_unit_test(ports_are_for_what_they_are_registered_for),
    };
    for (size_t i = 0; i < ROWS; i++) /* each row is a test of its own */
        tests[i + 2] =
            (struct CMUnitTest){.name = rows[i].name,
                                .test_func = the_best_guess_is_right,
                                .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

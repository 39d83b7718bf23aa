/* test_detect.c - the protocol is judged by what is said; the port is a hint.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "session/detect.h"

struct row {
    const char *name;
    struct span client, server;
    uint16_t port;
    bool midstream, final;
    enum detect what;
    const char *mail;
};

#define HELLO "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"

/* clang-format off */
static const struct row rows[] = {
    {"a greeting on its port is enough",
     SPAN_INIT(""), SPAN_INIT("* OK ready\r\n"), 143, false, false, DETECT_MAIL, "imap"},
    {"on a mail port half a greeting waits for the rest",
     SPAN_INIT(""), SPAN_INIT("* O"), 143, false, false, DETECT_LATER, NULL},
    {"a client that speaks first is waited with",
     SPAN_INIT("EHLO there\r\n"), SPAN_INIT(""), 25, false, false, DETECT_LATER, NULL},
    {"at the end the port decides what nobody said",
     SPAN_INIT("gibberish\r\n"), SPAN_INIT(""), 110, false, true, DETECT_MAIL, "pop3"},
    {"words win over the port",
     SPAN_INIT("EHLO there\r\n"), SPAN_INIT("220 mx ESMTP ready\r\n250 hi\r\n"), 143, false, false, DETECT_MAIL, "smtp"},
    {"TLS from the first byte",
     SPAN_INIT(HELLO), SPAN_INIT(""), 993, false, false, DETECT_TLS, NULL},
    {"mail on an odd port is found when both sides speak it",
     SPAN_INIT("EHLO there\r\n"), SPAN_INIT("220 mx ESMTP Postfix\r\n250 mx\r\n"), 225, false, false, DETECT_MAIL, "smtp"},
    {"FTP is not SMTP",
     SPAN_INIT("AUTH TLS\r\n"), SPAN_INIT("220 FTP server ready\r\n234 go\r\n"), 2121, false, true, DETECT_FOREIGN, NULL},
    {"HTTP on an odd port is nothing to us",
     SPAN_INIT("GET / HTTP/1.1\r\n\r\n"), SPAN_INIT("HTTP/1.1 200 OK\r\n\r\n"), 8080, false, true, DETECT_FOREIGN, NULL},
    {"HTTP on a mail port is for the port's dissector to say",
     SPAN_INIT(""), SPAN_INIT("HTTP/1.1 400 Bad Request\r\n\r\n"), 143, false, false, DETECT_MAIL, "imap"},
};
/* clang-format on */

static void detects(void **state)
{
    const struct row *row = *state;
    struct detected d = detect(row->client, row->server, row->port, NULL,
                               row->midstream, row->final);
    assert_int_equal(d.what, row->what);
    if (row->mail)
        assert_string_equal(d.mail->name, row->mail);
}

static void only_greetings_of_mail_servers_are_worth_trying(void **state)
{
    (void)state;
    assert_true(detect_greeting(SPAN("220 mx.example.org ESMTP\r\n")));
    assert_true(detect_greeting(SPAN("+OK ready\r\n")));
    assert_true(detect_greeting(SPAN("* BYE no\r\n")));
    assert_false(detect_greeting(SPAN("HTTP/1.1 200 OK")));
    assert_false(detect_greeting(SPAN("2200 more")));
    assert_false(detect_greeting(SPAN("")));
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct CMUnitTest tests[ROWS + 1] = {
        cmocka_unit_test(only_greetings_of_mail_servers_are_worth_trying)};
    for (size_t i = 0; i < ROWS; i++)
        tests[i + 1] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = detects,
            .initial_state = (void *)(uintptr_t)&rows[i],
        };
    return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}

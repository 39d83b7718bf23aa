/* test_mail_speaks.c - who speaks what, and which dissector says it is its own.
 *
 * Each row is a conversation's first bytes; what is said of them must not
 * change when they come one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "mail.h"

#include <stdlib.h>
#include <string.h>

struct row {
    const char *name;
    struct span bytes;
    const char *spoken;
};

/* clang-format off */
static const struct row servers[] = {
    {"IMAP greeting",    SPAN_INIT("* OK ready\r\n"),              "imap"},
    {"IMAP BYE",         SPAN_INIT("* BYE tired\r\n"),             "imap"},
    {"POP3 greeting",    SPAN_INIT("+OK ready\r\n"),               "pop3"},
    {"POP3 refusal",     SPAN_INIT("-ERR no\r\n"),                 "pop3"},
    {"ESMTP greeting",   SPAN_INIT("220 mx ESMTP Postfix\r\n"),    "smtp"},
    {"bare 220",         SPAN_INIT("220 mx.example.org\r\n"),      "smtp"},
    {"SMTP refusal",     SPAN_INIT("554 go away\r\n"),             "smtp"},
    {"masked 220",       SPAN_INIT("220 *****2******\r\n"),        "smtp"},
    {"FTP",              SPAN_INIT("220 (vsFTPd 3.0.3)\r\n"),      "ftp"},
    {"FTP AUTH TLS",     SPAN_INIT("234 go\r\n"),                  "ftp"},
    {"NNTP",             SPAN_INIT("200 news.example.org\r\n"),    "other"},
    {"ManageSieve",      SPAN_INIT("\"IMPLEMENTATION\" \"x\"\r\n"), "sieve"},
    {"HTTP",             SPAN_INIT("HTTP/1.1 400 Bad\r\n"),        "http"},
    {"HTML",             SPAN_INIT("<html><body>\r\n"),            "http"},
    {"SSH",              SPAN_INIT("SSH-2.0-OpenSSH_9.2p1\r\n"),   "ssh"},
    {"chat",             SPAN_INIT(":irc.example.net NOTICE * :*** Hi\r\n"), "irc"},
    {"old chat",         SPAN_INIT("NOTICE AUTH :*** Hi\r\n"),     "irc"},
    {"text",             SPAN_INIT("Welcome!\r\n"),                "other"},
    {"zeros",            SPAN_INIT("\0\0\0\0\0\0\0\0"),            "nothing"},
    {"ones",             SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff"), "nothing"},
    {"letters",          SPAN_INIT("XXXXXXXXXXXXXXXX"),            "nothing"},
    {"stars",            SPAN_INIT("****************\r\n"),        "other"},
    {"TLS alert",        SPAN_INIT("\x15\x03\x03\x00\x02\x02\x46"), "tls"},
    {"telnet",           SPAN_INIT("\xff\xfd\x18"),                "other"},
    {"half a line",      SPAN_INIT("* OK rea"),                    ""},
    {"nothing",          SPAN_INIT(""),                            ""},
};

static const struct row clients[] = {
    {"IMAP",             SPAN_INIT("a1 CAPABILITY\r\n"),           "imap"},
    {"IMAP login",       SPAN_INIT("1 login bob x\r\n"),           "imap"},
    {"POP3",             SPAN_INIT("CAPA\r\n"),                    "pop3"},
    {"POP3, user login", SPAN_INIT("USER login\r\n"),              "pop3"},
    {"POP3 AUTH LOGIN",  SPAN_INIT("AUTH LOGIN\r\n"),              "pop3"},
    {"SMTP",             SPAN_INIT("EHLO pc\r\n"),                 "smtp"},
    {"ManageSieve",      SPAN_INIT("AUTHENTICATE \"PLAIN\"\r\n"),  "sieve"},
    {"HTTP",             SPAN_INIT("GET / HTTP/1.1\r\n"),          "http"},
    {"SSH",              SPAN_INIT("SSH-2.0-OpenSSH\r\n"),         "ssh"},
    {"TLS",              SPAN_INIT("\x16\x03\x01\x02\x00\x01\x00"), "tls"},
    {"SSL 2",            SPAN_INIT("\x80\x2e\x01\x03\x01\x00\x15"), "tls"},
    {"binary",           SPAN_INIT("\x80\x2e\x07"),                "other"},
    {"Remote Desktop",   SPAN_INIT("\x03\x00\x00\x2b\x26\xe0"),    "rdp"},
    {"not quite",        SPAN_INIT("\x03\x01\x00\x2b\x26\xe0"),    "other"},
    {"file share",       SPAN_INIT("\0\0\0\x54\xffSMBr"),          "smb"},
    {"zeros",            SPAN_INIT("\0\0\0\0\0\0\0\0"),            "nothing"},
    {"letters",          SPAN_INIT("XXXXXXXXXXXXXXXX"),            "nothing"},
    {"tag of zeros",     SPAN_INIT("00000000 NOOP\r\n"),           "imap"},
    {"chat",             SPAN_INIT("NICK jane\r\n"),               "irc"},
    {"SOCKS",            SPAN_INIT("\x05\x01\x00"),                "socks"},
    {"no method",        SPAN_INIT("\x05\x00\x00"),                "other"},
    {"text",             SPAN_INIT("hello there\r\n"),             "other"},
    {"half a line",      SPAN_INIT("a1 CAPABILITY"),               ""},
};
/* clang-format on */

static void check(const struct row *row, struct span (*speaks)(struct span))
{
    struct span last = {NULL, 0};
    for (size_t n = 0; n <= row->bytes.n; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, row->bytes.p, n);
        struct span now = speaks((struct span){copy, n});
        free(copy);
        assert_true(last.n == 0 || span_same(last, now));
        last = now;
    }
    assert_true(span_same(last, span_of(row->spoken)));
}

static void server(void **state)
{
    check(*state, mail_server_speaks);
}

static void client(void **state)
{
    check(*state, mail_client_speaks);
}

static void a_line_without_end_is_decided_upon_in_the_end(void **state)
{
    uint8_t line[20000];
    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line + 9000, "FTP", 3); /* too late to matter */
    memcpy(line, "220 ", 4);
    struct span early = mail_server_speaks((struct span){line, 8192});
    line[19999] = '\n';
    struct span late = mail_server_speaks((struct span){line, 20000});
    assert_true(early.n > 0 && span_same(early, late));
}

static void only_a_foreign_clients_first_word_is_shown(void **state)
{
    struct mail_kept line;
    (void)state;
    mail_first_line(&line, C2S, SPAN("PASS hunter2\r\n"));
    assert_true(span_same(mail_kept(&line), SPAN("PASS ********")));
    mail_first_line(&line, C2S, SPAN("CAPA\r\n"));
    assert_true(span_same(mail_kept(&line), SPAN("CAPA")));
    mail_first_line(&line, S2C, SPAN("HTTP/1.1 400 Bad\r\nx"));
    assert_true(span_same(mail_kept(&line), SPAN("HTTP/1.1 400 Bad")));
    mail_first_line(&line, S2C, SPAN("\x15\x03\x03\n"));
    assert_true(span_same(mail_kept(&line), SPAN("(no text)")));
    mail_first_line(&line, S2C, SPAN(""));
    assert_int_equal(mail_kept(&line).n, 0);
}

int main(void)
{
    enum {
        SERVERS = sizeof servers / sizeof servers[0],
        CLIENTS = sizeof clients / sizeof clients[0],
    };
    struct CMUnitTest tests[SERVERS + CLIENTS + 2] = {
        cmocka_unit_test(a_line_without_end_is_decided_upon_in_the_end),
        cmocka_unit_test(only_a_foreign_clients_first_word_is_shown),
    };
    size_t n = 2;
    for (size_t i = 0; i < SERVERS; i++) /* each row is a test of its own */
        tests[n++] = (struct CMUnitTest){.name = servers[i].name,
                                         .test_func = server,
                                         .initial_state =
                                             (void *)(uintptr_t)&servers[i]};
    for (size_t i = 0; i < CLIENTS; i++)
        tests[n++] = (struct CMUnitTest){.name = clients[i].name,
                                         .test_func = client,
                                         .initial_state =
                                             (void *)(uintptr_t)&clients[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_mail.c - the helpers that all mail dissectors share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/arena.h"
#include "base/clock.h"
#include "mail.h"

#include <string.h>

#define ASSERT_SPAN(got, text)                                                 \
    do {                                                                       \
        struct span got_ = (got);                                              \
        struct span want_ = span_of(text);                                     \
        assert_int_equal(got_.n, want_.n);                                     \
        assert_true(span_same(got_, want_));                                   \
    } while (0)

static void a_code_is_split_into_name_argument_and_rest(void **state)
{
    static const struct {
        const char *text, *code, *argument, *rest;
    } rows[] = {
        {"[AUTH] no",                    "AUTH",       "",             "no"                       },
        {"[SYS/TEMP] later",             "SYS/TEMP",   "",             "later"                    },
        {"[UIDNEXT 18] next",            "UIDNEXT",    "18",           "next"                     },
        {"[CAPABILITY IMAP4rev1 ID] hi", "CAPABILITY", "IMAP4rev1 ID", "hi"                       },
        {"[ALERT]",                      "ALERT",      "",             ""                         },
        {"no code",                      "",           "",             "no code"                  },
        {"[ALERT never closed",          "",           "",             "[ALERT never closed"      },
        {"[] empty",                     "",           "",             "[] empty"                 },
        {"[192.0.2.1] an address",       "",           "",             "[192.0.2.1] an address"   },
        {"[mail.example.org] a name",    "",           "",             "[mail.example.org] a name"},
        {"",                             "",           "",             ""                         },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_code code = mail_code(span_of(rows[i].text));
        ASSERT_SPAN(code.code, rows[i].code);
        ASSERT_SPAN(code.argument, rows[i].argument);
        ASSERT_SPAN(code.rest, rows[i].rest);
    }
}

static void what_is_kept_is_cut_at_the_limit(void **state)
{
    struct mail_kept kept;
    uint8_t many[MAIL_KEPT_MAX + 10];
    (void)state;
    memset(many, 'x', sizeof many);
    mail_keep(&kept, (struct span){many, sizeof many});
    assert_int_equal(mail_kept(&kept).n, MAIL_KEPT_MAX);
    mail_keep_more(&kept, SPAN("more"));
    assert_int_equal(mail_kept(&kept).n, MAIL_KEPT_MAX);
    mail_keep_upper(&kept, SPAN("Uid fetch"));
    mail_keep_more(&kept, SPAN("x"));
    ASSERT_SPAN(mail_kept(&kept), "UID FETCH x");
    mail_keep(&kept, (struct span){NULL, 0});
    mail_keep_more(&kept, SPAN("x"));
    ASSERT_SPAN(mail_kept(&kept), "x");
    mail_keep(&kept, (struct span){many, MAIL_KEPT_MAX - 1});
    mail_keep_more(&kept, SPAN("x"));
    assert_int_equal(mail_kept(&kept).n, MAIL_KEPT_MAX);
}

static void words_are_cut_with_all_spaces_around_them(void **state)
{
    struct span line = SPAN("  a1   LOGIN ");
    (void)state;
    ASSERT_SPAN(mail_word(&line), "a1");
    ASSERT_SPAN(mail_word(&line), "LOGIN");
    ASSERT_SPAN(mail_word(&line), "");
    ASSERT_SPAN(line, "");
}

static void the_user_is_read_from_sasl_messages(void **state)
{
    static const struct {
        const char *mechanism;
        unsigned step;
        const char *base64, *user; /* NULL: not there */
    } rows[] = {
  /* \0bob\0hunter2, shared\0bob\0hunter2 */
        {"PLAIN",         0, "AGJvYgBodW50ZXIy",                                 "bob"            },
        {"PLAIN",         0, "c2hhcmVkAGJvYgBodW50ZXIy",                         "bob"            },
        {"PLAIN",         1, "AGJvYgBodW50ZXIy",                                 NULL             },
        {"PLAIN",         0, "",                                                 NULL             },
        {"PLAIN",         0, "=",                                                NULL             },
        {"PLAIN",         0, "====",                                             NULL             },
        {"PLAIN",         0, "no base64!",                                       NULL             },
        {"PLAIN",         0, "Ym9i",                                             NULL             }, /* bob, and no NUL at all */
        {"LOGIN",         0, "Ym9iQGV4YW1wbGUub3Jn",                             "bob@example.org"},
        {"LOGIN",         1, "aHVudGVyMg==",                                     NULL             }, /* the password */
  /* bob smith b913...: names may hold spaces */
        {"CRAM-MD5",      0,
         "Ym9iIHNtaXRoIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQz"
         "ODkw",                                                                 "bob smith"      },
        {"CRAM-MD5",      0, "Ym9i",                                             NULL             },
        {"DIGEST-MD5",    0, "dXNlcm5hbWU9ImJvYiIscmVhbG09IngiLHJlc3BvbnNlPTEy",
         "bob"                                                                                    },
        {"SCRAM-SHA-256", 0, "biwsbj1ib2Iscj1ub25jZQ==",                         "bob"            },
        {"SCRAM-SHA-256", 1, "Yz1iaXdzLHI9bm9uY2Uscz1vbg==",                     NULL             },
        {"XOAUTH2",       0,
         "dXNlcj1ib2JAZXhhbXBsZS5vcmcBYXV0aD1CZWFyZXIgdG9rZW4BAQ"
         "==",                                                                   "bob@example.org"},
        {"OAUTHBEARER",   0, "bixhPWJvYixob3N0PXgBYXV0aD1CZWFyZXIgeAEB",         "bob"            },
        {"EXTERNAL",      0, "Ym9i",                                             "bob"            },
        {"NTLM",          0, "TlRMTVNTUAABAAAA",                                 NULL             },
        {"X-OWN",         0, "Ym9i",                                             NULL             },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_kept user = {0};
        bool found = mail_sasl_user(span_of(rows[i].mechanism), rows[i].step,
                                    span_of(rows[i].base64), &user);
        assert_int_equal(found, rows[i].user != NULL);
        ASSERT_SPAN(mail_kept(&user), rows[i].user ? rows[i].user : "");
    }
}

static void a_long_token_does_not_hide_the_user(void **state)
{
    char base64[8192];
    struct mail_kept user;
    (void)state;
    memset(base64, 'Q', sizeof base64); /* AAA... */
    memcpy(base64, "dXNlcj1ib2IB", 12); /* user=bob^A */
    assert_true(mail_sasl_user(
        SPAN("XOAUTH2"), 0,
        (struct span){(const uint8_t *)base64, sizeof base64}, &user));
    ASSERT_SPAN(mail_kept(&user), "bob");
}

static void a_report_on_a_token_is_read_and_nothing_else_is(void **state)
{
    struct mail_oauth error = {0};
    (void)state;
    /* {"status":"401","schemes":"bearer","scope":"mail"} */
    assert_true(mail_oauth_error(
        SPAN("eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJtYWls"
             "In0="),
        &error));
    ASSERT_SPAN(mail_kept(&error.status), "401");
    ASSERT_SPAN(mail_kept(&error.schemes), "bearer");
    ASSERT_SPAN(mail_kept(&error.scope), "mail");
    assert_false(mail_oauth_error(SPAN(""), &error));
    assert_false(mail_oauth_error(SPAN("VXNlcm5hbWU6"), &error));
    assert_false(mail_oauth_error(SPAN("e30="), &error));     /* {} */
    assert_false(mail_oauth_error(SPAN("W10="), &error));     /* [] */
    assert_false(mail_oauth_error(SPAN("eyJzdGF0"), &error)); /* half of it */
}

static void an_address_has_something_on_both_sides_of_the_at(void **state)
{
    (void)state;
    assert_true(mail_has_at(SPAN("bob@example.org")));
    assert_false(mail_has_at(SPAN("bob")));
    assert_false(mail_has_at(SPAN("@example.org")));
    assert_false(mail_has_at(SPAN("bob@")));
    assert_false(mail_has_at(SPAN("")));
}

static void latency_is_counted_only_from_a_known_time(void **state)
{
    struct facts *facts = facts_new(1);
    (void)state;
    facts_stamp(facts, 7, 5 * CLOCK_SECOND);
    assert_true(mail_since(facts, 3 * CLOCK_SECOND) > 1.999);
    assert_true(mail_since(facts, 0) < 0.001);
    facts_free(&facts);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_split_into_name_argument_and_rest),
        cmocka_unit_test(what_is_kept_is_cut_at_the_limit),
        cmocka_unit_test(words_are_cut_with_all_spaces_around_them),
        cmocka_unit_test(the_user_is_read_from_sasl_messages),
        cmocka_unit_test(a_long_token_does_not_hide_the_user),
        cmocka_unit_test(a_report_on_a_token_is_read_and_nothing_else_is),
        cmocka_unit_test(an_address_has_something_on_both_sides_of_the_at),
        cmocka_unit_test(latency_is_counted_only_from_a_known_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_base.c - spans, cursors, arenas, texts, errors, addresses, times keep
 * what their headers promise.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/text.h"

static void assert_span(struct span s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.n ? (const char *)s.p : "", expected, s.n);
}

static void cutting_past_the_end_gives_what_is_there(void **state)
{
    (void)state;
    struct span s = SPAN("abc");
    assert_span(span_first(s, 9), "abc");
    assert_span(span_skip(s, 9), "");
    assert_span(span_cut(&s, ' '), "abc");
    assert_int_equal(s.n, 0);
    assert_span(span_cut(&s, ' '), "");
}

static void a_word_of_a_list_is_found_whole(void **state)
{
    (void)state;
    assert_true(span_has_word(SPAN("PLAIN LOGIN"), SPAN("login")));
    assert_true(span_has_word(SPAN("  PLAIN"), SPAN("PLAIN")));
    assert_false(span_has_word(SPAN("PLAIN LOGIN"), SPAN("LOG")));
    assert_false(span_has_word(SPAN("PLAIN  LOGIN"), SPAN("")));
    assert_false(span_has_word(SPAN(""), SPAN("PLAIN")));
}

static void the_domain_of_a_host_is_its_last_two_labels(void **state)
{
    (void)state;
    static const struct {
        struct span host;
        const char *domain;
    } rows[] = {
        {SPAN_INIT("imap.example.org"),  "example.org"},
        {SPAN_INIT("a.b.example.org."),  "example.org"},
        {SPAN_INIT("example.org"),       "example.org"},
        {SPAN_INIT("localhost"),         ""           },
        {SPAN_INIT("198.51.100.25"),     ""           },
        {SPAN_INIT("2001:db8::1"),       ""           },
        {SPAN_INIT("two words.example"), ""           },
        {SPAN_INIT(".org"),              ""           },
        {SPAN_INIT("org."),              ""           },
        {SPAN_INIT(""),                  ""           },
        {SPAN_INIT("."),                 ""           },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_span(span_domain(rows[i].host), rows[i].domain);
}

static void a_line_comes_without_its_end(void **state)
{
    (void)state;
    struct span line, rest = SPAN("one\r\ntwo\nbo\rth\r\r\nthree");
    assert_true(span_take_line(&rest, &line));
    assert_span(line, "one");
    assert_true(span_take_line(&rest, &line));
    assert_span(line, "two");
    assert_true(span_take_line(&rest, &line));
    assert_span(line, "bo\rth");
    assert_false(span_take_line(&rest, &line));
    assert_span(rest, "three");
}

static void search_ignores_case_and_finds_the_end(void **state)
{
    (void)state;
    assert_int_equal(span_search(SPAN("Say STARTTLS"), SPAN("starttls")), 4);
    assert_int_equal(span_search(SPAN("abc"), SPAN("bcd")), 3);
    assert_int_equal(span_search(SPAN("ab"), SPAN("abc")), 2);
    assert_int_equal(span_search(SPAN(""), SPAN("")), 0);
    assert_int_equal(span_search(SPAN(""), SPAN("a")), 0);
}

static void a_number_must_be_all_digits_and_fit(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_false(span_uint(SPAN(""), &v));
    assert_false(span_uint(SPAN("12x"), &v));
    assert_false(span_uint(SPAN("18446744073709551616"), &v));
    assert_int_equal(v, 7);
    assert_true(span_uint(SPAN("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
}

static void a_number_is_written_in_decimal(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 9, 10, 993, UINT64_MAX};
    static const char *const written[] = {"0", "9", "10", "993",
                                          "18446744073709551615"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char room[SPAN_DECIMAL];
        assert_true(span_same(span_decimal(numbers[i], room),
                              span_of(written[i])));
    }
}

static void a_cursor_stays_bad(void **state)
{
    (void)state;
    struct cursor c = cursor_of(SPAN("\x01\x02\x03"));
    assert_int_equal(cursor_be16(&c), 0x0102);
    assert_int_equal(cursor_be16(&c), 0);
    assert_true(c.bad);
    assert_int_equal(cursor_u8(&c), 0); /* although one byte is left */
    c = cursor_of(SPAN("\x01\x02\x03\x04"));
    assert_int_equal(cursor_le32(&c), 0x04030201);
    assert_false(c.bad);
}

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    uint8_t *last = NULL;
    for (size_t n = 1; n < 3000; n += 7) {
        uint8_t *p = arena_alloc(arena, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
        assert_ptr_not_equal(p, last);
        last = p;
    }
    assert_string_equal(arena_printf(arena, "%d-%s", 4, "x"), "4-x");
    const struct span parts[] = {SPAN("a"), {NULL, 0}, SPAN(""), SPAN("bc")};
    assert_string_equal(arena_join(arena, parts, 4), "abc");
    assert_string_equal(arena_join(arena, parts, 0), "");
    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
}

static void wire_text_can_not_control_a_terminal(void **state)
{
    (void)state;
    static const struct {
        struct span in;
        const char *out;
    } cases[] = {
        {SPAN_INIT("plain"),              "plain"             },
        {SPAN_INIT("\x1b[31mred"),        "\\x1b[31mred"      },
        {SPAN_INIT("a\0b"),               "a\\x00b"           },
        {SPAN_INIT("tab\there"),          "tab here"          },
        {SPAN_INIT("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
        {SPAN_INIT("\xc3("),              "\\xc3("            }, /* cut short */
        {SPAN_INIT("\xc0\x80"),           "\\xc0\\x80"        }, /* overlong NUL */
        {SPAN_INIT("\xed\xa0\x80"),       "\\xed\\xa0\\x80"   }, /* surrogate */
        {SPAN_INIT("\xc2\x9b"),           "\\x9b"             }, /* C1 control */
        {SPAN_INIT("\xe2\x80\xae"),       "\\u{202e}"         }, /* turns the text round */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = {0};
        text_add_safe(&text, cases[i].in);
        assert_string_equal(text_string(&text), cases[i].out);
        if (text_is_safe(cases[i].in))
            assert_true(span_same(cases[i].in, span_of(cases[i].out)));
        text_free(&text);
    }
    assert_true(text_is_safe(SPAN("192.0.2.1 ~")));
    assert_false(text_is_safe(SPAN("a\x7f")));
}

static void a_message_is_never_too_long(void **state)
{
    (void)state;
    struct err err;
    assert_false(err_set(&err, "no %s", "room"));
    assert_string_equal(err.text, "no room");
    assert_false(err_set(&err, "%5000d", 3));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    for (int n = 1; n < 8; n++) { /* nor ends within a character */
        assert_false(err_set(&err, "%*s%s", 1016 + n, "", "\u20ac\u20ac\u20ac"));
        assert_int_equal((strlen(err.text) - 1016 - (size_t)n) % 3, 0);
    }
}

static void addresses_know_their_place(void **state)
{
    (void)state;
    static const struct {
        struct span bytes;
        const char *text;
        enum address_class kind;
    } cases[] = {
        {SPAN_INIT("\xc0\x00\x02\x01"),                       "192.0.2.1",   ADDRESS_PUBLIC     },
        {SPAN_INIT("\x0a\x01\x02\x03"),                       "10.1.2.3",    ADDRESS_PRIVATE    },
        {SPAN_INIT("\xac\x1f\x00\x01"),                       "172.31.0.1",  ADDRESS_PRIVATE    },
        {SPAN_INIT("\xac\x20\x00\x01"),                       "172.32.0.1",  ADDRESS_PUBLIC     },
        {SPAN_INIT("\x64\x40\x00\x01"),                       "100.64.0.1",  ADDRESS_PRIVATE    },
        {SPAN_INIT("\xa9\xfe\x00\x01"),                       "169.254.0.1", ADDRESS_LINK_LOCAL },
        {SPAN_INIT("\x7f\x00\x00\x01"),                       "127.0.0.1",   ADDRESS_LOOPBACK   },
        {SPAN_INIT("\0\0\0\0"),                               "0.0.0.0",     ADDRESS_UNSPECIFIED},
        {SPAN_INIT("\xe0\x00\x00\xfb"),                       "224.0.0.251", ADDRESS_MULTICAST  },
        {SPAN_INIT("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), "fe80::1",
         ADDRESS_LINK_LOCAL                                                                     },
        {SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"),     "::1",
         ADDRESS_LOOPBACK                                                                       },
        {SPAN_INIT("short"),                                  "?",           ADDRESS_UNSPECIFIED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[ADDRESS_TEXT];
        struct address a = address_of(cases[i].bytes);
        address_text(&a, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(address_class(&a), cases[i].kind);
        assert_true(address_same(&a, &a));
    }
}

static void times_are_utc_also_before_1970(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    clock_rfc3339(INT64_C(1795514533204117000), text);
    assert_string_equal(text, "2026-11-24T10:02:13.204117Z");
    clock_rfc3339(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    clock_hms(0, text);
    assert_string_equal(text, "00:00:00");
}

static void a_hash_tells_lengths_and_tails_apart(void **state)
{
    (void)state;
    assert_true(hash_bytes(SPAN("a"), 0) != hash_bytes(SPAN("a\0"), 0));
    assert_true(hash_bytes(SPAN("12345678a"), 0) !=
                hash_bytes(SPAN("12345678b"), 0));
    assert_true(hash_bytes(SPAN("x"), 1) != hash_bytes(SPAN("x"), 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cutting_past_the_end_gives_what_is_there),
        cmocka_unit_test(a_word_of_a_list_is_found_whole),
        cmocka_unit_test(the_domain_of_a_host_is_its_last_two_labels),
        cmocka_unit_test(a_line_comes_without_its_end),
        cmocka_unit_test(search_ignores_case_and_finds_the_end),
        cmocka_unit_test(a_number_must_be_all_digits_and_fit),
        cmocka_unit_test(a_number_is_written_in_decimal),
        cmocka_unit_test(a_cursor_stays_bad),
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(wire_text_can_not_control_a_terminal),
        cmocka_unit_test(a_message_is_never_too_long),
        cmocka_unit_test(addresses_know_their_place),
        cmocka_unit_test(times_are_utc_also_before_1970),
        cmocka_unit_test(a_hash_tells_lengths_and_tails_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

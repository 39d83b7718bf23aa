/* test_imap_lines.c - lines and the literals in them, tokens, and verbs.
 *
 * What a dissector makes of whole conversations is tested by tests/dialogs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/text.h"
#include "imap/imap.h"

#include <stdlib.h>
#include <string.h>

struct row {
    const char *name;
    enum dir dir;
    struct span bytes;
    const char *took; /* lines with | after, parts with ~ */
};

/* clang-format off */
static const struct row rows[] = {
    {"plain lines", C2S, SPAN_INIT("a1 NOOP\r\na2 NOOP\n"),
     "a1 NOOP|a2 NOOP|"},
    {"half a line is not taken", C2S, SPAN_INIT("a1 NOOP\r"), ""},
    {"a literal becomes a string", C2S,
     SPAN_INIT("a1 SELECT {5}\r\nIN\r\nX\r\nnext\r\n"),
     "a1 SELECT ~a1 SELECT \"IN\r\nX\"|next|"},
    {"an empty literal", C2S, SPAN_INIT("a1 X {0}\r\n y\r\n"),
     "a1 X ~a1 X \"\" y|"},
    {"quotes in a literal are escaped", C2S,
     SPAN_INIT("a1 X {3+}\r\n\"\\x\r\n"), "a1 X ~a1 X \"\\\"\\\\x\"|"},
    {"literal8", C2S, SPAN_INIT("a1 X ~{1}\r\ny\r\n"), "a1 X ~a1 X \"y\"|"},
    {"two literals", C2S, SPAN_INIT("a1 LOGIN {1}\r\nb {1+}\r\nc\r\n"),
     "a1 LOGIN ~a1 LOGIN \"b\" ~a1 LOGIN \"b\" \"c\"|"},
    {"a message is passed over", C2S,
     SPAN_INIT("a1 APPEND x {6}\r\nhello\n\r\nb\r\n"),
     "a1 APPEND x {6}~a1 APPEND x {6}|b|"},
    {"a folder's name is not", C2S,
     SPAN_INIT("a1 APPEND {1}\r\nx {2}\r\nhi\r\n"),
     "a1 APPEND ~a1 APPEND \"x\" {2}~a1 APPEND \"x\" {2}|"},
    {"what is fetched is passed over", S2C,
     SPAN_INIT("* 1 FETCH (BODY[] {4}\r\n)\r\nx)\r\n"),
     "* 1 FETCH (BODY[] {4}~* 1 FETCH (BODY[] {4})|"},
    {"texts for people announce nothing", S2C,
     SPAN_INIT("* OK {3}\r\na1 NO {3}\r\n+ {3}\r\n"),
     "* OK {3}|a1 NO {3}|+ {3}|"},
    {"no number, no literal", C2S,
     SPAN_INIT("a {}\r\nb {x}\r\nc 1}\r\nd {+}\r\n{1 }\r\n"),
     "a {}|b {x}|c 1}|d {+}|{1 }|"},
    {"a number beyond all bounds is none", C2S,
     SPAN_INIT("a {99999999999999999999}\r\nb\r\n"),
     "a {99999999999999999999}|b|"},
    {"the largest number is one", C2S,
     SPAN_INIT("a NOOP {18446744073709551615}\r\nb\r\n"),
     "a NOOP {18446744073709551615}~"},
};
/* clang-format on */

static void take_all(struct imap_lines *lines, struct span *rest,
                     struct text *took)
{
    struct span line;
    while (imap_lines_skip(lines, rest)) {
        enum imap_took what = imap_lines_take(lines, rest, &line);
        if (what == IMAP_TOOK_NOTHING)
            break;
        text_add(took, line);
        text_adds(took, what == IMAP_TOOK_LINE ? "|" : "~");
    }
}

/* The bytes in one piece, and again byte by byte. */
static void lines_are_taken(void **state)
{
    const struct row *row = *state;
    for (size_t step = 1; step <= row->bytes.n; step += row->bytes.n - 1) {
        struct imap_lines lines = {.dir = row->dir};
        struct text took = {0};
        size_t used = 0;
        for (size_t n = step; n <= row->bytes.n; n += step) {
            size_t size = n - used;
            uint8_t *copy = malloc(size ? size : 1);
            assert_non_null(copy);
            memcpy(copy, row->bytes.p + used, size);
            struct span rest = {copy, size};
            take_all(&lines, &rest, &took);
            used = n - rest.n;
            free(copy);
        }
        assert_string_equal(text_string(&took), row->took);
        text_free(&took);
    }
}

static void a_gap_within_a_literal_keeps_in_step(void **state)
{
    struct imap_lines lines = {.dir = S2C};
    struct text took = {0};
    struct span rest = SPAN("* 1 FETCH (BODY[] {100}\r\n12345");
    (void)state;
    take_all(&lines, &rest, &took);
    imap_lines_gap(&lines, 95);
    rest = SPAN(")\r\n* 2 EXISTS\r\n");
    take_all(&lines, &rest, &took);
    assert_string_equal(text_string(&took),
                        "* 1 FETCH (BODY[] {100}~* 1 FETCH (BODY[] {100})|"
                        "* 2 EXISTS|");
    assert_false(lines.unsure);
    text_free(&took);
}

static void after_a_gap_beyond_a_literal_it_is_unsure(void **state)
{
    struct imap_lines lines = {.dir = S2C};
    struct text took = {0};
    struct span rest = SPAN("* 1 FETCH (BODY[] {100}\r\n12345");
    (void)state;
    take_all(&lines, &rest, &took);
    text_clear(&took);
    imap_lines_gap(&lines, 96);
    rest = SPAN("rest {7}\r\n* 2 EXISTS\r\n");
    take_all(&lines, &rest, &took);
    assert_string_equal(text_string(&took), "rest {7}|* 2 EXISTS|");
    assert_true(lines.unsure);
    text_free(&took);
}

static void what_was_joined_is_wiped(void **state)
{
    struct imap_lines lines = {.dir = C2S};
    struct text took = {0};
    struct span rest = SPAN("a1 LOGIN {3}\r\nbob {7}\r\nhunter2\r\nx");
    (void)state;
    take_all(&lines, &rest, &took);
    struct span all = {lines.joined, sizeof lines.joined};
    assert_int_equal(span_search(all, SPAN("hunter2")), all.n);
    text_free(&took);
}

static void tokens_are_words_strings_and_parentheses(void **state)
{
    struct span rest = SPAN("(a \"b \\\" c\")d NIL \"open");
    struct mail_kept kept;
    (void)state;
    assert_int_equal(imap_token(&rest).kind, IMAP_OPEN);
    assert_true(span_same(imap_token(&rest).text, SPAN("a")));
    struct imap_token quoted = imap_token(&rest);
    assert_int_equal(quoted.kind, IMAP_QUOTED);
    imap_token_keep(&kept, quoted);
    assert_true(span_same(mail_kept(&kept), SPAN("b \" c")));
    assert_int_equal(imap_token(&rest).kind, IMAP_CLOSE);
    assert_true(span_same(imap_token(&rest).text, SPAN("d")));
    assert_int_equal(imap_token(&rest).kind, IMAP_ATOM);
    assert_int_equal(imap_token(&rest).kind, IMAP_BROKEN);
    assert_int_equal(imap_token(&rest).kind, IMAP_END);
    rest = SPAN("\"ends with a backslash\\");
    assert_int_equal(imap_token(&rest).kind, IMAP_BROKEN);
}

static void a_verb_after_uid_is_part_of_its_name(void **state)
{
    struct span line = SPAN("uid fetch 1 FLAGS");
    (void)state;
    assert_true(span_same(imap_verb_cut(&line), SPAN("uid fetch")));
    assert_true(span_same(line, SPAN("1 FLAGS")));
    assert_non_null(imap_verb_find(SPAN("uid fetch")));
    line = SPAN("UID");
    assert_true(span_same(imap_verb_cut(&line), SPAN("UID")));
    assert_null(imap_verb_find(SPAN("UID")));
    assert_null(imap_verb_find(SPAN("")));
}

static void messages_are_known_by_what_stands_before_them(void **state)
{
    (void)state;
    assert_true(imap_is_body(SPAN("* 1 FETCH (UID 5 BODY[] {9}")));
    assert_true(imap_is_body(SPAN("* 1 FETCH (BODY[] ~{9}")));
    assert_true(imap_is_body(SPAN("* 1 FETCH (BODY[]<0> {9}")));
    assert_true(imap_is_body(SPAN("* 1 FETCH (RFC822 {9}")));
    assert_false(imap_is_body(SPAN("* 1 FETCH (BODY[]<9> {9}")));
    assert_false(imap_is_body(SPAN("* 1 FETCH (BODY[1] {9}")));
    assert_false(imap_is_body(SPAN("* 1 FETCH (BODY[HEADER] {9}")));
    assert_false(imap_is_body(SPAN("* 1 FETCH (RFC822.HEADER {9}")));
    assert_false(imap_is_body(SPAN("{9}")));
    assert_false(imap_is_body(SPAN("")));
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct CMUnitTest tests[ROWS + 6] = {
        cmocka_unit_test(a_gap_within_a_literal_keeps_in_step),
        cmocka_unit_test(after_a_gap_beyond_a_literal_it_is_unsure),
        cmocka_unit_test(what_was_joined_is_wiped),
        cmocka_unit_test(tokens_are_words_strings_and_parentheses),
        cmocka_unit_test(a_verb_after_uid_is_part_of_its_name),
        cmocka_unit_test(messages_are_known_by_what_stands_before_them),
    };
    for (size_t i = 0; i < ROWS; i++) /* each row is a test of its own */
        tests[i + 6] =
            (struct CMUnitTest){.name = rows[i].name,
                                .test_func = lines_are_taken,
                                .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_options.c - the command line: what is taken, and how wrong use is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "cli/options.h"

enum { WORDS_MAX = 32 };

static const struct subcommand subcommand = {.name = "analyze"};

/* Parses the words, cut at spaces, for a subcommand. */
static enum options_result parse(const char *line, unsigned whose,
                                 struct options *options, struct err *err)
{
    static char words[256];
    static char *argv[WORDS_MAX];
    int argc = 0;
    char *rest = words, *word;
    snprintf(words, sizeof words, "analyze %s", line);
    while ((word = strsep(&rest, " ")) && argc < WORDS_MAX - 1)
        argv[argc++] = word;
    argv[argc] = NULL;
    *err = (struct err){""};
    return options_parse(argc, argv, &subcommand, whose, options, err);
}

static void assert_wrong(const char *line, unsigned whose, const char *says)
{
    struct options options;
    struct err err;
    assert_int_equal(parse(line, whose, &options, &err), OPTIONS_WRONG);
    if (!strstr(err.text, says))
        fail_msg("%s: says \"%s\", not \"%s\"", line, err.text, says);
    options_free(&options);
}

static void every_option_arrives(void **state)
{
    struct options options;
    struct err err;
    (void)state;
    assert_int_equal(
        parse("a.pcap --rules r1 --rules r2 --disable x.y --keylog k --key p "
              "--ca c -v -q",
              FOR_ANALYZE, &options, &err),
        OPTIONS_GO);
    assert_int_equal(options.rules_count, 2);
    assert_string_equal(options.rules[1], "r2");
    assert_int_equal(options.disabled_count, 1);
    assert_string_equal(options.analyze.keylog, "k");
    assert_string_equal(options.analyze.key, "p");
    assert_string_equal(options.analyze.ca, "c");
    assert_true(options.verbose && options.quiet);
    assert_int_equal(options.word_count, 1);
    assert_string_equal(options.words[0], "a.pcap");
    assert_int_equal(options.timeout, 0);
    options_free(&options);
}

static void options_may_come_after_files(void **state)
{
    struct options options;
    struct err err;
    (void)state;
    assert_int_equal(parse("- b.pcap --format junit --color never "
                           "--filter port\t25 -o out --show-users",
                           FOR_SCAN, &options, &err),
                     OPTIONS_GO);
    assert_int_equal(options.word_count, 2);
    assert_string_equal(options.words[0], "-");
    assert_ptr_equal(options.format, &report_junit);
    assert_int_equal(options.color, WHEN_NEVER);
    assert_string_equal(options.output, "out");
    assert_true(options.analyze.show_users);
    options_free(&options);
}

static void ports_can_be_given_a_protocol(void **state)
{
    struct options options;
    struct err err;
    (void)state;
    assert_int_equal(parse("--decode-as 1143=imap --decode-as=26=SMTP x",
                           FOR_ANALYZE, &options, &err),
                     OPTIONS_GO);
    assert_int_equal(options.analyze.decode_as_count, 2);
    assert_int_equal(options.analyze.decode_as[0].port, 1143);
    assert_string_equal(options.analyze.decode_as[0].protocol, "imap");
    assert_int_equal(options.analyze.decode_as[1].port, 26);
    assert_string_equal(options.analyze.decode_as[1].protocol, "smtp");
    assert_false(options.analyze.decode_as[0].implicit_tls);
    options_free(&options);
    assert_int_equal(parse("--decode-as 443=imaps --decode-as 26=submissions x",
                           FOR_ANALYZE, &options, &err),
                     OPTIONS_GO);
    assert_string_equal(options.analyze.decode_as[0].protocol, "imap");
    assert_true(options.analyze.decode_as[0].implicit_tls);
    assert_string_equal(options.analyze.decode_as[1].protocol, "smtp");
    assert_true(options.analyze.decode_as[1].implicit_tls);
    options_free(&options);
}

static void wrong_use_names_the_option_and_the_fix(void **state)
{
    (void)state;
    assert_wrong("--formt x", FOR_ANALYZE, "--formt: no such option; perhaps "
                                           "\"format\"; mailwhy analyze --help");
    assert_wrong("-z", FOR_ANALYZE, "-z: no such option");
    assert_wrong("x --format", FOR_ANALYZE, "--format needs a value");
    assert_wrong("-o", FOR_ANALYZE, "--output needs a value");
    assert_wrong("--quiet=1", FOR_ANALYZE, "--quiet takes no value");
    assert_wrong("--format xml", FOR_ANALYZE, "there are text, json");
    assert_wrong("--severity bad", FOR_ANALYZE, "there are critical, high");
    assert_wrong("--color red", FOR_ANALYZE, "auto, always or never");
    assert_wrong("--progress always", FOR_ANALYZE, "use auto or never");
    assert_wrong("--decode-as imap", FOR_ANALYZE, "as in --decode-as 1143=");
    assert_wrong("--decode-as 0=imap", FOR_ANALYZE, "from 1 to 65535");
    assert_wrong("--decode-as 65536=imap", FOR_ANALYZE, "from 1 to 65535");
    assert_wrong("--decode-as 80=http", FOR_ANALYZE, "imap, pop3, smtp or");
    assert_wrong("--decode-as 80", FOR_ANALYZE, "imap, pop3, smtp or sieve");
    assert_wrong("--jobs many", FOR_SCAN, "use a number from 0");
    assert_wrong("--timeout -1", FOR_SCAN, "use a number from 0");
}

static void options_belong_to_their_subcommand(void **state)
{
    (void)state;
    assert_wrong("--jobs 2", FOR_ANALYZE, "no such option");
    assert_wrong("-i eth0", FOR_SCAN, "-i: no such option");
    assert_wrong("--progress never", FOR_LIVE, "no such option");
}

static void what_follows_two_dashes_is_no_option(void **state)
{
    struct options options;
    struct err err;
    (void)state;
    assert_int_equal(parse("-- -v", FOR_ANALYZE, &options, &err), OPTIONS_GO);
    assert_int_equal(options.word_count, 1);
    assert_string_equal(options.words[0], "-v");
    assert_false(options.verbose);
    options_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_arrives),
        cmocka_unit_test(options_may_come_after_files),
        cmocka_unit_test(ports_can_be_given_a_protocol),
        cmocka_unit_test(wrong_use_names_the_option_and_the_fix),
        cmocka_unit_test(options_belong_to_their_subcommand),
        cmocka_unit_test(what_follows_two_dashes_is_no_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

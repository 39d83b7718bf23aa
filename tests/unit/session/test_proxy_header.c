/* test_proxy_header.c - what balancers say in front of a connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "session/proxy_header.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"

static enum proxy_found look(const char *bytes, size_t n,
                             struct proxy_header *h)
{
    *h = (struct proxy_header){.version = 0};
    return proxy_header_read((struct span){(const uint8_t *)bytes, n}, h);
}

#define LOOK(literal, h) look((literal), sizeof(literal) - 1, (h))

/* However little of it has come, it is not decided before the end. */
static void parts_wait(const char *bytes, size_t header, size_t all,
                       const char *client)
{
    struct proxy_header h;
    for (size_t n = 1; n < header; n++)
        assert_int_equal(look(bytes, n, &h), PROXY_PART);
    for (size_t n = header; n <= all; n++) {
        assert_int_equal(look(bytes, n, &h), PROXY_WHOLE);
        assert_int_equal(h.n, header);
        assert_string_equal(h.client, client);
    }
}

static void version_1_is_a_line(void **state)
{
    static const char line[] =
        "PROXY TCP4 192.0.2.10 198.51.100.25 40000 143\r\na LOGIN";
    (void)state;
    parts_wait(line, 47, sizeof line - 1, "192.0.2.10");
}

static void version_1_may_not_know(void **state)
{
    struct proxy_header h;
    (void)state;
    assert_int_equal(LOOK("PROXY UNKNOWN\r\n", &h), PROXY_WHOLE);
    assert_string_equal(h.client, "");
    assert_int_equal(h.version, 1);
    assert_int_equal(LOOK("PROXY TCP4 <b>1</b> 2 3 4\r\n", &h), PROXY_WHOLE);
    assert_string_equal(h.client, "");
}

static void version_2_is_binary(void **state)
{
    static const char ipv4[] = V2 "\x21\x11\0\x0c"
                                  "\xc0\0\x02\x0a\xc6\x33\x64\x19\x9c\x40\0\x8f"
                                  "\x16\x03\x01";
    static const char ipv6[] = V2 "\x21\x21\0\x28"
                                  "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x10"
                                  "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25"
                                  "\x9c\x40\0\x8f"
                                  "\x04\0\x01x";
    (void)state;
    parts_wait(ipv4, 28, sizeof ipv4 - 1, "192.0.2.10");
    parts_wait(ipv6, 56, sizeof ipv6 - 1, "2001:db8::10");
}

static void a_check_of_the_balancer_names_nobody(void **state)
{
    static const char local[] = V2 "\x20\0\0\0";
    (void)state;
    parts_wait(local, 16, sizeof local - 1, "");
}

static void other_words_are_no_header(void **state)
{
    struct proxy_header h;
    (void)state;
    assert_int_equal(LOOK("", &h), PROXY_NONE);
    assert_int_equal(LOOK("EHLO proxy\r\n", &h), PROXY_NONE);
    assert_int_equal(LOOK("PROXYAUTH x\r\n", &h), PROXY_NONE);
    assert_int_equal(LOOK("PROXY LOGIN alice pw\r\n", &h), PROXY_NONE);
    assert_int_equal(LOOK("\r\n\r\nQUIT\r\n", &h), PROXY_NONE);
    char endless[200];
    memset(endless, 'x', sizeof endless);
    memcpy(endless, "PROXY ", 6);
    assert_int_equal(look(endless, sizeof endless, &h), PROXY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_a_line),
        cmocka_unit_test(version_1_may_not_know),
        cmocka_unit_test(version_2_is_binary),
        cmocka_unit_test(a_check_of_the_balancer_names_nobody),
        cmocka_unit_test(other_words_are_no_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

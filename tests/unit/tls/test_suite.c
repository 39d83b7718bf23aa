/* test_suite.c - the table of suites keeps its own rules.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "tls/suite.h"

static void the_table_is_sorted_and_consistent(void **state)
{
    (void)state;
    unsigned before = 0;
    for (size_t i = 0; suite_at(i); i++) {
        const struct suite *s = suite_at(i);
        bool aead = s->cipher->mode == MODE_AEAD || s->cipher->mode == MODE_CCM;
        print_message("%s\n", s->name);
        assert_true(s->number > before);
        before = s->number;
        assert_ptr_equal(suite_find(s->number), s);
        assert_true(aead == (s->mac == NULL));
        assert_true(!s->broken || s->weak);
        assert_int_equal(s->exchange == EXCHANGE_TLS13, s->number >> 8 == 0x13);
        assert_int_equal(s->exchange == EXCHANGE_ANON,
                         strstr(s->name, "_anon_") != NULL);
        assert_int_equal(strstr(s->name, "SHA384") != NULL,
                         (s->mac && strcmp(s->mac, "SHA384") == 0) ||
                             (aead && strcmp(s->prf, "SHA384") == 0));
        assert_true(!strstr(s->name, "RC4") || s->broken);
        assert_true(!strstr(s->name, "NULL") || s->broken);
        assert_true(!strstr(s->name, "EXPORT") || s->broken);
        assert_true(!strstr(s->name, "3DES") || s->weak);
    }
    assert_null(suite_find(0x0000));
    assert_null(suite_find(0xffff));
}

static void grease_is_known(void **state)
{
    (void)state;
    int count = 0;
    for (unsigned i = 0; i <= 0xffff; i++)
        count += suite_is_grease((uint16_t)i);
    assert_int_equal(count, 16);
    assert_true(suite_is_grease(0x0a0a));
    assert_true(suite_is_grease(0xfafa));
    assert_false(suite_is_grease(0x0a1a));
}

static void what_is_not_content_is_known(void **state)
{
    (void)state;
    /* As measured: an alert (2 bytes) in TLS 1.3 is 19 long, in TLS 1.2 with
     * GCM 26, with ChaCha20 18. */
    assert_int_equal(suite_overhead(suite_find(0x1301), VERSION_TLS13), 17);
    assert_int_equal(suite_overhead(suite_find(0x1305), VERSION_TLS13), 9);
    assert_int_equal(suite_overhead(suite_find(0xc02f), VERSION_TLS12), 24);
    assert_int_equal(suite_overhead(suite_find(0xcca8), VERSION_TLS12), 16);
    assert_int_equal(suite_overhead(suite_find(0x002f), VERSION_TLS12),
                     16 + 20 + 1);
    assert_int_equal(suite_overhead(suite_find(0x002f), VERSION_TLS10), 20 + 1);
    assert_int_equal(suite_overhead(suite_find(0x0005), VERSION_TLS10), 20);
    assert_int_equal(suite_overhead(NULL, VERSION_TLS12), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_consistent),
        cmocka_unit_test(grease_is_known),
        cmocka_unit_test(what_is_not_content_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

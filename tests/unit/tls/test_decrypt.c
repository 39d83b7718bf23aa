/* test_decrypt.c - records that only look right are not opened.  (That real
 * ones are, is shown in test_tls_decrypt.c.)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <string.h>

#include "tls/decrypt.h"
#include "tls/derive.h"

/* RFC 8448 section 3: the server's handshake traffic secret, key and IV. */
static const uint8_t secret[32] = {
    0xb6, 0x7b, 0x7d, 0x69, 0x0c, 0xc1, 0x6c, 0x4e, 0x75, 0xe5, 0x42,
    0x13, 0xcb, 0x2d, 0x37, 0xb4, 0xe9, 0xc9, 0x12, 0xbc, 0xde, 0xd9,
    0x10, 0x5d, 0x42, 0xbe, 0xfd, 0x59, 0xd3, 0x91, 0xad, 0x38};

static void keys_are_those_of_rfc_8448(void **state)
{
    (void)state;
    static const uint8_t key[16] = {0x3f, 0xce, 0x51, 0x60, 0x09, 0xc2,
                                    0x17, 0x27, 0xd0, 0xf2, 0xe4, 0xe8,
                                    0x6e, 0xe4, 0x03, 0xbc};
    static const uint8_t iv[12] = {0x5d, 0x31, 0x3e, 0xb2, 0x67, 0x12,
                                   0x76, 0xee, 0x13, 0x00, 0x0b, 0x30};
    uint8_t out[16];
    struct span s = {secret, sizeof secret};
    assert_true(derive_expand("SHA256", s, SPAN("key"), out, 16));
    assert_memory_equal(out, key, 16);
    assert_true(derive_expand("SHA256", s, SPAN("iv"), out, 12));
    assert_memory_equal(out, iv, 12);
}

static void no_length_is_too_odd(void **state)
{
    (void)state;
    static const uint16_t numbers[] = {0x1301, 0x1305, 0xc02f, 0xc0ae,
                                       0xcca8, 0xc013, 0xc028};
    static uint8_t body[DECRYPT_BODY_MAX + 1], out[DECRYPT_BODY_MAX + 1];
    uint8_t master[48] = {1};
    struct arena *mem = arena_new();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct suite *suite = suite_find(numbers[i]);
        struct decrypt_session session = {
            .version = VERSION_TLS12,
            .suite = suite,
            .encrypt_then_mac = i % 2 == 0,
            .master = {master, sizeof master}
        };
        struct decrypt *d =
            suite->exchange == EXCHANGE_TLS13
                ? decrypt_new_tls13(mem, suite, (struct span){secret, 32})
                : decrypt_new(mem, &session, true);
        assert_non_null(d);
        for (size_t n = 0; n < 200; n++) {
            uint8_t type = 23;
            size_t out_n;
            assert_false(decrypt_record(d, &type, VERSION_TLS12,
                                        (struct span){body, n}, out, &out_n));
        }
        uint8_t type = 23;
        size_t out_n;
        assert_false(decrypt_record(d, &type, VERSION_TLS12,
                                    (struct span){body, sizeof body}, out,
                                    &out_n));
    }
    arena_free(&mem);
}

static void what_cannot_be_opened_is_refused(void **state)
{
    (void)state;
    uint8_t master[48] = {1};
    struct arena *mem = arena_new();
    struct decrypt_session session = {
        .version = VERSION_TLS12, .master = {master, sizeof master}
    };
    static const uint16_t closed[] = {0x0005, 0x0002, 0x0008, 0xc07a};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        session.suite = suite_find(closed[i]);
        assert_null(decrypt_new(mem, &session, true));
    }
    session.suite = NULL;
    assert_null(decrypt_new(mem, &session, true));
    session.suite = suite_find(0x002f);
    session.version = VERSION_SSL3;
    assert_null(decrypt_new(mem, &session, true));
    /* A secret of the wrong length for the suite's hash. */
    assert_null(
        decrypt_new_tls13(mem, suite_find(0x1302), (struct span){secret, 32}));
    arena_free(&mem);
}

static void tls10_cannot_go_on_behind_a_lost_record(void **state)
{
    (void)state;
    uint8_t master[48] = {1};
    struct arena *mem = arena_new();
    struct decrypt_session session = {
        .version = VERSION_TLS10,
        .suite = suite_find(0x002f),
        .master = {master, sizeof master}
    };
    assert_false(decrypt_skip(decrypt_new(mem, &session, true)));
    session.version = VERSION_TLS11;
    assert_true(decrypt_skip(decrypt_new(mem, &session, true)));
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_rfc_8448),
        cmocka_unit_test(no_length_is_too_odd),
        cmocka_unit_test(what_cannot_be_opened_is_refused),
        cmocka_unit_test(tls10_cannot_go_on_behind_a_lost_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

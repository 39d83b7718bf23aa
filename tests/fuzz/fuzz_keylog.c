/* fuzz_keylog.c - a key log means the same whole and line by line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

#include "tls/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tls_keys *whole = tls_keys_new();
    struct tls_keys *by_line = tls_keys_new();
    struct span rest = {data, size};
    tls_keys_add(whole, rest);
    while (rest.n) {
        size_t n = span_find(rest, '\n') + 1;
        tls_keys_add(by_line, span_first(rest, n));
        rest = span_skip(rest, n);
    }
    const struct tls_keys_counts *a = tls_keys_counts(whole);
    const struct tls_keys_counts *b = tls_keys_counts(by_line);
    if (a->kept != b->kept || a->unknown != b->unknown || a->bad != b->bad)
        abort();

    static const uint8_t zeros[32];
    struct span secret, id = {zeros, sizeof zeros};
    for (int label = KEYS_MASTER; label <= KEYS_SERVER_TRAFFIC; label++) {
        if (tls_keys_find(whole, (enum keys_label)label, id, &secret) !=
            tls_keys_find(by_line, (enum keys_label)label, id, &secret))
            abort();
    }
    tls_keys_free(&whole);
    tls_keys_free(&by_line);
    return 0;
}

/* fingerprint.c - see fingerprint.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/fingerprint.h"

#include <stdio.h>

#include "base/hash.h"

enum { BLOCK = 1 << 16 };

static uint64_t add_number(uint64_t hash, uint64_t n)
{
    return hash_bytes((struct span){(const uint8_t *)&n, sizeof n}, hash);
}

/* NULL is another text than "". */
static uint64_t add_text(uint64_t hash, const char *s)
{
    return s ? hash_bytes(span_of(s), add_number(hash, 1))
             : add_number(hash, 0);
}

/* What is in it; its name does not matter. */
static uint64_t add_file(uint64_t hash, const char *path)
{
    static uint8_t bytes[BLOCK];
    FILE *file = path ? fopen(path, "rbe") : NULL;
    if (!file)
        return add_number(hash, 0);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        hash = hash_bytes((struct span){bytes, n}, hash);
    fclose(file);
    return add_number(hash, 1);
}

uint64_t fingerprint(const struct analyze_options *options)
{
    uint64_t hash = add_file(0, "/proc/self/exe");
    hash = add_number(hash, rules_digest(options->rules));
    hash = add_text(hash, options->filter);
    hash = add_file(hash, options->keylog);
    hash = add_file(hash, options->key);
    hash = add_file(hash, options->ca);
    for (size_t i = 0; i < options->decode_as_count; i++) {
        hash = add_number(hash, options->decode_as[i].port);
        hash = add_text(hash, options->decode_as[i].protocol);
        hash = add_number(hash, options->decode_as[i].implicit_tls);
    }
    hash = add_number(hash, options->show_users);
    return add_number(hash, options->sessions_listed);
}

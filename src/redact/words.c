/* words.c - see words.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "redact/words.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/hash.h"

static bool is_alnum(uint8_t c)
{
    uint8_t low = c | 0x20;
    return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'z');
}

void hide_content(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n')
            p[i] = 'x';
}

static void remember(struct hider *h, struct span word, bool secret)
{
    if (word.n < REPEAT_LEAST || h->repeat_count == REPEATS_MAX)
        return;
    for (size_t i = 0; i < h->repeat_count; i++)
        if (span_same(h->repeats[i].word, word))
            return;
    h->repeats[h->repeat_count++] =
        (struct repeat){arena_copy(h->mem, word), secret};
}

void hide_secret(struct hider *h, uint8_t *p, size_t n)
{
    if (n == 0)
        return;
    h->counts->secrets++;
    remember(h, (struct span){p, n}, true);
    memset(p, 'x', n);
}

/* Other letters, the same whenever the name (in either case) is the same;
 * dots and dashes stay, as they may be why a server refused it. */
static void rename_word(const struct hider *h, uint8_t *p, size_t n)
{
    uint64_t seed = h->key;
    for (size_t i = 0; i < n; i++) {
        uint8_t low = p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i];
        seed = hash_bytes((struct span){&low, 1}, seed);
    }
    for (size_t i = 0; i < n; i++) {
        seed = hash_bytes((struct span){(const uint8_t *)"+", 1}, seed);
        if (is_alnum(p[i]) || p[i] >= 0x80)
            p[i] = (uint8_t)('a' + (seed >> 24) % 26);
    }
}

void hide_name(struct hider *h, uint8_t *p, size_t n)
{
    size_t at = span_find((struct span){p, n}, '@');
    size_t domain = span_find((struct span){p, at}, '\\');
    size_t begin = domain < at ? domain + 1 : 0;
    if (at == begin)
        return;
    h->counts->names++;
    remember(h, (struct span){p + begin, at - begin}, false);
    rename_word(h, p + begin, at - begin);
}

/* What may stand before the @ (RFC 5322 section 3.2.3, and UTF-8). */
static bool is_local(uint8_t c)
{
    static const char others[] = "!#$%&'*+-/=?^_`{|}~.";
    return is_alnum(c) || c >= 0x80 ||
           (c && memchr(others, c, sizeof others - 1));
}

void hide_addresses(struct hider *h, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t begin = i;
        if (p[i] != '@')
            continue;
        while (begin > 0 && is_local(p[begin - 1]))
            begin--;
        if (begin == i)
            continue;
        h->counts->addresses++;
        rename_word(h, p + begin, i - begin);
    }
}

void hide_repeats(struct hider *h, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < h->repeat_count; i++) {
        const struct repeat *r = &h->repeats[i];
        size_t from = 0, at;
        while (n - from >= r->word.n &&
               (at = span_search((struct span){p + from, n - from}, r->word)) <
                   n - from) {
            if (r->secret)
                memset(p + from + at, 'x', r->word.n);
            else
                rename_word(h, p + from + at, r->word.n);
            from += at + r->word.n;
        }
    }
}

/* ---- SASL ---- */

/* Whether it is letters, digits, "+" and "/" with at most two "=" behind, in
 * groups of four (RFC 4648 section 4): OpenSSL is less strict. */
static bool is_base64(const uint8_t *p, size_t n)
{
    size_t padding = n && p[n - 1] == '=' ? 1 : 0;
    if (padding && n > 1 && p[n - 2] == '=')
        padding = 2;
    for (size_t i = 0; i < n - padding; i++) {
        if (!is_alnum(p[i]) && p[i] != '+' && p[i] != '/')
            return false;
    }
    return n > 0 && n <= INT_MAX && n % 4 == 0;
}

/* n / 4 * 3 bytes go to out; of them so many stand for something. */
static size_t decode(const uint8_t *p, size_t n, uint8_t *out)
{
    size_t padding = (p[n - 1] == '=') + (size_t)(p[n - 2] == '=');
    int bytes = EVP_DecodeBlock(out, p, (int)n);
    return bytes < 0 ? 0 : (size_t)bytes - padding;
}

/* As long as it was before it was decoded. */
static void encode(struct hider *h, const uint8_t *in, size_t count, uint8_t *p,
                   size_t n)
{
    uint8_t *base64 = arena_alloc(h->mem, n + 1);
    EVP_EncodeBlock(base64, in, (int)count);
    memcpy(p, base64, n);
}

/* user=NAME ^A auth=Bearer TOKEN ^A ^A, or n,a=NAME, ^A host=... (RFC 7628) */
static void hide_oauth(struct hider *h, uint8_t *p, size_t n)
{
    struct span rest = {p, n};
    while (rest.n) {
        struct span field = span_cut(&rest, 1);
        uint8_t *at = p + (field.p - p);
        size_t value = span_find(field, '=') + 1;
        if (value > field.n)
            continue;
        if (span_starts(field, SPAN("auth=bearer ")))
            hide_secret(h, at + 12, field.n - 12);
        else if (span_starts(field, SPAN("user=")))
            hide_name(h, at + value, field.n - value);
        else if (span_starts(field, SPAN("n,a=")))
            hide_name(h, at + value,
                      span_find(span_skip(field, value), ','));
        else if (!span_starts(field, SPAN("host=")) &&
                 !span_starts(field, SPAN("port=")))
            hide_secret(h, at + value, field.n - value);
    }
}

/* authorisation NUL name NUL password (RFC 4616) */
static bool hide_plain(struct hider *h, uint8_t *p, size_t n)
{
    size_t first = span_find((struct span){p, n}, 0);
    if (first == n)
        return false;
    size_t second = first + 1 + span_find((struct span){p + first + 1,
                                                        n - first - 1}, 0);
    if (second >= n ||
        memchr(p + second + 1, 0, n - second - 1) != NULL)
        return false;
    hide_name(h, p, first);
    hide_name(h, p + first + 1, second - first - 1);
    hide_secret(h, p + second + 1, n - second - 1);
    return true;
}

static void hide_decoded(struct hider *h, uint8_t *p, size_t n, bool name)
{
    struct span all = {p, n};
    if (span_starts(all, SPAN("user=")) || span_starts(all, SPAN("n,")))
        hide_oauth(h, p, n);
    else if (name)
        hide_name(h, p, n);
    else if (!hide_plain(h, p, n))
        hide_secret(h, p, n);
}

void hide_sasl(struct hider *h, uint8_t *p, size_t n, bool name)
{
    if (n < 2) /* "*" cancels, "=" is an empty answer */
        return;
    remember(h, (struct span){p, n}, true);
    if (is_base64(p, n)) {
        uint8_t *clear = arena_alloc(h->mem, n);
        size_t count = decode(p, n, clear);
        hide_decoded(h, clear, count, name);
        encode(h, clear, count, p, n);
        return;
    }
    /* What is no base64 stays no base64: a rule may ask why. */
    h->counts->secrets++;
    for (size_t i = 0; i < n; i++)
        if (is_alnum(p[i]) || p[i] >= 0x80)
            p[i] = 'A';
}

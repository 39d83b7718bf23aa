/* decrypt.c - see decrypt.h; the ciphers themselves are in cipher.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/decrypt.h"

#include <string.h>

#include "tls/cipher.h"
#include "tls/derive.h"

enum {
    KEY_MAX = 32,
    MAC_MAX = 48,
    NONCE = 12, /* of every AEAD here */
    BLOCK_MAX = 16,
    SECRET_MAX = 48,
    HEADER = 13, /* sequence number, type, version, length */
};

struct decrypt {
    const struct suite *suite;
    uint16_t version;
    bool encrypt_then_mac;
    uint64_t sequence;
    uint8_t key[KEY_MAX];
    uint8_t mac_key[MAC_MAX];
    uint8_t iv[BLOCK_MAX]; /* AEAD: the fixed part of the nonce; TLS 1.0: the
                              last block of the record before */
    size_t secret_n;       /* TLS 1.3 */
    uint8_t secret[SECRET_MAX];
};

static bool can_open(const struct suite *suite)
{
    return suite && suite->cipher->evp && suite->exchange != EXCHANGE_EXPORT;
}

/* The key block (RFC 5246 6.3): MAC keys, keys, IVs; of each the client's
 * before the server's. */
static void cut_keys(struct decrypt *d, const uint8_t *block, bool from_client)
{
    const struct suite_cipher *cipher = d->suite->cipher;
    size_t mac_n = suite_digest_size(d->suite->mac);
    size_t iv_n = cipher->mode == MODE_CBC ? cipher->block : cipher->fixed;
    size_t second = from_client ? 0 : 1;
    memcpy(d->mac_key, block + second * mac_n, mac_n);
    block += 2 * mac_n;
    memcpy(d->key, block + second * cipher->key, cipher->key);
    block += 2 * (size_t)cipher->key;
    memcpy(d->iv, block + second * iv_n, iv_n);
}

struct decrypt *decrypt_new(struct arena *mem,
                            const struct decrypt_session *session,
                            bool from_client)
{
    uint8_t block[2 * (MAC_MAX + KEY_MAX + BLOCK_MAX)];
    uint8_t randoms[2 * DECRYPT_RANDOM]; /* here the server's comes first */
    if (!can_open(session->suite) || session->version < VERSION_TLS10 ||
        session->version > VERSION_TLS12)
        return NULL;
    struct decrypt *d = arena_alloc(mem, sizeof *d);
    d->suite = session->suite;
    d->version = session->version;
    d->encrypt_then_mac =
        session->encrypt_then_mac && d->suite->cipher->mode == MODE_CBC;
    memcpy(randoms, session->server_random, DECRYPT_RANDOM);
    memcpy(randoms + DECRYPT_RANDOM, session->client_random, DECRYPT_RANDOM);
    if (!derive_prf(
            d->version, d->suite->prf, session->master, SPAN("key expansion"),
            (struct span){randoms, sizeof randoms}, block, sizeof block))
        return NULL;
    cut_keys(d, block, from_client);
    return d;
}

/* RFC 8446 7.3 */
static bool keys_from_secret(struct decrypt *d)
{
    struct span secret = {d->secret, d->secret_n};
    d->sequence = 0;
    return derive_expand(d->suite->prf, secret, SPAN("key"), d->key,
                         d->suite->cipher->key) &&
           derive_expand(d->suite->prf, secret, SPAN("iv"), d->iv, NONCE);
}

struct decrypt *decrypt_new_tls13(struct arena *mem, const struct suite *suite,
                                  struct span secret)
{
    if (!can_open(suite) || suite->exchange != EXCHANGE_TLS13 ||
        secret.n != suite_digest_size(suite->prf))
        return NULL;
    struct decrypt *d = arena_alloc(mem, sizeof *d);
    d->suite = suite;
    d->version = VERSION_TLS13;
    d->secret_n = secret.n;
    memcpy(d->secret, secret.p, secret.n);
    return keys_from_secret(d) ? d : NULL;
}

bool decrypt_update(struct decrypt *d)
{
    uint8_t next[SECRET_MAX];
    if (d->version != VERSION_TLS13 ||
        !derive_expand(d->suite->prf, (struct span){d->secret, d->secret_n},
                       SPAN("traffic upd"), next, d->secret_n))
        return false;
    memcpy(d->secret, next, d->secret_n);
    return keys_from_secret(d);
}

bool decrypt_skip(struct decrypt *d)
{
    d->sequence++;
    return d->suite->cipher->mode != MODE_CBC || d->version >= VERSION_TLS11;
}

void decrypt_not_this(struct decrypt *d)
{
    d->sequence--;
}

static void put_be(uint8_t *out, uint64_t value, size_t n)
{
    for (size_t i = n; i > 0; i--, value >>= 8)
        out[i - 1] = (uint8_t)value;
}

/* What the MAC or the tag covers besides the content (RFC 5246 6.2.3). */
static void header(const struct decrypt *d, uint8_t type, uint16_t version,
                   size_t length, uint8_t out[HEADER])
{
    put_be(out, d->sequence, 8);
    out[8] = type;
    put_be(out + 9, version, 2);
    put_be(out + 11, length, 2);
}

/* RFC 8446 5.3, and RFC 7905 for ChaCha20 in TLS 1.2. */
static void nonce_by_xor(const struct decrypt *d, uint8_t nonce[NONCE])
{
    uint8_t sequence[8];
    put_be(sequence, d->sequence, 8);
    memcpy(nonce, d->iv, NONCE);
    for (size_t i = 0; i < 8; i++)
        nonce[NONCE - 8 + i] ^= sequence[i];
}

static bool open_tls13(const struct decrypt *d, uint8_t *type, uint16_t version,
                       struct span body, uint8_t *out, size_t *out_n)
{
    uint8_t nonce[NONCE];
    uint8_t covered[5] = {*type};
    put_be(covered + 1, version, 2);
    put_be(covered + 3, body.n, 2);
    nonce_by_xor(d, nonce);
    struct span keyed = {d->key, d->suite->cipher->key};
    if (!cipher_aead(d->suite->cipher, keyed, nonce,
                     (struct span){covered, sizeof covered}, body, out))
        return false;
    /* Content, its type, then zeros (RFC 8446 5.2). */
    size_t n = body.n - d->suite->cipher->tag;
    while (n > 0 && out[n - 1] == 0)
        n--;
    if (n == 0)
        return false;
    *type = out[n - 1];
    *out_n = n - 1;
    return true;
}

static bool open_aead(const struct decrypt *d, uint8_t type, uint16_t version,
                      struct span body, uint8_t *out, size_t *out_n)
{
    const struct suite_cipher *cipher = d->suite->cipher;
    uint8_t nonce[NONCE], covered[HEADER];
    if (body.n < (size_t)cipher->sent + cipher->tag)
        return false;
    if (cipher->sent > 0) {
        memcpy(nonce, d->iv, cipher->fixed);
        memcpy(nonce + cipher->fixed, body.p, cipher->sent);
        body = span_skip(body, cipher->sent);
    } else {
        nonce_by_xor(d, nonce);
    }
    *out_n = body.n - cipher->tag;
    header(d, type, version, *out_n, covered);
    return cipher_aead(cipher, (struct span){d->key, cipher->key}, nonce,
                       (struct span){covered, sizeof covered}, body, out);
}

/* All bytes of the padding hold its length (RFC 5246 6.2.3.2).  Nobody
 * measures our time, so this need not take the same for all. */
static bool strip_padding(const uint8_t *clear, size_t *n)
{
    size_t padding = *n ? clear[*n - 1] + (size_t)1 : 1;
    if (padding > *n)
        return false;
    for (size_t i = *n - padding; i < *n; i++) {
        if (clear[i] != padding - 1)
            return false;
    }
    *n -= padding;
    return true;
}

static bool mac_is(const struct decrypt *d, uint8_t type, uint16_t version,
                   struct span covered, struct span mac)
{
    uint8_t head[HEADER];
    header(d, type, version, covered.n, head);
    return cipher_mac_is(d->suite->mac, (struct span){d->mac_key, mac.n},
                         (struct span){head, sizeof head}, covered, mac);
}

static bool open_cbc(struct decrypt *d, uint8_t type, uint16_t version,
                     struct span body, uint8_t *out, size_t *out_n)
{
    const struct suite_cipher *cipher = d->suite->cipher;
    size_t mac_n = suite_digest_size(d->suite->mac);
    size_t iv_n = d->version >= VERSION_TLS11 ? cipher->block : 0;
    if (d->encrypt_then_mac) {
        if (body.n < mac_n)
            return false;
        struct span mac = span_skip(body, body.n - mac_n);
        body = span_first(body, body.n - mac_n);
        if (!mac_is(d, type, version, body, mac))
            return false;
    }
    if (body.n < iv_n + cipher->block || body.n % cipher->block != 0)
        return false;
    if (iv_n)
        memcpy(d->iv, body.p, iv_n);
    struct span sealed = span_skip(body, iv_n);
    if (!cipher_cbc(cipher, (struct span){d->key, cipher->key}, d->iv, sealed,
                    out))
        return false;
    memcpy(d->iv, sealed.p + sealed.n - cipher->block, cipher->block);
    *out_n = sealed.n;
    if (!strip_padding(out, out_n))
        return false;
    if (d->encrypt_then_mac)
        return true;
    if (*out_n < mac_n)
        return false;
    *out_n -= mac_n;
    return mac_is(d, type, version, (struct span){out, *out_n},
                  (struct span){out + *out_n, mac_n});
}

bool decrypt_record(struct decrypt *d, uint8_t *type, uint16_t version,
                    struct span body, uint8_t *out, size_t *out_n)
{
    bool ok = false;
    if (body.n > DECRYPT_BODY_MAX)
        return false;
    if (d->version == VERSION_TLS13)
        ok = open_tls13(d, type, version, body, out, out_n);
    else if (d->suite->cipher->mode == MODE_CBC)
        ok = open_cbc(d, *type, version, body, out, out_n);
    else
        ok = open_aead(d, *type, version, body, out, out_n);
    d->sequence++;
    return ok;
}

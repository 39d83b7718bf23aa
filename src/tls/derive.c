/* derive.c - see derive.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/derive.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "tls/suite.h"

enum { LABEL_MAX = 64 };

/* OSSL_PARAM wants pointers that it promises not to write through. */
static OSSL_PARAM octets(const char *name, struct span bytes)
{
    union {
        const void *borrowed;
        void *as_openssl_wants;
    } data = {bytes.p};
    return OSSL_PARAM_construct_octet_string(name, data.as_openssl_wants,
                                             bytes.n);
}

static OSSL_PARAM words(const char *name, const char *text)
{
    union {
        const char *borrowed;
        char *as_openssl_wants;
    } data = {text};
    return OSSL_PARAM_construct_utf8_string(name, data.as_openssl_wants, 0);
}

static bool run(const char *kdf_name, const OSSL_PARAM *params, uint8_t *out,
                size_t n)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, kdf_name, NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    bool ok = ctx && EVP_KDF_derive(ctx, out, n, params) > 0;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

bool derive_prf(uint16_t version, const char *digest, struct span secret,
                struct span label, struct span seed, uint8_t *out, size_t n)
{
    OSSL_PARAM params[] = {
        words(OSSL_KDF_PARAM_DIGEST,
              version >= VERSION_TLS12 ? digest : "MD5-SHA1"),
        octets(OSSL_KDF_PARAM_SECRET, secret),
        octets(OSSL_KDF_PARAM_SEED, label), /* the KDF joins its seeds */
        octets(OSSL_KDF_PARAM_SEED, seed),
        OSSL_PARAM_construct_end(),
    };
    return run("TLS1-PRF", params, out, n);
}

bool derive_master(uint16_t version, const char *digest, struct span premaster,
                   struct span randoms, uint8_t out[DERIVE_MASTER])
{
    return derive_prf(version, digest, premaster, SPAN("master secret"),
                      randoms, out, DERIVE_MASTER);
}

bool derive_extended_master(uint16_t version, const char *digest,
                            struct span premaster, struct span messages,
                            uint8_t out[DERIVE_MASTER])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const EVP_MD *md = version >= VERSION_TLS12 ? EVP_get_digestbyname(digest)
                                                : EVP_md5_sha1();
    return md && EVP_Digest(messages.p, messages.n, hash, &n, md, NULL) &&
           derive_prf(version, digest, premaster,
                      SPAN("extended master secret"), (struct span){hash, n},
                      out, DERIVE_MASTER);
}

bool derive_expand(const char *digest, struct span secret, struct span label,
                   uint8_t *out, size_t n)
{
    static const struct span prefix = SPAN_INIT("tls13 ");
    /* HkdfLabel: length (2), label with prefix <7..255>, context <0..255> */
    uint8_t info[2 + 1 + LABEL_MAX + 1];
    if (n > UINT16_MAX || label.n > LABEL_MAX - prefix.n)
        return false;
    size_t used = 0;
    info[used++] = (uint8_t)(n >> 8);
    info[used++] = (uint8_t)n;
    info[used++] = (uint8_t)(prefix.n + label.n);
    memcpy(info + used, prefix.p, prefix.n);
    used += prefix.n;
    memcpy(info + used, label.p, label.n);
    used += label.n;
    info[used++] = 0;

    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        words(OSSL_KDF_PARAM_DIGEST, digest),
        octets(OSSL_KDF_PARAM_KEY, secret),
        octets(OSSL_KDF_PARAM_INFO, (struct span){info, used}),
        OSSL_PARAM_construct_end(),
    };
    return run("HKDF", params, out, n);
}

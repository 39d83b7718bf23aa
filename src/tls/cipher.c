/* cipher.c - see cipher.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

enum { TAG_MAX = 16 };

/* CCM wants to know nonce length, tag and content length before it begins;
 * the others take the tag before they end.  This order suits both. */
static bool open_sealed(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *evp,
                        const struct suite_cipher *cipher, struct span key,
                        const uint8_t *nonce, struct span covered,
                        struct span sealed, uint8_t *out)
{
    uint8_t tag[TAG_MAX];
    int n = (int)(sealed.n - cipher->tag), written = 0, last = 0;
    memcpy(tag, sealed.p + n, cipher->tag);
    if (!EVP_DecryptInit_ex(ctx, evp, NULL, NULL, NULL) ||
        !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, CIPHER_NONCE,
                             NULL) ||
        !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, cipher->tag, tag) ||
        !EVP_DecryptInit_ex(ctx, NULL, NULL, key.p, nonce))
        return false;
    if (cipher->mode == MODE_CCM &&
        !EVP_DecryptUpdate(ctx, NULL, &written, NULL, n))
        return false;
    if (!EVP_DecryptUpdate(ctx, NULL, &written, covered.p, (int)covered.n))
        return false;
    /* CCM checks the tag here, and wants the call even without content. */
    if ((n > 0 || cipher->mode == MODE_CCM) &&
        EVP_DecryptUpdate(ctx, out, &written, sealed.p, n) <= 0)
        return false;
    return cipher->mode == MODE_CCM || EVP_DecryptFinal_ex(ctx, out, &last) > 0;
}

bool cipher_aead(const struct suite_cipher *cipher, struct span key,
                 const uint8_t nonce[CIPHER_NONCE], struct span covered,
                 struct span sealed, uint8_t *out)
{
    if (sealed.n < cipher->tag || cipher->tag > TAG_MAX)
        return false;
    EVP_CIPHER *evp = EVP_CIPHER_fetch(NULL, cipher->evp, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = evp && ctx &&
              open_sealed(ctx, evp, cipher, key, nonce, covered, sealed, out);
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(evp);
    return ok;
}

bool cipher_cbc(const struct suite_cipher *cipher, struct span key,
                const uint8_t *iv, struct span sealed, uint8_t *out)
{
    int written = 0, last = 0;
    EVP_CIPHER *evp = EVP_CIPHER_fetch(NULL, cipher->evp, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = evp && ctx && EVP_DecryptInit_ex(ctx, evp, NULL, key.p, iv) &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) &&
              EVP_DecryptUpdate(ctx, out, &written, sealed.p, (int)sealed.n) &&
              EVP_DecryptFinal_ex(ctx, out + written, &last);
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(evp);
    return ok;
}

bool cipher_mac_is(const char *digest, struct span key, struct span head,
                   struct span content, struct span mac)
{
    uint8_t computed[EVP_MAX_MD_SIZE];
    size_t n = 0;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    union {
        const char *borrowed;
        char *as_openssl_wants;
    } name = {digest};
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                         name.as_openssl_wants, 0),
        OSSL_PARAM_construct_end(),
    };
    bool ok = ctx && EVP_MAC_init(ctx, key.p, key.n, params) &&
              EVP_MAC_update(ctx, head.p, head.n) &&
              (content.n == 0 || EVP_MAC_update(ctx, content.p, content.n)) &&
              EVP_MAC_final(ctx, computed, &n, sizeof computed);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(hmac);
    return ok && n == mac.n && CRYPTO_memcmp(computed, mac.p, n) == 0;
}

/* dane.c - see dane.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/dane.h"

#include <openssl/evp.h>

/* Hashes what the record is about: the whole certificate, or its public key
 * with the algorithm (SubjectPublicKeyInfo). */
static struct span hash_of(const struct tlsa *record, X509 *cert,
                           uint8_t room[EVP_MAX_MD_SIZE])
{
    const EVP_MD *md =
        record->matching == TLSA_SHA256 ? EVP_sha256() : EVP_sha512();
    unsigned char *der = NULL;
    unsigned int n = 0;
    int length = record->selector == TLSA_PUBLIC_KEY
                     ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der)
                     : i2d_X509(cert, &der);
    bool ok = length > 0 &&
              EVP_Digest(der, (size_t)length, room, &n, md, NULL) == 1;
    OPENSSL_free(der);
    return (struct span){room, ok ? n : 0};
}

static bool is_of(const struct tlsa *record, X509 *cert)
{
    uint8_t room[EVP_MAX_MD_SIZE];
    struct span hash = hash_of(record, cert, room);
    return hash.n > 0 && span_same(hash, record->data);
}

/* A trust anchor may be any of those sent. */
static bool fits(const struct tlsa *record, X509 *leaf, STACK_OF(X509) * others)
{
    if (is_of(record, leaf))
        return true;
    if (record->usage == TLSA_END_ENTITY)
        return false;
    for (int i = 0; i < sk_X509_num(others); i++) {
        if (is_of(record, sk_X509_value(others, i)))
            return true;
    }
    return false;
}

enum dane dane_check(const struct tlsa_set *set, X509 *leaf,
                     STACK_OF(X509) * others)
{
    enum dane result = DANE_NONE;
    for (size_t i = 0; i < set->count; i++) {
        const struct tlsa *record = &set->records[i];
        if (!tlsa_usable(record))
            continue;
        if (record->matching == TLSA_FULL || record->data.n == 0)
            result = DANE_UNKNOWN;
        else if (fits(record, leaf, others))
            return DANE_MATCH;
        else if (result == DANE_NONE)
            result = DANE_MISMATCH;
    }
    return result;
}

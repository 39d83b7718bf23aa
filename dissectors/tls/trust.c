/* trust.c - see trust.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/trust.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { CHAIN_MAX = 10 };

/* A file in PEM form that goes into the store when it is first needed. */
struct bundle {
    uint8_t *bytes; /* NULL: none, or it is in the store */
    size_t n;
};

struct tls_trust {
    X509_STORE *store;
    struct bundle *system;
};

enum { BUNDLE_MAX = 16 << 20 };

static bool read_whole(struct bundle *bundle, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t room = 1 << 16, n = 0;
    uint8_t *bytes = must_alloc(room);
    for (;;) {
        n += fread(bytes + n, 1, room - n, file);
        if (n < room || room >= BUNDLE_MAX)
            break;
        room *= 2;
        bytes = must_realloc(bytes, room);
    }
    fclose(file);
    if (n == 0) {
        free(bytes);
        return false;
    }
    *bundle = (struct bundle){bytes, n};
    return true;
}

/* Where systems keep all authorities in one file; OpenSSL's own place comes
 * first.  The file is only read: taking a hundred certificates apart takes
 * longer than most captures, and most of those show none. */
static void read_system(struct tls_trust *trust)
{
    static const char *const bundles[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    const char *named = getenv(X509_get_default_cert_file_env());
    if (read_whole(trust->system, named ? named : X509_get_default_cert_file()))
        return;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
        if (read_whole(trust->system, bundles[i]))
            return;
    }
    X509_STORE_set_default_paths(trust->store); /* one by one, when needed */
}

static void load_system(const struct tls_trust *trust)
{
    struct bundle *bundle = trust->system;
    if (!bundle->bytes)
        return;
    BIO *bio = BIO_new_mem_buf(bundle->bytes, (int)bundle->n);
    X509 *one;
    while (bio && (one = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL))) {
        X509_STORE_add_cert(trust->store, one);
        X509_free(one);
    }
    BIO_free(bio);
    ERR_clear_error();
    free(bundle->bytes);
    bundle->bytes = NULL;
}

struct tls_trust *tls_trust_new(const char *ca_file, struct err *err)
{
    /* OpenSSL reads its configuration when first used: not in a sandbox. */
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
    X509_STORE *store = X509_STORE_new();
    if (!store) {
        err_set(err, "OpenSSL can not make a certificate store");
        return NULL;
    }
    if (ca_file && !X509_STORE_load_file(store, ca_file)) {
        err_set(err, "%s: no certificates in PEM form could be read", ca_file);
        X509_STORE_free(store);
        ERR_clear_error();
        return NULL;
    }
    ERR_clear_error();
    struct tls_trust *trust = must_alloc(sizeof *trust);
    trust->store = store;
    trust->system = must_alloc(sizeof *trust->system);
    if (!ca_file)
        read_system(trust);
    return trust;
}

void tls_trust_free(struct tls_trust **trust)
{
    if (!*trust)
        return;
    X509_STORE_free((*trust)->store);
    free((*trust)->system->bytes);
    free((*trust)->system);
    free(*trust);
    *trust = NULL;
}

/* What the verification met, gathered by the callback. */
struct seen {
    bool self_signed, no_issuer, expired, other;
};

static int on_error(int ok, X509_STORE_CTX *ctx)
{
    struct seen *seen = X509_STORE_CTX_get_app_data(ctx);
    if (ok)
        return 1;
    switch (X509_STORE_CTX_get_error(ctx)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        seen->expired |= X509_STORE_CTX_get_error_depth(ctx) > 0;
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        seen->self_signed = true;
        break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        seen->no_issuer = true;
        break;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_INVALID_PURPOSE:
        break; /* the leaf's own matter */
    default:
        seen->other = true;
        break;
    }
    return 1; /* go on: all that is wrong is of interest */
}

/* It says where its issuer's certificate can be fetched. */
static bool names_its_issuer(X509 *cert)
{
    bool found = false;
    AUTHORITY_INFO_ACCESS *info =
        X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    for (int i = 0; info && i < sk_ACCESS_DESCRIPTION_num(info); i++) {
        const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(info, i);
        found |= OBJ_obj2nid(access->method) == NID_ad_ca_issuers;
    }
    AUTHORITY_INFO_ACCESS_free(info);
    return found;
}

static enum trust_chain judge(const struct seen *seen, X509_STORE_CTX *ctx,
                              X509 *leaf)
{
    if (seen->self_signed)
        return TRUST_SELF_SIGNED;
    if (seen->other)
        return TRUST_UNKNOWN_ISSUER;
    if (seen->no_issuer) {
        /* Only the leaf could be placed, and its issuer can be fetched: some
         * clients do, so the server just forgot to send it. */
        bool alone = sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) <= 1;
        return alone && names_its_issuer(leaf) ? TRUST_INCOMPLETE
                                               : TRUST_UNKNOWN_ISSUER;
    }
    return seen->expired ? TRUST_EXPIRED_INTERMEDIATE : TRUST_OK;
}

static enum trust_chain verify(const struct tls_trust *trust, X509 *leaf,
                               STACK_OF(X509) * sent, int64_t time, bool *known)
{
    enum trust_chain chain = TRUST_UNKNOWN_ISSUER;
    struct seen seen = {false, false, false, false};
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    *known = ctx && X509_STORE_CTX_init(ctx, trust->store, leaf, sent);
    if (*known) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_time(param, (time_t)time);
        X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX);
        X509_VERIFY_PARAM_set_auth_level(param, 0); /* weak keys are told
                                                       apart from trust */
        /* What the user calls trusted need not be a root. */
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
                                               X509_V_FLAG_TRUSTED_FIRST);
        X509_STORE_CTX_set_app_data(ctx, &seen);
        X509_STORE_CTX_set_verify_cb(ctx, on_error);
        (void)X509_verify_cert(ctx);
        chain = judge(&seen, ctx, leaf);
    }
    X509_STORE_CTX_free(ctx);
    return chain;
}

enum trust_chain trust_check(const struct tls_trust *trust, X509 *leaf,
                             STACK_OF(X509) * sent, int64_t time, bool *known)
{
    enum trust_chain chain = TRUST_SELF_SIGNED;
    if (trust)
        load_system(trust);
    if (trust)
        chain = verify(trust, leaf, sent, time, known);
    else
        *known = X509_self_signed(leaf, 1) == 1;
    ERR_clear_error();
    return chain;
}

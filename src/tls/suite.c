/* suite.c - the table behind suite.h.
 *
 * One line per suite, sorted by number:
 *   number, IANA name without TLS_, key exchange, cipher, MAC, PRF
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/suite.h"

#include <openssl/evp.h>

/* clang-format off */
static const struct suite_cipher
    null         = {NULL,               MODE_NULL,    0,  0, 0, 0,  0},
    rc4          = {NULL,               MODE_STREAM, 16,  0, 0, 0,  0},
    des          = {NULL,               MODE_CBC,     8,  0, 0, 8,  0},
    idea         = {NULL,               MODE_CBC,    16,  0, 0, 8,  0},
    seed         = {NULL,               MODE_CBC,    16,  0, 0, 16, 0},
    des3         = {"DES-EDE3-CBC",     MODE_CBC,    24,  0, 0, 8,  0},
    aes128       = {"AES-128-CBC",      MODE_CBC,    16,  0, 0, 16, 0},
    aes256       = {"AES-256-CBC",      MODE_CBC,    32,  0, 0, 16, 0},
    camellia128  = {"CAMELLIA-128-CBC", MODE_CBC,    16,  0, 0, 16, 0},
    camellia256  = {"CAMELLIA-256-CBC", MODE_CBC,    32,  0, 0, 16, 0},
    camgcm128    = {NULL,               MODE_AEAD,   16,  4, 8, 0, 16},
    camgcm256    = {NULL,               MODE_AEAD,   32,  4, 8, 0, 16},
    gcm128       = {"AES-128-GCM",      MODE_AEAD,   16,  4, 8, 0, 16},
    gcm256       = {"AES-256-GCM",      MODE_AEAD,   32,  4, 8, 0, 16},
    ccm128       = {"AES-128-CCM",      MODE_CCM,    16,  4, 8, 0, 16},
    ccm256       = {"AES-256-CCM",      MODE_CCM,    32,  4, 8, 0, 16},
    ccm128_8     = {"AES-128-CCM",      MODE_CCM,    16,  4, 8, 0, 8},
    ccm256_8     = {"AES-256-CCM",      MODE_CCM,    32,  4, 8, 0, 8},
    chacha       = {"ChaCha20-Poly1305", MODE_AEAD,  32, 12, 0, 0, 16};

#define SHA256 "SHA256"
#define SHA384 "SHA384"
#define SHA1   "SHA1"
#define MD5    "MD5"

#define FINE(number, name, exchange, cipher, mac, prf)                         \
    {number, "TLS_" name, EXCHANGE_##exchange, &(cipher), mac, prf, false, false}
#define OLD(number, name, exchange, cipher, mac)                               \
    {number, "TLS_" name, EXCHANGE_##exchange, &(cipher), mac, SHA256, false,    \
     true}
#define BAD(number, name, exchange, cipher, mac)                               \
    {number, "TLS_" name, EXCHANGE_##exchange, &(cipher), mac, SHA256, true, true}

static const struct suite suites[] = {
    BAD (0x0001, "RSA_WITH_NULL_MD5", RSA, null, MD5),
    BAD (0x0002, "RSA_WITH_NULL_SHA", RSA, null, SHA1),
    BAD (0x0003, "RSA_EXPORT_WITH_RC4_40_MD5", EXPORT, rc4, MD5),
    BAD (0x0004, "RSA_WITH_RC4_128_MD5", RSA, rc4, MD5),
    BAD (0x0005, "RSA_WITH_RC4_128_SHA", RSA, rc4, SHA1),
    BAD (0x0006, "RSA_EXPORT_WITH_RC2_CBC_40_MD5", EXPORT, des, MD5),
    FINE(0x0007, "RSA_WITH_IDEA_CBC_SHA", RSA, idea, SHA1, SHA256),
    BAD (0x0008, "RSA_EXPORT_WITH_DES40_CBC_SHA", EXPORT, des, SHA1),
    BAD (0x0009, "RSA_WITH_DES_CBC_SHA", RSA, des, SHA1),
    OLD (0x000a, "RSA_WITH_3DES_EDE_CBC_SHA", RSA, des3, SHA1),
    BAD (0x0011, "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", EXPORT, des, SHA1),
    BAD (0x0012, "DHE_DSS_WITH_DES_CBC_SHA", DHE, des, SHA1),
    OLD (0x0013, "DHE_DSS_WITH_3DES_EDE_CBC_SHA", DHE, des3, SHA1),
    BAD (0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", EXPORT, des, SHA1),
    BAD (0x0015, "DHE_RSA_WITH_DES_CBC_SHA", DHE, des, SHA1),
    OLD (0x0016, "DHE_RSA_WITH_3DES_EDE_CBC_SHA", DHE, des3, SHA1),
    BAD (0x0017, "DH_anon_EXPORT_WITH_RC4_40_MD5", ANON, rc4, MD5),
    BAD (0x0018, "DH_anon_WITH_RC4_128_MD5", ANON, rc4, MD5),
    BAD (0x0019, "DH_anon_EXPORT_WITH_DES40_CBC_SHA", ANON, des, SHA1),
    BAD (0x001a, "DH_anon_WITH_DES_CBC_SHA", ANON, des, SHA1),
    BAD (0x001b, "DH_anon_WITH_3DES_EDE_CBC_SHA", ANON, des3, SHA1),
    FINE(0x002f, "RSA_WITH_AES_128_CBC_SHA", RSA, aes128, SHA1, SHA256),
    FINE(0x0032, "DHE_DSS_WITH_AES_128_CBC_SHA", DHE, aes128, SHA1, SHA256),
    FINE(0x0033, "DHE_RSA_WITH_AES_128_CBC_SHA", DHE, aes128, SHA1, SHA256),
    BAD (0x0034, "DH_anon_WITH_AES_128_CBC_SHA", ANON, aes128, SHA1),
    FINE(0x0035, "RSA_WITH_AES_256_CBC_SHA", RSA, aes256, SHA1, SHA256),
    FINE(0x0038, "DHE_DSS_WITH_AES_256_CBC_SHA", DHE, aes256, SHA1, SHA256),
    FINE(0x0039, "DHE_RSA_WITH_AES_256_CBC_SHA", DHE, aes256, SHA1, SHA256),
    BAD (0x003a, "DH_anon_WITH_AES_256_CBC_SHA", ANON, aes256, SHA1),
    BAD (0x003b, "RSA_WITH_NULL_SHA256", RSA, null, SHA256),
    FINE(0x003c, "RSA_WITH_AES_128_CBC_SHA256", RSA, aes128, SHA256, SHA256),
    FINE(0x003d, "RSA_WITH_AES_256_CBC_SHA256", RSA, aes256, SHA256, SHA256),
    FINE(0x0040, "DHE_DSS_WITH_AES_128_CBC_SHA256", DHE, aes128, SHA256, SHA256),
    FINE(0x0041, "RSA_WITH_CAMELLIA_128_CBC_SHA", RSA, camellia128, SHA1, SHA256),
    FINE(0x0044, "DHE_DSS_WITH_CAMELLIA_128_CBC_SHA", DHE, camellia128, SHA1, SHA256),
    FINE(0x0045, "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", DHE, camellia128, SHA1, SHA256),
    BAD (0x0046, "DH_anon_WITH_CAMELLIA_128_CBC_SHA", ANON, camellia128, SHA1),
    BAD (0x0062, "RSA_EXPORT1024_WITH_DES_CBC_SHA", EXPORT, des, SHA1),
    BAD (0x0064, "RSA_EXPORT1024_WITH_RC4_56_SHA", EXPORT, rc4, SHA1),
    BAD (0x0066, "DHE_DSS_WITH_RC4_128_SHA", DHE, rc4, SHA1),
    FINE(0x0067, "DHE_RSA_WITH_AES_128_CBC_SHA256", DHE, aes128, SHA256, SHA256),
    FINE(0x006a, "DHE_DSS_WITH_AES_256_CBC_SHA256", DHE, aes256, SHA256, SHA256),
    FINE(0x006b, "DHE_RSA_WITH_AES_256_CBC_SHA256", DHE, aes256, SHA256, SHA256),
    BAD (0x006c, "DH_anon_WITH_AES_128_CBC_SHA256", ANON, aes128, SHA256),
    BAD (0x006d, "DH_anon_WITH_AES_256_CBC_SHA256", ANON, aes256, SHA256),
    FINE(0x0084, "RSA_WITH_CAMELLIA_256_CBC_SHA", RSA, camellia256, SHA1, SHA256),
    FINE(0x0087, "DHE_DSS_WITH_CAMELLIA_256_CBC_SHA", DHE, camellia256, SHA1, SHA256),
    FINE(0x0088, "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", DHE, camellia256, SHA1, SHA256),
    BAD (0x0089, "DH_anon_WITH_CAMELLIA_256_CBC_SHA", ANON, camellia256, SHA1),
    FINE(0x0096, "RSA_WITH_SEED_CBC_SHA", RSA, seed, SHA1, SHA256),
    FINE(0x009a, "DHE_RSA_WITH_SEED_CBC_SHA", DHE, seed, SHA1, SHA256),
    FINE(0x009c, "RSA_WITH_AES_128_GCM_SHA256", RSA, gcm128, NULL, SHA256),
    FINE(0x009d, "RSA_WITH_AES_256_GCM_SHA384", RSA, gcm256, NULL, SHA384),
    FINE(0x009e, "DHE_RSA_WITH_AES_128_GCM_SHA256", DHE, gcm128, NULL, SHA256),
    FINE(0x009f, "DHE_RSA_WITH_AES_256_GCM_SHA384", DHE, gcm256, NULL, SHA384),
    FINE(0x00a2, "DHE_DSS_WITH_AES_128_GCM_SHA256", DHE, gcm128, NULL, SHA256),
    FINE(0x00a3, "DHE_DSS_WITH_AES_256_GCM_SHA384", DHE, gcm256, NULL, SHA384),
    BAD (0x00a6, "DH_anon_WITH_AES_128_GCM_SHA256", ANON, gcm128, NULL),
    {0x00a7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384", EXCHANGE_ANON, &gcm256, NULL, SHA384, true, true},
    FINE(0x00ba, "RSA_WITH_CAMELLIA_128_CBC_SHA256", RSA, camellia128, SHA256, SHA256),
    FINE(0x00be, "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", DHE, camellia128, SHA256, SHA256),
    FINE(0x00c0, "RSA_WITH_CAMELLIA_256_CBC_SHA256", RSA, camellia256, SHA256, SHA256),
    FINE(0x00c4, "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256", DHE, camellia256, SHA256, SHA256),
    FINE(0x1301, "AES_128_GCM_SHA256", TLS13, gcm128, NULL, SHA256),
    FINE(0x1302, "AES_256_GCM_SHA384", TLS13, gcm256, NULL, SHA384),
    FINE(0x1303, "CHACHA20_POLY1305_SHA256", TLS13, chacha, NULL, SHA256),
    FINE(0x1304, "AES_128_CCM_SHA256", TLS13, ccm128, NULL, SHA256),
    FINE(0x1305, "AES_128_CCM_8_SHA256", TLS13, ccm128_8, NULL, SHA256),
    BAD (0xc002, "ECDH_ECDSA_WITH_RC4_128_SHA", ECDH, rc4, SHA1),
    OLD (0xc003, "ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", ECDH, des3, SHA1),
    FINE(0xc004, "ECDH_ECDSA_WITH_AES_128_CBC_SHA", ECDH, aes128, SHA1, SHA256),
    FINE(0xc005, "ECDH_ECDSA_WITH_AES_256_CBC_SHA", ECDH, aes256, SHA1, SHA256),
    BAD (0xc006, "ECDHE_ECDSA_WITH_NULL_SHA", ECDHE, null, SHA1),
    BAD (0xc007, "ECDHE_ECDSA_WITH_RC4_128_SHA", ECDHE, rc4, SHA1),
    OLD (0xc008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", ECDHE, des3, SHA1),
    FINE(0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA", ECDHE, aes128, SHA1, SHA256),
    FINE(0xc00a, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA", ECDHE, aes256, SHA1, SHA256),
    BAD (0xc00c, "ECDH_RSA_WITH_RC4_128_SHA", ECDH, rc4, SHA1),
    OLD (0xc00d, "ECDH_RSA_WITH_3DES_EDE_CBC_SHA", ECDH, des3, SHA1),
    FINE(0xc00e, "ECDH_RSA_WITH_AES_128_CBC_SHA", ECDH, aes128, SHA1, SHA256),
    FINE(0xc00f, "ECDH_RSA_WITH_AES_256_CBC_SHA", ECDH, aes256, SHA1, SHA256),
    BAD (0xc010, "ECDHE_RSA_WITH_NULL_SHA", ECDHE, null, SHA1),
    BAD (0xc011, "ECDHE_RSA_WITH_RC4_128_SHA", ECDHE, rc4, SHA1),
    OLD (0xc012, "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", ECDHE, des3, SHA1),
    FINE(0xc013, "ECDHE_RSA_WITH_AES_128_CBC_SHA", ECDHE, aes128, SHA1, SHA256),
    FINE(0xc014, "ECDHE_RSA_WITH_AES_256_CBC_SHA", ECDHE, aes256, SHA1, SHA256),
    BAD (0xc015, "ECDH_anon_WITH_NULL_SHA", ANON, null, SHA1),
    BAD (0xc016, "ECDH_anon_WITH_RC4_128_SHA", ANON, rc4, SHA1),
    BAD (0xc017, "ECDH_anon_WITH_3DES_EDE_CBC_SHA", ANON, des3, SHA1),
    BAD (0xc018, "ECDH_anon_WITH_AES_128_CBC_SHA", ANON, aes128, SHA1),
    BAD (0xc019, "ECDH_anon_WITH_AES_256_CBC_SHA", ANON, aes256, SHA1),
    FINE(0xc023, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", ECDHE, aes128, SHA256, SHA256),
    FINE(0xc024, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", ECDHE, aes256, SHA384, SHA384),
    FINE(0xc025, "ECDH_ECDSA_WITH_AES_128_CBC_SHA256", ECDH, aes128, SHA256, SHA256),
    FINE(0xc026, "ECDH_ECDSA_WITH_AES_256_CBC_SHA384", ECDH, aes256, SHA384, SHA384),
    FINE(0xc027, "ECDHE_RSA_WITH_AES_128_CBC_SHA256", ECDHE, aes128, SHA256, SHA256),
    FINE(0xc028, "ECDHE_RSA_WITH_AES_256_CBC_SHA384", ECDHE, aes256, SHA384, SHA384),
    FINE(0xc029, "ECDH_RSA_WITH_AES_128_CBC_SHA256", ECDH, aes128, SHA256, SHA256),
    FINE(0xc02a, "ECDH_RSA_WITH_AES_256_CBC_SHA384", ECDH, aes256, SHA384, SHA384),
    FINE(0xc02b, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", ECDHE, gcm128, NULL, SHA256),
    FINE(0xc02c, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", ECDHE, gcm256, NULL, SHA384),
    FINE(0xc02d, "ECDH_ECDSA_WITH_AES_128_GCM_SHA256", ECDH, gcm128, NULL, SHA256),
    FINE(0xc02e, "ECDH_ECDSA_WITH_AES_256_GCM_SHA384", ECDH, gcm256, NULL, SHA384),
    FINE(0xc02f, "ECDHE_RSA_WITH_AES_128_GCM_SHA256", ECDHE, gcm128, NULL, SHA256),
    FINE(0xc030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384", ECDHE, gcm256, NULL, SHA384),
    FINE(0xc031, "ECDH_RSA_WITH_AES_128_GCM_SHA256", ECDH, gcm128, NULL, SHA256),
    FINE(0xc032, "ECDH_RSA_WITH_AES_256_GCM_SHA384", ECDH, gcm256, NULL, SHA384),
    FINE(0xc072, "ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256", ECDHE, camellia128, SHA256, SHA256),
    FINE(0xc073, "ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384", ECDHE, camellia256, SHA384, SHA384),
    FINE(0xc076, "ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", ECDHE, camellia128, SHA256, SHA256),
    FINE(0xc077, "ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384", ECDHE, camellia256, SHA384, SHA384),
    FINE(0xc07a, "RSA_WITH_CAMELLIA_128_GCM_SHA256", RSA, camgcm128, NULL, SHA256),
    FINE(0xc07b, "RSA_WITH_CAMELLIA_256_GCM_SHA384", RSA, camgcm256, NULL, SHA384),
    FINE(0xc07c, "DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256", DHE, camgcm128, NULL, SHA256),
    FINE(0xc07d, "DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384", DHE, camgcm256, NULL, SHA384),
    FINE(0xc086, "ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256", ECDHE, camgcm128, NULL, SHA256),
    FINE(0xc087, "ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384", ECDHE, camgcm256, NULL, SHA384),
    FINE(0xc08a, "ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256", ECDHE, camgcm128, NULL, SHA256),
    FINE(0xc08b, "ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384", ECDHE, camgcm256, NULL, SHA384),
    FINE(0xc09c, "RSA_WITH_AES_128_CCM", RSA, ccm128, NULL, SHA256),
    FINE(0xc09d, "RSA_WITH_AES_256_CCM", RSA, ccm256, NULL, SHA256),
    FINE(0xc09e, "DHE_RSA_WITH_AES_128_CCM", DHE, ccm128, NULL, SHA256),
    FINE(0xc09f, "DHE_RSA_WITH_AES_256_CCM", DHE, ccm256, NULL, SHA256),
    FINE(0xc0a0, "RSA_WITH_AES_128_CCM_8", RSA, ccm128_8, NULL, SHA256),
    FINE(0xc0a1, "RSA_WITH_AES_256_CCM_8", RSA, ccm256_8, NULL, SHA256),
    FINE(0xc0a2, "DHE_RSA_WITH_AES_128_CCM_8", DHE, ccm128_8, NULL, SHA256),
    FINE(0xc0a3, "DHE_RSA_WITH_AES_256_CCM_8", DHE, ccm256_8, NULL, SHA256),
    FINE(0xc0ac, "ECDHE_ECDSA_WITH_AES_128_CCM", ECDHE, ccm128, NULL, SHA256),
    FINE(0xc0ad, "ECDHE_ECDSA_WITH_AES_256_CCM", ECDHE, ccm256, NULL, SHA256),
    FINE(0xc0ae, "ECDHE_ECDSA_WITH_AES_128_CCM_8", ECDHE, ccm128_8, NULL, SHA256),
    FINE(0xc0af, "ECDHE_ECDSA_WITH_AES_256_CCM_8", ECDHE, ccm256_8, NULL, SHA256),
    FINE(0xcca8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", ECDHE, chacha, NULL, SHA256),
    FINE(0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", ECDHE, chacha, NULL, SHA256),
    FINE(0xccaa, "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", DHE, chacha, NULL, SHA256),
};
/* clang-format on */

enum { SUITES = sizeof suites / sizeof *suites };

const struct suite *suite_find(uint16_t number)
{
    size_t low = 0, high = SUITES;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (suites[middle].number == number)
            return &suites[middle];
        if (suites[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct suite *suite_at(size_t i)
{
    return i < SUITES ? &suites[i] : NULL;
}

bool suite_is_grease(uint16_t number)
{
    /* RFC 8701: 0x0a0a, 0x1a1a, ... 0xfafa */
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

size_t suite_digest_size(const char *digest)
{
    const EVP_MD *md = digest ? EVP_get_digestbyname(digest) : NULL;
    return md ? (size_t)EVP_MD_get_size(md) : 0;
}

size_t suite_overhead(const struct suite *suite, uint16_t version)
{
    if (!suite)
        return 0;
    const struct suite_cipher *cipher = suite->cipher;
    if (version == VERSION_TLS13)
        return 1u + cipher->tag; /* the inner content type, RFC 8446 5.2 */
    switch (cipher->mode) {
    case MODE_AEAD:
    case MODE_CCM:
        return (size_t)cipher->sent + cipher->tag;
    case MODE_CBC:
        /* RFC 4346 put a block of IV in front of each record. */
        return (version >= VERSION_TLS11 ? cipher->block : 0u) +
               suite_digest_size(suite->mac) + 1;
    case MODE_NULL:
    case MODE_STREAM:
        break;
    }
    return suite_digest_size(suite->mac);
}

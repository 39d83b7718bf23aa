/* x509.c - see x509.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/x509.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/address.h"

enum { RSA_BITS_MIN = 2048, EC_BITS_MIN = 224, HOST_NAME_MAX_BYTES = 255 };

/* The last attribute of that kind, the most specific. */
static bool add_attribute(const X509_NAME *name, int nid, struct words *out)
{
    int at = -1, found = -1;
    while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0)
        found = at;
    if (found < 0)
        return false;
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, found);
    unsigned char *utf8 = NULL;
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (n > 0)
        words_add_text(out, (struct span){utf8, (size_t)n});
    OPENSSL_free(utf8);
    return n > 0;
}

/* The common name, or all of it where there is none. */
static void add_name(const X509_NAME *name, struct words *out)
{
    if (add_attribute(name, NID_commonName, out))
        return;
    BIO *line = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (line &&
        X509_NAME_print_ex(line, name, 0,
                           XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) > 0) {
        long n = BIO_get_mem_data(line, &text);
        words_add_text(out, (struct span){(const uint8_t *)text, (size_t)n});
    }
    BIO_free(line);
}

static void add_address(const ASN1_OCTET_STRING *ip, struct words *out)
{
    char text[ADDRESS_TEXT];
    struct address address = address_of((struct span){
        ASN1_STRING_get0_data(ip), (size_t)ASN1_STRING_length(ip)});
    address_text(&address, text);
    words_add(out, span_of(text));
}

static void add_alternative_names(X509 *cert, struct words *out)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_IPADD) {
            add_address(name->d.iPAddress, out);
        } else if (name->type == GEN_DNS) {
            const ASN1_IA5STRING *dns = name->d.dNSName;
            words_add(out, (struct span){ASN1_STRING_get0_data(dns),
                                         (size_t)ASN1_STRING_length(dns)});
        }
        if (out->full)
            break;
    }
    GENERAL_NAMES_free(names);
}

static bool read_time(const ASN1_TIME *time, int64_t *seconds,
                      char date[X509_DATE])
{
    struct tm tm;
    if (!ASN1_TIME_to_tm(time, &tm))
        return false;
    *seconds = (int64_t)timegm(&tm);
    return strftime(date, X509_DATE, "%Y-%m-%d", &tm) > 0;
}

bool x509_expired(X509 *cert, int64_t now)
{
    char date[X509_DATE];
    int64_t expires;
    return read_time(X509_get0_notAfter(cert), &expires, date) && now > expires;
}

static const char *curve_name(const char *group)
{
    static const struct {
        const char *openssl, *usual;
    } names[] = {
        {"prime256v1", "P-256"},
        {"secp384r1",  "P-384"},
        {"secp521r1",  "P-521"},
        {"secp224r1",  "P-224"},
        {"prime192v1", "P-192"},
    };
    struct span wanted = span_of(group);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (span_same(span_of(names[i].openssl), wanted))
            return names[i].usual;
    }
    return group;
}

static void read_key(X509 *cert, struct x509_summary *s)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    if (!key)
        return;
    int bits = EVP_PKEY_get_bits(key);
    s->key_bits = bits > 0 ? (uint64_t)bits : 0;
    char group[32] = "";
    size_t n = 0;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        snprintf(s->key, sizeof s->key, "RSA %d", bits);
        s->weak_key = s->key_bits < RSA_BITS_MIN;
        break;
    case EVP_PKEY_EC:
        EVP_PKEY_get_group_name(key, group, sizeof group, &n);
        snprintf(s->key, sizeof s->key, "EC %s", curve_name(group));
        s->weak_key = s->key_bits < EC_BITS_MIN;
        break;
    case EVP_PKEY_ED25519:
        snprintf(s->key, sizeof s->key, "Ed25519");
        break;
    case EVP_PKEY_ED448:
        snprintf(s->key, sizeof s->key, "Ed448");
        break;
    case EVP_PKEY_DSA:
        snprintf(s->key, sizeof s->key, "DSA %d", bits);
        s->weak_key = s->key_bits < RSA_BITS_MIN;
        break;
    default:
        snprintf(s->key, sizeof s->key, "other");
        break;
    }
}

static bool signed_weakly(X509 *cert)
{
    int digest = NID_undef;
    if (!X509_get_signature_info(cert, &digest, NULL, NULL, NULL))
        return false;
    return digest == NID_md5 || digest == NID_md2 || digest == NID_md4 ||
           digest == NID_sha1;
}

bool x509_weak_signature(X509 *cert)
{
    return !X509_self_signed(cert, 0) && signed_weakly(cert);
}

/* Extended key usage that leaves servers out (RFC 5280 4.2.1.12), or the
 * certificate of an authority in a server's place.  Many self-signed ones call
 * themselves an authority; that is not what is wrong with them. */
static bool used_wrongly(X509 *cert, bool self_signed)
{
    uint32_t flags = X509_get_extension_flags(cert);
    uint32_t usage = X509_get_extended_key_usage(cert);
    bool for_servers = (usage & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
    if ((flags & EXFLAG_XKUSAGE) != 0 && !for_servers)
        return true;
    return (flags & EXFLAG_CA) != 0 && !self_signed;
}

static void read_fingerprint(X509 *cert, char out[X509_FINGERPRINT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!X509_digest(cert, EVP_sha256(), digest, &n))
        return;
    for (size_t i = 0; i < (X509_FINGERPRINT - 1) / 2 && i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void x509_summarize(X509 *cert, struct x509_summary *s)
{
    const X509_NAME *issuer = X509_get_issuer_name(cert);
    add_name(X509_get_subject_name(cert), &s->subject);
    add_name(issuer, &s->issuer);
    add_attribute(issuer, NID_organizationName, &s->issuer_organization);
    add_attribute(issuer, NID_organizationalUnitName, &s->issuer_unit);
    add_alternative_names(cert, &s->names);
    bool begins =
        read_time(X509_get0_notBefore(cert), &s->begins, s->not_before);
    bool expires =
        read_time(X509_get0_notAfter(cert), &s->expires, s->not_after);
    s->dated = begins && expires;
    s->self_signed = X509_self_signed(cert, 1) == 1;
    s->weak_signature = signed_weakly(cert);
    s->wrong_usage = used_wrongly(cert, s->self_signed);
    s->logged = X509_get_ext_by_NID(cert, NID_ct_precert_scts, -1) >= 0;
    read_fingerprint(cert, s->fingerprint);
    read_key(cert, s);
}

static bool is_for(X509 *cert, struct span wanted, unsigned flags)
{
    char name[HOST_NAME_MAX_BYTES + 1];
    if (wanted.n && wanted.p[wanted.n - 1] == '.') /* of the root, in DNS */
        wanted.n--;
    /* To OpenSSL a name with a dot in front means all below it. */
    if (wanted.n == 0 || wanted.n >= sizeof name || wanted.p[0] == '.' ||
        span_find(wanted, '\0') < wanted.n)
        return false;
    memcpy(name, wanted.p, wanted.n);
    name[wanted.n] = '\0';
    int as_address = X509_check_ip_asc(cert, name, 0);
    if (as_address != -2) /* -2: not an address */
        return as_address == 1;
    return X509_check_host(cert, name, wanted.n,
                           flags | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           NULL) == 1;
}

bool x509_is_for(X509 *cert, struct span wanted)
{
    return is_for(cert, wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

/* OpenSSL looks at the common name only where there is no alternative one. */
bool x509_only_common_name(X509 *cert, struct span wanted)
{
    return !x509_is_for(cert, wanted) && is_for(cert, wanted, 0);
}

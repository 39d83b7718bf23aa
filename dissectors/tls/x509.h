/* x509.h - one certificate, read for what a mail client would object to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_X509_H
#define TLS_X509_H

#include <openssl/x509.h>

#include "tls/words.h"

enum { X509_DATE = 16, X509_KEY = 48, X509_FINGERPRINT = 33 };

struct x509_summary {
    struct words subject, issuer, issuer_organization, issuer_unit;
    struct words names;      /* DNS and IP alternative names, as many as fit */
    bool dated;              /* begins and expires could be read */
    int64_t begins, expires; /* seconds since 1970 */
    char not_before[X509_DATE], not_after[X509_DATE]; /* 2026-01-31 */
    bool self_signed;
    char key[X509_KEY]; /* "RSA 2048" */
    uint64_t key_bits;
    bool weak_key, weak_signature, wrong_usage;
    bool logged; /* brings proof of a public log (RFC 6962 3.3) */
    char fingerprint[X509_FINGERPRINT]; /* half of its SHA-256, in hex */
};

/* Fills a zeroed summary.  What cannot be read stays empty. */
void x509_summarize(X509 *cert, struct x509_summary *s);

/* Its time was over at `now` (seconds since 1970). */
bool x509_expired(X509 *cert, int64_t now);

/* Signed with MD5, SHA-1 or older, by somebody else than itself. */
bool x509_weak_signature(X509 *cert);

/* RFC 9525: the certificate is for this host name, or this IP address.  The
 * subject's common name does not count.  False for the empty name. */
bool x509_is_for(X509 *cert, struct span wanted);

/* Only the common name is that host name, and no alternative name counts: so
 * certificates were made until RFC 2818 put an end to it. */
bool x509_only_common_name(X509 *cert, struct span wanted);

#endif

/* trust.h - which certificate authorities are believed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_TRUST_H
#define TLS_TRUST_H

#include <openssl/x509.h>

#include "base/err.h"
#include "base/span.h"

struct tls_trust;

/* The authorities of a PEM file, or those of the system when ca_file is NULL.
 * Their files are read now, so that a sandbox may forbid opening any later.
 * NULL, with err, when the file cannot be read; a system without any is not an
 * error, but then trust is nobody. */
struct tls_trust *tls_trust_new(const char *ca_file, struct err *err);
void tls_trust_free(struct tls_trust **trust);

/* What came of building a chain from the leaf to somebody believed. */
enum trust_chain {
    TRUST_OK,
    TRUST_SELF_SIGNED,
    TRUST_INCOMPLETE,     /* an intermediate was not sent */
    TRUST_UNKNOWN_ISSUER, /* it leads to nobody believed */
    TRUST_EXPIRED_INTERMEDIATE,
};

/* Builds and checks it as of `time` (seconds since 1970).  That the leaf has
 * expired, or is for another name or purpose, is not looked at.  `sent` is the
 * other certificates, in any order.  Without trust, all that can be found out
 * is TRUST_SELF_SIGNED; *known says whether the answer means anything. */
enum trust_chain trust_check(const struct tls_trust *trust, X509 *leaf,
                             STACK_OF(X509) * sent, int64_t time, bool *known);

#endif

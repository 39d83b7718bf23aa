/* tlsa.h - TLSA records: what DNS says of the certificate that a server shows
 * (RFC 6698; for mail between servers RFC 7672).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_TLSA_H
#define DISSECTORS_TLSA_H

#include "base/span.h"

/* The numbers of RFC 6698 section 2.1 that mail servers use (RFC 7672 section
 * 3.1); the other usages are those of web browsers. */
enum { TLSA_TRUST_ANCHOR = 2, TLSA_END_ENTITY = 3 };
enum { TLSA_CERTIFICATE = 0, TLSA_PUBLIC_KEY = 1 };
enum { TLSA_FULL = 0, TLSA_SHA256 = 1, TLSA_SHA512 = 2 };

struct tlsa {
    uint8_t usage, selector, matching;
    struct span data; /* borrowed; empty where it is none of the two hashes */
};

struct tlsa_set {
    const struct tlsa *records; /* borrowed */
    size_t count;
};

/* Whether a mail server can use the record at all. */
static inline bool tlsa_usable(const struct tlsa *t)
{
    return (t->usage == TLSA_TRUST_ANCHOR || t->usage == TLSA_END_ENTITY) &&
           t->selector <= TLSA_PUBLIC_KEY && t->matching <= TLSA_SHA512;
}

#endif

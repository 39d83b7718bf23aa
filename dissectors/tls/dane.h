/* dane.h - whether a server's certificates are those that DNS speaks of.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_DANE_H
#define TLS_DANE_H

#include <openssl/x509.h>

#include "tlsa.h"

enum dane {
    DANE_NONE,     /* there are no records that a mail server can use */
    DANE_MATCH,    /* RFC 7672 section 3.1: one record fits */
    DANE_MISMATCH, /* none fits */
    DANE_UNKNOWN,  /* none of the hashes fits, but some records are no hashes */
};

/* `others` is what was sent behind the leaf.  Dates, signatures and names are
 * not looked at. */
enum dane dane_check(const struct tlsa_set *set, X509 *leaf,
                     STACK_OF(X509) * others);

#endif

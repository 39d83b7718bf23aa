/* certificate.c - see certificate.h; one certificate is read in x509.c.
 *
 *   up to TLS 1.2:                 list<0..> of { certificate<1..> }
 *   TLS 1.3:       context<0..255> list<0..> of { certificate<1..>
 *                                                 extensions<0..> }
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/certificate.h"

#include <openssl/err.h>

#include "base/clock.h"
#include "tls/dane.h"
#include "tls/messages.h"
#include "tls/trust.h"
#include "tls/words.h"
#include "tls/x509.h"

static struct span vector24(struct cursor *c)
{
    size_t n = cursor_be24(c);
    return cursor_take(c, n);
}

/* The list of certificates. */
static struct cursor list_of(const struct tls *tls, struct span body, bool *bad)
{
    struct cursor c = cursor_of(body);
    if (is_tls13(tls))
        vector8(&c);
    struct cursor list = cursor_of(vector24(&c));
    *bad = c.bad;
    return list;
}

static struct span next_certificate(const struct tls *tls, struct cursor *list)
{
    struct span certificate = vector24(list);
    if (is_tls13(tls))
        vector16(list);
    return certificate;
}

bool certificate_of_client(struct tls *tls, struct span body)
{
    bool bad;
    struct cursor list = list_of(tls, body, &bad);
    tls->certificate_requested = true;
    tls->certificate_empty = !bad && list.rest.n == 0;
    return !bad;
}

static struct span chain_name(enum trust_chain chain)
{
    switch (chain) {
    case TRUST_OK:
        return SPAN("ok");
    case TRUST_SELF_SIGNED:
        return SPAN("self-signed");
    case TRUST_INCOMPLETE:
        return SPAN("incomplete");
    case TRUST_EXPIRED_INTERMEDIATE:
        return SPAN("expired-intermediate");
    case TRUST_UNKNOWN_ISSUER:
        break;
    }
    return SPAN("unknown-issuer");
}

static struct span dane_name(enum dane dane)
{
    switch (dane) {
    case DANE_MATCH:
        return SPAN("match");
    case DANE_MISMATCH:
        return SPAN("mismatch");
    case DANE_UNKNOWN:
        return SPAN("unknown");
    case DANE_NONE:
        break;
    }
    return SPAN("");
}

/* The name that the client wanted: what it told the server, or else what it
 * had looked up. */
static struct span name_wanted(const struct tls *tls)
{
    struct span sni = {tls->offer.server_name, tls->offer.server_name_n};
    return sni.n ? sni : tls->context->server_name;
}

static void tell(const struct tls *tls, X509 *leaf, STACK_OF(X509) * others,
                 size_t count, size_t unreadable, struct facts *out)
{
    struct x509_summary s = {.self_signed = false};
    bool known = false;
    x509_summarize(leaf, &s);
    /* Where the capture does not know the day, the certificate is looked at
     * on its first one. */
    bool day_known = clock_is_set(facts_time(out));
    int64_t now = day_known ? facts_time(out) / CLOCK_SECOND : s.begins;
    enum trust_chain chain =
        trust_check(tls->context->trust, leaf, others, now, &known);
    bool expired_above = false;
    for (int i = 0; i < sk_X509_num(others); i++) {
        s.weak_signature |= x509_weak_signature(sk_X509_value(others, i));
        expired_above |= x509_expired(sk_X509_value(others, i), now);
    }
    struct span wanted = name_wanted(tls);
    enum dane dane = dane_check(&tls->context->tlsa, leaf, others);
    if (dane == DANE_MISMATCH && unreadable > 0)
        dane = DANE_UNKNOWN;
    TELL(out, tls_certificate, .subject = words_span(&s.subject),
         .issuer = words_span(&s.issuer),
         .issuer_organization = words_span(&s.issuer_organization),
         .issuer_unit = words_span(&s.issuer_unit),
         .names = words_span(&s.names), .fingerprint = span_of(s.fingerprint),
         .age = s.dated ? (double)(now - s.begins) : 0,
         .lifetime = s.dated ? (double)(s.expires - s.begins) : 0,
         .logged = s.logged, .unreadable = unreadable,
         .not_before = span_of(s.not_before), .not_after = span_of(s.not_after),
         .day_known = day_known,
         .expired_for = s.dated ? (double)(now - s.expires) : 0,
         .expired = s.dated && now > s.expires, .expired_above = expired_above,
         .not_yet_valid = s.dated && now < s.begins,
         .self_signed = s.self_signed, .count = count,
         .chain = known ? chain_name(chain) : SPAN(""),
         .dane = dane_name(dane), .name_wanted = wanted,
         .name_known = wanted.n > 0, .name_matches = x509_is_for(leaf, wanted),
         .only_common_name = x509_only_common_name(leaf, wanted),
         .key = span_of(s.key), .key_bits = s.key_bits, .weak_key = s.weak_key,
         .weak_signature = s.weak_signature, .wrong_usage = s.wrong_usage);
}

static void tell_unreadable(const struct tls *tls, size_t count,
                            struct facts *out)
{
    struct span wanted = name_wanted(tls);
    TELL(out, tls_certificate, .count = count, .unreadable = count > 0,
         .chain = SPAN("unreadable"), .name_wanted = wanted,
         .name_known = wanted.n > 0);
}

static X509 *parse(struct span der)
{
    const unsigned char *p = der.p;
    X509 *cert = d2i_X509(NULL, &p, (long)der.n);
    if (cert && p != der.p + der.n) { /* something follows it */
        X509_free(cert);
        cert = NULL;
    }
    return cert;
}

bool certificate_of_server(struct tls *tls, struct span body, struct facts *out)
{
    bool bad;
    size_t count = 0, unreadable = 0;
    if (tls->chains++ >= CHAINS_MAX)
        return true;
    X509 *leaf = NULL;
    struct cursor list = list_of(tls, body, &bad);
    STACK_OF(X509) *others = sk_X509_new_null();
    while (!bad && list.rest.n && !list.bad) {
        struct span der = next_certificate(tls, &list);
        if (list.bad || count++ >= CERTIFICATES_MAX)
            continue;
        X509 *cert = parse(der);
        unreadable += cert == NULL;
        if (count == 1)
            leaf = cert;
        else if (cert && !sk_X509_push(others, cert))
            X509_free(cert);
    }
    bad |= list.bad;
    if (leaf)
        tell(tls, leaf, others, count, unreadable, out);
    else if (!bad)
        tell_unreadable(tls, count, out);
    X509_free(leaf);
    sk_X509_pop_free(others, X509_free);
    ERR_clear_error();
    return !bad;
}

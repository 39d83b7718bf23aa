/* key_exchange.c - ServerKeyExchange and ClientKeyExchange, up to TLS 1.2.
 *
 *   ECDHE: curve_type(1)=3 group(2) point<1..>        (RFC 8422 5.4)
 *   DHE:   p<1..> g<1..> public<1..>                  (RFC 5246 7.4.3)
 *   both, unless anonymous: [TLS 1.2: algorithm(2)] signature<0..>
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>

#include "tls/messages.h"
#include "tls/names.h"
#include "tls/words.h"

enum { NAMED_CURVE = 3 };

static uint64_t bits_of(struct span number)
{
    while (number.n && number.p[0] == 0)
        number = span_skip(number, 1);
    if (number.n == 0)
        return 0;
    uint64_t bits = number.n * 8;
    for (uint8_t top = number.p[0]; !(top & 0x80); top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

static void read_ecdhe(struct cursor *c, struct words *group)
{
    uint8_t curve_type = cursor_u8(c);
    if (curve_type != NAMED_CURVE) {
        words_add(group, SPAN("explicit"));
        *c = cursor_of((struct span){NULL, 0}); /* nobody reads these */
        return;
    }
    uint16_t number = cursor_be16(c);
    vector8(c);
    words_add_number(group, name_of_group(number), number);
}

static uint64_t read_dhe(struct cursor *c, struct words *group)
{
    uint64_t bits = bits_of(vector16(c));
    vector16(c);
    vector16(c);
    char name[24];
    int n = snprintf(name, sizeof name, "DH%llu", (unsigned long long)bits);
    words_add(group, (struct span){(const uint8_t *)name, (size_t)n});
    return bits;
}

bool server_key_exchange(struct tls *tls, struct span body, struct facts *out)
{
    const struct suite *suite = tls->choice.suite;
    struct words group = {.n = 0}, signature = {.n = 0};
    struct cursor c = cursor_of(body);
    uint64_t dh_bits = 0;
    if (!suite)
        return true; /* nobody knows what it holds */
    bool anonymous_ec =
        suite->exchange == EXCHANGE_ANON && suite->number >> 8 == 0xc0;
    if (suite->exchange == EXCHANGE_ECDHE || anonymous_ec)
        read_ecdhe(&c, &group);
    else if (suite->exchange == EXCHANGE_DHE ||
             suite->exchange == EXCHANGE_ANON)
        dh_bits = read_dhe(&c, &group);
    else
        return true;
    if (c.bad)
        return false;
    if (tls->choice.version == VERSION_TLS12 && c.rest.n >= 2) {
        uint16_t number = cursor_be16(&c);
        words_add_number(&signature, name_of_signature(number), number);
    }
    TELL(out, tls_server_key_exchange, .group = words_span(&group),
         .dh_bits = dh_bits, .signature = words_span(&signature));
    return true;
}

bool client_key_exchange(struct tls *tls, struct span body)
{
    const struct suite *suite = tls->choice.suite;
    if (!suite || suite->exchange != EXCHANGE_RSA)
        return true;
    /* The encrypted premaster secret; TLS put a length in front of it. */
    struct cursor c = cursor_of(body);
    struct span premaster =
        tls->choice.version == VERSION_SSL3 ? body : vector16(&c);
    /* Only the first: a second would be a renegotiation. */
    if (!c.bad && tls->premaster.n == 0 && premaster.n <= PREMASTER_MAX)
        tls->premaster = arena_copy(tls->mem, premaster);
    return !c.bad;
}

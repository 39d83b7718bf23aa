/* server_hello.c - what the server chose (RFC 8446 4.1.3, RFC 5246 7.4.1.3).
 *
 *   version(2) random(32) session_id<0..32> suite(2) compression(1)
 *   extensions<0..>
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "tls/messages.h"
#include "tls/names.h"
#include "tls/progress.h"
#include "tls/secrets.h"
#include "tls/words.h"

/* A ServerHello with this random is a HelloRetryRequest (RFC 8446 4.1.3). */
static const uint8_t retry_random[TLS_RANDOM] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

struct hello {
    uint16_t version, suite_number, group;
    struct span random, session_id, alpn;
    bool psk, renegotiation, encrypt_then_mac, extended_master;
};

static void read_extension(struct hello *h, uint16_t type, struct span body)
{
    struct cursor c = cursor_of(body);
    switch (type) {
    case EXTENSION_VERSIONS:
        h->version = cursor_be16(&c);
        break;
    case EXTENSION_KEY_SHARE: /* HelloRetryRequest: the group, nothing else */
        h->group = cursor_be16(&c);
        break;
    case EXTENSION_ALPN:
        c.rest = vector16(&c);
        h->alpn = vector8(&c);
        break;
    case EXTENSION_PRE_SHARED_KEY:
        h->psk = true;
        break;
    case EXTENSION_RENEGOTIATION:
        h->renegotiation = true;
        break;
    case EXTENSION_ENCRYPT_THEN_MAC:
        h->encrypt_then_mac = true;
        break;
    case EXTENSION_EXTENDED_MASTER:
        h->extended_master = true;
        break;
    default:
        break;
    }
}

/* The last eight bytes of the random say DOWNGRD and 1 when the server knows
 * TLS 1.3, or 0 when it knows TLS 1.2; it matters if the client does too. */
static bool is_downgrade(const struct tls_offer *offer, const struct hello *h)
{
    static const struct span sentinel = SPAN_INIT("DOWNGRD");
    struct span end = span_skip(h->random, TLS_RANDOM - 8);
    if (!span_same(span_first(end, sentinel.n), sentinel))
        return false;
    uint16_t better = end.p[7] == 1 ? VERSION_TLS13 : VERSION_TLS12;
    return end.p[7] <= 1 && version_rank(h->version) < better &&
           version_rank(offer->version) >= better;
}

static void tell(const struct tls *tls, const struct hello *h, bool retry,
                 struct facts *out)
{
    const struct tls_choice *choice = &tls->choice;
    char version[NAME_OF_VERSION];
    struct words cipher = {.n = 0}, group = {.n = 0}, alpn = {.n = 0};
    words_add_number(&cipher, choice->suite ? choice->suite->name : NULL,
                     h->suite_number);
    if (h->group)
        words_add_number(&group, name_of_group(h->group), h->group);
    if (h->alpn.n)
        words_add(&alpn, h->alpn);
    int64_t delay = tls->offer.hellos ? facts_time(out) - tls->offer.time : 0;
    TELL(out, tls_server_hello, .version = name_of_version(h->version, version),
         .version_number = h->version, .cipher = words_span(&cipher),
         .weak = choice->suite && choice->suite->broken, .retry = retry,
         .resumed = choice->resumed, .downgrade = is_downgrade(&tls->offer, h),
         .secure_renegotiation =
             h->renegotiation || version_rank(h->version) == VERSION_TLS13,
         .group = words_span(&group), .alpn = words_span(&alpn),
         .delay = clock_seconds(delay));
}

bool server_hello(struct tls *tls, struct span body, struct facts *out)
{
    struct tls_choice *choice = &tls->choice;
    struct hello h = {.psk = false};
    struct cursor c = cursor_of(body);
    if (choice->hellos >= HELLOS_MAX)
        return true;
    h.version = cursor_be16(&c);
    h.random = cursor_take(&c, TLS_RANDOM);
    h.session_id = vector8(&c);
    h.suite_number = cursor_be16(&c);
    cursor_u8(&c); /* compression method */
    struct cursor list = cursor_of((struct span){NULL, 0});
    if (c.rest.n)
        list.rest = vector16(&c);
    uint16_t type;
    struct span extension;
    while (extension_take(&list, &type, &extension))
        read_extension(&h, type, extension);
    if (c.bad || list.bad)
        return false;

    bool retry = span_same(h.random, (struct span){retry_random, TLS_RANDOM});
    struct span offered_id = {tls->offer.session_id, tls->offer.session_id_n};
    *choice = (struct tls_choice){
        .hellos = choice->hellos + 1,
        .retries = choice->retries + (retry ? 1 : 0),
        .version = h.version,
        .suite = suite_find(h.suite_number),
        .encrypt_then_mac = h.encrypt_then_mac,
        .extended_master = h.extended_master,
    };
    memcpy(choice->random, h.random.p, TLS_RANDOM);
    if (is_tls13(tls))
        choice->resumed = h.psk;
    else /* the client's own id comes back (RFC 5246 7.4.1.3, RFC 5077 3.4) */
        choice->resumed =
            offered_id.n > 0 && span_same(h.session_id, offered_id);
    tell(tls, &h, retry, out);
    if (retry)
        return true;
    progress_reach(tls, REACHED_SERVER_HELLO);
    if (is_tls13(tls))
        secrets_handshake(tls);
    return true;
}

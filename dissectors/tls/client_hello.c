/* client_hello.c - what the client asks for (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
 *
 *   version(2) random(32) session_id<0..32> suites<2..> compressions<1..>
 *   extensions<0..>
 *
 * What cannot be read inside an extension is passed over; only a hello whose
 * own frame does not hold is malformed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "tls/messages.h"
#include "tls/names.h"
#include "tls/progress.h"
#include "tls/words.h"

/* What is gathered until it can be told. */
struct hello {
    uint16_t version;
    struct span server_name, session_id;
    struct words ciphers, groups, key_shares, signatures, alpn;
    bool any_suite, strong_suite, ecdhe, fallback;
    bool tls13, post_quantum, ticket, psk, early_data, ech;
};

static void read_suites(struct hello *h, struct span list, size_t width)
{
    struct cursor c = cursor_of(list);
    while (c.rest.n >= width) {
        /* SSL 2.0 has three bytes; its own kinds, with the first not zero, are
         * all broken. */
        bool ssl2 = width == 3 && cursor_u8(&c) != 0;
        uint16_t number = cursor_be16(&c);
        if (number == SUITE_FALLBACK_SCSV && !ssl2)
            h->fallback = true;
        if (suite_is_grease(number) || number == SUITE_FALLBACK_SCSV ||
            number == SUITE_RENEGOTIATION_SCSV)
            continue;
        h->any_suite = true;
        if (ssl2)
            continue;
        const struct suite *suite = suite_find(number);
        words_add_number(&h->ciphers, suite ? suite->name : NULL, number);
        h->strong_suite |= !suite || !suite->weak;
        h->ecdhe |= suite && (suite->exchange == EXCHANGE_ECDHE ||
                              suite->exchange == EXCHANGE_TLS13);
    }
}

static void read_numbers(struct words *words, struct span list,
                         const char *(*name)(uint16_t))
{
    struct cursor c = cursor_of(list);
    while (c.rest.n >= 2) {
        uint16_t number = cursor_be16(&c);
        if (!suite_is_grease(number))
            words_add_number(words, name(number), number);
    }
}

/* RFC 6066 3: a list, of which host_name (0) is the only kind there is. */
static void read_server_name(struct hello *h, struct span body)
{
    struct cursor list = cursor_of(body);
    list.rest = vector16(&list);
    uint8_t type = cursor_u8(&list);
    struct span name = vector16(&list);
    if (!list.bad && type == 0)
        h->server_name = name;
}

static void read_alpn(struct hello *h, struct span body)
{
    struct cursor list = cursor_of(body);
    list.rest = vector16(&list);
    while (list.rest.n && !list.bad) {
        struct span protocol = vector8(&list);
        bool grease =
            protocol.n == 2 &&
            suite_is_grease((uint16_t)(protocol.p[0] << 8 | protocol.p[1]));
        if (protocol.n && !grease)
            words_add(&h->alpn, protocol);
    }
}

static void read_versions(struct hello *h, struct span body)
{
    struct cursor list = cursor_of(body);
    list.rest = vector8(&list);
    uint16_t best = 0;
    while (list.rest.n >= 2) {
        uint16_t version = cursor_be16(&list);
        if (!suite_is_grease(version) &&
            version_rank(version) > version_rank(best))
            best = version;
    }
    if (best)
        h->version = best;
    h->tls13 = version_rank(best) == VERSION_TLS13;
}

static void read_key_shares(struct hello *h, struct span body)
{
    struct cursor list = cursor_of(body);
    list.rest = vector16(&list);
    while (list.rest.n && !list.bad) {
        uint16_t group = cursor_be16(&list);
        vector16(&list);
        if (list.bad || suite_is_grease(group))
            continue;
        h->post_quantum |= group_is_post_quantum(group);
        words_add_number(&h->key_shares, name_of_group(group), group);
    }
}

static struct span list_in(struct span body)
{
    struct cursor c = cursor_of(body);
    return vector16(&c);
}

static void read_extension(struct hello *h, uint16_t type, struct span body)
{
    switch (type) {
    case EXTENSION_SERVER_NAME:
        read_server_name(h, body);
        break;
    case EXTENSION_GROUPS:
        read_numbers(&h->groups, list_in(body), name_of_group);
        break;
    case EXTENSION_SIGNATURES:
        read_numbers(&h->signatures, list_in(body), name_of_signature);
        break;
    case EXTENSION_ALPN:
        read_alpn(h, body);
        break;
    case EXTENSION_SESSION_TICKET:
        h->ticket = body.n > 0;
        break;
    case EXTENSION_PRE_SHARED_KEY:
        h->psk = true;
        break;
    case EXTENSION_EARLY_DATA:
        h->early_data = true;
        break;
    case EXTENSION_VERSIONS:
        read_versions(h, body);
        break;
    case EXTENSION_KEY_SHARE:
        read_key_shares(h, body);
        break;
    case EXTENSION_ECH:
        h->ech = true;
        break;
    default:
        break;
    }
}

/* A client of TLS 1.3 fills the session id in any case (RFC 8446 D.4). */
static bool resumes(const struct hello *h)
{
    return h->psk || h->ticket || (h->session_id.n > 0 && !h->tls13);
}

/* HAProxy writes its name where other clients have random bytes, behind the
 * time (option ssl-hello-chk): any answer tells it that the server is alive. */
static bool is_health_check(struct span client_random)
{
    return span_starts(span_skip(client_random, 4), SPAN("HAPROXYSSLCHK"));
}

static void tell(struct tls *tls, const struct hello *h,
                 struct span client_random, struct span name, size_t length,
                 struct facts *out)
{
    char version[NAME_OF_VERSION];
    TELL(out, tls_client_hello, .version = name_of_version(h->version, version),
         .version_number = h->version, .server_name = name,
         .ciphers = words_span(&h->ciphers), .groups = words_span(&h->groups),
         .key_shares = words_span(&h->key_shares),
         .signatures = words_span(&h->signatures), .alpn = words_span(&h->alpn),
         .weak_only = h->any_suite && !h->strong_suite, .ecdhe = h->ecdhe,
         .fallback_scsv = h->fallback, .post_quantum = h->post_quantum,
         .resumption = resumes(h), .early_data = h->early_data, .ech = h->ech,
         .second = tls->offer.hellos > 0,
         .health_check = is_health_check(client_random), .bytes = length);
}

static void remember(struct tls *tls, const struct hello *h,
                     struct span client_random, struct span name, uint64_t end,
                     struct facts *out)
{
    struct tls_offer *offer = &tls->offer;
    /* Keys are found by the random; SSL 2.0's shorter challenge counts as one
     * with zeros in front (RFC 5246 E.2). */
    client_random = span_first(client_random, TLS_RANDOM);
    memset(offer->random, 0, TLS_RANDOM);
    if (client_random.n)
        memcpy(offer->random + TLS_RANDOM - client_random.n, client_random.p,
               client_random.n);
    offer->session_id_n = h->session_id.n;
    if (h->session_id.n)
        memcpy(offer->session_id, h->session_id.p, h->session_id.n);
    offer->version = h->version;
    offer->resumption |= resumes(h);
    offer->early_data = h->early_data;
    offer->server_name_n = 0;
    if (name.n && name.n <= NAME_MAX_BYTES) {
        memcpy(offer->server_name, name.p, name.n);
        offer->server_name_n = name.n;
    }
    offer->time = facts_time(out);
    if (offer->hellos++ == 0) {
        offer->first_time = offer->time;
        offer->end = end;
    }
    progress_reach(tls, REACHED_CLIENT_HELLO);
}

static void take(struct tls *tls, struct hello *h, struct span client_random,
                 size_t length, uint64_t end, struct facts *out)
{
    struct words name = {.n = 0};
    words_add(&name, h->server_name);
    tell(tls, h, client_random, words_span(&name), length, out);
    remember(tls, h, client_random, words_span(&name), end, out);
}

bool client_hello(struct tls *tls, struct span body, uint64_t end,
                  struct facts *out)
{
    struct hello h = {.any_suite = false};
    struct cursor c = cursor_of(body);
    if (tls->offer.hellos >= HELLOS_MAX)
        return true;
    h.version = cursor_be16(&c);
    struct span client_random = cursor_take(&c, TLS_RANDOM);
    h.session_id = vector8(&c);
    struct span suites = vector16(&c);
    vector8(&c); /* compression methods */
    if (c.bad || h.session_id.n > TLS_SESSION_ID)
        return false;
    read_suites(&h, suites, 2);

    struct cursor list = cursor_of((struct span){NULL, 0});
    if (c.rest.n) /* SSL 3.0 and early TLS 1.0 have none */
        list.rest = vector16(&c);
    uint16_t type;
    struct span extension;
    while (extension_take(&list, &type, &extension))
        read_extension(&h, type, extension);
    if (c.bad || list.bad)
        return false;
    take(tls, &h, client_random, body.n + 4, end, out);
    return true;
}

/* RFC 5246 E.2:  type(1) version(2) lengths of suites, session id and
 * challenge (2 each), then these. */
bool client_hello_ssl2(struct tls *tls, struct span body, uint64_t end,
                       struct facts *out)
{
    struct hello h = {.any_suite = false};
    struct cursor c = cursor_of(body);
    cursor_u8(&c);
    h.version = cursor_be16(&c);
    size_t suites_n = cursor_be16(&c);
    size_t session_id_n = cursor_be16(&c);
    size_t challenge_n = cursor_be16(&c);
    struct span suites = cursor_take(&c, suites_n);
    h.session_id = cursor_take(&c, session_id_n);
    struct span challenge = cursor_take(&c, challenge_n);
    if (c.bad || h.session_id.n > TLS_SESSION_ID)
        return false;
    read_suites(&h, suites, 3);
    take(tls, &h, challenge, body.n, end, out);
    return true;
}

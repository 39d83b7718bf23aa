/* handshake.c - see handshake.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/handshake.h"

#include <string.h>

#include "tls/certificate.h"
#include "tls/messages.h"
#include "tls/progress.h"
#include "tls/secrets.h"

enum { MESSAGE_HEADER = 4, SSL2_SERVER_HELLO = 4 };

/* RFC 8446 B.3, with the older ones of RFC 5246 7.4 */
enum message_type {
    HELLO_REQUEST = 0,
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    NEW_SESSION_TICKET = 4,
    END_OF_EARLY_DATA = 5,
    ENCRYPTED_EXTENSIONS = 8,
    CERTIFICATE = 11,
    SERVER_KEY_EXCHANGE = 12,
    CERTIFICATE_REQUEST = 13,
    SERVER_HELLO_DONE = 14,
    CERTIFICATE_VERIFY = 15,
    CLIENT_KEY_EXCHANGE = 16,
    FINISHED = 20,
    CERTIFICATE_URL = 21,
    CERTIFICATE_STATUS = 22,
    SUPPLEMENTAL_DATA = 23,
    KEY_UPDATE = 24,
    COMPRESSED_CERTIFICATE = 25,
    NEXT_PROTOCOL = 67,
};

void handshake_malformed(const struct tls *tls, enum dir dir, struct span why,
                         struct facts *out)
{
    if (tls->midstream || tls->context->midstream)
        return;
    TELL(out, tls_malformed, .side = side_name(dir), .why = why);
}

static bool on_certificate(struct tls *tls, enum dir dir, struct span body,
                           struct facts *out)
{
    if (dir == C2S)
        return certificate_of_client(tls, body);
    progress_reach(tls, REACHED_CERTIFICATE);
    return certificate_of_server(tls, body, out);
}

/* In TLS 1.3 the keys change behind this message. */
static void on_finished(struct tls *tls, enum dir dir, struct facts *out)
{
    progress_finished(tls, dir, out);
    if (is_tls13(tls))
        secrets_traffic(tls, dir);
}

static bool on_message(struct tls *tls, enum dir dir, uint8_t type,
                       struct span body, uint64_t end, struct facts *out)
{
    switch (type) {
    case CLIENT_HELLO:
        return dir == C2S && client_hello(tls, body, end, out);
    case SERVER_HELLO:
        return dir == S2C && server_hello(tls, body, out);
    case CERTIFICATE:
        return on_certificate(tls, dir, body, out);
    case SERVER_KEY_EXCHANGE:
        return server_key_exchange(tls, body, out);
    case CERTIFICATE_REQUEST:
        tls->certificate_requested = true;
        return true;
    case SERVER_HELLO_DONE:
        progress_reach(tls, REACHED_SERVER_DONE);
        return true;
    case CLIENT_KEY_EXCHANGE:
        progress_reach(tls, REACHED_CLIENT_KEY);
        return client_key_exchange(tls, body);
    case FINISHED:
        on_finished(tls, dir, out);
        return true;
    case KEY_UPDATE:
        secrets_update(tls, dir);
        return true;
    default:
        return true;
    }
}

static bool is_known(uint8_t type)
{
    switch ((enum message_type)type) {
    case HELLO_REQUEST:
    case CLIENT_HELLO:
    case SERVER_HELLO:
    case NEW_SESSION_TICKET:
    case END_OF_EARLY_DATA:
    case ENCRYPTED_EXTENSIONS:
    case CERTIFICATE:
    case SERVER_KEY_EXCHANGE:
    case CERTIFICATE_REQUEST:
    case SERVER_HELLO_DONE:
    case CERTIFICATE_VERIFY:
    case CLIENT_KEY_EXCHANGE:
    case FINISHED:
    case CERTIFICATE_URL:
    case CERTIFICATE_STATUS:
    case SUPPLEMENTAL_DATA:
    case KEY_UPDATE:
    case COMPRESSED_CERTIFICATE:
    case NEXT_PROTOCOL:
        return true;
    }
    return false;
}

static void give_up(struct tls *tls, enum dir dir, struct span why,
                    struct facts *out)
{
    tls->half[dir].deaf = true;
    tls->half[dir].message_n = 0;
    handshake_malformed(tls, dir, why, out);
}

static void hold(struct tls *tls, struct tls_half *half, struct span content)
{
    half->message =
        arena_grow(tls->mem, half->message, half->message_n,
                   &half->message_room, half->message_n + content.n, 1);
    if (content.n)
        memcpy(half->message + half->message_n, content.p, content.n);
    half->message_n += content.n;
}

void handshake_bytes(struct tls *tls, enum dir dir, struct span content,
                     uint64_t end, struct facts *out)
{
    struct tls_half *half = &tls->half[dir];
    if (half->deaf)
        return;
    hold(tls, half, content);
    struct span rest = {half->message, half->message_n};
    while (rest.n >= MESSAGE_HEADER && !half->deaf) {
        struct cursor c = cursor_of(rest);
        uint8_t type = cursor_u8(&c);
        size_t length = cursor_be24(&c);
        if (!is_known(type)) {
            give_up(tls, dir, SPAN("unknown handshake message"), out);
            return;
        }
        if (length > MESSAGE_MAX) {
            give_up(tls, dir, SPAN("handshake message too long"), out);
            return;
        }
        struct span body = cursor_take(&c, length);
        if (c.bad)
            break;
        if (type != HELLO_REQUEST) /* not hashed, RFC 5246 7.4.1.1 */
            secrets_message(tls, span_first(rest, MESSAGE_HEADER + length));
        if (!on_message(tls, dir, type, body, end, out))
            handshake_malformed(
                tls, dir, SPAN("handshake message does not fit together"), out);
        rest = c.rest;
    }
    if (rest.n)
        memmove(half->message, rest.p, rest.n);
    half->message_n = rest.n;
}

void handshake_ssl2(struct tls *tls, enum dir dir, struct span body,
                    uint64_t end, struct facts *out)
{
    if (dir == C2S) {
        if (!client_hello_ssl2(tls, body, end, out))
            handshake_malformed(tls, dir, SPAN("SSL 2.0 hello does not fit"),
                                out);
        return;
    }
    /* A server that answers in SSL 2.0's own form has nothing better, and
     * what follows is a protocol that nobody needs to read any more. */
    tls->choice.version = VERSION_SSL2;
    progress_reach(tls, REACHED_SERVER_HELLO);
    TELL(out, tls_server_hello, .version = SPAN("SSL 2.0"),
         .version_number = VERSION_SSL2, .weak = true);
    tls->done = true;
}

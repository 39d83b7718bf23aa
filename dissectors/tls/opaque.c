/* opaque.c - see opaque.h.
 *
 * Up to TLS 1.2 the type of a record stays readable.  In TLS 1.3 all are
 * application data, and the length must tell: content, one byte of type, and
 * a tag (RFC 8446 5.2).  With a tag of 16 bytes, and nobody padding:
 *
 *   19  alert                       2 + 17
 *   25  Certificate without one     8 + 17
 *   53  Finished, SHA-256 suites    4 + 32 + 17
 *   69  Finished, SHA-384 suites    4 + 48 + 17
 *   61, 77  the last two in one record
 *
 * Java (JSSE) pads each record with 16 zeros.  The messages that have one
 * length only, each in its place, give that away: then all of that side count
 * as 16 bytes less.
 *
 * Up to TLS 1.2 a client has one message to send after its Finished, a new
 * ClientHello (RFC 5246 7.4); a server may answer it with an alert.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/opaque.h"

#include "tls/progress.h"

enum { ALERT = 2, EMPTY_CERTIFICATE = 8, FINISHED_HEADER = 4, PADDING = 16 };

static void tell_alert(struct tls *tls, enum dir dir, size_t length,
                       bool certain, struct facts *out)
{
    progress_left(tls, dir, facts_time(out));
    bool answers_end = tls->left_by != dir;
    TELL(out, tls_encrypted_alert, .by = side_name(dir), .length = length,
         .after = reached_name(tls->reached), .answers_end = answers_end,
         .before_data = !tls->half[dir].data, .certain = certain);
    if (tls->told || tls->midstream)
        tls->closed[dir] = true;
    /* Who is not there any more can not be refused. */
    if (!answers_end)
        progress_refused(tls, dir);
}

static void on_data(struct tls *tls, enum dir dir, size_t content,
                    struct facts *out)
{
    /* Up to TLS 1.2 a server does not speak before the handshake is done,
     * whatever the capture has shown of it; a client may. */
    if (dir == S2C && !is_tls13(tls) && tls->reached >= REACHED_SERVER_HELLO)
        progress_complete(tls, out);
    if (tls->told)
        progress_reach(tls, REACHED_DATA);
    tls->half[dir].data = true;
    shape_record(&tls->shape, dir, content, facts_time(out));
}

static size_t content_size(const struct tls *tls, size_t length)
{
    size_t overhead = suite_overhead(
        tls->choice.suite, is_tls13(tls) ? VERSION_TLS13 : tls->choice.version);
    return length > overhead ? length - overhead : 0;
}

static size_t finished_size(const struct tls *tls)
{
    const char *digest = tls->choice.suite ? tls->choice.suite->prf : "SHA256";
    return FINISHED_HEADER + suite_digest_size(digest);
}

static bool is_finished(const struct tls *tls, size_t content)
{
    return content == finished_size(tls);
}

/* A client that has no certificate to show can say these, and no more. */
static bool is_short_flight(const struct tls *tls, size_t content)
{
    return content == ALERT || content == EMPTY_CERTIFICATE ||
           is_finished(tls, content) ||
           content == EMPTY_CERTIFICATE + finished_size(tls);
}

/* The client's first record tells about both: the server's last one before it
 * was its Finished, alone or, unless a session is resumed, behind a Certificate
 * that makes it much longer. */
static void look_for_padding(struct tls *tls, size_t content)
{
    struct tls_half *server = &tls->half[S2C];
    tls->padding_looked_for = true;
    if (content > PADDING && is_short_flight(tls, content - PADDING))
        tls->half[C2S].padding = PADDING;
    if (!tls->choice.resumed && server->content == PADDING + finished_size(tls))
        server->padding = PADDING;
}

/* The client's part of a TLS 1.3 handshake: [Certificate, [Verify,]] Finished
 */
static void client_flight(struct tls *tls, size_t content, struct facts *out)
{
    size_t finished = finished_size(tls);
    progress_reach(tls, REACHED_SERVER_DONE); /* or it would not speak */
    if (content == EMPTY_CERTIFICATE ||
        content == EMPTY_CERTIFICATE + finished) {
        tls->certificate_requested = true;
        tls->certificate_empty = true;
    }
    if (content == finished || content == EMPTY_CERTIFICATE + finished) {
        progress_finished(tls, C2S, out);
    } else if (content != EMPTY_CERTIFICATE) {
        tls->certificate_requested = true;
        tls->client_certificate = true;
    }
}

/* The server's: EncryptedExtensions, ..., Finished. */
static void server_flight(struct tls *tls, size_t content)
{
    tls->encrypted_flight += content;
    if (!tls->choice.resumed) /* then there is none */
        progress_reach(tls, REACHED_CERTIFICATE);
    if (is_finished(tls, content))
        progress_reach(tls, REACHED_SERVER_DONE);
}

static void tls13_record(struct tls *tls, enum dir dir, size_t length,
                         struct facts *out)
{
    size_t content = content_size(tls, length);
    if (may_be_early(tls, dir) && !is_finished(tls, content))
        return;
    if (dir == C2S && !tls->padding_looked_for && !tls->midstream)
        look_for_padding(tls, content);
    tls->half[dir].content = content;
    size_t padding = tls->half[dir].padding;
    content -= content > padding ? padding : 0;
    /* A server that goes on after the client's certificate has seen its
     * Finished, which must have been in the same record. */
    if (dir == S2C && tls->client_certificate && content != ALERT)
        progress_complete(tls, out);
    if (content == ALERT)
        tell_alert(tls, dir, length, false, out);
    else if (tls->told || tls->refused)
        on_data(tls, dir, content, out);
    else if (dir == C2S)
        client_flight(tls, content, out);
    else
        server_flight(tls, content);
}

/* A record after both have sent Finished, up to TLS 1.2. */
static void renegotiate(struct tls_renegotiation *again, enum dir dir,
                        enum record_type type)
{
    bool data = type == RECORD_DATA;
    if (again->answered)
        again->went_on |= data;
    else if (dir == C2S)
        again->asked |= type == RECORD_HANDSHAKE;
    else if (again->asked && !data) {
        again->answered = true;
        again->refused = type == RECORD_ALERT;
    }
}

void opaque_tell(const struct tls *tls, struct facts *out)
{
    const struct tls_renegotiation *again = &tls->again;
    if (again->asked && !tls->lost)
        TELL(out, tls_renegotiation,
             .answer = again->refused    ? SPAN("alert")
                       : again->answered ? SPAN("handshake")
                                         : SPAN("none"),
             .went_on = again->went_on);
}

void opaque_record(struct tls *tls, enum dir dir, const struct record *record,
                   struct facts *out)
{
    if (!is_tls13(tls) && tls->half[C2S].finished && tls->half[S2C].finished)
        renegotiate(&tls->again, dir, record->type);
    switch (record->type) {
    case RECORD_HANDSHAKE:
        if (tls->half[dir].ccs && !tls->half[dir].finished)
            progress_finished(tls, dir, out);
        break;
    case RECORD_ALERT:
        tell_alert(tls, dir, record->length, true, out);
        break;
    case RECORD_DATA:
        if (is_tls13(tls))
            tls13_record(tls, dir, record->length, out);
        else if (!may_be_early(tls, dir) || tls->choice.version)
            on_data(tls, dir, content_size(tls, record->length), out);
        break;
    case RECORD_CHANGE_CIPHER:
    case RECORD_HEARTBEAT:
    case RECORD_SSL2:
        break;
    }
    if (tls->shape.full)
        tls->done = true;
}

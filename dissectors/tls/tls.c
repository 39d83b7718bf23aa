/* tls.c - TLS (RFC 8446, 5246, and back to SSL 2.0's hello), record by record.
 *
 *   C: ClientHello            S: ServerHello, Certificate, ..., Done
 *   C: KeyExchange, CCS, Fin  S: CCS, Finished            up to TLS 1.2
 *
 *   C: ClientHello            S: ServerHello, {Certificate, ..., Finished}
 *   C: {Finished}                                         TLS 1.3
 *
 * {} and all that follows is encrypted.  With keys it is opened; without, the
 * lengths of records still tell something (opaque.c, shape.c).
 *
 * Clear records and those that can be opened are waited for whole; of the
 * others the header is enough, and their bodies are passed over.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/cursor.h"
#include "tls/alert.h"
#include "tls/foreign.h"
#include "tls/handshake.h"
#include "tls/names.h"
#include "tls/opaque.h"
#include "tls/progress.h"
#include "tls/secrets.h"

enum {
    ALERT_LENGTH = 2,
    MESSAGE_HEADER = 4 /* RFC 8446 section 4: type(1) length(3) */
};

/* What is being read, and what came of it. */
struct reading {
    enum dir dir;
    uint64_t offset; /* of rest */
    struct span rest;
    struct span clear; /* decrypted content */
};

static void use(struct reading *r, size_t n)
{
    r->rest = span_skip(r->rest, n);
    r->offset += n;
}

static bool is_encrypted(const struct tls *tls, enum dir dir,
                         const struct record *record)
{
    if (record->type == RECORD_SSL2)
        return false;
    if (is_tls13(tls)) /* RFC 8446 5.2: they all look like application data */
        return record->type == RECORD_DATA;
    /* An alert in the clear has two bytes; a longer one is encrypted, even
     * where the capture did not show that encryption began. */
    bool alert = record->type == RECORD_ALERT && record->length != ALERT_LENGTH;
    return tls->half[dir].ccs || alert || record->type == RECORD_DATA;
}

static void on_content(struct tls *tls, enum record_type type,
                       struct span content, struct reading *r,
                       struct facts *out)
{
    switch (type) {
    case RECORD_HANDSHAKE:
        handshake_bytes(tls, r->dir, content, r->offset, out);
        break;
    case RECORD_ALERT:
        alert_bytes(tls, r->dir, content, out);
        break;
    case RECORD_CHANGE_CIPHER:
        tls->half[r->dir].ccs = true;
        if (!is_tls13(tls))
            secrets_change(tls, r->dir);
        break;
    case RECORD_DATA:
        tls->half[r->dir].data = true;
        tls->opened_data = true;
        progress_reach(tls, REACHED_DATA);
        r->clear = content;
        break;
    case RECORD_SSL2:
        handshake_ssl2(tls, r->dir, content, r->offset, out);
        break;
    case RECORD_HEARTBEAT:
        break;
    }
}

/* Where the keys have opened the records before it, one record that they do not
 * open was damaged on the way; two in a row are another matter. */
static void on_unopened(struct tls *tls, const struct record *record,
                        enum dir dir, struct facts *out)
{
    struct tls_half *half = &tls->half[dir];
    if (may_be_early(tls, dir)) {
        decrypt_not_this(half->decrypt);
        return;
    }
    if (half->opens && !half->damaged) {
        half->damaged = true;
        handshake_malformed(tls, dir, SPAN("an encrypted record was damaged"),
                            out);
        return;
    }
    secrets_failed(tls, out);
    opaque_record(tls, dir, record, out);
}

/* An encrypted record, whole, with keys at hand. */
static void on_sealed(struct tls *tls, const struct record *record,
                      struct span body, struct reading *r, struct facts *out)
{
    struct tls_half *half = &tls->half[r->dir];
    uint8_t type = (uint8_t)record->type;
    size_t n = 0;
    if (!decrypt_record(half->decrypt, &type, record->version, body, tls->clear,
                        &n)) {
        on_unopened(tls, record, r->dir, out);
        return;
    }
    half->opens = true;
    half->damaged = false;
    if (type < RECORD_CHANGE_CIPHER || type > RECORD_HEARTBEAT) {
        handshake_malformed(tls, r->dir, SPAN("unknown content type"), out);
        return;
    }
    on_content(tls, (enum record_type)type, (struct span){tls->clear, n}, r,
               out);
}

/* Something stands where a record should. */
static void on_no_record(struct tls *tls, struct reading *r, struct facts *out)
{
    struct tls_half *half = &tls->half[r->dir];
    /* Some servers that give up say why in the clear. */
    bool gave_up = r->dir == S2C && tls->closed[S2C] &&
                   tls->reached <= REACHED_CLIENT_HELLO;
    if (!half->opened || gave_up) {
        size_t used = foreign_feed(tls, r->dir, r->rest, out);
        use(r, used);
        return;
    }
    handshake_malformed(tls, r->dir, SPAN("no TLS record where one should be"),
                        out);
    tls->done = true;
}

/* The first record of a direction.  One that is encrypted says that the
 * beginning was not captured. */
static void on_first(struct tls *tls, enum dir dir, const struct record *record)
{
    struct tls_half *half = &tls->half[dir];
    half->opened = true;
    if (record->type == RECORD_DATA && !tls->half[other(dir)].opened)
        tls->midstream = true;
}

/* An encrypted record without keys: its header is all there is to read. */
static void pass_over(struct tls *tls, const struct record *record,
                      struct reading *r, struct facts *out)
{
    use(r, record->header);
    facts_at(out, r->dir, r->offset);
    tls->half[r->dir].waiting_n = 0; /* the keys may have failed meanwhile */
    tls->half[r->dir].skip = record->length;
    opaque_record(tls, r->dir, record, out);
}

/* The version in the record's header of a mail program's ClientHello is at least
 * TLS 1.0's; SSL 3.0's is that of a balancer's health check. */
static bool is_first_hello(const struct tls *tls, enum dir dir,
                           const struct record *record)
{
    return dir == C2S && tls->reached == REACHED_NOTHING &&
           record->type == RECORD_HANDSHAKE &&
           record->version >= VERSION_TLS10 && !tls->context->midstream;
}

/* Where the hello ends, and the version at its front, should no more of it have
 * been captured (RFC 8446 section 4.1.2). */
static void note_first_hello(struct tls *tls, const struct record *record,
                             const struct reading *r)
{
    struct cursor c = cursor_of(span_skip(r->rest, record->header));
    cursor_take(&c, MESSAGE_HEADER);
    tls->offer.end = r->offset + record->header + record->length;
    tls->offer.legacy_version = cursor_be16(&c);
}

/* A record that is to be read whole; false while it is not. */
static bool take_whole(struct tls *tls, const struct record *record,
                       bool encrypted, struct reading *r, struct facts *out)
{
    struct tls_half *half = &tls->half[r->dir];
    size_t n = record->header + record->length;
    half->waiting = *record;
    half->waiting_n = n;
    if (is_first_hello(tls, r->dir, record))
        note_first_hello(tls, record, r);
    if (r->rest.n < n)
        return false;
    struct span body = span_skip(span_first(r->rest, n), record->header);
    half->waiting_n = 0;
    use(r, n);
    facts_at(out, r->dir, r->offset);
    if (encrypted)
        on_sealed(tls, record, body, r, out);
    else
        on_content(tls, record->type, body, r, out);
    return true;
}

/* The header of the next record, or of the one that is waited for. */
static enum record_parse next_record(const struct tls_half *half,
                                     struct span rest, struct record *record)
{
    if (half->foreign)
        return RECORD_BAD;
    if (half->waiting_n == 0)
        return record_parse(rest, !half->opened, record);
    *record = half->waiting;
    return RECORD_OK;
}

/* After lost bytes: packets are lost whole, and most begin with a record.  What
 * does not look like one is the rest of a lost one, and nobody knows where the
 * next begins.  False while that is not known. */
static bool find_record(struct tls *tls, struct tls_half *half,
                        struct span rest)
{
    struct record record;
    enum record_parse parse = record_parse(rest, false, &record);
    if (!half->resync || parse == RECORD_MORE)
        return !half->resync;
    half->resync = false;
    tls->done |= parse == RECORD_BAD;
    return !tls->done;
}

/* Once part of the handshake was lost, the other side's alert is still in the
 * clear, and worth having; with anything that is encrypted it is past. */
static bool is_worth_reading(const struct tls *tls, enum dir dir,
                             const struct record *record)
{
    bool rest_hidden = tls->half[C2S].over || tls->half[S2C].over;
    return !rest_hidden || (!is_encrypted(tls, dir, record) &&
                            record->type != RECORD_CHANGE_CIPHER);
}

/* Takes one step; false when it needs more bytes. */
static bool step(struct tls *tls, struct reading *r, struct facts *out)
{
    struct tls_half *half = &tls->half[r->dir];
    struct record record;
    size_t skipped = span_first(r->rest, half->skip).n;
    half->skip -= skipped;
    use(r, skipped);
    if (r->rest.n == 0 || !find_record(tls, half, r->rest))
        return false;
    switch (next_record(half, r->rest, &record)) {
    case RECORD_MORE:
        return false;
    case RECORD_BAD:
        facts_at(out, r->dir, r->offset + 1);
        on_no_record(tls, r, out);
        return true;
    case RECORD_OK:
        break;
    }
    if (!half->opened)
        on_first(tls, r->dir, &record);
    if (!tls->told && !tls->midstream && record.type != RECORD_ALERT) {
        facts_at(out, r->dir, r->offset + 1);
        tls->spoken = facts_time(out);
        if (r->dir == S2C)
            tls->served = r->offset + record.header + record.length;
    }
    if (!is_worth_reading(tls, r->dir, &record)) {
        tls->done = true;
        return false;
    }
    bool encrypted = is_encrypted(tls, r->dir, &record);
    if (!encrypted || half->decrypt)
        return take_whole(tls, &record, encrypted, r, out);
    pass_over(tls, &record, r, out);
    return true;
}

static struct fed tls_feed(void *self, const struct chunk *in,
                           struct facts *out)
{
    struct tls *tls = self;
    struct reading r = {
        in->dir, in->offset, in->bytes, {NULL, 0}
    };
    bool over = tls->half[in->dir].over;
    while (!over && !tls->done && r.clear.n == 0 && step(tls, &r, out))
        ;
    size_t used = tls->done || over ? in->bytes.n : in->bytes.n - r.rest.n;
    return (struct fed){.used = used, .clear = r.clear, .done = tls->done};
}

/* The ClientHello was captured in part: that there was one is known, and what
 * became of it can be told. */
static void on_hidden_hello(struct tls *tls, struct facts *out)
{
    char version[NAME_OF_VERSION];
    uint16_t number = tls->offer.legacy_version;
    size_t length = tls->half[C2S].waiting.length;
    TELL(out, tls_client_hello_hidden,
         .version = name_of_version(number, version), .version_number = number,
         .bytes = length > MESSAGE_HEADER ? length - MESSAGE_HEADER : 0);
    tls->half[C2S].deaf = true;
    tls->offer.hellos = 1;
    tls->offer.time = tls->offer.first_time = facts_time(out);
    progress_reach(tls, REACHED_CLIENT_HELLO);
}

/* A record was lost of which the header was seen. */
static void on_lost(struct tls *tls, enum dir dir, struct facts *out)
{
    struct tls_half *half = &tls->half[dir];
    enum record_type type = half->waiting.type;
    bool encrypted = is_encrypted(tls, dir, &half->waiting);
    half->waiting_n = 0;
    if (encrypted && half->decrypt && !decrypt_skip(half->decrypt))
        secrets_failed(tls, out);
    else if (is_first_hello(tls, dir, &half->waiting))
        on_hidden_hello(tls, out);
    else if (type == RECORD_HANDSHAKE || type == RECORD_SSL2)
        half->deaf = tls->lost = true; /* a message is missing, or part */
    else if (!encrypted && type == RECORD_CHANGE_CIPHER)
        tls->lost = tls->done = true; /* it would be misread from here on */
}

static void tls_gap(void *self, enum dir dir, uint64_t lost, struct facts *out)
{
    struct tls *tls = self;
    struct tls_half *half = &tls->half[dir];
    size_t known = half->skip + half->waiting_n; /* one of them is 0 */
    if (tls->done)
        return;
    if (lost > known) {
        tls->lost = true;
        /* Only whole records can be read with keys, or before encryption. */
        half->resync = tls->told && !half->decrypt;
        half->over = !half->resync;
        tls->done = tls->half[C2S].over && tls->half[S2C].over;
        half->skip = 0;
        half->waiting_n = 0;
        if (tls->told)
            shape_missed(&tls->shape, dir);
        return;
    }
    half->skip = known - (size_t)lost;
    if (half->waiting_n)
        on_lost(tls, dir, out);
}

/* A message of two segments, of which the second was lost on its way here. */
static void tell_cut_hello(const struct tls *tls, struct facts *out)
{
    const struct tls_half *half = &tls->half[C2S];
    if (tls->offer.hellos == 0 && !tls->lost && !tls->context->midstream &&
        half->waiting_n && half->waiting.type == RECORD_HANDSHAKE)
        TELL(out, tls_client_hello_cut, .bytes = half->waiting_n);
}

static void tls_close(void *self, enum end why, struct facts *out)
{
    struct tls *tls = self;
    foreign_end(tls, out);
    tell_cut_hello(tls, out);
    if (tls->reached == REACHED_CLIENT_HELLO && tls->half[C2S].skip > 0)
        tls->lost = true; /* how it went on was for the client to say */
    progress_closed(tls, facts_time(out));
    progress_end(tls, why, out);
    opaque_tell(tls, out);
    bool finished = tls->reached >= REACHED_FINISHED;
    struct shape_end end = {.finished = finished,
                            .starttls = tls->context->starttls,
                            .closed = {tls->closed[C2S], tls->closed[S2C]},
                            .left = tls->left,
                            .left_by = tls->left_by,
                            .time = progress_over(tls, why, out),
                            .keys = secrets_word(tls)};
    if (tls->left && tls->complete_time)
        end.left_after = tls->left_time - tls->complete_time;
    if ((finished || tls->midstream) && !tls->opened_data)
        shape_tell(&tls->shape, &end, out);
}

static void *tls_open(struct arena *mem, const struct flow_context *context)
{
    struct tls *tls = arena_alloc(mem, sizeof *tls);
    tls->mem = mem;
    tls->context = context;
    return tls;
}

/* A whole record header, and the type of the message in it, prove it. */
static int probe_side(struct span bytes, uint8_t hello)
{
    struct record record;
    switch (record_parse(bytes, true, &record)) {
    case RECORD_BAD:
        return PROBE_NO;
    case RECORD_MORE:
        return bytes.n >= 2 ? PROBE_LIKELY : PROBE_NO; /* no text begins so */
    case RECORD_OK:
        break;
    }
    struct span body = span_skip(bytes, record.header);
    bool says_hello = body.n && body.p[0] == hello;
    bool message =
        record.type == RECORD_HANDSHAKE || record.type == RECORD_SSL2;
    if (message && record.length >= 4)
        return says_hello ? PROBE_SURE : body.n ? PROBE_MAYBE : PROBE_LIKELY;
    if (record.type == RECORD_ALERT && record.length == ALERT_LENGTH)
        return PROBE_LIKELY;
    if (record.type == RECORD_DATA && record.length > 16)
        return PROBE_LIKELY; /* from the middle of a connection */
    return PROBE_MAYBE;
}

static int tls_probe(struct span from_client, struct span from_server)
{
    enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
    int client = probe_side(from_client, CLIENT_HELLO);
    int server = probe_side(from_server, SERVER_HELLO);
    return client > server ? client : server;
}

const struct dissector tls_dissector = {
    .name = "tls",
    .probe = tls_probe,
    .open = tls_open,
    .feed = tls_feed,
    .gap = tls_gap,
    .close = tls_close,
};

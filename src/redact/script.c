/* script.c - see script.h.
 *
 *   line ── literal {n} ── rest of the line          IMAP, ManageSieve
 *     ├──── content ── . ──                          DATA, RETR
 *     ├──── chunk of n bytes ──                      BDAT
 *     └──── TLS records, one by one ──
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "redact/script.h"

#include <string.h>

#include "base/text.h"
#include "session/proxy_header.h"

enum {
    LINE_MAX_BYTES = 64 << 10, /* longer is no line that anybody reads */
    RECORD_HEADER = 5,
    HELLO_WANTED = 90, /* of a ServerHello, up to the cipher suite */
    APPLICATION_DATA = 23,
    HANDSHAKE = 22,
    SERVER_HELLO = 2,
};

enum becomes { FILLER, SAME, TEXT };

struct piece {
    uint64_t offset, n;
    enum becomes becomes;
    const uint8_t *text; /* of TEXT */
};

/* One direction. */
struct voice {
    uint64_t literal; /* bytes of content still to come */
    uint64_t record;  /* bytes of a TLS record still to come */
    bool record_clear; /* ... whose content is not encrypted */
    bool chunk, tail, content, lost;
    bool tls;    /* records were seen */
    bool opaque; /* encrypted, and where records begin is not known */
    bool begun;
    uint64_t rest_offset;
    struct text rest; /* what was not used */
    struct piece *pieces;
    size_t count, room;
};

struct script {
    struct arena *mem;
    struct talk talk;
    struct voice voices[2];
    bool implicit_tls, midstream, null_cipher;
};

struct script *script_new(enum redact_protocol protocol, bool implicit_tls,
                          bool midstream, uint64_t key,
                          struct redact_counts *counts)
{
    struct arena *mem = arena_new();
    struct script *s = arena_alloc(mem, sizeof *s);
    s->mem = mem;
    s->implicit_tls = implicit_tls;
    s->midstream = midstream;
    s->talk = (struct talk){
        .hider = {.key = key, .counts = counts, .mem = mem},
        .protocol = protocol,
    };
    return s;
}

void script_free(struct script **script)
{
    if (!*script)
        return;
    text_free(&(*script)->voices[C2S].rest);
    text_free(&(*script)->voices[S2C].rest);
    struct arena *mem = (*script)->mem; /* the script lives in it */
    arena_free(&mem);
    *script = NULL;
}

static struct piece *add(struct script *s, struct voice *v, uint64_t offset,
                         uint64_t n, enum becomes becomes)
{
    struct piece *last = v->count ? &v->pieces[v->count - 1] : NULL;
    if (last && becomes != TEXT && last->becomes == becomes &&
        last->offset + last->n == offset) {
        last->n += n;
        return last;
    }
    v->pieces = arena_grow(s->mem, v->pieces, v->count, &v->room, v->count + 1,
                           sizeof *v->pieces);
    v->pieces[v->count] = (struct piece){offset, n, becomes, NULL};
    return &v->pieces[v->count++];
}

/* ---- TLS ---- */

static bool is_record(struct span bytes)
{
    return bytes.n >= 3 && bytes.p[0] >= 20 && bytes.p[0] <= APPLICATION_DATA &&
           bytes.p[1] == 3 && bytes.p[2] <= 4;
}

/* A record may be about to begin, but that is not decided. */
static bool may_be_record(struct span bytes)
{
    return bytes.n && bytes.n < RECORD_HEADER && bytes.p[0] >= 20 &&
           bytes.p[0] <= APPLICATION_DATA && (bytes.n < 2 || bytes.p[1] == 3);
}

/* SSL 2's ClientHello: length 15 bits | 1 | ..., as some clients still begin. */
static bool is_old_hello(const struct voice *v, struct span bytes)
{
    return !v->begun && bytes.n >= 3 && (bytes.p[0] & 0x80) && bytes.p[2] == 1;
}

/* The suites without encryption (IANA's registry). */
static bool is_null_suite(unsigned suite)
{
    static const uint16_t suites[] = {
        0x0000, 0x0001, 0x0002, 0x002c, 0x002d, 0x002e, 0x003b, 0x00b0, 0x00b1,
        0x00b4, 0x00b5, 0x00b8, 0x00b9, 0xc001, 0xc006, 0xc00b, 0xc010, 0xc015,
        0xc039, 0xc03a, 0xc03b, 0xc0b4, 0xc0b5};
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (suites[i] == suite)
            return true;
    return false;
}

/* record header 5 | type 1 | length 3 | version 2 | random 32 | session id |
 * suite 2 */
static bool hello_without_cipher(struct span bytes)
{
    enum { SESSION = RECORD_HEADER + 4 + 2 + 32 };
    if (bytes.n <= SESSION || bytes.p[0] != HANDSHAKE ||
        bytes.p[RECORD_HEADER] != SERVER_HELLO)
        return false;
    struct span suite = span_skip(bytes, SESSION + 1u + bytes.p[SESSION]);
    return suite.n >= 2 &&
           is_null_suite((unsigned)suite.p[0] << 8 | suite.p[1]);
}

static size_t record_length(struct span bytes)
{
    return (size_t)bytes.p[3] << 8 | bytes.p[4];
}

/* Of a record that may be a hello, so much has to be read. */
static size_t record_wanted(struct span bytes)
{
    size_t all = RECORD_HEADER + record_length(bytes);
    return all < HELLO_WANTED ? all : HELLO_WANTED;
}

/* The header of a record of which there is enough. */
static size_t record_header(struct script *s, struct voice *v, uint64_t offset,
                            struct span bytes)
{
    size_t length = record_length(bytes);
    v->tls = true;
    v->record = length;
    v->record_clear = bytes.p[0] == APPLICATION_DATA && s->null_cipher;
    s->talk.hider.counts->encrypted_bytes +=
        bytes.p[0] == APPLICATION_DATA ? length : 0;
    add(s, v, offset, RECORD_HEADER, SAME);
    return RECORD_HEADER;
}

/* The header of a record, 0 to wait for more of it. */
static size_t record_begin(struct script *s, struct voice *v, uint64_t offset,
                           struct span bytes)
{
    if (bytes.n < RECORD_HEADER ||
        (bytes.p[0] == HANDSHAKE && bytes.n < record_wanted(bytes)))
        return 0;
    s->null_cipher = s->null_cipher || hello_without_cipher(bytes);
    return record_header(s, v, offset, bytes);
}

/* A hello whose end was not captured.  Which suite the server chose is not known
 * then: it may be one that does not encrypt. */
static void cut_hello(struct script *s, struct voice *v)
{
    struct span rest = text_span(&v->rest);
    if (rest.n < RECORD_HEADER || v->literal || v->record || v->content ||
        v->lost || !is_record(rest) || rest.p[0] != HANDSHAKE)
        return;
    if (rest.n == RECORD_HEADER || rest.p[RECORD_HEADER] == SERVER_HELLO)
        s->null_cipher = true;
    size_t n = record_header(s, v, v->rest_offset, rest);
    add(s, v, v->rest_offset + n, rest.n - n, SAME);
    v->record -= rest.n - n;
}

static bool looks_encrypted(struct span bytes)
{
    size_t odd = 0;
    bytes = span_first(bytes, 64);
    for (size_t i = 0; i < bytes.n; i++)
        odd += bytes.p[i] >= 0x80 || bytes.p[i] < 9;
    return odd * 4 > bytes.n;
}

/* Where the capture came in, or lost bytes, records do not begin. */
static bool is_opaque(const struct script *s, const struct voice *v,
                      struct span bytes)
{
    if (v->opaque)
        return true;
    bool adrift = v->lost ? v->tls : !v->begun && s->midstream && s->implicit_tls;
    return adrift && !is_record(bytes) && !s->null_cipher &&
           looks_encrypted(bytes);
}

/* ---- lines ---- */

static size_t pass(struct script *s, struct voice *v, uint64_t offset,
                   size_t n, enum becomes becomes)
{
    add(s, v, offset, n, becomes);
    if (becomes == FILLER)
        s->talk.hider.counts->content_bytes += n;
    return n;
}

static void line(struct script *s, struct voice *v, enum dir dir,
                 uint64_t offset, struct span raw)
{
    size_t n = raw.n;
    while (n && (raw.p[n - 1] == '\n' || raw.p[n - 1] == '\r'))
        n--;
    uint8_t *text = arena_alloc(s->mem, raw.n + 1);
    memcpy(text, raw.p, raw.n);
    bool tail = v->tail;
    v->tail = false;
    struct follows f = dir == C2S ? client_line(&s->talk, text, n, tail)
                                  : server_line(&s->talk, text, n, tail);
    v->literal = f.literal;
    v->chunk = f.chunk;
    v->content = f.content;
    v->tail = f.literal && !f.chunk;
    add(s, v, offset, raw.n, TEXT)->text = text;
}

/* Up to and with the next LF. */
static size_t line_length(struct span bytes)
{
    size_t at = span_find(bytes, '\n');
    return at < bytes.n ? at + 1 : 0;
}

static size_t content_line(struct script *s, struct voice *v, uint64_t offset,
                           struct span bytes, size_t n)
{
    struct span text = span_trim(span_first(bytes, n));
    if (!v->lost && text.n == 1 && text.p[0] == '.') {
        v->content = false;
        return pass(s, v, offset, n, SAME);
    }
    return pass(s, v, offset, n, FILLER);
}

static size_t begin(struct script *s, struct voice *v, enum dir dir,
                    uint64_t offset, struct span bytes)
{
    size_t n = line_length(bytes);
    if (n == 0 && bytes.n < LINE_MAX_BYTES)
        return 0;
    if (n == 0) { /* the rest of this line is filler, too */
        v->lost = true;
        return pass(s, v, offset, bytes.n, FILLER);
    }
    if (v->content) {
        n = content_line(s, v, offset, bytes, n);
        v->lost = false;
    } else if (v->lost && !line_is_sure(&s->talk, dir == C2S,
                                        span_trim(span_first(bytes, n)))) {
        v->lost = false;
        return pass(s, v, offset, n, FILLER);
    } else {
        v->lost = false;
        line(s, v, dir, offset, span_first(bytes, n));
    }
    return n;
}

static size_t least(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

/* What a balancer says in front is kept, but for its options. */
static size_t front(struct script *s, struct voice *v, struct span bytes,
                    bool *wait)
{
    struct proxy_header header;
    enum proxy_found found = proxy_header_read(bytes, &header);
    *wait = found == PROXY_PART;
    if (found != PROXY_WHOLE)
        return 0;
    add(s, v, 0, header.known, SAME);
    if (header.n > header.known)
        pass(s, v, header.known, header.n - header.known, FILLER);
    return header.n;
}

/* The next piece; 0: more is needed to know what it is. */
static size_t step(struct script *s, struct voice *v, enum dir dir,
                   uint64_t offset, struct span bytes)
{
    if (v->literal) {
        size_t n = least(v->literal, bytes.n);
        v->literal -= n;
        return pass(s, v, offset, n, FILLER);
    }
    if (v->record) {
        size_t n = least(v->record, bytes.n);
        v->record -= n;
        return pass(s, v, offset, n, v->record_clear ? FILLER : SAME);
    }
    if (v->content || v->tail)
        return begin(s, v, dir, offset, bytes);
    if (dir == C2S && offset == 0 && !s->midstream) {
        bool wait;
        size_t n = front(s, v, bytes, &wait);
        if (n || wait)
            return n;
    }
    if (is_opaque(s, v, bytes)) {
        v->opaque = true;
        return pass(s, v, offset, bytes.n, SAME);
    }
    if (is_record(bytes)) {
        v->lost = false;
        return record_begin(s, v, offset, bytes);
    }
    if (is_old_hello(v, bytes)) {
        v->record = ((uint64_t)(bytes.p[0] & 0x7f) << 8 | bytes.p[1]) - 1;
        return pass(s, v, offset, 3, SAME);
    }
    return may_be_record(bytes) ? 0 : begin(s, v, dir, offset, bytes);
}

size_t script_data(struct script *s, enum dir dir, uint64_t offset,
                   struct span bytes)
{
    struct voice *v = &s->voices[dir];
    size_t used = 0, n;
    while (used < bytes.n &&
           (n = step(s, v, dir, offset + used, span_skip(bytes, used))) > 0) {
        v->begun = true;
        used += n;
    }
    text_clear(&v->rest);
    text_add(&v->rest, span_skip(bytes, used));
    v->rest_offset = offset + used;
    return used;
}

/* What stands after the last '<' of a line without an end: half an address,
 * which looks like none. */
static struct span half_address(struct span line)
{
    size_t at = line.n;
    while (at > 0 && line.p[at - 1] != '<' && line.p[at - 1] != '>')
        at--;
    return at > 0 && line.p[at - 1] == '<' ? span_skip(line, at)
                                           : span_skip(line, line.n);
}

/* The beginning of a line, whose end was not captured, is one. */
static void cut_line(struct script *s, struct voice *v, enum dir dir)
{
    struct span rest = text_span(&v->rest);
    if (rest.n == 0 || v->content || v->tls || is_record(rest) ||
        may_be_record(rest) ||
        (v->lost && !line_is_sure(&s->talk, dir == C2S, rest)))
        return;
    line(s, v, dir, v->rest_offset, rest);
    struct span half = half_address(
        (struct span){v->pieces[v->count - 1].text, rest.n});
    if (dir == S2C && span_find(half, '@') == half.n)
        hide_content((uint8_t *)(uintptr_t)half.p, half.n);
}

void script_gap(struct script *s, enum dir dir, uint64_t lost)
{
    struct voice *v = &s->voices[dir];
    cut_line(s, v, dir);
    cut_hello(s, v);
    text_clear(&v->rest);
    if (v->literal || v->record) {
        uint64_t *left = v->literal ? &v->literal : &v->record;
        if (lost <= *left) {
            *left -= lost;
            return;
        }
        v->literal = v->record = 0;
    }
    v->tail = false;
    v->lost = true;
}

/* What is there of a last line is a line: "a1 LOGI" may be why it failed. */
void script_end(struct script *s)
{
    for (int dir = C2S; dir <= S2C; dir++) {
        struct voice *v = &s->voices[dir];
        struct span rest = text_span(&v->rest);
        if (rest.n && (v->tls || is_record(rest) || may_be_record(rest)))
            add(s, v, v->rest_offset, rest.n, SAME);
        else if (rest.n && !v->lost && !v->content)
            line(s, v, (enum dir)dir, v->rest_offset, rest);
        text_free(&v->rest);
    }
}

/* ---- the second reading ---- */

/* The first piece that ends behind the offset. */
static size_t find(const struct voice *v, uint64_t offset)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->pieces[middle].offset + v->pieces[middle].n <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void apply_piece(const struct piece *piece, uint64_t offset, uint8_t *p,
                        size_t n)
{
    switch (piece->becomes) {
    case SAME:
        break;
    case TEXT:
        memcpy(p, piece->text + (offset - piece->offset), n);
        break;
    case FILLER:
        hide_content(p, n);
        break;
    }
}

void script_apply(const struct script *s, enum dir dir, int64_t offset,
                  uint8_t *p, size_t n)
{
    const struct voice *v = &s->voices[dir];
    size_t before = offset < 0 ? least((uint64_t)-offset, n) : 0;
    hide_content(p, before);
    p += before;
    n -= before;
    uint64_t at = offset < 0 ? 0 : (uint64_t)offset;
    for (size_t i = find(v, at); n > 0; i++) {
        const struct piece *piece = i < v->count ? &v->pieces[i] : NULL;
        size_t hole = piece ? piece->offset > at
                                  ? least(piece->offset - at, n)
                                  : 0
                            : n;
        hide_content(p, hole);
        p += hole;
        n -= hole;
        at += hole;
        if (n == 0)
            break;
        size_t part = least(piece->offset + piece->n - at, n);
        apply_piece(piece, at, p, part);
        p += part;
        n -= part;
        at += part;
    }
}

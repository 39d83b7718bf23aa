/* fuzz_tls.c - the TLS dissector tells the same however the bytes are cut.
 *
 * The input: one byte of settings, then pieces, each a byte of flags, a length
 * (2, little endian) and that many bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "dissector.h"
#include "tls/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLAG_SERVER = 1, FLAG_LOST = 2 };
enum { SET_STARTTLS = 1, SET_MIDSTREAM = 2, SET_KEYS = 4, SET_END = 3 << 3 };

/* Keys that will not fit, but are looked up and tried. */
static struct tls_keys *some_keys(void)
{
#define ZEROS32                                                                \
    "0000000000000000000000000000000000000000000000000000000000000000"
    static const struct span log =
        SPAN_INIT("CLIENT_RANDOM " ZEROS32 " " ZEROS32
                  "00000000000000000000000000000000\n"
                  "CLIENT_HANDSHAKE_TRAFFIC_SECRET " ZEROS32 " " ZEROS32 "\n"
                  "SERVER_HANDSHAKE_TRAFFIC_SECRET " ZEROS32 " " ZEROS32 "\n"
                  "CLIENT_TRAFFIC_SECRET_0 " ZEROS32 " " ZEROS32 "\n"
                  "SERVER_TRAFFIC_SECRET_0 " ZEROS32 " " ZEROS32 "\n");
    struct tls_keys *keys = tls_keys_new();
    tls_keys_add(keys, log);
    return keys;
}

struct run {
    void *self;
    struct facts *facts;
    struct text told; /* every fact, and what was decrypted */
    struct text held[2];
    uint64_t offset[2];
    bool done;
};

static void listen(void *user, const struct fact *fact)
{
    struct text *told = user;
    text_adds(told, fact->kind->name);
    for (size_t i = 0; i < fact->kind->field_count; i++) {
        text_adds(told, " ");
        fact_field_show(fact, &fact->kind->fields[i], told);
    }
    text_adds(told, "\n");
}

static void offer(struct run *run, enum dir dir, struct span more)
{
    struct text *held = &run->held[dir];
    text_add(held, more);
    while (!run->done && held->n) {
        /* A block of exactly this size: reading past it is seen. */
        uint8_t *exact = malloc(held->n);
        memcpy(exact, held->s, held->n);
        struct chunk chunk = {
            dir, run->offset[dir], {exact, held->n}
        };
        struct fed fed = tls_dissector.feed(run->self, &chunk, run->facts);
        assert(fed.used <= held->n);
        text_add(&run->told, fed.clear);
        free(exact);
        memmove(held->s, held->s + fed.used, held->n - fed.used);
        held->n -= fed.used;
        run->offset[dir] += fed.used;
        run->done = fed.done;
        if (fed.used == 0)
            break;
    }
}

static void lose(struct run *run, enum dir dir, uint64_t lost)
{
    if (run->done)
        return;
    lost += run->held[dir].n;
    text_clear(&run->held[dir]);
    run->offset[dir] += lost;
    tls_dissector.gap(run->self, dir, lost, run->facts);
}

static void play(struct run *run, struct span input, bool bytewise)
{
    struct cursor c = cursor_of(input);
    while (c.rest.n >= 3) {
        uint8_t flags = cursor_u8(&c);
        size_t n = cursor_le16(&c);
        enum dir dir = flags & FLAG_SERVER ? S2C : C2S;
        struct span piece = span_first(c.rest, n);
        if (flags & FLAG_LOST) {
            lose(run, dir, n + 1);
            continue;
        }
        c.rest = span_skip(c.rest, n);
        for (size_t i = 0; bytewise && i < piece.n; i++)
            offer(run, dir, (struct span){piece.p + i, 1});
        if (!bytewise)
            offer(run, dir, piece);
    }
}

static struct text told(struct span input, uint8_t settings, bool bytewise)
{
    static struct tls_keys *keys;
    if (!keys)
        keys = some_keys();
    struct arena *mem = arena_new();
    struct flow_context context = {
        .server_port = 993,
        .server_name = SPAN("mail.example.org"),
        .starttls = (settings & SET_STARTTLS) != 0,
        .midstream = (settings & SET_MIDSTREAM) != 0,
        .keys = settings & SET_KEYS ? keys : NULL,
    };
    struct run run = {.facts = facts_new(1)};
    facts_listen(run.facts, listen, &run.told);
    run.self = tls_dissector.open(mem, &context);
    play(&run, input, bytewise);
    tls_dissector.close(run.self, (enum end)((settings & SET_END) >> 3),
                        run.facts);
    facts_free(&run.facts);
    text_free(&run.held[C2S]);
    text_free(&run.held[S2C]);
    arena_free(&mem);
    return run.told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span input = {data + 1, size - 1};
    (void)tls_dissector.probe(input, input);
    struct text whole = told(input, data[0], false);
    struct text bytewise = told(input, data[0], true);
    if (!span_same(text_span(&whole), text_span(&bytewise)))
        abort();
    text_free(&whole);
    text_free(&bytewise);
    return 0;
}

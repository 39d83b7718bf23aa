/* fuzz_dissector.c - a mail dissector tells the same however the bytes are cut,
 * and does not crash.
 *
 * The input: one byte that picks the dissector (low bits) and what is known of
 * the flow (high bits), then pieces.  A piece is a byte h and what it says:
 *
 *   h = 0x00, n     n + 1 bytes of the client were never captured
 *   h = 0x80, n     the same of the server
 *   h = 0x7f        what follows is as if decrypted
 *   otherwise       h & 0x7f bytes, said by the server if h & 0x80
 *
 * So printable text of less than 127 bytes is easily made into pieces.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "player.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    PICK = 0x03,
    OVER_TLS = 0x10,
    MIDSTREAM = 0x20,
    SHOW_USERS = 0x40,
    NO_SYNACK = 0x80
};

static const struct dissector *const picks[] = {
    &imap_dissector,
    &pop3_dissector,
    &smtp_dissector,
    &sieve_dissector,
};

static void add_step(struct dialog *d, struct arena *mem, struct cursor *c)
{
    uint8_t head = cursor_u8(c);
    struct step step = {.dir = head & 0x80 ? S2C : C2S,
                        .time = (int64_t)d->step_count * CLOCK_SECOND};
    if (head == 0x7f) {
        step.kind = STEP_TLS;
    } else if ((head & 0x7f) == 0) {
        step.kind = STEP_GAP;
        step.count = cursor_u8(c) + 1U;
    } else {
        step.kind = STEP_SAY;
        step.bytes = span_first(c->rest, head & 0x7f);
        c->rest = span_skip(c->rest, head & 0x7f);
        if (step.bytes.n == 0)
            return; /* nobody hears of a packet without content */
    }
    d->steps = arena_grow(mem, d->steps, d->step_count, &d->step_room,
                          d->step_count + 1, sizeof *d->steps);
    d->steps[d->step_count++] = step;
}

/* Not an assertion: those are about our own state, this is the test. */
static void must_be_same(const struct telling *runs,
                         const struct telling *bytes)
{
    size_t at;
    if (telling_same(runs, bytes, &at) && !runs->broken && !bytes->broken)
        return;
    fprintf(stderr, "fact %zu differs; in runs:\n", at + 1);
    telling_print(runs, stderr);
    fprintf(stderr, "byte by byte:\n");
    telling_print(bytes, stderr);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of((struct span){data, size});
    struct arena *mem = arena_new();
    uint8_t settings = cursor_u8(&c);
    struct dialog d = {.port = 143,
                       .over_tls = (settings & OVER_TLS) != 0,
                       .midstream = (settings & MIDSTREAM) != 0,
                       .no_synack = (settings & NO_SYNACK) != 0,
                       .show_users = (settings & SHOW_USERS) != 0,
                       .end = (enum end)(settings >> 2 & 3)};
    while (c.rest.n)
        add_step(&d, mem, &c);
    d.duration = (int64_t)d.step_count * CLOCK_SECOND;

    struct telling *runs = telling_new();
    struct telling *bytes = telling_new();
    play(&d, picks[settings & PICK], (struct cutting){CUT_RUNS, 0, 0}, runs);
    play(&d, picks[settings & PICK], (struct cutting){CUT_BYTES, 0, 0}, bytes);
    must_be_same(runs, bytes);
    telling_free(&runs);
    telling_free(&bytes);
    arena_free(&mem);
    return 0;
}

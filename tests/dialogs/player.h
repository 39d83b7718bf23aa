/* player.h - gives a dissector a conversation, cut as one likes, and writes
 * down what it tells.
 *
 * The one property that all dissectors must have is tested with it: the facts
 * are the same however the stream is cut.  The dissector gets heap copies of
 * exactly as many bytes as there are, so that ASan sees it read too far.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_DIALOGS_PLAYER_H
#define TESTS_DIALOGS_PLAYER_H

#include <stdio.h>

#include "dialog.h"

enum cut {
    CUT_NONE,  /* each step is a packet */
    CUT_BYTES, /* each byte is a packet */
    CUT_ONCE,  /* one step is two packets */
    CUT_RUNS,  /* all that one side says in a row is one packet */
};

struct cutting {
    enum cut how;
    size_t step, at; /* of CUT_ONCE: before which byte of which step */
};

/* A fact as it was told. */
struct told {
    const struct fact_kind *kind;
    uint64_t frame;      /* number of the packet */
    struct span *values; /* one per field of the kind, as text */
    struct span same;    /* what must not depend on the cuts, as text */
    struct span shown;   /* the evidence line */
};

struct telling {
    struct arena *mem;
    struct told *told;
    size_t count, room;
    const char *broken; /* a promise the dissector broke, or NULL */
    bool tls_unasked;   /* @tls, but STARTTLS was not agreed upon */
};

struct telling *telling_new(void);
void telling_free(struct telling **telling);

/* Plays it to a fresh dissector. */
void play(const struct dialog *dialog, const struct dissector *dissector,
          struct cutting cutting, struct telling *telling);

/* The same facts, but for times and packets.  *at is where they first differ. */
bool telling_same(const struct telling *a, const struct telling *b, size_t *at);

void telling_print(const struct telling *telling, FILE *out);

#endif

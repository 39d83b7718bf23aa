/* gunzip.c - see gunzip.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "capture/gunzip.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/arena.h"

enum {
    WINDOW_GZIP = 15 + 16, /* zlib: the largest window, and gzip around it */
    OUT_BLOCK = 64 * 1024,
};

struct gunzip {
    z_stream z;
    bool between;        /* a member has ended, none has begun since */
    bool over;           /* nothing more is to be had */
    const char *damaged; /* NULL: not */
    uint8_t out[OUT_BLOCK];
};

bool gunzip_is(struct span beginning)
{
    return span_starts(beginning, SPAN("\x1f\x8b\x08"));
}

struct gunzip *gunzip_new(void)
{
    struct gunzip *g = must_alloc(sizeof *g);
    if (inflateInit2(&g->z, WINDOW_GZIP) != Z_OK)
        abort(); /* no memory, as in must_alloc */
    return g;
}

void gunzip_free(struct gunzip **g)
{
    if (!*g)
        return;
    inflateEnd(&(*g)->z);
    free(*g);
    *g = NULL;
}

/* After an error of zlib: padding behind the last member is none. */
static void end_with(struct gunzip *g)
{
    g->over = true;
    if (!g->between)
        g->damaged = "damaged gzip input";
}

struct span gunzip_some(struct gunzip *g, struct span *in)
{
    if (g->over) {
        *in = span_skip(*in, in->n);
        return (struct span){0};
    }
    size_t n = in->n < OUT_BLOCK ? in->n : OUT_BLOCK;
    g->z.next_in = in->p;
    g->z.avail_in = (uInt)n;
    g->z.next_out = g->out;
    g->z.avail_out = OUT_BLOCK;
    int r = inflate(&g->z, Z_NO_FLUSH);
    *in = span_skip(*in, n - g->z.avail_in);
    size_t made = OUT_BLOCK - g->z.avail_out;
    if (made > 0)
        g->between = false;
    if (r == Z_STREAM_END) {
        g->between = true;
        inflateReset(&g->z);
    } else if (r != Z_OK && r != Z_BUF_ERROR) {
        end_with(g);
    }
    return (struct span){g->out, made};
}

const char *gunzip_trouble(const struct gunzip *g)
{
    if (g->damaged)
        return g->damaged;
    return g->between || g->over ? NULL : "truncated gzip input";
}

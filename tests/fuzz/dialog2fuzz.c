/* dialog2fuzz.c - makes inputs for fuzz_dissector of dialogs, so that it begins
 * with conversations that make sense.
 *
 *   dialog2fuzz FOLDER FILE.dialog...
 *
 * Long lines are cut: fuzzing wants short inputs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "dialog.h"

enum { PIECE_MAX = 126, LINE_MAX_KEPT = 1000 };

static const char *const protocols[] = {"imap", "pop3", "smtp", "sieve"};

static int settings(const struct dialog *d)
{
    for (int i = 0; i < 4; i++) {
        if (span_same(d->protocol, span_of(protocols[i])))
            return i | (int)d->end << 2 | (d->over_tls ? 0x10 : 0) |
                   (d->midstream ? 0x20 : 0) | (d->show_users ? 0x40 : 0) |
                   (d->no_synack ? 0x80 : 0);
    }
    return 0;
}

static void write_say(const struct step *step, FILE *out)
{
    struct span rest = span_first(step->bytes, LINE_MAX_KEPT);
    int side = step->dir == S2C ? 0x80 : 0;
    while (rest.n) {
        struct span piece = span_first(rest, PIECE_MAX);
        fputc(side | (int)piece.n, out);
        fwrite(piece.p, 1, piece.n, out);
        rest = span_skip(rest, piece.n);
    }
}

static void write_dialog(const struct dialog *d, FILE *out)
{
    fputc(settings(d), out);
    for (size_t i = 0; i < d->step_count; i++) {
        const struct step *step = &d->steps[i];
        switch (step->kind) {
        case STEP_SAY:
            write_say(step, out);
            break;
        case STEP_GAP:
            fputc(step->dir == S2C ? 0x80 : 0, out);
            fputc(step->count > 256 ? 255 : (int)step->count - 1, out);
            break;
        case STEP_TLS:
            fputc(0x7f, out);
            break;
        }
    }
}

static bool convert(const char *folder, const char *path, struct err *err)
{
    struct arena *mem = arena_new();
    struct dialog dialog;
    bool good = dialog_read(path, mem, &dialog, err);
    const char *slash = strrchr(path, '/');
    if (good) {
        const char *name = slash ? slash + 1 : path;
        FILE *out = fopen(arena_printf(mem, "%s/%s", folder, name), "wb");
        good = out || err_set(err, "%s: can not write for %s", folder, name);
        if (out) {
            write_dialog(&dialog, out);
            fclose(out);
        }
    }
    arena_free(&mem);
    return good;
}

int main(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        struct err err;
        if (convert(argv[1], argv[i], &err))
            continue;
        fprintf(stderr, "dialog2fuzz: %s\n", err.text);
        return 2;
    }
    return 0;
}

/* play.c - plays a dialog in every cut and compares what was told.
 *
 *   play FILE       silent when all is as the file wants
 *   play -v FILE    also prints every fact with the number of its packet
 *
 * Exit status 0: as wanted; 1: not; 2: the file is not a dialog.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

/* Every cut of a longer line would take too long: its ends are where the
 * surprises are. */
enum { CUT_ENDS = 300 };

static const struct dissector *dissector_named(struct span name)
{
    for (size_t i = 0; i < dissector_count; i++) {
        if (span_same(span_of(dissectors[i]->name), name))
            return dissectors[i];
    }
    return NULL;
}

static bool fits(const struct wanted *w, const struct told *told)
{
    if (told->kind != w->kind)
        return false;
    for (size_t i = 0; i < w->field_count; i++) {
        size_t field = (size_t)(w->fields[i].field - w->kind->fields);
        if (!span_same(told->values[field], w->fields[i].value))
            return false;
    }
    return true;
}

/* "=" lines in their order; "!=" lines anywhere. */
static bool as_wanted(const char *path, const struct dialog *d,
                      const struct telling *t)
{
    size_t next = 0;
    for (size_t i = 0; i < d->wanted_count; i++) {
        const struct wanted *w = &d->wanted[i];
        size_t at = w->never ? 0 : next;
        while (at < t->count && !fits(w, &t->told[at]))
            at++;
        if (w->never == (at == t->count)) {
            if (!w->never)
                next = at + 1;
            continue;
        }
        fprintf(stderr, "%s:%u: %s %s; told was:\n", path, w->line,
                w->kind->name,
                w->never ? "must not be told" : "was not told, or not here");
        telling_print(t, stderr);
        return false;
    }
    return true;
}

/* The password of all dialogs, and it in base64 as LOGIN and PLAIN send it. */
static bool keeps_secrets(const char *path, const struct telling *t)
{
    static const struct span secrets[] = {
        SPAN_INIT("hunter2"),
        SPAN_INIT("aHVudGVyMg"),
        SPAN_INIT("BodW50ZXIy"),
    };
    enum { SECRETS = sizeof secrets / sizeof secrets[0] };
    for (size_t i = 0; i < t->count * SECRETS; i++) {
        struct span told = t->told[i / SECRETS].same;
        if (span_search(told, secrets[i % SECRETS]) == told.n)
            continue;
        fprintf(stderr, "%s: a password was told:\n%.*s\n", path, (int)told.n,
                (const char *)told.p);
        return false;
    }
    return true;
}

static bool same_when_cut(const char *path, const struct dialog *d,
                          const struct dissector *dissector,
                          struct cutting cutting, const struct telling *whole)
{
    struct telling *cut = telling_new();
    size_t at;
    play(d, dissector, cutting, cut);
    bool same = telling_same(whole, cut, &at) && !cut->broken;
    if (!same) {
        static const char *const how[] = {"whole", "byte by byte", "cut once",
                                          "in runs"};
        fprintf(stderr, "%s: played %s", path, how[cutting.how]);
        if (cutting.how == CUT_ONCE)
            fprintf(stderr, " (line %u, before its byte %zu)",
                    d->steps[cutting.step].line, cutting.at);
        fprintf(stderr, ", fact %zu is another%s%s; told was:\n", at + 1,
                cut->broken ? "; " : "", cut->broken ? cut->broken : "");
        telling_print(cut, stderr);
        fprintf(stderr, "and, whole:\n");
        telling_print(whole, stderr);
    }
    telling_free(&cut);
    return same;
}

static bool same_at_every_cut(const char *path, const struct dialog *d,
                              const struct dissector *dissector,
                              const struct telling *whole)
{
    for (size_t i = 0; i < d->step_count; i++) {
        size_t n = d->steps[i].bytes.n;
        for (size_t at = 1; at < n; at++) {
            if (at == CUT_ENDS && n - at > CUT_ENDS)
                at = n - CUT_ENDS;
            if (!same_when_cut(path, d, dissector,
                               (struct cutting){CUT_ONCE, i, at}, whole))
                return false;
        }
    }
    return true;
}

static bool play_file(const char *path, const struct dialog *d,
                      const struct dissector *dissector, bool verbose)
{
    struct telling *whole = telling_new();
    play(d, dissector, (struct cutting){CUT_NONE, 0, 0}, whole);
    if (verbose)
        telling_print(whole, stdout);
    if (whole->tls_unasked)
        whole->broken = "@tls, but STARTTLS was not agreed upon";
    bool good = !whole->broken;
    if (!good)
        fprintf(stderr, "%s: %s\n", path, whole->broken);
    good = good && as_wanted(path, d, whole) && keeps_secrets(path, whole) &&
           same_when_cut(path, d, dissector, (struct cutting){CUT_BYTES, 0, 0},
                         whole) &&
           same_when_cut(path, d, dissector, (struct cutting){CUT_RUNS, 0, 0},
                         whole) &&
           same_at_every_cut(path, d, dissector, whole);
    telling_free(&whole);
    return good;
}

int main(int argc, char **argv)
{
    bool verbose = argc == 3 && strcmp(argv[1], "-v") == 0;
    if (argc != (verbose ? 3 : 2)) {
        fprintf(stderr, "usage: play [-v] FILE.dialog\n");
        return 2;
    }
    const char *path = argv[argc - 1];
    struct arena *mem = arena_new();
    struct dialog dialog;
    struct err err;
    int status = 2;
    if (!dialog_read(path, mem, &dialog, &err)) {
        fprintf(stderr, "%s\n", err.text);
    } else {
        const struct dissector *dissector = dissector_named(dialog.protocol);
        if (!dissector)
            fprintf(stderr, "%s: no such protocol\n", path);
        else
            status = !play_file(path, &dialog, dissector, verbose);
    }
    arena_free(&mem);
    return status;
}

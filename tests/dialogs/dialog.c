/* dialog.c - reads a .dialog file; see dialog.h and README.md.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { STEP_TIME = 10 * 1000 * 1000 }; /* 10 ms pass from line to line */
enum { REPEAT_MAX = 64 << 20 };        /* bytes of one S* or C* line */

struct reader {
    struct dialog *dialog;
    struct arena *mem;
    struct err *err;
    const char *path;
    unsigned line;
    int64_t time;
};

static bool fail(struct reader *r, const char *why)
{
    return err_set(r->err, "%s:%u: %s", r->path, r->line, why);
}

static struct step *step_add(struct reader *r, enum step_kind kind,
                             enum dir dir)
{
    struct dialog *d = r->dialog;
    d->steps = arena_grow(r->mem, d->steps, d->step_count, &d->step_room,
                          d->step_count + 1, sizeof *d->steps);
    struct step *step = &d->steps[d->step_count++];
    *step = (struct step){.kind = kind, .dir = dir, .time = r->time};
    step->line = r->line;
    return step;
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of text, perhaps written as \r \n \t \0 \\ or \xNN. */
static bool unescape_one(struct span *text, uint8_t *out)
{
    static const char from[] = "rnt0\\", to[] = "\r\n\t\0\\";
    *out = text->p[0];
    *text = span_skip(*text, 1);
    if (*out != '\\')
        return true;
    if (text->n == 0)
        return false;
    uint8_t c = text->p[0];
    if (c == 'x') {
        int high = text->n > 2 ? hex(text->p[1]) : -1;
        int low = text->n > 2 ? hex(text->p[2]) : -1;
        *text = span_skip(*text, 3);
        *out = (uint8_t)(high * 16 + low);
        return high >= 0 && low >= 0;
    }
    const char *at = memchr(from, c, sizeof from - 1);
    *text = span_skip(*text, 1);
    if (at)
        *out = (uint8_t)to[at - from];
    return at != NULL;
}

static bool unescape(struct reader *r, struct span text, struct span *bytes)
{
    uint8_t *copy = arena_alloc(r->mem, text.n);
    size_t n = 0;
    while (text.n) {
        if (!unescape_one(&text, &copy[n++]))
            return fail(r, "known escapes are \\r \\n \\t \\0 \\\\ and \\xNN");
    }
    *bytes = (struct span){copy, n};
    return true;
}

/* "C: line" */
static bool read_line(struct reader *r, enum dir dir, struct span text)
{
    uint8_t *copy = arena_alloc(r->mem, text.n + 2);
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\r';
    copy[text.n + 1] = '\n';
    step_add(r, STEP_SAY, dir)->bytes = (struct span){copy, text.n + 2};
    return true;
}

/* "C* 1000 text": so many bytes, the text again and again. */
static bool read_repeat(struct reader *r, enum dir dir, struct span text)
{
    uint64_t n = 0;
    struct span unit = {NULL, 0};
    if (!span_uint(span_cut(&text, ' '), &n) || n > REPEAT_MAX)
        return fail(r, "wanted: C* COUNT TEXT");
    if (!unescape(r, text, &unit))
        return false;
    if (unit.n == 0)
        return fail(r, "nothing to repeat");
    uint8_t *bytes = arena_alloc(r->mem, (size_t)n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = unit.p[i % unit.n];
    step_add(r, STEP_SAY, dir)->bytes = (struct span){bytes, (size_t)n};
    return true;
}

static bool read_say(struct reader *r, struct span text)
{
    enum dir dir = text.p[0] == 'C' ? C2S : S2C;
    uint8_t how = text.p[1];
    text = span_skip(text, 2);
    if (text.n && text.p[0] == ' ')
        text = span_skip(text, 1);
    r->time += STEP_TIME;
    if (how == ':')
        return read_line(r, dir, text);
    if (how == '*')
        return read_repeat(r, dir, text);
    struct span bytes = {NULL, 0};
    if (!unescape(r, text, &bytes))
        return false;
    step_add(r, STEP_SAY, dir)->bytes = bytes;
    return true;
}

/* A value: "in quotes", or up to the next space.  No escapes: a quote within
 * quotes is the end only if a space or nothing follows. */
static struct span read_value(struct span *text)
{
    if (text->n == 0 || text->p[0] != '"')
        return span_cut(text, ' ');
    for (size_t i = 1; i < text->n; i++) {
        if (text->p[i] != '"' || (i + 1 < text->n && text->p[i + 1] != ' '))
            continue;
        struct span value = {text->p + 1, i - 1};
        *text = span_skip(*text, i + 2);
        return value;
    }
    return span_cut(text, ' ');
}

/* "= imap.response status=NO text="no such user"" */
static bool read_wanted(struct reader *r, struct span text, bool never)
{
    struct dialog *d = r->dialog;
    struct wanted w = {.never = never, .line = r->line};
    text = span_trim(text);
    w.kind = fact_kind_find(span_cut(&text, ' '));
    if (!w.kind)
        return fail(r, "no such fact in facts.def");
    while (text.n) {
        if (w.field_count == WANTED_FIELDS)
            return fail(r, "too many fields");
        struct wanted_field *f = &w.fields[w.field_count++];
        f->field = fact_field_find(w.kind, span_cut(&text, '='));
        if (!f->field)
            return fail(r, "this fact has no such field");
        f->value = read_value(&text);
    }
    d->wanted = arena_grow(r->mem, d->wanted, d->wanted_count, &d->wanted_room,
                           d->wanted_count + 1, sizeof w);
    d->wanted[d->wanted_count++] = w;
    return true;
}

static bool read_finding(struct reader *r, struct span text)
{
    struct dialog *d = r->dialog;
    d->findings =
        arena_grow(r->mem, d->findings, d->finding_count, &d->finding_room,
                   d->finding_count + 1, sizeof *d->findings);
    d->findings[d->finding_count++] = span_trim(text);
    return true;
}

static bool read_option(struct reader *r, struct span word)
{
    struct dialog *d = r->dialog;
    if (span_same(word, SPAN("show-users")))
        d->show_users = true;
    else if (span_same(word, SPAN("over-tls")))
        d->over_tls = true;
    else if (span_same(word, SPAN("midstream")))
        d->midstream = true;
    else if (span_same(word, SPAN("no-synack")))
        d->no_synack = true;
    else
        return fail(r,
                    "options are show-users, over-tls, midstream, no-synack");
    return true;
}

/* "fin", "reset S" */
static bool read_end(struct reader *r, struct span text)
{
    static const struct {
        struct span word;
        enum end end;
        enum dir closer;
    } ends[] = {
        {SPAN_INIT("fin"),     END_FIN,        C2S},
        {SPAN_INIT("fin C"),   END_FIN,        C2S},
        {SPAN_INIT("fin S"),   END_FIN,        S2C},
        {SPAN_INIT("reset"),   END_RESET,      S2C},
        {SPAN_INIT("reset C"), END_RESET,      C2S},
        {SPAN_INIT("reset S"), END_RESET,      S2C},
        {SPAN_INIT("timeout"), END_TIMEOUT,    C2S},
        {SPAN_INIT("capture"), END_OF_CAPTURE, C2S},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (!span_same(text, ends[i].word))
            continue;
        r->dialog->end = ends[i].end;
        r->dialog->closer = ends[i].closer;
        return true;
    }
    return fail(r, "ends are fin [C|S], reset [C|S], timeout, capture");
}

static bool read_pause(struct reader *r, const struct span word)
{
    char *rest;
    double seconds = strtod(arena_string(r->mem, word), &rest);
    if (*rest || seconds < 0 || seconds > 1e6)
        return fail(r, "wanted: @pause SECONDS");
    r->time += (int64_t)(seconds * (double)CLOCK_SECOND + 0.5);
    return true;
}

static bool read_gap(struct reader *r, struct span text)
{
    struct span side = span_cut(&text, ' ');
    uint64_t count = 0;
    if (side.n != 1 || (side.p[0] != 'C' && side.p[0] != 'S') ||
        !span_uint(span_trim(text), &count))
        return fail(r, "wanted: @gap C COUNT or @gap S COUNT");
    step_add(r, STEP_GAP, side.p[0] == 'C' ? C2S : S2C)->count = count;
    return true;
}

static bool read_directive(struct reader *r, struct span text)
{
    struct span name = span_cut(&text, ' ');
    uint64_t port = 0;
    text = span_trim(text);
    if (span_same(name, SPAN("pause")))
        return read_pause(r, text);
    if (span_same(name, SPAN("gap")))
        return read_gap(r, text);
    if (span_same(name, SPAN("end")))
        return read_end(r, text);
    if (span_same(name, SPAN("option")))
        return read_option(r, text);
    if (span_same(name, SPAN("tls"))) {
        step_add(r, STEP_TLS, C2S);
        return true;
    }
    if (span_same(name, SPAN("protocol"))) {
        r->dialog->protocol = text;
        return true;
    }
    if (span_same(name, SPAN("port")) && span_uint(text, &port) &&
        port <= UINT16_MAX) {
        r->dialog->port = (uint16_t)port;
        return true;
    }
    if (span_same(name, SPAN("date")) && clock_date(text, &r->dialog->date))
        return true;
    return fail(r, "directives are @protocol @port @option @pause @gap @tls "
                   "@end @date");
}

static bool read_one(struct reader *r, struct span line)
{
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (line.n >= 2 && (line.p[0] == 'C' || line.p[0] == 'S') &&
        (line.p[1] == ':' || line.p[1] == '<' || line.p[1] == '*'))
        return read_say(r, line);
    if (span_starts(line, SPAN("!=")))
        return read_wanted(r, span_skip(line, 2), true);
    switch (line.p[0]) {
    case '=':
        return read_wanted(r, span_skip(line, 1), false);
    case '!':
        return read_finding(r, span_skip(line, 1));
    case '@':
        return read_directive(r, span_skip(line, 1));
    default:
        return fail(r, "lines begin with C: C< C* S: S< S* = != ! @ or #");
    }
}

static bool slurp(const char *path, struct arena *mem, struct span *text,
                  struct err *err)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(err, "%s: can not be opened", path);
    uint8_t part[4096];
    size_t n = 0;
    size_t room = 0;
    uint8_t *all = NULL;
    for (size_t got; (got = fread(part, 1, sizeof part, f)) > 0; n += got) {
        all = arena_grow(mem, all, n, &room, n + got, 1);
        memcpy(all + n, part, got);
    }
    bool good = !ferror(f);
    fclose(f);
    *text = (struct span){all, n};
    return good || err_set(err, "%s: can not be read", path);
}

/* "tests/dialogs/imap-login-refused.dialog" is of imap; pop3, smtp, sieve. */
static void guess(const char *path, struct dialog *dialog)
{
    static const struct {
        const char *name;
        uint16_t port;
    } known[] = {
        {"imap",  143 },
        {"pop3",  110 },
        {"smtp",  25  },
        {"sieve", 4190}
    };
    const char *slash = strrchr(path, '/');
    struct span name = span_of(slash ? slash + 1 : path);
    name = span_first(name, span_find(name, '-'));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!span_same(name, span_of(known[i].name)))
            continue;
        dialog->protocol = span_of(known[i].name);
        dialog->port = known[i].port;
    }
}

bool dialog_read(const char *path, struct arena *mem, struct dialog *dialog,
                 struct err *err)
{
    struct reader r = {.dialog = dialog, .mem = mem, .err = err, .path = path};
    struct span text;
    struct span line;
    *dialog = (struct dialog){.end = END_FIN};
    guess(path, dialog);
    if (!slurp(path, mem, &text, err))
        return false;
    while (span_take_line(&text, &line)) {
        r.line++;
        if (!read_one(&r, line))
            return false;
    }
    if (text.n)
        return fail(&r, "the last line does not end");
    if (dialog->protocol.n == 0)
        return err_set(err, "%s: of which protocol? say @protocol", path);
    dialog->duration = r.time + STEP_TIME;
    return true;
}

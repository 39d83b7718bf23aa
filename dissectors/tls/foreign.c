/* foreign.c - see foreign.h.
 *
 * What a server says is shown as it is: a greeting, an HTTP status.  What a
 * client says may be a login, so of its line only known words are shown.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/foreign.h"

#include "tls/words.h"

static bool is_one_of(struct span word, const struct span *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (span_is(word, words[i]))
            return true;
    }
    return false;
}

#define IS_ONE_OF(word, table)                                                 \
    is_one_of((word), (table), sizeof(table) / sizeof *(table))

/* The command of a client's line, without its arguments; an IMAP tag becomes
 * an asterisk. */
static void client_line(struct span line, struct words *shown)
{
    static const struct span first[] = {
        SPAN_INIT("EHLO"),     SPAN_INIT("HELO"),    SPAN_INIT("LHLO"),
        SPAN_INIT("QUIT"),     SPAN_INIT("AUTH"),    SPAN_INIT("MAIL"),
        SPAN_INIT("STARTTLS"), SPAN_INIT("USER"),    SPAN_INIT("PASS"),
        SPAN_INIT("APOP"),     SPAN_INIT("CAPA"),    SPAN_INIT("STLS"),
        SPAN_INIT("GET"),      SPAN_INIT("HEAD"),    SPAN_INIT("POST"),
        SPAN_INIT("OPTIONS"),  SPAN_INIT("CONNECT"), SPAN_INIT("AUTHENTICATE"),
    };
    static const struct span second[] = {
        SPAN_INIT("LOGIN"),      SPAN_INIT("AUTHENTICATE"),
        SPAN_INIT("CAPABILITY"), SPAN_INIT("STARTTLS"),
        SPAN_INIT("NOOP"),       SPAN_INIT("ID"),
        SPAN_INIT("LOGOUT"),
    };
    struct span rest = line;
    struct span word = span_cut(&rest, ' ');
    struct span command = span_cut(&rest, ' ');
    if (IS_ONE_OF(word, first)) {
        words_add(shown, word);
        rest = command.n ? command : rest;
    } else if (IS_ONE_OF(command, second)) {
        words_add(shown, SPAN("*"));
        words_add(shown, command);
    } else {
        rest = line;
    }
    if (rest.n)
        words_add(shown, SPAN("..."));
}

static void tell(struct tls *tls, enum dir dir, struct facts *out)
{
    struct tls_half *half = &tls->half[dir];
    struct span line = span_trim((struct span){half->line, half->line_n});
    struct words shown = {.n = 0};
    tls->done = true;
    if (tls->foreign_told || tls->context->midstream || tls->midstream)
        return; /* in the middle of a stream anything may stand */
    tls->foreign_told = true;
    if (dir == C2S)
        client_line(line, &shown);
    else
        words_add_text(&shown, line);
    TELL(out, tls_not_tls, .side = side_name(dir), .line = words_span(&shown),
         .starttls = tls->context->starttls);
}

size_t foreign_feed(struct tls *tls, enum dir dir, struct span bytes,
                    struct facts *out)
{
    struct tls_half *half = &tls->half[dir];
    half->foreign = true;
    size_t used = 0;
    bool whole = false;
    while (used < bytes.n && !whole) {
        half->line[half->line_n++] = bytes.p[used++];
        whole = half->line[half->line_n - 1] == '\n' ||
                half->line_n == sizeof half->line;
    }
    if (whole)
        tell(tls, dir, out);
    return used;
}

void foreign_end(struct tls *tls, struct facts *out)
{
    for (int dir = C2S; dir <= S2C; dir++) {
        if (tls->half[dir].foreign && !tls->foreign_told)
            tell(tls, (enum dir)dir, out);
    }
}

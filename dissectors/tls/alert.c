/* alert.c - see alert.h.
 *
 *   level(1): 1 warning, 2 fatal   description(1)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/alert.h"

#include "base/cursor.h"
#include "tls/handshake.h"
#include "tls/names.h"
#include "tls/progress.h"

enum { WARNING = 1 };

enum description {
    CLOSE_NOTIFY = 0,
    NO_CERTIFICATE = 41, /* SSL 3.0: the client has none */
    USER_CANCELED = 90,
};

static void on_alert(struct tls *tls, enum dir dir, uint8_t level,
                     uint8_t description, struct facts *out)
{
    /* Most warnings (unrecognized_name, no_renegotiation) change nothing.  In
     * TLS 1.3 the level says nothing: all but two are fatal (6.2). */
    bool ends = level != WARNING || is_tls13(tls) ||
                description == CLOSE_NOTIFY || description == USER_CANCELED;
    if (ends)
        progress_left(tls, dir, facts_time(out));
    TELL(out, tls_alert, .by = side_name(dir),
         .level = level == WARNING ? SPAN("warning") : SPAN("fatal"),
         .desc = description, .name = name_of_alert(description),
         .after = reached_name(tls->reached),
         .answers_end = tls->left && tls->left_by != dir);
    if (description == NO_CERTIFICATE && dir == C2S)
        tls->certificate_empty = true;
    if (description == CLOSE_NOTIFY)
        tls->closed[dir] = true;
    if (ends)
        progress_refused(tls, dir);
}

void alert_bytes(struct tls *tls, enum dir dir, struct span content,
                 struct facts *out)
{
    struct cursor c = cursor_of(content);
    while (c.rest.n >= 2) {
        uint8_t level = cursor_u8(&c);
        on_alert(tls, dir, level, cursor_u8(&c), out);
    }
    if (c.rest.n)
        handshake_malformed(tls, dir, SPAN("half an alert"), out);
}

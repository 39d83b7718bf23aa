/* lines.h - one line of a mail protocol with everything private hidden.
 *
 * What is not understood is hidden: a line of a message that looks like nothing
 * a client or a server of the protocol says becomes filler.
 *
 *   C: a1 LOGIN bob hunter2        a1 LOGIN kqz xxxxxxx
 *   C: AUTH PLAIN AGJvYgBodW50     AUTH PLAIN (base64 of as many bytes)
 *   S: 250 <bob@example.org> ok    250 <kqz@example.org> ok
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REDACT_LINES_H
#define REDACT_LINES_H

#include "redact/words.h"

enum redact_protocol {
    REDACT_UNKNOWN,
    REDACT_IMAP,
    REDACT_POP3,
    REDACT_SMTP,
    REDACT_SIEVE,
};

enum { ASKED_MAX = 64 };

/* What one conversation is about, as far as it decides what is private. */
struct talk {
    struct hider hider;
    enum redact_protocol protocol;
    bool sasl;         /* the client's next lines are its answers */
    bool sasl_name;    /* the next of them is a user name */
    bool data;         /* SMTP: DATA was said, nobody has refused it yet */
    bool data_refused; /* ... but the latest reply was a refusal */
    bool http;         /* somebody speaks it: its header is to be kept */
    bool asked[ASKED_MAX]; /* POP3: whether each unanswered command asks for a
                              message; a ring */
    size_t asked_first, asked_count;
};

/* What follows the line, in the same direction. */
struct follows {
    uint64_t literal; /* bytes of content, then the line goes on */
    bool chunk;       /* the literal is not followed by a rest of the line */
    bool content;     /* lines of content, up to a dot */
};

/* After lost bytes: whether this line can hardly be one of a message, or the rest
 * of another.  client: it says it. */
bool line_is_sure(const struct talk *talk, bool client, struct span line);

/* In place; the line comes without its end.  tail: it goes on after a
 * literal. */
struct follows client_line(struct talk *talk, uint8_t *p, size_t n, bool tail);
struct follows server_line(struct talk *talk, uint8_t *p, size_t n, bool tail);

#endif

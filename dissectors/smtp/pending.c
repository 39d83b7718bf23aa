/* pending.c - the commands that wait for replies, oldest first.
 *
 * Normally the oldest one is answered next.  Where the capture missed
 * something the codes help: 354 is for DATA, 334 and 235 are for AUTH, 221 is
 * for QUIT; and DATA is never answered by 250.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

struct smtp_pending *smtp_pending_at(struct smtp *s, size_t i)
{
    if (i >= s->pending_n)
        return NULL;
    return &s->pending[(s->pending_first + i) % s->pending_room];
}

void smtp_pending_drop(struct smtp *s)
{
    s->pending_first = (s->pending_first + 1) % s->pending_room;
    s->pending_n--;
}

void smtp_pending_lose(struct smtp *s, struct facts *out)
{
    struct smtp_pending *p = smtp_pending_at(s, 0);
    if (p->verb->id == SMTP_AUTH)
        s->auth.open = false;
    smtp_transaction_answer(s, p, 0, out);
    smtp_pending_drop(s);
}

/* Twice the room; the old array stays in the arena, so growth is capped. */
static void grow(struct smtp *s)
{
    size_t room = s->pending_room ? s->pending_room * 2 : 8;
    struct smtp_pending *ring = arena_alloc(s->mem, room * sizeof *ring);
    for (size_t i = 0; i < s->pending_n; i++)
        ring[i] = *smtp_pending_at(s, i);
    s->pending = ring;
    s->pending_first = 0;
    s->pending_room = room;
}

struct smtp_pending *smtp_pending_add(struct smtp *s,
                                      const struct smtp_verb *verb,
                                      struct facts *out)
{
    if (s->pending_n == SMTP_PENDING_MAX)
        smtp_pending_lose(s, out);
    if (s->pending_n == s->pending_room)
        grow(s);
    s->pending_n++;
    struct smtp_pending *p = smtp_pending_at(s, s->pending_n - 1);
    *p = (struct smtp_pending){
        .verb = verb, .frame = facts_frame(out), .time = facts_time(out)};
    return p;
}

/* Whether a reply with this code can be meant for such a command. */
static bool fits(enum smtp_verb_id id, unsigned code, bool oldest)
{
    if (code >= 400)
        return true;
    switch ((int)id) {
    case SMTP_DATA:
        return code >= 300;
    case SMTP_XEXCH50: /* 354 first, then 250 */
        return true;
    case SMTP_AUTH:
        return code == 334 || code == 235;
    case SMTP_DATA_END:
        return code != 354 && code != 334 && code != 221;
    case SMTP_QUIT:
        return code == 221 || (oldest && code < 300);
    case SMTP_STARTTLS:
        return code == 220 || (oldest && code < 300);
    default:
        return code < 300 && code != 221 && code != 235;
    }
}

static bool is_message_end(const struct smtp_pending *p)
{
    return p->verb->id == SMTP_DATA_END || p->verb->id == SMTP_BDAT_LAST;
}

bool smtp_message_is_pending(struct smtp *s)
{
    const struct smtp_pending *p;
    for (size_t i = 0; (p = smtp_pending_at(s, i)); i++) {
        if (is_message_end(p))
            return true;
    }
    return false;
}

/* Junk is no command: a server may say 500 to each line of it, or nothing. */
static bool take_junk(struct smtp *s, unsigned code)
{
    struct smtp_pending *p = smtp_pending_at(s, 0);
    if (code < 500) {
        smtp_pending_drop(s);
        return false;
    }
    if (p->lines > 1) {
        p->lines--;
        return true;
    }
    smtp_pending_drop(s);
    return true;
}

/* The answers to what was asked before the message's end were lost. */
static void lose_until_message(struct smtp *s, struct facts *out)
{
    if (!smtp_message_is_pending(s))
        return;
    while (!is_message_end(smtp_pending_at(s, 0)))
        smtp_pending_lose(s, out);
}

/* Any of several may have been refused, or one that was not captured; and 421
 * may come when the only one has had its answer, 500 to a line that was no
 * command (RFC 5321 sections 3.8, 4.2.2). */
static bool refusal_is_doubtful(const struct smtp *s, unsigned code)
{
    if (code < 400 || s->pending_n == 0)
        return false;
    if (s->pending_n > 1)
        return s->server_doubt || s->client_doubt;
    return s->server_doubt && (code == 421 || code == 500);
}

struct smtp_pending *smtp_pending_match(struct smtp *s, unsigned code,
                                        struct facts *out)
{
    struct smtp_pending *p;
    while ((p = smtp_pending_at(s, 0)) && p->verb->id == SMTP_JUNK) {
        if (take_junk(s, code))
            return NULL;
    }
    if (refusal_is_doubtful(s, code)) {
        smtp_pending_lose(s, out);
        return NULL;
    }
    s->client_doubt = false;
    if (s->server_doubt && smtp_reply_takes_message(s))
        lose_until_message(s, out);
    for (size_t i = 0; (p = smtp_pending_at(s, i)); i++) {
        if (p->verb->id == SMTP_JUNK || !fits(p->verb->id, code, i == 0))
            continue;
        for (; i > 0; i--)
            smtp_pending_lose(s, out);
        return p;
    }
    return NULL;
}

bool smtp_starttls_is_pending(struct smtp *s)
{
    return s->pending_n > 0 &&
           smtp_pending_at(s, s->pending_n - 1)->verb->id == SMTP_STARTTLS;
}

void smtp_pending_unsend(struct smtp *s)
{
    for (size_t i = 0; i < s->pending_n; i++) {
        struct smtp_pending *p = smtp_pending_at(s, i);
        if (p->verb->id == SMTP_DATA_END) {
            p->verb = &smtp_junk;
            return;
        }
    }
}

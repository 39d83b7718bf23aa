/* mail.c - see mail.h.  SASL is in mail_sasl.c, what servers repeat in
 * mail_echo.c, who speaks what in mail_speaks.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail.h"

#include <string.h>

#include "base/account.h"
#include "base/clock.h"

void mail_keep(struct mail_kept *kept, struct span text)
{
    text = span_first(text, MAIL_KEPT_MAX);
    if (text.n)
        memcpy(kept->bytes, text.p, text.n);
    kept->n = (uint8_t)text.n;
}

void mail_keep_upper(struct mail_kept *kept, struct span text)
{
    mail_keep(kept, text);
    for (size_t i = 0; i < kept->n; i++) {
        uint8_t c = kept->bytes[i];
        if (c >= 'a' && c <= 'z')
            kept->bytes[i] = (uint8_t)(c - ('a' - 'A'));
    }
}

void mail_keep_more(struct mail_kept *kept, struct span text)
{
    size_t room = MAIL_KEPT_MAX - kept->n;
    if (kept->n && room && text.n) {
        kept->bytes[kept->n++] = ' ';
        room--;
    }
    text = span_first(text, room);
    if (text.n)
        memcpy(kept->bytes + kept->n, text.p, text.n);
    kept->n = (uint8_t)(kept->n + text.n);
}

struct span mail_word(struct span *line)
{
    while (line->n && line->p[0] == ' ')
        *line = span_skip(*line, 1);
    struct span word = span_cut(line, ' ');
    while (line->n && line->p[0] == ' ')
        *line = span_skip(*line, 1);
    return word;
}

bool mail_is_word(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                    (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                    c == '.' || c == '+' || c == '=';
        if (!good)
            return false;
    }
    return s.n > 0;
}

bool mail_has_digit(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    }
    return false;
}

/* Letters first, so that "[192.0.2.1] ready" has none. */
static bool is_code(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool later = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/';
        if (!letter && !(later && i > 0))
            return false;
    }
    return s.n > 0;
}

struct mail_code mail_code(struct span text)
{
    struct mail_code none = {
        {NULL, 0},
        {NULL, 0},
        text
    };
    if (text.n == 0 || text.p[0] != '[')
        return none;
    size_t end = span_find(text, ']');
    if (end == text.n)
        return none;
    struct mail_code found;
    found.argument = (struct span){text.p + 1, end - 1};
    found.code = mail_word(&found.argument);
    found.rest = span_trim(span_skip(text, end + 1));
    return is_code(found.code) ? found : none;
}

struct span mail_end(enum end why)
{
    switch (why) {
    case END_FIN:
        return SPAN("fin");
    case END_RESET:
        return SPAN("reset");
    case END_TIMEOUT:
        return SPAN("timeout");
    case END_OF_CAPTURE:
        break;
    }
    return SPAN("end-of-capture");
}

void mail_hold(struct mail_held *held, struct arena *mem, struct span line,
               const struct facts *out)
{
    line = span_first(line, FACT_TEXT_MAX);
    if (!held->bytes)
        held->bytes = arena_room(mem, FACT_TEXT_MAX);
    if (line.n)
        memcpy(held->bytes, line.p, line.n);
    held->n = line.n;
    held->followed = false;
    held->seen = facts_now(out);
}

struct span mail_held_take(struct mail_held *held, struct facts *out,
                           struct stamp *now)
{
    struct span line = {held->bytes, held->n};
    held->n = 0;
    if (line.n)
        *now = facts_swap_stamp(out, held->seen);
    return line;
}

bool mail_held_ended(const struct mail_held *held, enum end why)
{
    return held->followed || why == END_FIN || why == END_RESET;
}

double mail_since(const struct facts *facts, int64_t then)
{
    return then ? clock_seconds(facts_time(facts) - then) : 0;
}

double mail_waited(const struct flow_context *context, enum end why,
                   const struct facts *facts, int64_t since)
{
    return mail_since(facts, since) +
           clock_seconds(since ? flow_quiet(context, why) : 0);
}

void mail_client_leaves(const struct flow_context *context, bool first,
                        struct span line, struct facts *out)
{
    bool waited = first && !context->synack_missed;
    TELL(out, mail_close, .by = SPAN("client"),
         .waited = waited ? mail_since(out, context->established) : 0,
         .line = line);
}

bool mail_has_at(struct span user)
{
    size_t at = span_find(user, '@');
    return at > 0 && at + 1 < user.n;
}

uint64_t mail_account(struct span user)
{
    return account_number(user);
}

/* envelopes.c - see envelopes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/envelopes.h"

/* Where all places are taken, what was refused takes that of what was not: only
 * for the refused must somebody make up. */
static size_t place_for(struct envelopes *e, enum envelope_fate fate)
{
    size_t i = 0;
    if (e->count < ENVELOPES_MAX)
        return e->count++;
    e->more = true;
    while (i < ENVELOPES_MAX &&
           (fate != ENVELOPE_REFUSED || e->fate[i] == ENVELOPE_REFUSED))
        i++;
    return i;
}

/* One that was asked for before in this session gets another chance. */
static void add(struct envelopes *e, uint64_t number, enum envelope_fate fate)
{
    size_t i = 0;
    while (i < e->count && e->number[i] != number)
        i++;
    if (i < e->count && e->fate[i] == ENVELOPE_ACCEPTED)
        return;
    if (i == e->count)
        i = place_for(e, fate);
    if (i == ENVELOPES_MAX)
        return;
    e->number[i] = number;
    e->fate[i] = (uint8_t)fate;
}

static void decide(struct envelopes *e, enum envelope_fate fate)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->fate[i] == ENVELOPE_OPEN)
            e->fate[i] = (uint8_t)fate;
    }
}

static bool is_end(struct span command)
{
    return span_same(command, SPAN("DATA-END")) ||
           span_same(command, SPAN("BDAT-LAST"));
}

void envelopes_reply(struct envelopes *envelopes,
                     const struct fact_smtp_response *reply)
{
    bool rcpt = span_same(reply->command, SPAN("RCPT"));
    envelopes->for_good |=
        reply->code >= 500 && (rcpt || is_end(reply->command) ||
                               span_same(reply->command, SPAN("MAIL")));
    if (rcpt && reply->envelope)
        add(envelopes, reply->envelope,
            reply->code < 400 ? ENVELOPE_OPEN : ENVELOPE_REFUSED);
    else if (is_end(reply->command) && reply->code < 400)
        decide(envelopes, ENVELOPE_ACCEPTED);
    else if (is_end(reply->command) || span_same(reply->command, SPAN("MAIL")))
        decide(envelopes, ENVELOPE_REFUSED);
}

static bool has_accepted(const struct envelopes *e, uint64_t number)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->number[i] == number)
            return e->fate[i] == ENVELOPE_ACCEPTED;
    }
    return e->more;
}

bool envelopes_some_refused(const struct envelopes *envelopes)
{
    for (size_t i = 0; i < envelopes->count; i++) {
        if (envelopes->fate[i] == ENVELOPE_REFUSED)
            return true;
    }
    return false;
}

bool envelopes_made_up(const struct envelopes *before,
                       const struct envelopes *later)
{
    if (later->count == 0)
        return true;
    for (size_t i = 0; i < before->count; i++) {
        if (before->fate[i] != ENVELOPE_ACCEPTED &&
            !has_accepted(later, before->number[i]))
            return false;
    }
    return true;
}

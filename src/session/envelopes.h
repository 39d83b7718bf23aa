/* envelopes.h - for whom the messages of one session were, and who got them.
 *
 * One person's message that went through is no comfort to another whose
 * message did not.  Of each sender with a recipient a number is kept that
 * stands for the two; the addresses are not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_ENVELOPES_H
#define SESSION_ENVELOPES_H

#include "fact/store.h"

enum { ENVELOPES_MAX = 8 };

enum envelope_fate { ENVELOPE_OPEN, ENVELOPE_REFUSED, ENVELOPE_ACCEPTED };

struct envelopes {
    uint64_t number[ENVELOPES_MAX];
    uint8_t fate[ENVELOPES_MAX]; /* enum envelope_fate */
    uint8_t count;
    bool more; /* there were others, of which nothing is known */
    bool for_good; /* something was refused that is not to be tried again */
};

/* A reply to RCPT, or to what follows it.  Replies of LMTP, one for each
 * recipient, are taken for the first one of them. */
void envelopes_reply(struct envelopes *envelopes,
                     const struct fact_smtp_response *reply);

/* Is one known who did not get a message? */
bool envelopes_some_refused(const struct envelopes *envelopes);

/* Could be that `later` brought all those their message who had not got it
 * `before`?  Yes where nothing is known of one of them. */
bool envelopes_made_up(const struct envelopes *before,
                       const struct envelopes *later);

#endif

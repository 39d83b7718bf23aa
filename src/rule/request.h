/* request.h - which command of the client an answer answers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_REQUEST_H
#define RULE_REQUEST_H

#include "fact/store.h"

/* The last request before the answer with the same command, and the same tag
 * where both have one: an imap.request for an imap.response or for a mail.login
 * of IMAP.  NULL: the fact is no answer, or its request was not captured. */
const struct fact *request_of(const struct facts *facts,
                              const struct fact *answer);

#endif

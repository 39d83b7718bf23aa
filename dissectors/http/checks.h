/* checks.h - the questions with which systems ask the web whether the way out
 * is open, and the answers they got.
 *
 * Phones, computers and browsers fetch a well-known page over plain HTTP and
 * know its content.  A Wi-Fi that wants one to sign in first answers in
 * its place (RFC 8952).  No other HTTP is looked at.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_HTTP_CHECKS_H
#define DISSECTORS_HTTP_CHECKS_H

#include "base/address.h"
#include "fact/store.h"

enum {
    HTTP_PORT = 80,
    CHECKS_MAX = 64,      /* the last ones are kept */
    CHECK_LOCATION = 160, /* and of where it sends one */
};

struct checks;

struct checks *checks_new(void);
void checks_free(struct checks **checks);

/* Content to the server's port 80, or from it; `flow` tells connections apart.
 * One segment is enough: questions are short and answers begin with what
 * counts. */
void checks_request(struct checks *checks, uint64_t flow,
                    const struct address *client, struct span content,
                    uint64_t frame, int64_t time);
void checks_answer(struct checks *checks, uint64_t flow, struct span content,
                   uint64_t frame, int64_t time);

/* Tells http.check for each, answered or not, in their order.  capture_start:
 * time of the first packet. */
void checks_tell(const struct checks *checks, int64_t capture_start,
                 struct facts *out);

#endif

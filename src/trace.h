/* trace.h - the facts of one session, kept beyond its end for who asks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TRACE_H
#define TRACE_H

#include "fact/store.h"

/* A copy, in the order in which they were told. */
struct facts *trace_session(const struct facts *facts);

/* Adds what stands beside the connections and a mail session can not do
 * without: look-ups of its name, of its client; and whether there is a network
 * at all.  session: NULL if there was none, then of all mail hosts. */
void trace_beside(struct facts *trace, const struct facts *beside,
                  const struct fact_session *session);

#endif

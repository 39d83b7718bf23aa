/* script.h - what one connection says in the redacted copy, byte by byte.
 *
 * The first reading of a capture writes it, from the streams in order; the
 * second asks it for the content of each packet, also of those that were sent
 * again.  Of bytes that never came in order nothing is known: they are hidden.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REDACT_SCRIPT_H
#define REDACT_SCRIPT_H

#include "fact/fact.h"
#include "redact/lines.h"

struct script;

/* implicit_tls: of the port; midstream: the beginning was not captured.  The
 * counts are the caller's and must outlive it. */
struct script *script_new(enum redact_protocol protocol, bool implicit_tls,
                          bool midstream, uint64_t key,
                          struct redact_counts *counts);
void script_free(struct script **script);

/* What a stream hands over; how much was used (see stream.h). */
size_t script_data(struct script *script, enum dir dir, uint64_t offset,
                   struct span bytes);
void script_gap(struct script *script, enum dir dir, uint64_t lost);

/* Nothing follows: half a line is a line. */
void script_end(struct script *script);

/* In place: p holds the bytes at this offset; before the first (negative) or
 * unknown ones become filler. */
void script_apply(const struct script *script, enum dir dir, int64_t offset,
                  uint8_t *p, size_t n);

#endif

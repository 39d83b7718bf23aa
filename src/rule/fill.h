/* fill.h - texts with {places}: `says`, remedies and commands.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_FILL_H
#define RULE_FILL_H

#include "base/text.h"
#include "rule/parse.h"

struct template;

/* Compiles a text of which every {place} must stand for something.  In a
 * command what is filled in is quoted for a shell, for it comes from strangers
 * and people paste it.  NULL: it was complained about. */
const struct template *template_parse(const struct parsing *parsing,
                                      struct names *names, const char *text,
                                      unsigned line, bool command);

/* What {client}, {caller}, {server}, {port}, {host}, {time}, {clock}, {from},
 * {until} and {starttls} stand for; "" where unknown.  Not yet safe to print. */
struct who {
    struct span client, server, port, host;
    const char *time, *clock, *from, *until;
    bool translated; /* the server sees another address of the client (NAT) */
    const char *starttls; /* an option of openssl s_client, or "" */
};

/* Appends the text with everything filled in, safe to print. */
void template_fill(const struct template *template, struct view *view,
                   const struct who *who, struct text *out);

#endif

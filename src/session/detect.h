/* detect.h - which protocol is it?  By what is said; the port is a hint.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SESSION_DETECT_H
#define SESSION_DETECT_H

#include "dissector.h"

enum detect { DETECT_LATER, DETECT_MAIL, DETECT_TLS, DETECT_FOREIGN };

struct detected {
    enum detect what;
    const struct dissector *mail; /* with DETECT_MAIL */
};

/* Judges by the first bytes of each side (either may be empty).  forced: what
 * the user says the port is, or NULL.  final: nothing more will come, so
 * DETECT_LATER is no answer. */
struct detected detect(struct span client, struct span server, uint16_t port,
                       const struct dissector *forced, bool midstream,
                       bool final);

/* The same for content known to be mail (decrypted on a mail port): the
 * dissector that fits best, or the port's; NULL while it is too early. */
const struct dissector *detect_mail(struct span client, struct span server,
                                    uint16_t port);

/* The port is for mail, so even silence on it is about mail.  Not so 2525 and
 * 24, which serve other things as well. */
bool detect_port_is_mail(uint16_t port);

/* Starts like the greeting of a mail server. */
bool detect_greeting(struct span server);

#endif

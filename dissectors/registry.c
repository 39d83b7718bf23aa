/* registry.c - all dissectors, and what ports are for.
 *
 * To add a protocol: its dissector in `dissectors`, its ports in `ports`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dissector.h"

/* In the order of probing.  TLS first: its probe can hardly be wrong.  The
 * order of the others does not matter as long as no two are equally sure of
 * the same bytes; tests/unit/dissectors/test_mail_registry.c sees to that. */
const struct dissector *const dissectors[] = {
    &tls_dissector,  &imap_dissector,  &pop3_dissector,
    &smtp_dissector, &sieve_dissector,
};
const size_t dissector_count = sizeof dissectors / sizeof dissectors[0];

static const struct port {
    uint16_t port;
    bool implicit_tls;
    const char *protocol;
} ports[] = {
    {24,   false, "smtp" }, /* LMTP, by custom (RFC 2033 forbids 25) */
    {25,   false, "smtp" },
    {110,  false, "pop3" },
    {143,  false, "imap" },
    {465,  true,  "smtp" }, /* submissions (RFC 8314) */
    {587,  false, "smtp" },
    {993,  true,  "imap" },
    {995,  true,  "pop3" },
    {2525, false, "smtp" }, /* where 25 and 587 are blocked; not registered */
    {4190, false, "sieve"},
};

static const struct port *port_find(uint16_t port)
{
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        if (ports[i].port == port)
            return &ports[i];
    }
    return NULL;
}

const char *port_protocol(uint16_t port)
{
    const struct port *found = port_find(port);
    return found ? found->protocol : NULL;
}

bool port_is_implicit_tls(uint16_t port)
{
    const struct port *found = port_find(port);
    return found && found->implicit_tls;
}

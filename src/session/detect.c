/* detect.c - see detect.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/detect.h"

#include <string.h>

/* Being the protocol that the port is for counts this much. */
enum { PORT_BONUS = 25 };

static const struct dissector *expected(uint16_t port)
{
    const char *name = port_protocol(port);
    for (size_t i = 0; name && i < dissector_count; i++) {
        if (strcmp(dissectors[i]->name, name) == 0)
            return dissectors[i];
    }
    return NULL;
}

bool detect_port_is_mail(uint16_t port)
{
    return port_protocol(port) && port != 2525 && port != 24;
}

bool detect_greeting(struct span server)
{
    return span_starts(server, SPAN("220 ")) ||
           span_starts(server, SPAN("220-")) ||
           span_starts(server, SPAN("* OK")) ||
           span_starts(server, SPAN("* PREAUTH")) ||
           span_starts(server, SPAN("* BYE")) ||
           span_starts(server, SPAN("+OK")) ||
           span_starts(server, SPAN("\"IMPLEMENTATION\""));
}

static bool has_line(struct span bytes)
{
    return span_find(bytes, '\n') < bytes.n;
}

static const struct dissector *best_mail(struct span client, struct span server,
                                         uint16_t port, int *score)
{
    const struct dissector *best = NULL, *port_mail = expected(port);
    *score = port_mail ? port_mail->probe(client, server) + PORT_BONUS : 0;
    if (*score >= PROBE_SURE + PORT_BONUS)
        return port_mail; /* nobody can be surer */
    *score = 0;
    for (size_t i = 0; i < dissector_count; i++) {
        if (dissectors[i] == &tls_dissector)
            continue;
        int s = dissectors[i]->probe(client, server);
        if (s >= PROBE_MAYBE && dissectors[i] == port_mail)
            s += PORT_BONUS;
        if (s > *score) {
            *score = s;
            best = dissectors[i];
        }
    }
    return best;
}

const struct dissector *detect_mail(struct span client, struct span server,
                                    uint16_t port)
{
    int score;
    const struct dissector *best = best_mail(client, server, port, &score);
    if (best && score >= PROBE_LIKELY)
        return best;
    if (!has_line(server) && client.n + server.n < 4096)
        return NULL;
    return best ? best : expected(port);
}

struct detected detect(struct span client, struct span server, uint16_t port,
                       const struct dissector *forced, bool midstream,
                       bool final)
{
    const struct detected later = {DETECT_LATER, NULL};
    const struct detected foreign = {DETECT_FOREIGN, NULL};
    const struct dissector *port_mail = forced ? forced : expected(port);
    bool sure_port = forced || detect_port_is_mail(port);
    int score;

    if ((sure_port || midstream) &&
        tls_dissector.probe(client, server) >= PROBE_LIKELY)
        return (struct detected){DETECT_TLS, NULL};
    if (forced == &tls_dissector)
        return foreign;
    const struct dissector *best = best_mail(client, server, port, &score);
    if (sure_port) {
        if (best && score >= PROBE_LIKELY && (has_line(server) || final))
            return (struct detected){DETECT_MAIL, best};
        /* Nothing that we know, but the port is for mail: its dissector says
         * what was said instead. */
        if (has_line(server) || final || midstream)
            return (struct detected){DETECT_MAIL, port_mail};
        return later;
    }
    if (best && score >= PROBE_SURE && has_line(server))
        return (struct detected){DETECT_MAIL, best};
    if (final || (has_line(client) && has_line(server)) ||
        client.n + server.n > 4096)
        return foreign;
    return later;
}

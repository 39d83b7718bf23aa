/* secure_sites.c - see secure_sites.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "secure_sites.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tls/server_name.h"

enum { NAME_MAX_BYTES = 255 }; /* RFC 1035 section 2.3.4 */

struct site {
    struct address client, server;
    uint8_t name[NAME_MAX_BYTES];
    size_t n;
    uint64_t frame; /* of the first */
    int64_t time;
};

struct secure_sites {
    struct site list[SECURE_SITES_MAX];
    size_t count;
};

struct secure_sites *secure_sites_new(void)
{
    return must_alloc(sizeof(struct secure_sites));
}

void secure_sites_free(struct secure_sites **sites)
{
    free(*sites);
    *sites = NULL;
}

static bool is_known(const struct secure_sites *sites,
                     const struct address *client, struct span name)
{
    for (size_t i = 0; i < sites->count; i++) {
        const struct site *site = &sites->list[i];
        if (address_same(&site->client, client) &&
            span_is((struct span){site->name, site->n}, name))
            return true;
    }
    return false;
}

void secure_sites_segment(struct secure_sites *sites,
                          const struct address *client,
                          const struct address *server, struct span content,
                          uint64_t frame, int64_t time)
{
    struct span name = tls_server_name(content);
    if (name.n == 0 || name.n > NAME_MAX_BYTES ||
        sites->count == SECURE_SITES_MAX || is_known(sites, client, name))
        return;
    struct site *site = &sites->list[sites->count++];
    *site = (struct site){
        .client = *client,
        .server = *server,
        .n = name.n,
        .frame = frame,
        .time = time,
    };
    memcpy(site->name, name.p, name.n);
}

void secure_sites_tell(const struct secure_sites *sites, struct facts *out)
{
    for (size_t i = 0; i < sites->count; i++) {
        const struct site *site = &sites->list[i];
        char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
        address_text(&site->client, client);
        address_text(&site->server, server);
        facts_stamp(out, site->frame, site->time);
        TELL(out, web_connection, .client = span_of(client),
             .server = span_of(server), .name = {site->name, site->n});
    }
}

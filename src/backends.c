/* backends.c - see backends.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "backends.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "flow/idents.h"

enum {
    SERVERS_MAX = 1024, /* the addresses of mail servers, by hash */
    HERE_MAX = 16,      /* addresses of one host */
    FAILED_MAX = 256,   /* the first are kept: what is down stays down */
    PORT_SMTP = 25,
    PORT_DNS = 53,
};

/* What a server took over it passes on at once. */
#define AFTER_SESSION (10 * CLOCK_SECOND)

/* Who is refused at one address of a service tries the next one at once. */
#define NEXT_ADDRESS_WITHIN (10 * CLOCK_SECOND)

/* A connection that a mail server asked for and did not get. */
struct failed {
    struct address asker, target;
    uint16_t port;
    bool refused; /* else no answer came */
    uint64_t frame;
    int64_t time;
};

struct backends {
    struct address servers[SERVERS_MAX];
    struct address here[HERE_MAX];
    size_t here_count;
    struct failed failed[FAILED_MAX];
    size_t failed_count;
};

struct backends *backends_new(void)
{
    return must_alloc(sizeof(struct backends));
}

void backends_free(struct backends **backends)
{
    free(*backends);
    *backends = NULL;
}

static bool is_loopback(const struct address *a)
{
    return address_class(a) == ADDRESS_LOOPBACK;
}

/* ---- whose packets these are ---- */

static bool is_here(const struct backends *b, const struct address *a)
{
    for (size_t i = 0; i < b->here_count; i++) {
        if (address_same(&b->here[i], a))
            return true;
    }
    return is_loopback(a);
}

void backends_packet(struct backends *b, const struct packet *p)
{
    if (p->sent_here && b->here_count < HERE_MAX && !is_here(b, &p->source))
        b->here[b->here_count++] = p->source;
}

/* ---- connections ---- */

static size_t place_of(const struct address *a)
{
    return hash_bytes((struct span){a->bytes, sizeof a->bytes}, 1) %
           SERVERS_MAX;
}

void backends_serves(struct backends *b, const struct flow *flow)
{
    const struct address *server = &flow->side[S2C].address;
    b->servers[place_of(server)] = *server;
}

static bool may_be_servers(const struct backends *b, const struct address *a)
{
    return is_loopback(a) || address_same(&b->servers[place_of(a)], a);
}

/* What a server asks of others for reasons that lie with them: it looks up a
 * name, asks who its client is (RFC 1413), delivers a message. */
static bool is_for_others(const struct flow_side *target)
{
    return target->port == PORT_DNS || target->port == IDENT_PORT ||
           (target->port == PORT_SMTP && !is_loopback(&target->address));
}

/* Another address of the same service took the connection. */
static void overcome(struct backends *b, const struct flow *flow)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->failed_count; i++) {
        const struct failed *f = &b->failed[i];
        int64_t later = flow->first_time - f->time;
        if (f->port != flow->side[S2C].port ||
            is_loopback(&f->asker) != is_loopback(&flow->side[C2S].address) ||
            later < 0 || later > NEXT_ADDRESS_WITHIN)
            b->failed[kept++] = *f;
    }
    b->failed_count = kept;
}

void backends_over(struct backends *b, const struct flow *flow)
{
    const struct flow_side *asker = &flow->side[C2S],
                           *target = &flow->side[S2C];
    bool refused = flow->handshake == FLOW_REFUSED;
    if (flow->handshake == FLOW_FULL && b->failed_count)
        overcome(b, flow);
    if ((!refused && flow->handshake != FLOW_SYN_ONLY) || flow->translated ||
        b->failed_count == FAILED_MAX || is_for_others(target) ||
        !may_be_servers(b, &asker->address))
        return;
    b->failed[b->failed_count++] = (struct failed){
        .asker = asker->address,
        .target = target->address,
        .port = target->port,
        .refused = refused,
        .frame = refused ? target->first_frame : flow->first_frame,
        .time = flow->first_time,
    };
}

/* ---- the end ---- */

/* By the ports that the programs' own documentation has. */
static struct span service_at(uint16_t port)
{
    static const struct {
        uint16_t port;
        struct span service;
    } usual[] = {
        {24,    SPAN_INIT("LMTP")         },
        {88,    SPAN_INIT("Kerberos")     },
        {110,   SPAN_INIT("POP3")         },
        {143,   SPAN_INIT("IMAP")         },
        {389,   SPAN_INIT("LDAP")         },
        {636,   SPAN_INIT("LDAP over TLS")},
        {783,   SPAN_INIT("SpamAssassin") },
        {993,   SPAN_INIT("IMAP over TLS")},
        {995,   SPAN_INIT("POP3 over TLS")},
        {2003,  SPAN_INIT("LMTP")         },
        {3268,  SPAN_INIT("LDAP")         },
        {3306,  SPAN_INIT("MySQL")        },
        {3310,  SPAN_INIT("ClamAV")       },
        {5432,  SPAN_INIT("PostgreSQL")   },
        {6379,  SPAN_INIT("Redis")        },
        {8891,  SPAN_INIT("OpenDKIM")     },
        {8893,  SPAN_INIT("OpenDMARC")    },
        {10023, SPAN_INIT("Postgrey")     },
        {10024, SPAN_INIT("amavis")       },
        {11332, SPAN_INIT("rspamd")       },
        {11334, SPAN_INIT("rspamd")       },
    };
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (usual[i].port == port)
            return usual[i].service;
    }
    return SPAN("another service");
}

/* Whether the session's server is who asked: an address of the same host is
 * enough, where the connection stayed on that host. */
static bool asked(const struct backends *b, const struct failed *f,
                  const struct fact_session *session)
{
    char text[ADDRESS_TEXT];
    address_text(&f->asker, text);
    if (span_same(session->server, span_of(text)))
        return true;
    if (!is_loopback(&f->asker))
        return false;
    for (size_t i = 0; i < b->here_count; i++) {
        address_text(&b->here[i], text);
        if (span_same(session->server, span_of(text)))
            return true;
    }
    return false;
}

/* The packet with the answer to the last message it took; 0 if it took none. */
static uint64_t message_taken(const struct book_entry *entry)
{
    for (size_t i = 0; i < entry->milestone_count; i++) {
        if (entry->sent && entry->milestones[i].kind == MILESTONE_MESSAGE)
            return entry->milestones[i].frame;
    }
    return 0;
}

static void tell(const struct failed *f, const struct book_entry *entry,
                 struct facts *out)
{
    char target[ADDRESS_TEXT];
    uint64_t taken = message_taken(entry);
    address_text(&f->target, target);
    facts_stamp(out, f->frame, f->time);
    TELL(out, backend_failed, .server = entry->session.server,
         .address = span_of(target), .port = f->port,
         .service = service_at(f->port),
         .how = f->refused ? SPAN("refused") : SPAN("unanswered"),
         .local = is_loopback(&f->target), .session = entry->session.id,
         .after_message = taken && f->frame > taken,
         .after_end = f->time > book_end(entry));
}

void backends_tell(const struct backends *b, struct book *book,
                   struct facts *out)
{
    for (size_t i = 0; i < b->failed_count; i++) {
        const struct failed *f = &b->failed[i];
        for (size_t s = 0; s < book_count(book); s++) {
            const struct book_entry *entry = book_get(book, s);
            if (f->time >= entry->start &&
                f->time <= book_end(entry) + AFTER_SESSION &&
                asked(b, f, &entry->session))
                tell(f, entry, out);
        }
    }
}

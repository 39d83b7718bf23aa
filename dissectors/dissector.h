/* dissector.h - what the pipeline asks of a protocol, and the only way in.
 *
 * A dissector turns one flow's bytes into facts.  It does no I/O, keeps no
 * global state, has no opinion about what is wrong (rules have), and treats
 * every byte as hostile.  It buffers nothing: bytes it does not use are
 * offered again, in front of the bytes that follow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_DISSECTOR_H
#define DISSECTORS_DISSECTOR_H

#include "base/arena.h"
#include "base/span.h"
#include "fact/fact.h"
#include "fact/store.h"
#include "tlsa.h"

enum end { END_FIN, END_RESET, END_TIMEOUT, END_OF_CAPTURE };

struct chunk {
    enum dir dir;
    uint64_t offset;   /* of bytes.p[0] in this direction's stream */
    struct span bytes; /* borrowed: gone when feed() returns */
};

/* What feed() made of a chunk.  used < bytes.n and nothing else set means
 * "the rest is half a message, come back with more".  The pipeline caps how
 * much may wait; past the cap it calls gap(). */
struct fed {
    size_t used;

    /* STARTTLS was agreed upon: what follows in both directions is TLS.  The
     * dissector is kept, and gets the decrypted bytes where there are keys. */
    bool starttls;

    /* Set by the TLS dissector: content that it decrypted from what it used of
     * this chunk, said by chunk->dir.  Borrowed until the next call.  It may
     * use one record at a time; it is called again at once for the rest. */
    struct span clear;

    /* Nothing more can be learnt from this flow's bytes (encrypted bulk without
     * keys, or a protocol that is not ours): stop reassembling.  Both
     * directions; close() is still called. */
    bool done;
};

struct tls_keys;  /* tls/keys.h: what a key log gave */
struct tls_trust; /* dissectors/tls/trust.h: which CAs are believed */

/* What a dissector may know about its flow besides the bytes.  Outlives it. */
struct flow_context {
    uint16_t server_port;
    struct span server_name;    /* what the client looked up; may be empty */
    struct span server_address; /* as text */
    struct tlsa_set tlsa;       /* what the client looked up of it; borrowed */
    bool starttls;              /* for TLS: it began after STARTTLS */
    bool over_tls;  /* for mail: all of its bytes come out of TLS (port 993) */
    bool midstream; /* the beginning was not captured: no greeting to expect */
    bool synack_missed; /* nor is it known where what the server says begins */
    int64_t established; /* when the handshake was done; 0 if that is unknown */
    const struct tls_keys *keys;   /* may be NULL */
    const struct tls_trust *trust; /* may be NULL: chains are then not built */

    /* What TCP knows.  A FIN is known from its packet on, the rest before
     * close() is called. */
    bool
        closed_by_known; /* FIN or RST was seen, and closed_by sent the first */
    enum dir closed_by;
    int64_t closed_time;   /* of the first FIN; 0 if there was none */
    uint64_t acknowledged; /* how much of the client's stream the server's TCP
                              has acknowledged, as an offset; 0 if unknown */
    bool heard_known;
    uint64_t heard; /* the same of the server's stream and the client's TCP */
    int64_t quiet; /* ns from the last packet to the end of the capture */
};

/* For how long nothing came before it was over, where no packet ended it. */
static inline int64_t flow_quiet(const struct flow_context *context,
                                 enum end why)
{
    return why == END_OF_CAPTURE || why == END_TIMEOUT ? context->quiet : 0;
}

/* How sure probe() is. */
enum { PROBE_NO = 0, PROBE_MAYBE = 30, PROBE_LIKELY = 60, PROBE_SURE = 90 };

struct dissector {
    const char *name; /* "imap": a value of session.protocol */

    /* How sure, 0..100, that this flow speaks the protocol, judged by the
     * first bytes of each side (either may be empty).  Pure. */
    int (*probe)(struct span from_client, struct span from_server);

    /* State for one flow, zeroed; dies with mem, so there is no free(). */
    void *(*open)(struct arena *mem, const struct flow_context *context);

    /* However the stream is cut into chunks, the facts must be the same. */
    struct fed (*feed)(void *self, const struct chunk *in, struct facts *out);

    /* Whether so much of a line, whose end was never captured, says what it has
     * to say: then it is fed, with an end, before gap() is called.  NULL: it
     * never does.  Pure. */
    bool (*tells)(enum dir dir, struct span beginning);

    /* `lost` bytes were never captured.  Find the next safe place to read. */
    void (*gap)(void *self, enum dir dir, uint64_t lost, struct facts *out);

    /* The last call.  What is still pending is now known to be unanswered. */
    void (*close)(void *self, enum end why, struct facts *out);
};

/* dissectors/registry.c: all of them, in the order in which they are probed. */
extern const struct dissector *const dissectors[];
extern const size_t dissector_count;

extern const struct dissector imap_dissector;
extern const struct dissector pop3_dissector;
extern const struct dissector smtp_dissector;
extern const struct dissector sieve_dissector;
extern const struct dissector tls_dissector;

/* What a port is for: the name of a dissector, or NULL; and whether TLS is
 * expected from the first byte (RFC 8314).  A hint, never proof. */
const char *port_protocol(uint16_t port);
bool port_is_implicit_tls(uint16_t port);

#endif

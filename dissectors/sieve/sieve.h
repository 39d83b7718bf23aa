/* sieve.h - the state of one ManageSieve session, shared by this folder.
 *
 *   sieve.c     bytes in: lines and literals of both sides
 *   command.c   what the client says
 *   response.c  what the server says, and to which command
 *   string.c    strings and the literals that lines announce
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_SIEVE_SIEVE_H
#define DISSECTORS_SIEVE_SIEVE_H

#include "dissector.h"
#include "mail.h"

enum {
    SIEVE_LINE_MAX = 16384,   /* what is longer is passed over */
    SIEVE_STRING_MAX = 16384, /* a longer literal is not looked at */
    SIEVE_PENDING_MAX = 32,   /* commands waiting for replies */
    SIEVE_LIST_MAX = 512,     /* octets of the capabilities that are kept */
};

/* A command that waits for its reply. */
struct sieve_pending {
    const struct sieve_verb *verb;
    uint64_t frame;
    int64_t time; /* when the client last said something of it */
};

/* How the next bytes of a side are to be read. */
struct sieve_half {
    uint64_t literal; /* bytes of one that are still to be passed over */
    bool rest;        /* the line goes on, with nothing of interest */
};

struct sieve_auth {
    bool open, cancelled;
    uint64_t attempts;
    uint64_t prompts, said; /* challenges, and the client's answers */
    struct mail_kept mechanism, user;
    bool user_known;
};

/* Capability lines seen since the last OK. */
struct sieve_offer {
    bool any, starttls;
    size_t n;
    uint8_t list[SIEVE_LIST_MAX];
    struct mail_kept implementation, mechanisms;
};

struct sieve {
    const struct flow_context *context;
    struct arena *mem;
    bool over_tls, logged_in, offers_starttls;
    bool greeted;
    bool anew;        /* TLS has begun: the server lists its capabilities again
                         (RFC 5804 section 2.2) */
    bool met;         /* the first bytes of the server were looked at */
    bool foreign;     /* it speaks something else */
    bool client_met;  /* the same of the client */
    bool no_lines;    /* what it says is no text */
    bool wrong_told;  /* it speaks something else */
    bool server_left; /* BYE was said */
    struct sieve_half half[2];
    struct sieve_auth auth;
    struct mail_secrets *secrets;
    struct sieve_offer offer;
    struct sieve_pending pending[SIEVE_PENDING_MAX];
    size_t pending_n;
};

/* ---- string.c ---- */

/* Cuts a "quoted string" off the front of *line, or a word if there is none;
 * escapes stay as they are. */
struct span sieve_string(struct span *line);
/* A literal {n} or {n+} that the line ends with. */
bool sieve_announces(struct span line, uint64_t *n);

/* ---- command.c ---- */

struct sieve_verb {
    struct span name;
    struct span stage; /* of mail.unanswered */
};

/* A line of the client; `literal` is what it announced, where that was waited
 * for. */
void sieve_command(struct sieve *s, struct span line, struct span literal,
                   struct facts *out);
/* The literal that the line announces is worth waiting for. */
bool sieve_command_needs_literal(const struct sieve *s, struct span line);
void sieve_pending_drop(struct sieve *s);

/* ---- response.c ---- */

/* A line of the server; true when TLS is next.  `extra` bytes came in the same
 * packet behind it. */
bool sieve_response(struct sieve *s, struct span line, struct span literal,
                    uint64_t extra, struct facts *out);
bool sieve_response_needs_literal(struct span line);
void sieve_unanswered(struct sieve *s, enum end why, struct facts *out);

#endif

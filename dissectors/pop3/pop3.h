/* pop3.h - the state of one POP3 session, shared by the files of this folder.
 *
 *   pop3.c      bytes in: which of the below gets them
 *   pending.c   the commands that wait for replies
 *   request.c   a command of the client
 *   status.c    the words of a reply
 *   reply.c     a line of the server, and the command it answers
 *   content.c   what follows a +OK up to the dot: messages, lists, CAPA
 *   login.c     USER and PASS, APOP, AUTH, and what became of them
 *   end.c       what is known only when it is over
 *
 * Each command is answered by one reply, in order (RFC 1939 section 3, RFC
 * 2449 section 6.6), so commands wait in a queue.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_POP3_POP3_H
#define DISSECTORS_POP3_POP3_H

#include "mail.h"

enum {
    /* RFC 2449 section 4 allows 255 octets of a command and 512 of a reply,
     * SASL more.  The rest of a longer line is passed over. */
    POP3_LINE_MAX = 16384,
    POP3_PENDING_MAX = 256,  /* commands waiting for their replies */
    POP3_CAPA_MAX = 2048,    /* octets of a list of capabilities */
    POP3_MALFORMED_MAX = 16, /* lines in a row that are told as such */
};

enum pop3_what { /* commands that mean something here */
                 POP3_OTHER,
                 POP3_USER,
                 POP3_PASS,
                 POP3_APOP,
                 POP3_AUTH,
                 POP3_STLS,
                 POP3_CAPA,
                 POP3_STAT,
                 /* And UIDL, LANG (RFC 6856 section 3.2): many lines unless a
                  * message, a language is named. */
                 POP3_LIST,
                 POP3_RETR,
                 POP3_TOP,
                 POP3_DELE,
                 POP3_RSET,
                 POP3_QUIT,
                 POP3_EXTRA,   /* lines may follow, who knows (RFC 1082) */
                 POP3_UNKNOWN, /* so here */
};

struct pop3_verb {
    struct span name;
    enum pop3_what what;
    bool of_maildrop; /* only for who is logged in (RFC 1939 section 5) */
};

struct pop3_pending { /* a command that waits for its reply */
    const struct pop3_verb *verb;
    struct mail_kept name, mechanism;
    bool arguments; /* it has some */
    int64_t time;   /* when the client last said something of it */
};

struct pop3_content { /* the lines after a +OK, up to the dot */
    bool on;
    bool mid;    /* what comes next is not the beginning of a line */
    bool bare;   /* the server ends lines with LF alone */
    bool hole;   /* nor is it known how: bytes were lost just before */
    bool unsure; /* the end may have been lost */
    enum pop3_what what;
    struct mail_kept name;
    uint64_t announced, received;
    size_t n;      /* of CAPA */
    uint8_t *capa; /* POP3_CAPA_MAX; NULL before the first */
};

struct pop3_login { /* the attempt under way */
    bool sasl;      /* the client's lines are SASL messages */
    bool cancelled;
    bool open; /* its answer has not been seen */
    unsigned step;
    uint64_t attempts;
    bool user_known;
    struct mail_kept user;
    /* The server's report on a token, until it is known whether the client
     * answered it. */
    bool report;
    struct mail_oauth error;
    struct stamp report_seen;
};

/* USER was refused.  Whether that ends the attempt shows later. */
struct pop3_refusal {
    bool held;
    struct stamp seen;
    double latency;
    struct mail_kept code, text, line;
};

struct pop3 {
    struct arena *mem;
    const struct flow_context *context;
    bool over_tls, greeted, logged_in, offers_stls;
    bool client_heard;  /* some of what it said was captured */
    bool client_missed; /* and some was not */
    bool client_spoke;  /* its first line was judged */
    struct mail_foreign foreign[2];
    bool skip[2];         /* what comes next is the rest of a lost line */
    bool lost[2];         /* or, since bytes are missing, a line of its own */
    bool unsure;          /* lines of the server may be part of a message */
    bool list_may_follow; /* on the +OK to a command that is not known */
    bool after_message;   /* its next line follows the dot of a message */
    bool quit, capped;
    unsigned malformed; /* lines in a row that were no replies */
    uint64_t deleted, retrieved;
    struct pop3_content content;
    /* What a server says that has not heard a command: that it is about to hang
     * up, or, where the client's side was not captured, an answer. */
    struct mail_held early;
    struct mail_held held; /* while its lines are unsure */
    struct pop3_login login;
    struct mail_secrets *secrets;
    struct pop3_refusal refusal;
    struct pop3_pending *pending; /* oldest first */
    size_t pending_n, pending_room;
};

/* ---- pending.c ---- */

/* The new one is all zero, its verb still to be set; where too many wait, the
 * oldest gives way, which is told once. */
struct pop3_pending *pop3_pending_add(struct pop3 *pop, struct facts *out);
/* The oldest command of this kind that waits, or NULL. */
struct pop3_pending *pop3_pending_what(struct pop3 *pop, enum pop3_what what);
void pop3_pending_drop_first(struct pop3 *pop);

/* ---- request.c ---- */

void pop3_client_line(struct pop3 *pop, struct span line, struct facts *out);
/* The line is a command that POP3 has. */
bool pop3_is_command(struct span line);

/* ---- status.c ---- */

struct pop3_reply {
    struct span indicator; /* +OK or -ERR */
    struct mail_kept code; /* in capitals */
    struct span text, line;
};

/* `indicator` is empty where the line is no reply. */
struct pop3_reply pop3_reply_read(struct span line);
bool pop3_is_reply(struct span line);

/* ---- reply.c ---- */

/* A line of the server outside of content; `bare`: it ended with LF alone;
 * `after`: the bytes that follow it in the same chunk.  True: TLS is next. */
bool pop3_server_line(struct pop3 *pop, struct span line, bool bare,
                      struct span after, struct facts *out);

/* The line that is held, if there is one, was a reply. */
void pop3_held_settle(struct pop3 *pop, struct facts *out);

/* The client was heard, or the server hung up: what was said early was no
 * answer. */
void pop3_early_settle(struct pop3 *pop, struct facts *out);

/* ---- content.c ---- */

/* `text` is of the +OK to the command; `bare`: the server ends lines with LF
 * alone. */
void pop3_content_begin(struct pop3 *pop, enum pop3_what what, struct span name,
                        struct span text, bool bare);

/* The size of a message, as that text may announce it; 0 if it does not. */
uint64_t pop3_announced(struct span text);

enum pop3_took {
    POP3_TOOK_NOTHING, /* more must come first */
    POP3_TOOK_SOME,
    POP3_TOOK_END,  /* the dot */
    POP3_TOOK_LOST, /* nothing: the end was lost, a reply comes next */
};

/* Takes content from the front of *rest. */
enum pop3_took pop3_content_take(struct pop3 *pop, struct span *rest);

/* The dot has come; or it will not. */
void pop3_content_end(struct pop3 *pop, struct facts *out);
void pop3_content_cut_off(struct pop3 *pop, struct facts *out);

/* The next reply has come instead: if no bytes are missing, then the server
 * did not send the dot. */
void pop3_content_lost(struct pop3 *pop, struct facts *out);

void pop3_content_gap(struct pop3 *pop, uint64_t lost);

/* ---- login.c ---- */

void pop3_login_begin(struct pop3 *pop, struct pop3_pending *p,
                      struct span arguments);
bool pop3_login_takes(const struct pop3 *pop, struct span line);
void pop3_login_says(struct pop3 *pop, struct span line, struct facts *out);
/* What the server does it does only for who is logged in: the login, or its
 * answer, was not captured. */
void pop3_logged_in_unseen(struct pop3 *pop, const struct pop3_reply *reply,
                           struct facts *out);
void pop3_login_answered(struct pop3 *pop, const struct pop3_pending *p,
                         const struct pop3_reply *reply, struct facts *out);

void pop3_login_challenge(struct pop3 *pop, struct span text,
                          struct facts *out);

/* Tells the server's report on a token, if there is one. */
void pop3_login_report(struct pop3 *pop, bool answered, struct facts *out);

/* Tells the refusal of USER that is held back, or forgets it. */
void pop3_refusal_settle(struct pop3 *pop, bool ends_attempt,
                         struct facts *out);

/* ---- end.c ---- */

/* The dissector's close(). */
void pop3_end(void *self, enum end why, struct facts *out);

#endif

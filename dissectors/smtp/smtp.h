/* smtp.h - the state of one SMTP session, shared by the files of this folder.
 *
 *   smtp.c         bytes in: how each side's next bytes are to be read
 *   verbs.c        the commands that SMTP has
 *   command.c      a line of the client: what it says
 *   show.c         lines as they may be shown
 *   odd.c          what is odd about lines
 *   content.c      the message itself: passed over, its end found
 *   reply.c        lines of the server put together to replies
 *   answer.c       a reply meets the command it answers
 *   pending.c      the commands that wait for replies
 *   login.c        AUTH and what became of it
 *   transaction.c  the fate of each message
 *
 * Each command is answered by one reply, in order (RFC 5321 section 4.1.1,
 * RFC 2920), so commands wait in a queue.  What a command brings about is
 * decided when its reply is seen, never when it is sent: everything may be
 * sent at once, before the greeting even.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_SMTP_SMTP_H
#define DISSECTORS_SMTP_SMTP_H

#include "dissector.h"
#include "mail.h"

enum {
    /* RFC 4954 section 4 asks for 12288 octets of AUTH; the rest of a longer
     * line is passed over. */
    SMTP_LINE_MAX = 16384,
    SMTP_REPLY_MAX = 4096,   /* octets of a reply's texts that are kept */
    SMTP_PENDING_MAX = 1024, /* commands waiting for replies; then the oldest
                                is taken as never answered */
    SMTP_DOMAIN_MAX = 255,   /* RFC 5321 section 4.5.3.1.2 */
    SMTP_SHOWN_MAX = 1024,   /* octets of a line that are shown */
};

enum smtp_verb_id {
    SMTP_HELO, /* EHLO and LHLO too */
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_BDAT,
    SMTP_RSET,
    SMTP_QUIT,
    SMTP_AUTH,
    SMTP_STARTTLS,
    SMTP_LOOKUP, /* VRFY, EXPN: an address or a name follows */
    SMTP_PLAIN,  /* nothing to remember, arguments may be shown */
    SMTP_HIDDEN, /* nothing to remember, arguments may not */
    SMTP_XEXCH50, /* Exchange: n bytes of its own follow when 354 was said */
    /* Not verbs of the wire, but answered like commands. */
    SMTP_DATA_END,
    SMTP_BDAT_LAST,
    SMTP_JUNK, /* no command at all: a server may answer each line, or none */
};

struct smtp_verb {
    struct span name;
    enum smtp_verb_id id;
    struct span stage; /* of mail.unanswered */
};

/* A command that waits for its reply. */
struct smtp_pending {
    const struct smtp_verb *verb;
    uint64_t frame; /* where it was seen */
    int64_t time;   /* when the client last said something of it */
    uint64_t bytes; /* DATA-END: of the message; BDAT, XEXCH50: of the chunk */
    uint64_t lines; /* DATA-END: of the message; junk: how many */
    uint64_t replies; /* DATA-END over LMTP: how many more will come */
    uint64_t address; /* MAIL, RCPT: a hash of it */
    uint64_t size;    /* MAIL: what SIZE= announced */
    size_t domain_n;  /* MAIL, RCPT: what stands behind the @ */
    uint8_t domain[SMTP_DOMAIN_MAX];
};

/* How the client's next bytes are to be read. */
enum smtp_reading {
    SMTP_READ_LINE,
    SMTP_READ_REST,    /* the rest of a line that nobody needs */
    SMTP_READ_LOST,    /* bytes are missing: the rest of a line, or a new one */
    SMTP_READ_CONTENT, /* a message, up to the dot */
    SMTP_READ_CHUNK,   /* a message, or a part of it, by count */
    SMTP_READ_NOTHING, /* all the rest is something else than SMTP */
};

/* The message that is being sent after DATA. */
struct smtp_content {
    uint64_t bytes, lines;
    enum { IN_LINE, LINE_START, AFTER_DOT, AFTER_DOT_CR } at;
    bool cr;         /* the last byte was CR */
    bool bare_start; /* the line before this one ended with a bare LF */
    bool bare;       /* some line ended with a bare LF */
    bool lenient;    /* the client ends all its lines with a bare LF */
    bool doubtful;   /* something like the end came by, or bytes are missing */
    bool invited;    /* 354 was seen */
    bool answered;   /* the server did not wait for the end */
};

/* A reply whose lines are still coming in. */
struct smtp_reply {
    unsigned code;
    uint64_t lines;
    size_t enhanced_n;
    uint8_t enhanced[12]; /* "5.999.999" */
    size_t n;
    uint8_t texts[SMTP_REPLY_MAX]; /* of all lines, joined by LF */
    struct span line;              /* the last one; borrowed */
};

struct smtp_auth {
    bool open; /* AUTH was sent and not finally answered */
    bool cancelled;
    uint64_t attempts;
    uint64_t prompts, said; /* challenges, and the client's answers */
    struct mail_kept mechanism, user;
    bool user_known;
    /* The server's report of what is wrong with a token, until it is known
     * whether the client answered it. */
    bool reported;
    struct stamp report_seen;
    struct mail_oauth report;
};

/* A line, and where it was said, for facts that are told later. */
struct smtp_quote {
    struct stamp seen;
    unsigned code;
    size_t text_n, line_n;
    uint8_t text[SMTP_SHOWN_MAX], line[SMTP_SHOWN_MAX];
};

enum smtp_phase { SMTP_PHASE_MAIL, SMTP_PHASE_RCPT, SMTP_PHASE_DATA };

/* One message on its way, from MAIL on. */
struct smtp_transaction {
    bool open;
    bool doubtful;       /* a reply in it was never seen */
    uint64_t sender, to; /* hashes of the addresses */
    uint64_t recipients, accepted, refused, deferred, bytes, size;
    bool logged_in;
    enum smtp_phase phase;
    struct smtp_quote decisive; /* what took it, else the last refusal */
};

struct smtp {
    const struct flow_context *context;
    struct arena *mem;
    bool over_tls, greeted, lmtp, logged_in;
    bool offers_starttls, offers_anonymous_tls;
    bool foreign;     /* the server speaks something else: its lines are not
                         looked at any more */
    bool client_heard; /* some of what it said was captured */
    bool missed;       /* bytes of either side were not */
    bool wrong_told;  /* so does the client, and that was told */
    bool met;         /* the first bytes of the server were looked at */
    bool client_met;  /* and those of the client */
    bool server_left; /* 421 was said */
    int64_t quit_time; /* of the client's QUIT, if no command followed; or 0 */
    bool server_rest; /* the server's next bytes are the rest of a lost line */
    bool server_lost; /* or, since bytes are missing, a line of their own */
    bool server_doubt; /* replies were lost */
    bool client_doubt; /* commands were, and one may wait for the next reply */
    unsigned odd_told[2]; /* bits of enum smtp_odd, by side */

    enum smtp_reading reading;
    uint64_t chunk_left;
    struct smtp_content content;
    /* The client's lines may be the text of a message, so only what is surely
     * a command is taken for one. */
    bool guarded;
    bool text_lost; /* they are: DATA was refused, its text came all the same */
    struct smtp_quote data_refusal;

    struct smtp_reply reply;
    struct smtp_auth auth;
    struct mail_secrets *secrets;
    struct smtp_transaction now, held;

    struct smtp_pending *pending; /* a ring */
    size_t pending_first, pending_n, pending_room;
};

/* ---- verbs.c ---- */

extern const struct smtp_verb smtp_data_end, smtp_bdat_last, smtp_junk;
extern const struct smtp_verb smtp_verb_other; /* any word that is none */
const struct smtp_verb *smtp_verb_find(struct span word);

/* Cuts the first word off.  Tabs are not allowed there but taken by many. */
struct span smtp_word(struct span *line);

/* It is an SMTP command beyond doubt, not text that begins like one. */
bool smtp_command_is_sure(struct span line);

/* ---- command.c ---- */

/* One line of the client, with its end, or its first SMTP_LINE_MAX bytes.  out
 * was set to it. */
void smtp_command(struct smtp *s, struct span raw, struct facts *out);
/* The chunk that a BDAT announced has passed by. */
void smtp_chunk_end(struct smtp *s, const struct facts *out);

/* ---- odd.c ---- */

enum smtp_odd { SMTP_ODD_BARE, SMTP_ODD_LONG, SMTP_ODD_NUL, SMTP_ODD_REPLY };

/* Tells smtp.malformed, of each kind once per side. */
void smtp_malformed(struct smtp *s, enum dir side, enum smtp_odd odd,
                    struct span line, struct facts *out);

/* ---- show.c ---- */

struct smtp_shown {
    size_t n;
    uint8_t bytes[SMTP_SHOWN_MAX];
};

struct span smtp_shown_span(const struct smtp_shown *shown);
/* As much of the text as there is room for. */
void smtp_show(struct smtp_shown *shown, struct span text);
/* The same, with the local parts of addresses masked. */
void smtp_show_masked(struct smtp_shown *shown, struct span text,
                      struct facts *out);

/* An address out of MAIL FROM:<...>, and the parameters behind it. */
struct smtp_path {
    struct span keyword; /* "FROM:" as it was written */
    struct span address; /* without the angle brackets and source route */
    struct span domain;
    struct span parameters;
    bool angled;
    bool routed; /* it had a source route, or the local part is one */
};
struct smtp_path smtp_path_parse(struct span arguments);
void smtp_show_path(struct smtp_shown *shown, const struct smtp_path *path,
                    struct facts *out);
/* The value of a parameter KEY=VALUE; empty if it is not there. */
struct span smtp_parameter(struct span parameters, struct span key);

/* ---- content.c ---- */

void smtp_content_begin(struct smtp *s, bool lenient);
/* Passes over bytes of a message; true when its end was among them. */
bool smtp_content_pass(struct smtp_content *content, struct span *rest);
void smtp_content_end(struct smtp *s, struct facts *out);

/* ---- reply.c ---- */

/* Whether these bytes begin like a reply; of fewer there is no telling. */
enum { SMTP_REPLY_BEGINS = 4 };
bool smtp_reply_begins(struct span bytes);

/* Takes one line of the server; true when a reply is complete.  It stays so
 * until smtp_reply_reset(). */
bool smtp_reply_take(struct smtp *s, struct span line, struct facts *out);
void smtp_reply_reset(struct smtp *s);
/* All its texts, with a space between lines, as they may be shown. */
void smtp_reply_text(const struct smtp *s, struct smtp_shown *text,
                     struct facts *out);
void smtp_reply_line(const struct smtp *s, struct smtp_shown *line,
                     struct facts *out);
struct span smtp_reply_enhanced(const struct smtp *s);
/* Servers say "queued as ..." of nothing but a message. */
bool smtp_reply_takes_message(const struct smtp *s);

/* ---- answer.c ---- */

/* What the complete reply means; true when TLS is next.  `extra` bytes came in
 * the same packet behind it. */
bool smtp_answer(struct smtp *s, uint64_t extra, struct facts *out);
/* At the end of the session. */
void smtp_unanswered(struct smtp *s, enum end why, struct facts *out);

/* ---- pending.c ---- */

struct smtp_pending *smtp_pending_add(struct smtp *s,
                                      const struct smtp_verb *verb,
                                      struct facts *out);
/* The i-th, the one that waits longest first; NULL past the end. */
struct smtp_pending *smtp_pending_at(struct smtp *s, size_t i);
void smtp_pending_drop(struct smtp *s);
/* Nobody will ever see the reply to what waits longest. */
void smtp_pending_lose(struct smtp *s, struct facts *out);
/* The one that a reply with this code answers, put first in the queue; NULL
 * if there is none. */
struct smtp_pending *smtp_pending_match(struct smtp *s, unsigned code,
                                        struct facts *out);
bool smtp_starttls_is_pending(struct smtp *s);
/* The end of a message waits for its answer. */
bool smtp_message_is_pending(struct smtp *s);
/* The DATA whose reply was just seen was refused: what followed as its text is
 * lines that the server took for commands. */
void smtp_pending_unsend(struct smtp *s);

/* ---- login.c ---- */

void smtp_login_begin(struct smtp *s, struct span arguments,
                      struct facts *out);
/* Whether the line is part of a login under way; if so, it was taken. */
bool smtp_login_line(struct smtp *s, struct span line, struct facts *out);
void smtp_login_answer(struct smtp *s, const struct smtp_pending *p,
                       struct facts *out);
/* A reply to no command that was seen: two codes are said to AUTH alone. */
void smtp_login_unasked(struct smtp *s, struct facts *out);
/* The session ended with the login under way: whose turn was it? */
bool smtp_login_waits_for_client(const struct smtp *s);
void smtp_login_close(struct smtp *s, struct facts *out);

/* ---- transaction.c ---- */

void smtp_quote_reply(const struct smtp *s, struct smtp_quote *quote,
                      struct facts *out);
/* Of RCPT within a transaction: a number for sender and recipient; else 0. */
uint64_t smtp_transaction_envelope(const struct smtp *s,
                                   const struct smtp_pending *p);
/* p was answered by s->reply, or, code 0, will never be. */
void smtp_transaction_answer(struct smtp *s, const struct smtp_pending *p,
                             unsigned code, struct facts *out);
/* The server said 421 although nothing was asked. */
void smtp_transaction_cut(struct smtp *s, struct facts *out);
/* The text of a refused DATA was sent all the same, to its end. */
void smtp_transaction_lost_text(struct smtp *s, struct facts *out);
void smtp_transaction_close(struct smtp *s, enum end why, struct facts *out);

#endif

/* imap.h - the state of one IMAP session, shared by the files of this folder.
 *
 *   imap.c      bytes in: which of the below gets them
 *   lines.c     lines, put together again around their literals
 *   token.c     the words, strings and lists of a line
 *   verbs.c     the commands that IMAP has
 *   pending.c   the commands that wait for replies
 *   request.c   a command of the client
 *   reply.c     a line of the server, and the command it answers
 *   data.c      what untagged lines say: capabilities, quota, mailboxes, ...
 *   login.c     LOGIN, AUTHENTICATE, and what became of them
 *   idle.c      IDLE: how long the client waited
 *   end.c       what is known only when it is over
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_IMAP_IMAP_H
#define DISSECTORS_IMAP_IMAP_H

#include "mail.h"

enum {
    /* Bytes of a line before its LF; RFC 7162 section 4 advises 8192 for
     * commands, FETCH responses may be longer.  The rest is passed over. */
    IMAP_LINE_MAX = 64 << 10,
    /* Bytes of a line that is put together around literals. */
    IMAP_JOINED_MAX = 2048,
    /* Literals up to this long are put in; longer ones are passed over. */
    IMAP_LITERAL_KEPT = 256,
    /* Commands waiting for their replies. */
    IMAP_PENDING_MAX = 256,
};

/* ---- verbs.c ---- */

enum imap_what { /* commands that mean something here */
                 IMAP_OTHER,
                 IMAP_LOGIN,
                 IMAP_AUTHENTICATE,
                 IMAP_STARTTLS,
                 IMAP_SELECT, /* and EXAMINE */
                 IMAP_FETCH,
                 IMAP_APPEND,
                 IMAP_IDLE,
                 IMAP_ID,
                 IMAP_COMPRESS,
                 IMAP_LOGOUT,
                 IMAP_UNKNOWN,
};

struct imap_verb {
    struct span name;
    enum imap_what what;
    bool any_state;  /* may come before the login */
    unsigned folder; /* which of its arguments is a mailbox; 0: none */
    bool hidden;     /* its arguments name people or hold secrets */
    bool message;    /* its literals are messages, but for the folder's name */
};

/* NULL if IMAP has no such command. */
const struct imap_verb *imap_verb_find(struct span name);
extern const struct imap_verb imap_verb_unknown;

/* Cuts the command's name off: one word, or two after UID. */
struct span imap_verb_cut(struct span *line);

/* ---- lines.c ---- */

struct imap_lines { /* of one direction */
    enum dir dir;
    uint64_t literal;   /* bytes of it still to come */
    uint64_t announced; /* its length; 0: the line has none */
    bool waits;         /* it is sent only after the other side's "+" */
    bool keeps;         /* it is put into `joined` */
    bool more;          /* what comes next continues the line in `joined` */
    bool skip;   /* what comes next, up to LF, is the rest of a lost line */
    bool unsure; /* bytes were lost: what looks like a line may be content */
    bool message; /* the last literal was a message */
    bool misfit;  /* the line just taken went on after a literal as no line
                     can: the literal's length was wrong */
    size_t n;
    uint8_t joined[IMAP_JOINED_MAX];
};

enum imap_took {
    IMAP_TOOK_NOTHING, /* not a whole line yet */
    IMAP_TOOK_PART,    /* a line up to a literal that follows */
    IMAP_TOOK_LINE,    /* a line to its end, literals put in as strings */
};

/* Passes over literals and what is left of lost lines.  True when there are
 * bytes of a line in front; imap_lines_fresh(): of a new one. */
bool imap_lines_skip(struct imap_lines *lines, struct span *rest);
static inline bool imap_lines_fresh(const struct imap_lines *lines)
{
    return !lines->more;
}

/* Takes a line from the front of *rest, after imap_lines_skip() said that there
 * is one.  *line is valid until the next imap_lines_skip(). */
enum imap_took imap_lines_take(struct imap_lines *lines, struct span *rest,
                               struct span *line);

void imap_lines_gap(struct imap_lines *lines, uint64_t lost);

/* OK, NO, BAD, BYE or PREAUTH. */
bool imap_is_status(struct span word);

/* The line under way will not be continued. */
void imap_lines_drop(struct imap_lines *lines);

/* ---- token.c ---- */

enum imap_token_kind {
    IMAP_END,
    IMAP_ATOM,
    IMAP_QUOTED,
    IMAP_OPEN,   /* ( */
    IMAP_CLOSE,  /* ) */
    IMAP_BROKEN, /* a quote that is never closed */
};

struct imap_token {
    enum imap_token_kind kind;
    struct span text; /* without quotes; escapes are left in */
};

struct imap_token imap_token(struct span *rest);

/* Keeps an atom's or a string's text, escapes undone. */
void imap_token_keep(struct mail_kept *kept, struct imap_token token);

/* ---- the session ---- */

/* A command that waits for its tagged reply. */
struct imap_pending {
    const struct imap_verb *verb;
    struct mail_kept tag, name, folder, mechanism;
    int64_t time;   /* when the client last said something of it */
    uint64_t bytes; /* of its literals */
    bool complete;  /* its last line has come */
    bool told;      /* imap.request was */
    bool waits;     /* a literal of it awaits "+" */
};

struct imap_login { /* the attempt under way */
    bool sasl;      /* the client's lines are SASL messages */
    bool cancelled;
    bool open;     /* its answer has not been seen */
    bool presumed; /* that it went well, only the client's going on says */
    unsigned step;
    uint64_t attempts;
    bool answer_lost; /* some of what the server said since was not captured */
    bool user_known;
    struct mail_kept user;
    /* The server's report on a token, until it is known whether the client
     * answered it. */
    bool report;
    struct mail_oauth error;
    struct stamp report_seen;
};

struct imap_box { /* the mailbox that is open, or being opened */
    bool open, read_only;
    struct mail_kept folder;
    uint64_t exists, uidvalidity, uidnext;
    uint64_t validity; /* UIDVALIDITY of the one that is open; 0: not told */
};

struct imap {
    struct arena *mem;
    const struct flow_context *context;
    bool over_tls, greeted, logged_in, offers_starttls;
    bool client_heard, server_heard; /* some of what it said was captured */
    bool client_missed;              /* and some was not */
    bool client_spoke; /* its first line was judged */
    bool in_command;   /* its next line continues one */
    struct mail_foreign foreign[2];
    bool logout, deflate, capped;
    bool body; /* the server's literal is a whole message */
    uint64_t body_bytes;
    struct imap_lines lines[2];
    struct mail_held held; /* while the server's are unsure */
    struct mail_held bye;  /* until it is known whether LOGOUT was asked */
    struct imap_login login;
    struct mail_secrets *secrets;
    struct imap_box box;
    struct {
        bool on, invited, done;
        int64_t since, until;
    } idle;
    struct imap_pending *pending; /* oldest first */
    size_t pending_n, pending_room;
};

/* ---- pending.c ---- */

/* The new one is all zero, its verb still to be set; where too many wait, the
 * oldest gives way, which is told once. */
struct imap_pending *imap_pending_add(struct imap *im, struct facts *out);

struct imap_pending *imap_pending_find(struct imap *im, struct span tag);

/* The oldest command of this kind that waits, or NULL. */
struct imap_pending *imap_pending_what(struct imap *im, enum imap_what what);

void imap_pending_drop(struct imap *im, struct imap_pending *p);

/* ---- request.c ---- */

/* A line of the client, or its beginning up to a literal. */
void imap_client_line(struct imap *im, struct span line, bool whole,
                      struct facts *out);

/* What is said is for who is logged in, and the answer to the login that waits
 * was lost; `shown` as in imap_logged_in_unseen(). */
void imap_login_is_past(struct imap *im, bool shown, struct facts *out);

/* Tells imap.request for a command whose end did not come. */
void imap_request_tell_part(struct imap *im, struct imap_pending *p,
                            struct facts *out);

/* ---- reply.c ---- */

struct imap_reply { /* of a status response */
    struct span tag, status, text, line;
    struct mail_kept code; /* in capitals */
    struct span argument;
};

/* What a line of the server brings about. */
enum imap_then { IMAP_GO_ON, IMAP_TLS_NEXT, IMAP_DEFLATE_NEXT };

/* `after` are the bytes that follow it in the same chunk. */
enum imap_then imap_server_line(struct imap *im, struct span line,
                                struct span after, struct facts *out);

/* The line that is held, if there is one, was a reply. */
void imap_held_settle(struct imap *im, struct facts *out);

/* The BYE that is held, if there is one, is followed by this line, or by none
 * at all. */
void imap_bye_settle(struct imap *im, struct span line, struct facts *out);

/* ---- data.c ---- */

/* An untagged line that is no status; `line` without the "* ".  False if it is
 * no data of IMAP either. */
bool imap_data(struct imap *im, struct span line, struct facts *out);
/* The same line shows that the client is logged in. */
bool imap_is_of_account(struct span line);

void imap_capability(struct imap *im, struct span list, struct facts *out);

/* The code of an untagged OK: UIDVALIDITY and the like. */
void imap_box_code(struct imap *im, const struct imap_reply *reply);
void imap_box_opened(struct imap *im, const struct imap_pending *p,
                     bool read_only, struct facts *out);

/* The arguments of ID (RFC 2971). */
void imap_id(struct span side, struct span list, struct facts *out);

/* UID and RFC822.SIZE of a FETCH response; 0 where it does not have them. */
struct imap_fetched {
    uint64_t uid, size;
};
struct imap_fetched imap_fetched_read(struct span line);

/* The line up to a literal announces a whole message. */
bool imap_is_body(struct span line);

/* ---- login.c ---- */

/* The arguments of LOGIN or AUTHENTICATE. */
void imap_login_begin(struct imap *im, struct imap_pending *p,
                      struct span arguments);

/* The client's next line is a SASL message, not a command. */
bool imap_login_takes(const struct imap *im, struct span line);
void imap_login_says(struct imap *im, struct span line, struct facts *out);
void imap_login_challenge(struct imap *im, struct span text, struct facts *out);
void imap_login_answered(struct imap *im, const struct imap_pending *p,
                         const struct imap_reply *reply, struct facts *out);

/* Tells the server's report on a token, if there is one. */
void imap_login_report(struct imap *im, bool answered, struct facts *out);

/* What happens now happens only to who is logged in: the login itself, or its
 * answer, was not captured.  Where other logins were, and were refused, they
 * must not have the last word.  `shown`: the server does it, not the client
 * alone; `line` is the server's, if there is one to show. */
void imap_logged_in_unseen(struct imap *im, bool shown, struct span line,
                           struct facts *out);
/* The server has not shown yet that the client is logged in. */
bool imap_login_is_unproved(const struct imap *im);

/* ---- idle.c ---- */

/* The waiting is over; `ended` says how. */
void imap_idle_tell(struct imap *im, struct span ended, struct facts *out);

/* ---- end.c ---- */

/* The dissector's close(). */
void imap_end(void *self, enum end why, struct facts *out);

#endif

/* mail.h - what the dissectors of mail protocols have in common.
 *
 * Small: texts that are kept beyond a feed(), response codes, SASL messages,
 * what must not be shown, and who speaks what.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DISSECTORS_MAIL_H
#define DISSECTORS_MAIL_H

#include "dissector.h"

/* In place of what must not be shown. */
#define MAIL_HIDDEN SPAN("********")
/* What stands for a line that is none. */
#define MAIL_NO_TEXT SPAN("(no text)")

/* ---- a short text that is kept ---- */

enum { MAIL_KEPT_MAX = 128 };

struct mail_kept {
    uint8_t n;
    uint8_t bytes[MAIL_KEPT_MAX];
};

/* Copies; what is longer than MAIL_KEPT_MAX is cut off. */
void mail_keep(struct mail_kept *kept, struct span text);
void mail_keep_upper(struct mail_kept *kept, struct span text);

/* Adds to what is kept, with a space between. */
void mail_keep_more(struct mail_kept *kept, struct span text);

static inline struct span mail_kept(const struct mail_kept *kept)
{
    return (struct span){kept->bytes, kept->n};
}

/* ---- words ---- */

/* Cuts the first word off *line, with the spaces around it. */
struct span mail_word(struct span *line);

/* Only ASCII letters, digits and - _ . + = : what a command, a mechanism or a
 * capability is made of.  False for the empty span. */
bool mail_is_word(struct span s);

bool mail_has_digit(struct span s);

/* A response code at the front of text: "[CODE argument] rest" (RFC 9051
 * section 7.1, RFC 2449 section 8).  Without one, code and argument are empty
 * and rest is text. */
struct mail_code {
    struct span code, argument, rest;
};
struct mail_code mail_code(struct span text);

/* The value of mail.unanswered's field `end`. */
struct span mail_end(enum end why);

/* Seconds from then (see facts_time()) to now; 0 if then is unknown (0). */
double mail_since(const struct facts *facts, int64_t then);

/* The same at the end, until which somebody waited who went on to wait when the
 * last packet had come. */
double mail_waited(const struct flow_context *context, enum end why,
                   const struct facts *facts, int64_t since);

/* Whether what the server says first is no greeting, but the answer to one of
 * the commands that wait: servers greet before the client says a word. */
static inline bool mail_greeting_missed(const struct flow_context *context,
                                        size_t commands_waiting)
{
    return context->synack_missed && commands_waiting > 0;
}

/* Whether the first bytes of dir that are seen, `spoken` being what
 * mail_server_speaks() says of them, may be the middle of what it said. */
static inline bool mail_begins_late(const struct flow_context *context,
                                    enum dir dir, struct span spoken)
{
    return dir == S2C && context->synack_missed &&
           span_same(spoken, SPAN("other"));
}

/* Tells that the client takes its leave; `first`: it says nothing else, and was
 * not greeted. */
void mail_client_leaves(const struct flow_context *context, bool first,
                        struct span line, struct facts *out);

/* ---- SASL (RFC 4422) ---- */

/* The user name in the step-th message (from 0) of the client, where the
 * mechanism (in capitals) says it in the clear; base64 as sent.  False when it
 * is not there.  Nothing else of the message is kept. */
bool mail_sasl_user(struct span mechanism, uint64_t step, struct span base64,
                    struct mail_kept *user);

/* The password or token in it, to be recognised where it must not be shown. */
bool mail_sasl_secret(struct span mechanism, uint64_t step, struct span base64,
                      struct mail_kept *secret);

/* What a server says that does not like an OAuth token (RFC 7628 section
 * 3.2.2), base64 as sent.  False if it is not such a report. */
struct mail_oauth {
    struct mail_kept status, schemes, scope;
};
bool mail_oauth_error(struct span base64, struct mail_oauth *error);

/* It has an '@' with something around it. */
bool mail_has_at(struct span user);

/* A number for it, to compare names that reports show masked; 0 for none. */
uint64_t mail_account(struct span user);

/* ---- secrets that the server repeats ---- */

/* What the client said that must not be shown, kept for the session; made in
 * `mem` with the first one. */
struct mail_secrets;
void mail_secret(struct mail_secrets **secrets, struct arena *mem,
                 struct span text);
void mail_secret_user(struct mail_secrets **secrets, struct arena *mem,
                      struct span user);

/* Takes in the step-th SASL message (from 0) of the client, base64, and the
 * secret within.  True, and the user set, if it says the user's name in the
 * clear; the name is masked from now on. */
bool mail_secret_message(struct mail_secrets **secrets, struct arena *mem,
                         struct span mechanism, uint64_t step,
                         struct span base64, struct mail_kept *user);

/* The server's line with such texts masked: the line itself if there are none,
 * or a copy that lives until the next call.  secrets may be NULL. */
struct span mail_without_secrets(struct mail_secrets *secrets,
                                 struct span line, struct facts *out);

/* The server's text without a name that the client chose: a folder may be
 * called "Over quota", and is not.  A name of letters alone is left, since it
 * may be the server's own word.  The text itself, or a copy that lives until
 * the next call of this or of the next one. */
struct span mail_without_name(struct mail_secrets **secrets, struct arena *mem,
                              struct span text, struct span name);

/* The same for the addresses by which the client logged in, masked before:
 * b***@maintenance.example.org. */
struct span mail_without_users(struct mail_secrets *secrets, struct span text,
                               struct facts *out);

/* Hides what looks like base64 in the answer to a login of which nothing else
 * was captured: it may be what the client said.  The line itself, or a copy
 * that lives until the next call of either. */
struct span mail_without_base64(struct mail_secrets **secrets,
                                struct arena *mem, struct span line);

/* ---- lines that may be none ---- */

/* After bytes were lost, or where a capture begins, a line of the server that
 * looks like a reply may be part of a message.  Behind such a part comes more of
 * the message; behind a reply the client speaks, or the connection ends.  So it
 * is kept until that is known. */
struct mail_held {
    uint8_t *bytes; /* FACT_TEXT_MAX; NULL before the first */
    size_t n;       /* 0: none is held */
    bool followed;  /* the client spoke next; no bytes are missing, as it seems */
    struct stamp seen;
};

/* Keeps the line (what is longer than a fact's text is cut off) in place of the
 * one before. */
void mail_hold(struct mail_held *held, struct arena *mem, struct span line,
               const struct facts *out);

/* Takes it out, and sets the stamp to when it was said; *now: what to set again
 * afterwards.  The empty span, and no stamp, if none is held.  It lives until
 * the next mail_hold(). */
struct span mail_held_take(struct mail_held *held, struct facts *out,
                           struct stamp *now);

/* The connection has ended: whether the line that is held, if there is one, was
 * a reply. */
bool mail_held_ended(const struct mail_held *held, enum end why);

/* ---- who speaks what ---- */

/* Judged by the first bytes of a side: imap, pop3, smtp, sieve, http, tls, ssh,
 * ftp, irc, telnet, nothing (one byte over and over), other (binary, or a line of
 * no protocol known here), or the empty span: not enough bytes yet (no whole
 * line).  An answer does not change when more bytes come. */
struct span mail_server_speaks(struct span bytes);
struct span mail_client_speaks(struct span bytes);

/* A byte that text lines are made of; no TLS record begins with one. */
bool mail_is_text(uint8_t c);

/* A letter or digit; of letters outside ASCII each byte (UTF-8, RFC 6531). */
static inline bool mail_is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The first line, as far as it is there, has no control characters (bytes of
 * another protocol may begin like text by chance) and was not overwritten. */
bool mail_is_line(struct span bytes);

/* imap, pop3, smtp or sieve. */
bool mail_is_protocol(struct span spoken);

/* A side that has begun with something else. */
struct mail_foreign {
    bool on;
    bool deaf; /* nothing it says is looked at any more */
};

/* It speaks so.  Who speaks a mail protocol may be somebody who types, and does
 * it right in the next line; what no line begins with may be a telnet program
 * that negotiates first (RFC 854).  Servers, the web and others do not come
 * back. */
void mail_foreign_began(struct mail_foreign *foreign, enum dir dir,
                        struct span spoken);

/* Takes the side's next line, unless it is one of this protocol: it is not
 * foreign any more then.  False if nothing is to be done before more comes. */
bool mail_foreign_passes(struct mail_foreign *foreign, struct span protocol,
                         struct span *rest);

/* The first line of a side that speaks something else, as it may be shown: of
 * a client only its first word (a password may follow), of bytes that are not
 * text nothing. */
void mail_first_line(struct mail_kept *line, enum dir dir, struct span bytes);

#endif

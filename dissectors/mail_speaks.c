/* mail_speaks.c - which protocol a side speaks, by its first bytes.
 *
 * Two questions are asked: are these bytes text at all (a TLS record or a
 * telnet negotiation has no lines to wait for), and what is the first line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail.h"

/* No first line of the protocols known here is longer. */
enum { FIRST_LINE_MAX = 8192 };

/* From so many times the same byte on there is nothing to read.  Of letters and
 * digits it takes more: "00000000 NOOP" is a command with its tag. */
enum { BLANK_BYTES = 8, BLANK_TEXT = 16 };

static const struct span undecided = {NULL, 0};

typedef struct span meaning(struct span bytes);

/* TLS and SSL 3 records begin with type and major version: 22 is a handshake,
 * 21 an alert (RFC 8446 section 5.1); SSL 2 hellos with length and type. */
static bool is_tls(struct span bytes)
{
    if (bytes.p[0] == 0x15 || bytes.p[0] == 0x16)
        return bytes.p[1] == 3;
    return (bytes.p[0] & 0x80) != 0 && bytes.n > 2 && bytes.p[2] == 1;
}

bool mail_is_text(uint8_t c)
{
    return c == '\t' || c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f);
}

/* Whether the first n bytes, or all as long as there are fewer, are the same. */
static bool are_same(struct span bytes, size_t n)
{
    size_t i = 1;
    while (i < n && i < bytes.n && bytes.p[i] == bytes.p[0])
        i++;
    return i == n || i == bytes.n;
}

/* Programs that take the private out of captures write one byte over the
 * contents, a NUL or an X, and no protocol begins so. */
static struct span blank_or(struct span bytes, meaning *of_others)
{
    if (!are_same(bytes, BLANK_BYTES))
        return of_others(bytes);
    return bytes.n < BLANK_BYTES ? undecided : SPAN("nothing");
}

static bool is_blank_text(struct span bytes)
{
    return mail_is_alnum(bytes.p[0]) && bytes.n >= BLANK_TEXT &&
           are_same(bytes, BLANK_TEXT);
}

/* Bytes that no line begins with. */
static struct span binary(struct span bytes)
{
    size_t need = bytes.p[0] & 0x80 ? 3 : 2;
    if (bytes.n < need)
        return undecided;
    return is_tls(bytes) ? SPAN("tls") : SPAN("other");
}

static struct span file_share(struct span bytes)
{
    struct span magic = span_first(span_skip(bytes, 5), 3);
    if (magic.n < 3)
        return undecided;
    return span_same(magic, SPAN("SMB")) ? SPAN("smb") : SPAN("other");
}

/* What scanners, and clients that were given the wrong port, begin with:
 *
 *   03 00 | length 2              TPKT, of Remote Desktop (RFC 1006 section 6)
 *   00 | length 3 | FF "SMB"      a file share (FE in version 2)
 *   05 | count 1 | methods        SOCKS 5 (RFC 1928 section 3)
 *   FF | WILL, WONT, DO, DONT     telnet that negotiates (RFC 854)
 */
static struct span binary_client(struct span bytes)
{
    if (bytes.p[0] == 0)
        return file_share(bytes);
    if (bytes.n >= 2 && bytes.p[0] == 0xff && bytes.p[1] >= 0xfb)
        return bytes.p[1] < 0xff ? SPAN("telnet") : SPAN("other");
    if (bytes.n < 2 || (bytes.p[0] != 3 && bytes.p[0] != 5))
        return binary(bytes);
    if (bytes.p[0] == 3)
        return bytes.p[1] == 0 ? SPAN("rdp") : SPAN("other");
    return bytes.p[1] >= 1 && bytes.p[1] <= 8 ? SPAN("socks") : SPAN("other");
}

static bool first_line(struct span bytes, struct span *line)
{
    bytes = span_first(bytes, FIRST_LINE_MAX);
    struct span rest = bytes;
    if (span_take_line(&rest, line))
        return true;
    *line = bytes;
    return bytes.n == FIRST_LINE_MAX;
}

/* Bytes may begin like text by chance; text has no control characters. */
static struct span until_control(struct span line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] >= 0x80 || mail_is_text(line.p[n])))
        n++;
    return span_first(line, n);
}

static bool is_shown(struct span line)
{
    return until_control(line).n == line.n;
}

bool mail_is_line(struct span bytes)
{
    struct span line;
    if (bytes.n && is_blank_text(bytes))
        return false;
    first_line(bytes, &line);
    return is_shown(line);
}

/* What the first bytes of one side mean.  As long as a line is not whole, only
 * that it is none can be told.  Nothing behind a control character counts, so
 * that this can not change any more. */
static struct span speaks(struct span bytes, meaning *of_binary,
                          meaning *of_line)
{
    struct span line;
    if (bytes.n == 0)
        return undecided;
    if (!mail_is_text(bytes.p[0]))
        return blank_or(bytes, of_binary);
    if (is_blank_text(bytes))
        return SPAN("nothing");
    bool whole = first_line(bytes, &line);
    struct span spoken = of_line(until_control(line));
    bool none = span_same(spoken, SPAN("other")) && !is_shown(line);
    return whole || none ? spoken : undecided;
}

static bool is_reply_code(struct span line)
{
    uint64_t code;
    return span_uint(span_first(line, 3), &code) && code >= 200 &&
           code <= 599 && (line.n == 3 || line.p[3] == ' ' || line.p[3] == '-');
}

static bool holds(struct span line, struct span word)
{
    return span_search(line, word) < line.n;
}

/* FTP greets with 220 just as SMTP does, and NNTP with 200 or 201. */
static struct span numbered(struct span line)
{
    if (holds(line, SPAN("SMTP")) || holds(line, SPAN("LMTP")))
        return SPAN("smtp");
    if (holds(line, SPAN("FTP")) || span_starts(line, SPAN("234")))
        return SPAN("ftp");
    if (span_starts(line, SPAN("200")) || span_starts(line, SPAN("201")))
        return SPAN("other");
    return SPAN("smtp");
}

/* ":irc.example.org NOTICE * :*** Looking up your hostname" (RFC 2812 section
 * 2.3.1), from old servers without its origin. */
static bool is_irc(struct span line)
{
    if (span_starts(line, SPAN("NOTICE AUTH :")))
        return true;
    struct span origin = mail_word(&line);
    return span_starts(origin, SPAN(":")) &&
           span_same(mail_word(&line), SPAN("NOTICE"));
}

static struct span server_line(struct span line)
{
    if (span_starts(line, SPAN("* OK")) ||
        span_starts(line, SPAN("* PREAUTH")) ||
        span_starts(line, SPAN("* BYE")))
        return SPAN("imap");
    if (span_starts(line, SPAN("+OK")) || span_starts(line, SPAN("-ERR")))
        return SPAN("pop3");
    if (span_starts(line, SPAN("\"IMPLEMENTATION\"")) ||
        span_starts(line, SPAN("\"SIEVE\"")))
        return SPAN("sieve");
    if (span_starts(line, SPAN("HTTP/")) ||
        span_starts(line, SPAN("<!DOCTYPE")) ||
        span_starts(line, SPAN("<html")))
        return SPAN("http");
    if (span_starts(line, SPAN("SSH-")))
        return SPAN("ssh");
    if (is_irc(line))
        return SPAN("irc");
    return is_reply_code(line) ? numbered(line) : SPAN("other");
}

struct span mail_server_speaks(struct span bytes)
{
    return speaks(bytes, binary, server_line);
}

static bool is_one_of(struct span word, const struct span *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (span_is(word, words[i]))
            return true;
    }
    return false;
}

#define IS_ONE_OF(word, words)                                                 \
    is_one_of((word), (words), sizeof(words) / sizeof(words)[0])

static const struct span http[] = {
    SPAN_INIT("GET"), SPAN_INIT("POST"),    SPAN_INIT("HEAD"),
    SPAN_INIT("PUT"), SPAN_INIT("OPTIONS"), SPAN_INIT("CONNECT"),
    SPAN_INIT("PRI"),
};
static const struct span smtp[] = {
    SPAN_INIT("EHLO"), SPAN_INIT("HELO"), SPAN_INIT("LHLO"),
    SPAN_INIT("MAIL"), SPAN_INIT("RCPT"),
};
static const struct span pop3[] = {
    SPAN_INIT("USER"), SPAN_INIT("PASS"), SPAN_INIT("CAPA"),
    SPAN_INIT("STLS"), SPAN_INIT("APOP"), SPAN_INIT("AUTH"),
};
static const struct span sieve[] = {
    SPAN_INIT("AUTHENTICATE"), SPAN_INIT("CAPABILITY"),  SPAN_INIT("HAVESPACE"),
    SPAN_INIT("PUTSCRIPT"),    SPAN_INIT("LISTSCRIPTS"),
};
/* What an IMAP client may say first, after a tag. */
static const struct span imap[] = {
    SPAN_INIT("CAPABILITY"), SPAN_INIT("LOGIN"),     SPAN_INIT("AUTHENTICATE"),
    SPAN_INIT("STARTTLS"),   SPAN_INIT("ID"),        SPAN_INIT("NOOP"),
    SPAN_INIT("LOGOUT"),     SPAN_INIT("ENABLE"),    SPAN_INIT("SELECT"),
    SPAN_INIT("LIST"),       SPAN_INIT("NAMESPACE"),
};

static struct span client_line(struct span line)
{
    struct span first = mail_word(&line);
    struct span second = mail_word(&line);
    if (IS_ONE_OF(first, http))
        return SPAN("http");
    if (IS_ONE_OF(first, smtp))
        return SPAN("smtp");
    if (IS_ONE_OF(first, pop3))
        return SPAN("pop3");
    if (IS_ONE_OF(first, sieve))
        return SPAN("sieve");
    if (span_starts(first, SPAN("SSH-")))
        return SPAN("ssh");
    if (span_is(first, SPAN("NICK")))
        return SPAN("irc");
    return IS_ONE_OF(second, imap) ? SPAN("imap") : SPAN("other");
}

struct span mail_client_speaks(struct span bytes)
{
    return speaks(bytes, binary_client, client_line);
}

bool mail_is_protocol(struct span spoken)
{
    return span_same(spoken, SPAN("imap")) || span_same(spoken, SPAN("pop3")) ||
           span_same(spoken, SPAN("smtp")) || span_same(spoken, SPAN("sieve"));
}

void mail_foreign_began(struct mail_foreign *foreign, enum dir dir,
                        struct span spoken)
{
    bool may_return = mail_is_protocol(spoken) ||
                      span_same(spoken, SPAN("other")) ||
                      span_same(spoken, SPAN("telnet")) ||
                      span_same(spoken, SPAN("pop3 or smtp"));
    foreign->on = true;
    foreign->deaf = dir == S2C || !may_return;
}

bool mail_foreign_passes(struct mail_foreign *foreign, struct span protocol,
                         struct span *rest)
{
    size_t end = span_find(*rest, '\n');
    if (foreign->deaf || rest->n == 0)
        return false;
    if (end >= FIRST_LINE_MAX) {
        foreign->deaf = true;
        return false;
    }
    if (end == rest->n)
        return false;
    if (span_same(mail_client_speaks(*rest), protocol))
        foreign->on = false;
    else
        *rest = span_skip(*rest, end + 1);
    return true;
}

void mail_first_line(struct mail_kept *line, enum dir dir, struct span bytes)
{
    struct span first;
    line->n = 0;
    if (bytes.n == 0)
        return;
    bool text = mail_is_text(bytes.p[0]) && mail_is_line(bytes);
    if (!text && dir == S2C)
        mail_keep(line, MAIL_NO_TEXT);
    if (!text || !first_line(bytes, &first))
        return;
    if (dir == S2C) {
        mail_keep(line, first);
        return;
    }
    struct span word = mail_word(&first);
    mail_keep(line, mail_is_word(word) ? word : MAIL_HIDDEN);
    if (first.n)
        mail_keep_more(line, MAIL_HIDDEN);
}

/* data.c - what untagged lines say: capabilities, quota, mailboxes, names.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"
#include "imap.h"

/* The list may end a code, or a line. */
void imap_capability(struct imap *im, struct span list, struct facts *out)
{
    struct mail_kept word;
    struct text all = {0};
    struct text mechanisms = {0};
    bool starttls = false;
    bool logindisabled = false;
    while (list.n) {
        mail_keep_upper(&word, mail_word(&list));
        text_adds(&all, all.n ? " " : "");
        text_add(&all, mail_kept(&word));
        if (span_starts(mail_kept(&word), SPAN("AUTH="))) {
            text_adds(&mechanisms, mechanisms.n ? " " : "");
            text_add(&mechanisms, span_skip(mail_kept(&word), 5));
        }
        starttls |= span_same(mail_kept(&word), SPAN("STARTTLS"));
        logindisabled |= span_same(mail_kept(&word), SPAN("LOGINDISABLED"));
    }
    TELL(out, imap_capability, .list = text_span(&all),
         .mechanisms = text_span(&mechanisms), .starttls = starttls,
         .logindisabled = logindisabled, .over_tls = im->over_tls,
         .logged_in = im->logged_in);
    im->offers_starttls = starttls;
    text_free(&all);
    text_free(&mechanisms);
}

/* ("name" "Dovecot" "version" "2.3"); what else is in it nobody needs. */
void imap_id(struct span side, struct span list, struct facts *out)
{
    struct mail_kept name = {0};
    struct mail_kept version = {0};
    struct imap_token key;
    if (imap_token(&list).kind != IMAP_OPEN)
        return;
    while ((key = imap_token(&list)).kind == IMAP_QUOTED) {
        struct imap_token value = imap_token(&list);
        if (value.kind != IMAP_QUOTED)
            continue; /* NIL */
        if (span_is(key.text, SPAN("name")))
            imap_token_keep(&name, value);
        if (span_is(key.text, SPAN("version")))
            imap_token_keep(&version, value);
    }
    TELL(out, imap_id, .side = side, .name = mail_kept(&name),
         .version = mail_kept(&version));
}

/* "root" (STORAGE 10 512 MESSAGE 20 100), RFC 9208 section 4.2.1. */
static void quota(struct span line, struct facts *out)
{
    struct mail_kept root;
    struct imap_token resource;
    imap_token_keep(&root, imap_token(&line));
    if (imap_token(&line).kind != IMAP_OPEN)
        return;
    while ((resource = imap_token(&line)).kind == IMAP_ATOM) {
        struct mail_kept name;
        uint64_t used;
        uint64_t limit;
        if (!span_uint(imap_token(&line).text, &used) ||
            !span_uint(imap_token(&line).text, &limit))
            return;
        double percent =
            limit ? (double)used * 100 / (double)limit : (used ? 100 : 0);
        mail_keep_upper(&name, resource.text);
        TELL(out, imap_quota, .root = mail_kept(&root),
             .resource = mail_kept(&name), .used = used, .limit = limit,
             .percent = percent < 1e6 ? (uint64_t)percent : 1000000);
    }
}

/* (("INBOX." ".")) NIL NIL, RFC 2342 section 5. */
static void personal_namespace(struct span line, struct facts *out)
{
    struct mail_kept prefix;
    struct mail_kept delimiter = {0};
    struct imap_token outer = imap_token(&line);
    struct imap_token inner = imap_token(&line);
    if (outer.kind != IMAP_OPEN || inner.kind != IMAP_OPEN)
        return; /* NIL: there is none */
    imap_token_keep(&prefix, imap_token(&line));
    struct imap_token token = imap_token(&line);
    if (token.kind == IMAP_QUOTED) /* it may be NIL */
        imap_token_keep(&delimiter, token);
    TELL(out, imap_namespace, .prefix = mail_kept(&prefix),
         .delimiter = mail_kept(&delimiter));
}

/* INBOX (MESSAGES 231 UIDNEXT 44292) */
static void status(struct span line, struct facts *out)
{
    struct mail_kept folder;
    struct imap_token item;
    uint64_t messages = 0;
    uint64_t uidvalidity = 0;
    uint64_t uidnext = 0;
    bool found = false;
    imap_token_keep(&folder, imap_token(&line));
    if (imap_token(&line).kind != IMAP_OPEN)
        return;
    while ((item = imap_token(&line)).kind == IMAP_ATOM) {
        struct span value = imap_token(&line).text;
        if (span_is(item.text, SPAN("MESSAGES")))
            found |= span_uint(value, &messages);
        if (span_is(item.text, SPAN("UIDVALIDITY")))
            found |= span_uint(value, &uidvalidity);
        if (span_is(item.text, SPAN("UIDNEXT")))
            found |= span_uint(value, &uidnext);
    }
    if (found)
        TELL(out, imap_mailbox, .folder = mail_kept(&folder),
             .exists = messages, .uidvalidity = uidvalidity,
             .uidnext = uidnext);
}

static void tell_box(const struct imap *im, bool read_only, struct facts *out)
{
    TELL(out, imap_mailbox, .folder = mail_kept(&im->box.folder),
         .exists = im->box.exists, .uidvalidity = im->box.uidvalidity,
         .uidnext = im->box.uidnext, .read_only = read_only);
}

/* While a mailbox is being opened the number belongs to its description;
 * later it is news. */
static void exists(struct imap *im, uint64_t count, struct facts *out)
{
    bool news = im->box.open && count != im->box.exists;
    im->box.exists = count;
    if (news && !imap_pending_what(im, IMAP_SELECT))
        tell_box(im, im->box.read_only, out);
}

void imap_box_code(struct imap *im, const struct imap_reply *reply)
{
    struct span code = mail_kept(&reply->code);
    if (span_same(code, SPAN("UIDVALIDITY")))
        span_uint(reply->argument, &im->box.uidvalidity);
    else if (span_same(code, SPAN("UIDNEXT")))
        span_uint(reply->argument, &im->box.uidnext);
}

void imap_box_opened(struct imap *im, const struct imap_pending *p,
                     bool read_only, struct facts *out)
{
    im->box.open = true;
    im->box.read_only = read_only;
    im->box.folder = p->folder;
    tell_box(im, read_only, out);
    im->box.validity = im->box.uidvalidity;
    im->box.uidvalidity = im->box.uidnext = 0; /* the next one's are awaited */
}

/* Servers may invent data ("* XPING ..."); words for people are not written in
 * capitals. */
static bool is_data(struct span name)
{
    static const struct span names[] = {
        SPAN_INIT("LIST"),   SPAN_INIT("LSUB"),      SPAN_INIT("FLAGS"),
        SPAN_INIT("SEARCH"), SPAN_INIT("QUOTAROOT"), SPAN_INIT("ENABLED"),
    };
    bool capitals = true;
    for (size_t i = 0; i < name.n; i++)
        capitals &= name.p[i] < 'a' || name.p[i] > 'z';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        capitals |= span_is(name, names[i]);
    return capitals;
}

/* Of mailboxes and messages only who is logged in is told (RFC 9051 sections
 * 7.3 and 7.4). */
bool imap_is_of_account(struct span line)
{
    static const struct span names[] = {
        SPAN_INIT("FLAGS"),  SPAN_INIT("LIST"),   SPAN_INIT("LSUB"),
        SPAN_INIT("SEARCH"), SPAN_INIT("STATUS"), SPAN_INIT("EXISTS"),
        SPAN_INIT("RECENT"), SPAN_INIT("FETCH"),
    };
    uint64_t number;
    struct span name = mail_word(&line);
    if (span_uint(name, &number))
        name = mail_word(&line);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_same(name, names[i]))
            return true;
    }
    return false;
}

bool imap_data(struct imap *im, struct span line, struct facts *out)
{
    uint64_t count;
    struct span first = mail_word(&line);
    if (span_uint(first, &count)) {
        if (span_is(line, SPAN("EXISTS")))
            exists(im, count, out);
    } else if (span_is(first, SPAN("CAPABILITY"))) {
        imap_capability(im, line, out);
    } else if (span_is(first, SPAN("QUOTA"))) {
        quota(line, out);
    } else if (span_is(first, SPAN("STATUS"))) {
        status(line, out);
    } else if (span_is(first, SPAN("NAMESPACE"))) {
        personal_namespace(line, out);
    } else if (span_is(first, SPAN("ID"))) {
        imap_id(SPAN("server"), line, out);
    } else {
        return is_data(first);
    }
    return true;
}

/* "* 12 FETCH (UID 5 RFC822.SIZE 3420 BODY[] {3420} FLAGS (\Seen))": items may
 * come in any order (RFC 9051 section 7.5.2). */
struct imap_fetched imap_fetched_read(struct span line)
{
    struct imap_fetched fetched = {0, 0};
    struct imap_token token;
    while ((token = imap_token(&line)).kind != IMAP_END &&
           token.kind != IMAP_BROKEN) {
        uint64_t *number = NULL;
        if (token.kind == IMAP_ATOM && span_is(token.text, SPAN("UID")))
            number = &fetched.uid;
        if (token.kind == IMAP_ATOM && span_is(token.text, SPAN("RFC822.SIZE")))
            number = &fetched.size;
        if (number && !span_uint(imap_token(&line).text, number))
            *number = 0;
    }
    return fetched;
}

/* "* 12 FETCH (UID 5 BODY[] {3420}", also RFC822, BINARY[] and the first part
 * of one fetched in parts, BODY[]<0>.  The mark of a short literal is already
 * gone, and a long one is still there. */
bool imap_is_body(struct span line)
{
    static const struct span names[] = {
        SPAN_INIT(" BODY[]"),    SPAN_INIT("(BODY[]"),
        SPAN_INIT(" BODY[]<0>"), SPAN_INIT("(BODY[]<0>"),
        SPAN_INIT(" RFC822"),    SPAN_INIT("(RFC822"),
        SPAN_INIT(" BINARY[]"),  SPAN_INIT("(BINARY[]"),
    };
    if (line.n && line.p[line.n - 1] == '}')
        while (line.n && line.p[line.n - 1] != ' ')
            line.n--;
    line = span_trim(line);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (line.n > names[i].n &&
            span_is(span_skip(line, line.n - names[i].n), names[i]))
            return true;
    }
    return false;
}

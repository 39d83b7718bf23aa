/* answer.c - a reply meets the command it answers, and takes effect.
 *
 *   S: 220 mx.example.org ESMTP       the greeting, asked for by nobody
 *   C: EHLO a.example.net
 *   S: 250-mx.example.org             what the server can do
 *   S: 250 STARTTLS
 *   C: STARTTLS
 *   S: 220 2.0.0 go ahead             TLS is next
 *   S: 421 4.4.2 timeout              at any time (RFC 5321 section 3.8)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "smtp/smtp.h"

/* mail.unanswered is told of so many commands; one would do. */
enum { UNANSWERED_TOLD = 8 };

static bool only_stars(struct span text)
{
    static const struct span left = SPAN_INIT("20 \t\n");
    bool star = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '*')
            star = true;
        else if (span_find(left, text.p[i]) == left.n)
            return false;
    }
    return star;
}

/* Cisco's inspection leaves 2, 0 and blanks of the greeting as they are and
 * writes asterisks over the rest. */
static bool greeting_is_masked(const struct smtp *s)
{
    struct span text = {s->reply.texts, s->reply.n};
    return only_stars(text) || span_starts(text, SPAN("****"));
}

/* RFC 5321 4.2: the greeting's first word is the server's host name. */
static struct span greeting_domain(struct span text)
{
    return span_domain(span_cut(&text, ' '));
}

/* The client has closed its side, and nothing that it asked is left to answer:
 * a 421 is then the server's word for that, not a refusal of anything. */
static bool client_is_gone(const struct smtp *s)
{
    return s->reply.code == 421 && s->pending_n == 0 &&
           s->context->closed_by_known && s->context->closed_by == C2S;
}

static void tell_server_left(struct smtp *s, const struct smtp_shown *line,
                             struct facts *out)
{
    s->server_left = true;
    TELL(out, mail_close, .by = SPAN("server"),
         .line = smtp_shown_span(line));
}

static void on_greeting(struct smtp *s, struct facts *out)
{
    struct smtp_shown text;
    struct smtp_shown line;
    struct span whole = {s->reply.texts, s->reply.n};
    unsigned code = s->reply.code;
    smtp_reply_text(s, &text, out);
    smtp_reply_line(s, &line, out);
    s->greeted = true;
    s->lmtp = span_search(whole, SPAN("LMTP")) < whole.n;
    TELL(out, smtp_greeting, .code = code, .enhanced = smtp_reply_enhanced(s),
         .text = smtp_shown_span(&text), .line = smtp_shown_span(&line),
         .domain = greeting_domain(smtp_shown_span(&text)),
         .masked = greeting_is_masked(s), .lmtp = s->lmtp);
    TELL(out, mail_greeting, .protocol = SPAN("smtp"),
         .result = code < 400 ? SPAN("ok") : SPAN("refused"),
         .code = span_first(s->reply.line, 3), .text = smtp_shown_span(&text),
         .line = smtp_shown_span(&line));
    if (code == 421)
        tell_server_left(s, &line, out);
}

/* What the keyword lines of a reply to EHLO say. */
struct offer {
    struct smtp_shown list, mechanisms;
    bool starttls, anonymous_tls, auth, masked;
    uint64_t size;
};

/* In capitals, with one = between the words: SIZE=1000, AUTH=PLAIN=LOGIN. */
static void show_keyword(struct smtp_shown *list, struct span line)
{
    if (list->n)
        smtp_show(list, SPAN(" "));
    while (line.n) {
        struct mail_kept word;
        mail_keep_upper(&word, mail_word(&line));
        smtp_show(list, mail_kept(&word));
        if (line.n)
            smtp_show(list, SPAN("="));
    }
}

static void read_keyword(struct offer *offer, struct span line)
{
    show_keyword(&offer->list, line);
    struct span keyword = mail_word(&line);
    if (span_starts(keyword, SPAN("XXXX")))
        offer->masked = true;
    if (span_is(keyword, SPAN("STARTTLS")))
        offer->starttls = true;
    if (span_is(keyword, SPAN("X-ANONYMOUSTLS")))
        offer->anonymous_tls = true;
    if (span_is(keyword, SPAN("SIZE")))
        span_uint(line, &offer->size);
    /* Before RFC 2554, and for its sake still: AUTH=LOGIN PLAIN. */
    bool old = span_starts(keyword, SPAN("AUTH="));
    bool servers = span_is(keyword, SPAN("X-EXPS")); /* for servers only */
    if (!old && !servers && !span_is(keyword, SPAN("AUTH")))
        return;
    offer->auth = offer->auth || !servers;
    struct span first = old ? span_skip(keyword, 5) : mail_word(&line);
    for (; first.n; first = mail_word(&line)) {
        struct span known = smtp_shown_span(&offer->mechanisms);
        bool again = false;
        while (known.n && !again)
            again = span_is(span_cut(&known, ' '), first);
        if (!again)
            show_keyword(&offer->mechanisms, first);
    }
}

static void on_offer(struct smtp *s, struct facts *out)
{
    struct offer offer = {0};
    struct span rest = {s->reply.texts, s->reply.n};
    span_cut(&rest, '\n'); /* the server's name and compliments */
    while (rest.n)
        read_keyword(&offer, span_cut(&rest, '\n'));
    s->offers_starttls = offer.starttls;
    s->offers_anonymous_tls = offer.anonymous_tls;
    TELL(out, smtp_capability, .list = smtp_shown_span(&offer.list),
         .mechanisms = smtp_shown_span(&offer.mechanisms),
         .starttls = offer.starttls, .auth = offer.auth, .size = offer.size,
         .masked = offer.masked, .over_tls = s->over_tls);
}

/* 221 is for QUIT (RFC 5321 section 4.3.2), and that may be among what is
 * missing; else the server leaves of its own accord. */
static bool quit_may_be_lost(const struct smtp *s)
{
    return s->reading == SMTP_READ_LOST ||
           (s->reading == SMTP_READ_CONTENT && s->content.doubtful);
}

static void tell_response(struct smtp *s, const struct smtp_pending *p,
                          struct facts *out)
{
    struct smtp_shown text = {0};
    struct smtp_shown line;
    if (s->reply.code != 334) /* else it is SASL data */
        smtp_reply_text(s, &text, out);
    smtp_reply_line(s, &line, out);
    TELL(out, smtp_response, .command = p ? p->verb->name : SPAN(""),
         .code = s->reply.code, .enhanced = smtp_reply_enhanced(s),
         .text = smtp_shown_span(&text), .line = smtp_shown_span(&line),
         .lines = s->reply.lines, .latency = p ? mail_since(out, p->time) : 0,
         .domain = p ? (struct span){p->domain, p->domain_n} : SPAN(""),
         .envelope = smtp_transaction_envelope(s, p),
         .over_tls = s->over_tls, .logged_in = s->logged_in);
    bool asked = (p && p->verb->id == SMTP_QUIT) || quit_may_be_lost(s);
    bool bye = s->reply.code == 421 && !client_is_gone(s);
    if (bye || (s->reply.code == 221 && !asked))
        tell_server_left(s, &line, out);
}

/* Whether the server had said that it knows this way to begin TLS. */
static bool tls_offered(const struct smtp *s, const struct smtp_pending *p)
{
    return span_is(p->verb->name, SPAN("STARTTLS")) ? s->offers_starttls
                                                    : s->offers_anonymous_tls;
}

static bool on_starttls(struct smtp *s, const struct smtp_pending *p,
                        uint64_t extra, struct facts *out)
{
    bool ok = s->reply.code < 300;
    struct smtp_shown text;
    struct smtp_shown line;
    smtp_reply_text(s, &text, out);
    smtp_reply_line(s, &line, out);
    TELL(out, starttls, .protocol = SPAN("smtp"), .command = p->verb->name,
         .result = ok ? SPAN("ok") : SPAN("refused"),
         .offered = tls_offered(s, p), .code = s->reply.code,
         .text = smtp_shown_span(&text), .line = smtp_shown_span(&line),
         .extra_bytes = ok ? extra : 0);
    if (!ok)
        return false;
    /* RFC 3207 section 4.2: the session starts anew. */
    while (s->pending_n)
        smtp_pending_drop(s);
    s->over_tls = true;
    s->offers_starttls = s->offers_anonymous_tls = s->guarded = false;
    s->reading = SMTP_READ_LINE;
    return true;
}

static void on_data(struct smtp *s, struct facts *out)
{
    if (s->reply.code < 400) {
        s->content.invited = true;
        return;
    }
    bool sent = s->reading != SMTP_READ_CONTENT;
    smtp_pending_unsend(s);
    if (!sent)
        s->reading = s->content.at == LINE_START ? SMTP_READ_LINE
                                                 : SMTP_READ_REST;
    /* The text may come all the same, now or while this was on its way. */
    s->guarded = true;
    smtp_quote_reply(s, &s->data_refusal, out);
}

/* A message is coming in, nothing else is to be answered, and still the server
 * says something final: the end has passed unseen, or the server does not wait
 * for it.  Where the client was not captured at all, neither was the message.
 * After a gap a refusal may be of what came after the message. */
static bool answers_content(const struct smtp *s)
{
    if (s->server_doubt && s->content.doubtful && s->reply.code >= 400)
        return false;
    return s->reading == SMTP_READ_CONTENT && s->content.invited &&
           !s->content.answered && s->pending_n == 0 && s->reply.code != 354 &&
           !client_is_gone(s) &&
           (s->content.bytes > 0 || !s->client_heard ||
            (s->content.doubtful && s->reply.code == 250));
}

/* DATA and its 354 are among what the capture missed, but what a server says
 * that has taken a message is known by its words. */
static bool answers_lost_message(struct smtp *s)
{
    return s->missed && s->reading != SMTP_READ_CONTENT &&
           smtp_reply_takes_message(s) && !smtp_message_is_pending(s);
}

/* The same where the 354 is among what the capture missed: no other success can
 * follow DATA. */
static void note_lost_invitation(struct smtp *s, struct facts *out)
{
    const struct smtp_pending *p = smtp_pending_at(s, 0);
    if (!s->server_doubt || s->reading != SMTP_READ_CONTENT ||
        s->content.bytes == 0 || s->pending_n != 1 ||
        p->verb->id != SMTP_DATA || s->reply.code != 250)
        return;
    smtp_pending_lose(s, out);
    s->content.invited = true;
}

/* Where the end of the message was not seen, a command may come next. */
static enum smtp_reading after_content(const struct smtp *s)
{
    if (s->content.at == LINE_START)
        return SMTP_READ_LINE;
    return s->content.doubtful ? SMTP_READ_LOST : SMTP_READ_REST;
}

static void tell_message_answer(struct smtp *s, struct facts *out)
{
    bool content = s->reading == SMTP_READ_CONTENT;
    struct smtp_pending p = {.verb = &smtp_data_end,
                             .bytes = content ? s->content.bytes : 0};
    tell_response(s, &p, out);
    smtp_transaction_answer(s, &p, s->reply.code, out);
}

static void on_content_answered(struct smtp *s, struct facts *out)
{
    bool over = s->reply.code < 400 || s->content.doubtful;
    tell_message_answer(s, out);
    s->content.answered = true;
    if (over)
        s->reading = after_content(s);
}

/* A reply to nothing that is known. */
static void on_unasked(struct smtp *s, struct facts *out)
{
    /* 354 was said and no text came, but the next answer has: the text had been
     * sent before, in what was taken for another message. */
    if (s->reading == SMTP_READ_CONTENT && s->content.doubtful &&
        s->content.bytes == 0 && s->client_heard)
        s->reading = SMTP_READ_LINE;
    tell_response(s, NULL, out);
    smtp_login_unasked(s, out);
    if (s->reply.code == 421 && !client_is_gone(s))
        smtp_transaction_cut(s, out);
    if (s->reply.code != 354 ||
        (s->reading != SMTP_READ_LINE && s->reading != SMTP_READ_LOST))
        return;
    /* DATA was not captured, but a message comes next. */
    smtp_content_begin(s, false);
    s->content.invited = true;
    s->content.doubtful = true;
}

/* The command has had its answer, unless more replies are to come. */
static bool is_answered(struct smtp *s, struct smtp_pending *p)
{
    unsigned code = s->reply.code;
    if (p->verb->id == SMTP_AUTH)
        return code != 334;
    if (p->verb->id == SMTP_XEXCH50 && code == 354) {
        s->chunk_left = p->bytes;
        s->reading = p->bytes ? SMTP_READ_CHUNK : s->reading;
        return false;
    }
    if (p->verb->id != SMTP_DATA_END && p->verb->id != SMTP_BDAT_LAST)
        return true;
    if (!s->lmtp || code == 421)
        p->replies = 0;
    else if (p->replies == 0)
        p->replies = s->now.accepted > 1 ? s->now.accepted - 1 : 0;
    else
        p->replies--;
    return p->replies == 0;
}

/* When the client closed, or else said goodbye; 0: neither. */
static int64_t gave_up(const struct smtp *s)
{
    const struct flow_context *context = s->context;
    bool closed = context->closed_by_known && context->closed_by == C2S;
    return closed ? context->closed_time : s->quit_time;
}

static void tell_late(struct smtp *s, const struct smtp_pending *p,
                      struct facts *out)
{
    struct smtp_shown line;
    int64_t left = gave_up(s);
    bool work = span_same(p->verb->stage, SPAN("transfer")) ||
                span_same(p->verb->stage, SPAN("login"));
    if (left == 0 || left < p->time || !work)
        return;
    smtp_reply_line(s, &line, out);
    TELL(out, mail_late_reply, .protocol = SPAN("smtp"),
         .command = p->verb->name, .waited = clock_seconds(left - p->time),
         .late = mail_since(out, left), .positive = s->reply.code < 400,
         .line = smtp_shown_span(&line));
}

static bool on_answer(struct smtp *s, struct smtp_pending *p, uint64_t extra,
                      struct facts *out)
{
    unsigned code = s->reply.code;
    bool answered = is_answered(s, p);
    bool was_open = s->now.open;
    bool tls = false;
    tell_response(s, p, out);
    tell_late(s, p, out);
    switch ((int)p->verb->id) {
    case SMTP_HELO:
        if (code == 250 && !span_is(p->verb->name, SPAN("HELO")))
            on_offer(s, out);
        break;
    case SMTP_AUTH:
        smtp_login_answer(s, p, out);
        break;
    case SMTP_DATA:
        on_data(s, out);
        break;
    default:
        break;
    }
    smtp_transaction_answer(s, p, code, out);
    if (p->verb->id == SMTP_DATA) /* else that was the message's fate */
        s->text_lost = code >= 400 && (s->now.open || !was_open);
    if (p->verb->id == SMTP_STARTTLS)
        tls = on_starttls(s, p, extra, out);
    if (answered && !tls)
        smtp_pending_drop(s);
    return tls;
}

bool smtp_answer(struct smtp *s, uint64_t extra, struct facts *out)
{
    unsigned code = s->reply.code;
    s->greeted |= mail_greeting_missed(s->context, s->pending_n);
    if (!s->greeted && (code == 220 || code >= 400)) {
        on_greeting(s, out);
        return false;
    }
    s->greeted = true;
    note_lost_invitation(s, out);
    if (answers_content(s)) {
        on_content_answered(s, out);
        return false;
    }
    if (answers_lost_message(s)) {
        tell_message_answer(s, out);
        return false;
    }
    struct smtp_pending *p = smtp_pending_match(s, code, out);
    if (p)
        return on_answer(s, p, extra, out);
    on_unasked(s, out);
    return false;
}

static void tell_unanswered(struct smtp *s, const struct smtp_pending *p,
                            enum end why, struct facts *out)
{
    double waited = mail_waited(s->context, why, out, p->time);
    struct stamp now =
        facts_swap_stamp(out, (struct stamp){p->frame, p->time, C2S});
    TELL(out, mail_unanswered, .protocol = SPAN("smtp"),
         .command = p->verb->name, .waited = waited, .end = mail_end(why),
         .stage = p->verb->stage);
    if (p->verb->id == SMTP_STARTTLS)
        TELL(out, starttls, .protocol = SPAN("smtp"),
             .command = p->verb->name, .result = SPAN("unanswered"),
             .offered = tls_offered(s, p));
    facts_swap_stamp(out, now);
}

void smtp_unanswered(struct smtp *s, enum end why, struct facts *out)
{
    int told = 0;
    while (s->pending_n) {
        const struct smtp_pending *p = smtp_pending_at(s, 0);
        bool waits = p->verb->id == SMTP_AUTH && smtp_login_waits_for_client(s);
        if (p->verb->id != SMTP_JUNK && !waits && !s->server_left &&
            !s->server_doubt && told++ < UNANSWERED_TOLD)
            tell_unanswered(s, p, why, out);
        smtp_pending_lose(s, out);
    }
}

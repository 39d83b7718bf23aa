/* shape.c - see shape.h.
 *
 *   C: request ......... pause ......... S: answer
 *
 * A turn is what one side says until the other speaks; an exchange is a turn
 * of the client and the server's turn after it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/shape.h"

#include "base/clock.h"

/* A ticket holds at least a ticket and its nonce; shorter records are not
 * mistaken for one although they have the same length twice. */
enum { TICKET_MIN = 64 };

/* "DATA", or "QUIT", and its line end (RFC 5321 section 4.1.1). */
enum { SHAPE_SHORT = 6 };

/* Waits that differ by less than one part in so many are alike. */
enum { PAUSE_PARTS = 8 };

void shape_expect_tickets(struct shape *shape, bool client_first)
{
    shape->tickets_possible = true;
    shape->tickets_only = client_first;
}

static void client_spoke(struct shape *s, size_t content, int64_t time)
{
    if (!s->began || s->speaker != C2S)
        s->request = 0;
    s->request += content;
    s->request_time = time;
}

/* The client's turn is over.  "DATA" alone has the length of "QUIT" and "RSET";
 * what follows tells them apart. */
static void end_request(struct shape *s)
{
    if (s->request > s->largest_request)
        s->largest_request = s->request;
    s->short_requests += s->short_turn && s->request > SHAPE_SHORT;
    s->short_turn = s->request == SHAPE_SHORT;
}

static void server_answered(struct shape *s, int64_t time)
{
    end_request(s);
    int64_t pause = time - s->request_time;
    /* A password that is refused twice takes the same time twice. */
    s->answering =
        s->exchanges == 0 || pause > s->pause - s->pause / PAUSE_PARTS;
    s->exchanges++;
    if (s->answering) {
        s->pause = pause;
        s->pause_request = s->request;
        s->pause_answer = 0;
        s->after = 0;
    } else {
        s->after++;
        s->after_bytes = s->request;
    }
}

static void count(struct shape *s, enum dir dir, size_t content, int64_t time)
{
    if (s->full)
        return;
    if (dir == C2S)
        client_spoke(s, content, time);
    else if (s->began && s->speaker == C2S)
        server_answered(s, time);
    if (dir == S2C && s->answering)
        s->pause_answer += content;
    s->last_answer = dir == S2C ? s->last_answer + content : 0;
    s->last_unasked = dir == S2C && s->began && s->speaker == S2C;
    s->last_pause = s->began ? time - s->last_time : 0;
    s->last_time = time;
    s->last_record = content;
    s->began = true;
    s->speaker = dir;
    s->records[dir]++;
    s->bytes[dir] += content;
    s->full = s->records[dir] >= SHAPE_RECORDS;
}

/* What was held back is content, from the n-th on. */
static void count_early(struct shape *s, size_t n)
{
    s->tickets = n;
    for (size_t i = n; i < s->early_n; i++)
        count(s, S2C, s->early[i].content, s->early[i].time);
    s->early_n = 0;
    s->tickets_possible = false;
}

/* How many of the held records are tickets.  Servers send one, or several of
 * the same length in a row (OpenSSL: two).  Before the client has spoken, what
 * is left is the greeting, and it comes last. */
static size_t tickets_among(const struct shape *s)
{
    size_t n = 1;
    while (n < s->early_n && s->early[n].content == s->early[0].content)
        n++;
    if (n > 1)
        return s->early[0].content >= TICKET_MIN ? n : 0;
    if (s->began)
        return 0; /* the client has asked: a single record is its answer */
    if (s->tickets_only)
        return s->early_n;
    return s->early_n - 1;
}

static void settle(struct shape *s)
{
    if (s->early_n)
        count_early(s, tickets_among(s));
}

void shape_record(struct shape *s, enum dir dir, size_t content, int64_t time)
{
    bool maybe_ticket =
        dir == S2C && s->tickets_possible && s->early_n < SHAPE_EARLY;
    if (maybe_ticket) {
        s->early[s->early_n++] = (struct shape_early){content, time};
        return;
    }
    settle(s);
    count(s, dir, content, time);
}

void shape_missed(struct shape *s, enum dir dir)
{
    settle(s);
    s->missed = true;
    if (s->records[dir] == 0)
        s->records[dir] = 1;
}

static bool only_goodbye_after(const struct shape *s)
{
    if (s->exchanges == 0 || s->full || s->missed || s->after > 1 ||
        (s->after == 1 && s->after_bytes > SHAPE_GOODBYE))
        return false;
    return s->speaker == S2C || s->request <= SHAPE_GOODBYE;
}

/* After STARTTLS there is much to say before the goodbye: a client that says
 * nothing else did not like what it saw. */
static bool left_unused(const struct shape *s, const struct shape_end *end)
{
    bool by_client = end->left && end->left_by == C2S;
    if (s->records[C2S] == 0)
        return by_client;
    return end->starttls && s->bytes[C2S] <= SHAPE_SHORT && s->exchanges <= 1 &&
           !s->missed && (end->left || s->speaker == S2C);
}

static struct span closed_name(const bool closed[2])
{
    if (closed[C2S] && closed[S2C])
        return SPAN("both");
    return closed[C2S]   ? SPAN("client")
           : closed[S2C] ? SPAN("server")
                         : SPAN("none");
}

static struct span side_word(bool known, enum dir dir, struct span otherwise)
{
    if (!known)
        return otherwise;
    return dir == C2S ? SPAN("client") : SPAN("server");
}

void shape_tell(struct shape *s, const struct shape_end *end, struct facts *out)
{
    settle(s);
    if (!s->began && !end->finished)
        return;
    bool waits = s->began && s->speaker == C2S;
    if (waits)
        end_request(s);
    TELL(out, tls_shape, .client_records = s->records[C2S],
         .server_records = s->records[S2C], .tickets = s->tickets,
         .client_bytes = s->bytes[C2S],
         .server_bytes = s->bytes[S2C], .pause = clock_seconds(s->pause),
         .answer_after_pause = s->pause_answer,
         .request_before_pause = s->pause_request, .exchanges = s->exchanges,
         .ended_after_pause = only_goodbye_after(s),
         .last_speaker = side_word(s->began, s->speaker, SPAN("")),
         .largest_request = s->largest_request,
         .short_requests = s->short_requests,
         .unanswered = waits ? clock_seconds(end->time - s->request_time) : 0,
         .last_request = s->request, .last_answer = s->last_answer,
         .last_record = s->last_record,
         .last_pause = clock_seconds(s->last_pause),
         .last_unasked = s->last_unasked,
         .close_notify = end->closed[C2S] || end->closed[S2C],
         .closed_by = closed_name(end->closed),
         .left_first = side_word(end->left, end->left_by, SPAN("none")),
         .left_unused = left_unused(s, end),
         .left_after = clock_seconds(end->left_after), .keys = end->keys,
         .whole = !s->full && !s->missed);
}

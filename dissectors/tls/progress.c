/* progress.c - see progress.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/progress.h"

#include "base/clock.h"
#include "tls/names.h"

enum { MANAGESIEVE_PORT = 4190 };

/* Who is asked for a password or about a certificate leaves the connection open;
 * programs answer sooner. */
#define PATIENCE (5 * CLOCK_SECOND)

struct span reached_name(enum reached reached)
{
    static const struct span names[] = {
        [REACHED_NOTHING] = SPAN_INIT("nothing"),
        [REACHED_CLIENT_HELLO] = SPAN_INIT("client_hello"),
        [REACHED_SERVER_HELLO] = SPAN_INIT("server_hello"),
        [REACHED_CERTIFICATE] = SPAN_INIT("certificate"),
        [REACHED_SERVER_DONE] = SPAN_INIT("server_done"),
        [REACHED_CLIENT_KEY] = SPAN_INIT("client_key"),
        [REACHED_CLIENT_FINISHED] = SPAN_INIT("client_finished"),
        [REACHED_FINISHED] = SPAN_INIT("finished"),
        [REACHED_DATA] = SPAN_INIT("data"),
    };
    return names[reached];
}

void progress_reach(struct tls *tls, enum reached reached)
{
    if (reached > tls->reached)
        tls->reached = reached;
}

/* How a handshake ended that was not completed. */
struct ending {
    struct span by, how;
    bool given_up;
    int64_t server_due;
    int64_t quiet; /* so long nothing came before it */
};

static void tell(struct tls *tls, struct span result,
                 const struct ending *ending, struct facts *out)
{
    char version[NAME_OF_VERSION];
    bool spoke = tls->half[S2C].opened || tls->half[S2C].foreign;
    bool acknowledged = tls->offer.hellos > 0 &&
                        (spoke || tls->context->acknowledged >= tls->offer.end);
    int64_t duration = tls->offer.hellos ? facts_time(out) + ending->quiet -
                                               tls->offer.first_time
                                         : 0;
    tls->told = true;
    TELL(out, tls_handshake, .result = result,
         .reached = reached_name(tls->reached),
         .version = name_of_version(tls->choice.version, version),
         .ended_by = ending->by, .ended_how = ending->how,
         .given_up = ending->given_up,
         .server_due = clock_seconds(ending->server_due),
         .client_certificate_requested = tls->certificate_requested,
         .client_certificate_empty = tls->certificate_empty,
         .retries = tls->choice.retries,
         .resumption_offered = tls->offer.resumption,
         .resumed = tls->choice.resumed,
         .client_hello_acknowledged = acknowledged, .server_spoke = spoke,
         .starttls = tls->context->starttls,
         .duration = clock_seconds(duration));
}

void progress_complete(struct tls *tls, struct facts *out)
{
    if (tls->told || tls->refused || tls->midstream)
        return;
    progress_reach(tls, REACHED_FINISHED);
    if (is_tls13(tls)) {
        /* After STARTTLS the client speaks first, but for ManageSieve, whose
         * server repeats its capabilities (RFC 5804 2.2). */
        bool client_first = tls->context->starttls &&
                            tls->context->server_port != MANAGESIEVE_PORT;
        shape_expect_tickets(&tls->shape, client_first);
    }
    tls->complete_time = facts_time(out);
    tell(tls, SPAN("ok"), &(struct ending){.given_up = false}, out);
}

void progress_finished(struct tls *tls, enum dir dir, struct facts *out)
{
    tls->half[dir].finished = true;
    if (is_tls13(tls)) {
        if (dir == C2S)
            progress_complete(tls, out);
        else
            progress_reach(tls, REACHED_SERVER_DONE);
        return;
    }
    if (tls->half[other(dir)].finished)
        progress_complete(tls, out);
    else
        progress_reach(tls, dir == C2S ? REACHED_CLIENT_FINISHED
                                       : REACHED_SERVER_DONE);
}

void progress_refused(struct tls *tls, enum dir by)
{
    if (tls->told || tls->refused)
        return;
    tls->refused = true;
    tls->refused_by = by;
}

static void leave(struct tls *tls, enum dir by, int64_t time)
{
    tls->left = true;
    tls->left_by = by;
    tls->left_time = time;
}

void progress_left(struct tls *tls, enum dir by, int64_t time)
{
    const struct flow_context *context = tls->context;
    if (tls->left)
        return;
    if (context->closed_time && context->closed_by_known)
        leave(tls, context->closed_by, context->closed_time);
    else
        leave(tls, by, time);
}

void progress_closed(struct tls *tls, int64_t time)
{
    if (tls->context->closed_by_known)
        progress_left(tls, tls->context->closed_by, time);
}

static struct span how_name(enum end why)
{
    switch (why) {
    case END_FIN:
        return SPAN("fin");
    case END_RESET:
        return SPAN("reset");
    case END_TIMEOUT:
        return SPAN("silence");
    case END_OF_CAPTURE:
        break;
    }
    return SPAN("end-of-capture");
}

/* EncryptedExtensions and Finished with SHA-256; unless a session is resumed,
 * between them a Certificate with a bare key of 32 bytes (RFC 7250) and a
 * CertificateVerify of 64 (RFC 8446 section 4.4): no server gets by with
 * less. */
static size_t least_flight(const struct tls *tls)
{
    enum { EXTENSIONS = 6, FINISHED = 36, CERTIFICATE = 57, VERIFY = 72 };
    return tls->choice.resumed ? EXTENSIONS + FINISHED
                               : EXTENSIONS + CERTIFICATE + VERIFY + FINISHED;
}

/* Up to TLS 1.2 each message can be seen.  Of what TLS 1.3 encrypts only a
 * record that has not come whole, or too little of all, tells that more of it
 * was to come. */
static bool is_servers_turn(const struct tls *tls)
{
    const struct tls_half *server = &tls->half[S2C];
    bool half_a_record = server->waiting_n > 0 || server->skip > 0;
    switch (tls->reached) {
    case REACHED_SERVER_HELLO:
    case REACHED_CERTIFICATE:
        return half_a_record || !is_tls13(tls) ||
               tls->encrypted_flight < least_flight(tls);
    case REACHED_SERVER_DONE:
        return half_a_record;
    case REACHED_CLIENT_KEY:
    case REACHED_CLIENT_FINISHED:
        return true;
    case REACHED_NOTHING:
    case REACHED_CLIENT_HELLO: /* whether it will be TLS at all is open */
    case REACHED_FINISHED:
    case REACHED_DATA:
        break;
    }
    return false;
}

int64_t progress_over(const struct tls *tls, enum end why,
                      const struct facts *out)
{
    return tls->left ? tls->left_time
                     : facts_time(out) + flow_quiet(tls->context, why);
}

void progress_end(struct tls *tls, enum end why, struct facts *out)
{
    struct ending ending = {.by = SPAN("nobody"), .how = how_name(why)};
    /* Of a connection seen from its middle, one that speaks something else, or
     * one with holes in the wrong places, no failure can be claimed. */
    bool never_began = tls->reached == REACHED_NOTHING &&
                       (tls->foreign_told || tls->context->midstream);
    if (tls->told || tls->midstream || never_began ||
        (tls->lost && !tls->refused))
        return;
    if (tls->refused) {
        ending.by = side_name(tls->refused_by);
        ending.how = SPAN("alert");
        ending.given_up = true;
        tell(tls, SPAN("failed"), &ending, out);
        return;
    }
    if (why == END_FIN || why == END_RESET)
        ending.by = tls->context->closed_by_known
                        ? side_name(tls->context->closed_by)
                        : SPAN("");
    ending.quiet = flow_quiet(tls->context, why);
    if (is_servers_turn(tls) && tls->spoken)
        ending.server_due = progress_over(tls, why, out) - tls->spoken;
    bool server_closed = tls->left && tls->left_by == S2C;
    bool servers_fault = ending.server_due >= PATIENCE ||
                         (ending.server_due > 0 && server_closed);
    /* Who never got the server's part has no opinion of it. */
    bool arrived =
        !tls->context->heard_known || tls->context->heard >= tls->served;
    ending.given_up =
        (why != END_OF_CAPTURE || tls->context->quiet >= PATIENCE) &&
        !servers_fault && arrived;
    tell(tls, SPAN("unfinished"), &ending, out);
}

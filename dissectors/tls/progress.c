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

static void tell(struct tls *tls, struct span result, struct span by,
                 struct span how, bool given_up, struct facts *out)
{
    char version[NAME_OF_VERSION];
    bool spoke = tls->half[S2C].opened || tls->half[S2C].foreign;
    bool acknowledged =
        tls->offer.hellos > 0 &&
        (spoke || tls->context->acknowledged >= tls->offer.end);
    int64_t duration =
        tls->offer.hellos ? facts_time(out) - tls->offer.first_time : 0;
    tls->told = true;
    TELL(out, tls_handshake, .result = result,
         .reached = reached_name(tls->reached),
         .version = name_of_version(tls->choice.version, version),
         .ended_by = by, .ended_how = how, .given_up = given_up,
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
    tell(tls, SPAN("ok"), SPAN(""), SPAN(""), false, out);
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

void progress_end(struct tls *tls, enum end why, struct facts *out)
{
    /* Of a connection seen from its middle, one that speaks something else, or
     * one with holes in the wrong places, no failure can be claimed. */
    bool never_began = tls->reached == REACHED_NOTHING &&
                       (tls->foreign_told || tls->context->midstream);
    if (tls->told || tls->midstream || never_began ||
        (tls->lost && !tls->refused))
        return;
    if (tls->refused) {
        tell(tls, SPAN("failed"), side_name(tls->refused_by), SPAN("alert"),
             true, out);
        return;
    }
    struct span by = SPAN("nobody");
    if (why == END_FIN || why == END_RESET)
        by = tls->context->closed_by_known ? side_name(tls->context->closed_by)
                                           : SPAN("");
    bool given_up = why != END_OF_CAPTURE || tls->context->quiet >= PATIENCE;
    tell(tls, SPAN("unfinished"), by, how_name(why), given_up, out);
}

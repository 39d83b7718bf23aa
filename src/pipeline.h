/* pipeline.h - a capture goes in, what mailwhy found out comes out.
 *
 * The one place that sees every layer: frames are decoded, put to their flows,
 * reassembled, dissected into facts; facts are judged by the rules, findings
 * ranked, and the result assembled.  One analysis at a time per process
 * (libnids keeps its state in globals).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "base/err.h"
#include "capture/capture.h"
#include "finding/result.h"
#include "rule/rule.h"

struct decode_as {
    uint16_t port;
    const char *protocol; /* imap, pop3, smtp, sieve */
    bool implicit_tls;    /* TLS is expected from the first byte, as on 993 */
};

struct analyze_options {
    const struct rules *rules;
    const char *filter; /* BPF, or NULL */
    const char *keylog; /* NSS key log file, or NULL */
    const char *key;    /* PEM file with an RSA private key, or NULL */
    const char *ca;     /* PEM file with trusted CAs, or NULL: the system's */
    const struct decode_as *decode_as;
    size_t decode_as_count;
    bool show_users;
    size_t sessions_listed; /* at most, in the result; 0: all that are kept */
    bool trace;             /* the result is to hold the facts of one session: */
    uint64_t traced;        /* its id; 0: of none, and of what stands beside */
    /* Called by analyze_file() when every file it needs is open and no packet
     * has been read: the moment to give up rights.  May be NULL. */
    void (*opened)(void);
};

/* Analyses a file, or "-".  *result is always given, with ->error set when the
 * file was damaged or could not be read; false in these two cases, and err
 * then says the same without the file's name.  Free with result_free(). */
bool analyze_file(const char *path, const struct analyze_options *options,
                  struct result **result, struct err *err);

struct analysis;

/* Frame by frame, for live capture.  NULL: an option names a file that can not
 * be used; err says which and why.  name is shown as the file. */
struct analysis *analysis_new(const struct analyze_options *options,
                              const char *name, struct err *err);

/* Calls found() for each finding about a single session as soon as that
 * session is over; the finding is valid during the call.  Before the first
 * frame. */
void analysis_watch(struct analysis *analysis,
                    void (*found)(void *user,
                                  const struct result_finding *finding),
                    void *user);

void analysis_frame(struct analysis *analysis, const struct frame *frame);

/* Time passes without packets (nanoseconds since 1970): flows that have been
 * over for long are judged. */
void analysis_tick(struct analysis *analysis, int64_t now);

/* Adds TLS secrets in NSS key log format, as pcapng files embed them. */
void analysis_secrets(struct analysis *analysis, struct span keylog);

/* Ends it: judges all that is left, frees the analysis, gives the result. */
struct result *analysis_finish(struct analysis **analysis);

#endif

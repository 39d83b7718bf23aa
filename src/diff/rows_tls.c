/* rows_tls.c - STARTTLS, handshakes, certificates, and encrypted talk by its
 * shape.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>

#include "diff/rows.h"

enum { TLS_1_2 = 0x0303 };

static void starttls(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_starttls *s = fact->values;
    struct row *row = row_add(maker, "starttls", fact);
    row->bad = !is(s->result, "ok");
    row_aspect(maker, row, "result", s->result, WEIGHT_MATTERS);
}

/* Which of the versions that all do today is a matter of taste; an older one is
 * what servers refuse. */
static void version(struct rows_maker *maker, struct row *row, struct span name,
                    uint64_t number)
{
    row_aspect(maker, row, "version", name, WEIGHT_LESSER);
    row_yes(maker, row, "older than TLS 1.2", number && number < TLS_1_2,
            WEIGHT_FLAW);
}

static void client_hello(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_client_hello *h = fact->values;
    struct row *row =
        row_add(maker, h->second ? "tls hello again" : "tls hello", fact);
    version(maker, row, h->version, h->version_number);
    row_yes(maker, row, "names the server", h->server_name.n > 0 || h->ech,
            WEIGHT_VIRTUE);
    row_aspect(maker, row, "server name", h->server_name, WEIGHT_LESSER);
    row_yes(maker, row, "weak ciphers only", h->weak_only, WEIGHT_FLAW);
    row_aspect(maker, row, "ciphers", h->ciphers, WEIGHT_WORDS);
    row_aspect(maker, row, "groups", h->groups, WEIGHT_WORDS);
    row_aspect(maker, row, "ALPN", h->alpn, WEIGHT_WORDS);
    row_yes(maker, row, "post-quantum key share", h->post_quantum,
            WEIGHT_LESSER);
    row_show(maker, row, "up to %s, for %s", row_text(maker, h->version),
             h->server_name.n ? row_text(maker, h->server_name) : "no name");
}

static void server_hello(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_server_hello *h = fact->values;
    struct row *row =
        row_add(maker, h->retry ? "tls retry" : "tls answer", fact);
    row->seconds = h->delay;
    version(maker, row, h->version, h->version_number);
    row_aspect(maker, row, "cipher", h->cipher, WEIGHT_LESSER);
    row_yes(maker, row, "weak cipher", h->weak, WEIGHT_FLAW);
    row_yes(maker, row, "downgraded", h->downgrade, WEIGHT_FLAW);
    row_aspect(maker, row, "group", h->group, WEIGHT_LESSER);
    row_yes(maker, row, "resumed", h->resumed, WEIGHT_LESSER);
    row_aspect(maker, row, "ALPN", h->alpn, WEIGHT_LESSER);
    row_show(maker, row, "%s, %s", row_text(maker, h->version),
             row_text(maker, h->cipher));
}

static const char *validity(const struct fact_tls_certificate *c)
{
    return c->expired ? "expired" : c->not_yet_valid ? "not yet" : "yes";
}

static const char *fitting(const struct fact_tls_certificate *c)
{
    return !c->name_known ? "unknown" : c->name_matches ? "yes" : "no";
}

static void certificate(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_certificate *c = fact->values;
    struct row *row = row_add(maker, "certificate", fact);
    row_aspect(maker, row, "valid", span_of(validity(c)), WEIGHT_MATTERS);
    row_aspect(maker, row, "for the name wanted", span_of(fitting(c)),
               c->name_known ? WEIGHT_MATTERS : WEIGHT_LESSER);
    row_aspect(maker, row, "chain", c->chain, WEIGHT_MATTERS);
    row_aspect(maker, row, "issuer", c->issuer, WEIGHT_MATTERS);
    row_aspect(maker, row, "subject", c->subject, WEIGHT_LESSER);
    row_aspect(maker, row, "fingerprint", c->fingerprint, WEIGHT_LESSER);
    row_aspect(maker, row, "key", c->key, WEIGHT_LESSER);
    row_yes(maker, row, "weak", c->weak_key || c->weak_signature, WEIGHT_FLAW);
    row_yes(maker, row, "meant for servers", !c->wrong_usage, WEIGHT_VIRTUE);
    /* What the client may have to refuse, even where the other's is hidden. */
    bool outdated = c->expired || c->not_yet_valid;
    bool foreign = c->name_known && !c->name_matches;
    row->bad = outdated || foreign || c->wrong_usage;
    row_show(maker, row, "%s%s%s by %s, %s to %s",
             outdated ? "not valid: " : "", foreign ? "other name: " : "",
             row_text(maker, c->subject), row_text(maker, c->issuer),
             row_text(maker, c->not_before), row_text(maker, c->not_after));
}

static void alert(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_alert *a = fact->values;
    if (!is(a->level, "fatal"))
        return;
    struct row *row = row_add(maker, "alert", fact);
    row->bad = true;
    row_aspect(maker, row, "by", a->by, WEIGHT_MATTERS);
    row_aspect(maker, row, "name", a->name, WEIGHT_MATTERS);
    row_show(maker, row, "%s from the %s", row_text(maker, a->name),
             row_text(maker, a->by));
}

static void hidden_alert(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_encrypted_alert *a = fact->values;
    if (!a->before_data)
        return; /* goodbyes look the same */
    struct row *row = row_add(maker, "alert", fact);
    row->bad = true;
    row_aspect(maker, row, "by", a->by, WEIGHT_MATTERS);
    row_aspect(maker, row, "name", SPAN("encrypted"), WEIGHT_MATTERS);
}

static void handshake(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_handshake *h = fact->values;
    struct row *row = row_add(maker, "tls", fact);
    bool ok = is(h->result, "ok");
    row->seconds = h->duration;
    row->bad = !ok;
    row_aspect(maker, row, "result", h->result, WEIGHT_MATTERS);
    row_yes(maker, row, "client certificate wanted",
            h->client_certificate_requested, WEIGHT_LESSER);
    row_yes(maker, row, "resumed", h->resumed, WEIGHT_LESSER);
    if (ok)
        row_show(maker, row, "ok, %s", row_text(maker, h->version));
    else
        row_show(maker, row, "%s after %s, ended by %s (%s)",
                 row_text(maker, h->result), row_text(maker, h->reached),
                 row_text(maker, h->ended_by), row_text(maker, h->ended_how));
}

static void shape(struct rows_maker *maker, const struct fact *fact)
{
    const struct fact_tls_shape *s = fact->values;
    struct row *row = row_add(maker, "hidden talk", fact);
    row->seconds = s->pause;
    row_yes(maker, row, "ended after the longest wait", s->ended_after_pause,
            WEIGHT_LESSER);
    row_aspect(maker, row, "first to leave", s->left_first, WEIGHT_LESSER);
    row_show(maker, row,
             "encrypted: %" PRIu64 " exchanges, longest wait %.1f s",
             s->exchanges, s->pause);
}

static void not_tls(struct rows_maker *maker, const struct fact *fact)
{
    row_add(maker, "no tls", fact)->bad = true;
}

static void malformed(struct rows_maker *maker, const struct fact *fact)
{
    row_add(maker, "bad tls", fact)->bad = true;
}

/* clang-format off */
const struct rows_teller rows_of_tls[] = {
    {FACT_KIND_starttls,            starttls},
    {FACT_KIND_tls_client_hello,    client_hello},
    {FACT_KIND_tls_server_hello,    server_hello},
    {FACT_KIND_tls_certificate,     certificate},
    {FACT_KIND_tls_alert,           alert},
    {FACT_KIND_tls_encrypted_alert, hidden_alert},
    {FACT_KIND_tls_handshake,       handshake},
    {FACT_KIND_tls_shape,           shape},
    {FACT_KIND_tls_not_tls,         not_tls},
    {FACT_KIND_tls_malformed,       malformed},
    {0, NULL},
};
/* clang-format on */

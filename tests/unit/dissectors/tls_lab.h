/* tls_lab.h - real TLS for the tests: libssl talks to itself in memory, and
 * what went over the wire is fed to the dissector in any cut.
 *
 * The clock stands at LAB_NOW, for the certificates, for libssl's verification
 * and for the packets.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_TLS_LAB_H
#define TESTS_TLS_LAB_H

#include "test.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dissector.h"
#include "tls/keys.h"
#include "tls/trust.h"

#define LAB_NOW INT64_C(1780308000) /* 2026-06-01T10:00:00Z */

enum { LAB_DAY = 86400, LAB_PIECES = 256 };

/* ---- certificates ---- */

struct lab_cert {
    X509 *cert;
    EVP_PKEY *key;
};

struct lab_wish {
    const char *name, *organization; /* common name */
    const char *san;                 /* "DNS:a,IP:192.0.2.1"; NULL: none */
    const char *usage;               /* extended key usage; NULL: none */
    const char *aia;                 /* where the issuer is; NULL: none */
    bool ca;
    int rsa_bits;                  /* 0: EC P-256 */
    const char *curve;             /* NULL: P-256 */
    long begin, end;               /* days from now; both 0: -30, +60 */
    const EVP_MD *digest;          /* NULL: SHA-256 */
    const struct lab_cert *issuer; /* NULL: itself */
};

static inline void lab_extension(X509 *cert, X509 *issuer, int nid,
                                 const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(ext);
    assert_true(X509_add_ext(cert, ext, -1));
    X509_EXTENSION_free(ext);
}

static inline struct lab_cert lab_cert_new(struct lab_wish wish)
{
    static long serial;
    struct lab_cert made = {X509_new(), NULL};
    if (wish.rsa_bits)
        made.key = EVP_RSA_gen((unsigned)wish.rsa_bits);
    else
        made.key = EVP_EC_gen(wish.curve ? wish.curve : "P-256");
    assert_non_null(made.key);
    X509 *cert = made.cert;
    const struct lab_cert *issuer = wish.issuer ? wish.issuer : &made;
    if (!wish.begin && !wish.end) {
        wish.begin = -30;
        wish.end = 60;
    }
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(cert), LAB_NOW + wish.begin * LAB_DAY);
    ASN1_TIME_set(X509_getm_notAfter(cert), LAB_NOW + wish.end * LAB_DAY);
    X509_set_pubkey(cert, made.key);
    X509_NAME *name = X509_get_subject_name(cert);
    if (wish.organization)
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                                   (const unsigned char *)wish.organization, -1,
                                   -1, 0);
    if (wish.name)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   (const unsigned char *)wish.name, -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer->cert));
    if (wish.ca)
        lab_extension(cert, issuer->cert, NID_basic_constraints,
                      "critical,CA:TRUE");
    if (wish.san)
        lab_extension(cert, issuer->cert, NID_subject_alt_name, wish.san);
    if (wish.usage)
        lab_extension(cert, issuer->cert, NID_ext_key_usage, wish.usage);
    if (wish.aia)
        lab_extension(cert, issuer->cert, NID_info_access, wish.aia);
    assert_true(
        X509_sign(cert, issuer->key, wish.digest ? wish.digest : EVP_sha256()));
    return made;
}

static inline void lab_cert_free(struct lab_cert *c)
{
    X509_free(c->cert);
    EVP_PKEY_free(c->key);
}

/* A PEM file with this certificate; remove() and free() the name. */
static inline char *lab_pem(X509 *cert)
{
    char *path = strdup("/tmp/mailwhy-test-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_true(PEM_write_X509(f, cert));
    fclose(f);
    return path;
}

/* ---- a conversation ---- */

struct lab_piece {
    enum dir dir;
    size_t n;
    uint8_t *bytes;
    int64_t time;
};

struct lab {
    /* wishes, all optional */
    int version;         /* TLS1_2_VERSION, ...; 0: the best */
    int client_version;  /* another maximum for the client */
    const char *ciphers; /* up to TLS 1.2 */
    const char *suites;  /* of TLS 1.3 */
    const char *server_groups, *client_groups;
    const char *server_name, *alpn;
    const struct lab_cert *cert; /* of the server; NULL: anonymous suites */
    const struct lab_cert *sent[4];
    const struct lab_cert *client_cert;
    bool wants_client_cert;
    bool padded; /* 16 bytes in each record of TLS 1.3, as JSSE does */
    X509 *trusted; /* the client verifies, believing this one */
    uint64_t client_options, server_options;
    SSL_SESSION *resume;

    /* what came of it */
    SSL *client, *server;
    SSL_CTX *client_ctx, *server_ctx;
    struct lab_piece pieces[LAB_PIECES];
    size_t piece_count;
    struct text keys;    /* in key log format */
    struct text said[2]; /* the plain text of each side */
    int64_t now;
    bool ok;
};

static struct lab *lab_logging; /* libssl's callback has no other way */

static inline void lab_keylog(const SSL *ssl, const char *line)
{
    (void)ssl;
    text_addf(&lab_logging->keys, "%s\n", line);
}

static inline int lab_alpn(SSL *ssl, const unsigned char **out,
                           unsigned char *out_n, const unsigned char *in,
                           unsigned in_n, void *user)
{
    (void)ssl;
    (void)user;
    (void)in_n;
    *out = in + 1;
    *out_n = in[0];
    return SSL_TLSEXT_ERR_OK;
}

/* libssl's macros cast away a const that they then keep. */
static inline char *lab_unconst(const char *text)
{
    union {
        const char *borrowed;
        char *as_openssl_wants;
    } u = {text};
    return u.as_openssl_wants;
}

static inline size_t lab_padding(SSL *ssl, int type, size_t n, void *user)
{
    (void)ssl;
    (void)type;
    (void)n;
    (void)user;
    return 16;
}

static inline SSL_CTX *lab_ctx(struct lab *lab, const SSL_METHOD *method,
                               int version, const char *groups,
                               uint64_t options)
{
    SSL_CTX *ctx = SSL_CTX_new(method);
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_min_proto_version(ctx, version ? version : TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ctx, version);
    /* TLS 1.0 would otherwise send an empty record before each. */
    SSL_CTX_set_options(ctx, options | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
    if (lab->ciphers)
        assert_true(SSL_CTX_set_cipher_list(ctx, lab->ciphers));
    else
        assert_true(SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0"));
    if (lab->suites)
        assert_true(SSL_CTX_set_ciphersuites(ctx, lab->suites));
    if (groups)
        assert_true(SSL_CTX_set1_groups_list(ctx, lab_unconst(groups)));
    if (lab->padded)
        SSL_CTX_set_record_padding_callback(ctx, lab_padding);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ctx), LAB_NOW);
    return ctx;
}

static inline int lab_accept_any(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    (void)ctx;
    return 1;
}

static inline void lab_open(struct lab *lab)
{
    int client_version =
        lab->client_version ? lab->client_version : lab->version;
    lab->now = LAB_NOW * CLOCK_SECOND;
    lab->server_ctx = lab_ctx(lab, TLS_server_method(), lab->version,
                              lab->server_groups, lab->server_options);
    lab->client_ctx = lab_ctx(lab, TLS_client_method(), client_version,
                              lab->client_groups, lab->client_options);
    SSL_CTX_set_dh_auto(lab->server_ctx, 1);
    if (lab->cert) {
        SSL_CTX_use_certificate(lab->server_ctx, lab->cert->cert);
        SSL_CTX_use_PrivateKey(lab->server_ctx, lab->cert->key);
    }
    for (size_t i = 0; i < 4 && lab->sent[i]; i++)
        SSL_CTX_add1_chain_cert(lab->server_ctx, lab->sent[i]->cert);
    if (lab->wants_client_cert)
        SSL_CTX_set_verify(lab->server_ctx,
                           SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           lab_accept_any);
    if (lab->client_cert) {
        SSL_CTX_use_certificate(lab->client_ctx, lab->client_cert->cert);
        SSL_CTX_use_PrivateKey(lab->client_ctx, lab->client_cert->key);
    }
    if (lab->trusted) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(lab->client_ctx),
                            lab->trusted);
        SSL_CTX_set_verify(lab->client_ctx, SSL_VERIFY_PEER, NULL);
    }
    if (lab->alpn)
        SSL_CTX_set_alpn_select_cb(lab->server_ctx, lab_alpn, NULL);
    SSL_CTX_set_keylog_callback(lab->client_ctx, lab_keylog);

    BIO *client_end, *server_end;
    BIO *client_wire = BIO_new(BIO_s_mem()),
        *server_wire = BIO_new(BIO_s_mem());
    lab->client = SSL_new(lab->client_ctx);
    lab->server = SSL_new(lab->server_ctx);
    client_end = BIO_new(BIO_s_mem());
    server_end = BIO_new(BIO_s_mem());
    SSL_set_bio(lab->client, client_end, client_wire);
    SSL_set_bio(lab->server, server_end, server_wire);
    SSL_set_connect_state(lab->client);
    SSL_set_accept_state(lab->server);
    if (lab->server_name) {
        SSL_set_tlsext_host_name(lab->client, lab_unconst(lab->server_name));
        if (lab->trusted)
            SSL_set1_host(lab->client, lab->server_name);
    }
    if (lab->alpn)
        SSL_set_alpn_protos(lab->client, (const unsigned char *)lab->alpn,
                            (unsigned)strlen(lab->alpn));
    if (lab->resume)
        SSL_set_session(lab->client, lab->resume);
    lab_logging = lab;
}

static inline void lab_record(struct lab *lab, enum dir dir, const void *bytes,
                              size_t n)
{
    assert_true(lab->piece_count < LAB_PIECES);
    struct lab_piece *piece = &lab->pieces[lab->piece_count++];
    *piece = (struct lab_piece){dir, n, malloc(n), lab->now += 1000000};
    memcpy(piece->bytes, bytes, n);
}

/* Carries what dir has written to the other side; false if there was none. */
static inline bool lab_carry(struct lab *lab, enum dir dir)
{
    SSL *from = dir == C2S ? lab->client : lab->server;
    SSL *to = dir == C2S ? lab->server : lab->client;
    char *bytes;
    long n = BIO_get_mem_data(SSL_get_wbio(from), &bytes);
    if (n <= 0)
        return false;
    lab_record(lab, dir, bytes, (size_t)n);
    BIO_write(SSL_get_rbio(to), bytes, (int)n);
    (void)BIO_reset(SSL_get_wbio(from));
    return true;
}

/* Handshakes until both are done or one gives up. */
static inline void lab_shake(struct lab *lab)
{
    int client = 0, server = 0;
    bool moved = true;
    for (int i = 0; i < 20 && moved; i++) {
        client = SSL_do_handshake(lab->client);
        moved = lab_carry(lab, C2S);
        server = SSL_do_handshake(lab->server);
        moved |= lab_carry(lab, S2C);
    }
    lab->ok = client == 1 && server == 1;
    ERR_clear_error();
}

/* dir says something, and the other side reads it. */
static inline void lab_say(struct lab *lab, enum dir dir, const char *line)
{
    SSL *from = dir == C2S ? lab->client : lab->server;
    SSL *to = dir == C2S ? lab->server : lab->client;
    char read[4096];
    if (SSL_write(from, line, (int)strlen(line)) > 0)
        text_adds(&lab->said[dir], line);
    lab_carry(lab, dir);
    while (SSL_read(to, read, sizeof read) > 0)
        ;
    lab_carry(lab, dir == C2S ? S2C : C2S);
    ERR_clear_error();
}

static inline void lab_bye(struct lab *lab, enum dir dir)
{
    SSL_shutdown(dir == C2S ? lab->client : lab->server);
    lab_carry(lab, dir);
}

static inline void lab_close(struct lab *lab)
{
    for (size_t i = 0; i < lab->piece_count; i++)
        free(lab->pieces[i].bytes);
    SSL_free(lab->client);
    SSL_free(lab->server);
    SSL_CTX_free(lab->client_ctx);
    SSL_CTX_free(lab->server_ctx);
    text_free(&lab->keys);
    text_free(&lab->said[C2S]);
    text_free(&lab->said[S2C]);
}

/* ---- the dissector, fed ---- */

/* How to feed: whole pieces, byte by byte, or with one cut inside a piece. */
struct lab_cut {
    bool bytewise;
    bool cut;
    size_t piece, at;
};

struct lab_seen {
    struct text facts;    /* one line per fact: kind field=value ... */
    struct text clear[2]; /* what was decrypted */
    bool done;
    size_t pending[2]; /* bytes that were never used */
};

struct lab_feed {
    const struct lab *lab;
    struct flow_context context;
    enum end end;
    struct lab_cut cut;
};

static inline void lab_locate(void *user, enum dir dir, uint64_t offset,
                              uint64_t *frame, int64_t *time)
{
    const struct lab *lab = user;
    uint64_t end = 0;
    for (size_t i = 0; i < lab->piece_count; i++) {
        if (lab->pieces[i].dir != dir)
            continue;
        end += lab->pieces[i].n;
        *frame = i + 1;
        *time = lab->pieces[i].time;
        if (end >= offset)
            return;
    }
}

static inline void lab_listen(void *user, const struct fact *fact)
{
    struct text *out = user;
    text_addf(out, "%s frame=%u", fact->kind->name, (unsigned)fact->frame);
    for (size_t i = 0; i < fact->kind->field_count; i++) {
        text_addf(out, " %s=", fact->kind->fields[i].name);
        fact_field_show(fact, &fact->kind->fields[i], out);
    }
    text_adds(out, "\n");
}

struct lab_feeder {
    void *self;
    struct facts *facts;
    struct lab_seen *seen;
    struct text held[2];
    uint64_t offset[2];
};

/* Adds bytes to what waits and offers all of it, in a block of its exact
 * size, so that a read past its end is seen. */
static inline void lab_offer(struct lab_feeder *f, enum dir dir,
                             struct span bytes)
{
    text_add(&f->held[dir], bytes);
    while (!f->seen->done && f->held[dir].n) {
        size_t n = f->held[dir].n;
        uint8_t *exact = malloc(n);
        memcpy(exact, f->held[dir].s, n);
        struct chunk chunk = {
            dir, f->offset[dir], {exact, n}
        };
        struct fed fed = tls_dissector.feed(f->self, &chunk, f->facts);
        assert_true(fed.used <= n);
        text_add(&f->seen->clear[dir], fed.clear);
        free(exact);
        memmove(f->held[dir].s, f->held[dir].s + fed.used, n - fed.used);
        f->held[dir].n -= fed.used;
        f->offset[dir] += fed.used;
        f->seen->done = fed.done;
        if (fed.used == 0)
            break;
    }
}

static inline void lab_piece_offer(struct lab_feeder *f,
                                   const struct lab_piece *piece,
                                   const struct lab_cut *cut, size_t i)
{
    struct span rest = {piece->bytes, piece->n};
    size_t first = cut->cut && cut->piece == i ? cut->at : rest.n;
    while (rest.n) {
        size_t n = cut->bytewise ? 1 : first;
        lab_offer(f, piece->dir, span_first(rest, n));
        rest = span_skip(rest, n);
        first = rest.n;
    }
}

static inline struct lab_seen lab_feed(struct lab_feed how)
{
    struct lab_seen seen = {.done = false};
    struct arena *mem = arena_new();
    struct lab_feeder f = {.facts = facts_new(1), .seen = &seen};
    union {
        const struct lab *borrowed;
        void *as_user;
    } user = {how.lab};
    facts_locator_set(f.facts,
                      (struct facts_locator){lab_locate, user.as_user});
    facts_listen(f.facts, lab_listen, &seen.facts);
    f.self = tls_dissector.open(mem, &how.context);
    for (size_t i = 0; i < how.lab->piece_count; i++)
        lab_piece_offer(&f, &how.lab->pieces[i], &how.cut, i);
    facts_stamp(f.facts, how.lab->piece_count, how.lab->now);
    tls_dissector.close(f.self, how.end, f.facts);
    for (int dir = C2S; dir <= S2C; dir++) {
        seen.pending[dir] = f.held[dir].n;
        text_free(&f.held[dir]);
    }
    facts_free(&f.facts);
    arena_free(&mem);
    return seen;
}

static inline void lab_seen_free(struct lab_seen *seen)
{
    text_free(&seen->facts);
    text_free(&seen->clear[C2S]);
    text_free(&seen->clear[S2C]);
}

static inline void lab_same(const struct lab_seen *a, const struct lab_seen *b)
{
    assert_string_equal(text_string(&a->facts), text_string(&b->facts));
    assert_string_equal(text_string(&a->clear[C2S]),
                        text_string(&b->clear[C2S]));
    assert_string_equal(text_string(&a->clear[S2C]),
                        text_string(&b->clear[S2C]));
}

/* The facts of these pieces, after a check that byte by byte they are the same.
 */
static inline struct lab_seen lab_facts(struct lab_feed how)
{
    struct lab_seen whole = lab_feed(how);
    how.cut = (struct lab_cut){.bytewise = true};
    struct lab_seen bytewise = lab_feed(how);
    lab_same(&whole, &bytewise);
    lab_seen_free(&bytewise);
    return whole;
}

/* The n-th line (from 0) of this kind, or "". */
static inline const char *lab_line(const struct lab_seen *seen,
                                   const char *kind, size_t n)
{
    static char line[8192];
    struct span rest = text_span(&seen->facts), one;
    while (span_take_line(&rest, &one)) {
        struct span after = one;
        if (!span_same(span_cut(&after, ' '), span_of(kind)) || n-- > 0)
            continue;
        snprintf(line, sizeof line, "%.*s ", (int)one.n, (const char *)one.p);
        return line;
    }
    return "";
}

/* Fails unless the n-th fact of this kind has all these fields: "a=b c=d". */
static inline void lab_has(const struct lab_seen *seen, const char *kind,
                           size_t n, const char *fields)
{
    const char *line = lab_line(seen, kind, n);
    struct span rest = span_of(fields);
    while (rest.n) {
        char wanted[512];
        struct span field = span_cut(&rest, '|');
        snprintf(wanted, sizeof wanted, " %.*s ", (int)field.n,
                 (const char *)field.p);
        if (!strstr(line, wanted))
            fail_msg("no \"%s\" in %s\nof\n%s", wanted, line,
                     text_string(&seen->facts));
    }
}

static inline void lab_has_not(const struct lab_seen *seen, const char *kind)
{
    if (lab_line(seen, kind, 0)[0])
        fail_msg("%s was told:\n%s", kind, text_string(&seen->facts));
}

#endif

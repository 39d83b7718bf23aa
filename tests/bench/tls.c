/* tls.c - an IMAP session over TLS that fetches much, and its key log: libssl
 * talks to itself in memory, and what goes over is written as packets.
 *
 *   bench_tls PORT SUITE MEGABYTES OUT KEYLOG
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "talk.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

enum { MEGABYTE = 1000000, PIECE = 16384 };

struct session {
    SSL *ssl[2]; /* 0: the client */
    struct talk talk;
    unsigned long segments;
};

static FILE *keylog;

static void log_key(const SSL *ssl, const char *line)
{
    (void)ssl;
    fprintf(keylog, "%s\n", line);
}

static SSL_CTX *context(const char *suite)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
    X509_set_pubkey(cert, key);
    X509_sign(cert, key, EVP_sha256());
    SSL_CTX_use_certificate(ctx, cert);
    SSL_CTX_use_PrivateKey(ctx, key);
    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    if (!SSL_CTX_set_ciphersuites(ctx, suite))
        exit(2);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}

/* What one side wants to send goes into packets, and to the other side. */
static void flush(struct session *s, int from)
{
    uint8_t bytes[MSS];
    int n;
    while ((n = BIO_read(SSL_get_wbio(s->ssl[from]), bytes, sizeof bytes)) >
           0) {
        talk_segment(&s->talk, from, FLAG_ACK, bytes, (size_t)n);
        if (s->segments++ & 1)
            talk_segment(&s->talk, !from, FLAG_ACK, NULL, 0);
        BIO_write(SSL_get_rbio(s->ssl[!from]), bytes, n);
    }
}

static void hear(struct session *s, int to)
{
    static uint8_t heard[PIECE];
    while (SSL_read(s->ssl[to], heard, sizeof heard) > 0)
        ;
}

static void say(struct session *s, int from, const void *bytes, size_t n)
{
    SSL_write(s->ssl[from], bytes, (int)n);
    flush(s, from);
    hear(s, !from);
}

static void line(struct session *s, int from, const char *text)
{
    say(s, from, text, strlen(text));
}

static void open_tls(struct session *s, SSL_CTX *ctx)
{
    for (int side = 0; side < 2; side++) {
        s->ssl[side] = SSL_new(ctx);
        SSL_set_bio(s->ssl[side], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    }
    SSL_set_connect_state(s->ssl[0]);
    SSL_set_accept_state(s->ssl[1]);
    for (int turn = 0; turn < 4; turn++) {
        SSL_do_handshake(s->ssl[turn & 1]);
        flush(s, turn & 1);
    }
}

static void fetch(struct session *s, unsigned uid)
{
    static uint8_t body[PIECE];
    char text[96];
    memset(body, 'x', sizeof body);
    snprintf(text, sizeof text, "f%u UID FETCH %u BODY.PEEK[]\r\n", uid, uid);
    line(s, 0, text);
    snprintf(text, sizeof text, "* %u FETCH (UID %u BODY[] {%d}\r\n", uid, uid,
             MEGABYTE);
    line(s, 1, text);
    for (size_t left = MEGABYTE; left > 0;) {
        size_t n = left < PIECE ? left : PIECE;
        say(s, 1, body, n);
        left -= n;
    }
    snprintf(text, sizeof text, ")\r\nf%u OK done\r\n", uid);
    line(s, 1, text);
}

int main(int argc, char **argv)
{
    FILE *out = argc == 6 ? fopen(argv[4], "wb") : NULL;
    keylog = argc == 6 ? fopen(argv[5], "w") : NULL;
    if (!out || !keylog) {
        fprintf(stderr, "usage: bench_tls PORT SUITE MEGABYTES OUT KEYLOG\n");
        return 2;
    }
    uint64_t clock = UINT64_C(1764000000) * 1000000;
    SSL_CTX *ctx = context(argv[2]);
    SSL_CTX_set_keylog_callback(ctx, log_key);
    struct session s = {.segments = 0};
    talk_file(out);
    s.talk = talk_connect(out, &clock, 1, 40000,
                          (uint16_t)strtoul(argv[1], NULL, 10));
    open_tls(&s, ctx);
    line(&s, 1, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
    line(&s, 0, "a LOGIN bench secret\r\n");
    line(&s, 1, "a OK logged in\r\n");
    line(&s, 0, "b SELECT INBOX\r\n");
    line(&s, 1, "* 100 EXISTS\r\nb OK [READ-WRITE] done\r\n");
    unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    for (unsigned uid = 1; uid <= count; uid++)
        fetch(&s, uid);
    line(&s, 0, "z LOGOUT\r\n");
    line(&s, 1, "* BYE bye\r\nz OK done\r\n");
    talk_hang_up(&s.talk);
    SSL_free(s.ssl[0]);
    SSL_free(s.ssl[1]);
    SSL_CTX_free(ctx);
    return fclose(out) || fclose(keylog) ? 2 : 0;
}

/* keys.c - see keys.h.
 *
 * Secrets stand in one array; a table of indexes, open addressing, finds them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"

enum {
    RANDOM = 32,
    RSA_PREFIX = 8,
    RSA_BITS_MAX = 16384, /* OpenSSL's own limit */
    READ_AT_ONCE = 16 << 10,
};

struct secret {
    uint8_t label;
    uint8_t id_n, secret_n;
    uint8_t id[RANDOM];
    uint8_t secret[KEYS_SECRET_MAX];
};

struct tls_keys {
    struct secret *secrets;
    size_t used, room;
    uint32_t *table; /* 1 + index into secrets; 0: free */
    size_t slots;    /* a power of two, at least twice `used` */
    struct tls_keys_counts counts;
    uint64_t premasters; /* how many of the secrets are such */
    EVP_PKEY *rsa;       /* or NULL */
    int file;            /* -1: none */
    size_t held;         /* bytes of a line whose end was not read yet */
    bool overlong;       /* ... which is too long: drop it up to its newline */
    uint8_t line[KEYS_LINE_MAX];
};

/* The labels that are of use. */
static const struct label {
    struct span name;
    enum keys_label label;
    size_t id; /* bytes of the second word */
} labels[] = {
    {SPAN_INIT("CLIENT_RANDOM"),                   KEYS_MASTER,           RANDOM    },
    {SPAN_INIT("CLIENT_HANDSHAKE_TRAFFIC_SECRET"), KEYS_CLIENT_HANDSHAKE,
     RANDOM                                                                         },
    {SPAN_INIT("SERVER_HANDSHAKE_TRAFFIC_SECRET"), KEYS_SERVER_HANDSHAKE,
     RANDOM                                                                         },
    {SPAN_INIT("CLIENT_TRAFFIC_SECRET_0"),         KEYS_CLIENT_TRAFFIC,   RANDOM    },
    {SPAN_INIT("SERVER_TRAFFIC_SECRET_0"),         KEYS_SERVER_TRAFFIC,   RANDOM    },
    {SPAN_INIT("RSA"),                             KEYS_PREMASTER,        RSA_PREFIX},
};

struct tls_keys *tls_keys_new(void)
{
    /* OpenSSL reads its configuration when first used: not in a sandbox. */
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
    struct tls_keys *keys = must_alloc(sizeof *keys);
    keys->file = -1;
    return keys;
}

void tls_keys_free(struct tls_keys **keys)
{
    if (!*keys)
        return;
    if ((*keys)->file >= 0)
        close((*keys)->file);
    if ((*keys)->secrets)
        OPENSSL_cleanse((*keys)->secrets,
                        (*keys)->used * sizeof *(*keys)->secrets);
    EVP_PKEY_free((*keys)->rsa);
    free((*keys)->secrets);
    free((*keys)->table);
    free(*keys);
    *keys = NULL;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* How many bytes the hexadecimal word gives; 0 when it is none or too long. */
static size_t from_hex(struct span word, uint8_t *out, size_t room)
{
    if (word.n % 2 != 0 || word.n / 2 > room)
        return 0;
    for (size_t i = 0; i < word.n / 2; i++) {
        int high = hex_digit(word.p[2 * i]);
        int low = hex_digit(word.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return word.n / 2;
}

/* The slot where this secret stands, or the free one where it would. */
static size_t slot_of(const struct tls_keys *keys, uint8_t label,
                      struct span id)
{
    size_t at = (size_t)hash_bytes(id, label) & (keys->slots - 1);
    for (; keys->table[at]; at = (at + 1) & (keys->slots - 1)) {
        const struct secret *s = &keys->secrets[keys->table[at] - 1];
        if (s->label == label && span_same((struct span){s->id, s->id_n}, id))
            break;
    }
    return at;
}

static void make_room(struct tls_keys *keys)
{
    if (keys->used == keys->room) {
        keys->room = keys->room ? keys->room * 2 : 64;
        keys->secrets =
            must_realloc(keys->secrets, keys->room * sizeof *keys->secrets);
    }
    if (keys->slots >= 2 * (keys->used + 1))
        return;
    keys->slots = keys->slots ? keys->slots * 2 : 256;
    free(keys->table);
    keys->table = must_alloc(keys->slots * sizeof *keys->table);
    for (size_t i = 0; i < keys->used; i++) {
        const struct secret *s = &keys->secrets[i];
        keys->table[slot_of(keys, s->label, (struct span){s->id, s->id_n})] =
            (uint32_t)i + 1;
    }
}

static bool keep(struct tls_keys *keys, const struct secret *secret)
{
    make_room(keys);
    size_t at =
        slot_of(keys, secret->label, (struct span){secret->id, secret->id_n});
    if (!keys->table[at]) {
        if (keys->used == KEYS_MAX)
            return false;
        keys->table[at] = (uint32_t)++keys->used;
        keys->counts.kept++;
        keys->premasters += secret->label == KEYS_PREMASTER;
    }
    keys->secrets[keys->table[at] - 1] = *secret;
    return true;
}

enum verdict { LINE_EMPTY, LINE_KEPT, LINE_UNKNOWN, LINE_BAD };

/* A master or premaster secret has 48 bytes, a TLS 1.3 secret as many as the
 * suite's hash. */
static bool length_fits(enum keys_label label, size_t n)
{
    if (label == KEYS_MASTER || label == KEYS_PREMASTER)
        return n == 48;
    return n == 32 || n == 48;
}

static enum verdict read_line(struct tls_keys *keys, struct span line)
{
    struct span rest = span_trim(line);
    if (rest.n == 0 || rest.p[0] == '#')
        return LINE_EMPTY;
    struct span name = span_cut(&rest, ' ');
    struct span id = span_cut(&rest, ' ');
    const struct label *label = NULL;
    for (size_t i = 0; i < sizeof labels / sizeof *labels && !label; i++) {
        if (span_same(labels[i].name, name))
            label = &labels[i];
    }
    if (!label)
        return LINE_UNKNOWN;
    struct secret secret = {.label = (uint8_t)label->label};
    secret.id_n = (uint8_t)from_hex(id, secret.id, sizeof secret.id);
    secret.secret_n =
        (uint8_t)from_hex(rest, secret.secret, sizeof secret.secret);
    bool kept = secret.id_n == label->id &&
                length_fits(label->label, secret.secret_n) &&
                keep(keys, &secret);
    OPENSSL_cleanse(&secret, sizeof secret);
    return kept ? LINE_KEPT : LINE_BAD;
}

static void count_line(struct tls_keys *keys, struct span line)
{
    enum verdict verdict = read_line(keys, line);
    keys->counts.unknown += verdict == LINE_UNKNOWN;
    keys->counts.bad += verdict == LINE_BAD;
}

void tls_keys_add(struct tls_keys *keys, struct span lines)
{
    struct span line;
    while (span_take_line(&lines, &line))
        count_line(keys, line);
    count_line(keys, lines);
}

bool tls_keys_open(struct tls_keys *keys, const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    uint8_t probe;
    if (read(file, &probe, 0) < 0) { /* a directory opens, but does not read */
        err_set(err, "%s: %s", path, strerror(errno));
        close(file);
        return false;
    }
    if (keys->file >= 0)
        close(keys->file);
    keys->file = file;
    keys->held = 0;
    keys->overlong = false;
    tls_keys_more(keys);
    return true;
}

/* Adds to the line that waits for its newline. */
static void hold(struct tls_keys *keys, struct span part)
{
    if (keys->overlong || part.n > sizeof keys->line - keys->held) {
        if (!keys->overlong)
            keys->counts.bad++;
        keys->overlong = true;
        keys->held = 0;
        return;
    }
    if (part.n)
        memcpy(keys->line + keys->held, part.p, part.n);
    keys->held += part.n;
}

static void take_line(struct tls_keys *keys, struct span end)
{
    hold(keys, end);
    if (!keys->overlong)
        count_line(keys, (struct span){keys->line, keys->held});
    keys->held = 0;
    keys->overlong = false;
}

void tls_keys_more(struct tls_keys *keys)
{
    uint8_t bytes[READ_AT_ONCE];
    ssize_t n;
    while (keys->file >= 0 && (n = read(keys->file, bytes, sizeof bytes)) > 0) {
        struct span rest = {bytes, (size_t)n};
        struct span line;
        while (span_take_line(&rest, &line))
            take_line(keys, line);
        hold(keys, rest);
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    /* The last line of a finished file may lack its newline.  If it is only
     * half written, it is read again, whole, when the rest has come. */
    (void)read_line(keys, (struct span){keys->line, keys->held});
}

bool tls_keys_find(const struct tls_keys *keys, enum keys_label label,
                   struct span client_random, struct span *secret)
{
    if (!keys || keys->slots == 0)
        return false;
    size_t at = slot_of(keys, (uint8_t)label, client_random);
    if (!keys->table[at])
        return false;
    const struct secret *s = &keys->secrets[keys->table[at] - 1];
    *secret = (struct span){s->secret, s->secret_n};
    return true;
}

bool tls_keys_rsa(struct tls_keys *keys, const char *path, struct err *err)
{
    BIO *file = BIO_new_file(path, "r");
    if (!file)
        return err_set(err, "%s: %s", path, strerror(errno));
    static char no_passphrase[] = "";
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, no_passphrase);
    BIO_free(file);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return err_set(err, "%s: not an RSA private key in PEM form", path);
    }
    EVP_PKEY_free(keys->rsa);
    keys->rsa = key;
    return true;
}

bool tls_keys_has_premasters(const struct tls_keys *keys)
{
    return keys && (keys->rsa || keys->premasters > 0);
}

static bool rsa_open(EVP_PKEY *key, struct span encrypted,
                     uint8_t out[KEYS_PREMASTER_SIZE])
{
    uint8_t clear[RSA_BITS_MAX / 8];
    size_t n = sizeof clear;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool ok = ctx && (size_t)EVP_PKEY_get_size(key) <= sizeof clear &&
              EVP_PKEY_decrypt_init(ctx) > 0 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
              EVP_PKEY_decrypt(ctx, clear, &n, encrypted.p, encrypted.n) > 0 &&
              n == KEYS_PREMASTER_SIZE;
    if (ok)
        memcpy(out, clear, n);
    OPENSSL_cleanse(clear, sizeof clear);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool tls_keys_premaster(const struct tls_keys *keys, struct span encrypted,
                        uint8_t out[KEYS_PREMASTER_SIZE])
{
    struct span secret;
    if (encrypted.n == 0 || !tls_keys_has_premasters(keys))
        return false;
    if (tls_keys_find(keys, KEYS_PREMASTER, span_first(encrypted, RSA_PREFIX),
                      &secret)) {
        memcpy(out, secret.p, KEYS_PREMASTER_SIZE);
        return true;
    }
    return keys->rsa && rsa_open(keys->rsa, encrypted, out);
}

const struct tls_keys_counts *tls_keys_counts(const struct tls_keys *keys)
{
    return &keys->counts;
}

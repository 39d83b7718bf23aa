/* mail_sasl.c - who logs in, and with what, read from SASL messages.
 *
 *   PLAIN (RFC 4616)        authzid NUL authcid NUL password
 *   LOGIN                   name, then password, one message each
 *   CRAM-MD5 (RFC 2195)     name SP digest
 *   DIGEST-MD5 (RFC 2831)   username="name",realm=...
 *   SCRAM-* (RFC 5802)      n,,n=name,r=nonce
 *   XOAUTH2                 user=name ^A auth=Bearer token ^A ^A
 *   OAUTHBEARER (RFC 7628)  n,a=name,^A host=... ^A auth=Bearer token ^A ^A
 *   EXTERNAL                name
 *
 * What is decoded lies on the stack and is wiped: it holds the secret too.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>

#include "mail.h"

enum {
    /* Characters of base64 that are looked at.  Names stand in front; tokens,
     * which may be longer, behind. */
    DECODE_MAX = 684,
    DECODED_MAX = DECODE_MAX / 4 * 3,
};

/* Decodes as many whole groups of four as fit; 0 bytes if it is not base64. */
static struct span decode(struct span base64, uint8_t out[DECODED_MAX])
{
    base64 = span_first(span_trim(base64), DECODE_MAX);
    size_t padding = 0;
    base64.n -= base64.n % 4;
    while (padding < 2 && padding < base64.n &&
           base64.p[base64.n - 1 - padding] == '=')
        padding++;
    int n = base64.n ? EVP_DecodeBlock(out, base64.p, (int)base64.n) : 0;
    if (n < (int)padding)
        return (struct span){NULL, 0};
    return (struct span){out, (size_t)n - padding};
}

/* The value after `key` up to `sep`. */
static struct span value_after(struct span message, struct span key,
                               uint8_t sep)
{
    struct span rest = span_skip(message, span_search(message, key));
    rest = span_skip(rest, key.n);
    return span_first(rest, span_find(rest, sep));
}

static struct span user_in(struct span mechanism, uint64_t step,
                           struct span message)
{
    static const struct span none = {NULL, 0};
    if (span_is(mechanism, SPAN("PLAIN")) && step == 0) {
        span_cut(&message, '\0');
        return span_cut(&message, '\0');
    }
    if (span_is(mechanism, SPAN("CRAM-MD5")) && step == 0) {
        size_t n = message.n; /* names may hold spaces, digests do not */
        while (n && message.p[n - 1] != ' ')
            n--;
        return span_first(message, n ? n - 1 : 0);
    }
    if (span_is(mechanism, SPAN("DIGEST-MD5")) && step == 0)
        return value_after(message, SPAN("username=\""), '"');
    if (span_starts(mechanism, SPAN("SCRAM-")) && step == 0)
        return value_after(message, SPAN(",n="), ',');
    if (span_is(mechanism, SPAN("XOAUTH2")) && step == 0)
        return value_after(message, SPAN("user="), '\1');
    if (span_is(mechanism, SPAN("OAUTHBEARER")) && step == 0)
        return value_after(message, SPAN(",a="), ',');
    if ((span_is(mechanism, SPAN("LOGIN")) ||
         span_is(mechanism, SPAN("EXTERNAL"))) &&
        step == 0)
        return message;
    return none;
}

bool mail_sasl_user(struct span mechanism, uint64_t step, struct span base64,
                    struct mail_kept *user)
{
    uint8_t bytes[DECODED_MAX];
    struct span name = user_in(mechanism, step, decode(base64, bytes));
    bool found = name.n > 0;
    if (found)
        mail_keep(user, name);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return found;
}

static struct span secret_in(struct span mechanism, uint64_t step,
                             struct span message)
{
    if (span_is(mechanism, SPAN("PLAIN")))
        while (span_find(message, '\0') < message.n)
            span_cut(&message, '\0');
    else if (span_search(message, SPAN("Bearer ")) < message.n)
        return value_after(message, SPAN("Bearer "), '\1');
    else if (!span_is(mechanism, SPAN("LOGIN")) || step == 0)
        return span_first(message, 0);
    return message;
}

bool mail_sasl_secret(struct span mechanism, uint64_t step, struct span base64,
                      struct mail_kept *secret)
{
    uint8_t bytes[DECODED_MAX];
    struct span text = secret_in(mechanism, step, decode(base64, bytes));
    mail_keep(secret, text);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return secret->n > 0;
}

static void keep_member(const json_t *report, const char *key,
                        struct mail_kept *kept)
{
    mail_keep(kept, span_of(json_string_value(json_object_get(report, key))));
}

bool mail_oauth_error(struct span base64, struct mail_oauth *error)
{
    uint8_t bytes[DECODED_MAX];
    struct span text = decode(base64, bytes);
    json_t *report = json_loadb((const char *)bytes, text.n, 0, NULL);
    bool found = json_is_string(json_object_get(report, "status"));
    if (found) {
        keep_member(report, "status", &error->status);
        keep_member(report, "schemes", &error->schemes);
        keep_member(report, "scope", &error->scope);
    }
    json_decref(report);
    return found;
}

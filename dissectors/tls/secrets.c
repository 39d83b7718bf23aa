/* secrets.c - see secrets.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/secrets.h"

#include <string.h>

#include "tls/derive.h"
#include "tls/keys.h"

enum { TRANSCRIPT_MAX = 2 * MESSAGE_MAX };

static bool find(const struct tls *tls, enum keys_label label,
                 struct span *secret)
{
    return tls->context->keys && !tls->keys_failed &&
           tls_keys_find(tls->context->keys, label,
                         (struct span){tls->offer.random, TLS_RANDOM}, secret);
}

static void make_room(struct tls *tls)
{
    if (!tls->clear && (tls->half[C2S].decrypt || tls->half[S2C].decrypt))
        tls->clear = arena_alloc(tls->mem, DECRYPT_BODY_MAX);
}

/* Takes keys, or none, for the records of dir from now on. */
static void use_keys(struct tls *tls, enum dir dir, struct decrypt *decrypt)
{
    tls->half[dir].decrypt = decrypt;
    tls->half[dir].opens = tls->half[dir].damaged = false;
    make_room(tls);
}

static struct decrypt *from_secret(struct tls *tls, enum keys_label label)
{
    struct span secret;
    if (!find(tls, label, &secret))
        return NULL;
    return decrypt_new_tls13(tls->mem, tls->choice.suite, secret);
}

void secrets_handshake(struct tls *tls)
{
    use_keys(tls, C2S, from_secret(tls, KEYS_CLIENT_HANDSHAKE));
    use_keys(tls, S2C, from_secret(tls, KEYS_SERVER_HANDSHAKE));
}

void secrets_traffic(struct tls *tls, enum dir dir)
{
    use_keys(tls, dir,
             from_secret(tls, dir == C2S ? KEYS_CLIENT_TRAFFIC
                                         : KEYS_SERVER_TRAFFIC));
}

void secrets_update(struct tls *tls, enum dir dir)
{
    struct tls_half *half = &tls->half[dir];
    if (is_tls13(tls) && half->decrypt && !decrypt_update(half->decrypt))
        half->decrypt = NULL;
}

void secrets_message(struct tls *tls, struct span message)
{
    if (!tls_keys_has_premasters(tls->context->keys) || tls->premaster.n ||
        tls->half[C2S].ccs || is_tls13(tls) ||
        message.n > TRANSCRIPT_MAX - tls->transcript_n)
        return;
    tls->transcript =
        arena_grow(tls->mem, tls->transcript, tls->transcript_n,
                   &tls->transcript_room, tls->transcript_n + message.n, 1);
    memcpy(tls->transcript + tls->transcript_n, message.p, message.n);
    tls->transcript_n += message.n;
}

/* The master secret of the log, or made from a premaster secret. */
static bool master_secret(const struct tls *tls, uint8_t out[DERIVE_MASTER])
{
    const struct tls_choice *choice = &tls->choice;
    struct span logged;
    uint8_t premaster[KEYS_PREMASTER_SIZE], randoms[2 * TLS_RANDOM];
    if (find(tls, KEYS_MASTER, &logged)) {
        memcpy(out, logged.p, DERIVE_MASTER);
        return true;
    }
    if (!choice->suite || tls->keys_failed ||
        !tls_keys_premaster(tls->context->keys, tls->premaster, premaster))
        return false;
    struct span secret = {premaster, sizeof premaster};
    if (choice->extended_master)
        return derive_extended_master(
            choice->version, choice->suite->prf, secret,
            (struct span){tls->transcript, tls->transcript_n}, out);
    memcpy(randoms, tls->offer.random, TLS_RANDOM);
    memcpy(randoms + TLS_RANDOM, choice->random, TLS_RANDOM);
    return derive_master(choice->version, choice->suite->prf, secret,
                         (struct span){randoms, sizeof randoms}, out);
}

void secrets_change(struct tls *tls, enum dir dir)
{
    uint8_t master[DERIVE_MASTER];
    struct tls_half *half = &tls->half[dir];
    half->decrypt = NULL;
    if (!master_secret(tls, master))
        return;
    struct decrypt_session session = {
        .version = tls->choice.version,
        .suite = tls->choice.suite,
        .encrypt_then_mac = tls->choice.encrypt_then_mac,
        .master = {master, sizeof master},
    };
    memcpy(session.client_random, tls->offer.random, TLS_RANDOM);
    memcpy(session.server_random, tls->choice.random, TLS_RANDOM);
    use_keys(tls, dir, decrypt_new(tls->mem, &session, dir == C2S));
}

struct span secrets_word(const struct tls *tls)
{
    const struct tls_keys *keys = tls->context->keys;
    if (tls->keys_failed)
        return SPAN("wrong");
    /* Of early data it is not known whether there was any. */
    bool fit = tls->half[C2S].opens || tls->half[S2C].opens;
    if (fit && !tls->offer.early_data)
        return SPAN("fit");
    if (keys &&
        (tls_keys_counts(keys)->kept > 0 || tls_keys_has_premasters(keys)))
        return SPAN("missing");
    return SPAN("none");
}

void secrets_failed(struct tls *tls, struct facts *out)
{
    tls->half[C2S].decrypt = NULL;
    tls->half[S2C].decrypt = NULL;
    if (tls->keys_failed)
        return;
    tls->keys_failed = true;
    TELL(out, flow_capped,
         .what = SPAN("the keys at hand do not open this TLS connection"));
}

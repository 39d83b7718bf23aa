/* words.h - how a word is hidden: same length, other letters.
 *
 * Names become other names, the same one each time within one copy, so that it
 * can still be seen who is who; secrets become x.  What was hidden in one
 * conversation is remembered, to be hidden as well where a server repeats it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REDACT_WORDS_H
#define REDACT_WORDS_H

#include "base/arena.h"
#include "base/span.h"

/* How often what was hidden, for the summary. */
struct redact_counts {
    uint64_t names, secrets, addresses;
    uint64_t content_bytes;    /* of messages, and what is not understood */
    uint64_t packets_cut;      /* no mail: to their headers */
    uint64_t encrypted_bytes;  /* left as they are */
    uint64_t tls_secrets;      /* bytes of embedded keys, dropped */
};

enum { REPEATS_MAX = 32, REPEAT_LEAST = 3 };

struct hider {
    uint64_t key; /* chance: without it, names can not be guessed and compared */
    struct redact_counts *counts;
    struct arena *mem;
    struct repeat {
        struct span word;
        bool secret;
    } repeats[REPEATS_MAX];
    size_t repeat_count;
};

/* In place, all of them.  A message: line ends stay. */
void hide_content(uint8_t *p, size_t n);

/* A password or token. */
void hide_secret(struct hider *hider, uint8_t *p, size_t n);

/* A user's name; its domain stays. */
void hide_name(struct hider *hider, uint8_t *p, size_t n);

/* The local part of each mail address in it. */
void hide_addresses(struct hider *hider, uint8_t *p, size_t n);

/* What hide_secret() and hide_name() had before. */
void hide_repeats(struct hider *hider, uint8_t *p, size_t n);

/* A client's answer in SASL, base64.  name: it is a user name (the first of
 * AUTH LOGIN). */
void hide_sasl(struct hider *hider, uint8_t *p, size_t n, bool name);

#endif

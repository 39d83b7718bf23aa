/* words.h - a list of words for a text field, cut off where it gets too long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_WORDS_H
#define TLS_WORDS_H

#include "fact/store.h"

/* Begin with {.n = 0}; plain data, so it lives on the stack. */
struct words {
    size_t n;
    bool full;
    uint8_t bytes[FACT_TEXT_MAX];
};

/* Adds one word.  What can not be part of a word (spaces, control characters,
 * bytes that are not ASCII) becomes '?'.  A word that does not fit whole is
 * left out, and so is every one after it. */
void words_add(struct words *words, struct span word);

/* Adds the name, or the number as 0x12ab when there is no name. */
void words_add_number(struct words *words, const char *name, uint16_t number);

/* Adds text that may hold spaces and UTF-8; control characters become '?'. */
void words_add_text(struct words *words, struct span text);

static inline struct span words_span(const struct words *words)
{
    return (struct span){words->bytes, words->n};
}

#endif

/* words.c - see words.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/words.h"

#include <stdio.h>

static void add(struct words *words, struct span text, bool plain)
{
    size_t space = words->n ? 1 : 0;
    if (words->full || text.n > sizeof words->bytes - words->n ||
        space > sizeof words->bytes - words->n - text.n) {
        words->full = true;
        return;
    }
    if (space)
        words->bytes[words->n++] = ' ';
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool odd = c < 0x20 || c == 0x7f || (!plain && (c == ' ' || c > 0x7e));
        words->bytes[words->n++] = odd ? '?' : c;
    }
}

void words_add(struct words *words, struct span word)
{
    add(words, word, false);
}

void words_add_text(struct words *words, struct span text)
{
    add(words, text, true);
}

void words_add_number(struct words *words, const char *name, uint16_t number)
{
    char hex[8];
    if (!name) {
        snprintf(hex, sizeof hex, "0x%04x", number);
        name = hex;
    }
    words_add(words, span_of(name));
}

/* token.c - the words, strings and lists of an IMAP line (RFC 9051 section 4).
 *
 * Literals have become strings before (lines.c).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "imap.h"

static struct imap_token quoted(struct span *rest)
{
    for (size_t i = 1; i < rest->n; i++) {
        if (rest->p[i] == '\\') {
            i++;
        } else if (rest->p[i] == '"') {
            struct imap_token token = {
                IMAP_QUOTED, {rest->p + 1, i - 1}
            };
            *rest = span_skip(*rest, i + 1);
            return token;
        }
    }
    struct imap_token broken = {IMAP_BROKEN, *rest};
    *rest = span_skip(*rest, rest->n);
    return broken;
}

static bool ends_atom(uint8_t c)
{
    return c == ' ' || c == '(' || c == ')' || c == '"';
}

struct imap_token imap_token(struct span *rest)
{
    while (rest->n && rest->p[0] == ' ')
        *rest = span_skip(*rest, 1);
    if (rest->n == 0)
        return (struct imap_token){
            IMAP_END, {NULL, 0}
        };
    if (rest->p[0] == '"')
        return quoted(rest);
    struct imap_token token = {IMAP_ATOM, span_first(*rest, 1)};
    if (rest->p[0] == '(')
        token.kind = IMAP_OPEN;
    else if (rest->p[0] == ')')
        token.kind = IMAP_CLOSE;
    else
        while (token.text.n < rest->n && !ends_atom(rest->p[token.text.n]))
            token.text.n++;
    *rest = span_skip(*rest, token.text.n);
    return token;
}

void imap_token_keep(struct mail_kept *kept, struct imap_token token)
{
    struct span text = token.text;
    kept->n = 0;
    while (text.n && kept->n < MAIL_KEPT_MAX) {
        if (token.kind == IMAP_QUOTED && text.p[0] == '\\' && text.n > 1)
            text = span_skip(text, 1);
        kept->bytes[kept->n++] = text.p[0];
        text = span_skip(text, 1);
    }
}

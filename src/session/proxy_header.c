/* proxy_header.c - see proxy_header.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "session/proxy_header.h"

#include <ctype.h>

#include "base/cursor.h"

enum {
    LINE_MAX_1 = 107, /* of version 1, with its line end */
    FIXED_2 = 16,     /* of version 2, before the addresses */
    FAMILY_IPV4 = 1,
    FAMILY_IPV6 = 2,
    PORTS = 4, /* of client and server, behind their addresses */
};

static const struct span signature_1 = SPAN_INIT("PROXY ");
static const struct span signature_2 = SPAN_INIT("\r\n\r\n\0\r\nQUIT\n");

static bool may_begin(struct span bytes, struct span signature)
{
    size_t n = bytes.n < signature.n ? bytes.n : signature.n;
    return span_same(span_first(bytes, n), span_first(signature, n));
}

/* Only what can be one; the rest of the world is hostile. */
static void copy_address(struct span word, char out[ADDRESS_TEXT])
{
    size_t n = 0;
    while (n < word.n && n < ADDRESS_TEXT - 1 &&
           (isxdigit(word.p[n]) || word.p[n] == '.' || word.p[n] == ':')) {
        out[n] = (char)word.p[n];
        n++;
    }
    out[n == word.n ? n : 0] = '\0';
}

static enum proxy_found read_1(struct span bytes, struct proxy_header *header)
{
    size_t end = span_find(span_first(bytes, LINE_MAX_1), '\n');
    if (end >= bytes.n || end >= LINE_MAX_1)
        return bytes.n < LINE_MAX_1 ? PROXY_PART : PROXY_NONE;
    struct span words = span_trim(span_first(bytes, end));
    span_cut(&words, ' ');
    struct span family = span_cut(&words, ' ');
    if (!span_same(family, SPAN("TCP4")) && !span_same(family, SPAN("TCP6")) &&
        !span_same(family, SPAN("UNKNOWN")))
        return PROXY_NONE; /* "PROXY LOGIN alice ..." has a tag of that name */
    *header = (struct proxy_header){.version = 1, .n = end + 1, .known = end + 1};
    copy_address(span_cut(&words, ' '), header->client);
    return PROXY_WHOLE;
}

static enum proxy_found read_2(struct span bytes, struct proxy_header *header)
{
    struct cursor c = cursor_of(bytes);
    cursor_take(&c, signature_2.n);
    cursor_u8(&c);
    unsigned family = cursor_u8(&c) >> 4;
    size_t length = cursor_be16(&c);
    struct span addresses = cursor_take(&c, length);
    if (c.bad)
        return PROXY_PART;
    size_t size = family == FAMILY_IPV4 ? 4 : family == FAMILY_IPV6 ? 16 : 0;
    size_t known = size ? 2 * size + PORTS : 0;
    *header = (struct proxy_header){
        .version = 2,
        .n = FIXED_2 + length,
        .known = FIXED_2 + (known < length ? known : length)};
    if (size && length >= known) {
        struct address client = address_of(span_first(addresses, size));
        address_text(&client, header->client);
    }
    return PROXY_WHOLE;
}

enum proxy_found proxy_header_read(struct span bytes,
                                   struct proxy_header *header)
{
    if (bytes.n == 0)
        return PROXY_NONE;
    if (may_begin(bytes, signature_1))
        return bytes.n < signature_1.n ? PROXY_PART : read_1(bytes, header);
    if (may_begin(bytes, signature_2))
        return bytes.n < signature_2.n ? PROXY_PART : read_2(bytes, header);
    return PROXY_NONE;
}

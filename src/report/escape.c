/* escape.c - see escape.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/escape.h"

#include <string.h>
#include <strings.h>

/* Bytes of the code point at s when XML forbids it: C0 controls but for tab,
 * LF and CR; U+FFFE and U+FFFF.  0 when it is allowed. */
static size_t forbidden(const char *s)
{
    unsigned char c = (unsigned char)*s;
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
        return 1;
    if (strncmp(s, "\xef\xbf\xbe", 3) == 0 || strncmp(s, "\xef\xbf\xbf", 3) == 0)
        return 3;
    return 0;
}

void escape_xml(struct text *out, const char *s)
{
    while (*s) {
        size_t skip = forbidden(s);
        if (skip > 0) {
            s += skip;
            continue;
        }
        switch (*s) {
        case '&':
            text_adds(out, "&amp;");
            break;
        case '<':
            text_adds(out, "&lt;");
            break;
        case '>':
            text_adds(out, "&gt;");
            break;
        case '"':
            text_adds(out, "&quot;");
            break;
        case '\'':
            text_adds(out, "&#39;");
            break;
        default:
            text_add(out, (struct span){(const uint8_t *)s, 1});
        }
        s++;
    }
}

void escape_markdown(struct text *out, const char *s)
{
    static const char in_line[] = "\\`*_[]#!|~$", at_start[] = "+-=>";
    for (const char *c = s; *c; c++) {
        /* What makes a link or a mention of bare words is only shown when it
         * is written as a character reference. */
        if (*c == '@')
            text_adds(out, "&#64;");
        else if (strncmp(c, "://", 3) == 0)
            text_adds(out, "&#58;");
        else if (*c == '.' && c - s >= 3 && strncasecmp(c - 3, "www", 3) == 0)
            text_adds(out, "&#46;");
        else if (*c == '<')
            text_adds(out, "&lt;");
        else if (*c == '&')
            text_adds(out, "&amp;");
        else if (*c == '\n' || *c == '\r')
            text_adds(out, " ");
        else if (strchr(in_line, *c) || (c == s && strchr(at_start, *c)))
            text_addf(out, "\\%c", *c);
        else
            text_add(out, (struct span){(const uint8_t *)c, 1});
    }
}

void escape_code(struct text *out, const char *s)
{
    size_t longest = 0, run = 0;
    for (const char *c = s; *c; c++) {
        run = *c == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    /* The spaces belong to the fence: a reader does not see them. */
    const char *pad = longest ? " " : "";
    for (size_t i = 0; i <= longest; i++)
        text_adds(out, "`");
    text_addf(out, "%s%s%s", pad, s, pad);
    for (size_t i = 0; i <= longest; i++)
        text_adds(out, "`");
}

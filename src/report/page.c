/* page.c - see page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/page.h"

#include <string.h>

/* SGR parameters; the sixteen colours every terminal has. */
static const char *const inks[] = {
    [INK_PLAIN] = "",    [INK_BAD] = "1;31",  [INK_WARN] = "1;33",
    [INK_GOOD] = "1;32", [INK_STRONG] = "1", [INK_FAINT] = "2",
};

/* A byte that begins a code point, not one that continues it (RFC 3629). */
static bool begins(uint8_t byte)
{
    return (byte & 0xc0) != 0x80;
}

size_t page_columns(struct span text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += begins(text.p[i]);
    return n;
}

static void spaces(struct page *page, size_t n)
{
    while (n-- > 0)
        text_adds(&page->out, " ");
}

static void inked(struct page *page, enum ink ink, struct span text)
{
    bool dye = page->color && ink != INK_PLAIN && text.n > 0;
    if (dye)
        text_addf(&page->out, "\033[%sm", inks[ink]);
    text_add(&page->out, text);
    if (dye)
        text_adds(&page->out, "\033[0m");
}

/* Cuts off what fits into `room` columns, at a space if there is one; a word
 * that is longer than the room stays whole, so that it can be copied. */
static struct span cut_line(struct span *rest, size_t room)
{
    struct span line = *rest;
    size_t columns = 0, space = 0, i = 0;
    for (; i < rest->n; i++) {
        if (rest->p[i] == ' ' && i > 0)
            space = i;
        columns += begins(rest->p[i]);
        if (columns > room && space > 0) {
            line = span_first(*rest, space);
            break;
        }
    }
    *rest = i == rest->n ? span_skip(*rest, i) : span_skip(*rest, space);
    while (rest->n && rest->p[0] == ' ')
        *rest = span_skip(*rest, 1);
    return line;
}

void page_paragraph(struct page *page, size_t indent, enum ink ink,
                    const char *label, size_t words, const char *text)
{
    struct span head = span_of(label);
    struct span rest = span_trim(span_of(text));
    size_t at = indent + page_columns(head);
    bool first = true;
    spaces(page, indent);
    inked(page, ink, head);
    do {
        size_t begin = first && head.n && at + 2 > words ? at + 2 : words;
        if (rest.n)
            spaces(page, first ? begin - at : begin);
        size_t room = page->width > begin + 20 ? page->width - begin : 20;
        text_add(&page->out, cut_line(&rest, room));
        text_adds(&page->out, "\n");
        first = false;
    } while (rest.n);
}

void page_line(struct page *page, size_t indent, enum ink ink, const char *text)
{
    spaces(page, indent);
    inked(page, ink, span_of(text));
    text_adds(&page->out, "\n");
}

void page_line_right(struct page *page, size_t indent, const char *text,
                     const char *right)
{
    struct span left = span_of(text), end = span_of(right);
    size_t used = indent + page_columns(left), need = page_columns(end);
    spaces(page, indent);
    text_add(&page->out, left);
    if (used + 2 + need > page->width) {
        text_adds(&page->out, "\n");
        used = 0;
    }
    if (used + need < page->width)
        spaces(page, page->width - used - need);
    inked(page, INK_FAINT, end);
    text_adds(&page->out, "\n");
}

void page_blank(struct page *page)
{
    size_t n = page->out.n;
    if (n < 2 || memcmp(page->out.s + n - 2, "\n\n", 2) == 0)
        return;
    text_adds(&page->out, "\n");
}

void page_print(struct page *page, FILE *out)
{
    const char *s = text_string(&page->out);
    for (size_t i = 0; i < page->out.n; i++) {
        uint8_t byte = (uint8_t)s[i];
        if (byte < 0x80 || !page->ascii)
            fputc(byte, out);
        else if (begins(byte))
            fputc('?', out);
    }
    text_clear(&page->out);
}

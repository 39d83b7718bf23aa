/* page.h - text laid out in columns: wrapped, indented, coloured if wanted.
 *
 * Zero-initialise, set the three switches, add, page_print() it; that empties
 * the page for the next one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "base/text.h"

enum ink { INK_PLAIN, INK_BAD, INK_WARN, INK_GOOD, INK_STRONG, INK_FAINT };

struct page {
    struct text out;
    bool color;
    bool ascii; /* show what is not ASCII as ? */
    size_t width;
};

/* A label and a paragraph: the label stands `indent` columns in, in ink; the
 * words begin `words` columns in (or after the label, where that is longer) and
 * are wrapped there.  An empty label leaves its place blank. */
void page_paragraph(struct page *page, size_t indent, enum ink ink,
                    const char *label, size_t words, const char *text);

/* One line, never wrapped: what people copy. */
void page_line(struct page *page, size_t indent, enum ink ink,
               const char *text);

/* The same with `right` at the right edge, or on a line of its own where there
 * is no room. */
void page_line_right(struct page *page, size_t indent, const char *text,
                     const char *right);

/* An empty line, but never two, and none at the top. */
void page_blank(struct page *page);

void page_print(struct page *page, FILE *out);

/* Columns that the text takes: one for each code point. */
size_t page_columns(struct span text);

#endif

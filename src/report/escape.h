/* escape.h - text put where another language reads it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include "base/text.h"

/* For XML and HTML, between tags and in quoted attributes.  Characters that
 * XML 1.0 (section 2.2) forbids even as references are left out. */
void escape_xml(struct text *out, const char *s);

/* For running text in Markdown: what would be read as mark-up is escaped, so
 * is HTML, and nothing becomes a link or a mention by itself. */
void escape_markdown(struct text *out, const char *s);

/* As `code`, with a fence longer than any run of backticks inside
 * (CommonMark 0.31, section 6.1). */
void escape_code(struct text *out, const char *s);

#endif

/* string.c - strings of ManageSieve (RFC 5804 section 4): "quoted", or
 * literal: {5+} CR LF and five bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sieve/sieve.h"

struct span sieve_string(struct span *line)
{
    *line = span_trim(*line);
    if (line->n == 0 || line->p[0] != '"')
        return mail_word(line);
    size_t end = 1;
    while (end < line->n && line->p[end] != '"')
        end += line->p[end] == '\\' ? 2 : 1;
    struct span string = span_skip(span_first(*line, end), 1);
    *line = span_trim(span_skip(*line, end + 1));
    return string;
}

bool sieve_announces(struct span line, uint64_t *n)
{
    if (line.n == 0 || line.p[line.n - 1] != '}')
        return false;
    line.n--;
    if (line.n && line.p[line.n - 1] == '+')
        line.n--;
    size_t start = line.n;
    while (start > 0 && line.p[start - 1] >= '0' && line.p[start - 1] <= '9')
        start--;
    return start > 0 && line.p[start - 1] == '{' &&
           span_uint(span_skip(line, start), n);
}

/* span.h - a borrowed run of bytes, and the few things one does with it.
 *
 * A span never owns what it points at.  Every function is total: cutting,
 * skipping and comparing past the end give what is there, never a read outside.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *p;
    size_t n;
};

/* For static tables and for expressions; the literal's NUL is left out. */
#define SPAN_INIT(literal)                                                     \
    {                                                                          \
        (const uint8_t *)(literal), sizeof(literal) - 1                        \
    }
#define SPAN(literal) ((struct span)SPAN_INIT(literal))

/* All of a NUL-terminated string; NULL gives the empty span. */
struct span span_of(const char *s);

/* The first n bytes, or all if there are fewer. */
static inline struct span span_first(struct span s, size_t n)
{
    return n < s.n ? (struct span){s.p, n} : s;
}

/* Without the first n bytes; empty if there are fewer. */
static inline struct span span_skip(struct span s, size_t n)
{
    return n < s.n ? (struct span){s.p + n, s.n - n} : (struct span){NULL, 0};
}

/* Where the byte first stands, or s.n if nowhere. */
size_t span_find(struct span s, uint8_t byte);

/* Where the text first stands, ignoring ASCII case, or s.n if nowhere. */
size_t span_search(struct span s, struct span text);

/* Cuts the part before the first sep off the front of *s and returns it; sep
 * itself is dropped.  Without a sep, all of *s. */
struct span span_cut(struct span *s, uint8_t sep);

/* Whether one of the words, which spaces part, is this one, ignoring ASCII case;
 * an empty one never is. */
bool span_has_word(struct span words, struct span word);

/* Cuts one line that ends with LF off *rest; false when there is none.  The
 * line comes without its CR LF, or CR CR LF, as programs write that take LF for
 * a line end that still needs its CR. */
bool span_take_line(struct span *rest, struct span *line);

/* Without ASCII spaces, tabs, CR and LF at both ends. */
struct span span_trim(struct span s);

/* Less than, equal to or greater than 0, by bytes: for sorting. */
int span_compare(struct span a, struct span b);

/* The same bytes. */
bool span_same(struct span a, struct span b);

/* The same bytes but for ASCII case. */
bool span_is(struct span a, struct span b);

/* s begins with the prefix, ignoring ASCII case. */
bool span_starts(struct span s, struct span prefix);

/* A decimal number that is all of s; false when it is not one, or does not
 * fit.  *value is then untouched. */
bool span_uint(struct span s, uint64_t *value);

/* The number in decimal, at the end of the room; no NUL follows. */
enum { SPAN_DECIMAL = 20 };
struct span span_decimal(uint64_t number, char room[SPAN_DECIMAL]);

/* The last two labels of a host name, "example.org" of "imap.example.org.";
 * empty where it is an address, has one label only, or is no host name. */
struct span span_domain(struct span host);

#endif

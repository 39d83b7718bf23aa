/* input.h - the bytes of a capture file, decompressed as they are read.
 *
 * A forward-only reader over a file, standard input or memory.  gzip, xz, zstd,
 * bzip2 and LZ4 are recognised by content, never by name.  Nothing is read further
 * ahead than a block, so a growing pipe can be followed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "base/err.h"
#include "base/span.h"

enum { INPUT_PEEK_MAX = 4096 };

struct input;

/* path "-" is standard input.  NULL when it can not be opened. */
struct input *input_open(const char *path, struct err *err);

/* The bytes must outlive the input. */
struct input *input_open_memory(struct span file, struct err *err);

void input_close(struct input **input);

/* The next n bytes (at most INPUT_PEEK_MAX) without taking them; fewer at the
 * end.  Borrowed until the next call. */
struct span input_peek(struct input *input, size_t n);

/* Takes some of the next bytes, n at most; none only at the end.  Waits for no
 * more than there are.  Borrowed until the next call. */
struct span input_take(struct input *input, size_t n);

/* Takes up to n bytes into `to`; fewer only at the end. */
size_t input_read(struct input *input, void *to, size_t n);

/* No more bytes than this are in it; UINT64_MAX where that is not known: a pipe,
 * a compressed file. */
uint64_t input_size_most(const struct input *input);

/* Whether the file is read as it is: nothing is uncompressed. */
bool input_is_plain(const struct input *input);

/* How many bytes were taken, counted in the uncompressed file. */
uint64_t input_offset(const struct input *input);

/* Why the bytes ended when it was not the end of the file (a broken or cut
 * compressed stream, a failing disk); NULL when it was. */
const char *input_trouble(const struct input *input);

#endif

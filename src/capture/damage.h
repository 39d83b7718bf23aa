/* damage.h - inside capture/: the words for a file that ends too early or is
 * damaged.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_DAMAGE_H
#define CAPTURE_DAMAGE_H

#include "capture.h"
#include "input.h"

/* They say what is wrong at `offset` of the uncompressed file, and how many
 * packets there were before; `what` is "packet 97 says" or the like, and `said`
 * how many bytes there should be.  Always CAPTURE_DAMAGED. */
enum capture_result cut_short(const struct input *input, uint64_t offset,
                              const char *what, uint64_t said, uint64_t left,
                              uint64_t packets, struct err *err);
enum capture_result too_long(uint64_t offset, const char *what, uint64_t said,
                             uint64_t packets, struct err *err);

/* A record that says it has `said` bytes and is packet `number`, which with its
 * header takes `needed`. */
enum capture_result too_short(uint64_t offset, uint64_t number, uint64_t said,
                              uint64_t needed, struct err *err);

#endif

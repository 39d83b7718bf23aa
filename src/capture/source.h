/* source.h - inside capture/: what each kind of source has to do.
 *
 * capture.c opens the input and picks the kind; the kind reads frames off it,
 * before any filter and unnumbered.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "capture.h"
#include "input.h"

/* No link type's packets are longer, but D-Bus and USB; a record that says so
 * is not a record.  The same limit as libpcap's and Wireshark's. */
enum { FRAME_MAX = 256 * 1024 };

struct source_kind {
    const char *format;

    /* Fills all of *frame but the number.  `number` is the one it will get,
     * for messages. */
    enum capture_result (*next)(void *self, uint64_t number,
                                struct frame *frame, struct err *err);
    uint64_t (*dropped)(const void *self);
    uint64_t (*offset)(const void *self);
    struct span (*secrets)(const void *self);
    void (*close)(void *self);
};

/* A kind and its state; kind NULL: none, err says why. */
struct source {
    const struct source_kind *kind;
    void *self;
};

/* Whether a file that begins so is of the kind. */
bool pcap_file_is(struct span beginning);
bool pcapng_is(struct span beginning);
bool snoop_is(struct span beginning);

/* They borrow the input. */
struct source pcap_file_open(struct input *input, struct err *err);
struct source pcapng_open(struct input *input, struct err *err);
struct source snoop_open(struct input *input, struct err *err);

/* The filter, if any, is the kernel's. */
struct source live_open(const char *interface,
                        const struct capture_options *options,
                        struct err *err);

#endif

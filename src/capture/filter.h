/* filter.h - a BPF expression (pcap-filter(7)) applied to frames of any link.
 *
 * libpcap compiles an expression for one link type, and a savefile's filter
 * hides the frames it drops from the count; a pcapng has several link types,
 * and frames are to be numbered as Wireshark does.  So it is done here.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "capture.h"

struct filter;

/* NULL when the expression is wrong, err says why. */
struct filter *filter_new(const char *expression, struct err *err);
void filter_free(struct filter **filter);

/* An expression that makes no sense on the frame's link type does not match. */
bool filter_matches(struct filter *filter, const struct frame *frame);

#endif

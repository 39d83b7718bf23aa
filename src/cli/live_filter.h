/* live_filter.h - which packets of an interface concern mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLI_LIVE_FILTER_H
#define CLI_LIVE_FILTER_H

#include "base/text.h"
#include "pipeline.h"

/* Adds a pcap-filter(7) expression: mail ports, those of --decode-as, and what
 * mail depends on; all of it `and` the user's own --filter.  With vlan, tagged
 * frames too: not every kind of interface knows the word. */
void live_filter(const struct analyze_options *options, bool vlan,
                 struct text *out);

#endif

/* live_filter.c - see live_filter.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/live_filter.h"

/* SMTP, LMTP, submission (and its unofficial twin), POP3, IMAP, ManageSieve. */
static const unsigned mail_ports[] = {25,  24,  465, 587, 2525,
                                      110, 995, 143, 993, 4190};

/* DNS and what the network says of lost packets; and fragments behind the
 * first, which carry no port. */
#define BESIDES                                                                \
    "port 53 or icmp or icmp6 or arp or ip[6:2] & 0x1fff != 0 or ip6 proto 44"

static void add_wanted(const struct analyze_options *options, struct text *out)
{
    text_adds(out, "(");
    for (size_t i = 0; i < sizeof mail_ports / sizeof *mail_ports; i++)
        text_addf(out, "tcp port %u or ", mail_ports[i]);
    for (size_t i = 0; i < options->decode_as_count; i++)
        text_addf(out, "tcp port %u or ", options->decode_as[i].port);
    text_adds(out, BESIDES ")");
    if (options->filter)
        text_addf(out, " and (%s)", options->filter);
}

void live_filter(const struct analyze_options *options, bool vlan,
                 struct text *out)
{
    text_adds(out, "(");
    add_wanted(options, out);
    text_adds(out, ")");
    if (!vlan)
        return;
    /* `vlan` shifts all that follows it in the expression (pcap-filter(7)), so
     * it comes last, and once. */
    text_adds(out, " or (vlan and ");
    add_wanted(options, out);
    text_adds(out, ")");
}

/* fuzz_packet.c - frames of every link type, decoded, followed, reassembled.
 *
 * Input: records of link type (1 byte, an index), length (2 bytes), bytes.
 * Nothing may crash; a packet's payload must lie inside what was captured or
 * in the decoder's own memory, which ASan watches.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/capture.h"
#include "flow/flow.h"
#include "net/decode.h"
#include "net/packet.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ended(void *user, struct flow *flow)
{
    struct facts *facts = facts_new(flow->number);
    flow_tell(flow, *(const int64_t *)user, facts);
    facts_free(&facts);
}

/* Reads every byte, so that ASan sees one that is not ours. */
static unsigned touch(struct span payload)
{
    unsigned sum = 0;
    for (size_t i = 0; i < payload.n; i++)
        sum += payload.p[i];
    return sum;
}

/* The index is in inputs that are kept: new ones go to the end. */
/* clang-format off */
static const int links[] = {
    DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_NULL, DLT_LOOP,
    DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_ETHER, DLT_C_HDLC, DLT_FDDI,
    DLT_IEEE802_11_RADIO, DLT_IEEE802_11, DLT_IPV4, DLT_IPV6, DLT_NFLOG,
    DLT_FRELAY, DLT_ATM_RFC1483, DLT_SUNATM, DLT_DOCSIS, DLT_PPI, DLT_ERF,
    DLT_JUNIPER_ETHER, DLT_JUNIPER_FRELAY, DLT_TZSP, DLT_IPNET,
    DLT_SYMANTEC_FIREWALL, DLT_DSA_TAG_EDSA, DLT_PKTAP, DLT_IEEE802, DLT_SLIP,
    14, 17, DLT_ATM_CLIP, 101, DLT_ENC, DLT_PFLOG, DLT_PRISM_HEADER,
    DLT_IP_OVER_FC, DLT_JUNIPER_ATM1, DLT_JUNIPER_ATM2,
    DLT_APPLE_IP_OVER_IEEE1394, DLT_IEEE802_11_RADIO_AVS, DLT_PPP_PPPD,
    DLT_JUNIPER_PPPOE, DLT_JUNIPER_PPPOE_ATM, DLT_ERF_ETH, DLT_ERF_POS,
    DLT_JUNIPER_PPP, DLT_JUNIPER_CHDLC, DLT_PPP_WITH_DIR, DLT_C_HDLC_WITH_DIR,
    DLT_FRELAY_WITH_DIR, DLT_MPLS, DLT_NETANALYZER,
    DLT_NETANALYZER_TRANSPARENT, DLT_IPOIB, DLT_EPON, DLT_ETHERNET_MPACKET,
    DLT_DSA_TAG_BRCM, DLT_DSA_TAG_BRCM_PREPEND, DLT_DSA_TAG_DSA, 149,
};
/* clang-format on */

/* Whoever adds a link type and forgets it here learns it at once. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (int link = 0; link < 1000; link++) {
        size_t i = 0;
        while (i < sizeof links / sizeof links[0] && links[i] != link)
            i++;
        if (i == sizeof links / sizeof links[0] &&
            link_decoder(link) != unknown_link) {
            fprintf(stderr, "link type %d is not in links[]\n", link);
            abort();
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t now = 0;
    const struct flow_table_hooks hooks = {ended, NULL, &now};
    struct cursor c = cursor_of((struct span){data, size});
    struct net *net = net_new();
    struct flow_table *flows = flow_table_new(&hooks);
    volatile unsigned sum = 0;
    for (uint64_t number = 1; c.rest.n && !c.bad; number++) {
        size_t link = cursor_u8(&c) % (sizeof links / sizeof links[0]);
        size_t n = cursor_be16(&c);
        struct span bytes = span_first(c.rest, n);
        cursor_take(&c, bytes.n);
        uint8_t *copy = malloc(bytes.n ? bytes.n : 1);
        if (bytes.n)
            memcpy(copy, bytes.p, bytes.n);
        struct frame frame = {
            .number = number,
            .time = now += 1000000,
            .length = (uint32_t)n,
            .link = links[link],
            .bytes = {copy, bytes.n}
        };
        struct packet packet;
        if (net_decode(net, &frame, &packet)) {
            sum += touch(packet.payload);
            if (packet.kind == PACKET_TCP)
                flow_table_packet(flows, &packet);
        }
        free(copy);
    }
    flow_table_end(flows);
    flow_table_free(&flows);
    net_free(&net);
    (void)sum;
    return 0;
}

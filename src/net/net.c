/* net.c - see packet.h: the loop over the layers, and the counts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "packet.h"

#include <stdlib.h>

#include "base/arena.h"
#include "capture/capture.h"
#include "decode.h"
#include "fragment.h"

/* Layers in one frame.  VXLAN in a VLAN on an access line takes about ten;
 * a packet made to be long takes all. */
enum { LAYERS_MAX = 24 };

struct net {
    struct fragments *fragments;
    struct net_counts counts;
};

struct net *net_new(void)
{
    struct net *net = must_alloc(sizeof(*net));
    *net = (struct net){.fragments = fragments_new()};
    return net;
}

void net_free(struct net **net)
{
    if (!*net)
        return;
    fragments_free(&(*net)->fragments);
    free(*net);
    *net = NULL;
}

const struct net_counts *net_counts(const struct net *net)
{
    return &net->counts;
}

bool net_decode(struct net *net, const struct frame *frame,
                struct packet *packet)
{
    *packet = (struct packet){
        .frame = frame->number,
        .time = frame->time,
        .interface = frame->interface,
    };
    struct decoding d = {
        .packet = packet,
        .counts = &net->counts,
        .fragments = net->fragments,
        .bytes = frame->bytes,
        .length = frame->length > frame->bytes.n ? frame->length
                                                 : (uint32_t)frame->bytes.n,
        .truncated = frame->bytes.n < frame->length,
    };
    net->counts.frames++;
    struct next next = next_is(link_decoder(frame->link));
    for (int layers = 0; next.decode; layers++) {
        if (layers == LAYERS_MAX)
            next = damaged(&d);
        else
            next = next.decode(&d);
    }
    net->counts.truncated += d.truncated;
    net->counts.packets += d.done;
    packet->payload = d.bytes;
    packet->length = d.length;
    return d.done;
}

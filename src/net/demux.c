/* demux.c - the three lists of numbers that say what comes next: Ethernet
 * types, IP protocols, and UDP ports of tunnels.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "decode.h"

/* clang-format off */
static const struct {
    uint16_t type;
    decoder *decode;
} ethertypes[] = {
    {0x0800, decode_ipv4},
    {0x86dd, decode_ipv6},
    {0x0806, decode_arp},
    {0x8100, decode_vlan}, /* IEEE 802.1Q */
    {0x88a8, decode_vlan}, /* IEEE 802.1ad */
    {0x9100, decode_vlan}, /* before there was 802.1ad */
    {0x9200, decode_vlan},
    {0x8847, decode_mpls},
    {0x8848, decode_mpls},
    {0x8863, decode_pppoe_discovery},
    {0x8864, decode_pppoe_session},
    {0x888e, decode_eapol},
    {0x880b, decode_ppp},
    {0x6558, decode_ethernet}, /* transparent Ethernet bridging, RFC 1701 */
    {0x8903, decode_fabricpath},
    {0x8909, decode_trustsec},
    {0x8926, decode_tag4}, /* VN-Tag */
    {0x892f, decode_tag4}, /* HSR */
    {0xf1c1, decode_tag4}, /* R-TAG */
    {0x883e, decode_wccp}, /* in GRE */
    {0x88e5, decode_macsec},
    {0x88e7, decode_backbone},
    {0x22f3, decode_trill},
    {0x894f, decode_nsh},
};

static const struct {
    uint8_t protocol;
    uint8_t family; /* only over this version of IP; 0: over both */
    decoder *decode;
} protocols[] = {
    {6,   0, decode_tcp},
    {17,  0, decode_udp},
    {1,   4, decode_icmp},
    {58,  6, decode_icmpv6},
    {0,   6, decode_hop_by_hop},
    {43,  6, decode_routing},
    {44,  6, decode_fragment_header},
    {60,  6, decode_destination_options},
    {50,  0, decode_esp},
    {51,  0, decode_authentication_header},
    {4,   0, decode_ipip},
    {41,  0, decode_ipip},
    {47,  0, decode_gre},
    {97,  0, decode_etherip},
    {137, 0, decode_mpls_in_ip},
};

/* Each looks at the payload itself: a port is only a hint. */
static const struct {
    uint16_t port;
    decoder *decode;
    bool (*is)(struct span payload);
} udp_tunnels[] = {
    {4789, decode_vxlan,  vxlan_is},
    {8472, decode_vxlan,  vxlan_is}, /* Linux, before there was a number */
    {4790, decode_vxlan,  vxlan_is}, /* with a protocol number, GPE */
    {6081, decode_geneve, geneve_is},
    {3544, decode_teredo, teredo_is},
    {2152, decode_gtp,    gtp_is},
    {1701, decode_l2tp,   l2tp_is},
    {37008, decode_tzsp,  tzsp_is},
    {5072, decode_ayiya,  ayiya_is},
    {4341, decode_lisp,   lisp_is},
    {6635, decode_mpls_in_ip, mpls_is}, /* RFC 7510 */
    {4754, decode_gre,    gre_is}, /* RFC 8086 */
    {5247, decode_capwap, capwap_is},
    {5247, decode_hidden_udp, capwap_dtls_is},
    {4500, decode_hidden_udp, esp_in_udp_is},
    {51820, decode_hidden_udp, wireguard_is},
    {1194, decode_hidden_udp, openvpn_is},
};
/* clang-format on */

struct next ethertype_next(struct decoding *d, uint16_t ethertype)
{
    for (size_t i = 0; i < sizeof(ethertypes) / sizeof(ethertypes[0]); i++) {
        if (ethertypes[i].type == ethertype)
            return next_is(ethertypes[i].decode);
    }
    return unknown_protocol(d);
}

struct next only_ethertype(struct decoding *d)
{
    struct cursor c = take_header(d, 2);
    uint16_t type = cursor_be16(&c);
    return c.bad ? damaged(d) : ethertype_next(d, type);
}

struct next protocol_next(struct decoding *d, uint8_t protocol)
{
    uint8_t family = d->packet->source.family;
    for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
        if (protocols[i].protocol == protocol &&
            (protocols[i].family == 0 || protocols[i].family == family))
            return next_is(protocols[i].decode);
    }
    return unknown_protocol(d);
}

decoder *udp_tunnel(uint16_t source_port, uint16_t destination_port,
                    struct span payload)
{
    for (size_t i = 0; i < sizeof(udp_tunnels) / sizeof(udp_tunnels[0]); i++) {
        uint16_t port = udp_tunnels[i].port;
        if ((port == source_port || port == destination_port) &&
            udp_tunnels[i].is(payload))
            return udp_tunnels[i].decode;
    }
    return NULL;
}

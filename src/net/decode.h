/* decode.h - inside net/: how the layers of one frame are peeled off.
 *
 * Each decoder reads its own header off the front of d->bytes and names the
 * decoder of what follows; net.c's loop goes on until one names nobody.  So no
 * layer calls the next, nesting is counted in one place, and any layer can be
 * inside any other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NET_DECODE_H
#define NET_DECODE_H

#include "base/cursor.h"
#include "packet.h"

struct decoding;

/* Who reads what follows; decode NULL: nobody. */
struct next {
    struct next (*decode)(struct decoding *d);
};
typedef struct next decoder(struct decoding *d);

struct fragments;

struct decoding {
    struct packet *packet;
    struct net_counts *counts;
    struct fragments *fragments;
    struct span bytes; /* what was captured of the present layer and its rest */
    uint32_t length;   /* how long that was on the wire */
    bool truncated;    /* something was longer on the wire */
    bool done;         /* *packet is complete */
};

/* ---- what decoders end with ---- */

static inline struct next next_is(decoder *decode)
{
    return (struct next){decode};
}

struct next finished(struct decoding *d, enum packet_kind kind);
struct next link_says(struct decoding *d, enum link_message message,
                      bool from_station, uint16_t reason);
struct next unknown_protocol(struct decoding *d);
struct next unknown_link(struct decoding *d);
struct next nothing_yet(void); /* a fragment that waits */
struct next hidden(struct decoding *d); /* an encrypted tunnel's */

/* The header does not fit, or contradicts itself. */
struct next damaged(struct decoding *d);

/* ---- reading: each header of each packet, so it is worth being inlined ---- */

/* Passes over n bytes; false if there are fewer.  When none are left the empty
 * span still says where in the frame that was. */
static inline bool skip(struct decoding *d, size_t n)
{
    if (n > d->bytes.n)
        return false;
    if (n > 0)
        d->bytes = (struct span){d->bytes.p + n, d->bytes.n - n};
    d->length -= (uint32_t)n;
    return true;
}

/* The next n bytes, taken off the layer; a bad cursor if there are fewer. */
static inline struct cursor take_header(struct decoding *d, size_t n)
{
    const uint8_t *header = d->bytes.p;
    return skip(d, n) ? cursor_of((struct span){header, n})
                      : (struct cursor){.bad = true};
}

/* The layer says how long it is, header not counted: what is over is padding,
 * what is missing was not captured. */
static inline void set_length(struct decoding *d, uint32_t length)
{
    d->length = length;
    d->bytes = span_first(d->bytes, length);
    if (d->bytes.n < length)
        d->truncated = true;
}

/* The byte at `at` without taking it; 0 if there is none. */
static inline uint8_t byte_at(const struct decoding *d, size_t at)
{
    return at < d->bytes.n ? d->bytes.p[at] : 0;
}

/* The version that IP has in its first four bits; 0 if nothing is there. */
static inline unsigned ip_version(struct span packet)
{
    return packet.n ? packet.p[0] >> 4 : 0u;
}

static inline bool is_ip(struct span packet)
{
    return ip_version(packet) == 4 || ip_version(packet) == 6;
}

/* ---- the path, see packet.h ---- */

enum path_kind { PATH_VLAN = 1, PATH_TUNNEL, PATH_SEGMENT };

/* It came through this VLAN, or this virtual network of a tunnel. */
void path_through(struct decoding *d, enum path_kind kind, uint32_t id);

/* It came through a tunnel between the addresses decoded last. */
void path_between(struct decoding *d);

/* ---- who decodes what ---- */

decoder *link_decoder(int link); /* by DLT_..., never NULL */
struct next ethertype_next(struct decoding *d, uint16_t ethertype);
struct next protocol_next(struct decoding *d, uint8_t protocol);

/* Of a tunnel with such a port, if the payload looks like it; NULL if not. */
decoder *udp_tunnel(uint16_t source_port, uint16_t destination_port,
                    struct span payload);
bool vxlan_is(struct span payload);
bool geneve_is(struct span payload);
bool teredo_is(struct span payload);
bool gtp_is(struct span payload);
bool l2tp_is(struct span payload);
bool tzsp_is(struct span payload);
bool ayiya_is(struct span payload);
bool lisp_is(struct span payload);
bool capwap_is(struct span payload);
bool capwap_dtls_is(struct span payload);
bool mpls_is(struct span payload);
bool gre_is(struct span payload);
bool esp_in_udp_is(struct span payload);
bool wireguard_is(struct span payload);
bool openvpn_is(struct span payload);

decoder decode_ethernet, decode_preamble, decode_llc, decode_vlan,
    decode_fabricpath, decode_trustsec, decode_tag4, decode_macsec,
    decode_backbone, decode_trill, decode_dsa, decode_dsa_ethertype,
    decode_dsa_prepended, decode_epon;
decoder decode_ppp, decode_ppp_or_hdlc, decode_ppp_with_direction,
    decode_pppoe_session, decode_hdlc;
decoder decode_eapol, decode_pppoe_discovery, decode_pap, decode_chap;
decoder decode_frame_relay, decode_frame_relay_with_direction,
    decode_hdlc_with_direction, decode_atm, decode_atm_clip, decode_sunatm,
    decode_slip, decode_ip_over_fc, decode_firewire, decode_docsis;
decoder only_ethertype, decode_ppi, decode_erf, decode_juniper_ethernet,
    decode_juniper_ppp, decode_juniper_frame_relay, decode_juniper_hdlc,
    decode_juniper_ethertype, decode_juniper_atm1, decode_juniper_atm2,
    decode_netanalyzer, decode_netanalyzer_transparent, decode_ipnet,
    decode_symantec, decode_old_pflog;
decoder decode_80211, decode_80211_swapped, decode_radiotap, decode_prism,
    decode_avs;
decoder decode_ip, decode_ipv4, decode_ipv6, decode_ipip;
decoder decode_hop_by_hop, decode_routing, decode_destination_options,
    decode_fragment_header, decode_authentication_header;
decoder decode_gre, decode_wccp, decode_mpls, decode_mpls_in_ip, decode_etherip,
    decode_nsh, decode_esp;
decoder decode_vxlan, decode_geneve, decode_teredo, decode_gtp, decode_l2tp,
    decode_tzsp, decode_ayiya, decode_lisp, decode_capwap, decode_hidden_udp;
decoder decode_tcp, decode_udp, decode_icmp, decode_icmpv6, decode_arp;

#endif

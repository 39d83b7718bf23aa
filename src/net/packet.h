/* packet.h - one frame decoded down to TCP, UDP, ICMP, ARP or the link.
 *
 * net_decode() unwraps link layers, VLAN tags and tunnels and puts fragments
 * together.  What it can not use it counts and says so; it never fails.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include "base/address.h"
#include "base/span.h"

struct frame; /* capture/capture.h */

enum packet_kind {
    PACKET_TCP,
    PACKET_UDP,
    PACKET_ICMP,
    PACKET_ARP,
    PACKET_LINK, /* about the link itself; nothing on it */
};

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
};

/* With these flags a connection is asked for (RFC 9293 section 3.5). */
static inline bool tcp_flags_open(uint8_t flags)
{
    return (flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

enum { SACK_BLOCKS = 4 };

struct tcp_header {
    uint16_t source_port, destination_port;
    uint32_t seq, ack;
    uint8_t flags;   /* enum tcp_flag, or-ed */
    uint16_t window; /* unscaled */
    bool has_mss, has_window_scale, sack_permitted, has_timestamps;
    uint16_t mss;
    uint8_t window_scale; /* at most 14 (RFC 7323 section 2.3) */
    uint32_t timestamp, timestamp_echo;
    uint8_t sack_count;
    struct {
        uint32_t left, right;
    } sack[SACK_BLOCKS];
    bool bad_checksum; /* only judged when the whole segment was captured */
};

/* ICMP and ICMPv6; for errors (RFC 792, 4443) also what they quote. */
struct icmp_header {
    uint8_t version; /* 4 or 6 */
    uint8_t type, code;
    uint16_t id, sequence; /* of echo */
    uint32_t mtu;          /* of fragmentation needed, packet too big */
    bool quotes;           /* an IP header with ports is quoted */
    struct address quoted_source, quoted_destination;
    uint8_t quoted_protocol, quoted_ttl;
    uint16_t quoted_source_port, quoted_destination_port;
    uint32_t quoted_seq;
    bool quoted_has_seq; /* at least 8 bytes of TCP were quoted */
    bool quoted_has_flags;
    uint8_t quoted_flags;  /* of TCP, where more was quoted */
    struct address target; /* of neighbour discovery */
};

/* ARP, and in the same terms NDP's neighbour solicitations and advertisements:
 * these are PACKET_ARP too, told from ARP by icmp.version 6.  In an answer the
 * sender is the address that is answered for. */
struct arp_header {
    bool request;
    struct address sender, target;
    uint8_t sender_mac[6];
};

/* What the ends of a link say about it. */
enum link_message {
    LINK_KEY_PROVED,   /* Wi-Fi: a station proves that it has the key */
    LINK_KEY_AGREED,   /* and is believed */
    LINK_EAP_ANSWERED, /* 802.1X: the station says something, */
    LINK_EAP_SUCCESS,  /* and what comes of it */
    LINK_EAP_FAILURE,
    LINK_PPPOE_SOUGHT, /* who is there? (PADI) */
    LINK_PPPOE_FOUND,  /* somebody (PADO, or a PADS that refuses) */
    LINK_PPPOE_BEGUN,  /* PADS */
    LINK_PPPOE_ENDED,  /* PADT */
    LINK_LOGIN_TAKEN,  /* PAP or CHAP of PPP */
    LINK_LOGIN_REFUSED,
    LINK_ASSOCIATED,     /* an access point let a station in, */
    LINK_NOT_ASSOCIATED, /* or did not, */
    LINK_PUT_OUT,        /* or ends it */
};

struct link_header {
    enum link_message message;
    bool from_station; /* else to it, from an access point or line */
    uint16_t reason;   /* or status; IEEE 802.11 */
};

struct packet {
    enum packet_kind kind;
    uint64_t frame; /* its number */
    int64_t time;   /* nanoseconds */
    uint8_t source_mac[6], destination_mac[6];
    bool has_macs;
    uint32_t path; /* VLAN tags and tunnels it came through, hashed; 0: none.
                      Equal on both directions of a connection. */
    struct address source, destination;
    uint8_t ttl;    /* or hop limit */
    uint16_t ip_id; /* IPv4 */
    bool dont_fragment;
    uint32_t interface;
    bool sent_here; /* the link layer says that the capturing host sent it */
    struct {
        uint16_t source_port, destination_port;
    } udp;
    struct tcp_header tcp;
    struct icmp_header icmp;
    struct arp_header arp;
    struct link_header link; /* the payload is what it does not tell */
    struct span payload; /* what was captured of it; borrowed */
    uint32_t length;     /* of the payload on the wire; payload.n may be less */
};

/* Senders begin with 64 (Unix), 128 (Windows) or 255; each router takes one. */
static inline bool ttl_is_whole(uint8_t ttl)
{
    return ttl == 64 || ttl == 128 || ttl == 255;
}

struct net_counts {
    uint64_t frames, packets;
    uint64_t unknown_link, unknown_protocol; /* not analysed */
    uint64_t damaged;     /* headers that do not fit together, or too short */
    uint64_t truncated;   /* the capture kept only the beginning */
    uint64_t headers_cut; /* ... and not even the headers */
    uint64_t wlan_frames, wlan_retries; /* data frames off the air */
    uint64_t wlan_encrypted;            /* and those with content that is */
    uint64_t hidden;                    /* inside encrypted tunnels */
    uint64_t fragments, fragments_given_up;
};

struct net; /* the decoder: reassembly of fragments, and counts */

struct net *net_new(void);
void net_free(struct net **net);

/* Decodes one frame.  True: *packet is what it carries, borrowed from the frame
 * or from the decoder until the next call.  False: nothing for us, or a
 * fragment that waits for the others. */
bool net_decode(struct net *net, const struct frame *frame,
                struct packet *packet);

const struct net_counts *net_counts(const struct net *net);

#endif

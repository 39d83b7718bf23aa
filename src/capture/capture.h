/* capture.h - where packets come from: a file, standard input, an interface.
 *
 * A source gives frames one by one, numbered as Wireshark numbers them.  A
 * damaged file gives everything up to the damage and then says where and what.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "base/err.h"
#include "base/span.h"

struct frame {
    uint64_t number;    /* 1, 2, ... within the file */
    int64_t time;       /* nanoseconds since 1970 */
    uint32_t length;    /* on the wire; bytes.n may be less (snaplen) */
    uint32_t interface; /* 0 but in pcapng */
    int link;           /* DLT_..., as libpcap's pcap_datalink() gives it */
    struct span bytes;  /* borrowed until the next call */
};

enum capture_result {
    CAPTURE_FRAME,
    CAPTURE_NOTHING, /* live: no packet just now, look at your signals */
    CAPTURE_END,
    CAPTURE_DAMAGED, /* err says what and at which offset; nothing follows */
};

struct capture;

struct capture_options {
    const char *filter; /* BPF (pcap-filter(7)); NULL for all */
    uint32_t snaplen;   /* live; 0 for the default of 262144 */
};

/* A file, plain or compressed (gzip, xz, zstd, bzip2, LZ4): pcap, pcapng or
 * snoop; "-" is standard input.  NULL when it can not be read at all; err says why and what
 * to do, without the file's name in front. */
struct capture *capture_open(const char *path,
                             const struct capture_options *options,
                             struct err *err);

/* An interface, in promiscuous mode.  An unknown one is answered with the list
 * of those there are.  Needs CAP_NET_RAW, only during this call. */
struct capture *capture_open_live(const char *interface,
                                  const struct capture_options *options,
                                  struct err *err);

/* A capture that plays frames already in memory, for tests and fuzzers. */
struct capture *capture_open_memory(struct span file,
                                    const struct capture_options *options,
                                    struct err *err);

enum capture_result capture_next(struct capture *capture, struct frame *frame,
                                 struct err *err);

/* "pcap", "pcapng" or "snoop". */
const char *capture_format(const struct capture *capture);

/* Packets that the capturing program or the kernel says it dropped. */
uint64_t capture_dropped(const struct capture *capture);

/* Byte offset, in the uncompressed file, of what is read next; after
 * CAPTURE_DAMAGED, of the damage. */
uint64_t capture_offset(const struct capture *capture);

/* No more packets than this are in it; UINT64_MAX where that is not known. */
uint64_t capture_packets_most(const struct capture *capture);

/* TLS secrets (Decryption Secrets Blocks) seen so far, in NSS key log format;
 * empty if none.  Borrowed; grows as the file is read. */
struct span capture_secrets(const struct capture *capture);

void capture_close(struct capture **capture);

#endif

/* talk.h - writes TCP connections packet by packet into a pcap file.
 *
 * Addresses are from the documentation ranges; nothing is sent anywhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MSS = 1448, FLAG_FIN = 1, FLAG_SYN = 2, FLAG_PSH = 8, FLAG_ACK = 16 };

struct talk { /* one TCP connection while it is written */
    FILE *out;
    uint64_t *microseconds;
    uint8_t address[2][4];
    uint16_t port[2];
    uint32_t seq[2];
    uint16_t id[2];
    uint64_t packets;
};

void talk_file(FILE *out); /* the file's header */

/* A handshake; 0 is the client, 1 the server. */
struct talk talk_connect(FILE *out, uint64_t *clock, uint32_t client,
                         uint16_t client_port, uint16_t port);
void talk_hang_up(struct talk *t);

/* At most MSS bytes. */
void talk_segment(struct talk *t, int from, unsigned flags,
                  const uint8_t *payload, size_t n);

/* The other side's acknowledgement rides on its own next line. */
void talk_say(struct talk *t, int from, const char *line);

#endif

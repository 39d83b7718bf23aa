/* talk.c - see talk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "talk.h"

#include <string.h>

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

void talk_file(FILE *out)
{
    const struct {
        uint32_t magic;
        uint16_t major, minor;
        uint32_t zone, accuracy, snaplen, link;
    } header = {0xa1b2c3d4, 2, 4, 0, 0, 262144, 1};
    fwrite(&header, sizeof header, 1, out);
}

static uint32_t add_up(const uint8_t *p, size_t n, uint32_t sum)
{
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)(p[i] << 8 | p[i + 1]);
    if (n & 1)
        sum += (uint32_t)(p[n - 1] << 8);
    return sum;
}

static unsigned fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

void talk_segment(struct talk *t, int from, unsigned flags,
                  const uint8_t *payload, size_t n)
{
    uint8_t frame[14 + 20 + 20 + MSS] = {2, 0, 0, 0, 0, 1, 2,
                                         0, 0, 0, 0, 2, 8, 0};
    uint8_t *ip = frame + 14, *tcp = ip + 20;
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(40 + n));
    put16(ip + 4, t->id[from]++);
    ip[6] = 0x40;
    ip[8] = 64;
    ip[9] = 6;
    memcpy(ip + 12, t->address[from], 4);
    memcpy(ip + 16, t->address[!from], 4);
    put16(ip + 10, fold(add_up(ip, 20, 0)));
    put16(tcp, t->port[from]);
    put16(tcp + 2, t->port[!from]);
    put32(tcp + 4, t->seq[from]);
    put32(tcp + 8, flags & FLAG_ACK ? t->seq[!from] : 0);
    tcp[12] = 0x50;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 64240);
    if (n)
        memcpy(tcp + 20, payload, n);
    uint32_t pseudo = add_up(ip + 12, 8, 6 + 20 + (uint32_t)n);
    put16(tcp + 16, fold(add_up(tcp, 20 + n, pseudo)));
    *t->microseconds += 50;
    const uint32_t record[4] = {(uint32_t)(*t->microseconds / 1000000),
                                (uint32_t)(*t->microseconds % 1000000),
                                (uint32_t)(54 + n), (uint32_t)(54 + n)};
    fwrite(record, sizeof record, 1, t->out);
    fwrite(frame, 54 + n, 1, t->out);
    t->seq[from] += (uint32_t)n + ((flags & (FLAG_SYN | FLAG_FIN)) != 0);
    t->packets++;
}

void talk_say(struct talk *t, int from, const char *line)
{
    talk_segment(t, from, FLAG_PSH | FLAG_ACK, (const uint8_t *)line,
                 strlen(line));
}

struct talk talk_connect(FILE *out, uint64_t *clock, uint32_t client,
                         uint16_t client_port, uint16_t port)
{
    struct talk t = {
        .out = out,
        .microseconds = clock,
        .address = {{192, 0, 2, 0}, {198, 51, 100, 25}},
        .port = {client_port,    port              },
        .seq = {client * 7919u, client * 104729u  }
    };
    t.address[0][3] = (uint8_t)(1 + client % 250);
    talk_segment(&t, 0, FLAG_SYN, NULL, 0);
    talk_segment(&t, 1, FLAG_SYN | FLAG_ACK, NULL, 0);
    talk_segment(&t, 0, FLAG_ACK, NULL, 0);
    return t;
}

void talk_hang_up(struct talk *t)
{
    talk_segment(t, 0, FLAG_FIN | FLAG_ACK, NULL, 0);
    talk_segment(t, 1, FLAG_FIN | FLAG_ACK, NULL, 0);
    talk_segment(t, 0, FLAG_ACK, NULL, 0);
}

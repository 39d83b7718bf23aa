/* synthesize.c - makes the two captures of the bench, the same bytes each time.
 *
 *   bench_synthesize bulk  PACKETS OUT    few IMAP sessions that fetch much
 *   bench_synthesize short CONNECTIONS OUT  many SMTP and POP3 sessions, short
 *
 * Addresses are from the documentation ranges; nothing is sent anywhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void write_file_header(FILE *out)
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

static void segment(struct talk *t, int from, unsigned flags,
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

/* The other side's acknowledgement rides on its own next line. */
static void say(struct talk *t, int from, const char *line)
{
    segment(t, from, FLAG_PSH | FLAG_ACK, (const uint8_t *)line, strlen(line));
}

static struct talk connect_to(FILE *out, uint64_t *clock, uint32_t client,
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
    segment(&t, 0, FLAG_SYN, NULL, 0);
    segment(&t, 1, FLAG_SYN | FLAG_ACK, NULL, 0);
    segment(&t, 0, FLAG_ACK, NULL, 0);
    return t;
}

static void hang_up(struct talk *t)
{
    segment(t, 0, FLAG_FIN | FLAG_ACK, NULL, 0);
    segment(t, 1, FLAG_FIN | FLAG_ACK, NULL, 0);
    segment(t, 0, FLAG_ACK, NULL, 0);
}

static void body(struct talk *t, size_t n)
{
    uint8_t line[MSS];
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'x';
    for (unsigned k = 0; n; k++) {
        size_t part = n < MSS ? n : MSS;
        segment(t, 1, FLAG_ACK, line, part);
        if (k & 1)
            segment(t, 0, FLAG_ACK, NULL, 0);
        n -= part;
    }
}

static void fetch(struct talk *t, unsigned uid, size_t size)
{
    char line[96];
    snprintf(line, sizeof line, "f%u UID FETCH %u BODY.PEEK[]\r\n", uid, uid);
    say(t, 0, line);
    snprintf(line, sizeof line, "* %u FETCH (UID %u BODY[] {%zu}\r\n", uid, uid,
             size);
    say(t, 1, line);
    body(t, size);
    snprintf(line, sizeof line, ")\r\nf%u OK done\r\n", uid);
    say(t, 1, line);
}

static void make_bulk(FILE *out, unsigned long packets)
{
    uint64_t clock = UINT64_C(1764000000) * 1000000;
    unsigned long written = 0;
    for (uint16_t s = 0; written < packets; s++) {
        struct talk t = connect_to(out, &clock, s, (uint16_t)(40000 + s), 143);
        say(&t, 1, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
        say(&t, 0, "a LOGIN bench secret\r\n");
        say(&t, 1, "a OK logged in\r\n");
        say(&t, 0, "b SELECT INBOX\r\n");
        say(&t, 1, "* 100 EXISTS\r\nb OK [READ-WRITE] done\r\n");
        for (unsigned uid = 1; uid <= 100; uid++)
            fetch(&t, uid, 1000000);
        say(&t, 0, "z LOGOUT\r\n");
        say(&t, 1, "* BYE bye\r\nz OK done\r\n");
        hang_up(&t);
        written += t.packets;
    }
}

static void short_pop3(struct talk *t)
{
    say(t, 1, "+OK ready\r\n");
    say(t, 0, "USER bench\r\n");
    say(t, 1, "+OK\r\n");
    say(t, 0, "PASS secret\r\n");
    say(t, 1, "+OK logged in\r\n");
    say(t, 0, "STAT\r\n");
    say(t, 1, "+OK 0 0\r\n");
    say(t, 0, "QUIT\r\n");
    say(t, 1, "+OK bye\r\n");
}

static void make_short(FILE *out, unsigned long connections)
{
    uint64_t clock = UINT64_C(1764000000) * 1000000;
    for (uint32_t i = 0; i < connections; i++) {
        uint16_t port = (uint16_t)(1024 + i % 60000);
        struct talk t = connect_to(out, &clock, i, port, 110);
        short_pop3(&t);
        hang_up(&t);
    }
}

int main(int argc, char **argv)
{
    bool bulk = argc == 4 && strcmp(argv[1], "bulk") == 0;
    bool brief = argc == 4 && strcmp(argv[1], "short") == 0;
    FILE *out = bulk || brief ? fopen(argv[3], "wb") : NULL;
    if (!out) {
        fprintf(stderr, "usage: bench_synthesize bulk|short COUNT OUT\n");
        return 2;
    }
    unsigned long count = strtoul(argv[2], NULL, 10);
    write_file_header(out);
    if (bulk)
        make_bulk(out, count);
    else
        make_short(out, count);
    return fclose(out) ? 2 : 0;
}

/* synthesize.c - makes the two captures of the bench, the same bytes each time.
 *
 *   bench_synthesize bulk  PACKETS OUT    few IMAP sessions that fetch much
 *   bench_synthesize short CONNECTIONS OUT  many SMTP and POP3 sessions, short
 *
 * Addresses are from the documentation ranges; nothing is sent anywhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "talk.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void body(struct talk *t, size_t n)
{
    uint8_t line[MSS];
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'x';
    for (unsigned k = 0; n; k++) {
        size_t part = n < MSS ? n : MSS;
        talk_segment(t, 1, FLAG_ACK, line, part);
        if (k & 1)
            talk_segment(t, 0, FLAG_ACK, NULL, 0);
        n -= part;
    }
}

static void fetch(struct talk *t, unsigned uid, size_t size)
{
    char line[96];
    snprintf(line, sizeof line, "f%u UID FETCH %u BODY.PEEK[]\r\n", uid, uid);
    talk_say(t, 0, line);
    snprintf(line, sizeof line, "* %u FETCH (UID %u BODY[] {%zu}\r\n", uid, uid,
             size);
    talk_say(t, 1, line);
    body(t, size);
    snprintf(line, sizeof line, ")\r\nf%u OK done\r\n", uid);
    talk_say(t, 1, line);
}

static void make_bulk(FILE *out, unsigned long packets)
{
    uint64_t clock = UINT64_C(1764000000) * 1000000;
    unsigned long written = 0;
    for (uint16_t s = 0; written < packets; s++) {
        struct talk t =
            talk_connect(out, &clock, s, (uint16_t)(40000 + s), 143);
        talk_say(&t, 1, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
        talk_say(&t, 0, "a LOGIN bench secret\r\n");
        talk_say(&t, 1, "a OK logged in\r\n");
        talk_say(&t, 0, "b SELECT INBOX\r\n");
        talk_say(&t, 1, "* 100 EXISTS\r\nb OK [READ-WRITE] done\r\n");
        for (unsigned uid = 1; uid <= 100; uid++)
            fetch(&t, uid, 1000000);
        talk_say(&t, 0, "z LOGOUT\r\n");
        talk_say(&t, 1, "* BYE bye\r\nz OK done\r\n");
        talk_hang_up(&t);
        written += t.packets;
    }
}

static void short_pop3(struct talk *t)
{
    talk_say(t, 1, "+OK ready\r\n");
    talk_say(t, 0, "USER bench\r\n");
    talk_say(t, 1, "+OK\r\n");
    talk_say(t, 0, "PASS secret\r\n");
    talk_say(t, 1, "+OK logged in\r\n");
    talk_say(t, 0, "STAT\r\n");
    talk_say(t, 1, "+OK 0 0\r\n");
    talk_say(t, 0, "QUIT\r\n");
    talk_say(t, 1, "+OK bye\r\n");
}

static void make_short(FILE *out, unsigned long connections)
{
    uint64_t clock = UINT64_C(1764000000) * 1000000;
    for (uint32_t i = 0; i < connections; i++) {
        uint16_t port = (uint16_t)(1024 + i % 60000);
        struct talk t = talk_connect(out, &clock, i, port, 110);
        short_pop3(&t);
        talk_hang_up(&t);
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
    talk_file(out);
    if (bulk)
        make_bulk(out, count);
    else
        make_short(out, count);
    return fclose(out) ? 2 : 0;
}

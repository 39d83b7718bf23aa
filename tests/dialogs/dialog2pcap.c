/* dialog2pcap.c - makes a capture of a dialog, so that samples have sources
 * one can read.
 *
 *   dialog2pcap FILE.dialog OUT.pcap [FILE.dialog OUT.pcap]...
 *
 * The client is 192.0.2.74, the server 192.0.2.10 (RFC 5737).  There is a
 * handshake, an acknowledgement for each packet, and the end that the dialog
 * says; after "timeout" and "capture" a last acknowledgement shows how long one
 * waited.  What the capture is to have missed (@gap) is acknowledged all the
 * same.  The same dialog gives the same bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "dialog.h"

enum {
    IP_HEADER = 20,
    TCP_HEADER = 20,
    MSS = 1460,
    CLIENT_PORT = 50123,
    START = 1767225600, /* 2026-01-01 00:00:00 UTC */
};

/* 1 ms from one end to the other; the dialog's time begins after the handshake.
 */
static const int64_t trip = CLOCK_SECOND / 1000;
static const int64_t handshake = 3 * CLOCK_SECOND / 1000;

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

struct writer {
    const char *dialog; /* path */
    pcap_dumper_t *out;
    uint16_t server_port;
    uint32_t next[2]; /* sequence numbers, by who sends */
    int64_t start;    /* seconds since 1970 */
    int64_t time;     /* of the last packet; they go forward */
};

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v);
}

/* RFC 1071, continued from `sum`. */
static uint32_t add_words(uint32_t sum, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)(p[i] << 8 | p[i + 1]);
    if (n % 2)
        sum += (uint32_t)(p[n - 1] << 8);
    return sum;
}

static uint32_t folded(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void ip_header(uint8_t *ip, enum dir dir, size_t payload)
{
    static const uint8_t address[2][4] = {
        {192, 0, 2, 74},
        {192, 0, 2, 10}
    };
    memset(ip, 0, IP_HEADER);
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(IP_HEADER + TCP_HEADER + payload));
    put16(ip + 6, 0x4000); /* do not fragment */
    ip[8] = 64;            /* TTL */
    ip[9] = 6;             /* TCP */
    memcpy(ip + 12, address[dir == S2C], 4);
    memcpy(ip + 16, address[dir == C2S], 4);
    put16(ip + 10, folded(add_words(0, ip, IP_HEADER)));
}

static void tcp_header(const struct writer *w, uint8_t *ip, enum dir dir,
                       uint8_t flags, size_t payload)
{
    uint8_t *tcp = ip + IP_HEADER;
    memset(tcp, 0, TCP_HEADER);
    put16(tcp, dir == C2S ? CLIENT_PORT : w->server_port);
    put16(tcp + 2, dir == C2S ? w->server_port : CLIENT_PORT);
    put32(tcp + 4, w->next[dir]);
    if (flags & ACK)
        put32(tcp + 8, w->next[!dir]);
    tcp[12] = TCP_HEADER / 4 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 64240); /* window */
    uint32_t sum = add_words(6 + TCP_HEADER + (uint32_t)payload, ip + 12, 8);
    put16(tcp + 16, folded(add_words(sum, tcp, TCP_HEADER + payload)));
}

static void packet(struct writer *w, int64_t time, enum dir dir, uint8_t flags,
                   struct span payload)
{
    uint8_t ip[IP_HEADER + TCP_HEADER + MSS];
    if (payload.n)
        memcpy(ip + IP_HEADER + TCP_HEADER, payload.p, payload.n);
    ip_header(ip, dir, payload.n);
    tcp_header(w, ip, dir, flags, payload.n);
    if (time > w->time)
        w->time = time;
    struct pcap_pkthdr head = {
        .caplen = (bpf_u_int32)(IP_HEADER + TCP_HEADER + payload.n)};
    head.len = head.caplen;
    head.ts.tv_sec = w->start + w->time / CLOCK_SECOND;
    head.ts.tv_usec = w->time % CLOCK_SECOND / 1000;
    pcap_dump((u_char *)w->out, &head, ip);
    w->next[dir] += (uint32_t)payload.n + ((flags & (SYN | FIN)) != 0);
}

static const struct span nothing = {NULL, 0};

static void say(struct writer *w, const struct step *step)
{
    struct span rest = step->bytes;
    int64_t time = handshake + step->time;
    while (rest.n) {
        packet(w, time, step->dir, PSH | ACK, span_first(rest, MSS));
        rest = span_skip(rest, MSS);
        packet(w, time + trip, !step->dir, ACK, nothing);
    }
}

static void finish(struct writer *w, const struct dialog *d, int64_t time)
{
    switch (d->end) {
    case END_FIN:
        packet(w, time, d->closer, FIN | ACK, nothing);
        packet(w, time + trip, !d->closer, FIN | ACK, nothing);
        packet(w, time + 2 * trip, d->closer, ACK, nothing);
        break;
    case END_RESET:
        packet(w, time, d->closer, RST | ACK, nothing);
        break;
    case END_TIMEOUT:
    case END_OF_CAPTURE:
        packet(w, time, C2S, ACK, nothing);
        break;
    }
}

static bool write_dialog(struct writer *w, const struct dialog *d,
                         struct err *err)
{
    if (!d->midstream) {
        packet(w, 0, C2S, SYN, nothing);
        if (d->no_synack) {
            w->next[S2C]++;
        } else {
            packet(w, trip, S2C, SYN | ACK, nothing);
            packet(w, 2 * trip, C2S, ACK, nothing);
        }
    }
    for (size_t i = 0; i < d->step_count; i++) {
        const struct step *step = &d->steps[i];
        switch (step->kind) {
        case STEP_SAY:
            say(w, step);
            break;
        case STEP_GAP:
            w->next[step->dir] += (uint32_t)step->count;
            packet(w, handshake + step->time, !step->dir, ACK, nothing);
            break;
        case STEP_TLS:
            return err_set(err,
                           "%s:%u: what is inside TLS can not be "
                           "captured without TLS",
                           w->dialog, step->line);
        }
    }
    finish(w, d, handshake + d->duration);
    return true;
}

static bool convert(const char *from, const char *to, struct arena *mem,
                    struct err *err)
{
    struct dialog dialog;
    if (!dialog_read(from, mem, &dialog, err))
        return false;
    pcap_t *pcap = pcap_open_dead(DLT_RAW, 65535);
    struct writer w = {
        .dialog = from,
        .server_port = dialog.port,
        .start = dialog.date ? dialog.date / CLOCK_SECOND : START,
        .next = {1000, 5000},
    };
    w.out = pcap_dump_open(pcap, to);
    bool good = w.out ? write_dialog(&w, &dialog, err)
                      : err_set(err, "%s", pcap_geterr(pcap));
    if (w.out)
        pcap_dump_close(w.out);
    pcap_close(pcap);
    return good;
}

int main(int argc, char **argv)
{
    struct err err;
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: dialog2pcap FILE.dialog OUT.pcap "
                        "[FILE.dialog OUT.pcap]...\n");
        return 2;
    }
    for (int i = 1; i < argc; i += 2) {
        struct arena *mem = arena_new();
        bool good = convert(argv[i], argv[i + 1], mem, &err);
        arena_free(&mem);
        if (!good) {
            fprintf(stderr, "dialog2pcap: %s\n", err.text);
            return 2;
        }
    }
    return 0;
}

/* writer.c - see writer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "writer.h"

#include <stdlib.h>

#include <pcap.h>

#include "base/arena.h"

enum {
    SECOND = 1000000000,
    SNAPLEN = 262144,
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    LINKTYPE_ATM = 100,
    LINKTYPE_RAW = 101,
    LINKTYPE_ATM_CLIP = 106,
};

struct known {
    uint32_t interface;
    int link;
};

struct writer {
    FILE *file;
    bool pcapng, begun;
    struct known *known; /* interfaces by their number in the new file */
    size_t count, room;
};

struct writer *writer_new(FILE *file, bool pcapng)
{
    struct writer *w = must_alloc(sizeof *w);
    *w = (struct writer){.file = file, .pcapng = pcapng};
    return w;
}

static void put(struct writer *w, const void *bytes, size_t n)
{
    /* A failure stays with the file; writer_end()'s caller asks for it. */
    size_t done = fwrite(bytes, 1, n, w->file);
    (void)done;
}

static void put16(struct writer *w, uint16_t value)
{
    put(w, &value, sizeof value);
}

static void put32(struct writer *w, uint32_t value)
{
    put(w, &value, sizeof value);
}

/* In memory a link type is libpcap's DLT_..., which differs between systems
 * for these three; in files it does not (tcpdump.org/linktypes). */
static uint16_t link_of_file(int link)
{
    if (link == DLT_RAW || link == 14)
        return LINKTYPE_RAW;
    if (link == DLT_ATM_CLIP)
        return LINKTYPE_ATM_CLIP;
    return link == DLT_ATM_RFC1483 ? LINKTYPE_ATM : (uint16_t)link;
}

static void pcap_begin(struct writer *w, int link)
{
    put32(w, 0xa1b23c4d); /* nanoseconds, in this machine's byte order */
    put16(w, 2);
    put16(w, 4);
    put32(w, 0);
    put32(w, 0);
    put32(w, SNAPLEN);
    put32(w, link_of_file(link));
}

static void pcap_frame(struct writer *w, const struct frame *frame)
{
    put32(w, (uint32_t)(frame->time / SECOND));
    put32(w, (uint32_t)(frame->time % SECOND));
    put32(w, (uint32_t)frame->bytes.n);
    put32(w, frame->length);
    put(w, frame->bytes.p, frame->bytes.n);
}

static void pcapng_begin(struct writer *w)
{
    enum { TOTAL = 28 };
    put32(w, BLOCK_SECTION);
    put32(w, TOTAL);
    put32(w, 0x1a2b3c4d);
    put16(w, 1);
    put16(w, 0);
    put32(w, UINT32_MAX); /* how long the section is: not told */
    put32(w, UINT32_MAX);
    put32(w, TOTAL);
}

static void pcapng_interface(struct writer *w, int link)
{
    enum { TOTAL = 32, OPTION_RESOLUTION = 9 };
    const uint8_t nanoseconds[4] = {9, 0, 0, 0};
    put32(w, BLOCK_INTERFACE);
    put32(w, TOTAL);
    put16(w, link_of_file(link));
    put16(w, 0);
    put32(w, SNAPLEN);
    put16(w, OPTION_RESOLUTION);
    put16(w, 1);
    put(w, nanoseconds, sizeof nanoseconds);
    put32(w, 0); /* end of options */
    put32(w, TOTAL);
}

/* The number in the new file; an interface is described when it is first
 * needed, so numbers may change but what shared one still does. */
static uint32_t interface_number(struct writer *w, const struct frame *frame)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->known[i].interface == frame->interface &&
            w->known[i].link == frame->link)
            return (uint32_t)i;
    if (w->count == w->room) {
        w->room = w->room ? 2 * w->room : 4;
        w->known = must_realloc(w->known, w->room * sizeof *w->known);
    }
    w->known[w->count] = (struct known){frame->interface, frame->link};
    pcapng_interface(w, frame->link);
    return (uint32_t)w->count++;
}

static void put_time(struct writer *w, int64_t time)
{
    put32(w, (uint32_t)((uint64_t)time >> 32));
    put32(w, (uint32_t)time);
}

static void pcapng_frame(struct writer *w, const struct frame *frame)
{
    uint32_t number = interface_number(w, frame);
    uint32_t n = (uint32_t)frame->bytes.n, padding = (4 - n % 4) % 4;
    uint32_t total = 32 + n + padding;
    put32(w, BLOCK_PACKET);
    put32(w, total);
    put32(w, number);
    put_time(w, frame->time);
    put32(w, n);
    put32(w, frame->length);
    put(w, frame->bytes.p, n);
    put(w, "\0\0\0", padding);
    put32(w, total);
}

void writer_frame(struct writer *w, const struct frame *frame)
{
    if (!w->begun && w->pcapng)
        pcapng_begin(w);
    else if (!w->begun)
        pcap_begin(w, frame->link);
    w->begun = true;
    if (w->pcapng)
        pcapng_frame(w, frame);
    else
        pcap_frame(w, frame);
}

static void pcapng_drops(struct writer *w, uint64_t dropped)
{
    enum { TOTAL = 40, OPTION_DROPS = 5 };
    put32(w, BLOCK_STATISTICS);
    put32(w, TOTAL);
    put32(w, 0); /* the first interface stands for all */
    put_time(w, 0);
    put16(w, OPTION_DROPS);
    put16(w, sizeof dropped);
    put(w, &dropped, sizeof dropped);
    put32(w, 0);
    put32(w, TOTAL);
}

void writer_end(struct writer **writer, uint64_t dropped)
{
    struct writer *w = *writer;
    if (!w->begun && w->pcapng)
        pcapng_begin(w);
    else if (!w->begun)
        pcap_begin(w, DLT_EN10MB);
    if (w->pcapng && w->count && dropped)
        pcapng_drops(w, dropped);
    free(w->known);
    free(w);
    *writer = NULL;
}

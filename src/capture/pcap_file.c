/* pcap_file.c - the classic pcap format, read by libpcap.
 *
 *   magic  major minor  zone  accuracy  snaplen  link type     24 bytes, once
 *   seconds  fraction  captured length  length  bytes...       per packet
 *
 * libpcap gets a FILE whose bytes come from the input, so compression and pipes
 * work.  The FILE reads ahead, so offsets are counted record by record.  Byte
 * order, time resolution and link types are libpcap's; what it does not say on
 * damage is where, so the header of the record it fails at is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <pcap.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "damage.h"

enum {
    FILE_HEADER = 24,
    MAJOR_AT = 4,
    MINOR_AT = 6,
    SNAPLEN_AT = 16,
    LINK_AT = 20,
    RECORD_HEADER = 16, /* one old variant has 24; these 16 come first */
    CAPTURED_AT = 8,
    LONG_RECORD = 8, /* by how much that variant's is longer */
    IXIA_SIZE = 4,
    DGUX_MAJOR = 543, /* DG/UX wrote 543.0 where others wrote 2.2 */
};

struct pcap_file {
    struct input *input;
    pcap_t *pcap;
    int link;
    bool little_endian;
    size_t record_header; /* its length, in this file */
    uint64_t offset;      /* of the record that is read next */
    struct span given;    /* to libpcap at last; ends where the input is now */
    uint8_t record[RECORD_HEADER]; /* that record's, see keep_header() */

    /* What libpcap is shown as the file's header, see tolerant_header(). */
    uint8_t header[FILE_HEADER];
    size_t header_given;
};

/* In both byte orders: microseconds, nanoseconds, a variant with longer record
 * headers that old Linux distributions wrote, and two of Ixia's. */
#define MAGIC             0xa1b2c3d4u
#define NANO_MAGIC        0xa1b23c4du
#define LONG_RECORD_MAGIC 0xa1b2cd34u
#define IXIA_MAGIC        0x1c0001abu
#define IXIA_NANO_MAGIC   0x1c0001acu

static bool magic_is_known(uint32_t magic)
{
    return magic == MAGIC || magic == NANO_MAGIC ||
           magic == LONG_RECORD_MAGIC || magic == IXIA_MAGIC ||
           magic == IXIA_NANO_MAGIC;
}

static bool starts_little_endian(struct span file)
{
    struct cursor c = cursor_of(file);
    return magic_is_known(cursor_le32(&c));
}

bool pcap_file_is(struct span beginning)
{
    struct cursor c = cursor_of(beginning);
    return magic_is_known(cursor_be32(&c)) || starts_little_endian(beginning);
}

static uint16_t u16_at(struct span s, size_t at, bool little_endian)
{
    struct cursor c = cursor_of(span_skip(s, at));
    return little_endian ? cursor_le16(&c) : cursor_be16(&c);
}

static uint32_t u32_at(struct span s, size_t at, bool little_endian)
{
    struct cursor c = cursor_of(span_skip(s, at));
    return little_endian ? cursor_le32(&c) : cursor_be32(&c);
}

static void put_u32_at(uint8_t *header, size_t at, bool little_endian,
                       uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        header[at + i] =
            (uint8_t)(value >> (little_endian ? 8 * i : 24 - 8 * i));
}

/* Ixia's have the size of what follows behind the header, and are otherwise
 * pcap. */
static void ixia_header(struct pcap_file *file)
{
    uint8_t size[IXIA_SIZE];
    uint32_t began = u32_at((struct span){file->header, FILE_HEADER}, 0,
                            file->little_endian);
    if (began != IXIA_MAGIC && began != IXIA_NANO_MAGIC)
        return;
    put_u32_at(file->header, 0, file->little_endian,
               began == IXIA_MAGIC ? MAGIC : NANO_MAGIC);
    file->offset += input_read(file->input, size, sizeof size);
}

/* AIX says 2.2, counts nanoseconds, and gives the interface's type (RFC 1573) as
 * that of the link.  As a link type 9 would be PPP, but of files of version 2.2
 * more are from AIX than from a telephone line. */
static void aix_header(struct pcap_file *file)
{
    static const struct {
        uint32_t interface_type;
        uint32_t link;
    } types[] = {
        {6,  DLT_EN10MB },
        {9,  DLT_IEEE802},
        {15, DLT_FDDI   },
        {24, DLT_NULL   }
    };
    struct span header = {file->header, FILE_HEADER};
    bool little = file->little_endian;
    uint32_t link = u32_at(header, LINK_AT, little);
    if (u32_at(header, 0, little) != MAGIC ||
        u16_at(header, MAJOR_AT, little) != 2 ||
        u16_at(header, MINOR_AT, little) != 2)
        return;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].interface_type != link)
            continue;
        put_u32_at(file->header, LINK_AT, little, types[i].link);
        put_u32_at(file->header, 0, little, NANO_MAGIC);
    }
}

/* libpcap refuses minor versions above 4, and cuts packets that are longer than
 * the header's snaplen; Wireshark reads both as they are, and there are files
 * like that.  So 2.5 and up are shown as 2.4, and the snaplen as 0: any. */
static void tolerant_header(struct pcap_file *file)
{
    struct span header = {file->header, FILE_HEADER};
    if (u16_at(header, MAJOR_AT, file->little_endian) == 2 &&
        u16_at(header, MINOR_AT, file->little_endian) > 4) {
        file->header[MINOR_AT] = file->little_endian ? 4 : 0;
        file->header[MINOR_AT + 1] = file->little_endian ? 0 : 4;
    }
    memset(file->header + SNAPLEN_AT, 0, 4);
}

/* What Wireshark refuses too.  Above the 16 bits of the link type are the length
 * of the frame check sequence and, between them, bits that must be zero. */
static bool header_is_sane(const struct pcap_file *file, struct err *err)
{
    struct span header = {file->header, FILE_HEADER};
    uint16_t major = u16_at(header, MAJOR_AT, file->little_endian);
    uint32_t link = u32_at(header, LINK_AT, file->little_endian);
    if (major != 2 && major != DGUX_MAJOR)
        return err_set(err, "is a pcap file of version %u; only 2 is known",
                       major);
    if (link & 0x03ff0000)
        return err_set(err,
                       "has a pcap header that can not be right: its link "
                       "type is 0x%08" PRIx32,
                       link);
    return true;
}

/* What was given of the present record's header, before more is: a record may
 * begin at the end of one piece and go on in the next. */
static void keep_header(struct pcap_file *file)
{
    uint64_t from = input_offset(file->input) - file->given.n;
    for (size_t i = 0; i < RECORD_HEADER; i++) {
        uint64_t at = file->offset + i;
        if (at >= from && at - from < file->given.n)
            file->record[i] = file->given.p[at - from];
    }
}

static ssize_t read_for_libpcap(void *cookie, char *to, size_t n)
{
    struct pcap_file *file = cookie;
    size_t left = FILE_HEADER - file->header_given;
    if (left == 0) {
        keep_header(file);
        file->given = input_take(file->input, n);
        if (file->given.n)
            memcpy(to, file->given.p, file->given.n);
        return (ssize_t)file->given.n;
    }
    if (n > left)
        n = left;
    memcpy(to, file->header + file->header_given, n);
    file->header_given += n;
    return (ssize_t)n;
}

/* libpcap could not read packet `number`: there is none, or it is damaged. */
static enum capture_result no_frame(struct pcap_file *file, uint64_t number,
                                    struct err *err)
{
    char what[64];
    uint64_t left = input_offset(file->input) - file->offset;
    if (left == 0 && !input_trouble(file->input))
        return CAPTURE_END;
    if (left < RECORD_HEADER) {
        snprintf(what, sizeof(what), "the header of packet %" PRIu64 " takes",
                 number);
        return cut_short(file->input, file->offset, what, RECORD_HEADER, left,
                         number - 1, err);
    }
    keep_header(file);
    struct span header = {file->record, RECORD_HEADER};
    uint32_t said = u32_at(header, CAPTURED_AT, file->little_endian);
    snprintf(what, sizeof(what), "packet %" PRIu64 " says", number);
    if (said > FRAME_MAX)
        return too_long(file->offset, what, said, number - 1, err);
    return cut_short(file->input, file->offset, what, said,
                     left - RECORD_HEADER, number - 1, err);
}

static enum capture_result pcap_file_next(void *self, uint64_t number,
                                          struct frame *frame, struct err *err)
{
    struct pcap_file *file = self;
    struct pcap_pkthdr *record;
    const u_char *bytes;
    if (pcap_next_ex(file->pcap, &record, &bytes) != 1)
        return no_frame(file, number, err);
    /* Seconds have 32 bits and no sign, but libpcap extends one; the fraction is
     * nanoseconds, for which we asked. */
    *frame = (struct frame){
        .time = (int64_t)(uint32_t)record->ts.tv_sec * CLOCK_SECOND +
                (int64_t)record->ts.tv_usec,
        .length = record->len > record->caplen ? record->len : record->caplen,
        .link = file->link,
        .bytes = {bytes, record->caplen},
    };
    file->offset += file->record_header + record->caplen;
    return CAPTURE_FRAME;
}

static uint64_t pcap_file_offset(const void *self)
{
    return ((const struct pcap_file *)self)->offset;
}

static void pcap_file_close(void *self)
{
    struct pcap_file *file = self;
    if (file->pcap)
        pcap_close(file->pcap);
    free(file);
}

static const struct source_kind pcap_file_kind = {
    .format = "pcap",
    .next = pcap_file_next,
    .offset = pcap_file_offset,
    .close = pcap_file_close,
};

/* Hands the file to libpcap. */
static bool open_with_libpcap(struct pcap_file *file, struct err *err)
{
    static const cookie_io_functions_t functions = {.read = read_for_libpcap};
    char why[PCAP_ERRBUF_SIZE] = "";
    FILE *stream = fopencookie(file, "r", functions);
    assert(stream);
    file->pcap = pcap_fopen_offline_with_tstamp_precision(
        stream, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!file->pcap) {
        fclose(stream); /* libpcap takes it only when it succeeds */
        return err_set(err, "has a pcap header that can not be right: %s", why);
    }
    file->link = pcap_datalink(file->pcap);
    return true;
}

struct source pcap_file_open(struct input *input, struct err *err)
{
    struct pcap_file *file = must_alloc(sizeof(*file));
    *file = (struct pcap_file){.input = input};
    size_t n = input_read(input, file->header, FILE_HEADER);
    bool ok = n == FILE_HEADER;
    if (!ok)
        err_set(err,
                "is cut short: a pcap file begins with %d bytes of header, "
                "here are %zu",
                FILE_HEADER, n);
    file->little_endian =
        starts_little_endian((struct span){file->header, FILE_HEADER});
    struct cursor magic = cursor_of((struct span){file->header, FILE_HEADER});
    bool is_long =
        (file->little_endian ? cursor_le32(&magic) : cursor_be32(&magic)) ==
        LONG_RECORD_MAGIC;
    file->record_header = RECORD_HEADER + (is_long ? LONG_RECORD : 0);
    ok = ok && header_is_sane(file, err);
    file->offset = FILE_HEADER;
    ixia_header(file);
    aix_header(file);
    tolerant_header(file);
    if (!ok || !open_with_libpcap(file, err)) {
        pcap_file_close(file);
        return (struct source){NULL, NULL};
    }
    return (struct source){&pcap_file_kind, file};
}

/* looks.c - see looks.h.  A table of first bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "looks.h"

#define CONVERT "convert it: editcap IN OUT.pcapng (editcap is part of Wireshark)"
#define UNPACK "unpack it and give the capture file that is inside"
#define SCAN                                                                   \
    "name it to mailwhy scan, or unpack it and give the capture file that is " \
    "inside"
#define RECORD "give a file that tcpdump, dumpcap or Wireshark saved"

/* clang-format off */
static const struct look {
    size_t at;
    struct span bytes;
    const char *what, *advice;
} looks[] = {
    {0,   SPAN_INIT("GMBU"),                "a Microsoft Network Monitor capture", CONVERT},
    {0,   SPAN_INIT("RTSS"),                "a Microsoft Network Monitor capture", CONVERT},
    {0,   SPAN_INIT("TRSNIFF data    \x1a"), "a Sniffer capture", CONVERT},
    {0,   SPAN_INIT("XCP\0"),               "a NetXRay or Sniffer capture", CONVERT},
    {0,   SPAN_INIT("\x7fver"),             "an EtherPeek capture", CONVERT},
    {0,   SPAN_INIT("iptrace "),            "a capture of AIX's iptrace", CONVERT},
    {0,   SPAN_INIT("\xaa\xaa\xaa\xaa"),    "a 5View capture", CONVERT},
    {0,   SPAN_INIT("\x05VNF"),             "a Visual Networks capture", CONVERT},
    {0,   SPAN_INIT("ObserverPktBuffe"),    "a capture of Network Instruments' Observer", CONVERT},
    {0,   SPAN_INIT("\x54\x52\x00\x64\x00"), "a capture of HP-UX's nettl", CONVERT},
    {0,   SPAN_INIT("\x01\x10\x4c\x00"),    "a LANalyzer capture", CONVERT},
    {0,   SPAN_INIT("\x07\x10\x4c\x00"),    "a LANalyzer capture", CONVERT},
    {0,   SPAN_INIT("btsnoop\0"),           "a Bluetooth capture", RECORD},
    {0,   SPAN_INIT("PK\x03\x04"),          "a ZIP archive", SCAN},
    {0,   SPAN_INIT("PK\x05\x06"),          "an empty ZIP archive", RECORD},
    {0,   SPAN_INIT("7z\xbc\xaf\x27\x1c"),  "a 7-Zip archive", SCAN},
    {0,   SPAN_INIT("Rar!\x1a\x07"),        "a RAR archive", UNPACK},
    {257, SPAN_INIT("ustar"),               "a tar archive", SCAN},
    {0,   SPAN_INIT("\x04\x22\x4d\x18"),    "a damaged LZ4 file", UNPACK},
    {0,   SPAN_INIT("\x1f\x9d"),            "a compress (.Z) file", UNPACK},
    {0,   SPAN_INIT("\x1f\x8b"),            "a damaged gzip file", UNPACK},
    {0,   SPAN_INIT("%PDF"),                "a PDF document", RECORD},
    {0,   SPAN_INIT("\x89PNG"),             "a PNG picture", RECORD},
    {0,   SPAN_INIT("\xff\xd8\xff"),        "a JPEG picture", RECORD},
    {0,   SPAN_INIT("\x7f" "ELF"),          "a program", RECORD},
    {0,   SPAN_INIT("ElfFile\0"),           "a Windows event log", RECORD},
    {0,   SPAN_INIT("SQLite format 3\0"),   "an SQLite database", RECORD},
};
/* clang-format on */

/* What documents and programs are, too: their first member's name tells. */
enum { ZIP_NAME = 30 }; /* where it stands: APPNOTE.TXT section 4.3.7 */
/* clang-format off */
static const struct span document_names[] = {
    SPAN_INIT("[Content_Types].xml"), SPAN_INIT("_rels/"), SPAN_INIT("docProps/"),
    SPAN_INIT("mimetype"), SPAN_INIT("META-INF/"), SPAN_INIT("AndroidManifest.xml"),
};
static const struct {
    size_t at;
    struct span bytes;
} archives[] = {
    {0,   SPAN_INIT("PK\x03\x04")},
    {0,   SPAN_INIT("PK\x05\x06")},
    {0,   SPAN_INIT("7z\xbc\xaf\x27\x1c")},
    {257, SPAN_INIT("ustar")},
};
/* clang-format on */

static bool has_at(struct span beginning, size_t at, struct span bytes)
{
    return span_same(span_first(span_skip(beginning, at), bytes.n), bytes);
}

static bool is_document(struct span beginning)
{
    size_t n = sizeof document_names / sizeof *document_names;
    for (size_t i = 0; i < n; i++)
        if (has_at(beginning, ZIP_NAME, document_names[i]))
            return true;
    return false;
}

bool looks_archive(struct span beginning)
{
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
        if (has_at(beginning, archives[i].at, archives[i].bytes))
            return !is_document(beginning);
    return false;
}

static bool is_zero(struct span s)
{
    while (s.n && s.p[0] == 0)
        s = span_skip(s, 1);
    return s.n == 0;
}

/* Printable ASCII and UTF-8's upper half, with at most white space else. */
static bool is_text(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool white = c == '\n' || c == '\r' || c == '\t' || c == '\f';
        if ((c < ' ' && !white) || c == 0x7f)
            return false;
    }
    return true;
}

static bool say(struct err *err, const char *what, const char *advice)
{
    return err_set(err, "is not a capture that can be read: it looks like %s; %s",
                   what, advice);
}

bool looks_like(struct span beginning, struct err *err)
{
    if (beginning.n == 0)
        return err_set(err, "is empty: nothing was captured, or the program "
                            "that captured could not write");
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        const struct look *look = &looks[i];
        if (has_at(beginning, look->at, look->bytes))
            return say(err, look->what, look->advice);
    }
    if (is_zero(beginning))
        return say(err, "a file of zeros", RECORD);
    struct span words = span_trim(beginning);
    if (words.n && words.p[0] == '<' && is_text(beginning))
        return say(err, "HTML or XML", RECORD);
    if (words.n && words.p[0] == '{' && is_text(beginning))
        return say(err, "JSON", RECORD);
    if (is_text(beginning))
        return say(err, "text",
                   "give the capture itself (tcpdump -w FILE, or Wireshark's "
                   "File > Save As), not what was printed of it");
    return err_set(err,
                   "is no capture: pcap, pcapng or snoop (it begins with "
                   "%02x %02x %02x %02x); " RECORD ", or " CONVERT,
                   beginning.p[0], beginning.n > 1 ? beginning.p[1] : 0,
                   beginning.n > 2 ? beginning.p[2] : 0,
                   beginning.n > 3 ? beginning.p[3] : 0);
}

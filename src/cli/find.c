/* find.c - see find.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/find.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/looks.h"

/* clang-format off */
static const struct span magics[] = {
    SPAN_INIT("\xa1\xb2\xc3\xd4"),         /* pcap, big endian */
    SPAN_INIT("\xd4\xc3\xb2\xa1"),         /* pcap, little endian */
    SPAN_INIT("\xa1\xb2\x3c\x4d"),         /* with nanoseconds */
    SPAN_INIT("\x4d\x3c\xb2\xa1"),
    SPAN_INIT("\xa1\xb2\xcd\x34"),         /* Kuznetzov's pcap */
    SPAN_INIT("\x34\xcd\xb2\xa1"),
    SPAN_INIT("\x0a\x0d\x0d\x0a"),         /* pcapng, its first block */
    SPAN_INIT("\x1c\x00\x01\xab"),         /* Ixia's pcap */
    SPAN_INIT("\xab\x01\x00\x1c"),
    SPAN_INIT("\x1c\x00\x01\xac"),         /* with nanoseconds */
    SPAN_INIT("\xac\x01\x00\x1c"),
    SPAN_INIT("snoop\0\0\0"),             /* RFC 1761 */
    SPAN_INIT("\x1f\x8b\x08"),             /* gzip, RFC 1952 section 2.3 */
    SPAN_INIT("\xfd" "7zXZ\0"),            /* xz */
    SPAN_INIT("\x28\xb5\x2f\xfd"),         /* zstd, RFC 8878 section 3.1.1 */
    SPAN_INIT("BZh"),                      /* bzip2 */
    SPAN_INIT("\x04\x22\x4d\x18"),         /* LZ4, its frame format */
};
/* clang-format on */

bool find_is_capture(struct span beginning)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (span_same(span_first(beginning, magics[i].n), magics[i]))
            return true;
    return false;
}

static bool file_is_wanted(const char *path)
{
    uint8_t bytes[LOOKS_WANTS];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    /* A link to nowhere is nothing; of the rest the analysis says why it can
     * not be read. */
    if (fd < 0)
        return errno != ENOENT && errno != ELOOP;
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    struct span beginning = {bytes, n > 0 ? (size_t)n : 0};
    return find_is_capture(beginning) || looks_archive(beginning);
}

static void add(struct found *found, const char *path, bool named)
{
    if (!found->mem)
        found->mem = arena_new();
    found->paths =
        arena_grow(found->mem, found->paths, found->count, &found->paths_room,
                   found->count + 1, sizeof *found->paths);
    found->named =
        arena_grow(found->mem, found->named, found->count, &found->named_room,
                   found->count + 1, sizeof *found->named);
    found->named[found->count] = named;
    found->paths[found->count++] = arena_string(found->mem, span_of(path));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Everything below a folder. */
static bool walk(struct found *found, char *folder, struct err *err)
{
    char *roots[] = {folder, NULL};
    bool ok = true;
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (!tree)
        return err_set(err, "%s: %s", folder, strerror(errno));
    for (const FTSENT *entry; (entry = fts_read(tree));) {
        switch (entry->fts_info) {
        case FTS_F:
        case FTS_SL: /* a link to a file counts, one to a folder does not */
            if (file_is_wanted(entry->fts_path))
                add(found, entry->fts_path, false);
            break;
        case FTS_DNR:
        case FTS_ERR:
        case FTS_NS:
            ok = err_set(err, "%s: can not be read: %s", entry->fts_path,
                         strerror(entry->fts_errno));
            break;
        default:
            break;
        }
    }
    fts_close(tree);
    return ok;
}

bool find_captures(struct found *found, const char *path, struct err *err)
{
    struct stat st;
    if (strcmp(path, "-") != 0 && stat(path, &st) != 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (strcmp(path, "-") == 0 || !S_ISDIR(st.st_mode)) {
        add(found, path, true);
        return true;
    }
    struct arena *mem = arena_new();
    bool ok = walk(found, arena_string(mem, span_of(path)), err);
    arena_free(&mem);
    return ok;
}

/* members.c - see members.h.  libarchive reads the formats.
 *
 *   file -> input (uncompresses) -> libarchive's tar       mail.tar.xz
 *   file -> libarchive                                     mail.tar, .zip, .7z
 *
 * ZIP and 7-Zip have their lists of contents at the end, so libarchive must be
 * able to seek in them; only of tar does it make sense to compress the whole.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "members.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "input.h"
#include "looks.h"

enum { FILE_BLOCK = 64 * 1024 }; /* how much is read from the file at once */

struct members {
    int fd;
    struct input *input; /* NULL: libarchive reads the file itself */
    struct archive *archive;
    bool begun;
    uint64_t count;
    uint64_t unpacked; /* of members, in bytes */
    uint64_t most;     /* that may be unpacked */
    /* Of the member: */
    struct text name;
    uint64_t at;       /* how much of it was read */
    struct span block; /* libarchive's, and */
    uint64_t block_at; /* where that belongs; before it are zeros */
    bool ended;
};

/* The file from its beginning, where that can be gone back to. */
static int open_at_start(const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static uint64_t bound_for(int fd)
{
    struct stat about;
    uint64_t size = 0;
    if (fstat(fd, &about) == 0 && about.st_size > 0)
        size = (uint64_t)about.st_size;
    if (size > UINT64_MAX / MEMBERS_RATIO_MAX)
        return UINT64_MAX;
    size *= MEMBERS_RATIO_MAX;
    return size > MEMBERS_ALWAYS_FINE ? size : MEMBERS_ALWAYS_FINE;
}

struct members *members_open(const char *path)
{
    struct err ignored;
    int fd = open_at_start(path);
    if (fd < 0)
        return NULL;
    struct input *input = input_open(path, &ignored);
    bool is = input && looks_archive(input_peek(input, LOOKS_WANTS));
    if (!is || input_is_plain(input)) {
        input_close(&input);
        lseek(fd, 0, SEEK_SET);
    }
    if (!is) {
        close(fd);
        return NULL;
    }
    struct members *members = must_alloc(sizeof *members);
    *members = (struct members){.fd = fd,
                                .input = input,
                                .archive = archive_read_new(),
                                .most = bound_for(fd)};
    return members;
}

void members_close(struct members **members)
{
    struct members *m = *members;
    if (!m)
        return;
    archive_read_free(m->archive);
    input_close(&m->input);
    close(m->fd);
    text_free(&m->name);
    free(m);
    *members = NULL;
}

/* libarchive asks for more of a compressed tar file. */
static la_ssize_t more(struct archive *archive, void *user, const void **bytes)
{
    struct members *m = user;
    struct span some = input_take(m->input, FILE_BLOCK);
    const char *trouble = input_trouble(m->input);
    *bytes = some.p;
    if (some.n > 0 || !trouble)
        return (la_ssize_t)some.n;
    archive_set_error(archive, EILSEQ, "%s", trouble);
    return ARCHIVE_FATAL;
}

static int begin(struct members *m)
{
    m->begun = true;
    archive_read_support_format_tar(m->archive);
    if (m->input) {
        archive_read_support_format_zip_streamable(m->archive);
        return archive_read_open(m->archive, m, NULL, more, NULL);
    }
    archive_read_support_format_zip(m->archive);
    archive_read_support_format_7zip(m->archive);
    return archive_read_open_fd(m->archive, m->fd, FILE_BLOCK);
}

static const char *reason(struct members *m)
{
    const char *why = archive_error_string(m->archive);
    return why ? why : "it can not be read on";
}

/* " after member 3 (mail/a.pcap)", or "" before the first. */
static void place(const struct members *m, struct err *text)
{
    err_set(text, "%s", "");
    if (m->count > 0)
        err_set(text, " after member %" PRIu64 " (%.256s)", m->count,
                text_string(&m->name));
}

static enum members_result damaged(struct members *m, struct err *err)
{
    struct err where;
    place(m, &where);
    err_set(err,
            "is damaged%s: %s; what came before is reported; fetch the archive "
            "again, or repair it",
            where.text, reason(m));
    return MEMBERS_DAMAGED;
}

static enum members_result too_much(const struct members *m, const char *what,
                                    struct err *err)
{
    struct err where;
    place(m, &where);
    err_set(err,
            "is not read on%s: %s; if it is to be trusted, unpack it and scan "
            "the folder",
            where.text, what);
    return MEMBERS_DAMAGED;
}

/* Also what is passed over must be unpacked, in a compressed tar file. */
static bool is_bomb(const struct members *m)
{
    uint64_t passed = m->input ? input_offset(m->input) : 0;
    return m->unpacked > m->most || passed > m->most;
}

/* Names in UTF-8 come as they are, whatever the locale; so do others. */
static void keep_name(struct members *m, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    text_clear(&m->name);
    text_add(&m->name, span_first(span_of(name ? name : ""), MEMBERS_NAME_MAX));
}

static bool is_file(struct archive_entry *entry)
{
    return archive_entry_filetype(entry) == AE_IFREG &&
           !archive_entry_hardlink(entry);
}

enum members_result members_next(struct members *m, struct member *member,
                                 struct err *err)
{
    struct archive_entry *entry;
    if (!m->begun && begin(m) != ARCHIVE_OK)
        return damaged(m, err);
    for (;;) {
        if (is_bomb(m))
            return too_much(m, "it unpacks to far more than captures do", err);
        if (m->count >= MEMBERS_MAX)
            return too_much(m, "it has more members than that", err);
        int r = archive_read_next_header(m->archive, &entry);
        if (r == ARCHIVE_EOF)
            return MEMBERS_END;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            return damaged(m, err);
        m->count++;
        keep_name(m, entry);
        m->at = m->block_at = 0;
        m->block.n = 0;
        m->ended = false;
        if (!is_file(entry))
            continue;
        member->name = text_span(&m->name);
        member->encrypted = archive_entry_is_encrypted(entry) != 0;
        return MEMBERS_ONE;
    }
}

/* The next block, or none; err as in members_read(). */
static void next_block(struct members *m, struct err *err)
{
    const void *bytes = NULL;
    size_t n = 0;
    la_int64_t offset = (la_int64_t)m->at;
    int r = archive_read_data_block(m->archive, &bytes, &n, &offset);
    m->ended = r != ARCHIVE_OK && r != ARCHIVE_WARN;
    m->block = (struct span){bytes, m->ended ? 0 : n};
    m->block_at = offset > 0 ? (uint64_t)offset : 0;
    if (r != ARCHIVE_OK && r != ARCHIVE_EOF) /* a wrong checksum only warns */
        err_set(err, "%s", reason(m));
    if (m->block.n == 0 || m->block_at >= m->at)
        return;
    err_set(err, "its parts are out of order");
    m->block.n = 0;
    m->ended = true;
}

/* Some of the block, or of the zeros before it that a sparse file lacks. */
static size_t take_some(struct members *m, uint8_t *to, size_t n)
{
    struct span some = span_first(m->block, n);
    if (m->block_at > m->at) {
        uint64_t zeros = m->block_at - m->at;
        n = zeros < n ? (size_t)zeros : n;
        memset(to, 0, n);
        m->at += n;
        return n;
    }
    if (some.n > 0)
        memcpy(to, some.p, some.n);
    m->block = span_skip(m->block, some.n);
    m->at += some.n;
    m->block_at = m->at;
    return some.n;
}

size_t members_read(struct members *m, void *to, size_t n, struct err *err)
{
    size_t done = 0;
    while (done < n && !is_bomb(m)) {
        size_t some = take_some(m, (uint8_t *)to + done, n - done);
        done += some;
        m->unpacked += some;
        if (some > 0)
            continue;
        if (m->ended)
            break;
        next_block(m, err);
    }
    if (is_bomb(m))
        err_set(err, "the archive unpacks to far more than captures do");
    return done;
}

/* input.c - see input.h.  libarchive undoes the compression; its "raw" format
 * makes any file an archive of one member.
 *
 * Its decoders give nothing of the last, incomplete block of a compressed file
 * that was cut short: up to 128 KiB before the cut are lost.  So it gets gzip,
 * which is what people send, already uncompressed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "capture/gunzip.h"

enum { FILE_BLOCK = 64 * 1024 }; /* how much is read from the file at once */

struct input {
    struct archive *archive;
    int fd;                /* -1 in memory */
    struct span raw;       /* of the file: read, not given to libarchive yet */
    uint8_t *room;         /* FILE_BLOCK bytes for it; NULL in memory */
    struct gunzip *gunzip; /* NULL: not gzip */
    uint64_t taken;
    bool ended;
    char trouble[256]; /* empty: none */

    struct span block; /* libarchive's; valid until it is asked again */

    /* Bytes that a peek had to join across blocks; they come before `block`. */
    uint8_t joined[INPUT_PEEK_MAX];
    size_t joined_from, joined_to;
};

/* Says in plain words that the file ends where it should not. */
static void note_trouble(struct input *input, const char *why)
{
    struct err text;
    err_set(&text, "%s", why ? why : "the file can not be read on");
    memcpy(input->trouble, text.text, sizeof(input->trouble) - 1);
}

/* With what libarchive gave instead of bytes. */
static void end(struct input *input, int result)
{
    input->ended = true;
    if (result != ARCHIVE_EOF)
        note_trouble(input, archive_error_string(input->archive));
    else if (input->gunzip && gunzip_trouble(input->gunzip))
        note_trouble(input, gunzip_trouble(input->gunzip));
}

/* Makes input->block not empty; false at the end. */
static bool fill(struct input *input)
{
    while (input->block.n == 0 && !input->ended) {
        const void *bytes = NULL;
        size_t n = 0;
        la_int64_t offset;
        int r = archive_read_data_block(input->archive, &bytes, &n, &offset);
        if (r == ARCHIVE_OK || r == ARCHIVE_WARN) {
            input->block = (struct span){bytes, n};
        } else {
            end(input, r);
        }
    }
    return input->block.n > 0;
}

/* More of the file into `raw`: false at its end, an error is libarchive's. */
static bool read_raw(struct input *input, int *error)
{
    ssize_t n = 0;
    *error = 0;
    if (input->room)
        do
            n = read(input->fd, input->room, FILE_BLOCK);
        while (n < 0 && errno == EINTR);
    if (n < 0)
        *error = errno;
    input->raw = (struct span){input->room, n > 0 ? (size_t)n : 0};
    return n > 0;
}

/* What libarchive asks for: the next bytes of the file, 0 at its end. */
static la_ssize_t more(struct archive *archive, void *user, const void **bytes)
{
    struct input *input = user;
    struct span some = {0};
    int error = 0;
    for (;;) {
        if (input->gunzip)
            some = gunzip_some(input->gunzip, &input->raw);
        else
            some = input->raw, input->raw = (struct span){0};
        if (some.n > 0 || (input->raw.n == 0 && !read_raw(input, &error)))
            break;
    }
    *bytes = some.p;
    if (!error)
        return (la_ssize_t)some.n;
    archive_set_error(archive, error, "%s", strerror(error));
    return ARCHIVE_FATAL;
}

static struct archive *new_archive(void)
{
    struct archive *archive = archive_read_new();
    if (!archive)
        return NULL;
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    return archive;
}

static struct input *new_input(int fd)
{
    struct input *input = must_alloc(sizeof(*input));
    *input = (struct input){.archive = new_archive(), .fd = fd};
    if (fd >= 0)
        input->room = must_alloc(FILE_BLOCK);
    return input;
}

/* Once `raw` has the beginning: to the one member there is. */
static struct input *begin(struct input *input, struct err *err)
{
    struct archive_entry *entry;
    if (gunzip_is(input->raw))
        input->gunzip = gunzip_new();
    int opened = archive_read_open(input->archive, input, NULL, more, NULL);
    int r = opened == ARCHIVE_OK
                ? archive_read_next_header(input->archive, &entry)
                : opened;
    if (r == ARCHIVE_OK || r == ARCHIVE_WARN)
        return input;
    if (r == ARCHIVE_EOF) {
        end(input, r);
        return input;
    }
    const char *why = archive_error_string(input->archive);
    err_set(err, "can not be read: %s", why ? why : "unknown error");
    input_close(&input);
    return NULL;
}

struct input *input_open(const char *path, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, "can not be opened: %s", strerror(errno));
        return NULL;
    }
    struct stat stat;
    if (fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode)) {
        close(fd);
        err_set(err, "is a folder; name the capture files in it");
        return NULL;
    }
    struct input *input = new_input(fd);
    int error;
    if (!read_raw(input, &error) && error) {
        err_set(err, "can not be read: %s", strerror(error));
        input_close(&input);
        return NULL;
    }
    return begin(input, err);
}

struct input *input_open_memory(struct span file, struct err *err)
{
    struct input *input = new_input(-1);
    input->raw = file;
    return begin(input, err);
}

void input_close(struct input **input)
{
    if (!*input)
        return;
    archive_read_free((*input)->archive);
    if ((*input)->fd >= 0)
        close((*input)->fd);
    gunzip_free(&(*input)->gunzip);
    free((*input)->room);
    free(*input);
    *input = NULL;
}

uint64_t input_size_most(const struct input *input)
{
    struct stat about;
    if (input->fd < 0 || fstat(input->fd, &about) != 0 ||
        !S_ISREG(about.st_mode) || about.st_size < 0 || !input_is_plain(input))
        return UINT64_MAX;
    return (uint64_t)about.st_size;
}

bool input_is_plain(const struct input *input)
{
    return !input->gunzip &&
           archive_filter_code(input->archive, 0) == ARCHIVE_FILTER_NONE;
}

static size_t joined_count(const struct input *input)
{
    return input->joined_to - input->joined_from;
}

struct span input_peek(struct input *input, size_t n)
{
    assert(n <= INPUT_PEEK_MAX);
    size_t waiting = joined_count(input);
    if (waiting == 0 && fill(input) && input->block.n >= n)
        return span_first(input->block, n);

    /* Too few in one place: put them together in `joined`. */
    if (waiting < n) {
        memmove(input->joined, input->joined + input->joined_from, waiting);
        input->joined_from = 0;
        input->joined_to = waiting;
    }
    while (joined_count(input) < n && fill(input)) {
        struct span more = span_first(input->block, n - joined_count(input));
        memcpy(input->joined + input->joined_to, more.p, more.n);
        input->joined_to += more.n;
        input->block = span_skip(input->block, more.n);
    }
    struct span all = {input->joined + input->joined_from, joined_count(input)};
    return span_first(all, n);
}

struct span input_take(struct input *input, size_t n)
{
    struct span some;
    if (joined_count(input) > 0) {
        some = (struct span){input->joined + input->joined_from,
                             joined_count(input)};
        some = span_first(some, n);
        input->joined_from += some.n;
    } else {
        fill(input);
        some = span_first(input->block, n);
        input->block = span_skip(input->block, n);
    }
    input->taken += some.n;
    return some;
}

size_t input_read(struct input *input, void *to, size_t n)
{
    uint8_t *at = to;
    size_t done = 0;
    while (done < n) {
        struct span some = input_take(input, n - done);
        if (some.n == 0)
            break;
        memcpy(at + done, some.p, some.n);
        done += some.n;
    }
    return done;
}

uint64_t input_offset(const struct input *input)
{
    return input->taken;
}

const char *input_trouble(const struct input *input)
{
    return input->trouble[0] ? input->trouble : NULL;
}

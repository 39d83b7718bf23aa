/* test_members.c - the members of archives come as they went in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/looks.h"
#include "capture/members.h"

enum { HOLE = 100000 };

/* A file in memory, and a path to it. */
struct file {
    int fd;
    char path[64];
};

static struct file new_file(void)
{
    struct file file = {.fd = memfd_create("test", 0)};
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static void add(struct archive *archive, const char *name, struct span bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)bytes.n);
    archive_write_header(archive, entry);
    archive_write_data(archive, bytes.p, bytes.n);
    archive_entry_free(entry);
}

/* "begin", a hole, "end", a hole. */
static void add_sparse(struct archive *archive)
{
    static uint8_t whole[2 * HOLE];
    struct archive_entry *entry = archive_entry_new();
    memcpy(whole, "begin", 5);
    memcpy(whole + HOLE, "end", 3);
    archive_entry_set_pathname(entry, "sparse");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, sizeof whole);
    archive_entry_sparse_add_entry(entry, 0, 5);
    archive_entry_sparse_add_entry(entry, HOLE, 3);
    archive_write_header(archive, entry);
    archive_write_data(archive, whole, sizeof whole);
    archive_entry_free(entry);
}

static struct file archive_with(int (*format)(struct archive *), bool sparse)
{
    struct file file = new_file();
    struct archive *archive = archive_write_new();
    format(archive);
    archive_write_open_fd(archive, file.fd);
    add(archive, "a/one", SPAN("1"));
    add(archive, "two", SPAN("second"));
    if (sparse)
        add_sparse(archive);
    archive_write_free(archive);
    return file;
}

static struct span read_whole(struct members *members, size_t step)
{
    static uint8_t bytes[4 * HOLE];
    struct err err = {""};
    size_t n = 0, got;
    do {
        got = members_read(members, bytes + n, step, &err);
        n += got;
    } while (got == step);
    assert_string_equal(err.text, "");
    return (struct span){bytes, n};
}

static void assert_one(struct members *members, const char *name)
{
    struct member member;
    struct err err;
    assert_int_equal(members_next(members, &member, &err), MEMBERS_ONE);
    assert_true(span_same(member.name, span_of(name)));
    assert_false(member.encrypted);
}

static void members_come_in_their_order(void **state)
{
    (void)state;
    int (*const formats[])(struct archive *) = {archive_write_set_format_ustar,
                                                archive_write_set_format_zip,
                                                archive_write_set_format_7zip};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct file file = archive_with(formats[i], false);
        struct members *members = members_open(file.path);
        struct member member;
        struct err err;
        assert_non_null(members);
        assert_one(members, "a/one");
        assert_true(span_same(read_whole(members, 10), SPAN("1")));
        assert_one(members, "two");
        assert_true(span_same(read_whole(members, 3), SPAN("second")));
        assert_int_equal(members_next(members, &member, &err), MEMBERS_END);
        members_close(&members);
        assert_null(members);
        close(file.fd);
    }
}

static void holes_are_zeros_however_they_are_read(void **state)
{
    static const size_t steps[] = {1, 7, 4096, 3 * HOLE};
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct file file = archive_with(archive_write_set_format_pax, true);
        struct members *members = members_open(file.path);
        struct member member;
        struct err err;
        do {
            assert_int_equal(members_next(members, &member, &err),
                             MEMBERS_ONE);
        } while (!span_same(member.name, SPAN("sparse")));
        struct span whole = read_whole(members, steps[i]);
        assert_int_equal(whole.n, 2 * HOLE);
        assert_memory_equal(whole.p, "begin\0", 6);
        assert_memory_equal(whole.p + HOLE - 1, "\0end\0", 5);
        assert_int_equal(whole.p[2 * HOLE - 1], 0);
        members_close(&members);
        close(file.fd);
    }
}

/* What follows can read it from its beginning. */
static void what_is_no_archive_is_left_alone(void **state)
{
    struct file file = new_file();
    int before = dup(STDIN_FILENO), ends[2];
    (void)state;
    assert_int_equal(write(file.fd, "\xd4\xc3\xb2\xa1", 4), 4);
    dup2(file.fd, STDIN_FILENO);
    assert_null(members_open("-"));
    assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_CUR), 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "PK\x03\x04", 4), 4);
    dup2(ends[0], STDIN_FILENO);
    assert_null(members_open("-"));
    char still[4];
    assert_int_equal(read(STDIN_FILENO, still, 4), 4);
    dup2(before, STDIN_FILENO);
    close(file.fd);
    assert_null(members_open("/nowhere"));
}

static void documents_are_no_archives(void **state)
{
    (void)state;
    assert_true(looks_archive(SPAN("PK\x03\x04")));
    assert_true(looks_archive(SPAN("7z\xbc\xaf\x27\x1c")));
    assert_false(looks_archive(SPAN("PK\x03")));
    assert_false(looks_archive(SPAN("")));
    assert_false(looks_archive(SPAN("PK\x03\x04\x14\0\6\0\x08\0\0\0\x21\0"
                                    "1234567890ab\x13\0\0\0"
                                    "[Content_Types].xml")));
}

static void captures_of_other_programs_are_named(void **state)
{
    static const struct {
        struct span bytes;
        const char *what;
    } other[] = {
        {SPAN_INIT("iptrace 2.0"),          "iptrace"        },
        {SPAN_INIT("\x54\x52\x00\x64\x00"), "nettl"          },
        {SPAN_INIT("\x01\x10\x4c\x00"),     "LANalyzer"      },
        {SPAN_INIT("RTSS"),                 "Network Monitor"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        struct err err = {0};
        assert_false(looks_like(other[i].bytes, &err));
        assert_non_null(strstr(err.text, other[i].what));
        assert_non_null(strstr(err.text, "editcap"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_their_order),
        cmocka_unit_test(holes_are_zeros_however_they_are_read),
        cmocka_unit_test(what_is_no_archive_is_left_alone),
        cmocka_unit_test(documents_are_no_archives),
        cmocka_unit_test(captures_of_other_programs_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

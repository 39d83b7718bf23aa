/* fuzz_members.c - archives of any content: tar, ZIP, 7-Zip.
 *
 * Reading ends, and a member's bytes are the same in however large steps they
 * are read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "capture/members.h"

enum { ENOUGH = 1 << 20 }; /* of one member */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t hash_of_member(struct members *members, size_t step)
{
    static uint8_t bytes[ENOUGH];
    struct err err = {""};
    size_t n = 0, got;
    do {
        got = members_read(members, bytes + n, step, &err);
        n += got;
    } while (got == step && n + step <= sizeof bytes);
    return hash_bytes((struct span){bytes, n}, 0);
}

/* Of all names and members. */
static uint64_t hash_of(const char *path, size_t step)
{
    struct members *members = members_open(path);
    struct member member;
    struct err err;
    uint64_t hash = 0;
    while (members && members_next(members, &member, &err) == MEMBERS_ONE)
        hash = hash_bytes(member.name, hash) ^ hash_of_member(members, step);
    members_close(&members);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (hash_of(path, 64) != hash_of(path, 4096))
        abort();
    close(fd);
    return 0;
}

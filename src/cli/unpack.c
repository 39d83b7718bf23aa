/* unpack.c - see unpack.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/unpack.h"

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "capture/looks.h"
#include "cli/cli.h"
#include "cli/find.h"
#include "cli/parcel.h"
#include "cli/sandbox.h"

/* xz and 7-Zip say themselves how much memory they want; those that are made
 * without asking for the utmost want less than 200 MB. */
#define MEMORY_MAX (UINT64_C(2) << 30)

struct unpacking {
    struct members *members;
    uint64_t encrypted;
    struct text first_encrypted;
    uint8_t block[PARCEL_MAX];
};

/* Without a parent that listens there is nothing left to do. */
static void say(enum parcel_kind kind, struct span bytes)
{
    if (!parcel_write(STDOUT_FILENO, kind, bytes))
        _exit(STATUS_WRONG);
}

/* tar writes ./inside.pcap for what lies in its folder. */
static struct span without_dot(struct span name)
{
    return span_starts(name, SPAN("./")) ? span_skip(name, 2) : name;
}

/* A member that is not looked into. */
static void not_read(struct span name, const char *why)
{
    struct text note = {0};
    text_add(&note, name);
    text_add(&note, (struct span){(const uint8_t *)"", 1});
    text_adds(&note, why);
    say(PARCEL_NOT_READ, text_span(&note));
    text_free(&note);
}

/* Hands on a capture, of which `n` bytes are in the block. */
static void hand_on(struct unpacking *u, struct span name, size_t n,
                    struct err *trouble)
{
    say(PARCEL_MEMBER, name);
    while (n > 0) {
        say(PARCEL_BYTES, (struct span){u->block, n});
        n = members_read(u->members, u->block, sizeof u->block, trouble);
    }
    say(PARCEL_END, span_of(trouble->text));
}

static void look_at(struct unpacking *u, const struct member *member)
{
    struct err trouble = {""}, why;
    struct span name = without_dot(member->name);
    if (member->encrypted) {
        if (u->encrypted++ == 0)
            text_add(&u->first_encrypted, name);
        return;
    }
    size_t n = members_read(u->members, u->block, LOOKS_WANTS, &trouble);
    struct span beginning = {u->block, n};
    if (find_is_capture(beginning))
        hand_on(u, name, n, &trouble);
    else if (looks_archive(beginning))
        not_read(name, UNPACK_NESTED);
    else if (n == 0 && *trouble.text) {
        err_set(&why,
                "can not be unpacked: %s; unpack the archive with another "
                "program and scan the folder",
                trouble.text);
        not_read(name, why.text);
    }
}

/* What keeps the archive as a whole from being read; "" for nothing. */
static void done(struct unpacking *u, const char *trouble)
{
    struct text all = {0};
    text_adds(&all, trouble);
    if (u->encrypted > 0)
        text_addf(&all,
                  "%sis encrypted (%" PRIu64 " of its files, the first is "
                  "%.256s); unpack it with its password and scan the folder",
                  all.n ? "; and it " : "", u->encrypted,
                  text_string(&u->first_encrypted));
    say(PARCEL_DONE, text_span(&all));
    text_free(&all);
}

_Noreturn void unpack(struct members *members)
{
    static struct unpacking u;
    struct member member;
    struct err err = {""};
    /* libarchive converts names to the locale's characters. */
    setlocale(LC_CTYPE, "C.UTF-8");
    sandbox_bound_memory(MEMORY_MAX);
    sandbox_enter_or_exit();
    u.members = members;
    while (members_next(members, &member, &err) == MEMBERS_ONE)
        look_at(&u, &member);
    done(&u, err.text);
    _exit(STATUS_FINE);
}

/* unpacked.c - see unpacked.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/unpacked.h"

#include <inttypes.h>

#include "base/text.h"
#include "cli/spool.h"

/* A member's place is before its archive, after the members before it. */
static struct item *add_member(struct run *run, struct item *archive,
                               struct span name)
{
    struct item *member = item_new(run, NULL);
    struct text full = {0};
    text_addf(&full, "%s/", archive->path);
    text_add(&full, name);
    member->name = full.s;
    archive->members++;
    member->key = archive->key;
    member->key.member = archive->members;
    TAILQ_INSERT_BEFORE(archive, member, place);
    return member;
}

/* What it took of the room is given back at once: others need it. */
static void member_fails(struct item *member, const char *why)
{
    item_drop_spool(member);
    item_over(member, result_failed(member->name, why));
}

static void open_member(struct run *run, struct item *archive, struct span name)
{
    struct err err;
    struct item *member = add_member(run, archive, name);
    if (item_recall(run, member))
        return;
    member->spool = spool_new(&err);
    if (member->spool >= 0)
        archive->open = member;
    else
        member_fails(member, err.text);
}

static void add_bytes(struct item *archive, struct span bytes)
{
    struct err err;
    struct item *member = archive->open;
    if (!member || spool_add(member->spool, bytes, &err))
        return;
    archive->open = NULL;
    member_fails(member, err.text);
}

void unpacked_close(struct run *run, struct item *archive, const char *trouble)
{
    struct item *member = archive->open;
    archive->open = NULL;
    if (!member)
        return;
    err_set(&member->trouble, "%s", trouble);
    member->spooled = true;
    run->waiting++;
}

void unpacked_take(struct run *run, struct item *archive,
                   const struct parcel *parcel)
{
    struct span rest = parcel->bytes;
    struct text safe = {0};
    switch (parcel->kind) {
    case PARCEL_MEMBER:
        unpacked_close(run, archive, "");
        open_member(run, archive, parcel->bytes);
        break;
    case PARCEL_BYTES:
        add_bytes(archive, parcel->bytes);
        break;
    case PARCEL_END:
        text_add_safe(&safe, parcel->bytes);
        unpacked_close(run, archive, text_string(&safe));
        break;
    case PARCEL_NOT_READ: {
        struct item *member = add_member(run, archive, span_cut(&rest, '\0'));
        text_add_safe(&safe, rest);
        if (!item_recall(run, member))
            item_over_and_known(
                run, member, result_failed(member->name, text_string(&safe)));
        break;
    }
    case PARCEL_DONE: /* the worker has seen it */
        break;
    }
    text_free(&safe);
}

/* The one that the report waits for always goes on, or nothing would: the first,
 * or the one whose open member is. */
bool unpacked_may_go_on(const struct run *run, const struct item *archive)
{
    const struct item *first = TAILQ_FIRST(&run->items);
    return run->waiting < run->jobs &&
           (run->count < run->room || first == archive ||
            first == archive->open);
}

void unpacked_blame(struct result *result, const char *trouble)
{
    result->error =
        result->error
            ? arena_printf(result->mem, "%s; in the archive it is damaged: %s",
                           result->error, trouble)
            : arena_printf(result->mem,
                           "is damaged in the archive: %s; %" PRIu64
                           " packets were analysed",
                           trouble, result->packets);
}

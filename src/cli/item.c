/* item.c - see item.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/item.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/spool.h"

struct item *item_new(struct run *run, const char *path)
{
    struct item *item = must_alloc(sizeof *item);
    *item = (struct item){.path = path, .spool = -1};
    run->count++;
    return item;
}

void item_drop_spool(struct item *item)
{
    /* A worker that was just forked has the file open until it closes what is
     * not its own; the room must not wait for that. */
    if (item->spool >= 0) {
        spool_empty(item->spool);
        close(item->spool);
    }
    item->spool = -1;
}

void item_free(struct run *run, struct item *item)
{
    TAILQ_REMOVE(&run->items, item, place);
    run->count--;
    item_drop_spool(item);
    result_free(&item->result);
    free(item->name);
    free(item);
}

void item_over(struct item *item, struct result *result)
{
    item->result = result;
    item->over = true;
}

void item_over_and_known(struct run *run, struct item *item,
                         struct result *result)
{
    item_over(item, result);
    if (!item->passing && !state_has(run->batch->state, &item->key))
        state_add(run->batch->state, &item->key, item->members, result);
}

bool item_recall(const struct run *run, struct item *item)
{
    item->recalled = item->over = state_has(run->batch->state, &item->key);
    return item->recalled;
}

bool item_recall_all(const struct run *run, struct item *item)
{
    const struct state *state = run->batch->state;
    struct state_key member = item->key;
    uint64_t members = state_members(state, &item->key);
    for (member.member = 1; member.member <= members; member.member++)
        if (!state_has(state, &member))
            return false;
    if (!item_recall(run, item))
        return false;
    item->members = members;
    return true;
}

/* Frees the result, which may be NULL. */
static void report(const struct run *run, struct result *result)
{
    if (result)
        run->batch->done(run->batch->user, result);
    result_free(&result);
}

void item_report(const struct run *run, struct item *item)
{
    const struct state *state = run->batch->state;
    struct state_key member = item->key;
    struct result *result = item->result;
    item->result = NULL;
    if (item->recalled) {
        for (uint64_t i = 1; i <= item->members; i++) {
            member.member = i;
            report(run, state_result(state, &member));
        }
        result = state_result(state, &item->key);
    }
    if (!result && item->members == 0 && item->named)
        result =
            result_failed(item->path, "is an archive without captures (pcap, "
                                      "pcapng or snoop, plain or compressed)");
    report(run, result);
}

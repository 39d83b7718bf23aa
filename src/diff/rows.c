/* rows.c - see rows.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "diff/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A step that was taken again is shown by the time it was slow. */
#define SLOWER 1.0 /* seconds */

const char *row_text(struct rows_maker *maker, struct span text)
{
    struct text safe = {0};
    text_add_safe(&safe, text);
    const char *kept = arena_string(maker->mem, text_span(&safe));
    text_free(&safe);
    return kept;
}

struct row *row_add(struct rows_maker *maker, const char *key,
                    const struct fact *fact)
{
    struct rows *rows = &maker->rows;
    struct text line = {0};
    rows->row = arena_grow(maker->mem, rows->row, rows->count, &maker->room,
                           rows->count + 1, sizeof *rows->row);
    struct row *row = &rows->row[rows->count++];
    fact_show(fact, &line);
    *row = (struct row){
        .key = key,
        .shown = arena_string(maker->mem, text_span(&line)),
        .packet = fact->frame,
        .time = fact->time,
        .order = fact->order,
        .seconds = -1,
    };
    text_free(&line);
    return row;
}

void row_show(struct rows_maker *maker, struct row *row, const char *format,
              ...)
{
    char said[2 * FACT_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    /* Once more: it may have been cut within a character. */
    row->shown = row_text(maker, span_trim(span_of(said)));
}

void row_aspect(struct rows_maker *maker, struct row *row, const char *name,
                struct span value, enum weight weight)
{
    if (row->aspect_count < ASPECTS_MAX)
        row->aspects[row->aspect_count++] =
            (struct aspect){name, row_text(maker, value), weight};
}

void row_yes(struct rows_maker *maker, struct row *row, const char *name,
             bool value, enum weight weight)
{
    row_aspect(maker, row, name, value ? SPAN("yes") : SPAN("no"), weight);
}

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static bool same(const struct row *a, const struct row *b)
{
    if (strcmp(a->key, b->key) != 0 || a->aspect_count != b->aspect_count)
        return false;
    for (size_t i = 0; i < a->aspect_count; i++)
        if (strcmp(a->aspects[i].value, b->aspects[i].value) != 0)
            return false;
    return true;
}

/* What went well counts once; what did not, once for each time in a row. */
static struct row *seen_before(struct rows *rows, const struct row *row)
{
    size_t from = row->bad && rows->count ? rows->count - 1 : 0;
    for (size_t i = from; i < rows->count; i++)
        if (same(&rows->row[i], row))
            return &rows->row[i];
    return NULL;
}

static void leave_out_repeated(struct rows *rows)
{
    struct rows kept = {.row = rows->row};
    for (size_t i = 0; i < rows->count; i++) {
        struct row row = rows->row[i];
        struct row *before = seen_before(&kept, &row);
        if (before && row.seconds > before->seconds + SLOWER) {
            before->seconds = row.seconds;
            before->packet = row.packet;
            before->shown = row.shown;
        } else if (!before && kept.count < ROWS_MAX) {
            kept.row[kept.count++] = row;
        } else if (!before) {
            rows->cut = true;
        }
    }
    rows->count = kept.count;
}

static void tell(struct rows_maker *maker, const struct rows_teller *tellers)
{
    for (; tellers->tell; tellers++) {
        const struct fact *fact;
        for (size_t i = 0; (fact = facts_get(maker->facts, tellers->kind, i));
             i++)
            tellers->tell(maker, fact);
    }
}

struct rows rows_of(struct arena *mem, const struct facts *facts)
{
    struct rows_maker maker = {.mem = mem, .facts = facts};
    const struct fact *session = facts_get(facts, FACT_KIND_session, 0);
    maker.rows.session = session ? session->values : NULL;
    tell(&maker, rows_of_network);
    tell(&maker, rows_of_tls);
    tell(&maker, rows_of_mail);
    if (maker.rows.count)
        qsort(maker.rows.row, maker.rows.count, sizeof *maker.rows.row,
              by_time);
    leave_out_repeated(&maker.rows);
    return maker.rows;
}

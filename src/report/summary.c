/* summary.c - many captures in text: a line for each, then totals by cause.
 *
 *   FAILED        tickets/4711.pcap  The server refused user name or password
 *   OK            tickets/4712.pcap
 *
 *   2 captures: 1 failed, 1 ok
 *       1  authentication.bad-credentials
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/report.h"
#include "report/words.h"

enum { VERDICTS = VERDICT_NO_MAIL + 1, LABEL = 14 };

/* In how many captures a cause was found. */
struct cause {
    char *id;
    uint64_t captures;
};

struct tally {
    uint64_t verdicts[VERDICTS];
    uint64_t damaged, unreadable;
    struct cause *causes; /* sorted by id */
    size_t count;
};

static struct page page_for(const struct report *report)
{
    return (struct page){
        .color = report->style.color,
        .ascii = report->style.ascii,
        .width = report->style.width ? report->style.width : REPORT_WIDTH,
    };
}

static void count_cause(struct tally *tally, const char *id)
{
    size_t at = 0;
    while (at < tally->count && strcmp(tally->causes[at].id, id) < 0)
        at++;
    if (at < tally->count && strcmp(tally->causes[at].id, id) == 0) {
        tally->causes[at].captures++;
        return;
    }
    tally->causes = must_realloc(tally->causes,
                                 (tally->count + 1) * sizeof *tally->causes);
    memmove(&tally->causes[at + 1], &tally->causes[at],
            (tally->count - at) * sizeof *tally->causes);
    tally->causes[at].id = must_alloc(strlen(id) + 1);
    memcpy(tally->causes[at].id, id, strlen(id) + 1);
    tally->causes[at].captures = 1;
    tally->count++;
}

/* Whether an earlier cause of the same capture has this id. */
static bool is_repeated(const struct result *result, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_cause(&result->findings[i]) &&
            strcmp(result->findings[i].id, result->findings[n].id) == 0)
            return true;
    return false;
}

static void summary_begin(struct report *report)
{
    struct tally *tally = must_alloc(sizeof *tally);
    *tally = (struct tally){0};
    report->state = tally;
}

static void summary_capture(struct report *report, const struct result *result)
{
    struct tally *tally = report->state;
    struct page page = page_for(report);
    struct text s = {0};
    size_t causes = 0;
    bool unreadable = is_unreadable(result);
    const char *label =
        unreadable ? "UNREADABLE" : verdict_label(result->verdict);
    text_adds(&s, result->file);
    for (size_t i = 0; i < result->finding_count; i++) {
        if (!is_cause(&result->findings[i]) || is_repeated(result, i))
            continue;
        if (causes++ == 0)
            text_addf(&s, ": %s", result->findings[i].title);
        count_cause(tally, result->findings[i].id);
    }
    if (causes > 1)
        text_addf(&s, ", and %zu more", causes - 1);
    if (result->error)
        text_addf(&s, " (%s)", result->error);
    report->captures++;
    tally->unreadable += unreadable;
    tally->damaged += result->error && !unreadable;
    if (!unreadable)
        tally->verdicts[result->verdict]++;
    page_paragraph(&page, 0,
                   unreadable ? INK_BAD : INK_STRONG, label, LABEL,
                   text_string(&s));
    page_print(&page, report->out);
    text_free(&page.out);
    text_free(&s);
}

static int by_captures(const void *a, const void *b)
{
    const struct cause *x = a, *y = b;
    if (x->captures != y->captures)
        return x->captures < y->captures ? 1 : -1;
    return strcmp(x->id, y->id);
}

static void summary_end(struct report *report)
{
    static const char *const words[VERDICTS] = {
        [VERDICT_FAILURE] = "failed",
        [VERDICT_DEGRADED] = "degraded",
        [VERDICT_UNDETERMINED] = "can not tell",
        [VERDICT_HEALTHY] = "ok",
        [VERDICT_NO_MAIL] = "without mail",
    };
    struct tally *tally = report->state;
    struct text s = {0};
    say_how_many(&s, report->captures, "capture", "captures");
    const char *before = ": ";
    for (int v = 0; v < VERDICTS; v++) {
        if (tally->verdicts[v] == 0)
            continue;
        text_addf(&s, "%s%" PRIu64 " %s", before, tally->verdicts[v], words[v]);
        before = ", ";
    }
    if (tally->unreadable)
        text_addf(&s, "%s%" PRIu64 " unreadable", before, tally->unreadable);
    if (tally->damaged)
        text_addf(&s, "; %" PRIu64 " of them damaged", tally->damaged);
    fprintf(report->out, "%s%s\n", report->captures ? "\n" : "",
            text_string(&s));
    if (tally->count)
        qsort(tally->causes, tally->count, sizeof *tally->causes, by_captures);
    for (size_t i = 0; i < tally->count; i++) {
        fprintf(report->out, "%6" PRIu64 "  %s\n", tally->causes[i].captures,
                tally->causes[i].id);
        free(tally->causes[i].id);
    }
    free(tally->causes);
    free(tally);
    report->state = NULL;
    text_free(&s);
}

const struct report_format report_summary = {
    .name = "summary",
    .begin = summary_begin,
    .capture = summary_capture,
    .end = summary_end,
};
